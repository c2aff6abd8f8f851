// The two 32-bit words of a double, for algorithms that are specified by them.
#pragma once

#include <bit>
#include <cstdint>

namespace hearth::engine {

inline int32_t HighWord(double x) { return static_cast<int32_t>(std::bit_cast<uint64_t>(x) >> 32); }
inline uint32_t LowWord(double x) { return static_cast<uint32_t>(std::bit_cast<uint64_t>(x)); }
inline double FromWords(int32_t high, uint32_t low) {
  return std::bit_cast<double>(static_cast<uint64_t>(static_cast<uint32_t>(high)) << 32 | low);
}
inline double WithHighWord(double x, int32_t high) { return FromWords(high, LowWord(x)); }
inline double WithoutLowWord(double x) { return FromWords(HighWord(x), 0); }
// x * 2^exponent by its exponent field; the result must be a normal number.
inline double AddExponent(double x, int exponent) {
  return WithHighWord(
      x, static_cast<int32_t>(static_cast<uint32_t>(HighWord(x)) + (static_cast<uint32_t>(exponent) << 20)));
}

}  // namespace hearth::engine
