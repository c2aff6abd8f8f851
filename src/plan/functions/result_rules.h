// Result rules and small builders that many families share.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "plan/functions/registry.h"
#include "plan/resolved/tree.h"

namespace hearth::plan {

// ---- Result rules: the type whatever the arguments are, or the type of an argument
inline TypePtr ReturnsBoolean(std::span<const ExpressionPtr>, const ResolveContext&) {
  return DataType::Boolean();
}
inline TypePtr ReturnsByte(std::span<const ExpressionPtr>, const ResolveContext&) { return DataType::Byte(); }
inline TypePtr ReturnsInteger(std::span<const ExpressionPtr>, const ResolveContext&) {
  return DataType::Integer();
}
inline TypePtr ReturnsLong(std::span<const ExpressionPtr>, const ResolveContext&) { return DataType::Long(); }
inline TypePtr ReturnsDouble(std::span<const ExpressionPtr>, const ResolveContext&) {
  return DataType::Double();
}
inline TypePtr ReturnsString(std::span<const ExpressionPtr>, const ResolveContext&) {
  return DataType::String();
}
inline TypePtr ReturnsBinary(std::span<const ExpressionPtr>, const ResolveContext&) {
  return DataType::Binary();
}
inline TypePtr ReturnsNull(std::span<const ExpressionPtr>, const ResolveContext&) { return DataType::Null(); }
inline TypePtr ReturnsFirst(std::span<const ExpressionPtr> arguments, const ResolveContext&) {
  return arguments[0]->type;
}

// The row of a built-in; it must exist.
const Function& BuiltInFunction(std::string_view name);
// name(a, b) as Spark prints a call.
std::string PlainCallText(std::string_view name, const Expressions& arguments);
// The types of the arguments.
std::vector<TypePtr> TypesOf(std::span<const ExpressionPtr> arguments);
// The expression under an output name of its own, when the function carries one (an alias); else as it is.
ExpressionPtr WithAliasDisplay(const Function& function, const Expressions& arguments,
                               ExpressionPtr expression);
// The integer value of a constant int argument (through implicit casts); nullopt when it is null or something
// else.
std::optional<int64_t> ConstantInteger(const Expression& expression);

}  // namespace hearth::plan
