// The inverse trigonometric functions as StrictMath specifies them (fdlibm 5.3).
#include <array>
#include <cmath>
#include <limits>

#include "engine/functions/double_bits.h"
#include "engine/functions/java_math.h"

namespace hearth::engine::java_math {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kPi = 3.14159265358979311600e+00;
constexpr double kPiTail = 1.2246467991473531772e-16;
constexpr double kHalfPi = 1.57079632679489655800e+00;
constexpr double kHalfPiTail = 6.12323399573676603587e-17;
constexpr double kQuarterPi = 7.85398163397448278999e-01;

int32_t Magnitude(double x) { return HighWord(x) & 0x7fffffff; }

// The rational approximation shared by asin and acos.
double ArcRatio(double t) {
  constexpr double kP0 = 1.66666666666666657415e-01;
  constexpr double kP1 = -3.25565818622400915405e-01;
  constexpr double kP2 = 2.01212532134862925881e-01;
  constexpr double kP3 = -4.00555345006794114027e-02;
  constexpr double kP4 = 7.91534994289814532176e-04;
  constexpr double kP5 = 3.47933107596021167570e-05;
  constexpr double kQ1 = -2.40339491173441421878e+00;
  constexpr double kQ2 = 2.02094576023350569471e+00;
  constexpr double kQ3 = -6.88283971605453293030e-01;
  constexpr double kQ4 = 7.70381505559019352791e-02;
  const double p = t * (kP0 + t * (kP1 + t * (kP2 + t * (kP3 + t * (kP4 + t * kP5)))));
  const double q = 1.0 + t * (kQ1 + t * (kQ2 + t * (kQ3 + t * kQ4)));
  return p / q;
}

}  // namespace

double Asin(double x) {
  const int32_t ix = Magnitude(x);
  if (ix >= 0x3ff00000) return std::fabs(x) == 1.0 ? x * kHalfPi + x * kHalfPiTail : kNaN;
  if (ix < 0x3fe00000) return ix < 0x3e400000 ? x : x + x * ArcRatio(x * x);
  double t = (1.0 - std::fabs(x)) * 0.5;
  const double ratio = ArcRatio(t);
  const double s = std::sqrt(t);
  if (ix >= 0x3FEF3333) {
    t = kHalfPi - (2.0 * (s + s * ratio) - kHalfPiTail);
  } else {
    const double w = WithoutLowWord(s);
    const double c = (t - w * w) / (s + w);
    const double p = 2.0 * s * ratio - (kHalfPiTail - 2.0 * c);
    t = kQuarterPi - (p - (kQuarterPi - 2.0 * w));
  }
  return x > 0 ? t : -t;
}

double Acos(double x) {
  const int32_t ix = Magnitude(x);
  if (ix >= 0x3ff00000) {
    if (x == 1.0) return 0.0;
    return x == -1.0 ? kPi + 2.0 * kHalfPiTail : kNaN;
  }
  if (ix < 0x3fe00000) {
    if (ix <= 0x3c600000) return kHalfPi + kHalfPiTail;
    return kHalfPi - (x - (kHalfPiTail - x * ArcRatio(x * x)));
  }
  if (x < 0) {
    const double z = (1.0 + x) * 0.5;
    const double s = std::sqrt(z);
    return kPi - 2.0 * (s + (ArcRatio(z) * s - kHalfPiTail));
  }
  const double z = (1.0 - x) * 0.5;
  const double s = std::sqrt(z);
  const double df = WithoutLowWord(s);
  const double c = (z - df * df) / (s + df);
  return 2.0 * (df + (ArcRatio(z) * s + c));
}

double Atan(double x) {
  constexpr double kHead[] = {4.63647609000806093515e-01, 7.85398163397448278999e-01,
                              9.82793723247329054082e-01, 1.57079632679489655800e+00};
  constexpr double kTail[] = {2.26987774529616870924e-17, 3.06161699786838301793e-17,
                              1.39033110312309984516e-17, 6.12323399573676603587e-17};
  constexpr std::array<double, 11> kA = {
      3.33333333333329318027e-01,  -1.99999999998764832476e-01, 1.42857142725034663711e-01,
      -1.11111104054623557880e-01, 9.09088713343650656196e-02,  -7.69187620504482999495e-02,
      6.66107313738753120669e-02,  -5.83357013379057348645e-02, 4.97687799461593236017e-02,
      -3.65315727442169155270e-02, 1.62858201153657823623e-02};
  const int32_t ix = Magnitude(x);
  const bool negative = std::signbit(x);
  if (std::isnan(x)) return x;
  if (ix >= 0x44100000) return negative ? -kHead[3] - kTail[3] : kHead[3] + kTail[3];
  int part = -1;
  if (ix < 0x3fdc0000) {
    if (ix < 0x3e200000) return x;
  } else {
    x = std::fabs(x);
    if (ix < 0x3fe60000) {
      part = 0;
      x = (2.0 * x - 1.0) / (2.0 + x);
    } else if (ix < 0x3ff30000) {
      part = 1;
      x = (x - 1.0) / (x + 1.0);
    } else if (ix < 0x40038000) {
      part = 2;
      x = (x - 1.5) / (1.0 + 1.5 * x);
    } else {
      part = 3;
      x = -1.0 / x;
    }
  }
  const double z = x * x;
  const double w = z * z;
  const double s1 = z * (kA[0] + w * (kA[2] + w * (kA[4] + w * (kA[6] + w * (kA[8] + w * kA[10])))));
  const double s2 = w * (kA[1] + w * (kA[3] + w * (kA[5] + w * (kA[7] + w * kA[9]))));
  if (part < 0) return x - x * (s1 + s2);
  const double result = kHead[part] - ((x * (s1 + s2) - kTail[part]) - x);
  return negative ? -result : result;
}

double Atan2(double y, double x) {
  if (std::isnan(x) || std::isnan(y)) return x + y;
  if (x == 1.0) return Atan(y);
  const bool y_negative = std::signbit(y);
  const bool x_negative = std::signbit(x);
  const auto with_sign = [&](double magnitude) { return y_negative ? -magnitude : magnitude; };
  if (y == 0) return x_negative ? with_sign(kPi) : y;
  if (x == 0) return with_sign(kHalfPi);
  if (std::isinf(x)) {
    if (std::isinf(y)) return with_sign(x_negative ? 3.0 * kQuarterPi : kQuarterPi);
    return with_sign(x_negative ? kPi : 0.0);
  }
  if (std::isinf(y)) return with_sign(kHalfPi);
  const int32_t k = (Magnitude(y) - Magnitude(x)) >> 20;
  double z = 0;
  if (k > 60) {
    z = kHalfPi + 0.5 * kPiTail;
  } else if (!x_negative || k >= -60) {
    z = Atan(std::fabs(y / x));
  }
  if (!x_negative) return with_sign(z);
  return y_negative ? (z - kPiTail) - kPi : kPi - (z - kPiTail);
}

}  // namespace hearth::engine::java_math
