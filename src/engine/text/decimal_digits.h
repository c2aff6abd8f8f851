// Numbers as decimal digits, for formatters.
#pragma once

#include <string>

#include "plan/types/value.h"

namespace hearth::engine {

// A finite magnitude: digits before and behind the point, without redundant zeros in front ("" for a zero
// integer part).
struct DecimalDigits {
  bool negative = false;
  std::string integer;
  std::string fraction;

  bool IsZero() const;
  // Keeps `count` digits behind the point. Ties: to even, or away from zero.
  void RoundHalfEven(size_t count);
  void RoundHalfUp(size_t count);
  // Moves the point to the right (to the left when negative).
  void Shift(int places);
};

DecimalDigits DigitsOfInteger(int64_t value);
DecimalDigits DigitsOfDecimal(plan::Int128 unscaled, int scale);
// The shortest digits that read back as the value (Double.toString's); the value must be finite.
DecimalDigits ShortestDigits(double value);
// The value rounded to `count` fraction digits as java.text.DecimalFormat does: half to even of the exact
// binary value when that has more digits than its shortest form shows, else the shortest form.
DecimalDigits RoundedDigits(double value, size_t count);

}  // namespace hearth::engine
