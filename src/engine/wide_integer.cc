#include "engine/wide_integer.h"

#include <algorithm>
#include <bit>

namespace hearth::engine {

namespace {

// The largest power of ten in 64 bits.
constexpr int kChunkDigits = 19;

constexpr uint64_t PowerOfTen(int exponent) {
  uint64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

}  // namespace

bool WideInteger::IsZero() const {
  return std::all_of(limbs_.begin(), limbs_.end(), [](uint64_t limb) { return limb == 0; });
}

bool WideInteger::Fits127Bits() const { return BitLength() <= 127; }

__int128 WideInteger::ToInt128() const {
  return static_cast<__int128>((static_cast<Unsigned128>(limbs_[1]) << 64) | limbs_[0]);
}

int WideInteger::Compare(const WideInteger& other) const {
  for (int i = kLimbs - 1; i >= 0; --i) {
    if (limbs_[i] != other.limbs_[i]) return limbs_[i] < other.limbs_[i] ? -1 : 1;
  }
  return 0;
}

void WideInteger::Add(const WideInteger& other) {
  Unsigned128 carry = 0;
  for (int i = 0; i < kLimbs; ++i) {
    carry += static_cast<Unsigned128>(limbs_[i]) + other.limbs_[i];
    limbs_[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
}

void WideInteger::Subtract(const WideInteger& other) {
  uint64_t borrow = 0;
  for (int i = 0; i < kLimbs; ++i) {
    const auto taken = static_cast<Unsigned128>(other.limbs_[i]) + borrow;
    borrow = limbs_[i] < taken ? 1 : 0;
    limbs_[i] = static_cast<uint64_t>(limbs_[i] - taken);
  }
}

void WideInteger::Multiply(uint64_t factor) {
  Unsigned128 carry = 0;
  for (auto& limb : limbs_) {
    carry += static_cast<Unsigned128>(limb) * factor;
    limb = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
}

void WideInteger::Multiply(Unsigned128 factor) {
  WideInteger high = *this;
  Multiply(static_cast<uint64_t>(factor));
  high.Multiply(static_cast<uint64_t>(factor >> 64));
  for (int i = kLimbs - 1; i > 0; --i) high.limbs_[i] = high.limbs_[i - 1];
  high.limbs_[0] = 0;
  Add(high);
}

void WideInteger::MultiplyPowerOfTen(int exponent) {
  for (; exponent > 0; exponent -= kChunkDigits) Multiply(PowerOfTen(std::min(exponent, kChunkDigits)));
}

uint64_t WideInteger::Divide(uint64_t divisor) {
  uint64_t remainder = 0;
  for (int i = kLimbs - 1; i >= 0; --i) {
    const auto part = (static_cast<Unsigned128>(remainder) << 64) | limbs_[i];
    limbs_[i] = static_cast<uint64_t>(part / divisor);
    remainder = static_cast<uint64_t>(part % divisor);
  }
  return remainder;
}

void WideInteger::DividePowerOfTen(int exponent) {
  for (; exponent > 0; exponent -= kChunkDigits) Divide(PowerOfTen(std::min(exponent, kChunkDigits)));
}

void WideInteger::DividePowerOfTenHalfUp(int exponent) {
  if (exponent <= 0) return;
  WideInteger half(Unsigned128{5});
  half.MultiplyPowerOfTen(exponent - 1);
  Add(half);
  DividePowerOfTen(exponent);
}

WideInteger WideInteger::Divide(const WideInteger& divisor) {
  if (divisor.BitLength() <= 64) return WideInteger(Unsigned128{Divide(divisor.limbs_[0])});
  WideInteger remainder;
  WideInteger quotient;
  for (int bit = BitLength() - 1; bit >= 0; --bit) {
    remainder.ShiftLeftOne();
    remainder.limbs_[0] |= (limbs_[bit / 64] >> (bit % 64)) & 1;
    quotient.ShiftLeftOne();
    if (remainder.Compare(divisor) >= 0) {
      remainder.Subtract(divisor);
      quotient.limbs_[0] |= 1;
    }
  }
  *this = quotient;
  return remainder;
}

std::string WideInteger::ToDecimalText() const {
  WideInteger rest = *this;
  std::string digits;
  do {
    digits += static_cast<char>('0' + rest.Divide(uint64_t{10}));
  } while (!rest.IsZero());
  std::reverse(digits.begin(), digits.end());
  return digits;
}

void WideInteger::ShiftLeftOne() {
  uint64_t carry = 0;
  for (auto& limb : limbs_) {
    const uint64_t top = limb >> 63;
    limb = (limb << 1) | carry;
    carry = top;
  }
}

int WideInteger::BitLength() const {
  for (int i = kLimbs - 1; i >= 0; --i) {
    if (limbs_[i] != 0) return i * 64 + std::bit_width(limbs_[i]);
  }
  return 0;
}

}  // namespace hearth::engine
