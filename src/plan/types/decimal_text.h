// Decimal numbers as text: what literals of SQL and of messages share.
#pragma once

#include <optional>
#include <string_view>

#include "plan/types/value.h"

namespace hearth::plan {

// unscaled * 10^-scale. As java.math.BigDecimal: precision counts the digits of the unscaled value (1 for
// zero), scale is negative for "1e3".
struct DecimalDigits {
  Int128 unscaled = 0;
  int precision = 1;
  int scale = 0;
};

// "-12.50", "1e-3", ".5", "5."; nullopt when the text is no number or has more than 38 significant digits.
std::optional<DecimalDigits> ParseDecimal(std::string_view text);

// The unscaled value at another scale, rounded half up (away from zero); nullopt when it needs more than 38
// digits.
std::optional<Int128> Rescale(const DecimalDigits& digits, int scale);

}  // namespace hearth::plan
