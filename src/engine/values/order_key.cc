#include "engine/values/order_key.h"

#include <bit>
#include <cmath>
#include <cstdint>

namespace hearth::engine {

using duckdb::PhysicalType;
using duckdb::UnifiedVectorFormat;

namespace {

template <typename Unsigned>
void AppendBigEndian(Unsigned bits, std::string* out) {
  for (int shift = static_cast<int>(sizeof(Unsigned) * 8) - 8; shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(static_cast<uint8_t>(bits >> shift)));
  }
}

template <typename Signed>
void AppendSigned(Signed value, std::string* out) {
  using Unsigned = std::make_unsigned_t<Signed>;
  constexpr Unsigned kSign = Unsigned{1} << (sizeof(Signed) * 8 - 1);
  AppendBigEndian<Unsigned>(static_cast<Unsigned>(static_cast<Unsigned>(value) ^ kSign), out);
}

template <typename Real, typename Bits>
void AppendReal(Real value, std::string* out) {
  constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  if (value == 0) value = 0;
  if (std::isnan(value)) {
    AppendBigEndian<Bits>(~Bits{0}, out);
    return;
  }
  const Bits bits = std::bit_cast<Bits>(value);
  AppendBigEndian<Bits>(bits & kSign ? ~bits : bits | kSign, out);
}

// Ends with 00 01; a zero byte inside is 00 FF: a prefix sorts before what it starts.
void AppendBytes(const duckdb::string_t& text, std::string* out) {
  const char* data = text.GetData();
  for (size_t i = 0; i < text.GetSize(); ++i) {
    out->push_back(data[i]);
    if (data[i] == '\0') out->push_back('\xFF');
  }
  out->append("\0\1", 2);
}

}  // namespace

OrderKeys::OrderKeys(duckdb::Vector& vector, duckdb::idx_t count) {
  duckdb::Vector::RecursiveToUnifiedFormat(vector, count, format_);
}

void OrderKeys::AppendValue(const Format& format, duckdb::idx_t row, std::string* out) {
  const auto index = format.unified.sel->get_index(row);
  if (!format.unified.validity.RowIsValid(index)) {
    out->push_back('\0');
    return;
  }
  out->push_back('\1');
  switch (format.logical_type.InternalType()) {
    case PhysicalType::LIST:
      AppendList(format, index, out);
      return;
    case PhysicalType::STRUCT:
      for (const auto& child : format.children) AppendValue(child, index, out);
      return;
    default:
      AppendPlain(format, index, out);
  }
}

void OrderKeys::AppendList(const Format& format, duckdb::idx_t index, std::string* out) {
  const auto entry = UnifiedVectorFormat::GetData<duckdb::list_entry_t>(format.unified)[index];
  for (auto i = entry.offset; i < entry.offset + entry.length; ++i) {
    out->push_back('\1');
    AppendValue(format.children[0], i, out);
  }
  out->push_back('\0');
}

void OrderKeys::AppendPlain(const Format& format, duckdb::idx_t index, std::string* out) {
  const auto& unified = format.unified;
  switch (format.logical_type.InternalType()) {
    case PhysicalType::BOOL:
      out->push_back(UnifiedVectorFormat::GetData<bool>(unified)[index] ? '\1' : '\0');
      return;
    case PhysicalType::INT8:
      AppendSigned(UnifiedVectorFormat::GetData<int8_t>(unified)[index], out);
      return;
    case PhysicalType::INT16:
      AppendSigned(UnifiedVectorFormat::GetData<int16_t>(unified)[index], out);
      return;
    case PhysicalType::INT32:
      AppendSigned(UnifiedVectorFormat::GetData<int32_t>(unified)[index], out);
      return;
    case PhysicalType::INT64:
      AppendSigned(UnifiedVectorFormat::GetData<int64_t>(unified)[index], out);
      return;
    case PhysicalType::INT128: {
      const auto value = UnifiedVectorFormat::GetData<duckdb::hugeint_t>(unified)[index];
      AppendSigned(value.upper, out);
      AppendBigEndian<uint64_t>(value.lower, out);
      return;
    }
    case PhysicalType::FLOAT:
      AppendReal<float, uint32_t>(UnifiedVectorFormat::GetData<float>(unified)[index], out);
      return;
    case PhysicalType::DOUBLE:
      AppendReal<double, uint64_t>(UnifiedVectorFormat::GetData<double>(unified)[index], out);
      return;
    case PhysicalType::VARCHAR:
      AppendBytes(UnifiedVectorFormat::GetData<duckdb::string_t>(unified)[index], out);
      return;
    case PhysicalType::INTERVAL: {
      const auto value = UnifiedVectorFormat::GetData<duckdb::interval_t>(unified)[index];
      AppendSigned(value.months, out);
      AppendSigned(value.days, out);
      AppendSigned(value.micros, out);
      return;
    }
    default:
      throw duckdb::InternalException("a type without an order: " + format.logical_type.ToString());
  }
}

}  // namespace hearth::engine
