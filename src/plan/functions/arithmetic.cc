#include "plan/functions/arithmetic.h"

#include <fmt/format.h>

#include "plan/functions/mismatch.h"
#include "plan/functions/result_rules.h"
#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

bool Accepts(std::string_view op, const DataType& type) {
  if (op == "+" || op == "-") return type.IsNumeric() || type.IsInterval();
  if (op == "div") return type.Is(TypeKind::kLong) || type.Is(TypeKind::kDecimal) || type.IsAnsiInterval();
  if (op == "/") return type.Is(TypeKind::kDouble) || type.Is(TypeKind::kDecimal);
  return type.IsNumeric();
}

// The type an operand has when both are untyped NULLs.
TypePtr DefaultType(std::string_view op) { return op == "div" ? DataType::Long() : DataType::Double(); }

// A string against a number: ANSI gives it bigint or double by the number, legacy mode double always.
void CoerceStrings(Expressions& operands, const AnalysisSettings& settings) {
  auto& left = operands[0];
  auto& right = operands[1];
  if (settings.ansi) {
    if (auto type = FindTypeWithString(left->type, right->type, settings)) {
      left = CoerceTo(left, *type, settings);
      right = CoerceTo(right, *type, settings);
    }
    return;
  }
  bool with_interval = left->type->IsInterval() || right->type->IsInterval();
  for (auto& operand : operands) {
    if (operand->type->IsString() && !with_interval)
      operand = CoerceTo(operand, DataType::Double(), settings);
  }
}

void CoerceDecimals(Expressions& operands, const AnalysisSettings& settings) {
  for (size_t i = 0; i < 2; ++i) {
    auto& operand = operands[i];
    auto& other = operands[1 - i];
    if (!other->type->Is(TypeKind::kDecimal)) continue;
    if (operand->type->IsIntegral()) operand = DecimalOperand(operand, settings);
    if (operand->type->IsFractional()) other = CoerceTo(other, DataType::Double(), settings);
  }
}

void CoerceToCommon(std::string_view op, Expressions& operands, const AnalysisSettings& settings) {
  auto& left = operands[0];
  auto& right = operands[1];
  if (left->type->Is(TypeKind::kDecimal) && right->type->Is(TypeKind::kDecimal)) return;
  // Division to an integer brings whole numbers to bigint before it looks for a common type.
  for (auto& operand : operands) {
    if (op == "div" && operand->type->IsIntegral()) operand = CoerceTo(operand, DataType::Long(), settings);
  }
  if (auto common = FindTightestCommonType(left->type, right->type, settings)) {
    auto type = (*common)->Is(TypeKind::kNull) ? DefaultType(op) : *common;
    // Division brings both sides to its own type below; a common type that the operator refuses is left
    // alone.
    if (Accepts(op, *type) || (op == "/" && type->IsNumeric()) || left->type->Is(TypeKind::kNull) ||
        right->type->Is(TypeKind::kNull)) {
      left = CoerceTo(left, type, settings);
      right = CoerceTo(right, type, settings);
    }
  }
  for (auto& operand : operands) {
    if (op == "/" && operand->type->IsNumeric() && left->type->IsNumeric() && right->type->IsNumeric()) {
      operand = CoerceTo(operand, DataType::Double(), settings);
    }
  }
}

TypePtr ResultType(std::string_view op, const Expressions& operands, const AnalysisSettings& settings) {
  const auto& type = operands[0]->type;
  if (op == "div") return DataType::Long();
  if (type->Is(TypeKind::kDecimal)) {
    return DecimalResultType(op, *type, *operands[1]->type, settings.decimal_allow_precision_loss);
  }
  return type;
}

bool MayDivideByZero(std::string_view op) { return op == "/" || op == "div" || op == "%" || op == "pmod"; }

// The function's operator: "+" for itself and for try_add.
std::string_view OperatorOf(const Function& function) {
  if (function.name == "try_add") return "+";
  if (function.name == "try_subtract") return "-";
  if (function.name == "try_multiply") return "*";
  if (function.name == "try_divide") return "/";
  if (function.name == "try_mod") return "%";
  return function.name;
}

base::Status CheckOperands(const Function& function, std::string_view op, const Expressions& operands) {
  const auto& left = *operands[0]->type;
  const auto& right = *operands[1]->type;
  bool decimals = left.Is(TypeKind::kDecimal) && right.Is(TypeKind::kDecimal);
  if (!decimals && !left.SameIgnoringNullability(right)) return DifferentOperands(function, operands);
  if (!Accepts(op, left)) return WrongOperands(function, operands, OperandName(op));
  return {};
}

base::Result<ExpressionPtr> ResolveSign(std::string_view op, Expressions arguments,
                                        const ResolveContext& context) {
  auto text = fmt::format("({} {})", op, OutputName(*arguments[0]));
  HEARTH_ASSIGN(auto result, ResolveCall(op == "-" ? "negative" : "positive", std::move(arguments), context));
  return WithDisplay(result, std::move(text));
}

}  // namespace

std::string_view OperandName(std::string_view op) {
  if (op == "+" || op == "-") {
    return "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL\")";
  }
  if (op == "/") return "(\"DOUBLE\" or \"DECIMAL\")";
  if (op == "div")
    return "(\"BIGINT\" or \"DECIMAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\")";
  if (op == "&" || op == "|" || op == "^") return "\"INTEGRAL\"";
  if (op == "and" || op == "or") return "\"BOOLEAN\"";
  return "\"NUMERIC\"";
}

base::Result<ExpressionPtr> ResolveArithmetic(const Function& function, Expressions arguments,
                                              const CallShape& shape, const ResolveContext& context) {
  const auto& settings = context.settings;
  auto op = OperatorOf(function);
  if (arguments.size() == 1) return ResolveSign(op, std::move(arguments), context);
  Expressions operands = arguments;
  CoerceStrings(operands, settings);
  HEARTH_ASSIGN(auto temporal, ResolveTemporalArithmetic(op, operands, context));
  if (temporal) return WithAliasDisplay(function, arguments, std::move(temporal));
  CoerceDecimals(operands, settings);
  CoerceToCommon(op, operands, settings);
  HEARTH_RETURN_IF_ERROR(CheckOperands(function, op, operands));
  auto type = ResultType(op, operands, settings);
  // Outside ANSI mode a decimal that does not fit becomes null.
  bool nullable = operands[0]->nullable || operands[1]->nullable || MayDivideByZero(op) ||
                  (type->Is(TypeKind::kDecimal) && !settings.ansi);
  return BuildCall(function, std::move(operands), std::move(type), nullable, shape, context);
}

base::Result<ExpressionPtr> ResolveTryArithmetic(const Function& function, Expressions arguments,
                                                 const CallShape& shape, const ResolveContext& context) {
  HEARTH_ASSIGN(auto result, ResolveArithmetic(function, arguments, shape, context));
  const auto* call = result->As<Call>();
  if (call && call->function == &function) {
    auto copy = *result;
    copy.nullable = true;
    return std::make_shared<const Expression>(std::move(copy));
  }
  // Dates and intervals: the other function under a guard.
  auto type = result->type;
  auto guarded = MakeCall(&BuiltInFunction("try_eval"), {std::move(result)}, std::move(type), true, false);
  return WithDisplay(guarded, PlainCallText(function.registered_name, arguments));
}

}  // namespace hearth::plan
