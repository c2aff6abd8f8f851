#include "plan/unresolved/tree.h"

namespace hearth::plan::unresolved {

ExpressionPtr Call(std::string name, Expressions arguments) {
  return Make(Function{.name = {std::move(name)}, .arguments = std::move(arguments)});
}

ExpressionPtr IntegerLiteral(int64_t value) { return Make(Literal{{value}, DataType::Integer(), {}}); }

ExpressionPtr StringLiteral(std::string value) {
  return Make(Literal{{std::move(value)}, DataType::String(), {}});
}

}  // namespace hearth::plan::unresolved
