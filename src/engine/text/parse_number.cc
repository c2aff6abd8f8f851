#include <strings.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "engine/decimal.h"
#include "engine/text/parse.h"

namespace hearth::engine {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsTrimmed(char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; }

bool EqualsIgnoringCase(std::string_view left, std::string_view right) {
  return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

// Java trims only characters up to the space here.
std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

template <typename Number>
Number OutOfRange(std::string_view text) {
  // Rare: the C library decides between zero and infinity.
  const std::string copy(text);
  if constexpr (std::is_same_v<Number, float>) {
    return std::strtof(copy.c_str(), nullptr);
  } else {
    return std::strtod(copy.c_str(), nullptr);
  }
}

template <typename Number>
std::optional<Number> ParseMagnitude(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<Number>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<Number>::infinity();
  Number value{};
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    const std::string_view digits = text.substr(2);
    if (digits.find_first_of("pP") == std::string_view::npos) return std::nullopt;
    std::string_view body = digits;
    if (std::string_view("dDfF").find(body.back()) != std::string_view::npos) body.remove_suffix(1);
    const auto end = std::from_chars(body.data(), body.data() + body.size(), value, std::chars_format::hex);
    if (end.ptr != body.data() + body.size() || end.ec == std::errc::invalid_argument) return std::nullopt;
    return value;
  }
  if (text.empty() || !(IsDigit(text[0]) || text[0] == '.')) return std::nullopt;
  if (text.size() > 1 && std::string_view("dDfF").find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::general);
  if (end.ptr != text.data() + text.size()) return std::nullopt;
  if (end.ec == std::errc::result_out_of_range) return OutOfRange<Number>(text);
  if (end.ec != std::errc()) return std::nullopt;
  return value;
}

template <typename Number>
std::optional<Number> ParseFloating(std::string_view input) {
  std::string_view text = TrimBlanks(input);
  if (text.empty()) return std::nullopt;
  bool negative = false;
  std::string_view magnitude = text;
  if (text[0] == '+' || text[0] == '-') {
    negative = text[0] == '-';
    magnitude.remove_prefix(1);
  }
  auto value = ParseMagnitude<Number>(magnitude);
  if (!value) {
    if (EqualsIgnoringCase(magnitude, "inf") || EqualsIgnoringCase(magnitude, "infinity")) {
      value = std::numeric_limits<Number>::infinity();
    } else if (EqualsIgnoringCase(text, "nan")) {
      value = std::numeric_limits<Number>::quiet_NaN();
    } else {
      return std::nullopt;
    }
  }
  return negative ? -*value : *value;
}

// A decimal numeral taken apart: its significant digits and the power of ten of the last of them.
struct Numeral {
  bool negative = false;
  std::array<char, 80> digits{};
  int count = 0;         // kept digits, leading zeros dropped
  int64_t dropped = 0;   // digits beyond the array, all behind
  int64_t exponent = 0;  // value = digits × 10^exponent
};

bool ReadExponent(std::string_view text, int64_t* exponent) {
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || text.size() > 10) return false;
  int64_t value = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return false;
    value = value * 10 + (c - '0');
  }
  *exponent = negative ? -value : value;
  return value <= std::numeric_limits<int32_t>::max();
}

bool ReadNumeral(std::string_view text, Numeral* numeral) {
  size_t i = 0;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) numeral->negative = text[i++] == '-';
  bool seen_digit = false, seen_point = false;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' && !seen_point) {
      seen_point = true;
      continue;
    }
    if (!IsDigit(c)) break;
    seen_digit = true;
    if (seen_point) --numeral->exponent;
    if (numeral->count == 0 && c == '0') continue;
    if (numeral->count < static_cast<int>(numeral->digits.size())) {
      numeral->digits[static_cast<size_t>(numeral->count++)] = c;
    } else {
      ++numeral->dropped;
    }
  }
  if (!seen_digit) return false;
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return false;
    int64_t exponent = 0;
    if (!ReadExponent(text.substr(i + 1), &exponent)) return false;
    numeral->exponent += exponent;
  }
  numeral->exponent += numeral->dropped;
  return true;
}

}  // namespace

std::string_view TrimAll(std::string_view text) {
  while (!text.empty() && IsTrimmed(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsTrimmed(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<int64_t> ParseInteger(std::string_view input, bool allow_fraction, int64_t minimum,
                                    int64_t maximum) {
  const std::string_view text = TrimAll(input);
  if (text.empty()) return std::nullopt;
  size_t i = 0;
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') {
    if (text.size() == 1) return std::nullopt;
    i = 1;
  }
  __int128 value = 0;
  for (; i < text.size() && !(text[i] == '.' && allow_fraction); ++i) {
    if (!IsDigit(text[i])) return std::nullopt;
    value = value * 10 + (text[i] - '0');
    if (value > static_cast<__int128>(std::numeric_limits<int64_t>::max()) + 1) return std::nullopt;
  }
  for (size_t k = i + 1; k < text.size(); ++k) {
    if (!IsDigit(text[k])) return std::nullopt;
  }
  if (negative) value = -value;
  if (value < minimum || value > maximum) return std::nullopt;
  return static_cast<int64_t>(value);
}

std::optional<double> ParseDouble(std::string_view text) { return ParseFloating<double>(text); }
std::optional<float> ParseFloat(std::string_view text) { return ParseFloating<float>(text); }

DecimalParse ParseDecimal(std::string_view input, int precision, int scale, plan::Int128* unscaled) {
  Numeral numeral;
  if (!ReadNumeral(TrimBlanks(input), &numeral)) return DecimalParse::kInvalid;
  *unscaled = 0;
  if (numeral.count == 0) return DecimalParse::kOk;
  if (numeral.count + numeral.exponent > 38) return DecimalParse::kTooLarge;
  // Digits to keep so that the last kept one has the weight 10^-scale; one more decides the rounding.
  const int64_t keep = numeral.count + numeral.exponent + scale;
  if (keep < 0) return DecimalParse::kOk;
  if (keep > 38 + 1) return DecimalParse::kOutOfRange;
  plan::Int128 value = 0;
  for (int64_t i = 0; i < keep; ++i) {
    value = value * 10 + (i < numeral.count ? numeral.digits[static_cast<size_t>(i)] - '0' : 0);
    if (value >= kPowersOfTen[38]) return DecimalParse::kOutOfRange;
  }
  if (keep < numeral.count && numeral.digits[static_cast<size_t>(keep)] >= '5') ++value;
  if (!FitsPrecision(value, precision)) return DecimalParse::kOutOfRange;
  *unscaled = numeral.negative ? -value : value;
  return DecimalParse::kOk;
}

std::optional<bool> ParseBoolean(std::string_view input) {
  const std::string_view text = TrimAll(input);
  for (const std::string_view word : {"t", "true", "y", "yes", "1"}) {
    if (EqualsIgnoringCase(text, word)) return true;
  }
  for (const std::string_view word : {"f", "false", "n", "no", "0"}) {
    if (EqualsIgnoringCase(text, word)) return false;
  }
  return std::nullopt;
}

}  // namespace hearth::engine
