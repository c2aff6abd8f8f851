// Numbers as text in other bases and back: hex, unhex, bin, conv.
#include <array>
#include <limits>
#include <string>
#include <string_view>

#include "engine/functions/arithmetic_errors.h"
#include "engine/functions/families.h"
#include "engine/functions/kernel.h"

namespace hearth::engine {
namespace {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::ScalarFunction;
using duckdb::ScalarFunctionSet;
using duckdb::string_t;
using duckdb::StringVector;
using duckdb::ValidityMask;
using duckdb::Vector;

constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

int DigitValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 36;
}

std::string InBase(uint64_t value, int base) {
  std::array<char, 64> buffer;
  size_t start = buffer.size();
  do {
    buffer[--start] = kDigits[value % base];
    value /= base;
  } while (value != 0);
  return {buffer.data() + start, buffer.size() - start};
}

template <int base>
void NumberInBase(duckdb::DataChunk& arguments, duckdb::ExpressionState&, Vector& result) {
  duckdb::UnaryExecutor::Execute<int64_t, string_t>(
      arguments.data[0], result, arguments.size(), [&](int64_t value) {
        return StringVector::AddString(result, InBase(static_cast<uint64_t>(value), base));
      });
}

void HexOfBytes(duckdb::DataChunk& arguments, duckdb::ExpressionState&, Vector& result) {
  duckdb::UnaryExecutor::Execute<string_t, string_t>(
      arguments.data[0], result, arguments.size(), [&](string_t bytes) {
        auto text = StringVector::EmptyString(result, bytes.GetSize() * 2);
        auto* out = text.GetDataWriteable();
        for (idx_t i = 0; i < bytes.GetSize(); ++i) {
          const auto byte = static_cast<unsigned char>(bytes.GetData()[i]);
          *out++ = kDigits[byte >> 4];
          *out++ = kDigits[byte & 15];
        }
        text.Finalize();
        return text;
      });
}

// An odd number of digits has a leading zero; anything that is no hexadecimal digit gives null.
void Unhex(duckdb::DataChunk& arguments, duckdb::ExpressionState&, Vector& result) {
  duckdb::UnaryExecutor::ExecuteWithNulls<string_t, string_t>(
      arguments.data[0], result, arguments.size(), [&](string_t text, ValidityMask& mask, idx_t row) {
        const idx_t size = text.GetSize();
        std::string bytes;
        bytes.reserve((size + 1) / 2);
        int high = size % 2 == 0 ? -1 : 0;
        for (idx_t i = 0; i < size; ++i) {
          const int digit = DigitValue(text.GetData()[i]);
          if (digit >= 16) {
            mask.SetInvalid(row);
            return string_t();
          }
          if (high < 0) {
            high = digit;
          } else {
            bytes += static_cast<char>(high * 16 + digit);
            high = -1;
          }
        }
        return StringVector::AddStringOrBlob(result, bytes);
      });
}

// The leading digits of the text as an unsigned number; more than 64 bits saturate and set `overflowed`.
uint64_t LeadingNumber(std::string_view text, int base, bool& overflowed) {
  uint64_t number = 0;
  for (char c : text) {
    const int digit = DigitValue(c);
    if (digit >= base) break;
    if (__builtin_mul_overflow(number, static_cast<uint64_t>(base), &number) ||
        __builtin_add_overflow(number, static_cast<uint64_t>(digit), &number)) {
      overflowed = true;
      return std::numeric_limits<uint64_t>::max();
    }
  }
  return number;
}

bool IsBase(int base) { return base >= 2 && base <= 36; }

// Spark's conv: a negative target base means signed output.
std::optional<std::string> ConvertBase(std::string_view text, int from, int to, bool fails) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  const int target = to < 0 ? -to : to;
  if (text.empty() || !IsBase(from) || !IsBase(target)) return std::nullopt;
  const bool negative = text.front() == '-';
  if (negative) text.remove_prefix(1);
  bool overflowed = false;
  uint64_t number = LeadingNumber(text, from, overflowed);
  if (overflowed && fails) ThrowOverflow("");
  const auto as_signed = [](uint64_t value) { return static_cast<int64_t>(value); };
  if (negative && to > 0) {
    // The two's complement; what has no negative counterpart counts as minus one.
    number = as_signed(number) < 0 ? std::numeric_limits<uint64_t>::max() : uint64_t{0} - number;
  }
  if (to < 0 && as_signed(number) < 0) {
    return "-" + InBase(uint64_t{0} - number, target);
  }
  auto digits = InBase(number, target);
  return negative && to < 0 ? "-" + digits : digits;
}

template <bool fails>
void Conv(duckdb::DataChunk& arguments, duckdb::ExpressionState&, Vector& result) {
  const idx_t count = arguments.size();
  duckdb::UnifiedVectorFormat formats[3];
  for (int i = 0; i < 3; ++i) arguments.data[i].ToUnifiedFormat(count, formats[i]);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  auto* out = duckdb::FlatVector::GetData<string_t>(result);
  auto& mask = duckdb::FlatVector::Validity(result);
  for (idx_t row = 0; row < count; ++row) {
    idx_t at[3];
    bool valid = true;
    for (int i = 0; i < 3; ++i) {
      at[i] = formats[i].sel->get_index(row);
      valid = valid && formats[i].validity.RowIsValid(at[i]);
    }
    std::optional<std::string> converted;
    if (valid) {
      const auto text = duckdb::UnifiedVectorFormat::GetData<string_t>(formats[0])[at[0]];
      converted = ConvertBase({text.GetData(), text.GetSize()},
                              duckdb::UnifiedVectorFormat::GetData<int32_t>(formats[1])[at[1]],
                              duckdb::UnifiedVectorFormat::GetData<int32_t>(formats[2])[at[2]], fails);
    }
    if (converted) {
      out[row] = StringVector::AddString(result, *converted);
    } else {
      mask.SetInvalid(row);
    }
  }
  if (arguments.AllConstant()) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

}  // namespace

void AddNumberText(EngineFunctions& functions) {
  ScalarFunctionSet hex("spark_hex");
  hex.AddFunction(ScalarFunction({LogicalType::BIGINT}, LogicalType::VARCHAR, &NumberInBase<16>));
  hex.AddFunction(ScalarFunction({LogicalType::VARCHAR}, LogicalType::VARCHAR, &HexOfBytes));
  hex.AddFunction(ScalarFunction({LogicalType::BLOB}, LogicalType::VARCHAR, &HexOfBytes));
  functions.AddScalar(std::move(hex));
  functions.AddScalar(ScalarFunction("spark_unhex", {LogicalType::VARCHAR}, LogicalType::BLOB, &Unhex));
  functions.AddScalar(
      ScalarFunction("spark_bin", {LogicalType::BIGINT}, LogicalType::VARCHAR, &NumberInBase<2>));
  const duckdb::vector<LogicalType> types = {LogicalType::VARCHAR, LogicalType::INTEGER,
                                             LogicalType::INTEGER};
  functions.AddScalar(Fallible(ScalarFunction("spark_conv", types, LogicalType::VARCHAR, &Conv<true>)));
  functions.AddScalar(ScalarFunction("spark_conv_legacy", types, LogicalType::VARCHAR, &Conv<false>));
}

}  // namespace hearth::engine
