// Trigonometric functions and their inverses as StrictMath specifies them (fdlibm 5.3).
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

// ---- On [-pi/4, pi/4]; y is the tail of x.

double SineNearZero(double x, double y, bool has_tail) {
  constexpr double kS1 = -1.66666666666666324348e-01;
  constexpr double kS2 = 8.33333333332248946124e-03;
  constexpr double kS3 = -1.98412698298579493134e-04;
  constexpr double kS4 = 2.75573137070700676789e-06;
  constexpr double kS5 = -2.50507602534068634195e-08;
  constexpr double kS6 = 1.58969099521155010221e-10;
  if (Magnitude(x) < 0x3e400000) return x;
  const double z = x * x;
  const double v = z * x;
  const double r = kS2 + z * (kS3 + z * (kS4 + z * (kS5 + z * kS6)));
  return has_tail ? x - ((z * (0.5 * y - v * r) - y) - v * kS1) : x + v * (kS1 + z * r);
}

double CosineNearZero(double x, double y) {
  constexpr double kC1 = 4.16666666666666019037e-02;
  constexpr double kC2 = -1.38888888888741095749e-03;
  constexpr double kC3 = 2.48015872894767294178e-05;
  constexpr double kC4 = -2.75573143513906633035e-07;
  constexpr double kC5 = 2.08757232129817482790e-09;
  constexpr double kC6 = -1.13596475577881948265e-11;
  const int32_t ix = Magnitude(x);
  if (ix < 0x3e400000) return 1.0;
  const double z = x * x;
  const double r = z * (kC1 + z * (kC2 + z * (kC3 + z * (kC4 + z * (kC5 + z * kC6)))));
  if (ix < 0x3FD33333) return 1.0 - (0.5 * z - (z * r - x * y));
  const double qx = ix > 0x3fe90000 ? 0.28125 : FromWords(ix - 0x00200000, 0);
  return (1.0 - qx) - ((0.5 * z - qx) - (z * r - x * y));
}

// -1 / (x + r), with the rounding error of the sum taken back.
double NegatedInverse(double x, double r) {
  const double w = x + r;
  const double z = WithoutLowWord(w);
  const double v = r - (z - x);
  const double a = -1.0 / w;
  const double t = WithoutLowWord(a);
  return t + a * ((1.0 + t * z) + t * v);
}

// The tangent, or with `inverted` minus its reciprocal.
double TangentNearZero(double x, double y, bool inverted) {
  constexpr std::array<double, 13> kT = {
      3.33333333333334091986e-01, 1.33333333333201242699e-01, 5.39682539762260521377e-02,
      2.18694882948595424599e-02, 8.86323982359930005737e-03, 3.59207910759131235356e-03,
      1.45620945432529025516e-03, 5.88041240820264096874e-04, 2.46463134818469906812e-04,
      7.81794442939557092300e-05, 7.14072491382608190305e-05, -1.85586374855275456654e-05,
      2.59073051863633712884e-05};
  constexpr double kQuarterPiTail = 3.06161699786838301793e-17;
  const int32_t hx = HighWord(x);
  const int32_t ix = hx & 0x7fffffff;
  if (ix < 0x3e300000) return inverted ? NegatedInverse(x, y) : x;
  const bool is_large = ix >= 0x3FE59428;
  if (is_large) {
    if (hx < 0) {
      x = -x;
      y = -y;
    }
    x = (kQuarterPi - x) + (kQuarterPiTail - y);
    y = 0.0;
  }
  const double z = x * x;
  double w = z * z;
  double r = kT[1] + w * (kT[3] + w * (kT[5] + w * (kT[7] + w * (kT[9] + w * kT[11]))));
  const double v = z * (kT[2] + w * (kT[4] + w * (kT[6] + w * (kT[8] + w * (kT[10] + w * kT[12])))));
  const double s = z * x;
  r = y + z * (s * (r + v) + y);
  r += kT[0] * s;
  w = x + r;
  if (is_large) {
    const double sign = hx < 0 ? -1.0 : 1.0;
    const double one = inverted ? -1.0 : 1.0;
    return sign * (one - 2.0 * (x - (w * w / (w + one) - r)));
  }
  return inverted ? NegatedInverse(x, r) : w;
}

// ---- Reduction to that interval

struct Reduced {
  int quadrant;  // multiple of pi/2 taken away, modulo 4 what counts
  double head;
  double tail;
  bool known = true;
};

// High words of n * pi/2: near them the first step of the reduction cancels too many bits.
constexpr std::array<int32_t, 32> kMultiples = {
    0x3FF921FB, 0x400921FB, 0x4012D97C, 0x401921FB, 0x401F6A7A, 0x4022D97C, 0x4025FDBB, 0x402921FB,
    0x402C463A, 0x402F6A7A, 0x4031475C, 0x4032D97C, 0x40346B9C, 0x4035FDBB, 0x40378FDB, 0x403921FB,
    0x403AB41B, 0x403C463A, 0x403DD85A, 0x403F6A7A, 0x40407E4C, 0x4041475C, 0x4042106C, 0x4042D97C,
    0x4043A28C, 0x40446B9C, 0x404534AC, 0x4045FDBB, 0x4046C6CB, 0x40478FDB, 0x404858EB, 0x404921FB};

constexpr double kPart1 = 1.57079632673412561417e+00;
constexpr double kPart1Tail = 6.07710050650619224932e-11;
constexpr double kPart2 = 6.07710050630396597660e-11;
constexpr double kPart2Tail = 2.02226624879595063154e-21;
constexpr double kPart3 = 2.02226624871116645580e-21;
constexpr double kPart3Tail = 8.47842766036889956997e-32;

Reduced ReduceOnce(double x, int32_t ix) {
  const double sign = x > 0 ? 1.0 : -1.0;
  double z = x - sign * kPart1;
  double tail = kPart1Tail;
  if (ix == 0x3ff921fb) {
    z -= sign * kPart2;
    tail = kPart2Tail;
  }
  const double head = z - sign * tail;
  return {x > 0 ? 1 : -1, head, (z - head) - sign * tail};
}

Reduced Reduce(double x) {
  constexpr double kInverseHalfPi = 6.36619772367581382433e-01;
  const int32_t ix = Magnitude(x);
  if (ix < 0x4002d97c) return ReduceOnce(x, ix);
  // Beyond 2^19 * pi/2 hundreds of digits of pi are needed: left to the C library.
  if (ix > 0x413921fb) return {0, 0, 0, false};
  double t = std::fabs(x);
  const int n = static_cast<int>(t * kInverseHalfPi + 0.5);
  const double fn = n;
  double r = t - fn * kPart1;
  double w = fn * kPart1Tail;
  double head = r - w;
  if (n >= 32 || ix == kMultiples[n - 1]) {
    const int exponent = ix >> 20;
    const auto lost_bits = [&] { return exponent - ((HighWord(head) >> 20) & 0x7ff); };
    if (lost_bits() > 16) {
      t = r;
      w = fn * kPart2;
      r = t - w;
      w = fn * kPart2Tail - ((t - r) - w);
      head = r - w;
      if (lost_bits() > 49) {
        t = r;
        w = fn * kPart3;
        r = t - w;
        w = fn * kPart3Tail - ((t - r) - w);
        head = r - w;
      }
    }
  }
  const double tail = (r - head) - w;
  return x < 0 ? Reduced{-n, -head, -tail} : Reduced{n, head, tail};
}

bool IsReduced(double x) { return Magnitude(x) <= 0x3fe921fb; }

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

double Sin(double x) {
  if (!std::isfinite(x)) return kNaN;
  if (IsReduced(x)) return SineNearZero(x, 0.0, false);
  const auto reduced = Reduce(x);
  if (!reduced.known) return std::sin(x);
  switch (reduced.quadrant & 3) {
    case 0:
      return SineNearZero(reduced.head, reduced.tail, true);
    case 1:
      return CosineNearZero(reduced.head, reduced.tail);
    case 2:
      return -SineNearZero(reduced.head, reduced.tail, true);
    default:
      return -CosineNearZero(reduced.head, reduced.tail);
  }
}

double Cos(double x) {
  if (!std::isfinite(x)) return kNaN;
  if (IsReduced(x)) return CosineNearZero(x, 0.0);
  const auto reduced = Reduce(x);
  if (!reduced.known) return std::cos(x);
  switch (reduced.quadrant & 3) {
    case 0:
      return CosineNearZero(reduced.head, reduced.tail);
    case 1:
      return -SineNearZero(reduced.head, reduced.tail, true);
    case 2:
      return -CosineNearZero(reduced.head, reduced.tail);
    default:
      return SineNearZero(reduced.head, reduced.tail, true);
  }
}

double Tan(double x) {
  if (!std::isfinite(x)) return kNaN;
  if (IsReduced(x)) return TangentNearZero(x, 0.0, false);
  const auto reduced = Reduce(x);
  if (!reduced.known) return std::tan(x);
  return TangentNearZero(reduced.head, reduced.tail, (reduced.quadrant & 1) != 0);
}

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
