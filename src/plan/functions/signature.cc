#include "plan/functions/signature.h"

#include <fmt/format.h>

#include <utility>

namespace hearth::plan {

TypePtr ReturnsDayTimeInterval(std::span<const ExpressionPtr>, const ResolveContext&) {
  return DataType::DayTimeInterval();
}
TypePtr ReturnsYearMonthInterval(std::span<const ExpressionPtr>, const ResolveContext&) {
  return DataType::YearMonthInterval();
}
TypePtr ReturnsStringArray(std::span<const ExpressionPtr>, const ResolveContext&) {
  return DataType::Array(DataType::String(), true);
}

bool AnyNullable(std::span<const ExpressionPtr> arguments) {
  for (const auto& argument : arguments) {
    if (argument->nullable) return true;
  }
  return false;
}

const Value* LiteralOf(const Expression& expression) {
  const auto* current = &expression;
  while (const auto* cast = current->As<Cast>()) {
    if (!cast->implicit) return nullptr;
    current = cast->child.get();
  }
  const auto* literal = current->As<Literal>();
  return literal ? &literal->value : nullptr;
}

std::optional<std::string> LiteralText(const Expression& expression) {
  const auto* literal = expression.As<Literal>();
  if (!literal || !expression.type->IsString() || literal->value.IsNull()) return std::nullopt;
  return std::get<std::string>(literal->value.data);
}

std::optional<int64_t> LiteralInteger(const Expression& expression) {
  const auto* value = LiteralOf(expression);
  if (!value || !std::holds_alternative<int64_t>(value->data)) return std::nullopt;
  return std::get<int64_t>(value->data);
}

ExpressionPtr WithoutAnsi(const ExpressionPtr& expression) {
  auto copy = *expression;
  if (auto* call = std::get_if<Call>(&copy.node)) call->ansi = false;
  copy.nullable = true;
  return std::make_shared<const Expression>(std::move(copy));
}

ExpressionPtr CallOf(std::string_view name, Expressions arguments, TypePtr type, bool nullable, bool ansi) {
  return MakeCall(FunctionTable::BuiltIn().Find(name), std::move(arguments), std::move(type), nullable, ansi);
}

std::string Quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

base::Error Mismatch(std::string_view sub, std::string message, const Function& function,
                     const Expressions& arguments, std::map<std::string, std::string> parameters) {
  auto text = CallText(function, arguments);
  parameters.emplace("sqlExpr", Quoted(text));
  return base::MakeError(base::ErrorKind::kAnalysis, fmt::format("DATATYPE_MISMATCH.{}", sub),
                         fmt::format("The types of {} do not fit: {}", Quoted(text), message),
                         std::move(parameters));
}

base::Error WrongArgumentCount(const Function& function, std::string expected, size_t actual) {
  return WrongNumberOfArguments(function.registered_name, expected, actual);
}

base::Status CheckArgumentCount(const Function& function, const Expressions& arguments, size_t minimum,
                                size_t maximum) {
  const auto count = arguments.size();
  if (count >= minimum && count <= maximum) return {};
  std::string expected = minimum == maximum ? std::to_string(minimum) : "[";
  for (auto number = minimum; minimum != maximum && number <= maximum; ++number) {
    expected += fmt::format("{}{}", number == minimum ? "" : ", ", number);
  }
  if (minimum != maximum) expected += "]";
  return WrongArgumentCount(function, std::move(expected), count);
}

base::Status CoerceArgument(const Function& function, Expressions& arguments, size_t index, Slot slot,
                            std::string required, const ResolveContext& context) {
  auto coerced = CoerceToSlot(arguments[index], slot, context.settings);
  if (!coerced) return UnexpectedInput(function, arguments, index, required);
  arguments[index] = std::move(*coerced);
  return {};
}

}  // namespace hearth::plan
