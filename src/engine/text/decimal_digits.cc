#include "engine/text/decimal_digits.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <vector>

#include "engine/text/value_text.h"

namespace hearth::engine {

namespace {

DecimalDigits FromPlain(std::string text) {
  DecimalDigits digits;
  if (!text.empty() && text[0] == '-') {
    digits.negative = true;
    text.erase(0, 1);
  }
  const auto point = text.find('.');
  digits.integer = text.substr(0, point);
  if (point != std::string::npos) digits.fraction = text.substr(point + 1);
  digits.integer.erase(0, std::min(digits.integer.find_first_not_of('0'), digits.integer.size()));
  return digits;
}

bool AllZeros(const std::string& text) { return text.find_first_not_of('0') == std::string::npos; }

void AddOne(DecimalDigits& digits) {
  for (auto* part : {&digits.fraction, &digits.integer}) {
    for (size_t i = part->size(); i-- > 0;) {
      if ((*part)[i] != '9') {
        ++(*part)[i];
        return;
      }
      (*part)[i] = '0';
    }
  }
  digits.integer.insert(0, 1, '1');
}

}  // namespace

bool DecimalDigits::IsZero() const { return AllZeros(integer) && AllZeros(fraction); }

void DecimalDigits::RoundHalfEven(size_t count) {
  if (fraction.size() <= count) return;
  const std::string rest = fraction.substr(count);
  fraction.resize(count);
  const char last = count > 0 ? fraction.back() : integer.empty() ? '0' : integer.back();
  const bool is_tie = rest[0] == '5' && AllZeros(rest.substr(1));
  if (rest[0] > '5' || (rest[0] == '5' && !is_tie) || (is_tie && (last - '0') % 2 == 1)) AddOne(*this);
}

void DecimalDigits::RoundHalfUp(size_t count) {
  if (fraction.size() <= count) return;
  const bool up = fraction[count] >= '5';
  fraction.resize(count);
  if (up) AddOne(*this);
}

void DecimalDigits::Shift(int places) {
  for (; places > 0; --places) {
    integer.push_back(fraction.empty() ? '0' : fraction[0]);
    if (!fraction.empty()) fraction.erase(0, 1);
  }
  for (; places < 0; ++places) {
    fraction.insert(0, 1, integer.empty() ? '0' : integer.back());
    if (!integer.empty()) integer.pop_back();
  }
  integer.erase(0, std::min(integer.find_first_not_of('0'), integer.size()));
}

DecimalDigits DigitsOfInteger(int64_t value) { return FromPlain(std::to_string(value)); }

DecimalDigits DigitsOfDecimal(plan::Int128 unscaled, int scale) {
  std::string text;
  AppendDecimal(unscaled, scale, &text);
  return FromPlain(std::move(text));
}

DecimalDigits ShortestDigits(double value) {
  char buffer[400];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::scientific).ptr;
  std::string text(buffer, end);
  const auto mark = text.find('e');
  const int exponent = std::atoi(text.c_str() + mark + 1);
  auto digits = FromPlain(text.substr(0, mark));
  digits.negative = std::signbit(value);
  digits.Shift(exponent);
  return digits;
}

DecimalDigits RoundedDigits(double value, size_t count) {
  auto shortest = ShortestDigits(value);
  if (shortest.fraction.size() <= count) return shortest;
  std::vector<char> buffer(count + 400);
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.*f", static_cast<int>(count), value);
  return FromPlain(std::string(buffer.data(), static_cast<size_t>(size)));
}

}  // namespace hearth::engine
