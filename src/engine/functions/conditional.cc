// Functions that choose among their arguments.
#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/list_builder.h"
#include "engine/values/order_key.h"

namespace hearth::engine {
namespace {

using duckdb::LogicalType;

// when(condition, value, …[, otherwise])
base::Result<ParsedPtr> LowerCase(LoweredCall call) {
  std::vector<std::pair<ParsedPtr, ParsedPtr>> branches;
  size_t i = 0;
  for (; i + 1 < call.arguments.size(); i += 2) {
    branches.emplace_back(std::move(call.arguments[i]), std::move(call.arguments[i + 1]));
  }
  auto otherwise = i < call.arguments.size() ? std::move(call.arguments[i]) : NullOf(ToDuckDB(call.type()));
  return Case(std::move(branches), std::move(otherwise));
}

base::Result<ParsedPtr> LowerIf(LoweredCall call) {
  return If(std::move(call.arguments[0]), std::move(call.arguments[1]), std::move(call.arguments[2]));
}

base::Result<ParsedPtr> LowerCoalesce(LoweredCall call) { return Coalesce(std::move(call.arguments)); }

// DuckDB's greatest and least skip nulls and rank NaN highest, as Spark's; inside nested values the nulls
// rank otherwise.
base::Result<ParsedPtr> LowerExtreme(LoweredCall call) {
  if (!call.type().IsNested()) return CallWith(call.name(), std::move(call.arguments));
  return CallWith("spark_nested_" + call.name(), std::move(call.arguments));
}

base::Result<ParsedPtr> LowerNanvl(LoweredCall call) {
  auto value = Copy(call.arguments[0]);
  return If(Call("isnan", std::move(call.arguments[0])), std::move(call.arguments[1]), std::move(value));
}

// The greatest or the least of the arguments that are not null, by Spark's order of nested values.
template <bool kGreatest>
void NestedExtreme(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = arguments.size();
  ElementPool pool(result.GetType());
  for (auto& argument : arguments.data) pool.Add(argument, count);
  auto values = pool.Join();
  const OrderKeys keys(values, pool.size());
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  ValuePicker chosen(result, count);
  std::string best, key;
  for (duckdb::idx_t row = 0; row < count; ++row) {
    bool has_best = false;
    for (duckdb::idx_t i = row; i < pool.size(); i += count) {
      if (keys.IsNull(i)) continue;
      key.clear();
      keys.Append(i, &key);
      if (has_best && (kGreatest ? key <= best : key >= best)) continue;
      has_best = true;
      best.swap(key);
      chosen.Pick(row, i);
    }
  }
  if (count > 0) chosen.Finish(values, pool.size());
}

// Fails on every row that it is asked for.
void RaiseError(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto text = arguments.data[0].GetValue(0);
  const std::string message = text.IsNull() ? "null" : duckdb::StringValue::Get(text);
  result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  duckdb::ConstantVector::SetNull(result, true);
  if (arguments.size() == 0) return;
  ThrowSpark(base::ErrorKind::kRuntime, "USER_RAISED_EXCEPTION", message, {{"errorMessage", message}});
}

}  // namespace

void AddConditional(EngineFunctions& functions) {
  functions.AddRule("when", &LowerCase);
  functions.AddRule("if", &LowerIf);
  functions.AddRule("coalesce", &LowerCoalesce);
  functions.AddRule("greatest", &LowerExtreme);
  functions.AddRule("least", &LowerExtreme);
  functions.AddRule("nanvl", &LowerNanvl);
  for (const bool greatest : {true, false}) {
    auto extreme = Kernel(greatest ? "spark_nested_greatest" : "spark_nested_least", {LogicalType::ANY},
                          LogicalType::ANY, greatest ? NestedExtreme<true> : NestedExtreme<false>,
                          {.sees_nulls = true, .bind = BindTypeOf<0>});
    extreme.varargs = LogicalType::ANY;
    functions.AddScalar(std::move(extreme));
  }
  duckdb::ScalarFunction raise("spark_raise_error", {LogicalType::VARCHAR}, LogicalType::INTEGER,
                               &RaiseError);
  raise.SetFallible();
  raise.SetVolatile();
  raise.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  functions.AddScalar(std::move(raise));
}

}  // namespace hearth::engine
