// Unsigned integers of 384 bits, for decimal results whose exact value needs more than 128 bits: products of
// two 38-digit decimals, quotients brought to a large scale. Slow and rare; the kernels use machine integers
// where they can.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace hearth::engine {

class WideInteger {
 public:
  using Unsigned128 = unsigned __int128;

  WideInteger() = default;
  explicit WideInteger(Unsigned128 value) {
    limbs_[0] = static_cast<uint64_t>(value);
    limbs_[1] = static_cast<uint64_t>(value >> 64);
  }

  // |value| as the magnitude; the caller keeps the sign.
  static WideInteger Magnitude(__int128 value) {
    auto bits = static_cast<Unsigned128>(value);
    return WideInteger(value < 0 ? ~bits + 1 : bits);
  }

  bool IsZero() const;
  bool Fits127Bits() const;
  __int128 ToInt128() const;  // requires Fits127Bits
  int Compare(const WideInteger& other) const;

  void Add(const WideInteger& other);
  void Subtract(const WideInteger& other);  // requires *this >= other
  void Multiply(uint64_t factor);
  void Multiply(Unsigned128 factor);
  void MultiplyPowerOfTen(int exponent);
  uint64_t Divide(uint64_t divisor);          // in place; answers the remainder
  void DividePowerOfTen(int exponent);        // cuts
  void DividePowerOfTenHalfUp(int exponent);  // rounds halves away from zero
  // In place quotient, cut; answers the remainder.
  WideInteger Divide(const WideInteger& divisor);

  std::string ToDecimalText() const;

 private:
  static constexpr int kLimbs = 6;
  void ShiftLeftOne();
  int BitLength() const;

  std::array<uint64_t, kLimbs> limbs_{};
};

}  // namespace hearth::engine
