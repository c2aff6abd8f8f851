#include "engine/functions/decimal_arithmetic.h"

#include "engine/functions/arithmetic_errors.h"
#include "engine/wide_integer.h"

namespace hearth::engine {
namespace {

bool IsNegative(Int128 value) { return value < 0; }

std::string WideText(const WideInteger& magnitude, bool negative, int scale) {
  auto digits = magnitude.ToDecimalText();
  if (static_cast<int>(digits.size()) <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - scale, ".");
  return negative ? "-" + digits : digits;
}

std::optional<Int128> OutOfRange(const DecimalShape& shape, const WideInteger& magnitude, bool negative) {
  if (shape.fails)
    ThrowDecimalOutOfRange(WideText(magnitude, negative, shape.scale), shape.precision, shape.scale);
  return std::nullopt;
}

// A magnitude at the result's scale, checked against its precision.
std::optional<Int128> Checked(const DecimalShape& shape, const WideInteger& magnitude, bool negative) {
  if (magnitude.Fits127Bits()) {
    const Int128 value = magnitude.ToInt128();
    if (FitsPrecision(value, shape.precision)) return negative ? -value : value;
  }
  return OutOfRange(shape, magnitude, negative);
}

// A magnitude with `scale` digits behind the point, brought to the result's scale.
std::optional<Int128> Rounded(const DecimalShape& shape, WideInteger magnitude, int scale, bool negative) {
  if (scale > shape.scale) magnitude.DividePowerOfTenHalfUp(scale - shape.scale);
  if (scale < shape.scale) magnitude.MultiplyPowerOfTen(shape.scale - scale);
  return Checked(shape, magnitude, negative);
}

WideInteger Scaled(Int128 value, int more_digits) {
  auto magnitude = WideInteger::Magnitude(value);
  magnitude.MultiplyPowerOfTen(more_digits);
  return magnitude;
}

// left + right, exactly, at the larger scale.
std::optional<Int128> AddExactly(const DecimalShape& shape, Int128 left, Int128 right) {
  const int scale = std::max(shape.left_scale, shape.right_scale);
  auto magnitude = Scaled(left, scale - shape.left_scale);
  const auto other = Scaled(right, scale - shape.right_scale);
  bool negative = IsNegative(left);
  if (negative == IsNegative(right)) {
    magnitude.Add(other);
  } else if (magnitude.Compare(other) >= 0) {
    magnitude.Subtract(other);
  } else {
    auto difference = other;
    difference.Subtract(magnitude);
    magnitude = difference;
    negative = !negative;
  }
  return Rounded(shape, magnitude, scale, negative);
}

bool ScalesAreEqual(const DecimalShape& shape) {
  return shape.left_scale == shape.right_scale && shape.left_scale == shape.scale;
}

// The remainder at the larger scale, with the sign of the dividend.
WideInteger RemainderMagnitude(const DecimalShape& shape, Int128 left, Int128 right, int& scale) {
  scale = std::max(shape.left_scale, shape.right_scale);
  auto dividend = Scaled(left, scale - shape.left_scale);
  return dividend.Divide(Scaled(right, scale - shape.right_scale));
}

}  // namespace

std::optional<Int128> AddDecimals(const DecimalShape& shape, Int128 left, Int128 right) {
  Int128 sum;
  if (ScalesAreEqual(shape) && !__builtin_add_overflow(left, right, &sum) &&
      FitsPrecision(sum, shape.precision)) {
    return sum;
  }
  return AddExactly(shape, left, right);
}

std::optional<Int128> SubtractDecimals(const DecimalShape& shape, Int128 left, Int128 right) {
  return AddDecimals(shape, left, -right);
}

std::optional<Int128> MultiplyDecimals(const DecimalShape& shape, Int128 left, Int128 right) {
  const int scale = shape.left_scale + shape.right_scale;
  Int128 product;
  if (scale == shape.scale && !__builtin_mul_overflow(left, right, &product) &&
      FitsPrecision(product, shape.precision)) {
    return product;
  }
  auto magnitude = WideInteger::Magnitude(left);
  const auto bits = static_cast<unsigned __int128>(right);
  magnitude.Multiply(right < 0 ? ~bits + 1 : bits);
  return Rounded(shape, magnitude, scale, IsNegative(left) != IsNegative(right));
}

std::optional<Int128> DivideDecimals(const DecimalShape& shape, Int128 left, Int128 right) {
  const int exponent = shape.scale - shape.left_scale + shape.right_scale;
  const bool negative = IsNegative(left) != IsNegative(right);
  if (exponent >= 0 && exponent <= 38) {
    Int128 dividend;
    if (!__builtin_mul_overflow(left, kPowersOfTen[exponent], &dividend)) {
      Int128 quotient = dividend / right;
      const Int128 remainder = dividend % right;
      const Int128 rest = remainder < 0 ? -remainder : remainder;
      const Int128 divisor = right < 0 ? -right : right;
      if (rest >= divisor - rest) quotient += negative ? -1 : 1;
      if (FitsPrecision(quotient, shape.precision)) return quotient;
    }
  }
  auto dividend = Scaled(left, std::max(exponent, 0));
  const auto divisor = Scaled(right, std::max(-exponent, 0));
  auto rest = dividend.Divide(divisor);
  rest.Multiply(uint64_t{2});
  if (rest.Compare(divisor) >= 0) dividend.Add(WideInteger(1));
  return Checked(shape, dividend, negative);
}

std::optional<Int128> RemainderOfDecimals(const DecimalShape& shape, Int128 left, Int128 right) {
  if (ScalesAreEqual(shape)) return left % right;
  int scale = 0;
  const auto magnitude = RemainderMagnitude(shape, left, right, scale);
  return Rounded(shape, magnitude, scale, IsNegative(left));
}

std::optional<Int128> PositiveRemainderOfDecimals(const DecimalShape& shape, Int128 left, Int128 right) {
  int scale = 0;
  auto magnitude = RemainderMagnitude(shape, left, right, scale);
  if (!IsNegative(left) || magnitude.IsZero()) return Rounded(shape, magnitude, scale, IsNegative(left));
  // A negative remainder plus the divisor, and the remainder of that: positive for a positive divisor.
  const auto divisor = Scaled(right, scale - shape.right_scale);
  if (IsNegative(right)) {
    magnitude.Add(divisor);
    return Rounded(shape, magnitude.Divide(divisor), scale, true);
  }
  auto moved = divisor;
  moved.Subtract(magnitude);
  return Rounded(shape, moved, scale, false);
}

std::optional<Int128> IntegralQuotientOfDecimals(const DecimalShape& shape, Int128 left, Int128 right) {
  const int scale = std::max(shape.left_scale, shape.right_scale);
  auto dividend = Scaled(left, scale - shape.left_scale);
  dividend.Divide(Scaled(right, scale - shape.right_scale));
  return Checked(shape, dividend, IsNegative(left) != IsNegative(right));
}

}  // namespace hearth::engine
