#include "base/java_floating.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace hearth::base {
namespace {

using Wide = unsigned __int128;

constexpr int kFractionBits = 52;
constexpr int kWideBits = 112;

// How many bits 5^power needs, as the comparisons below count them.
int BitsOfFives(int power) {
  if (power == 0) return 0;
  return power < 27 ? static_cast<int>(power * 2.321928094887362) + 1 : power * 3;
}

// A natural number of at most 2048 bits.
class Natural {
 public:
  explicit Natural(uint64_t value) {
    words_[0] = static_cast<uint32_t>(value);
    words_[1] = static_cast<uint32_t>(value >> 32);
    Trim(2);
  }
  void Multiply(uint32_t factor) {
    uint64_t carry = 0;
    for (size_t i = 0; i < size_; ++i) {
      carry += static_cast<uint64_t>(words_[i]) * factor;
      words_[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) words_[size_++] = static_cast<uint32_t>(carry);
  }
  void MultiplyFives(int power) {
    for (; power >= 13; power -= 13) Multiply(1'220'703'125);
    uint32_t rest = 1;
    for (; power > 0; --power) rest *= 5;
    Multiply(rest);
  }
  void ShiftLeft(int bits) {
    const auto words = static_cast<size_t>(bits / 32);
    const int rest = bits % 32;
    for (size_t i = size_ + 1; i-- > 0;) {
      const uint64_t high = i < size_ ? words_[i] : 0;
      const uint64_t low = i > 0 ? words_[i - 1] : 0;
      words_[i + words] = static_cast<uint32_t>((((high << 32) | low) << rest) >> 32);
    }
    std::fill(words_.begin(), words_.begin() + static_cast<long>(words), 0U);
    Trim(size_ + words + 1);
  }
  int Compare(const Natural& other) const {
    if (size_ != other.size_) return size_ < other.size_ ? -1 : 1;
    for (size_t i = size_; i-- > 0;) {
      if (words_[i] != other.words_[i]) return words_[i] < other.words_[i] ? -1 : 1;
    }
    return 0;
  }
  void Add(const Natural& other) {
    const size_t size = std::max(size_, other.size_) + 1;
    uint64_t carry = 0;
    for (size_t i = 0; i < size; ++i) {
      carry += static_cast<uint64_t>(words_[i]) + other.words_[i];
      words_[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    Trim(size);
  }
  // Below ten; what remains stays.
  int Divide(const Natural& divisor) {
    int quotient = 0;
    for (; Compare(divisor) >= 0; ++quotient) Subtract(divisor);
    return quotient;
  }

 private:
  void Subtract(const Natural& other) {
    int64_t borrow = 0;
    for (size_t i = 0; i < size_; ++i) {
      borrow += static_cast<int64_t>(words_[i]) - other.words_[i];
      words_[i] = static_cast<uint32_t>(borrow);
      borrow >>= 32;
    }
    Trim(size_);
  }
  void Trim(size_t size) {
    while (size > 0 && words_[size - 1] == 0) --size;
    size_ = size;
  }

  std::array<uint32_t, 66> words_{};
  size_t size_ = 0;
};

// The same operations on a machine number.
struct Machine {
  Wide value;

  explicit Machine(uint64_t start) : value(start) {}
  void Multiply(uint32_t factor) { value *= factor; }
  void MultiplyFives(int power) {
    for (; power > 0; --power) value *= 5;
  }
  void ShiftLeft(int bits) { value <<= bits; }
  int Compare(const Machine& other) const { return value < other.value ? -1 : value > other.value; }
  void Add(const Machine& other) { value += other.value; }
  int Divide(const Machine& divisor) {
    if (value >> 64 == 0) {
      if (divisor.value > value) return 0;
      const auto low = static_cast<uint64_t>(value);
      const auto by = static_cast<uint64_t>(divisor.value);
      value = low % by;
      return static_cast<int>(low / by);
    }
    const auto quotient = static_cast<int>(value / divisor.value);
    value %= divisor.value;
    return quotient;
  }
};

// B / S is the number scaled to one digit before the point, M half the distance to its neighbours at the same
// scale; each is a power of five times a power of two, B times the fraction.
struct Scaled {
  uint64_t fraction;
  int b5, b2, s5, s2, m5, m2;
  int exponent;
  bool strict;  // a sum of exactly ten S does not round up
};

void RoundUp(FloatingDigits* result) {
  int i = result->count - 1;
  while (result->digits[i] == '9' && i > 0) result->digits[i--] = '0';
  if (result->digits[i] == '9') {
    result->digits[0] = '1';
    ++result->exponent;
    return;
  }
  ++result->digits[i];
}

template <typename Number>
FloatingDigits Develop(const Scaled& scaled) {
  const auto make = [](uint64_t start, int fives, int twos) {
    Number number(start);
    number.MultiplyFives(fives);
    number.ShiftLeft(twos);
    return number;
  };
  Number b = make(scaled.fraction, scaled.b5, scaled.b2);
  const Number s = make(1, scaled.s5, scaled.s2);
  Number m = make(1, scaled.m5, scaled.m2);
  Number ten_s = s;
  ten_s.Multiply(10);
  FloatingDigits result;
  result.exponent = scaled.exponent;
  bool low = false;
  bool high = false;
  const auto next = [&] {
    const int digit = b.Divide(s);
    b.Multiply(10);
    m.Multiply(10);
    low = b.Compare(m) < 0;
    Number sum = b;
    sum.Add(m);
    const int order = sum.Compare(ten_s);
    high = scaled.strict ? order > 0 : order >= 0;
    return digit;
  };
  const int first = next();
  if (first == 0 && !high) {
    --result.exponent;
  } else {
    result.digits[result.count++] = static_cast<char>('0' + first);
  }
  // The form with an exponent shows a digit behind the point.
  if (result.exponent < -3 || result.exponent >= 8) low = high = false;
  while (!low && !high && result.count < 20) result.digits[result.count++] = static_cast<char>('0' + next());
  if (!high) return result;
  if (low) {
    b.Multiply(2);
    const int order = b.Compare(ten_s);
    const bool odd = ((result.digits[result.count - 1] - '0') & 1) != 0;
    if (order < 0 || (order == 0 && !odd)) return result;
  }
  RoundUp(&result);
  return result;
}

// A whole number, without the last digits that the precision of the number does not reach.
FloatingDigits WholeDigits(uint64_t value, int insignificant) {
  FloatingDigits result;
  if (insignificant > 0) {
    uint64_t power = 1;
    for (int i = 0; i < insignificant; ++i) power *= 10;
    const uint64_t rest = value % power;
    value = value / power + (rest >= power / 2 ? 1 : 0);
  }
  for (; value % 10 == 0; value /= 10) ++insignificant;
  char reversed[24];
  for (; value > 0; value /= 10) reversed[result.count++] = static_cast<char>('0' + value % 10);
  std::reverse_copy(reversed, reversed + result.count, result.digits);
  result.exponent = insignificant + result.count - 1;
  return result;
}

// `fraction` has its highest bit at 52 and stands for fraction * 2^(exponent - 52), known to `significant`
// bits.
FloatingDigits Digits(int exponent, uint64_t fraction, int significant) {
  const int zeros = std::countr_zero(fraction);
  const int bits = kFractionBits + 1 - zeros;
  const int tiny_bits = std::max(0, bits - exponent - 1);
  if (exponent >= -21 && exponent <= 62 && tiny_bits == 0) {
    const int beyond = exponent - significant - 1;
    const int insignificant = beyond > 1 ? static_cast<int>(beyond * 0.301029995663981) : 0;
    const int shift = exponent - kFractionBits;
    return WholeDigits(shift >= 0 ? fraction << shift : fraction >> -shift, insignificant);
  }
  constexpr uint64_t kOne = 0x3FF0'0000'0000'0000;
  const auto mantissa = std::bit_cast<double>(kOne | (fraction & ((uint64_t{1} << kFractionBits) - 1)));
  Scaled scaled{};
  scaled.exponent = static_cast<int>(
      std::floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + exponent * 0.301029995663981));
  scaled.b5 = std::max(0, -scaled.exponent);
  scaled.b2 = scaled.b5 + tiny_bits + exponent;
  scaled.s5 = std::max(0, scaled.exponent);
  scaled.s2 = scaled.s5 + tiny_bits;
  scaled.m5 = scaled.b5;
  scaled.m2 = scaled.b2 - significant;
  scaled.fraction = fraction >> zeros;
  scaled.b2 -= bits - 1;
  const int common = std::min(scaled.b2, scaled.s2);
  scaled.b2 -= common;
  scaled.s2 -= common;
  scaled.m2 -= common;
  if (bits == 1) --scaled.m2;  // below a power of two the neighbour is half as far
  if (scaled.m2 < 0) {
    scaled.b2 -= scaled.m2;
    scaled.s2 -= scaled.m2;
    scaled.m2 = 0;
  }
  const int b_bits = bits + scaled.b2 + BitsOfFives(scaled.b5);
  const int s_bits = scaled.s2 + 1 + BitsOfFives(scaled.s5 + 1);
  scaled.strict = b_bits < 64 && s_bits < 64;
  const bool small =
      b_bits < kWideBits && s_bits < kWideBits && scaled.m2 + BitsOfFives(scaled.m5) < kWideBits;
  return small ? Develop<Machine>(scaled) : Develop<Natural>(scaled);
}

}  // namespace

FloatingDigits JavaDigits(double magnitude) {
  constexpr int kBias = 1023;
  const auto raw = std::bit_cast<uint64_t>(magnitude);
  uint64_t fraction = raw & ((uint64_t{1} << kFractionBits) - 1);
  const auto exponent = static_cast<int>(raw >> kFractionBits);
  if (exponent != 0) {
    return Digits(exponent - kBias, fraction | uint64_t{1} << kFractionBits, kFractionBits + 1);
  }
  const int zeros = std::countl_zero(fraction);
  const int shift = zeros - (63 - kFractionBits);
  return Digits(1 - shift - kBias, fraction << shift, 64 - zeros);
}

FloatingDigits JavaDigits(float magnitude) {
  constexpr int kBias = 127;
  constexpr int kFloatBits = 23;
  const auto raw = std::bit_cast<uint32_t>(magnitude);
  uint32_t fraction = raw & ((1U << kFloatBits) - 1);
  int exponent = static_cast<int>(raw >> kFloatBits);
  int significant = kFloatBits + 1;
  if (exponent == 0) {
    const int zeros = std::countl_zero(fraction);
    const int shift = zeros - (31 - kFloatBits);
    fraction <<= shift;
    exponent = 1 - shift;
    significant = 32 - zeros;
  } else {
    fraction |= 1U << kFloatBits;
  }
  return Digits(exponent - kBias, static_cast<uint64_t>(fraction) << (kFractionBits - kFloatBits),
                significant);
}

}  // namespace hearth::base
