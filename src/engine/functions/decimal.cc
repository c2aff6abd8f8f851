// Kernels of decimal arithmetic. The last argument of each is a constant of the result's type, which the bind
// reads and takes away. Where the result type holds every possible result the loops compute in machine
// integers without a check; else each row goes through decimal_arithmetic.h.
#include "engine/decimal.h"

#include <type_traits>

#include "engine/functions/arithmetic_errors.h"
#include "engine/functions/decimal_arithmetic.h"
#include "engine/functions/families.h"
#include "engine/functions/kernel.h"

namespace hearth::engine {
namespace {

using duckdb::DataChunk;
using duckdb::DecimalType;
using duckdb::ExpressionState;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::ScalarFunction;
using duckdb::UnifiedVectorFormat;
using duckdb::Vector;
using duckdb::VectorType;

enum class Op { kAdd, kSubtract, kMultiply, kDivide, kRemainder, kPositiveRemainder, kIntegralDivide };

template <Op op>
std::optional<Int128> Compute(const DecimalShape& shape, Int128 left, Int128 right) {
  if constexpr (op == Op::kAdd) return AddDecimals(shape, left, right);
  if constexpr (op == Op::kSubtract) return SubtractDecimals(shape, left, right);
  if constexpr (op == Op::kMultiply) return MultiplyDecimals(shape, left, right);
  if constexpr (op == Op::kDivide) return DivideDecimals(shape, left, right);
  if constexpr (op == Op::kRemainder) return RemainderOfDecimals(shape, left, right);
  if constexpr (op == Op::kPositiveRemainder) return PositiveRemainderOfDecimals(shape, left, right);
  return IntegralQuotientOfDecimals(shape, left, right);
}

// The integer that a storage is computed in. Unsigned: rows under a null may hold anything, and must not
// overflow.
template <typename Storage>
using Bits = std::conditional_t<std::is_same_v<Storage, duckdb::hugeint_t>, unsigned __int128, uint64_t>;

template <typename Out, typename In>
Bits<Out> Load(In value) {
  return static_cast<Bits<Out>>(Widen(value));
}
// 64-bit storages that meet in a 128-bit result are multiplied by one instruction.
template <typename Out, typename Left, typename Right>
Bits<Out> Product(Left left, Right right) {
  if constexpr (!std::is_same_v<Left, duckdb::hugeint_t> && !std::is_same_v<Right, duckdb::hugeint_t>) {
    return static_cast<Bits<Out>>(static_cast<Int128>(int64_t{left}) * int64_t{right});
  } else {
    return Load<Out>(left) * Load<Out>(right);
  }
}
template <typename Storage>
Storage Store(Bits<Storage> bits) {
  if constexpr (std::is_same_v<Storage, duckdb::hugeint_t>) {
    return ToHugeint(static_cast<Int128>(bits));
  } else {
    return static_cast<Storage>(static_cast<int64_t>(bits));
  }
}

// Factors that bring both operands to the scale of the sum.
template <typename Out>
struct ExactOperation {
  Bits<Out> left_factor = 1;
  Bits<Out> right_factor = 1;

  explicit ExactOperation(const DecimalShape& shape) {
    const int scale = std::max(shape.left_scale, shape.right_scale);
    left_factor = static_cast<Bits<Out>>(kPowersOfTen[scale - shape.left_scale]);
    right_factor = static_cast<Bits<Out>>(kPowersOfTen[scale - shape.right_scale]);
  }

  template <Op op, typename Left, typename Right>
  Out Apply(Left left, Right right) const {
    if constexpr (op == Op::kMultiply) return Store<Out>(Product<Out>(left, right));
    const auto a = Load<Out>(left) * left_factor;
    const auto b = Load<Out>(right) * right_factor;
    return Store<Out>(op == Op::kAdd ? a + b : a - b);
  }
};

// Rows of two vectors of any form: visit(left position, right position, row) where both are there, a null
// elsewhere.
template <typename Visit>
void ForEachPair(Vector& left, Vector& right, Vector& result, idx_t count, UnifiedVectorFormat& left_format,
                 UnifiedVectorFormat& right_format, Visit&& visit) {
  const bool constant = left.GetVectorType() == VectorType::CONSTANT_VECTOR &&
                        right.GetVectorType() == VectorType::CONSTANT_VECTOR;
  left.ToUnifiedFormat(count, left_format);
  right.ToUnifiedFormat(count, right_format);
  result.SetVectorType(VectorType::FLAT_VECTOR);
  auto& validity = FlatVector::Validity(result);
  const idx_t rows = constant ? 1 : count;
  for (idx_t row = 0; row < rows; ++row) {
    const auto left_row = left_format.sel->get_index(row);
    const auto right_row = right_format.sel->get_index(row);
    if (left_format.validity.RowIsValid(left_row) && right_format.validity.RowIsValid(right_row)) {
      visit(left_row, right_row, row);
    } else {
      validity.SetInvalid(row);
    }
  }
  if (constant) result.SetVectorType(VectorType::CONSTANT_VECTOR);
}

bool IsPlain(const Vector& vector) {
  return vector.GetVectorType() == VectorType::FLAT_VECTOR ||
         vector.GetVectorType() == VectorType::CONSTANT_VECTOR;
}

// Flat and constant operands: one loop per combination, nulls by merging the masks.
template <Op op, typename Left, typename Right, typename Out>
bool PlainLoop(const ExactOperation<Out>& operation, Vector& left, Vector& right, Vector& result,
               idx_t count) {
  if (!IsPlain(left) || !IsPlain(right)) return false;
  const bool left_constant = left.GetVectorType() == VectorType::CONSTANT_VECTOR;
  const bool right_constant = right.GetVectorType() == VectorType::CONSTANT_VECTOR;
  if ((left_constant && duckdb::ConstantVector::IsNull(left)) ||
      (right_constant && duckdb::ConstantVector::IsNull(right))) {
    result.SetVectorType(VectorType::CONSTANT_VECTOR);
    duckdb::ConstantVector::SetNull(result, true);
    return true;
  }
  const auto* left_data = FlatVector::GetData<Left>(left);
  const auto* right_data = FlatVector::GetData<Right>(right);
  if (left_constant && right_constant) {
    result.SetVectorType(VectorType::CONSTANT_VECTOR);
    *duckdb::ConstantVector::GetData<Out>(result) = operation.template Apply<op>(*left_data, *right_data);
    return true;
  }
  result.SetVectorType(VectorType::FLAT_VECTOR);
  auto* out = FlatVector::GetData<Out>(result);
  if (left_constant) {
    const Left value = *left_data;
    for (idx_t i = 0; i < count; ++i) out[i] = operation.template Apply<op>(value, right_data[i]);
    FlatVector::SetValidity(result, FlatVector::Validity(right));
  } else if (right_constant) {
    const Right value = *right_data;
    for (idx_t i = 0; i < count; ++i) out[i] = operation.template Apply<op>(left_data[i], value);
    FlatVector::SetValidity(result, FlatVector::Validity(left));
  } else {
    for (idx_t i = 0; i < count; ++i) out[i] = operation.template Apply<op>(left_data[i], right_data[i]);
    FlatVector::Validity(result).EnsureWritable();
    FlatVector::SetValidity(result, FlatVector::Validity(left));
    if (!FlatVector::Validity(right).AllValid()) {
      FlatVector::Validity(result).Combine(FlatVector::Validity(right), count);
    }
  }
  return true;
}

template <Op op, typename Left, typename Right, typename Out>
void ExactKernel(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const ExactOperation<Out> operation(BoundValue<DecimalShape>(state));
  auto& left = arguments.data[0];
  auto& right = arguments.data[1];
  if (PlainLoop<op, Left, Right, Out>(operation, left, right, result, arguments.size())) return;
  UnifiedVectorFormat left_format, right_format;
  auto* out = FlatVector::GetData<Out>(result);
  ForEachPair(left, right, result, arguments.size(), left_format, right_format,
              [&](idx_t i, idx_t j, idx_t row) {
                out[row] = operation.template Apply<op>(UnifiedVectorFormat::GetData<Left>(left_format)[i],
                                                        UnifiedVectorFormat::GetData<Right>(right_format)[j]);
              });
}

bool IsNarrow(Int128 value) { return value == static_cast<int64_t>(value); }

// Products of 38 digits whose scale is the plain one: two 64-bit values never overflow, wider ones are
// checked.
template <typename Left, typename Right>
void Product38Kernel(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const auto& shape = BoundValue<DecimalShape>(state);
  UnifiedVectorFormat left_format, right_format;
  auto* out = FlatVector::GetData<duckdb::hugeint_t>(result);
  ForEachPair(
      arguments.data[0], arguments.data[1], result, arguments.size(), left_format, right_format,
      [&](idx_t i, idx_t j, idx_t row) {
        const Int128 left = Widen(UnifiedVectorFormat::GetData<Left>(left_format)[i]);
        const Int128 right = Widen(UnifiedVectorFormat::GetData<Right>(right_format)[j]);
        if (IsNarrow(left) && IsNarrow(right)) {
          out[row] = ToHugeint(static_cast<Int128>(static_cast<int64_t>(left)) * static_cast<int64_t>(right));
        } else if (const auto product = MultiplyDecimals(shape, left, right)) {
          out[row] = ToHugeint(*product);
        } else {
          FlatVector::Validity(result).SetInvalid(row);
        }
      });
}

// A decimal at a row of any storage.
Int128 ReadDecimal(const UnifiedVectorFormat& format, int precision, idx_t row) {
  return WithDecimalStorage(precision, [&](auto storage) {
    return Widen(UnifiedVectorFormat::GetData<decltype(storage)>(format)[row]);
  });
}

void WriteDecimal(Vector& result, int precision, idx_t row, Int128 value) {
  WithDecimalStorage(precision, [&](auto storage) {
    using Storage = decltype(storage);
    FlatVector::GetData<Storage>(result)[row] = Narrow<Storage>(value);
  });
}

[[noreturn]] void ThrowZeroDivisor(Op op) {
  if (op == Op::kDivide || op == Op::kIntegralDivide) ThrowDivideByZero();
  ThrowRemainderByZero();
}

template <Op op>
void CheckedKernel(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const auto& shape = BoundValue<DecimalShape>(state);
  constexpr bool kDivides = op != Op::kAdd && op != Op::kSubtract && op != Op::kMultiply;
  UnifiedVectorFormat left_format, right_format;
  ForEachPair(arguments.data[0], arguments.data[1], result, arguments.size(), left_format, right_format,
              [&](idx_t i, idx_t j, idx_t row) {
                const Int128 left = ReadDecimal(left_format, shape.left_precision, i);
                const Int128 right = ReadDecimal(right_format, shape.right_precision, j);
                if (kDivides && right == 0) {
                  if (shape.fails) ThrowZeroDivisor(op);
                  FlatVector::Validity(result).SetInvalid(row);
                  return;
                }
                const auto value = Compute<op>(shape, left, right);
                if (!value) {
                  FlatVector::Validity(result).SetInvalid(row);
                } else if constexpr (op == Op::kIntegralDivide) {
                  FlatVector::GetData<int64_t>(result)[row] = static_cast<int64_t>(*value);
                } else {
                  WriteDecimal(result, shape.precision, row, *value);
                }
              });
}

// Does the result type hold every sum or product of the operand types, at their full scale?
template <Op op>
bool IsExact(const DecimalShape& shape) {
  if constexpr (op == Op::kMultiply) {
    return shape.precision == shape.left_precision + shape.right_precision + 1 &&
           shape.scale == shape.left_scale + shape.right_scale;
  } else {
    const int scale = std::max(shape.left_scale, shape.right_scale);
    const int integral =
        std::max(shape.left_precision - shape.left_scale, shape.right_precision - shape.right_scale);
    return shape.scale == scale && shape.precision >= integral + scale + 1;
  }
}

template <Op op>
duckdb::scalar_function_t ExactKernelFor(const DecimalShape& shape) {
  return WithDecimalStorage(shape.left_precision, [&](auto left) {
    return WithDecimalStorage(shape.right_precision, [&](auto right) {
      return WithDecimalStorage(shape.precision, [&](auto out) -> duckdb::scalar_function_t {
        using Left = decltype(left);
        using Right = decltype(right);
        using Out = decltype(out);
        // Exact results are never narrower than an operand.
        if constexpr (sizeof(Out) >= sizeof(Left) && sizeof(Out) >= sizeof(Right)) {
          return &ExactKernel<op, Left, Right, Out>;
        } else {
          return &CheckedKernel<op>;
        }
      });
    });
  });
}

template <Op op>
duckdb::scalar_function_t KernelFor(const DecimalShape& shape) {
  if constexpr (op == Op::kAdd || op == Op::kSubtract || op == Op::kMultiply) {
    if (IsExact<op>(shape)) return ExactKernelFor<op>(shape);
  }
  if constexpr (op == Op::kMultiply) {
    if (shape.precision == 38 && shape.scale == shape.left_scale + shape.right_scale) {
      return WithDecimalStorage(shape.left_precision, [&](auto left) {
        return WithDecimalStorage(shape.right_precision, [&](auto right) -> duckdb::scalar_function_t {
          return &Product38Kernel<decltype(left), decltype(right)>;
        });
      });
    }
  }
  return &CheckedKernel<op>;
}

template <Op op, bool fails>
duckdb::unique_ptr<duckdb::FunctionData> Bind(
    duckdb::ClientContext&, ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  DecimalShape shape;
  const auto& left = arguments[0]->return_type;
  const auto& right = arguments[1]->return_type;
  const auto result = arguments[2]->return_type;
  shape.left_precision = DecimalType::GetWidth(left);
  shape.left_scale = DecimalType::GetScale(left);
  shape.right_precision = DecimalType::GetWidth(right);
  shape.right_scale = DecimalType::GetScale(right);
  shape.precision = DecimalType::GetWidth(result);
  shape.scale = DecimalType::GetScale(result);
  shape.fails = fails;
  function.arguments[0] = left;
  function.arguments[1] = right;
  function.SetReturnType(op == Op::kIntegralDivide ? LogicalType(LogicalType::BIGINT) : result);
  function.SetFunctionCallback(KernelFor<op>(shape));
  // Sums and products that always fit may be computed on rows that are filtered out.
  if constexpr (op == Op::kAdd || op == Op::kSubtract || op == Op::kMultiply) {
    if (IsExact<op>(shape)) function.SetErrorMode(duckdb::FunctionErrors::CANNOT_ERROR);
  }
  duckdb::Function::EraseArgument(function, arguments, 2);
  return duckdb::make_uniq<BindData<DecimalShape>>(shape);
}

template <Op op>
void Add(EngineFunctions& functions, const std::string& name) {
  const duckdb::vector<LogicalType> any = {LogicalType::ANY, LogicalType::ANY, LogicalType::ANY};
  functions.AddScalar(Fallible(ScalarFunction(name, any, LogicalType::ANY, nullptr, &Bind<op, true>)));
  functions.AddScalar(
      Fallible(ScalarFunction(name + "_legacy", any, LogicalType::ANY, nullptr, &Bind<op, false>)));
}

}  // namespace

void AddDecimalArithmetic(EngineFunctions& functions) {
  Add<Op::kAdd>(functions, "spark_decimal_add");
  Add<Op::kSubtract>(functions, "spark_decimal_subtract");
  Add<Op::kMultiply>(functions, "spark_decimal_multiply");
  Add<Op::kDivide>(functions, "spark_decimal_divide");
  Add<Op::kRemainder>(functions, "spark_decimal_remainder");
  Add<Op::kPositiveRemainder>(functions, "spark_decimal_positive_remainder");
  Add<Op::kIntegralDivide>(functions, "spark_decimal_integral_divide");
}

}  // namespace hearth::engine
