#include "plan/functions/comparison.h"

#include <fmt/format.h>

#include <limits>

#include "plan/functions/arithmetic.h"
#include "plan/functions/mismatch.h"
#include "plan/functions/result_rules.h"
#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

bool IsEquality(const Function& function) { return function.name == "==" || function.name == "<=>"; }

// The operator as INVALID_ORDERING_TYPE names it.
std::string_view Symbol(const Function& function) {
  return function.name == "==" ? std::string_view("=") : std::string_view(function.name);
}

const Int128* DecimalLiteralValue(const Expression& expression) {
  const auto* literal = expression.As<Literal>();
  if (!literal || !expression.type->Is(TypeKind::kDecimal)) return nullptr;
  return std::get_if<Int128>(&literal->value.data);
}

// The bigint next to the decimal, from below or above; nullopt outside bigint.
std::optional<int64_t> RoundedToLong(Int128 unscaled, int scale, bool up) {
  Int128 divisor = 1;
  for (int i = 0; i < scale; ++i) divisor *= 10;
  Int128 quotient = unscaled / divisor;
  Int128 rest = unscaled % divisor;
  if (up && rest > 0) ++quotient;
  if (!up && rest < 0) --quotient;
  if (quotient > std::numeric_limits<int64_t>::max() || quotient < std::numeric_limits<int64_t>::min()) {
    return std::nullopt;
  }
  return static_cast<int64_t>(quotient);
}

// An integer column against a decimal literal: the literal is rounded to the bigint that gives the same
// answer, so that the column keeps its type. a > 1.5 is a > 1. Outside bigint the answer is constant.
ExpressionPtr CompareIntegerWithDecimal(const Function& function, const Expressions& operands,
                                        const ResolveContext& context) {
  for (size_t i = 0; i < 2; ++i) {
    const auto* value = DecimalLiteralValue(*operands[i]);
    if (!value || !operands[1 - i]->type->IsIntegral()) continue;
    bool is_less = function.name[0] == '<';
    bool is_strict = function.name.size() == 1;
    bool literal_first = i == 0;
    // column > v, column <= v and their mirror images take the floor; the others the ceiling.
    bool column_greater = is_less == literal_first;
    bool up = column_greater != is_strict;
    auto bound = RoundedToLong(*value, operands[i]->type->scale(), up);
    if (!bound) return BooleanLiteral(column_greater == (*value < 0));
    Expressions sides = operands;
    sides[i] = LongLiteral(*bound);
    sides[1 - i] = CoerceTo(operands[1 - i], DataType::Long(), context.settings);
    bool nullable = sides[0]->nullable || sides[1]->nullable;
    return MakeCall(&function, std::move(sides), DataType::Boolean(), nullable, context.settings.ansi);
  }
  return nullptr;
}

// -1: not a number; else whether the literal is 0, 1 or another number (2).
int BooleanDigit(const Expression& expression) {
  const auto* literal = expression.As<Literal>();
  if (!literal || !expression.type->IsNumeric() || literal->value.IsNull()) return -1;
  if (const auto* value = std::get_if<int64_t>(&literal->value.data))
    return *value == 0 ? 0 : *value == 1 ? 1 : 2;
  if (const auto* value = std::get_if<Int128>(&literal->value.data)) {
    Int128 one = 1;
    for (int i = 0; i < expression.type->scale(); ++i) one *= 10;
    return *value == 0 ? 0 : *value == one ? 1 : 2;
  }
  return 2;
}

// Outside ANSI mode booleans equal numbers: by their truth for literals 0 and 1, else by the cast of the
// boolean.
base::Result<ExpressionPtr> CompareBooleanWithNumber(const Function& function, const Expressions& operands,
                                                     const ResolveContext& context) {
  for (size_t i = 0; i < 2; ++i) {
    const auto& flag = operands[i];
    const auto& number = operands[1 - i];
    if (!flag->type->Is(TypeKind::kBoolean) || !number->type->IsNumeric()) continue;
    int digit = BooleanDigit(*number);
    if (digit == 0 || digit == 1) {
      ExpressionPtr truth = flag;
      if (digit == 0) {
        HEARTH_ASSIGN(truth, ResolveCall("not", {flag}, context));
      }
      if (function.name == "==") return truth;
      HEARTH_ASSIGN(auto present, ResolveCall("isnotnull", {flag}, context));
      // isnotnull(flag) and flag: false, never null, where the flag is null.
      return MakeCall(&BuiltInFunction("and"), {present, truth}, DataType::Boolean(), false, false);
    }
    Expressions sides = operands;
    sides[i] = CoerceTo(flag, number->type, context.settings);
    return ResolveComparison(function, std::move(sides), {}, context);
  }
  return ExpressionPtr();
}

bool IsNullSafe(const Function& function) { return function.name == "<=>"; }

}  // namespace

base::Result<ExpressionPtr> ResolveComparison(const Function& function, Expressions arguments,
                                              const CallShape& shape, const ResolveContext& context) {
  const auto& settings = context.settings;
  if (!IsEquality(function)) {
    if (auto result = CompareIntegerWithDecimal(function, arguments, context)) return result;
  } else if (!settings.ansi) {
    HEARTH_ASSIGN(auto result, CompareBooleanWithNumber(function, arguments, context));
    if (result) return result;
  }
  Expressions operands = arguments;
  if (operands[0]->type->Is(TypeKind::kDecimal) != operands[1]->type->Is(TypeKind::kDecimal)) {
    for (auto& operand : operands) {
      if (operand->type->IsIntegral()) operand = DecimalOperand(operand, settings);
    }
  }
  auto common = FindComparisonType(*operands[0], *operands[1], settings);
  if (common) {
    for (auto& operand : operands) operand = CoerceTo(operand, *common, settings);
  } else if (operands[0]->type->SameIgnoringNamesAndNullability(*operands[1]->type)) {
    operands[1] = CoerceTo(operands[1], operands[0]->type, settings);
  } else {
    return DifferentOperands(function, arguments);
  }
  if (!IsOrderable(*operands[0]->type)) {
    return NotOrderable(Symbol(function), CallText(function, arguments), *operands[0]->type);
  }
  bool nullable = !IsNullSafe(function) && (operands[0]->nullable || operands[1]->nullable);
  return BuildCall(function, std::move(operands), DataType::Boolean(), nullable, shape, context);
}

base::Result<ExpressionPtr> ResolveNotEqual(const Function&, Expressions arguments, const CallShape&,
                                            const ResolveContext& context) {
  HEARTH_ASSIGN(auto equal, ResolveCall("==", std::move(arguments), context));
  return ResolveCall("not", {std::move(equal)}, context);
}

base::Result<ExpressionPtr> ResolveIn(const Function& function, Expressions arguments, const CallShape& shape,
                                      const ResolveContext& context) {
  auto types = TypesOf(arguments);
  auto common = FindCommonType(types, context.settings);
  // Structs compare by place, whatever their fields are called.
  if (!common && std::all_of(types.begin(), types.end(), [&](const TypePtr& type) {
        return type->SameIgnoringNamesAndNullability(*types[0]);
      })) {
    common = types[0];
  }
  if (!common) return DifferentTypes("in", CallText(function, arguments), TypeList(types));
  if (!IsOrderable(**common)) return NotOrderable("in", CallText(function, arguments), **common);
  bool nullable = false;
  for (auto& argument : arguments) {
    argument = CoerceTo(argument, *common, context.settings);
    nullable = nullable || argument->nullable;
  }
  return BuildCall(function, std::move(arguments), DataType::Boolean(), nullable, shape, context);
}

base::Result<ExpressionPtr> ResolveBetween(const Function& function, Expressions arguments,
                                           const CallShape& shape, const ResolveContext& context) {
  HEARTH_ASSIGN(auto lower, ResolveCall(">=", {arguments[0], arguments[1]}, context));
  HEARTH_ASSIGN(auto upper, ResolveCall("<=", {arguments[0], arguments[2]}, context));
  auto display = PlainCallText("between", arguments);
  const auto* from = lower->As<Call>();
  const auto* to = upper->As<Call>();
  // One comparison type: the value is looked at once.
  if (from && to && from->arguments[0]->type->SameIgnoringNullability(*to->arguments[0]->type)) {
    bool nullable = lower->nullable || upper->nullable;
    auto call = BuildCall(function, {from->arguments[0], from->arguments[1], to->arguments[1]},
                          DataType::Boolean(), nullable, shape, context);
    return WithDisplay(call, std::move(display));
  }
  HEARTH_ASSIGN(auto both, ResolveCall("and", {lower, upper}, context));
  return WithDisplay(both, std::move(display));
}

base::Result<ExpressionPtr> ResolveConnective(const Function& function, Expressions arguments,
                                              const CallShape& shape, const ResolveContext& context) {
  const auto& settings = context.settings;
  Expressions operands = arguments;
  if (settings.ansi) {
    if (auto type = FindTypeWithString(operands[0]->type, operands[1]->type, settings)) {
      for (auto& operand : operands) operand = CoerceTo(operand, *type, settings);
    }
  }
  bool any_boolean = operands[0]->type->Is(TypeKind::kBoolean) || operands[1]->type->Is(TypeKind::kBoolean);
  bool both_null = operands[0]->type->Is(TypeKind::kNull) && operands[1]->type->Is(TypeKind::kNull);
  for (auto& operand : operands) {
    if (operand->type->Is(TypeKind::kNull) && (any_boolean || both_null)) {
      operand = CoerceTo(operand, DataType::Boolean(), settings);
    }
  }
  if (!operands[0]->type->SameIgnoringNullability(*operands[1]->type))
    return DifferentOperands(function, operands);
  if (!operands[0]->type->Is(TypeKind::kBoolean))
    return WrongOperands(function, operands, OperandName(function.name));
  bool nullable = operands[0]->nullable || operands[1]->nullable;
  return BuildCall(function, std::move(operands), DataType::Boolean(), nullable, shape, context);
}

}  // namespace hearth::plan
