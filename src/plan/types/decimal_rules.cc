// Precision and scale of decimal arithmetic.
#include <algorithm>

#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

// Divisions keep at least this many digits behind the point, and so does a result that must lose digits.
constexpr int kMinimumAdjustedScale = 6;

TypePtr Adjusted(int precision, int scale) {
  if (precision <= DataType::kMaxPrecision) return DataType::Decimal(precision, scale);
  int integral_digits = precision - scale;
  int minimum = std::min(scale, kMinimumAdjustedScale);
  return DataType::Decimal(DataType::kMaxPrecision,
                           std::max(DataType::kMaxPrecision - integral_digits, minimum));
}

TypePtr Bounded(int precision, int scale) {
  return DataType::Decimal(std::min(precision, DataType::kMaxPrecision),
                           std::min(scale, DataType::kMaxPrecision));
}

TypePtr DivisionType(int p1, int s1, int p2, int s2, bool allow_precision_loss) {
  if (allow_precision_loss) {
    int scale = std::max(kMinimumAdjustedScale, s1 + p2 + 1);
    return Adjusted(p1 - s1 + s2 + scale, scale);
  }
  int integral = std::min(DataType::kMaxPrecision, p1 - s1 + s2);
  int fraction = std::min(DataType::kMaxPrecision, std::max(kMinimumAdjustedScale, s1 + p2 + 1));
  int excess = integral + fraction - DataType::kMaxPrecision;
  if (excess > 0) {
    fraction -= excess / 2 + 1;
    integral = DataType::kMaxPrecision - fraction;
  }
  return Bounded(integral + fraction, fraction);
}

}  // namespace

TypePtr DecimalResultType(std::string_view op, const DataType& left, const DataType& right,
                          bool allow_precision_loss) {
  const auto fit = allow_precision_loss ? &Adjusted : &Bounded;
  int p1 = left.precision();
  int s1 = left.scale();
  int p2 = right.precision();
  int s2 = right.scale();
  if (op == "+" || op == "-") {
    int scale = std::max(s1, s2);
    return fit(std::max(p1 - s1, p2 - s2) + scale + 1, scale);
  }
  if (op == "*") return fit(p1 + p2 + 1, s1 + s2);
  if (op == "/") return DivisionType(p1, s1, p2, s2, allow_precision_loss);
  if (op == "div") {
    int integral = p1 - s1 + s2;
    return Bounded(integral <= 0 ? 1 : integral, 0);
  }
  int scale = std::max(s1, s2);
  return fit(std::min(p1 - s1, p2 - s2) + scale, scale);
}

}  // namespace hearth::plan
