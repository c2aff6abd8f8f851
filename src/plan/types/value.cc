#include "plan/types/value.h"

#include <algorithm>

namespace hearth::plan {

std::string DecimalText(Int128 unscaled, int scale) {
  const bool negative = unscaled < 0;
  // Negated digit by digit: the smallest value has no positive counterpart.
  std::string digits;
  do {
    const auto digit = static_cast<int>(unscaled % 10);
    digits += static_cast<char>('0' + (negative ? -digit : digit));
    unscaled /= 10;
  } while (unscaled != 0);
  while (static_cast<int>(digits.size()) <= scale) digits += '0';
  std::reverse(digits.begin(), digits.end());
  if (scale > 0) digits.insert(digits.size() - static_cast<size_t>(scale), ".");
  return negative ? "-" + digits : digits;
}

}  // namespace hearth::plan
