#include "plan/types/decimal_text.h"

#include <charconv>

namespace hearth::plan {
namespace {

constexpr int kMaximumDigits = DataType::kMaxPrecision;
constexpr int kMaximumExponent = 1'000'000;

bool IsDigit(char character) { return character >= '0' && character <= '9'; }

// Reads "e-3" at the end of a number; the exponent, 0 for empty text, nullopt for anything else.
std::optional<int> ParseExponent(std::string_view text) {
  if (text.empty()) return 0;
  text.remove_prefix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  int exponent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (exponent > kMaximumExponent || exponent < -kMaximumExponent) return std::nullopt;
  return exponent;
}

}  // namespace

std::optional<DecimalDigits> ParseDecimal(std::string_view text) {
  bool negative = false;
  if (text.starts_with('-') || text.starts_with('+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const auto mark = text.find_first_of("eE");
  const auto exponent = ParseExponent(mark == std::string_view::npos ? "" : text.substr(mark));
  if (!exponent) return std::nullopt;
  text = text.substr(0, mark);

  DecimalDigits digits;
  digits.precision = 0;
  bool after_point = false;
  bool any_digit = false;
  for (const char character : text) {
    if (character == '.' && !after_point) {
      after_point = true;
      continue;
    }
    if (!IsDigit(character)) return std::nullopt;
    any_digit = true;
    if (after_point) ++digits.scale;
    if (digits.precision > 0 || character != '0') ++digits.precision;
    if (digits.precision > kMaximumDigits) return std::nullopt;
    digits.unscaled = digits.unscaled * 10 + (character - '0');
  }
  if (!any_digit) return std::nullopt;
  if (digits.precision == 0) digits.precision = 1;
  if (negative) digits.unscaled = -digits.unscaled;
  digits.scale -= *exponent;
  return digits;
}

std::optional<Int128> Rescale(const DecimalDigits& digits, int scale) {
  Int128 value = digits.unscaled;
  if (value == 0) return value;
  const int up = scale - digits.scale;
  if (up > 0) {
    if (digits.precision + up > kMaximumDigits) return std::nullopt;
    for (int step = 0; step < up; ++step) value *= 10;
    return value;
  }
  for (int step = up; step < 0; ++step) {
    if (value == 0) return value;
    const bool last = step == -1;
    const auto digit = static_cast<int>(value % 10);
    value /= 10;
    if (last && digit >= 5) ++value;
    if (last && digit <= -5) --value;
  }
  return value;
}

}  // namespace hearth::plan
