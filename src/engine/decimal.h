// 128-bit integers between the compiler's type, in which kernels compute, and DuckDB's two halves.
#pragma once

#include <array>
#include <duckdb.hpp>

#include "plan/types/value.h"

namespace hearth::engine {

using Int128 = plan::Int128;

inline Int128 ToInt128(duckdb::hugeint_t value) {
  return static_cast<Int128>((static_cast<unsigned __int128>(static_cast<uint64_t>(value.upper)) << 64) |
                             value.lower);
}
inline duckdb::hugeint_t ToHugeint(Int128 value) {
  duckdb::hugeint_t result;
  result.lower = static_cast<uint64_t>(value);
  result.upper = static_cast<int64_t>(value >> 64);
  return result;
}

namespace decimal_detail {
constexpr std::array<Int128, 39> MakePowers() {
  std::array<Int128, 39> powers{};
  powers[0] = 1;
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
}  // namespace decimal_detail

// kPowersOfTen[n] is 10 to the n, n from 0 to 38.
inline constexpr std::array<Int128, 39> kPowersOfTen = decimal_detail::MakePowers();

// Does `unscaled` have at most `precision` digits?
inline bool FitsPrecision(Int128 unscaled, int precision) {
  const Int128 bound = kPowersOfTen[precision];
  return unscaled < bound && unscaled > -bound;
}

// The physical C++ type of a decimal by precision: int16_t to 4, int32_t to 9, int64_t to 18, hugeint_t to 38
// digits. Calls `work` with a value of that type as a tag: work(int64_t{}).
template <typename Work>
auto WithDecimalStorage(int precision, Work&& work) {
  if (precision <= 4) return work(int16_t{});
  if (precision <= 9) return work(int32_t{});
  if (precision <= 18) return work(int64_t{});
  return work(duckdb::hugeint_t{});
}

// Reads and writes any of those storages as Int128.
inline Int128 Widen(int16_t value) { return value; }
inline Int128 Widen(int32_t value) { return value; }
inline Int128 Widen(int64_t value) { return value; }
inline Int128 Widen(duckdb::hugeint_t value) { return ToInt128(value); }
template <typename Storage>
inline Storage Narrow(Int128 value) {
  if constexpr (std::is_same_v<Storage, duckdb::hugeint_t>) {
    return ToHugeint(value);
  } else {
    return static_cast<Storage>(value);
  }
}

}  // namespace hearth::engine
