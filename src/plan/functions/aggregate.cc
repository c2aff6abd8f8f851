// Aggregate functions over one group: counts, sums, extremes, collections, truth, bits.
#include "plan/functions/aggregate.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/functions/families.h"
#include "plan/functions/mismatch.h"
#include "plan/functions/result_rules.h"
#include "plan/resolved/rewrite.h"
#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

constexpr std::string_view kNumericOrInterval = "\"NUMERIC\" or \"ANSI INTERVAL\"";

TypePtr BoundedDecimal(const DataType& type, int more_digits, int more_scale) {
  return DataType::Decimal(std::min(type.precision() + more_digits, DataType::kMaxPrecision),
                           std::min(type.scale() + more_scale, DataType::kMaxPrecision));
}

TypePtr SumType(const TypePtr& type) {
  if (type->Is(TypeKind::kDecimal)) return BoundedDecimal(*type, 10, 0);
  if (type->IsIntegral()) return DataType::Long();
  return type->IsInterval() ? type : DataType::Double();
}

TypePtr AverageType(const TypePtr& type) {
  if (type->Is(TypeKind::kDecimal)) return BoundedDecimal(*type, 4, 4);
  if (type->Is(TypeKind::kYearMonthInterval)) return DataType::YearMonthInterval();
  if (type->Is(TypeKind::kDayTimeInterval)) return DataType::DayTimeInterval();
  return DataType::Double();
}

// sum, avg and their try_ forms
base::Result<ExpressionPtr> ResolveSum(const Function& function, Expressions arguments,
                                       const CallShape& shape, const ResolveContext& context) {
  auto value = CoerceToSlot(arguments[0], Slot::kNumericOrAnsiInterval, context.settings);
  if (!value) return UnexpectedInput(function, arguments, 0, kNumericOrInterval);
  bool averages = function.name == "avg" || function.name == "try_avg";
  auto type = averages ? AverageType((*value)->type) : SumType((*value)->type);
  return BuildCall(function, {*value}, std::move(type), true, shape, context);
}

base::Result<ExpressionPtr> ResolveCount(const Function& function, Expressions arguments,
                                         const CallShape& shape, const ResolveContext& context) {
  if (arguments.empty()) {
    return base::MakeError(base::ErrorKind::kAnalysis, "WRONG_NUM_ARGS.WITH_SUGGESTION",
                           "`count` needs at least one argument.",
                           {{"functionName", "`count`"},
                            {"expectedNum", " >= 1"},
                            {"actualNum", "0"},
                            {"legacyNum", "0"},
                            {"legacyConfKey", "\"spark.sql.legacy.allowParameterlessCount\""},
                            {"legacyConfValue", "\"true\""}});
  }
  return BuildCall(function, std::move(arguments), DataType::Long(), false, shape, context);
}

// first, last, any_value: the optional second argument is IGNORE NULLS as a boolean.
base::Result<ExpressionPtr> ResolveFirst(const Function& function, Expressions arguments,
                                         const CallShape& shape, const ResolveContext& context) {
  CallShape own = shape;
  if (arguments.size() == 2) {
    const auto* flag = arguments[1]->As<Literal>();
    if (!flag || !arguments[1]->type->Is(TypeKind::kBoolean) || flag->value.IsNull()) {
      return UnexpectedInput(function, arguments, 1, SlotName(Slot::kBoolean));
    }
    own.ignore_nulls = own.ignore_nulls || std::get<bool>(flag->value.data);
    arguments.pop_back();
  }
  auto type = arguments[0]->type;
  // IGNORE NULLS loses the name that was written: first_value prints as first.
  const auto& chosen = shape.ignore_nulls ? BuiltInFunction(function.name) : function;
  return BuildCall(chosen, std::move(arguments), std::move(type), true, own, context);
}

bool ContainsMap(const DataType& type) {
  if (type.Is(TypeKind::kMap)) return true;
  if (type.Is(TypeKind::kArray)) return ContainsMap(*type.element());
  if (!type.Is(TypeKind::kStruct)) return false;
  return std::any_of(type.fields().begin(), type.fields().end(),
                     [](const Field& field) { return ContainsMap(*field.type); });
}

base::Result<ExpressionPtr> ResolveCollect(const Function& function, Expressions arguments,
                                           const CallShape& shape, const ResolveContext& context) {
  if (function.name == "collect_set" && ContainsMap(*arguments[0]->type)) {
    auto text = CallText(function, arguments);
    return MismatchError("UNSUPPORTED_INPUT_TYPE", "maps cannot be compared.",
                         {{"sqlExpr", "\"" + text + "\""},
                          {"functionName", "`collect_set`"},
                          {"dataType", "\"MAP\" or \"COLLATED STRING\""}});
  }
  auto display = CallText(function, arguments) + " RESPECT NULLS";
  auto type = DataType::Array(arguments[0]->type, shape.respect_nulls);
  // The engine's function for the lists that keep their nulls is another one.
  const auto& chosen = shape.respect_nulls ? BuiltInFunction(function.name + "_with_nulls") : function;
  auto call = BuildCall(chosen, std::move(arguments), std::move(type), false, shape, context);
  return shape.respect_nulls ? WithDisplay(call, std::move(display)) : call;
}

// A small whole number known now: a literal, a text of one, a sum of two; null is zero.
std::optional<int64_t> SmallConstant(const Expression& expression) {
  if (const auto* cast = expression.As<Cast>()) return SmallConstant(*cast->child);
  if (const auto* literal = expression.As<Literal>()) {
    if (literal->value.IsNull()) return 0;
    if (const auto* number = std::get_if<int64_t>(&literal->value.data)) return *number;
    const auto* text = std::get_if<std::string>(&literal->value.data);
    const bool digits = text && !text->empty() && text->size() < 10 &&
                        std::all_of(text->begin(), text->end(), [](char c) { return c >= '0' && c <= '9'; });
    return digits ? std::optional<int64_t>(std::stoll(*text)) : std::nullopt;
  }
  const auto* call = expression.As<Call>();
  if (!call || call->arguments.size() != 2) return std::nullopt;
  const auto left = SmallConstant(*call->arguments[0]);
  const auto right = SmallConstant(*call->arguments[1]);
  if (!left || !right || std::abs(*left) > 100000 || std::abs(*right) > 100000) return std::nullopt;
  if (call->function->name == "+") return *left + *right;
  if (call->function->name == "-") return *left - *right;
  return call->function->name == "*" ? std::optional(*left * *right) : std::nullopt;
}

// max_by, min_by: the second argument must have an order.
base::Result<ExpressionPtr> ResolveExtremeBy(const Function& function, Expressions arguments,
                                             const CallShape& shape, const ResolveContext& context) {
  if (!IsOrderable(*arguments[1]->type)) {
    return NotOrderable(function.name, CallText(function, arguments), *arguments[1]->type);
  }
  auto type = arguments[0]->type;
  if (arguments.size() == 3) {
    // The values of the k rows that come first.
    const auto text = CallText(function, arguments);
    const auto& number = *arguments[2]->type;
    if (!(number.IsIntegral() && !number.Is(TypeKind::kLong)) && !number.IsString() &&
        !number.Is(TypeKind::kNull)) {
      return UnexpectedInput(text, *arguments[2], 2, SlotName(Slot::kInteger));
    }
    if (!IsFoldable(*arguments[2])) {
      auto error = NotFoldable(text, "k", *DataType::Integer(), *arguments[2]);
      // Here Spark prints the expression and the type without quotes.
      error.parameters["inputType"] = number.CatalogString();
      return error;
    }
    const auto count = SmallConstant(*arguments[2]);
    if (!count) return base::NotImplemented("a computed number of rows in " + text);
    if (*count < 1 || *count > 100000) return OutOfRange(text, "`k`", "[1, 100000]", std::to_string(*count));
    arguments[2] = LongLiteral(*count);
    type = DataType::Array(std::move(type), true);
    return WithDisplay(BuildCall(function, std::move(arguments), std::move(type), true, shape, context),
                       text);
  }
  return BuildCall(function, std::move(arguments), std::move(type), true, shape, context);
}

// bit_and, bit_or, bit_xor take integers alone.
base::Result<ExpressionPtr> ResolveBits(const Function& function, Expressions arguments,
                                        const CallShape& shape, const ResolveContext& context) {
  auto value = arguments[0];
  if (value->type->Is(TypeKind::kNull)) value = CoerceTo(value, DataType::Integer(), context.settings);
  if (!value->type->IsIntegral()) return UnexpectedInput(function, arguments, 0, SlotName(Slot::kIntegral));
  auto type = value->type;
  return BuildCall(function, {std::move(value)}, std::move(type), true, shape, context);
}

// listagg, string_agg: text or bytes joined by a constant delimiter, none by default.
base::Result<ExpressionPtr> ResolveListAgg(const Function& function, Expressions arguments,
                                           const CallShape& shape, const ResolveContext& context) {
  if (arguments.size() == 1) arguments.push_back(NullLiteral(DataType::Null()));
  auto value = CoerceToSlot(arguments[0], Slot::kStringOrBinary, context.settings);
  if (!value) return UnexpectedInput(function, arguments, 0, SlotName(Slot::kStringOrBinary));
  auto type = (*value)->type;
  auto delimiter = CoerceToSlot(arguments[1], type->Is(TypeKind::kBinary) ? Slot::kBinary : Slot::kString,
                                context.settings);
  if (!delimiter) return UnexpectedInput(function, arguments, 1, QuotedType(*type));
  if (!IsFoldable(**delimiter)) {
    return NotFoldable(CallText(function, arguments), "delimiter", *(*delimiter)->type, **delimiter);
  }
  // WITHIN GROUP loses the name that was written.
  const auto& chosen = shape.order.empty() ? function : BuiltInFunction(function.name);
  return BuildCall(chosen, {*value, *delimiter}, std::move(type), true, shape, context);
}

// collect_union: the different elements of all arrays, nulls left out.
base::Result<ExpressionPtr> ResolveCollectUnion(const Function& function, Expressions arguments,
                                                const CallShape& shape, const ResolveContext& context) {
  const auto& type = *arguments[0]->type;
  if (!type.Is(TypeKind::kArray)) return UnexpectedInput(function, arguments, 0, "\"ARRAY\"");
  if (ContainsMap(type)) return base::NotImplemented("collect_union of maps");
  auto result = DataType::Array(type.element(), false);
  return BuildCall(function, std::move(arguments), std::move(result), false, shape, context);
}

base::Result<ExpressionPtr> ResolveGroupingId(const Function& function, Expressions arguments,
                                              const CallShape& shape, const ResolveContext& context) {
  return BuildCall(function, std::move(arguments), DataType::Long(), false, shape, context);
}

void AddSums(FunctionTable& table) {
  for (const char* name : {"sum", "avg", "try_sum", "try_avg"}) {
    table.Add(
        {.name = name, .kind = FunctionKind::kAggregate, .slots = {Slot::kAny}, .resolve = &ResolveSum});
  }
  table.AddAlias("mean", "avg");
  table.Add({.name = "count", .kind = FunctionKind::kAggregate, .resolve = &ResolveCount});
  table.Add({.name = "count_if",
             .kind = FunctionKind::kAggregate,
             .slots = {Slot::kBoolean},
             .result = &ReturnsLong,
             .nulls = NullRule::kNever});
  for (const char* name : {"bool_and", "bool_or"}) {
    table.Add({.name = name,
               .kind = FunctionKind::kAggregate,
               .slots = {Slot::kBoolean},
               .result = &ReturnsBoolean,
               .nulls = NullRule::kAlways});
  }
  table.AddAlias("every", "bool_and");
  table.AddAlias("some", "bool_or");
  table.AddAlias("any", "bool_or");
  for (const char* name : {"bit_and", "bit_or", "bit_xor"}) {
    table.Add(
        {.name = name, .kind = FunctionKind::kAggregate, .slots = {Slot::kAny}, .resolve = &ResolveBits});
  }
}

void AddChoices(FunctionTable& table) {
  const std::vector<Slot> two = {Slot::kAny, Slot::kAny};
  for (const char* name : {"min", "max"}) {
    table.Add({.name = name,
               .kind = FunctionKind::kAggregate,
               .slots = {Slot::kOrderable},
               .result = &ReturnsFirst,
               .nulls = NullRule::kAlways});
  }
  for (const char* name : {"first", "last", "any_value"}) {
    table.Add({.name = name,
               .kind = FunctionKind::kAggregate,
               .slots = two,
               .optional = 1,
               .resolve = &ResolveFirst,
               .takes_null_treatment = true});
  }
  table.AddAlias("first_value", "first");
  table.AddAlias("last_value", "last");
  for (const char* name : {"max_by", "min_by"}) {
    table.Add({.name = name,
               .kind = FunctionKind::kAggregate,
               .slots = {Slot::kAny, Slot::kAny, Slot::kAny},
               .optional = 1,
               .resolve = &ResolveExtremeBy});
  }
}

}  // namespace

void AddAggregateFunctions(FunctionTable& table) {
  AddSums(table);
  AddChoices(table);
  for (const std::string name : {"collect_list", "collect_set"}) {
    table.Add({.name = name,
               .kind = FunctionKind::kAggregate,
               .slots = {Slot::kAny},
               .resolve = &ResolveCollect,
               .takes_null_treatment = true});
    table.Add({.name = name + "_with_nulls",
               .kind = FunctionKind::kAggregate,
               .slots = {Slot::kAny},
               .resolve = &ResolveCollect,
               .is_internal = true});
  }
  table.Add({.name = "collect_list",
             .kind = FunctionKind::kAggregate,
             .slots = {Slot::kAny},
             .resolve = &ResolveCollect,
             .takes_null_treatment = true,
             .registered_name = "array_agg"});
  table.Add({.name = "listagg",
             .kind = FunctionKind::kAggregate,
             .slots = {Slot::kAny, Slot::kAny},
             .optional = 1,
             .resolve = &ResolveListAgg,
             .takes_order = true});
  table.AddAlias("string_agg", "listagg");
  table.Add({.name = "collect_union",
             .kind = FunctionKind::kAggregate,
             .slots = {Slot::kAny},
             .resolve = &ResolveCollectUnion});
  table.Add({.name = "grouping",
             .kind = FunctionKind::kAggregate,
             .slots = {Slot::kAny},
             .result = &ReturnsByte,
             .nulls = NullRule::kNever});
  table.Add({.name = "grouping_id", .kind = FunctionKind::kAggregate, .resolve = &ResolveGroupingId});
  AddStatisticalAggregates(table);
}

}  // namespace hearth::plan
