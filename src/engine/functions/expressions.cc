#include "engine/functions/expressions.h"

#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/parser/expression/case_expression.hpp"
#include "duckdb/parser/expression/cast_expression.hpp"
#include "duckdb/parser/expression/columnref_expression.hpp"
#include "duckdb/parser/expression/comparison_expression.hpp"
#include "duckdb/parser/expression/conjunction_expression.hpp"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/expression/lambda_expression.hpp"
#include "duckdb/parser/expression/operator_expression.hpp"
#include "duckdb/planner/expression.hpp"
#include "engine/errors.h"

namespace hearth::engine {

using duckdb::ExpressionType;
using duckdb::make_uniq;

namespace {

// Naming the schema spares the binder a walk along the search path.
constexpr const char* kCatalog = "system";
constexpr const char* kSchema = "main";

ParsedPtr Operator(ExpressionType type, ParsedExpressions operands) {
  return make_uniq<duckdb::OperatorExpression>(type, std::move(operands));
}

ParsedPtr Conjunction(ExpressionType type, ParsedExpressions operands) {
  if (operands.size() == 1) return std::move(operands[0]);
  return make_uniq<duckdb::ConjunctionExpression>(type, std::move(operands));
}

duckdb::vector<duckdb::OrderByNode> CopyOrders(const duckdb::vector<duckdb::OrderByNode>& orders) {
  duckdb::vector<duckdb::OrderByNode> copies;
  for (const auto& order : orders)
    copies.emplace_back(order.type, order.null_order, order.expression->Copy());
  return copies;
}

ParsedPtr WindowAggregate(const LoweredCall& call, std::string name, ParsedExpressions arguments) {
  auto window =
      make_uniq<duckdb::WindowExpression>(ExpressionType::WINDOW_AGGREGATE, kCatalog, kSchema, name);
  const WindowClause& clause = *call.window;
  window->children = std::move(arguments);
  for (const auto& partition : clause.partitions) window->partitions.push_back(partition->Copy());
  window->orders = CopyOrders(clause.orders);
  window->start = clause.start;
  window->end = clause.end;
  if (clause.start_offset) window->start_expr = clause.start_offset->Copy();
  if (clause.end_offset) window->end_expr = clause.end_offset->Copy();
  if (call.filter) window->filter_expr = call.filter->Copy();
  window->distinct = call.aggregate && call.aggregate->distinct;
  window->arg_orders = CopyOrders(call.order);
  return window;
}

}  // namespace

ParsedPtr CallWith(std::string name, ParsedExpressions arguments) {
  return make_uniq<duckdb::FunctionExpression>(kCatalog, kSchema, name, std::move(arguments));
}

ParsedPtr AggregateWith(const LoweredCall& call, std::string name, ParsedExpressions arguments) {
  if (call.window) return WindowAggregate(call, std::move(name), std::move(arguments));
  auto order = make_uniq<duckdb::OrderModifier>();
  order->orders = CopyOrders(call.order);
  return make_uniq<duckdb::FunctionExpression>(kCatalog, kSchema, name, std::move(arguments),
                                               call.filter ? call.filter->Copy() : nullptr, std::move(order),
                                               call.aggregate && call.aggregate->distinct);
}

std::string ColumnName(plan::ColumnId id) { return "c" + std::to_string(id); }
std::string LambdaVariableName(plan::ColumnId id) { return "v" + std::to_string(id); }
ParsedPtr Reference(plan::ColumnId id) { return make_uniq<duckdb::ColumnRefExpression>(ColumnName(id)); }

ParsedPtr Constant(duckdb::Value value) { return make_uniq<duckdb::ConstantExpression>(std::move(value)); }
ParsedPtr Constant(const plan::Value& value, const plan::DataType& type) {
  return Constant(ToDuckDB(value, type));
}
ParsedPtr TextConstant(std::string_view text) { return Constant(duckdb::Value(std::string(text))); }
ParsedPtr BooleanConstant(bool value) { return Constant(duckdb::Value::BOOLEAN(value)); }
ParsedPtr IntegerConstant(int32_t value) { return Constant(duckdb::Value::INTEGER(value)); }
ParsedPtr LongConstant(int64_t value) { return Constant(duckdb::Value::BIGINT(value)); }
ParsedPtr NullOf(const duckdb::LogicalType& type) { return Constant(duckdb::Value(type)); }

ParsedPtr CastTo(ParsedPtr child, const duckdb::LogicalType& type) {
  return make_uniq<duckdb::CastExpression>(type, std::move(child));
}

ParsedPtr Compare(ExpressionType comparison, ParsedPtr left, ParsedPtr right) {
  return make_uniq<duckdb::ComparisonExpression>(comparison, std::move(left), std::move(right));
}
ParsedPtr And(ParsedExpressions operands) {
  return Conjunction(ExpressionType::CONJUNCTION_AND, std::move(operands));
}
ParsedPtr Or(ParsedExpressions operands) {
  return Conjunction(ExpressionType::CONJUNCTION_OR, std::move(operands));
}
ParsedPtr Not(ParsedPtr child) { return Operator(ExpressionType::OPERATOR_NOT, List(std::move(child))); }
ParsedPtr IsNull(ParsedPtr child) {
  return Operator(ExpressionType::OPERATOR_IS_NULL, List(std::move(child)));
}
ParsedPtr IsNotNull(ParsedPtr child) {
  return Operator(ExpressionType::OPERATOR_IS_NOT_NULL, List(std::move(child)));
}
ParsedPtr Coalesce(ParsedExpressions operands) {
  if (operands.size() == 1) return std::move(operands[0]);
  return Operator(ExpressionType::OPERATOR_COALESCE, std::move(operands));
}

ParsedPtr If(ParsedPtr condition, ParsedPtr then, ParsedPtr otherwise) {
  std::vector<std::pair<ParsedPtr, ParsedPtr>> branches;
  branches.emplace_back(std::move(condition), std::move(then));
  return Case(std::move(branches), std::move(otherwise));
}

ParsedPtr Case(std::vector<std::pair<ParsedPtr, ParsedPtr>> branches, ParsedPtr otherwise) {
  auto result = make_uniq<duckdb::CaseExpression>();
  for (auto& [condition, value] : branches) {
    duckdb::CaseCheck check;
    check.when_expr = std::move(condition);
    check.then_expr = std::move(value);
    result->case_checks.push_back(std::move(check));
  }
  result->else_expr = otherwise ? std::move(otherwise) : Constant(duckdb::Value());
  return result;
}

ParsedPtr LambdaOf(std::vector<std::string> parameters, ParsedPtr body) {
  duckdb::vector<duckdb::string> names(parameters.begin(), parameters.end());
  return make_uniq<duckdb::LambdaExpression>(std::move(names), std::move(body));
}

ParsedPtr FieldAt(ParsedPtr structure, size_t index) {
  return Call("struct_extract_at", std::move(structure), LongConstant(static_cast<int64_t>(index) + 1));
}

ParsedPtr SortKeyOf(ParsedPtr child, const plan::DataType& type) {
  if (!type.IsNested()) return child;
  return Call("spark_sort_key", std::move(child));
}

ParsedPtr Copy(const ParsedPtr& expression) { return expression->Copy(); }

ParsedPtr TypeArgument(const plan::DataType& type) { return TextConstant(type.Json()); }

bool IsConstantArgument(const duckdb::Expression& argument) { return argument.IsFoldable(); }

duckdb::Value ConstantArgument(duckdb::ClientContext& context, const duckdb::Expression& argument) {
  if (!argument.IsFoldable())
    ThrowSpark(base::InternalError("a kernel needs a constant argument: " + argument.ToString()));
  return duckdb::ExpressionExecutor::EvaluateScalar(context, argument);
}

std::string TextArgument(duckdb::ClientContext& context, const duckdb::Expression& argument) {
  return duckdb::StringValue::Get(ConstantArgument(context, argument));
}

bool BooleanArgument(duckdb::ClientContext& context, const duckdb::Expression& argument) {
  return duckdb::BooleanValue::Get(ConstantArgument(context, argument));
}

plan::TypePtr ReadTypeArgument(duckdb::ClientContext& context, const duckdb::Expression& argument) {
  auto type = plan::TypeFromJson(TextArgument(context, argument));
  if (!type.ok()) ThrowSpark(*type.error());
  return *type;
}

}  // namespace hearth::engine
