#include "plan/functions/result_rules.h"

#include <cstdlib>

namespace hearth::plan {

const Function& BuiltInFunction(std::string_view name) {
  const auto* function = FunctionTable::BuiltIn().Find(name);
  if (!function) std::abort();  // a name of ours that no family added
  return *function;
}

std::string PlainCallText(std::string_view name, const Expressions& arguments) {
  std::string text(name);
  text += "(";
  for (size_t i = 0; i < arguments.size(); ++i) text += (i == 0 ? "" : ", ") + OutputName(*arguments[i]);
  return text + ")";
}

std::vector<TypePtr> TypesOf(std::span<const ExpressionPtr> arguments) {
  std::vector<TypePtr> types;
  types.reserve(arguments.size());
  for (const auto& argument : arguments) types.push_back(argument->type);
  return types;
}

ExpressionPtr WithAliasDisplay(const Function& function, const Expressions& arguments,
                               ExpressionPtr expression) {
  if (function.display_name.empty()) return expression;
  return WithDisplay(expression, PlainCallText(function.display_name, arguments));
}

std::optional<int64_t> ConstantInteger(const Expression& expression) {
  if (const auto* cast = expression.As<Cast>()) {
    if (!expression.type->IsIntegral() || !cast->child->type->IsIntegral()) return std::nullopt;
    return ConstantInteger(*cast->child);
  }
  if (const auto* call = expression.As<Call>(); call && call->function->name == "negative") {
    auto value = ConstantInteger(*call->arguments[0]);
    return value ? std::optional<int64_t>(-*value) : std::nullopt;
  }
  const auto* literal = expression.As<Literal>();
  if (!literal) return std::nullopt;
  const auto* value = std::get_if<int64_t>(&literal->value.data);
  return value && expression.type->IsIntegral() ? std::optional<int64_t>(*value) : std::nullopt;
}

}  // namespace hearth::plan
