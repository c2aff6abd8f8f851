// spark_sort_key(value): bytes that compare as Spark orders the value. DuckDB takes a NULL inside a list or
// struct for the largest value, Spark for the smallest; everything else is alike.
#include <bit>
#include <cmath>
#include <string>

#include "engine/functions/registry.h"

namespace hearth::engine {

namespace {

using duckdb::idx_t;
using duckdb::PhysicalType;
using duckdb::UnifiedVectorFormat;
using Format = duckdb::RecursiveUnifiedVectorFormat;

template <typename Unsigned>
void AppendBigEndian(Unsigned value, std::string* key) {
  for (int shift = 8 * (static_cast<int>(sizeof(Unsigned)) - 1); shift >= 0; shift -= 8) {
    key->push_back(static_cast<char>(value >> shift));
  }
}

// With the sign bit turned, negative numbers come first.
template <typename Signed>
void AppendSigned(Signed value, std::string* key) {
  using Unsigned = std::make_unsigned_t<Signed>;
  AppendBigEndian(
      static_cast<Unsigned>(static_cast<Unsigned>(value) ^ (Unsigned{1} << (8 * sizeof(Signed) - 1))), key);
}

// NaN is the largest value, the two zeros are one.
template <typename Number, typename Bits>
void AppendFloating(Number value, std::string* key) {
  if (value == 0) value = 0;
  Bits bits = std::isnan(value) ? ~Bits{0} >> 1 : std::bit_cast<Bits>(value);
  constexpr Bits kSign = Bits{1} << (8 * sizeof(Bits) - 1);
  AppendBigEndian(static_cast<Bits>(bits & kSign ? ~bits : bits | kSign), key);
}

// A zero byte is followed by one that a terminator has not, so that a prefix sorts first.
void AppendBytes(const duckdb::string_t& text, std::string* key) {
  for (idx_t i = 0; i < text.GetSize(); ++i) {
    key->push_back(text.GetData()[i]);
    if (text.GetData()[i] == '\0') key->push_back('\xFF');
  }
  key->append(2, '\0');
}

void AppendValue(const Format& format, idx_t row, std::string* key);

void AppendOrNull(const Format& format, idx_t row, std::string* key) {
  const bool valid = format.unified.validity.RowIsValid(format.unified.sel->get_index(row));
  key->push_back(valid ? '\1' : '\0');
  if (valid) AppendValue(format, row, key);
}

void AppendValue(const Format& format, idx_t row, std::string* key) {
  const auto& unified = format.unified;
  const idx_t index = unified.sel->get_index(row);
  switch (format.logical_type.InternalType()) {
    case PhysicalType::BOOL:
      key->push_back(UnifiedVectorFormat::GetData<bool>(unified)[index] ? '\1' : '\0');
      return;
    case PhysicalType::INT8:
      return AppendSigned(UnifiedVectorFormat::GetData<int8_t>(unified)[index], key);
    case PhysicalType::INT16:
      return AppendSigned(UnifiedVectorFormat::GetData<int16_t>(unified)[index], key);
    case PhysicalType::INT32:
      return AppendSigned(UnifiedVectorFormat::GetData<int32_t>(unified)[index], key);
    case PhysicalType::INT64:
      return AppendSigned(UnifiedVectorFormat::GetData<int64_t>(unified)[index], key);
    case PhysicalType::INT128: {
      const auto& value = UnifiedVectorFormat::GetData<duckdb::hugeint_t>(unified)[index];
      AppendSigned(value.upper, key);
      return AppendBigEndian(value.lower, key);
    }
    case PhysicalType::FLOAT:
      return AppendFloating<float, uint32_t>(UnifiedVectorFormat::GetData<float>(unified)[index], key);
    case PhysicalType::DOUBLE:
      return AppendFloating<double, uint64_t>(UnifiedVectorFormat::GetData<double>(unified)[index], key);
    case PhysicalType::VARCHAR:
      return AppendBytes(UnifiedVectorFormat::GetData<duckdb::string_t>(unified)[index], key);
    case PhysicalType::STRUCT:
      for (const auto& child : format.children) AppendOrNull(child, index, key);
      return;
    case PhysicalType::LIST: {
      const auto entry = UnifiedVectorFormat::GetData<duckdb::list_entry_t>(unified)[index];
      for (idx_t i = 0; i < entry.length; ++i) {
        key->push_back('\1');
        AppendOrNull(format.children[0], entry.offset + i, key);
      }
      key->push_back('\0');
      return;
    }
    default:
      throw duckdb::NotImplementedException("no order for " + format.logical_type.ToString());
  }
}

void Run(duckdb::DataChunk& input, duckdb::ExpressionState&, duckdb::Vector& result) {
  auto& source = input.data[0];
  const bool constant = source.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR;
  const idx_t rows = constant ? 1 : input.size();
  Format format;
  duckdb::Vector::RecursiveToUnifiedFormat(source, rows, format);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  auto* keys = duckdb::FlatVector::GetData<duckdb::string_t>(result);
  std::string key;
  for (idx_t row = 0; row < rows; ++row) {
    if (!format.unified.validity.RowIsValid(format.unified.sel->get_index(row))) {
      duckdb::FlatVector::SetNull(result, row, true);
      continue;
    }
    key.clear();
    AppendValue(format, row, &key);
    keys[row] = duckdb::StringVector::AddStringOrBlob(result, key.data(), key.size());
  }
  if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

}  // namespace

void AddSortKeys(EngineFunctions& functions) {
  functions.AddScalar(
      duckdb::ScalarFunction("spark_sort_key", {duckdb::LogicalType::ANY}, duckdb::LogicalType::BLOB, Run));
}

}  // namespace hearth::engine
