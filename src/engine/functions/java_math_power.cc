// pow, cbrt and hypot as StrictMath specifies them (fdlibm 5.3).
#include <cmath>
#include <limits>

#include "engine/functions/double_bits.h"
#include "engine/functions/java_math.h"

namespace hearth::engine::java_math {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// 0: no integer, 1: odd, 2: even.
int IntegerKind(double y) {
  const double magnitude = std::fabs(y);
  if (magnitude >= 0x1.0p53) return 2;
  if (magnitude != std::floor(magnitude)) return 0;
  return std::fmod(magnitude, 2.0) == 0 ? 2 : 1;
}

// The cases in which the answer follows from the operands' kinds alone; false: compute it.
bool SpecialPower(double x, double y, double& result) {
  if (y == 0) {
    result = 1.0;
  } else if (std::isnan(x) || std::isnan(y)) {
    result = x + y;
  } else if (std::isinf(y)) {
    const double magnitude = std::fabs(x);
    if (magnitude == 1.0) {
      result = kNaN;
    } else {
      result = (magnitude > 1.0) == (y > 0) ? kInfinity : 0.0;
    }
  } else if (y == 1.0) {
    result = x;
  } else if (y == -1.0) {
    result = 1.0 / x;
  } else if (y == 2.0) {
    result = x * x;
  } else if (y == 0.5 && x >= 0) {
    result = std::sqrt(x);
  } else if (x == 0 || std::isinf(x) || std::fabs(x) == 1.0) {
    const int kind = IntegerKind(y);
    double z = std::fabs(x);
    if (y < 0) z = 1.0 / z;
    if (std::signbit(x)) {
      if (z == 1.0 && kind == 0)
        z = kNaN;
      else if (kind == 1)
        z = -z;
    }
    result = z;
  } else if (x < 0 && IntegerKind(y) == 0) {
    result = kNaN;
  } else {
    return false;
  }
  return true;
}

// A number as the sum of a head with short mantissa and a tail.
struct Pair {
  double head;
  double tail;
};

// log2 of |x| for |y| > 2^31, where x must be close to 1 for a finite result.
Pair LogNearOne(double magnitude) {
  constexpr double kHead = 1.44269502162933349609e+00;
  constexpr double kTail = 1.92596299112661746887e-08;
  constexpr double kInverseLn2 = 1.44269504088896338700e+00;
  const double t = magnitude - 1.0;
  const double w = (t * t) * (0.5 - t * (0.3333333333333333333333 - t * 0.25));
  const double u = kHead * t;
  const double v = t * kTail - w * kInverseLn2;
  const double head = WithoutLowWord(u + v);
  return {head, v - (head - u)};
}

// log2 of |x| to more than double precision.
Pair LogBase2(double magnitude) {
  constexpr double kBase[] = {1.0, 1.5};
  constexpr double kBaseHead[] = {0.0, 5.84962487220764160156e-01};
  constexpr double kBaseTail[] = {0.0, 1.35003920212974897128e-08};
  constexpr double kL1 = 5.99999999999994648725e-01;
  constexpr double kL2 = 4.28571428578550184252e-01;
  constexpr double kL3 = 3.33333329818377432918e-01;
  constexpr double kL4 = 2.72728123808534006489e-01;
  constexpr double kL5 = 2.30660745775561754067e-01;
  constexpr double kL6 = 2.06975017800338417784e-01;
  constexpr double kCp = 9.61796693925975554329e-01;  // 2 / (3 ln 2)
  constexpr double kCpHead = 9.61796700954437255859e-01;
  constexpr double kCpTail = -7.02846165095275826516e-09;
  double ax = magnitude;
  int n = 0;
  if (HighWord(ax) < 0x00100000) {
    ax *= 0x1.0p53;
    n -= 53;
  }
  int32_t ix = HighWord(ax);
  n += (ix >> 20) - 0x3ff;
  const int32_t j = ix & 0x000fffff;
  ix = j | 0x3ff00000;
  int k = 0;
  if (j > 0x3988E && j < 0xBB67A) {
    k = 1;
  } else if (j >= 0xBB67A) {
    n += 1;
    ix -= 0x00100000;
  }
  ax = WithHighWord(ax, ix);
  const double u = ax - kBase[k];
  const double v = 1.0 / (ax + kBase[k]);
  const double ss = u * v;
  const double s_head = WithoutLowWord(ss);
  double t_head = FromWords(((ix >> 1) | 0x20000000) + 0x00080000 + (k << 18), 0);
  double t_tail = ax - (t_head - kBase[k]);
  const double s_tail = v * ((u - s_head * t_head) - s_head * t_tail);
  double s2 = ss * ss;
  double r = s2 * s2 * (kL1 + s2 * (kL2 + s2 * (kL3 + s2 * (kL4 + s2 * (kL5 + s2 * kL6)))));
  r += s_tail * (s_head + ss);
  s2 = s_head * s_head;
  t_head = WithoutLowWord(3.0 + s2 + r);
  t_tail = r - ((t_head - 3.0) - s2);
  const double p_sum_u = s_head * t_head;
  const double p_sum_v = s_tail * t_head + t_tail * ss;
  const double p_head = WithoutLowWord(p_sum_u + p_sum_v);
  const double p_tail = p_sum_v - (p_head - p_sum_u);
  const double z_head = kCpHead * p_head;
  const double z_tail = kCpTail * p_head + p_tail * kCp + kBaseTail[k];
  const double t = n;
  const double head = WithoutLowWord(((z_head + z_tail) + kBaseHead[k]) + t);
  return {head, z_tail - (((head - t) - kBaseHead[k]) - z_head)};
}

// 2^(head + tail), with the sign.
double PowerOfTwo(double head, double tail, double sign) {
  constexpr double kOverflowTail = 8.0085662595372944372e-17;
  constexpr double kLn2 = 6.93147180559945286227e-01;
  constexpr double kLn2Head = 6.93147182464599609375e-01;
  constexpr double kLn2Tail = -1.90465429995776804525e-09;
  constexpr double kP1 = 1.66666666666666019037e-01;
  constexpr double kP2 = -2.77777777770155933842e-03;
  constexpr double kP3 = 6.61375632143793436117e-05;
  constexpr double kP4 = -1.65339022054652515390e-06;
  constexpr double kP5 = 4.13813679705723846039e-08;
  double z = head + tail;
  const int32_t j = HighWord(z);
  const uint32_t low = LowWord(z);
  if (j >= 0x40900000) {
    if (((static_cast<uint32_t>(j) - 0x40900000U) | low) != 0) return sign * kInfinity;
    if (tail + kOverflowTail > z - head) return sign * kInfinity;
  } else if ((j & 0x7fffffff) >= 0x4090cc00) {
    if (((static_cast<uint32_t>(j) - 0xc090cc00U) | low) != 0) return sign * 0.0;
    if (tail <= z - head) return sign * 0.0;
  }
  const int32_t i = j & 0x7fffffff;
  int32_t k = (i >> 20) - 0x3ff;
  int32_t n = 0;
  if (i > 0x3fe00000) {
    n = j + (0x00100000 >> (k + 1));
    k = ((n & 0x7fffffff) >> 20) - 0x3ff;
    const double t = FromWords(n & ~(0x000fffff >> k), 0);
    n = ((n & 0x000fffff) | 0x00100000) >> (20 - k);
    if (j < 0) n = -n;
    head -= t;
  }
  double t = WithoutLowWord(tail + head);
  const double u = t * kLn2Head;
  const double v = (tail - (t - head)) * kLn2 + t * kLn2Tail;
  z = u + v;
  const double w = v - (z - u);
  t = z * z;
  const double t1 = z - t * (kP1 + t * (kP2 + t * (kP3 + t * (kP4 + t * kP5))));
  const double r = (z * t1) / (t1 - 2.0) - (w + z * w);
  z = 1.0 - (r - z);
  const int32_t exponent = HighWord(z) + static_cast<int32_t>(static_cast<uint32_t>(n) << 20);
  z = (exponent >> 20) <= 0 ? std::scalbn(z, n) : WithHighWord(z, exponent);
  return sign * z;
}

}  // namespace

double Power(double x, double y) {
  double special = 0;
  if (SpecialPower(x, y, special)) return special;
  const double magnitude = std::fabs(x);
  const double sign = x < 0 && IntegerKind(y) == 1 ? -1.0 : 1.0;
  const int32_t ix = HighWord(magnitude);
  const int32_t iy = HighWord(y) & 0x7fffffff;
  const bool y_positive = y > 0;
  Pair log{};
  if (iy > 0x41e00000) {
    if (iy > 0x43f00000) {
      if (ix <= 0x3fefffff) return y_positive ? 0.0 : kInfinity;
      if (ix >= 0x3ff00000) return y_positive ? kInfinity : 0.0;
    }
    if (ix < 0x3fefffff) return y_positive ? sign * 0.0 : sign * kInfinity;
    if (ix > 0x3ff00000) return y_positive ? sign * kInfinity : sign * 0.0;
    log = LogNearOne(magnitude);
  } else {
    log = LogBase2(magnitude);
  }
  const double y_head = WithoutLowWord(y);
  const double tail = (y - y_head) * log.head + y * log.tail;
  return PowerOfTwo(y_head * log.head, tail, sign);
}

double CubeRoot(double x) {
  constexpr double kC = 5.42857142857142815906e-01;
  constexpr double kD = -7.05306122448979611050e-01;
  constexpr double kE = 1.41428571428571436819e+00;
  constexpr double kF = 1.60714285714285720630e+00;
  constexpr double kG = 3.57142857142857150787e-01;
  if (x == 0 || !std::isfinite(x)) return x + x;
  const double magnitude = std::fabs(x);
  const int32_t hx = HighWord(magnitude);
  double t = 0;
  if (hx < 0x00100000) {
    t = 0x1.0p54 * magnitude;
    t = WithHighWord(t, HighWord(t) / 3 + 696219795);
  } else {
    t = FromWords(hx / 3 + 715094163, 0);
  }
  double r = t * t / magnitude;
  double s = kC + r * t;
  t *= kG + kF / (s + kE + kD / s);
  t = FromWords(HighWord(t) + 1, 0);
  s = t * t;
  r = magnitude / s;
  const double w = t + t;
  r = (r - t) / (w + r);
  t += t * r;
  return x < 0 ? -t : t;
}

double Hypot(double x, double y) {
  if (std::isinf(x) || std::isinf(y)) return kInfinity;
  if (std::isnan(x) || std::isnan(y)) return kNaN;
  double a = std::fabs(x);
  double b = std::fabs(y);
  if (HighWord(b) > HighWord(a)) std::swap(a, b);
  int32_t ha = HighWord(a);
  int32_t hb = HighWord(b);
  if (ha - hb > 0x3c00000) return a + b;
  int k = 0;
  if (ha > 0x5f300000) {
    a = AddExponent(a, -600);
    b = AddExponent(b, -600);
    k += 600;
  } else if (hb < 0x20b00000) {
    if (hb <= 0x000fffff) {
      if (b == 0) return a;
      a *= 0x1.0p1022;
      b *= 0x1.0p1022;
      k -= 1022;
    } else {
      a = AddExponent(a, 600);
      b = AddExponent(b, 600);
      k -= 600;
    }
  }
  ha = HighWord(a);
  hb = HighWord(b);
  double w = a - b;
  if (w > b) {
    const double t1 = FromWords(ha, 0);
    const double t2 = a - t1;
    w = std::sqrt(t1 * t1 - (b * (-b) - t2 * (a + t1)));
  } else {
    a = a + a;
    const double y1 = FromWords(hb, 0);
    const double y2 = b - y1;
    const double t1 = FromWords(ha + 0x00100000, 0);
    const double t2 = a - t1;
    w = std::sqrt(t1 * y1 - (w * (-w) - (t1 * y2 + t2 * b)));
  }
  return k == 0 ? w : AddExponent(1.0, k) * w;
}

}  // namespace hearth::engine::java_math
