// Statistical aggregates: moments, correlation, regression, percentiles, mode, estimates.
#include <fmt/format.h>

#include <cmath>

#include "plan/functions/aggregate.h"
#include "plan/functions/mismatch.h"
#include "plan/functions/result_rules.h"
#include "plan/resolved/literal_text.h"
#include "plan/resolved/rewrite.h"
#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

TypePtr IntervalOrDouble(const DataType& type) {
  if (type.Is(TypeKind::kYearMonthInterval)) return DataType::YearMonthInterval();
  if (type.Is(TypeKind::kDayTimeInterval)) return DataType::DayTimeInterval();
  return DataType::Double();
}

// A number of any kind as double, for the check of its range; nullopt when it is no plain literal.
std::optional<double> LiteralNumber(const Expression& expression) {
  if (const auto* cast = expression.As<Cast>()) return LiteralNumber(*cast->child);
  const auto* literal = expression.As<Literal>();
  if (!literal) return std::nullopt;
  if (const auto* whole = std::get_if<int64_t>(&literal->value.data)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&literal->value.data)) return *real;
  if (const auto* decimal = std::get_if<Int128>(&literal->value.data)) {
    double value = static_cast<double>(*decimal);
    for (int i = 0; i < expression.type->scale(); ++i) value /= 10;
    return value;
  }
  return std::nullopt;
}

// One percentage, or an array of them, as double; constant and between 0 and 1.
base::Result<ExpressionPtr> TakePercentage(const std::string& text, size_t index,
                                           const ExpressionPtr& percentage, const ResolveContext& context) {
  auto taken = percentage;
  if (percentage->type->Is(TypeKind::kArray)) {
    if (!percentage->type->element()->IsNumeric()) {
      return UnexpectedInput(text, *percentage, index, "(\"DOUBLE\" or \"ARRAY<DOUBLE>\")");
    }
    taken = CoerceTo(percentage, DataType::Array(DataType::Double(), percentage->type->contains_null()),
                     context.settings);
  } else {
    auto number = CoerceToSlot(percentage, Slot::kDouble, context.settings);
    if (!number) return UnexpectedInput(text, *percentage, index, "(\"DOUBLE\" or \"ARRAY<DOUBLE>\")");
    taken = *number;
  }
  if (!IsFoldable(*percentage)) return NotFoldable(text, "percentage", *percentage->type, *percentage);
  if (auto number = LiteralNumber(*taken); number && (*number < 0 || *number > 1)) {
    return OutOfRange(text, "percentage", "[0.0, 1.0]", JavaText(*number) + "D");
  }
  return taken;
}

TypePtr PercentileType(const Expression& percentage, TypePtr one) {
  return percentage.type->Is(TypeKind::kArray) ? DataType::Array(std::move(one), false) : one;
}

// percentile(value, percentage[, frequency])
base::Result<ExpressionPtr> ResolvePercentile(const Function& function, Expressions arguments,
                                              const CallShape& shape, const ResolveContext& context) {
  if (arguments.size() == 2) arguments.push_back(LongLiteral(1));
  auto text = CallText(function, arguments);
  auto value = CoerceToSlot(arguments[0], Slot::kNumericOrAnsiInterval, context.settings);
  if (!value) return UnexpectedInput(text, *arguments[0], 0, SlotName(Slot::kNumericOrAnsiInterval));
  HEARTH_ASSIGN(auto percentage, TakePercentage(text, 1, arguments[1], context));
  auto frequency = arguments[2];
  if (frequency->type->Is(TypeKind::kNull))
    frequency = CoerceTo(frequency, DataType::Integer(), context.settings);
  if (!frequency->type->IsIntegral()) return UnexpectedInput(text, *frequency, 2, SlotName(Slot::kIntegral));
  auto type = PercentileType(*percentage, IntervalOrDouble(*(*value)->type));
  frequency = CoerceTo(frequency, DataType::Long(), context.settings);
  return WithDisplay(
      BuildCall(function, {*value, percentage, frequency}, std::move(type), true, shape, context), text);
}

base::Result<ExpressionPtr> ResolveMedian(const Function& function, Expressions arguments,
                                          const CallShape& shape, const ResolveContext& context) {
  auto text = CallText(function, arguments);
  auto half = MakeLiteral(Value{0.5}, DataType::Double());
  HEARTH_ASSIGN(auto call, ResolveCall(BuiltInFunction("percentile"), {arguments[0], half}, shape, context));
  return WithDisplay(call, text);
}

base::Error MissingWithinGroup(const Function& function) {
  return base::MakeError(base::ErrorKind::kAnalysis, "INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING",
                         fmt::format("{} needs WITHIN GROUP (ORDER BY ...).", function.name),
                         {{"funcName", QuoteIdentifier(function.name)}});
}

// percentile_cont(p) and percentile_disc(p) WITHIN GROUP (ORDER BY value [DESC])
base::Result<ExpressionPtr> ResolveOrderedPercentile(const Function& function, Expressions arguments,
                                                     const CallShape& shape, const ResolveContext& context) {
  if (shape.order.empty()) return MissingWithinGroup(function);
  if (shape.order.size() != 1) {
    return base::MakeError(base::ErrorKind::kAnalysis, "INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS",
                           fmt::format("{} needs exactly one ordering.", function.name),
                           {{"funcName", QuoteIdentifier(function.name)},
                            {"expectedNum", "1"},
                            {"actualNum", std::to_string(shape.order.size())}});
  }
  const auto& key = shape.order[0];
  auto text = fmt::format("{}({}) WITHIN GROUP (ORDER BY {}{})", function.name, OutputName(*arguments[0]),
                          OutputName(*key.expression), key.ascending ? "" : " DESC");
  auto value = CoerceToSlot(key.expression, Slot::kNumericOrAnsiInterval, context.settings);
  if (!value) return UnexpectedInput(text, *key.expression, 0, SlotName(Slot::kNumericOrAnsiInterval));
  HEARTH_ASSIGN(auto percentage, TakePercentage(text, 1, arguments[0], context));
  auto type = PercentileType(*percentage, IntervalOrDouble(*(*value)->type));
  CallShape own = shape;
  own.order[0].expression = *value;
  return WithDisplay(BuildCall(function, {percentage}, std::move(type), true, own, context), text);
}

// percentile_approx(value, percentage[, accuracy]) answers with one of the values.
base::Result<ExpressionPtr> ResolvePercentileApprox(const Function& function, Expressions arguments,
                                                    const CallShape& shape, const ResolveContext& context) {
  if (arguments.size() == 2) arguments.push_back(IntegerLiteral(10000));
  auto text = CallText(function, arguments);
  auto value = arguments[0];
  const auto& from = *value->type;
  if (!from.IsNumeric() && !from.IsDateTime() && !from.IsAnsiInterval()) {
    auto number = CoerceToSlot(value, Slot::kNumeric, context.settings);
    if (!number) {
      return UnexpectedInput(text, *value, 0,
                             "(\"NUMERIC\" or \"DATE\" or \"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or "
                             "\"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\")");
    }
    value = *number;
  }
  HEARTH_ASSIGN(auto percentage, TakePercentage(text, 1, arguments[1], context));
  if (!arguments[2]->type->IsIntegral())
    return UnexpectedInput(text, *arguments[2], 2, SlotName(Slot::kIntegral));
  if (!IsFoldable(*arguments[2])) return NotFoldable(text, "accuracy", *arguments[2]->type, *arguments[2]);
  if (auto accuracy = ConstantInteger(*arguments[2]);
      accuracy && (*accuracy <= 0 || *accuracy > 2147483647)) {
    return OutOfRange(text, "accuracy", "(0, 2147483647]", fmt::format("{}L", *accuracy));
  }
  auto accuracy = CoerceTo(arguments[2], DataType::Long(), context.settings);
  auto type = PercentileType(*percentage, value->type);
  return WithDisplay(
      BuildCall(function, {value, percentage, accuracy}, std::move(type), true, shape, context), text);
}

// mode(value[, deterministic]), mode() WITHIN GROUP (ORDER BY value)
base::Result<ExpressionPtr> ResolveMode(const Function& function, Expressions arguments,
                                        const CallShape& shape, const ResolveContext& context) {
  CallShape own = shape;
  std::string text = CallText(function, arguments);
  bool smallest = false;  // on a tie, the smallest (or with a descending order the largest) value
  bool ascending = true;
  if (arguments.empty() && shape.order.size() == 1) {
    arguments.push_back(shape.order[0].expression);
    smallest = true;
    ascending = shape.order[0].ascending;
    own.order.clear();
  } else if (arguments.size() == 2) {
    const auto* flag = arguments[1]->As<Literal>();
    if (!flag || !arguments[1]->type->Is(TypeKind::kBoolean))
      return UnexpectedInput(text, *arguments[1], 1, "\"BOOLEAN\"");
    smallest = !flag->value.IsNull() && std::get<bool>(flag->value.data);
    arguments.pop_back();
    text = CallText(function, arguments);
  }
  if (arguments.empty()) return MissingWithinGroup(function);
  if (smallest) {
    text = fmt::format("mode() WITHIN GROUP (ORDER BY {}{})", OutputName(*arguments[0]),
                       ascending ? " DESC" : "");
  }
  if (arguments[0]->type->Is(TypeKind::kMap)) return NotOrderable("mode", text, *arguments[0]->type);
  auto type = arguments[0]->type;
  Expressions operands = {arguments[0], BooleanLiteral(smallest), BooleanLiteral(ascending)};
  return WithDisplay(BuildCall(function, std::move(operands), std::move(type), true, own, context), text);
}

base::Result<ExpressionPtr> ResolveApproxCount(const Function& function, Expressions arguments,
                                               const CallShape& shape, const ResolveContext& context) {
  auto text = PlainCallText(function.name, {arguments[0]});
  if (arguments.size() == 1) arguments.push_back(MakeLiteral(Value{0.05}, DataType::Double()));
  auto deviation = CoerceToSlot(arguments[1], Slot::kDouble, context.settings);
  if (!deviation) return UnexpectedInput(text, *arguments[1], 1, SlotName(Slot::kDouble));
  arguments[1] = *deviation;
  if (const auto number = LiteralNumber(**deviation)) {
    // Fewer than four bits would number the registers.
    if (2.0 * std::log(1.106 / *number) / std::log(2.0) <= 3.0) {
      return base::MakeError(base::ErrorKind::kAnalysis, "FAILED_FUNCTION_CALL",
                             "The relative deviation of approx_count_distinct is too large.",
                             {{"funcName", "`approx_count_distinct`"}});
    }
    arguments[1] = MakeLiteral(Value{*number}, DataType::Double());
  }
  return WithDisplay(BuildCall(function, std::move(arguments), DataType::Long(), false, shape, context),
                     text);
}

base::Result<ExpressionPtr> ResolveHistogram(const Function& function, Expressions arguments,
                                             const CallShape& shape, const ResolveContext& context) {
  const auto& from = *arguments[0]->type;
  if (!from.IsNumeric() && !from.IsDateTime() && !from.IsAnsiInterval()) {
    return UnexpectedInput(function, arguments, 0,
                           "(\"NUMERIC\" or \"DATE\" or \"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or "
                           "\"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\")");
  }
  auto bins = CoerceToSlot(arguments[1], Slot::kInteger, context.settings);
  if (!bins) return UnexpectedInput(function, arguments, 1, SlotName(Slot::kInteger));
  if (!IsFoldable(*arguments[1]))
    return NotFoldable(CallText(function, arguments), "nb", *DataType::Integer(), *arguments[1]);
  auto type = DataType::Array(
      DataType::Struct({{"x", arguments[0]->type, true, {}}, {"y", DataType::Double(), true, {}}}));
  return BuildCall(function, {arguments[0], *bins}, std::move(type), true, shape, context);
}

void AddMoments(FunctionTable& table) {
  const std::vector<Slot> one = {Slot::kDouble};
  for (const char* name : {"stddev_samp", "stddev_pop", "var_samp", "var_pop", "skewness", "kurtosis"}) {
    table.Add({.name = name,
               .kind = FunctionKind::kAggregate,
               .slots = one,
               .result = &ReturnsDouble,
               .nulls = NullRule::kAlways});
  }
  table.AddAlias("stddev", "stddev_samp");
  table.AddAlias("std", "stddev_samp");
  table.AddAlias("variance", "var_samp");
  const std::vector<Slot> two = {Slot::kDouble, Slot::kDouble};
  for (const char* name : {"corr", "covar_pop", "covar_samp", "regr_avgx", "regr_avgy", "regr_sxx",
                           "regr_syy", "regr_sxy", "regr_slope", "regr_intercept", "regr_r2"}) {
    table.Add({.name = name,
               .kind = FunctionKind::kAggregate,
               .slots = two,
               .result = &ReturnsDouble,
               .nulls = NullRule::kAlways});
  }
  table.Add({.name = "regr_count",
             .kind = FunctionKind::kAggregate,
             .slots = two,
             .result = &ReturnsLong,
             .nulls = NullRule::kNever});
}

}  // namespace

void AddStatisticalAggregates(FunctionTable& table) {
  const auto kind = FunctionKind::kAggregate;
  const std::vector<Slot> two = {Slot::kAny, Slot::kAny};
  const std::vector<Slot> three = {Slot::kAny, Slot::kAny, Slot::kAny};
  AddMoments(table);
  table.Add(
      {.name = "percentile", .kind = kind, .slots = three, .optional = 1, .resolve = &ResolvePercentile});
  table.Add({.name = "median", .kind = kind, .slots = {Slot::kAny}, .resolve = &ResolveMedian});
  for (const char* name : {"percentile_cont", "percentile_disc"}) {
    table.Add({.name = name,
               .kind = kind,
               .slots = {Slot::kAny},
               .resolve = &ResolveOrderedPercentile,
               .takes_order = true});
  }
  table.Add({.name = "percentile_approx",
             .kind = kind,
             .slots = three,
             .optional = 1,
             .resolve = &ResolvePercentileApprox});
  table.AddAlias("approx_percentile", "percentile_approx");
  table.Add({.name = "mode",
             .kind = kind,
             .slots = two,
             .optional = 2,
             .resolve = &ResolveMode,
             .takes_order = true});
  table.Add({.name = "approx_count_distinct",
             .kind = kind,
             .slots = two,
             .optional = 1,
             .resolve = &ResolveApproxCount});
  // No query can name it; the clients' DataFrame function can.
  table.Add({.name = "product",
             .kind = kind,
             .slots = {Slot::kDouble},
             .result = &ReturnsDouble,
             .nulls = NullRule::kAlways,
             .is_internal = true});
  table.Add({.name = "histogram_numeric", .kind = kind, .slots = two, .resolve = &ResolveHistogram});
}

}  // namespace hearth::plan
