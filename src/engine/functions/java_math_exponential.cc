// Exponentials, logarithms, hyperbolic functions and powers as StrictMath specifies them: the fdlibm 5.3
// algorithms (argument reduction, polynomial, order of the operations). The polynomial coefficients are those
// of the specification.
#include <cmath>
#include <limits>

#include "engine/functions/double_bits.h"
#include "engine/functions/java_math.h"

namespace hearth::engine::java_math {
namespace {

constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;
constexpr double kInverseLn2 = 1.44269504088896338700e+00;
constexpr double kExpOverflow = 7.09782712893383973096e+02;
constexpr double kExpUnderflow = -7.45133219101941108420e+02;
constexpr double kTwo54 = 18014398509481984.0;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// x - t * (P1 + t * (P2 + …)) with t = x², shared by exp and pow.
double ExpRemainder(double x) {
  constexpr double kP1 = 1.66666666666666019037e-01;
  constexpr double kP2 = -2.77777777770155933842e-03;
  constexpr double kP3 = 6.61375632143793436117e-05;
  constexpr double kP4 = -1.65339022054652515390e-06;
  constexpr double kP5 = 4.13813679705723846039e-08;
  const double t = x * x;
  return x - t * (kP1 + t * (kP2 + t * (kP3 + t * (kP4 + t * kP5))));
}

constexpr double kLg1 = 6.666666666666735130e-01;
constexpr double kLg2 = 3.999999999940941908e-01;
constexpr double kLg3 = 2.857142874366239149e-01;
constexpr double kLg4 = 2.222219843214978396e-01;
constexpr double kLg5 = 1.818357216161805012e-01;
constexpr double kLg6 = 1.531383769920937332e-01;
constexpr double kLg7 = 1.479819860511658591e-01;

// The largest |x| whose sinh and cosh are finite lies in this word pair.
bool IsBelowHyperbolicOverflow(double x) {
  const int32_t ix = HighWord(x) & 0x7fffffff;
  return ix < 0x408633CE || (ix == 0x408633ce && LowWord(x) <= 0x8fb9f87dU);
}

}  // namespace

double Exp(double x) {
  const int32_t hx = HighWord(x) & 0x7fffffff;
  const bool negative = std::signbit(x);
  if (hx >= 0x40862E42) {
    if (std::isnan(x)) return x;
    if (std::isinf(x)) return negative ? 0.0 : x;
    if (x > kExpOverflow) return kInfinity;
    if (x < kExpUnderflow) return 0.0;
  }
  double hi = 0;
  double lo = 0;
  int k = 0;
  if (hx > 0x3fd62e42) {
    if (hx < 0x3FF0A2B2) {
      hi = negative ? x + kLn2High : x - kLn2High;
      lo = negative ? -kLn2Low : kLn2Low;
      k = negative ? -1 : 1;
    } else {
      k = static_cast<int>(kInverseLn2 * x + (negative ? -0.5 : 0.5));
      hi = x - k * kLn2High;
      lo = k * kLn2Low;
    }
    x = hi - lo;
  } else if (hx < 0x3e300000) {
    return 1.0 + x;
  }
  const double c = ExpRemainder(x);
  if (k == 0) return 1.0 - ((x * c) / (c - 2.0) - x);
  const double y = 1.0 - ((lo - (x * c) / (2.0 - c)) - hi);
  if (k >= -1021) return AddExponent(y, k);
  return AddExponent(y, k + 1000) * 0x1.0p-1000;
}

double Expm1(double x) {
  constexpr double kQ1 = -3.33333333333331316428e-02;
  constexpr double kQ2 = 1.58730158725481460165e-03;
  constexpr double kQ3 = -7.93650757867487942473e-05;
  constexpr double kQ4 = 4.00821782732936239552e-06;
  constexpr double kQ5 = -2.01099218183624371326e-07;
  const int32_t hx = HighWord(x) & 0x7fffffff;
  const bool negative = std::signbit(x);
  if (hx >= 0x4043687A) {
    if (std::isnan(x)) return x;
    if (std::isinf(x)) return negative ? -1.0 : x;
    if (x > kExpOverflow) return kInfinity;
    if (negative) return -1.0;
  }
  int k = 0;
  double c = 0;
  if (hx > 0x3fd62e42) {
    double hi, lo;
    if (hx < 0x3FF0A2B2) {
      hi = negative ? x + kLn2High : x - kLn2High;
      lo = negative ? -kLn2Low : kLn2Low;
      k = negative ? -1 : 1;
    } else {
      k = static_cast<int>(kInverseLn2 * x + (negative ? -0.5 : 0.5));
      hi = x - k * kLn2High;
      lo = k * kLn2Low;
    }
    x = hi - lo;
    c = (hi - x) - lo;
  } else if (hx < 0x3c900000) {
    return x;
  }
  const double half = 0.5 * x;
  const double square = x * half;
  const double r = 1.0 + square * (kQ1 + square * (kQ2 + square * (kQ3 + square * (kQ4 + square * kQ5))));
  double t = 3.0 - r * half;
  double e = square * ((r - t) / (6.0 - x * t));
  if (k == 0) return x - (x * e - square);
  e = (x * (e - c) - c) - square;
  if (k == -1) return 0.5 * (x - e) - 0.5;
  if (k == 1) return x < -0.25 ? -2.0 * (e - (x + 0.5)) : 1.0 + 2.0 * (x - e);
  if (k <= -2 || k > 56) return AddExponent(1.0 - (e - x), k) - 1.0;
  if (k < 20) {
    t = FromWords(0x3ff00000 - (0x200000 >> k), 0);
    return AddExponent(t - (e - x), k);
  }
  t = FromWords((0x3ff - k) << 20, 0);
  return AddExponent((x - (e + t)) + 1.0, k);
}

double Log(double x) {
  int32_t hx = HighWord(x);
  int k = 0;
  if (hx < 0x00100000) {
    if (x == 0) return -kInfinity;
    if (hx < 0) return kNaN;
    k -= 54;
    x *= kTwo54;
    hx = HighWord(x);
  }
  if (hx >= 0x7ff00000) return x + x;
  k += (hx >> 20) - 1023;
  hx &= 0x000fffff;
  const int32_t carry = (hx + 0x95f64) & 0x100000;
  x = WithHighWord(x, hx | (carry ^ 0x3ff00000));
  k += carry >> 20;
  const double f = x - 1.0;
  const double dk = k;
  if ((0x000fffff & (2 + hx)) < 3) {
    if (f == 0) return k == 0 ? 0.0 : dk * kLn2High + dk * kLn2Low;
    const double r = f * f * (0.5 - 0.33333333333333333 * f);
    return k == 0 ? f - r : dk * kLn2High - ((r - dk * kLn2Low) - f);
  }
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double w = z * z;
  const double t1 = w * (kLg2 + w * (kLg4 + w * kLg6));
  const double t2 = z * (kLg1 + w * (kLg3 + w * (kLg5 + w * kLg7)));
  const double r = t2 + t1;
  if (((hx - 0x6147a) | (0x6b851 - hx)) > 0) {
    const double half_square = 0.5 * f * f;
    if (k == 0) return f - (half_square - s * (half_square + r));
    return dk * kLn2High - ((half_square - (s * (half_square + r) + dk * kLn2Low)) - f);
  }
  return k == 0 ? f - s * (f - r) : dk * kLn2High - ((s * (f - r) - dk * kLn2Low) - f);
}

double Log10(double x) {
  constexpr double kInverseLn10 = 4.34294481903251816668e-01;
  constexpr double kLog10Of2High = 3.01029995663611771306e-01;
  constexpr double kLog10Of2Low = 3.69423907715893078616e-13;
  int32_t hx = HighWord(x);
  int k = 0;
  if (hx < 0x00100000) {
    if (x == 0) return -kInfinity;
    if (hx < 0) return kNaN;
    k -= 54;
    x *= kTwo54;
    hx = HighWord(x);
  }
  if (hx >= 0x7ff00000) return x + x;
  k += (hx >> 20) - 1023;
  const int below_one = k < 0 ? 1 : 0;
  x = WithHighWord(x, (hx & 0x000fffff) | ((0x3ff - below_one) << 20));
  const double y = k + below_one;
  const double z = y * kLog10Of2Low + kInverseLn10 * Log(x);
  return z + y * kLog10Of2High;
}

double Log1p(double x) {
  const int32_t hx = HighWord(x);
  const int32_t ax = hx & 0x7fffffff;
  int k = 1;
  double f = 0;
  double c = 0;
  int32_t hu = 1;
  if (hx < 0x3FDA827A) {
    if (ax >= 0x3ff00000) return x == -1.0 ? -kInfinity : kNaN;
    if (ax < 0x3e200000) return ax < 0x3c900000 ? x : x - x * x * 0.5;
    if (hx > 0 || hx <= static_cast<int32_t>(0xbfd2bec3)) {
      k = 0;
      f = x;
    }
  }
  if (hx >= 0x7ff00000) return x + x;
  if (k != 0) {
    double u = x;
    if (hx < 0x43400000) {
      u = 1.0 + x;
      hu = HighWord(u);
      k = (hu >> 20) - 1023;
      c = (k > 0 ? 1.0 - (u - x) : x - (u - 1.0)) / u;
    } else {
      hu = HighWord(u);
      k = (hu >> 20) - 1023;
    }
    hu &= 0x000fffff;
    if (hu < 0x6a09e) {
      u = WithHighWord(u, hu | 0x3ff00000);
    } else {
      k += 1;
      u = WithHighWord(u, hu | 0x3fe00000);
      hu = (0x00100000 - hu) >> 2;
    }
    f = u - 1.0;
  }
  const double half_square = 0.5 * f * f;
  if (hu == 0) {
    if (f == 0) return k == 0 ? 0.0 : k * kLn2High + (c + k * kLn2Low);
    const double r = half_square * (1.0 - 0.66666666666666666 * f);
    return k == 0 ? f - r : k * kLn2High - ((r - (k * kLn2Low + c)) - f);
  }
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double r = z * (kLg1 + z * (kLg2 + z * (kLg3 + z * (kLg4 + z * (kLg5 + z * (kLg6 + z * kLg7))))));
  if (k == 0) return f - (half_square - s * (half_square + r));
  return k * kLn2High - ((half_square - (s * (half_square + r) + (k * kLn2Low + c))) - f);
}

double Sinh(double x) {
  const int32_t ix = HighWord(x) & 0x7fffffff;
  if (ix >= 0x7ff00000) return x + x;
  const double h = std::signbit(x) ? -0.5 : 0.5;
  const double magnitude = std::fabs(x);
  if (ix < 0x40360000) {
    if (ix < 0x3e300000) return x;
    const double t = Expm1(magnitude);
    return ix < 0x3ff00000 ? h * (2.0 * t - t * t / (t + 1.0)) : h * (t + t / (t + 1.0));
  }
  if (ix < 0x40862E42) return h * Exp(magnitude);
  if (!IsBelowHyperbolicOverflow(x)) return x * 1.0e307;
  const double w = Exp(0.5 * magnitude);
  return h * w * w;
}

double Cosh(double x) {
  const int32_t ix = HighWord(x) & 0x7fffffff;
  if (ix >= 0x7ff00000) return x * x;
  const double magnitude = std::fabs(x);
  if (ix < 0x3fd62e43) {
    const double t = Expm1(magnitude);
    const double w = 1.0 + t;
    return ix < 0x3c800000 ? w : 1.0 + (t * t) / (w + w);
  }
  if (ix < 0x40360000) {
    const double t = Exp(magnitude);
    return 0.5 * t + 0.5 / t;
  }
  if (ix < 0x40862E42) return 0.5 * Exp(magnitude);
  if (!IsBelowHyperbolicOverflow(x)) return kInfinity;
  const double w = Exp(0.5 * magnitude);
  return 0.5 * w * w;
}

double Tanh(double x) {
  const int32_t ix = HighWord(x) & 0x7fffffff;
  const bool negative = std::signbit(x);
  if (ix >= 0x7ff00000) return negative ? 1.0 / x - 1.0 : 1.0 / x + 1.0;
  double z = 1.0;
  if (ix < 0x40360000) {
    if (ix < 0x3c800000) return x * (1.0 + x);
    if (ix >= 0x3ff00000) {
      const double t = Expm1(2.0 * std::fabs(x));
      z = 1.0 - 2.0 / (t + 2.0);
    } else {
      const double t = Expm1(-2.0 * std::fabs(x));
      z = -t / (t + 2.0);
    }
  }
  return negative ? -z : z;
}

double Asinh(double x) {
  constexpr double kLn2 = 6.93147180559945286227e-01;
  if (!std::isfinite(x)) return x + x;
  const double magnitude = std::fabs(x);
  if (magnitude < 0x1.0p-28) return x;
  double result = 0;
  if (magnitude > 0x1.0p28) {
    result = Log(magnitude) + kLn2;
  } else if (magnitude > 2.0) {
    result = Log(2.0 * magnitude + 1.0 / (std::sqrt(x * x + 1.0) + magnitude));
  } else {
    const double t = x * x;
    result = Log1p(magnitude + t / (1.0 + std::sqrt(1.0 + t)));
  }
  return x < 0 ? -result : result;
}

double Acosh(double x) {
  constexpr double kLn2 = 6.93147180559945286227e-01;
  if (!(x >= 1.0)) return kNaN;
  if (x >= 0x1.0p28) return std::isinf(x) ? x : Log(x) + kLn2;
  if (x > 2.0) return Log(2.0 * x - 1.0 / (x + std::sqrt(x * x - 1.0)));
  const double t = x - 1.0;
  return Log1p(t + std::sqrt(2.0 * t + t * t));
}

}  // namespace hearth::engine::java_math
