// Percentiles and modes: DuckDB gathers the values of a group in a list, a kernel picks or interpolates.
#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/kernel.h"
#include "engine/functions/mode.h"

namespace hearth::engine {
namespace {

using duckdb::idx_t;
using duckdb::list_entry_t;
using duckdb::LogicalType;
using duckdb::ScalarFunction;
using duckdb::UnifiedVectorFormat;
using duckdb::Vector;
using plan::TypeKind;

// NaN sorts above all numbers.
bool Below(double left, double right) { return std::isnan(right) ? !std::isnan(left) : left < right; }

// A value and how many times it counts.
struct Weighted {
  double value;
  int64_t weight;
};

// The value at a position from 0, counting weights.
double ValueAt(const std::vector<Weighted>& sorted, int64_t position) {
  for (const auto& item : sorted) {
    if (position < item.weight) return item.value;
    position -= item.weight;
  }
  return sorted.back().value;
}

double Interpolate(const std::vector<Weighted>& sorted, int64_t total, double percentage) {
  const double position = static_cast<double>(total - 1) * percentage;
  const double lower = std::floor(position);
  const double higher = std::ceil(position);
  const double low = ValueAt(sorted, static_cast<int64_t>(lower));
  const double high = ValueAt(sorted, static_cast<int64_t>(higher));
  if (lower == higher || low == high) return low;
  return low + (high - low) * (position - lower);
}

// The first value whose share of the rows up to it reaches the percentage.
double Discrete(const std::vector<Weighted>& sorted, int64_t total, double percentage) {
  const auto rank = static_cast<int64_t>(std::ceil(percentage * static_cast<double>(total)));
  return ValueAt(sorted, std::max<int64_t>(rank, 1) - 1);
}

struct PercentileBind {
  std::vector<double> percentages;
  bool is_list = false;  // answers a list
  bool discrete = false;
  bool descending = false;
  bool weighted = false;
  bool operator==(const PercentileBind&) const = default;
};

[[noreturn]] void ThrowNegativeFrequency(int64_t frequency) {
  ThrowSpark(base::ErrorKind::kIllegalArgument, "NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION",
             "The frequency " + std::to_string(frequency) + " is negative.",
             {{"frequencyExpression", "\"" + std::to_string(frequency) + "\""},
              {"negativeValue", std::to_string(frequency) + "L"}});
}

// Gathers one group's values (and weights), sorted; answers the sum of the weights.
int64_t Gather(const UnifiedVectorFormat& values, const UnifiedVectorFormat* weights, list_entry_t list,
               const PercentileBind& bind, std::vector<Weighted>& sorted) {
  sorted.clear();
  int64_t total = 0;
  for (idx_t i = list.offset; i < list.offset + list.length; ++i) {
    const auto at = values.sel->get_index(i);
    int64_t weight = 1;
    if (weights) weight = UnifiedVectorFormat::GetData<int64_t>(*weights)[weights->sel->get_index(i)];
    if (weight < 0) ThrowNegativeFrequency(weight);
    if (weight == 0) continue;
    sorted.push_back({UnifiedVectorFormat::GetData<double>(values)[at], weight});
    total += weight;
  }
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Weighted& a, const Weighted& b) {
    return bind.descending ? Below(b.value, a.value) : Below(a.value, b.value);
  });
  return total;
}

void PercentileKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, Vector& result) {
  const auto& bind = BoundValue<PercentileBind>(state);
  const idx_t rows = arguments.AllConstant() ? 1 : arguments.size();
  UnifiedVectorFormat lists, values, weights;
  arguments.data[0].ToUnifiedFormat(rows, lists);
  auto& elements = duckdb::ListVector::GetEntry(arguments.data[0]);
  elements.ToUnifiedFormat(duckdb::ListVector::GetListSize(arguments.data[0]), values);
  if (bind.weighted) {
    duckdb::ListVector::GetEntry(arguments.data[1])
        .ToUnifiedFormat(duckdb::ListVector::GetListSize(arguments.data[1]), weights);
  }
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  auto& validity = duckdb::FlatVector::Validity(result);
  std::vector<Weighted> sorted;
  idx_t written = 0;
  for (idx_t row = 0; row < rows; ++row) {
    const auto at = lists.sel->get_index(row);
    int64_t total = 0;
    if (lists.validity.RowIsValid(at)) {
      total = Gather(values, bind.weighted ? &weights : nullptr,
                     UnifiedVectorFormat::GetData<list_entry_t>(lists)[at], bind, sorted);
    }
    if (total == 0) {
      validity.SetInvalid(row);
      continue;
    }
    const auto answer = [&](double percentage) {
      return bind.discrete ? Discrete(sorted, total, percentage) : Interpolate(sorted, total, percentage);
    };
    if (!bind.is_list) {
      duckdb::FlatVector::GetData<double>(result)[row] = answer(bind.percentages[0]);
      continue;
    }
    duckdb::ListVector::Reserve(result, written + bind.percentages.size());
    duckdb::FlatVector::GetData<list_entry_t>(result)[row] = {written, bind.percentages.size()};
    auto* out = duckdb::FlatVector::GetData<double>(duckdb::ListVector::GetEntry(result));
    for (double percentage : bind.percentages) out[written++] = answer(percentage);
    duckdb::ListVector::SetListSize(result, written);
  }
  if (arguments.AllConstant()) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

std::vector<double> ReadPercentages(const duckdb::Value& value) {
  std::vector<double> percentages;
  if (value.type().id() != duckdb::LogicalTypeId::LIST) return {duckdb::DoubleValue::Get(value)};
  for (const auto& item : duckdb::ListValue::GetChildren(value))
    percentages.push_back(duckdb::DoubleValue::Get(item));
  return percentages;
}

// (values[, weights], percentages) with the last one constant.
template <bool weighted, bool discrete, bool descending>
duckdb::unique_ptr<duckdb::FunctionData> BindPercentile(
    duckdb::ClientContext& context, ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const size_t last = arguments.size() - 1;
  PercentileBind bind;
  bind.weighted = weighted;
  bind.discrete = discrete;
  bind.descending = descending;
  bind.is_list = arguments[last]->return_type.id() == duckdb::LogicalTypeId::LIST;
  bind.percentages = ReadPercentages(ConstantArgument(context, *arguments[last]));
  for (double percentage : bind.percentages) {
    if (percentage >= 0 && percentage <= 1) continue;
    ThrowSpark(base::ErrorKind::kAnalysis, "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE",
               "A percentage must lie between 0 and 1.",
               {{"exprName", "percentage"},
                {"valueRange", "[0.0, 1.0]"},
                {"currentValue", std::to_string(percentage)}});
  }
  function.SetReturnType(bind.is_list ? LogicalType::LIST(LogicalType::DOUBLE)
                                      : LogicalType(LogicalType::DOUBLE));
  duckdb::Function::EraseArgument(function, arguments, last);
  return duckdb::make_uniq<BindData<PercentileBind>>(std::move(bind));
}

template <bool weighted, bool discrete, bool descending>
void AddKernel(EngineFunctions& functions, const char* name) {
  duckdb::vector<LogicalType> types = {LogicalType::LIST(LogicalType::DOUBLE)};
  if (weighted) types.push_back(LogicalType::LIST(LogicalType::BIGINT));
  types.push_back(LogicalType::ANY);
  ScalarFunction function(name, types, LogicalType::ANY, &PercentileKernel,
                          &BindPercentile<weighted, discrete, descending>);
  functions.AddScalar(Fallible(std::move(function)));
}

// ---- Rules

void Where(LoweredCall& call, ParsedPtr condition) {
  if (call.filter) condition = And(List(std::move(call.filter), std::move(condition)));
  call.filter = std::move(condition);
}

// Doubles in the type of the call: intervals are whole months or microseconds.
ParsedPtr AsResult(ParsedPtr percentile, const plan::DataType& type) {
  const auto& one = type.Is(TypeKind::kArray) ? *type.element() : type;
  if (one.Is(TypeKind::kDouble)) return percentile;
  if (!type.Is(TypeKind::kArray)) percentile = Call("trunc", std::move(percentile));
  return CastTo(std::move(percentile), ToDuckDB(type));
}

// The percentages as doubles; the analyser has made them constant.
ParsedPtr AsDoubles(ParsedPtr percentages, const plan::DataType& type) {
  const bool is_list = type.Is(TypeKind::kArray);
  return CastTo(std::move(percentages),
                is_list ? LogicalType::LIST(LogicalType::DOUBLE) : LogicalType(LogicalType::DOUBLE));
}

base::Result<ParsedPtr> LowerPercentile(LoweredCall call) {
  const auto& type = call.type();
  auto percentages = AsDoubles(std::move(call.arguments[1]), call.argument_type(1));
  Where(call, IsNotNull(Copy(call.arguments[0])));
  const auto* frequency = call.literal(2);
  const auto* times = frequency ? std::get_if<int64_t>(&frequency->data) : nullptr;
  if (times && *times == 1) {
    auto values = AggregateOf(call, "list", CastTo(std::move(call.arguments[0]), LogicalType::DOUBLE));
    return AsResult(Call("spark_percentile_of", std::move(values), std::move(percentages)), type);
  }
  Where(call, IsNotNull(Copy(call.arguments[2])));
  auto values = AggregateOf(call, "list", CastTo(std::move(call.arguments[0]), LogicalType::DOUBLE));
  auto weights = AggregateOf(call, "list", CastTo(std::move(call.arguments[2]), LogicalType::BIGINT));
  return AsResult(
      Call("spark_percentile_of_weighted", std::move(values), std::move(weights), std::move(percentages)),
      type);
}

// percentile_cont and percentile_disc: the values stand in WITHIN GROUP.
base::Result<ParsedPtr> LowerOrderedPercentile(LoweredCall call) {
  if (call.order.size() != 1) return base::InternalError(call.name() + " without an order");
  const auto& type = call.type();
  auto value = std::move(call.order[0].expression);
  std::string kernel = call.name() == "percentile_disc" ? "spark_percentile_disc_of" : "spark_percentile_of";
  if (call.order[0].type == duckdb::OrderType::DESCENDING) kernel += "_descending";
  call.order.clear();
  auto percentages = AsDoubles(std::move(call.arguments[0]), call.argument_type(0));
  Where(call, IsNotNull(Copy(value)));
  auto values = AggregateOf(call, "list", CastTo(std::move(value), LogicalType::DOUBLE));
  return AsResult(Call(std::move(kernel), std::move(values), std::move(percentages)), type);
}

// Exact where Spark approximates: one of the values, within any accuracy that was asked for.
base::Result<ParsedPtr> LowerPercentileApprox(LoweredCall call) {
  auto percentages = AsDoubles(std::move(call.arguments[1]), call.argument_type(1));
  return AggregateOf(call, "quantile_disc", std::move(call.arguments[0]), std::move(percentages));
}

bool IsTrue(const plan::Value* literal) {
  return literal && std::holds_alternative<bool>(literal->data) && std::get<bool>(literal->data);
}

// Types whose order in Spark's table of counts is known: see mode.cc.
bool HasPlainHash(const plan::DataType& type) {
  switch (type.kind()) {
    case plan::TypeKind::kBoolean:
    case plan::TypeKind::kByte:
    case plan::TypeKind::kShort:
    case plan::TypeKind::kInteger:
    case plan::TypeKind::kLong:
    case plan::TypeKind::kFloat:
    case plan::TypeKind::kDouble:
    case plan::TypeKind::kString:
    case plan::TypeKind::kDate:
    case plan::TypeKind::kTimestamp:
    case plan::TypeKind::kTimestampNtz:
      return true;
    default:
      return false;
  }
}

// mode(value, on a tie by order?, ascending?)
base::Result<ParsedPtr> LowerMode(LoweredCall call) {
  if (!IsTrue(call.literal(1))) {
    const auto& type = call.argument_type(0);
    if (!HasPlainHash(type)) return AggregateOf(call, "mode", std::move(call.arguments[0]));
    Where(call, IsNotNull(Copy(call.arguments[0])));
    return Call("spark_mode_of", AggregateOf(call, "histogram", std::move(call.arguments[0])));
  }
  const bool ascending = IsTrue(call.literal(2));
  Where(call, IsNotNull(Copy(call.arguments[0])));
  auto list = AggregateOf(call, "list", std::move(call.arguments[0]));
  auto sorted = Call("list_sort", std::move(list), TextConstant(ascending ? "ASC" : "DESC"));
  return Call("list_aggregate", std::move(sorted), TextConstant("mode"));
}

}  // namespace

void AddPercentiles(EngineFunctions& functions) {
  AddMode(functions);
  AddKernel<false, false, false>(functions, "spark_percentile_of");
  AddKernel<false, false, true>(functions, "spark_percentile_of_descending");
  AddKernel<false, true, false>(functions, "spark_percentile_disc_of");
  AddKernel<false, true, true>(functions, "spark_percentile_disc_of_descending");
  AddKernel<true, false, false>(functions, "spark_percentile_of_weighted");
  functions.AddRule("percentile", &LowerPercentile);
  functions.AddRule("percentile_cont", &LowerOrderedPercentile);
  functions.AddRule("percentile_disc", &LowerOrderedPercentile);
  functions.AddRule("percentile_approx", &LowerPercentileApprox);
  functions.AddRule("mode", &LowerMode);
}

}  // namespace hearth::engine
