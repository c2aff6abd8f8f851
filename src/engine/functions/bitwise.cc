// Operators and functions on the bits of integers.
#include <bit>

#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/kernel.h"

namespace hearth::engine {
namespace {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::ScalarFunction;
using duckdb::ScalarFunctionSet;
using duckdb::ValidityMask;

// Java takes the number of bits modulo the width.
template <typename T>
constexpr int Distance(int32_t bits) {
  return bits & (static_cast<int>(sizeof(T)) * 8 - 1);
}

struct ShiftLeft {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left value, Right bits, ValidityMask&, idx_t) {
    return static_cast<Out>(static_cast<std::make_unsigned_t<Out>>(value) << Distance<Out>(bits));
  }
};
struct ShiftRight {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left value, Right bits, ValidityMask&, idx_t) {
    return value >> Distance<Out>(bits);
  }
};
struct ShiftRightUnsigned {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left value, Right bits, ValidityMask&, idx_t) {
    return static_cast<Out>(static_cast<std::make_unsigned_t<Out>>(value) >> Distance<Out>(bits));
  }
};

// The value widened to 64 bits with its sign.
struct BitCount {
  template <typename In, typename Out>
  static Out Apply(In value, ValidityMask&, idx_t) {
    return std::popcount(static_cast<uint64_t>(static_cast<int64_t>(value)));
  }
};

struct BitGet {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left value, Right position, ValidityMask&, idx_t) {
    constexpr int kWidth = sizeof(Left) * 8;
    if (position < 0 || position >= kWidth) {
      ThrowSpark(base::ErrorKind::kIllegalArgument, "INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE",
                 "The position of a bit must lie in [0, " + std::to_string(kWidth) + "), not " +
                     std::to_string(position) + ".",
                 {{"parameter", "`pos`"},
                  {"functionName", "`bit_get`"},
                  {"upper", std::to_string(kWidth)},
                  {"invalidValue", std::to_string(position)}});
    }
    return static_cast<Out>((static_cast<int64_t>(value) >> position) & 1);
  }
};

template <typename Operation>
ScalarFunctionSet Shifts(const char* name) {
  ScalarFunctionSet set(name);
  set.AddFunction(ScalarFunction({LogicalType::INTEGER, LogicalType::INTEGER}, LogicalType::INTEGER,
                                 &BinaryKernel<int32_t, int32_t, int32_t, Operation>));
  set.AddFunction(ScalarFunction({LogicalType::BIGINT, LogicalType::INTEGER}, LogicalType::BIGINT,
                                 &BinaryKernel<int64_t, int32_t, int64_t, Operation>));
  return set;
}

ScalarFunctionSet BitCounts() {
  ScalarFunctionSet set("spark_bit_count");
  set.AddFunction(
      ScalarFunction({LogicalType::BOOLEAN}, LogicalType::INTEGER, &UnaryKernel<bool, int32_t, BitCount>));
  set.AddFunction(
      ScalarFunction({LogicalType::TINYINT}, LogicalType::INTEGER, &UnaryKernel<int8_t, int32_t, BitCount>));
  set.AddFunction(ScalarFunction({LogicalType::SMALLINT}, LogicalType::INTEGER,
                                 &UnaryKernel<int16_t, int32_t, BitCount>));
  set.AddFunction(
      ScalarFunction({LogicalType::INTEGER}, LogicalType::INTEGER, &UnaryKernel<int32_t, int32_t, BitCount>));
  set.AddFunction(
      ScalarFunction({LogicalType::BIGINT}, LogicalType::INTEGER, &UnaryKernel<int64_t, int32_t, BitCount>));
  return set;
}

template <typename T>
void AddBitGet(ScalarFunctionSet& set, const LogicalType& type) {
  set.AddFunction(Fallible(ScalarFunction({type, LogicalType::INTEGER}, LogicalType::TINYINT,
                                          &BinaryKernel<T, int32_t, int8_t, BitGet>)));
}

base::Result<ParsedPtr> LowerNative(LoweredCall call) {
  const auto& name = call.name();
  return CallWith(name == "^" ? "xor" : name, std::move(call.arguments));
}

}  // namespace

void AddBitwise(EngineFunctions& functions) {
  for (const char* name : {"&", "|", "^", "~"}) functions.AddRule(name, &LowerNative);
  functions.AddScalar(Shifts<ShiftLeft>("spark_<<"));
  functions.AddScalar(Shifts<ShiftRight>("spark_>>"));
  functions.AddScalar(Shifts<ShiftRightUnsigned>("spark_>>>"));
  functions.AddScalar(BitCounts());
  ScalarFunctionSet bit_get("spark_bit_get");
  AddBitGet<int8_t>(bit_get, LogicalType::TINYINT);
  AddBitGet<int16_t>(bit_get, LogicalType::SMALLINT);
  AddBitGet<int32_t>(bit_get, LogicalType::INTEGER);
  AddBitGet<int64_t>(bit_get, LogicalType::BIGINT);
  functions.AddScalar(std::move(bit_get));
}

}  // namespace hearth::engine
