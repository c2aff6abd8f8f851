// java.text.DecimalFormat in the US locale: patterns such as "#,##0.00", "0.###E0", "0%", "'#'#".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "engine/text/decimal_digits.h"

namespace hearth::engine {

class DecimalFormat {
 public:
  // Grouped thousands and exactly `fraction_digits` behind the point.
  static DecimalFormat WithFraction(int32_t fraction_digits);
  // nullopt when the text is no pattern.
  static std::optional<DecimalFormat> Parse(std::string_view pattern);

  void Append(double value, std::string* out) const;
  void Append(int64_t value, std::string* out) const { AppendDigits(DigitsOfInteger(value), out); }
  void Append(plan::Int128 unscaled, int scale, std::string* out) const {
    AppendDigits(DigitsOfDecimal(unscaled, scale), out);
  }

 private:
  static constexpr size_t kUnlimited = 340;

  bool ParseNumber(std::string_view pattern, size_t& position);
  void AppendDigits(DecimalDigits digits, std::string* out) const;
  void AppendPlain(const DecimalDigits& digits, std::string* out) const;
  void AppendScientific(DecimalDigits digits, std::string* out) const;
  void Affixes(bool negative, std::string_view body, std::string* out) const;

  std::string prefix_;
  std::string suffix_;
  std::optional<std::string> negative_prefix_;
  std::optional<std::string> negative_suffix_;
  size_t grouping_ = 0;
  size_t minimum_integer_ = 1;
  size_t maximum_integer_ = kUnlimited;
  size_t minimum_fraction_ = 0;
  size_t maximum_fraction_ = 0;
  size_t exponent_digits_ = 0;  // 0: no exponent
  int shift_ = 0;               // 2 for percent, 3 for per mille
  bool always_point_ = false;
};

}  // namespace hearth::engine
