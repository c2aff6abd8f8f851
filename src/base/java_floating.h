// The digits that Java (before 19) prints for floating point numbers. They are not always the shortest that
// read back as the same number: 2147483648 as a float is 2.14748365E9, 1e23 is 9.999999999999999E22.
#pragma once

namespace hearth::base {

struct FloatingDigits {
  char digits[24] = {};  // as characters, the first not '0'
  int count = 0;
  int exponent = 0;  // of ten, for the first digit
};

// Of a finite number above zero.
FloatingDigits JavaDigits(double magnitude);
FloatingDigits JavaDigits(float magnitude);

}  // namespace hearth::base
