#include "engine/functions/expressions.h"

#include "duckdb/parser/expression/columnref_expression.hpp"
#include "engine/lower/lowering.h"

namespace hearth::engine {

using duckdb::make_uniq;

base::Result<ParsedPtr> Lowering::LowerExpression(const plan::Expression& expression) {
  struct Visitor {
    Lowering& self;
    const plan::Expression& expression;
    base::Result<ParsedPtr> operator()(const plan::Literal& node) {
      return Constant(node.value, *expression.type);
    }
    base::Result<ParsedPtr> operator()(const plan::ColumnReference& node) {
      return Reference(self.Resolve(node.id));
    }
    base::Result<ParsedPtr> operator()(const plan::Call& node) { return self.LowerCall(expression, node); }
    base::Result<ParsedPtr> operator()(const plan::Cast& node) {
      HEARTH_ASSIGN(ParsedPtr child, self.LowerExpression(*node.child));
      return SparkCast(std::move(child), *node.child->type, *expression.type, node.behavior, self.settings_);
    }
    base::Result<ParsedPtr> operator()(const plan::AggregateCall& node) {
      return base::InternalError("aggregate function outside an aggregation: " + node.function->name);
    }
    base::Result<ParsedPtr> operator()(const plan::WindowCall&) {
      return base::InternalError("window function outside a window relation");
    }
    base::Result<ParsedPtr> operator()(const plan::LambdaVariable& node) {
      return ParsedPtr(make_uniq<duckdb::ColumnRefExpression>(LambdaVariableName(node.id)));
    }
    base::Result<ParsedPtr> operator()(const plan::Lambda& node) { return self.LowerLambda(node); }
    base::Result<ParsedPtr> operator()(const plan::Subquery& node) { return self.LowerSubquery(node); }
  };
  return std::visit(Visitor{*this, expression}, expression.node);
}

base::Result<ParsedExpressions> Lowering::LowerAll(const plan::Expressions& expressions) {
  ParsedExpressions lowered;
  for (const auto& expression : expressions) {
    HEARTH_ASSIGN(ParsedPtr item, LowerExpression(*expression));
    lowered.push_back(std::move(item));
  }
  return lowered;
}

base::Result<ParsedPtr> Lowering::LowerCall(const plan::Expression& expression, const plan::Call& call) {
  if (call.function->name == "and" || call.function->name == "or") return LowerConjunction(expression, call);
  if (const auto* membership = NegatedMembership(call)) return LowerMembership(*membership, true, false);
  names_files_ = names_files_ || call.function->name.starts_with("input_file_");
  HEARTH_ASSIGN(ParsedExpressions arguments, LowerAll(call.arguments));
  return EngineFunctions::BuiltIn().Lower(LoweredCall{.expression = expression,
                                                      .call = &call,
                                                      .arguments = std::move(arguments),
                                                      .settings = settings_,
                                                      .filter = nullptr,
                                                      .order = {}});
}

// A chain of AND, however long, is one node; so is a chain of OR.
base::Result<ParsedPtr> Lowering::LowerConjunction(const plan::Expression& expression,
                                                   const plan::Call& call) {
  const std::string& name = call.function->name;
  ParsedExpressions operands;
  std::vector<const plan::Expression*> pending{&expression};
  while (!pending.empty()) {
    const plan::Expression* next = pending.back();
    pending.pop_back();
    const auto* inner = next->As<plan::Call>();
    if (inner && inner->function->name == name) {
      for (auto argument = inner->arguments.rbegin(); argument != inner->arguments.rend(); ++argument) {
        pending.push_back(argument->get());
      }
      continue;
    }
    HEARTH_ASSIGN(ParsedPtr operand, LowerExpression(*next));
    operands.push_back(std::move(operand));
  }
  return name == "and" ? And(std::move(operands)) : Or(std::move(operands));
}

base::Result<ParsedPtr> Lowering::LowerLambda(const plan::Lambda& lambda) {
  std::vector<std::string> names;
  for (const auto& parameter : lambda.parameters) {
    names.push_back(LambdaVariableName(parameter->As<plan::LambdaVariable>()->id));
  }
  HEARTH_ASSIGN(ParsedPtr body, LowerExpression(*lambda.body));
  return LambdaOf(std::move(names), std::move(body));
}

base::Result<duckdb::vector<duckdb::OrderByNode>> Lowering::LowerOrder(
    const std::vector<plan::SortKey>& keys) {
  duckdb::vector<duckdb::OrderByNode> orders;
  for (const auto& key : keys) {
    HEARTH_ASSIGN(ParsedPtr expression, LowerExpression(*key.expression));
    const plan::DataType& type = *key.expression->type;
    expression = SortKeyOf(std::move(expression), type);
    // DuckDB gives back the key where a column is its own key, and in its keys -0.0 is 0.0.
    if (type.Is(plan::TypeKind::kDouble) || type.Is(plan::TypeKind::kFloat)) {
      expression = Call("+", std::move(expression), Constant(duckdb::Value::FLOAT(0)));
    }
    orders.emplace_back(
        key.ascending ? duckdb::OrderType::ASCENDING : duckdb::OrderType::DESCENDING,
        key.nulls_first ? duckdb::OrderByNullType::NULLS_FIRST : duckdb::OrderByNullType::NULLS_LAST,
        std::move(expression));
  }
  return orders;
}

}  // namespace hearth::engine
