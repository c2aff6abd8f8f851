// Arithmetic on integers and floating point where DuckDB's own operators differ from Spark's: narrow integers
// with their own overflow error, wrap-around outside ANSI mode, the try_ forms, division and remainder.
#include <cmath>
#include <limits>
#include <type_traits>

#include "engine/functions/arithmetic_errors.h"
#include "engine/functions/families.h"
#include "engine/functions/kernel.h"

namespace hearth::engine {
namespace {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::ScalarFunction;
using duckdb::ScalarFunctionSet;
using duckdb::ValidityMask;

enum class Op { kAdd, kSubtract, kMultiply };

constexpr char Symbol(Op op) { return op == Op::kAdd ? '+' : op == Op::kSubtract ? '-' : '*'; }
constexpr const char* TryName(Op op) {
  return op == Op::kAdd ? "try_add" : op == Op::kSubtract ? "try_subtract" : "try_multiply";
}

template <Op op, typename T>
bool Overflows(T left, T right, T& result) {
  if constexpr (op == Op::kAdd) return __builtin_add_overflow(left, right, &result);
  if constexpr (op == Op::kSubtract) return __builtin_sub_overflow(left, right, &result);
  return __builtin_mul_overflow(left, right, &result);
}

template <Op op>
struct Checked {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left left, Right right, ValidityMask&, idx_t) {
    Out result;
    if (Overflows<op>(left, right, result)) {
      if constexpr (sizeof(Out) < sizeof(int32_t)) ThrowSmallOverflow(left, Symbol(op), right, TryName(op));
      ThrowOverflow(TryName(op));
    }
    return result;
  }
};

// Two's complement, as Java computes.
template <Op op>
struct Wrapping {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left left, Right right, ValidityMask&, idx_t) {
    Out result;
    Overflows<op>(left, right, result);
    return result;
  }
};

template <Op op>
struct Trying {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left left, Right right, ValidityMask& mask, idx_t row) {
    Out result;
    if (Overflows<op>(left, right, result)) mask.SetInvalid(row);
    return result;
  }
};

template <OnError on_error>
struct Divide {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left left, Right right, ValidityMask& mask, idx_t row) {
    if (right == 0) {
      if constexpr (on_error == OnError::kFail) ThrowDivideByZero();
      mask.SetInvalid(row);
      return 0;
    }
    return left / right;
  }
};

// The quotient of two integers, cut towards zero, as bigint.
template <OnError on_error>
struct IntegralDivide {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left left, Right right, ValidityMask& mask, idx_t row) {
    if (right == 0) {
      if constexpr (on_error == OnError::kFail) ThrowDivideByZero();
      mask.SetInvalid(row);
      return 0;
    }
    if (right == -1) {
      Out result;
      if (__builtin_sub_overflow(Out{0}, static_cast<Out>(left), &result) && on_error == OnError::kFail) {
        ThrowOverflow("try_divide");
      }
      return result;
    }
    return static_cast<Out>(left) / right;
  }
};

template <typename T>
T RemainderOf(T left, T right) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::fmod(left, right);
  } else {
    return right == -1 ? T{0} : static_cast<T>(left % right);
  }
}

template <OnError on_error>
struct Remainder {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left left, Right right, ValidityMask& mask, idx_t row) {
    if (right == 0) {
      if constexpr (on_error == OnError::kFail) ThrowRemainderByZero();
      mask.SetInvalid(row);
      return 0;
    }
    return RemainderOf<Out>(left, right);
  }
};

// The remainder moved to the divisor's side of zero.
template <OnError on_error>
struct PositiveRemainder {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left left, Right right, ValidityMask& mask, idx_t row) {
    if (right == 0) {
      if constexpr (on_error == OnError::kFail) ThrowRemainderByZero();
      mask.SetInvalid(row);
      return 0;
    }
    Out remainder = RemainderOf<Out>(left, right);
    if (!(remainder < 0)) return remainder;
    if constexpr (std::is_integral_v<Out>) {
      // In Java narrow integers are added as int, wide ones wrap.
      using Wide = std::conditional_t<(sizeof(Out) < sizeof(int32_t)), int32_t, Out>;
      Wide sum;
      __builtin_add_overflow(static_cast<Wide>(remainder), static_cast<Wide>(right), &sum);
      return static_cast<Out>(RemainderOf<Wide>(sum, right));
    } else {
      return RemainderOf<Out>(remainder + right, right);
    }
  }
};

struct WrappingNegate {
  template <typename In, typename Out>
  static Out Apply(In value, ValidityMask&, idx_t) {
    Out result;
    __builtin_sub_overflow(In{0}, value, &result);
    return result;
  }
};

struct WrappingAbs {
  template <typename In, typename Out>
  static Out Apply(In value, ValidityMask& mask, idx_t row) {
    return value < 0 ? WrappingNegate::Apply<In, Out>(value, mask, row) : value;
  }
};

struct CheckedNegate {
  template <typename In, typename Out>
  static Out Apply(In value, ValidityMask&, idx_t) {
    Out result;
    if (__builtin_sub_overflow(In{0}, value, &result)) ThrowOverflow("");
    return result;
  }
};

struct CheckedAbs {
  template <typename In, typename Out>
  static Out Apply(In value, ValidityMask& mask, idx_t row) {
    return value < 0 ? CheckedNegate::Apply<In, Out>(value, mask, row) : value;
  }
};

template <typename Operation, typename T, typename Out = T>
void AddTyped(ScalarFunctionSet& set, const LogicalType& type, const LogicalType& out) {
  set.AddFunction(Fallible(ScalarFunction({type, type}, out, &BinaryKernel<T, T, Out, Operation>)));
}

template <typename Operation>
void AddIntegers(ScalarFunctionSet& set) {
  AddTyped<Operation, int8_t>(set, LogicalType::TINYINT, LogicalType::TINYINT);
  AddTyped<Operation, int16_t>(set, LogicalType::SMALLINT, LogicalType::SMALLINT);
  AddTyped<Operation, int32_t>(set, LogicalType::INTEGER, LogicalType::INTEGER);
  AddTyped<Operation, int64_t>(set, LogicalType::BIGINT, LogicalType::BIGINT);
}

template <typename Operation>
void AddReals(ScalarFunctionSet& set) {
  AddTyped<Operation, float>(set, LogicalType::FLOAT, LogicalType::FLOAT);
  AddTyped<Operation, double>(set, LogicalType::DOUBLE, LogicalType::DOUBLE);
}

template <typename Operation>
ScalarFunctionSet OverIntegers(const char* name) {
  ScalarFunctionSet set(name);
  AddIntegers<Operation>(set);
  return set;
}

template <typename Operation>
ScalarFunctionSet OverNumbers(const char* name) {
  ScalarFunctionSet set(name);
  AddIntegers<Operation>(set);
  AddReals<Operation>(set);
  return set;
}

template <typename Operation>
ScalarFunctionSet UnaryOverIntegers(const char* name) {
  ScalarFunctionSet set(name);
  set.AddFunction(Fallible(
      ScalarFunction({LogicalType::TINYINT}, LogicalType::TINYINT, &UnaryKernel<int8_t, int8_t, Operation>)));
  set.AddFunction(Fallible(ScalarFunction({LogicalType::SMALLINT}, LogicalType::SMALLINT,
                                          &UnaryKernel<int16_t, int16_t, Operation>)));
  set.AddFunction(Fallible(ScalarFunction({LogicalType::INTEGER}, LogicalType::INTEGER,
                                          &UnaryKernel<int32_t, int32_t, Operation>)));
  set.AddFunction(Fallible(
      ScalarFunction({LogicalType::BIGINT}, LogicalType::BIGINT, &UnaryKernel<int64_t, int64_t, Operation>)));
  return set;
}

template <OnError on_error>
ScalarFunctionSet Divisions(const char* name) {
  ScalarFunctionSet set(name);
  AddTyped<Divide<on_error>, double>(set, LogicalType::DOUBLE, LogicalType::DOUBLE);
  return set;
}

template <OnError on_error>
ScalarFunctionSet IntegralDivisions(const char* name) {
  ScalarFunctionSet set(name);
  // Months of year-month intervals are INTEGER, all else BIGINT.
  AddTyped<IntegralDivide<on_error>, int32_t, int64_t>(set, LogicalType::INTEGER, LogicalType::BIGINT);
  AddTyped<IntegralDivide<on_error>, int64_t>(set, LogicalType::BIGINT, LogicalType::BIGINT);
  return set;
}

}  // namespace

void AddIntegerArithmetic(EngineFunctions& functions) {
  functions.AddScalar(OverIntegers<Checked<Op::kAdd>>("spark_integer_add"));
  functions.AddScalar(OverIntegers<Checked<Op::kSubtract>>("spark_integer_subtract"));
  functions.AddScalar(OverIntegers<Checked<Op::kMultiply>>("spark_integer_multiply"));
  functions.AddScalar(OverIntegers<Wrapping<Op::kAdd>>("spark_integer_add_legacy"));
  functions.AddScalar(OverIntegers<Wrapping<Op::kSubtract>>("spark_integer_subtract_legacy"));
  functions.AddScalar(OverIntegers<Wrapping<Op::kMultiply>>("spark_integer_multiply_legacy"));
  functions.AddScalar(OverIntegers<Trying<Op::kAdd>>("spark_integer_add_try"));
  functions.AddScalar(OverIntegers<Trying<Op::kSubtract>>("spark_integer_subtract_try"));
  functions.AddScalar(OverIntegers<Trying<Op::kMultiply>>("spark_integer_multiply_try"));
  functions.AddScalar(Divisions<OnError::kFail>("spark_divide"));
  functions.AddScalar(Divisions<OnError::kNull>("spark_divide_legacy"));
  functions.AddScalar(IntegralDivisions<OnError::kFail>("spark_integral_divide"));
  functions.AddScalar(IntegralDivisions<OnError::kNull>("spark_integral_divide_legacy"));
  functions.AddScalar(OverNumbers<Remainder<OnError::kFail>>("spark_remainder"));
  functions.AddScalar(OverNumbers<Remainder<OnError::kNull>>("spark_remainder_legacy"));
  functions.AddScalar(OverNumbers<PositiveRemainder<OnError::kFail>>("spark_positive_remainder"));
  functions.AddScalar(OverNumbers<PositiveRemainder<OnError::kNull>>("spark_positive_remainder_legacy"));
  functions.AddScalar(UnaryOverIntegers<CheckedNegate>("spark_integer_negate"));
  functions.AddScalar(UnaryOverIntegers<WrappingNegate>("spark_integer_negate_legacy"));
  functions.AddScalar(UnaryOverIntegers<CheckedAbs>("spark_integer_abs"));
  functions.AddScalar(UnaryOverIntegers<WrappingAbs>("spark_integer_abs_legacy"));
}

}  // namespace hearth::engine
