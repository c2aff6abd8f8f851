// Exact decimal arithmetic by Spark's result types.
#pragma once

#include <optional>

#include "engine/decimal.h"

namespace hearth::engine {

// Precisions and scales of the operands and the result of one decimal operation.
struct DecimalShape {
  int left_precision = 0;
  int left_scale = 0;
  int right_precision = 0;
  int right_scale = 0;
  int precision = 0;
  int scale = 0;
  bool fails = true;  // ANSI: a result that does not fit is an error; else null
  bool operator==(const DecimalShape&) const = default;
};

// Each answers the unscaled result, rounded half up to the shape's scale; nullopt when it does not fit the
// precision (in a failing shape it throws). Divisors are not zero.
std::optional<Int128> AddDecimals(const DecimalShape& shape, Int128 left, Int128 right);
std::optional<Int128> SubtractDecimals(const DecimalShape& shape, Int128 left, Int128 right);
std::optional<Int128> MultiplyDecimals(const DecimalShape& shape, Int128 left, Int128 right);
std::optional<Int128> DivideDecimals(const DecimalShape& shape, Int128 left, Int128 right);
std::optional<Int128> RemainderOfDecimals(const DecimalShape& shape, Int128 left, Int128 right);
std::optional<Int128> PositiveRemainderOfDecimals(const DecimalShape& shape, Int128 left, Int128 right);
// Cut towards zero; the shape's precision and scale are those of Spark's intermediate decimal, (38,0) at
// most.
std::optional<Int128> IntegralQuotientOfDecimals(const DecimalShape& shape, Int128 left, Int128 right);

}  // namespace hearth::engine
