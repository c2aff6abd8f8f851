#include "plan/resolved/tree.h"

namespace hearth::plan {

ExpressionPtr MakeLiteral(Value value, TypePtr type) {
  bool nullable = value.IsNull();
  return std::make_shared<const Expression>(
      Expression{Literal{std::move(value)}, std::move(type), nullable, {}});
}

ExpressionPtr NullLiteral(TypePtr type) { return MakeLiteral(Value{}, std::move(type)); }

ExpressionPtr IntegerLiteral(int32_t value) {
  return MakeLiteral(Value{int64_t{value}}, DataType::Integer());
}

ExpressionPtr LongLiteral(int64_t value) { return MakeLiteral(Value{value}, DataType::Long()); }

ExpressionPtr StringLiteral(std::string value) {
  return MakeLiteral(Value{std::move(value)}, DataType::String());
}

ExpressionPtr BooleanLiteral(bool value) { return MakeLiteral(Value{value}, DataType::Boolean()); }

ExpressionPtr MakeReference(const Column& column, bool is_outer) {
  return std::make_shared<const Expression>(
      Expression{ColumnReference{column.id, column.name, is_outer}, column.type, column.nullable, {}});
}

ExpressionPtr MakeCall(const Function* function, Expressions arguments, TypePtr type, bool nullable,
                       bool ansi) {
  return std::make_shared<const Expression>(
      Expression{Call{function, std::move(arguments), ansi}, std::move(type), nullable, {}});
}

ExpressionPtr WithDisplay(const ExpressionPtr& expression, std::string display) {
  auto copy = *expression;
  copy.display = std::move(display);
  return std::make_shared<const Expression>(std::move(copy));
}

TypePtr SchemaOf(const Relation& relation) {
  std::vector<Field> fields;
  fields.reserve(relation.output.size());
  for (const auto& column : relation.output) {
    fields.push_back(Field{column.name, column.type, column.nullable, column.metadata});
  }
  return DataType::Struct(std::move(fields));
}

}  // namespace hearth::plan
