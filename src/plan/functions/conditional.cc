// Functions that choose one of their arguments: CASE, IF, coalesce and its kin, greatest and least; and those
// that fail on purpose.
#include <fmt/format.h>

#include "plan/functions/families.h"
#include "plan/functions/mismatch.h"
#include "plan/functions/result_rules.h"
#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

constexpr std::string_view kBooleanType = "\"BOOLEAN\"";

// ("INT" or "STRING"), as coalesce prints its types.
std::string AlternativeTypes(std::span<const TypePtr> types) {
  std::string text;
  for (const auto& type : types) text += (text.empty() ? "" : " or ") + QuotedType(*type);
  return "(" + text + ")";
}

// An untyped NULL as the condition of IF is a boolean; anything else must be one already.
bool TakeCondition(ExpressionPtr& condition, const AnalysisSettings& settings) {
  if (condition->type->Is(TypeKind::kNull)) condition = CoerceTo(condition, DataType::Boolean(), settings);
  return condition->type->Is(TypeKind::kBoolean);
}

// when(condition, value, …[, otherwise])
base::Result<ExpressionPtr> ResolveCase(const Function& function, Expressions arguments,
                                        const CallShape& shape, const ResolveContext& context) {
  bool has_otherwise = arguments.size() % 2 == 1;
  std::vector<size_t> values;
  for (size_t i = 1; i < arguments.size(); i += 2) values.push_back(i);
  if (has_otherwise) values.push_back(arguments.size() - 1);
  std::vector<TypePtr> types;
  for (size_t position : values) types.push_back(arguments[position]->type);
  auto common = FindCommonType(types, context.settings);
  if (!common) return DifferentTypes("casewhen", CallText(function, arguments), TypeList(types));
  Expressions operands = arguments;
  for (size_t i = 0; i + 1 < operands.size(); i += 2) {
    if (!operands[i]->type->Is(TypeKind::kBoolean)) {
      return UnexpectedInput(CallText(function, arguments), *arguments[i], i / 2, kBooleanType);
    }
  }
  // What follows a condition that is the constant true does not count.
  bool nullable = false;
  bool decided = false;
  for (size_t position : values) {
    operands[position] = CoerceTo(operands[position], *common, context.settings);
    if (decided) continue;
    nullable = nullable || operands[position]->nullable;
    if (position % 2 == 1) {
      const auto* condition = operands[position - 1]->As<Literal>();
      decided = condition && !condition->value.IsNull() && std::get<bool>(condition->value.data);
    }
  }
  nullable = nullable || (!decided && !has_otherwise);
  return BuildCall(function, std::move(operands), *common, nullable, shape, context);
}

base::Result<ExpressionPtr> ResolveIf(const Function& function, Expressions arguments, const CallShape& shape,
                                      const ResolveContext& context) {
  Expressions operands = arguments;
  if (!TakeCondition(operands[0], context.settings))
    return UnexpectedInput(function, arguments, 0, kBooleanType);
  std::vector<TypePtr> types = {operands[1]->type, operands[2]->type};
  auto common = FindCommonType(types, context.settings);
  if (!common) return DifferentTypes("if", CallText(function, arguments), TypeList(types));
  for (size_t i = 1; i < 3; ++i) operands[i] = CoerceTo(operands[i], *common, context.settings);
  bool nullable = operands[1]->nullable || operands[2]->nullable;
  return BuildCall(function, std::move(operands), *common, nullable, shape, context);
}

// coalesce; nvl and ifnull are it under their own names.
base::Result<ExpressionPtr> ResolveCoalesce(const Function& function, Expressions arguments,
                                            const CallShape& shape, const ResolveContext& context) {
  auto types = TypesOf(arguments);
  auto common = FindCommonType(types, context.settings);
  if (!common)
    return DifferentTypes("coalesce", PlainCallText("coalesce", arguments), AlternativeTypes(types));
  Expressions operands = arguments;
  bool nullable = true;
  for (auto& operand : operands) {
    operand = CoerceTo(operand, *common, context.settings);
    nullable = nullable && operand->nullable;
  }
  const auto& coalesce = function.name == "coalesce" ? function : BuiltInFunction("coalesce");
  auto call = BuildCall(coalesce, std::move(operands), *common, nullable, shape, context);
  if (function.name == "coalesce") return call;
  return WithDisplay(call, PlainCallText(function.name, arguments));
}

base::Result<ExpressionPtr> ResolveNvl2(const Function& function, Expressions arguments, const CallShape&,
                                        const ResolveContext& context) {
  HEARTH_ASSIGN(auto present, ResolveCall("isnotnull", {arguments[0]}, context));
  HEARTH_ASSIGN(auto choice, ResolveCall("if", {present, arguments[1], arguments[2]}, context));
  return WithDisplay(choice, PlainCallText(function.name, arguments));
}

// if(value = other, null, value)
base::Result<ExpressionPtr> NullWhenEqual(const ExpressionPtr& value, const ExpressionPtr& other,
                                          std::string display, const ResolveContext& context) {
  HEARTH_ASSIGN(auto equal, ResolveCall("==", {value, other}, context));
  HEARTH_ASSIGN(auto choice, ResolveCall("if", {equal, NullLiteral(value->type), value}, context));
  return WithDisplay(choice, std::move(display));
}

base::Result<ExpressionPtr> ResolveNullIf(const Function& function, Expressions arguments, const CallShape&,
                                          const ResolveContext& context) {
  return NullWhenEqual(arguments[0], arguments[1], PlainCallText(function.name, arguments), context);
}

base::Result<ExpressionPtr> ResolveNullIfZero(const Function& function, Expressions arguments,
                                              const CallShape&, const ResolveContext& context) {
  return NullWhenEqual(arguments[0], IntegerLiteral(0), PlainCallText(function.name, arguments), context);
}

base::Result<ExpressionPtr> ResolveZeroIfNull(const Function& function, Expressions arguments,
                                              const CallShape&, const ResolveContext& context) {
  HEARTH_ASSIGN(auto value, ResolveCall("coalesce", {arguments[0], IntegerLiteral(0)}, context));
  return WithDisplay(value, PlainCallText(function.name, arguments));
}

base::Result<ExpressionPtr> ResolveExtreme(const Function& function, Expressions arguments,
                                           const CallShape& shape, const ResolveContext& context) {
  auto types = TypesOf(arguments);
  auto common = FindCommonTypeWithoutStrings(types, context.settings);
  if (!common) return DifferentTypes(function.name, CallText(function, arguments), TypeList(types));
  if (!IsOrderable(**common)) return NotOrderable(function.name, CallText(function, arguments), **common);
  bool nullable = true;
  for (auto& argument : arguments) {
    argument = CoerceTo(argument, *common, context.settings);
    nullable = nullable && argument->nullable;
  }
  return BuildCall(function, std::move(arguments), *common, nullable, shape, context);
}

base::Result<ExpressionPtr> ResolveNanvl(const Function& function, Expressions arguments,
                                         const CallShape& shape, const ResolveContext& context) {
  bool floats = arguments[0]->type->Is(TypeKind::kFloat) && arguments[1]->type->Is(TypeKind::kFloat);
  if (!floats) HEARTH_RETURN_IF_ERROR(CoerceArguments(function, arguments, context));
  auto type = arguments[0]->type;
  bool nullable = arguments[0]->nullable || arguments[1]->nullable;
  return BuildCall(function, std::move(arguments), std::move(type), nullable, shape, context);
}

base::Result<ExpressionPtr> ResolveEqualNull(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext& context) {
  auto display = PlainCallText(function.name, arguments);
  HEARTH_ASSIGN(auto equal, ResolveCall("<=>", std::move(arguments), context));
  return WithDisplay(equal, std::move(display));
}

base::Result<ExpressionPtr> ResolveRaiseError(const Function& function, Expressions arguments,
                                              const CallShape& shape, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CoerceArguments(function, arguments, context));
  auto display =
      fmt::format("raise_error(USER_RAISED_EXCEPTION, map(errorMessage, {}))", OutputName(*arguments[0]));
  return WithDisplay(BuildCall(function, std::move(arguments), DataType::Null(), true, shape, context),
                     std::move(display));
}

base::Result<ExpressionPtr> ResolveAssertTrue(const Function& function, Expressions arguments,
                                              const CallShape&, const ResolveContext& context) {
  if (arguments.size() == 1) {
    arguments.push_back(StringLiteral(fmt::format("'{}' is not true!", OutputName(*arguments[0]))));
  }
  auto display = PlainCallText(function.name, arguments);
  auto condition = CoerceToSlot(arguments[0], Slot::kBoolean, context.settings);
  if (!condition) return UnexpectedInput(display, *arguments[0], 0, kBooleanType);
  HEARTH_ASSIGN(auto failure, ResolveCall("raise_error", {arguments[1]}, context));
  HEARTH_ASSIGN(auto choice,
                ResolveCall("if", {*condition, NullLiteral(DataType::Null()), failure}, context));
  return WithDisplay(choice, std::move(display));
}

}  // namespace

void AddConditionalFunctions(FunctionTable& table) {
  const std::vector<Slot> one = {Slot::kAny};
  const std::vector<Slot> two = {Slot::kAny, Slot::kAny};
  const std::vector<Slot> three = {Slot::kAny, Slot::kAny, Slot::kAny};
  table.Add({.name = "when", .slots = three, .variadic = true, .resolve = &ResolveCase});
  table.Add({.name = "if", .slots = three, .resolve = &ResolveIf});
  table.Add({.name = "coalesce", .slots = two, .variadic = true, .resolve = &ResolveCoalesce});
  table.Add({.name = "nvl", .slots = two, .resolve = &ResolveCoalesce});
  table.Add({.name = "ifnull", .slots = two, .resolve = &ResolveCoalesce});
  table.Add({.name = "nvl2", .slots = three, .resolve = &ResolveNvl2});
  table.Add({.name = "nullif", .slots = two, .resolve = &ResolveNullIf});
  table.Add({.name = "nullifzero", .slots = one, .resolve = &ResolveNullIfZero});
  table.Add({.name = "zeroifnull", .slots = one, .resolve = &ResolveZeroIfNull});
  table.Add({.name = "greatest", .slots = three, .variadic = true, .resolve = &ResolveExtreme});
  table.Add({.name = "least", .slots = three, .variadic = true, .resolve = &ResolveExtreme});
  table.Add({.name = "nanvl", .slots = {Slot::kDouble, Slot::kDouble}, .resolve = &ResolveNanvl});
  table.Add({.name = "equal_null", .slots = two, .resolve = &ResolveEqualNull});
  table.Add({.name = "raise_error",
             .slots = {Slot::kString},
             .resolve = &ResolveRaiseError,
             .deterministic = false});
  table.Add({.name = "assert_true", .slots = two, .optional = 1, .resolve = &ResolveAssertTrue});
}

}  // namespace hearth::plan
