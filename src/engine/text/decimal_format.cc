#include "engine/text/decimal_format.h"

#include <algorithm>
#include <cmath>

namespace hearth::engine {

namespace {

constexpr std::string_view kPerMille = "\xE2\x80\xB0";
constexpr std::string_view kInfinity = "\xE2\x88\x9E";

// Reads a prefix or suffix: quoted text is literal, % and ‰ shift the number. Stops at a character of the
// number part or ';'.
bool ReadAffix(std::string_view pattern, size_t& position, bool is_prefix, std::string* out, int* shift) {
  while (position < pattern.size()) {
    const char c = pattern[position];
    if (c == '\'') {
      if (position + 1 < pattern.size() && pattern[position + 1] == '\'') {
        out->push_back('\'');
        position += 2;
        continue;
      }
      const auto close = pattern.find('\'', position + 1);
      if (close == std::string_view::npos) return false;
      out->append(pattern.substr(position + 1, close - position - 1));
      position = close + 1;
      continue;
    }
    const bool is_number = c == '#' || c == '0' || c == ',' || c == '.';
    if (is_number && is_prefix) return true;
    if (is_number || c == ';') return !is_number || is_prefix;
    if (c == '%') *shift = 2;
    if (pattern.substr(position).starts_with(kPerMille)) *shift = 3;
    out->push_back(c);
    ++position;
  }
  return true;
}

}  // namespace

DecimalFormat DecimalFormat::WithFraction(int32_t fraction_digits) {
  DecimalFormat format;
  format.grouping_ = 3;
  format.minimum_fraction_ = format.maximum_fraction_ = static_cast<size_t>(std::max(fraction_digits, 0));
  return format;
}

std::optional<DecimalFormat> DecimalFormat::Parse(std::string_view pattern) {
  DecimalFormat format;
  if (pattern.empty()) {
    format.grouping_ = 3;
    format.minimum_integer_ = 0;
    format.maximum_fraction_ = kUnlimited;
    return format;
  }
  size_t position = 0;
  if (!ReadAffix(pattern, position, true, &format.prefix_, &format.shift_)) return std::nullopt;
  if (!format.ParseNumber(pattern, position)) return std::nullopt;
  if (!ReadAffix(pattern, position, false, &format.suffix_, &format.shift_)) return std::nullopt;
  if (position == pattern.size()) return format;
  ++position;  // ';' and the negative form, of which only the affixes count
  std::string prefix;
  std::string suffix;
  int ignored = 0;
  if (!ReadAffix(pattern, position, true, &prefix, &ignored)) return std::nullopt;
  position = std::min(pattern.find_first_not_of("#0,.E", position), pattern.size());
  if (!ReadAffix(pattern, position, false, &suffix, &ignored) || position != pattern.size())
    return std::nullopt;
  if (prefix != format.prefix_ || suffix != format.suffix_) {
    format.negative_prefix_ = std::move(prefix);
    format.negative_suffix_ = std::move(suffix);
  }
  return format;
}

bool DecimalFormat::ParseNumber(std::string_view pattern, size_t& position) {
  size_t optional_left = 0;   // # before the first 0
  size_t zeros_integer = 0;   // 0 before the point
  size_t zeros_fraction = 0;  // 0 behind it
  size_t optional_fraction = 0;
  size_t since_comma = 0;
  bool has_comma = false;
  bool has_point = false;
  for (; position < pattern.size(); ++position) {
    const char c = pattern[position];
    if (c == '#') {
      if (has_point) {
        ++optional_fraction;
      } else if (zeros_integer > 0) {
        return false;
      } else {
        ++optional_left;
      }
      ++since_comma;
    } else if (c == '0') {
      if (has_point && optional_fraction > 0) return false;
      ++(has_point ? zeros_fraction : zeros_integer);
      ++since_comma;
    } else if (c == ',') {
      if (has_point) return false;
      has_comma = true;
      since_comma = 0;
    } else if (c == '.') {
      if (has_point) return false;
      has_point = true;
      if (has_comma) grouping_ = since_comma;
    } else {
      break;
    }
  }
  if (has_comma && !has_point) grouping_ = since_comma;
  if (has_comma && grouping_ == 0) return false;
  if (optional_left + zeros_integer + zeros_fraction + optional_fraction == 0) return false;
  if (has_point && zeros_integer == 0 && zeros_fraction == 0) {
    // "#.#" shows a zero before the point; ".#" does not.
    if (optional_left > 0) {
      --optional_left;
      zeros_integer = 1;
    } else if (optional_fraction > 0) {
      --optional_fraction;
      zeros_fraction = 1;
    }
  }
  minimum_integer_ = zeros_integer;
  minimum_fraction_ = zeros_fraction;
  maximum_fraction_ = zeros_fraction + optional_fraction;
  always_point_ = has_point && maximum_fraction_ == 0;
  if (position < pattern.size() && pattern[position] == 'E') {
    const auto end = std::min(pattern.find_first_not_of('0', position + 1), pattern.size());
    exponent_digits_ = end - position - 1;
    if (exponent_digits_ == 0 || has_comma) return false;
    maximum_integer_ = optional_left + zeros_integer;
    position = end;
  }
  return true;
}

void DecimalFormat::Append(double value, std::string* out) const {
  if (std::isnan(value)) {
    out->append("NaN");
    return;
  }
  if (std::isinf(value)) {
    Affixes(value < 0, kInfinity, out);
    return;
  }
  if (exponent_digits_ > 0) {
    AppendDigits(ShortestDigits(value), out);
    return;
  }
  const double scaled = shift_ == 0 ? value : value * std::pow(10, shift_);
  auto digits = RoundedDigits(scaled, maximum_fraction_);
  digits.negative = std::signbit(value);
  std::string body;
  AppendPlain(digits, &body);
  Affixes(digits.negative, body, out);
}

void DecimalFormat::AppendDigits(DecimalDigits digits, std::string* out) const {
  digits.Shift(shift_);
  std::string body;
  if (exponent_digits_ > 0) {
    AppendScientific(digits, &body);
  } else {
    digits.RoundHalfEven(maximum_fraction_);
    AppendPlain(digits, &body);
  }
  Affixes(digits.negative, body, out);
}

void DecimalFormat::Affixes(bool negative, std::string_view body, std::string* out) const {
  if (negative && negative_prefix_) {
    out->append(*negative_prefix_).append(body).append(*negative_suffix_);
    return;
  }
  if (negative) out->push_back('-');
  out->append(prefix_).append(body).append(suffix_);
}

void DecimalFormat::AppendPlain(const DecimalDigits& digits, std::string* out) const {
  std::string integer = digits.integer;
  if (integer.size() < minimum_integer_) integer.insert(0, minimum_integer_ - integer.size(), '0');
  std::string fraction = digits.fraction.substr(0, maximum_fraction_);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  if (fraction.size() < minimum_fraction_) fraction.resize(minimum_fraction_, '0');
  if (integer.empty() && fraction.empty()) integer = "0";
  for (size_t i = 0; i < integer.size(); ++i) {
    const size_t left = integer.size() - i;
    if (grouping_ > 0 && i > 0 && left % grouping_ == 0) out->push_back(',');
    out->push_back(integer[i]);
  }
  if (!fraction.empty() || always_point_) out->append(".").append(fraction);
}

void DecimalFormat::AppendScientific(DecimalDigits digits, std::string* out) const {
  // The exponent of the first digit that is not zero.
  int exponent = 0;
  if (!digits.IsZero()) {
    const auto leading = digits.fraction.find_first_not_of('0');
    exponent =
        digits.integer.empty() ? -static_cast<int>(leading) - 1 : static_cast<int>(digits.integer.size()) - 1;
  }
  const bool multiple = maximum_integer_ > 1 && maximum_integer_ > minimum_integer_;
  int places = static_cast<int>(minimum_integer_) - 1;  // integer digits beyond the first
  if (multiple) {
    const int step = static_cast<int>(maximum_integer_);
    const int rounded = (exponent >= 0 ? exponent / step : -((step - 1 - exponent) / step)) * step;
    places = exponent - rounded;
    exponent = rounded;
  } else {
    exponent -= std::max(places, 0);
  }
  digits.Shift(-exponent);
  const size_t fraction = multiple ? minimum_integer_ + maximum_fraction_ -
                                         std::min<size_t>(places + 1, minimum_integer_ + maximum_fraction_)
                                   : maximum_fraction_;
  digits.RoundHalfEven(fraction);
  AppendPlain(digits, out);
  out->push_back('E');
  if (exponent < 0) out->push_back('-');
  const auto number = std::to_string(std::abs(exponent));
  if (number.size() < exponent_digits_) out->append(exponent_digits_ - number.size(), '0');
  out->append(number);
}

}  // namespace hearth::engine
