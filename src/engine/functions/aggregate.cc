// Aggregates lowered to DuckDB's: the same function where it means the same, else with a filter, another
// argument, or a kernel over its result that brings Spark's type and checks its range.
#include "duckdb/parser/expression/columnref_expression.hpp"
#include "engine/decimal.h"
#include "engine/functions/arithmetic_errors.h"
#include "engine/functions/decimal_arithmetic.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/kernel.h"

namespace hearth::engine {

namespace {

using duckdb::DecimalType;
using duckdb::hugeint_t;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::ScalarFunction;
using duckdb::ScalarFunctionSet;
using duckdb::ValidityMask;
using plan::TypeKind;

// ---- Kernels over the results of sums

// A sum of integers in its own type: ANSI fails when it does not fit, legacy mode wraps, the try_ form is
// null.
enum class SumMode { kFail, kWrap, kNull };

template <SumMode mode>
struct IntegerSum {
  template <typename In, typename Out>
  static Out Apply(In value, ValidityMask& mask, idx_t row) {
    const Int128 sum = Widen(value);
    const auto result = static_cast<Out>(sum);
    if (static_cast<Int128>(result) != sum) {
      if constexpr (mode == SumMode::kFail) ThrowOverflow("try_add");
      if constexpr (mode == SumMode::kNull) mask.SetInvalid(row);
    }
    return result;
  }
};

template <SumMode mode>
void AddIntegerSums(EngineFunctions& functions, const std::string& suffix) {
  const duckdb::vector<LogicalType> huge = {LogicalType::HUGEINT};
  functions.AddScalar(Fallible(ScalarFunction("spark_sum_as_bigint" + suffix, huge, LogicalType::BIGINT,
                                              &UnaryKernel<hugeint_t, int64_t, IntegerSum<mode>>)));
  functions.AddScalar(Fallible(ScalarFunction("spark_sum_as_integer" + suffix, huge, LogicalType::INTEGER,
                                              &UnaryKernel<hugeint_t, int32_t, IntegerSum<mode>>)));
}

// An average of whole numbers (months, microseconds), rounded half away from zero.
struct IntegerAverage {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left sum, Right count, ValidityMask& mask, idx_t row) {
    if (count == 0) {
      mask.SetInvalid(row);
      return 0;
    }
    const Int128 total = Widen(sum);
    Int128 quotient = total / count;
    const Int128 remainder = total % count;
    const Int128 rest = remainder < 0 ? -remainder : remainder;
    if (rest * 2 >= count) quotient += total < 0 ? -1 : 1;
    return static_cast<Out>(quotient);
  }
};

DecimalShape ShapeOf(const LogicalType& from, const LogicalType& to, bool fails) {
  DecimalShape shape;
  shape.left_precision = DecimalType::GetWidth(from);
  shape.left_scale = DecimalType::GetScale(from);
  shape.right_precision = 20;
  shape.precision = DecimalType::GetWidth(to);
  shape.scale = DecimalType::GetScale(to);
  shape.fails = fails;
  return shape;
}

// (sum, result type): the sum in the result's precision, its scale unchanged.
void DecimalSumKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& shape = BoundValue<DecimalShape>(state);
  WithDecimalStorage(shape.precision, [&](auto storage) {
    using Out = decltype(storage);
    duckdb::UnaryExecutor::ExecuteWithNulls<hugeint_t, Out>(
        arguments.data[0], result, arguments.size(),
        [&](hugeint_t value, ValidityMask& mask, idx_t row) -> Out {
          const auto sum = AddDecimals(shape, ToInt128(value), 0);
          if (sum) return Narrow<Out>(*sum);
          mask.SetInvalid(row);
          return Out{};
        });
  });
}

// (sum, count, result type)
void DecimalAverageKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                          duckdb::Vector& result) {
  const auto& shape = BoundValue<DecimalShape>(state);
  WithDecimalStorage(shape.precision, [&](auto storage) {
    using Out = decltype(storage);
    duckdb::BinaryExecutor::ExecuteWithNulls<hugeint_t, int64_t, Out>(
        arguments.data[0], arguments.data[1], result, arguments.size(),
        [&](hugeint_t sum, int64_t count, ValidityMask& mask, idx_t row) -> Out {
          const auto average = count == 0 ? std::nullopt : DivideDecimals(shape, ToInt128(sum), count);
          if (average) return Narrow<Out>(*average);
          mask.SetInvalid(row);
          return Out{};
        });
  });
}

// The last argument is a constant of the result's type; a sum keeps its own scale on both sides.
template <bool fails, bool averages>
duckdb::unique_ptr<duckdb::FunctionData> BindDecimalResult(
    duckdb::ClientContext&, ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const auto from = arguments[0]->return_type;
  const auto to = arguments.back()->return_type;
  auto shape = ShapeOf(from, to, fails);
  if (!averages) shape.right_scale = shape.left_scale;
  function.arguments[0] = from;
  function.SetReturnType(to);
  duckdb::Function::EraseArgument(function, arguments, arguments.size() - 1);
  return duckdb::make_uniq<BindData<DecimalShape>>(shape);
}

void AddDecimalResults(EngineFunctions& functions) {
  const duckdb::vector<LogicalType> sum = {LogicalType::ANY, LogicalType::ANY};
  const duckdb::vector<LogicalType> average = {LogicalType::ANY, LogicalType::BIGINT, LogicalType::ANY};
  const auto add = [&](const char* name, const duckdb::vector<LogicalType>& types,
                       duckdb::scalar_function_t kernel, duckdb::bind_scalar_function_t bind) {
    functions.AddScalar(Fallible(ScalarFunction(name, types, LogicalType::ANY, std::move(kernel), bind)));
  };
  add("spark_decimal_sum", sum, &DecimalSumKernel, &BindDecimalResult<true, false>);
  add("spark_decimal_sum_legacy", sum, &DecimalSumKernel, &BindDecimalResult<false, false>);
  add("spark_decimal_average", average, &DecimalAverageKernel, &BindDecimalResult<true, true>);
  add("spark_decimal_average_legacy", average, &DecimalAverageKernel, &BindDecimalResult<false, true>);
}

// ---- Rules

ParsedPtr TypeWitness(const plan::DataType& type) { return Constant(ToDuckDB(plan::Value{Int128{0}}, type)); }

// Adds a condition to the call's FILTER.
void Where(LoweredCall& call, ParsedPtr condition) {
  if (call.filter) condition = And(List(std::move(call.filter), std::move(condition)));
  call.filter = std::move(condition);
}

bool Tries(const LoweredCall& call) { return call.name().starts_with("try_"); }

ParsedPtr Sum(LoweredCall& call) {
  auto value = Copy(call.arguments[0]);
  if (call.argument_type(0).Is(TypeKind::kFloat)) value = CastTo(std::move(value), LogicalType::DOUBLE);
  return AggregateOf(call, "sum", std::move(value));
}

base::Result<ParsedPtr> LowerSum(LoweredCall call) {
  const auto& type = call.type();
  auto sum = Sum(call);
  if (type.Is(TypeKind::kDouble)) return sum;
  const bool fails = call.ansi() && !Tries(call);
  if (type.Is(TypeKind::kDecimal)) {
    return Call(fails ? "spark_decimal_sum" : "spark_decimal_sum_legacy", std::move(sum), TypeWitness(type));
  }
  std::string kernel = type.Is(TypeKind::kYearMonthInterval) ? "spark_sum_as_integer" : "spark_sum_as_bigint";
  if (Tries(call)) {
    kernel += "_try";
  } else if (!fails && type.Is(TypeKind::kLong)) {
    kernel += "_legacy";
  }
  return Call(std::move(kernel), std::move(sum));
}

base::Result<ParsedPtr> LowerAverage(LoweredCall call) {
  const auto& type = call.type();
  if (type.Is(TypeKind::kDouble)) {
    auto value = Copy(call.arguments[0]);
    // Bigints are summed as doubles in Spark; the sum of narrower integers is exact either way.
    const auto& from = call.argument_type(0);
    if (from.Is(TypeKind::kFloat) || from.Is(TypeKind::kLong))
      value = CastTo(std::move(value), LogicalType::DOUBLE);
    return AggregateOf(call, "avg", std::move(value));
  }
  auto sum = AggregateOf(call, "sum", Copy(call.arguments[0]));
  auto count = AggregateOf(call, "count", Copy(call.arguments[0]));
  if (type.Is(TypeKind::kDecimal)) {
    const bool fails = call.ansi() && !Tries(call);
    return Call(fails ? "spark_decimal_average" : "spark_decimal_average_legacy", std::move(sum),
                std::move(count), TypeWitness(type));
  }
  const bool months = type.Is(TypeKind::kYearMonthInterval);
  return Call(months ? "spark_average_as_integer" : "spark_average_as_bigint", std::move(sum),
              std::move(count));
}

// Rows in which no argument is null; of several arguments with DISTINCT, the different rows.
base::Result<ParsedPtr> LowerCount(LoweredCall call) {
  bool all_literals = true;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const auto* literal = call.literal(i);
    all_literals = all_literals && literal && !literal->IsNull();
  }
  if (all_literals && !call.aggregate->distinct) return AggregateOf(call, "count_star");
  if (call.arguments.size() == 1) return AggregateOf(call, "count", std::move(call.arguments[0]));
  ParsedExpressions present;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    if (call.plan_arguments()[i]->nullable) present.push_back(IsNotNull(Copy(call.arguments[i])));
  }
  if (!present.empty()) Where(call, And(std::move(present)));
  if (!call.aggregate->distinct) return AggregateOf(call, "count_star");
  return AggregateOf(call, "count", CallWith("row", std::move(call.arguments)));
}

base::Result<ParsedPtr> LowerCountIf(LoweredCall call) {
  if (call.aggregate->distinct) {
    auto counted = If(std::move(call.arguments[0]), IntegerConstant(1), NullOf(LogicalType::INTEGER));
    return AggregateOf(call, "count", std::move(counted));
  }
  Where(call, std::move(call.arguments[0]));
  return AggregateOf(call, "count_star");
}

base::Result<ParsedPtr> LowerNative(LoweredCall call) {
  const auto& name = call.name();
  return AggregateOf(call, name, std::move(call.arguments[0]));
}

// Nested values are compared by Spark's order of nulls.
base::Result<ParsedPtr> LowerExtreme(LoweredCall call) {
  const auto& name = call.name();
  const auto& type = call.argument_type(0);
  if (!type.IsNested()) return AggregateOf(call, name, std::move(call.arguments[0]));
  auto key = SortKeyOf(Copy(call.arguments[0]), type);
  return AggregateOf(call, name == "min" ? "arg_min" : "arg_max", std::move(call.arguments[0]),
                     std::move(key));
}

// The values of the first k rows; DuckDB's form leaves out values that are null, so they travel in structs.
base::Result<ParsedPtr> LowerExtremesBy(LoweredCall& call, ParsedPtr key) {
  call.arguments[0]->SetAlias("value");
  auto value = Call("struct_pack", std::move(call.arguments[0]));
  auto rows = AggregateOf(call, call.name() == "min_by" ? "arg_min" : "arg_max", std::move(value),
                          std::move(key), std::move(call.arguments[2]));
  ParsedPtr row = duckdb::make_uniq<duckdb::ColumnRefExpression>("row");
  return Call("list_transform", std::move(rows), LambdaOf({"row"}, FieldAt(std::move(row), 0)));
}

base::Result<ParsedPtr> LowerExtremeBy(LoweredCall call) {
  auto key = SortKeyOf(std::move(call.arguments[1]), call.argument_type(1));
  if (call.arguments.size() == 3) return LowerExtremesBy(call, std::move(key));
  const auto* function = call.name() == "min_by" ? "arg_min_null" : "arg_max_null";
  return AggregateOf(call, function, std::move(call.arguments[0]), std::move(key));
}

base::Result<ParsedPtr> LowerFirst(LoweredCall call) {
  if (call.aggregate->ignore_nulls) Where(call, IsNotNull(Copy(call.arguments[0])));
  return AggregateOf(call, call.name() == "last" ? "last" : "first", std::move(call.arguments[0]));
}

ParsedPtr EmptyList(const plan::DataType& type) {
  return Constant(duckdb::Value::LIST(ToDuckDB(*type.element()), duckdb::vector<duckdb::Value>{}));
}

// An empty list for no rows. Nulls are left out, but for the forms that keep them.
base::Result<ParsedPtr> LowerCollectList(LoweredCall call) {
  if (call.name() == "collect_list") Where(call, IsNotNull(Copy(call.arguments[0])));
  auto list = AggregateOf(call, "list", std::move(call.arguments[0]));
  return Coalesce(List(std::move(list), EmptyList(call.type())));
}

base::Result<ParsedPtr> LowerCollectSet(LoweredCall call) {
  if (call.name() == "collect_set") Where(call, IsNotNull(Copy(call.arguments[0])));
  plan::AggregateCall distinct = *call.aggregate;
  distinct.distinct = true;
  const auto& type = call.type();
  call.aggregate = &distinct;
  auto list = AggregateOf(call, "list", std::move(call.arguments[0]));
  return Coalesce(List(std::move(list), EmptyList(type)));
}

base::Result<ParsedPtr> LowerCollectUnion(LoweredCall call) {
  const auto& type = call.type();
  Where(call, IsNotNull(Copy(call.arguments[0])));
  auto all = Call("spark_flatten", AggregateOf(call, "list", std::move(call.arguments[0])));
  auto distinct = Call("spark_array_distinct", Call("spark_array_compact", std::move(all)));
  return Coalesce(List(std::move(distinct), EmptyList(type)));
}

base::Result<ParsedPtr> LowerListAgg(LoweredCall call) {
  const auto* delimiter = call.literal(1);
  if (call.type().Is(TypeKind::kBinary)) {
    auto bytes =
        delimiter && delimiter->IsNull() ? Constant(duckdb::Value::BLOB("")) : std::move(call.arguments[1]);
    Where(call, IsNotNull(Copy(call.arguments[0])));
    return Call("spark_join_bytes", AggregateOf(call, "list", std::move(call.arguments[0])),
                std::move(bytes));
  }
  auto text = delimiter && delimiter->IsNull() ? TextConstant("") : std::move(call.arguments[1]);
  return AggregateOf(call, "string_agg", std::move(call.arguments[0]), std::move(text));
}

template <typename T>
ScalarFunction AverageOf(const char* name, const LogicalType& type) {
  return ScalarFunction(name, {LogicalType::HUGEINT, LogicalType::BIGINT}, type,
                        &BinaryKernel<hugeint_t, int64_t, T, IntegerAverage>);
}

}  // namespace

void AddAggregates(EngineFunctions& functions) {
  AddIntegerSums<SumMode::kFail>(functions, "");
  AddIntegerSums<SumMode::kWrap>(functions, "_legacy");
  AddIntegerSums<SumMode::kNull>(functions, "_try");
  functions.AddScalar(AverageOf<int64_t>("spark_average_as_bigint", LogicalType::BIGINT));
  functions.AddScalar(AverageOf<int32_t>("spark_average_as_integer", LogicalType::INTEGER));
  AddDecimalResults(functions);
  for (const char* name : {"sum", "try_sum"}) functions.AddRule(name, &LowerSum);
  for (const char* name : {"avg", "try_avg"}) functions.AddRule(name, &LowerAverage);
  functions.AddRule("count", &LowerCount);
  functions.AddRule("count_if", &LowerCountIf);
  for (const char* name : {"bool_and", "bool_or", "bit_and", "bit_or", "bit_xor", "product"})
    functions.AddRule(name, &LowerNative);
  for (const char* name : {"min", "max"}) functions.AddRule(name, &LowerExtreme);
  for (const char* name : {"min_by", "max_by"}) functions.AddRule(name, &LowerExtremeBy);
  for (const char* name : {"first", "last", "any_value"}) functions.AddRule(name, &LowerFirst);
  for (const char* name : {"collect_list", "collect_list_with_nulls"})
    functions.AddRule(name, &LowerCollectList);
  for (const char* name : {"collect_set", "collect_set_with_nulls"})
    functions.AddRule(name, &LowerCollectSet);
  functions.AddRule("listagg", &LowerListAgg);
  functions.AddRule("collect_union", &LowerCollectUnion);
}

}  // namespace hearth::engine
