// The operators of SQL: arithmetic, comparison, boolean connectives, null tests.
#include <fmt/format.h>

#include "plan/functions/arithmetic.h"
#include "plan/functions/comparison.h"
#include "plan/functions/families.h"
#include "plan/functions/mismatch.h"
#include "plan/functions/result_rules.h"
#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

constexpr std::string_view kNumericOrInterval =
    "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL\")";

// Unary minus and plus: numbers, text as a double, intervals.
base::Result<ExpressionPtr> ResolveSigned(const Function& function, Expressions arguments,
                                          const CallShape& shape, const ResolveContext& context) {
  auto operand = arguments[0];
  if (operand->type->IsString() || operand->type->Is(TypeKind::kNull)) {
    operand = CoerceTo(operand, DataType::Double(), context.settings);
  }
  if (operand->type->IsInterval() && function.name == "negative") {
    HEARTH_ASSIGN(auto negated, ResolveCall("interval_negate", {operand}, context));
    return WithDisplay(negated, PlainCallText(function.registered_name, arguments));
  }
  if (!operand->type->IsNumeric() && !operand->type->IsInterval()) {
    return UnexpectedInput(
        fmt::format("({} {})", function.name == "negative" ? "-" : "+", OutputName(*operand)), *operand, 0,
        kNumericOrInterval);
  }
  auto type = operand->type;
  bool nullable = operand->nullable;
  return BuildCall(function, {std::move(operand)}, std::move(type), nullable, shape, context);
}

base::Result<ExpressionPtr> ResolveNot(const Function& function, Expressions arguments,
                                       const CallShape& shape, const ResolveContext& context) {
  auto operand = CoerceToSlot(arguments[0], Slot::kBoolean, context.settings);
  if (!operand) return UnexpectedInput(function, arguments, 0, SlotName(Slot::kBoolean));
  bool nullable = (*operand)->nullable;
  return BuildCall(function, {*operand}, DataType::Boolean(), nullable, shape, context);
}

void AddArithmetic(FunctionTable& table) {
  const std::vector<Slot> two = {Slot::kAny, Slot::kAny};
  for (const char* name : {"+", "-"})
    table.Add({.name = name, .slots = two, .optional = 1, .resolve = &ResolveArithmetic});
  for (const char* name : {"*", "/", "%", "div", "pmod"}) {
    table.Add({.name = name, .slots = two, .resolve = &ResolveArithmetic});
  }
  table.AddAlias("mod", "%");
  for (const char* name : {"try_add", "try_subtract", "try_multiply", "try_divide", "try_mod"}) {
    table.Add({.name = name, .slots = two, .resolve = &ResolveTryArithmetic});
  }
  // Null where its argument fails.
  table.Add({.name = "try_eval",
             .slots = {Slot::kAny},
             .result = &ReturnsFirst,
             .nulls = NullRule::kAlways,
             .is_internal = true});
  table.Add(
      {.name = "negative", .slots = {Slot::kAny}, .resolve = &ResolveSigned, .display_name = "negative"});
  table.Add({.name = "positive", .slots = {Slot::kAny}, .resolve = &ResolveSigned});
}

void AddComparison(FunctionTable& table) {
  const std::vector<Slot> two = {Slot::kAny, Slot::kAny};
  for (const char* name : {"==", "<=>", "<", "<=", ">", ">="}) {
    table.Add({.name = name, .slots = two, .resolve = &ResolveComparison});
  }
  table.AddAlias("=", "==");
  table.Add({.name = "!=", .slots = two, .resolve = &ResolveNotEqual});
  table.AddAlias("<>", "!=");
  table.Add({.name = "in", .slots = {Slot::kAny, Slot::kAny}, .variadic = true, .resolve = &ResolveIn});
  table.Add({.name = "between", .slots = {Slot::kAny, Slot::kAny, Slot::kAny}, .resolve = &ResolveBetween});
}

}  // namespace

void AddOperatorFunctions(FunctionTable& table) {
  AddArithmetic(table);
  AddComparison(table);
  const std::vector<Slot> two = {Slot::kAny, Slot::kAny};
  for (const char* name : {"and", "or"})
    table.Add({.name = name, .slots = two, .resolve = &ResolveConnective});
  table.Add({.name = "not", .slots = {Slot::kAny}, .resolve = &ResolveNot});
  table.AddAlias("!", "not");
  for (const char* name : {"isnull", "isnotnull"}) {
    table.Add({.name = name, .slots = {Slot::kAny}, .result = &ReturnsBoolean, .nulls = NullRule::kNever});
  }
  table.Add(
      {.name = "isnan", .slots = {Slot::kDouble}, .result = &ReturnsBoolean, .nulls = NullRule::kNever});
}

}  // namespace hearth::plan
