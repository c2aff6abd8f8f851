#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/expression/operator_expression.hpp"
#include "engine/functions/expressions.h"
#include "engine/lower/lowering.h"

namespace hearth::engine {

using duckdb::make_uniq;

namespace {

// grouping(a) and grouping_id(a, b): which keys the row's grouping set left out, first key in the highest
// bit.
ParsedPtr Grouping(ParsedExpressions keys, const plan::DataType& type) {
  auto grouping =
      make_uniq<duckdb::OperatorExpression>(duckdb::ExpressionType::GROUPING_FUNCTION, std::move(keys));
  return CastTo(std::move(grouping), ToDuckDB(type));
}

}  // namespace

base::Result<ParsedPtr> Lowering::LowerAggregateCall(const plan::Expression& expression,
                                                     const plan::AggregateCall& call,
                                                     const WindowClause* window) {
  HEARTH_ASSIGN(ParsedExpressions arguments, LowerAll(call.arguments));
  ParsedPtr filter;
  if (call.filter) {
    HEARTH_ASSIGN(filter, LowerExpression(*call.filter));
  }
  HEARTH_ASSIGN(auto order, LowerOrder(call.order));
  return EngineFunctions::BuiltIn().Lower(LoweredCall{.expression = expression,
                                                      .aggregate = &call,
                                                      .arguments = std::move(arguments),
                                                      .settings = settings_,
                                                      .filter = std::move(filter),
                                                      .order = std::move(order),
                                                      .window = window});
}

base::Result<Lowering::Lowered> Lowering::LowerAggregate(const plan::Aggregate& aggregate) {
  HEARTH_ASSIGN(Lowered input, LowerRelation(*aggregate.input));
  auto node = Select(ToSource(std::move(input)));
  for (const auto& key : aggregate.keys) {
    if (key.type->Is(plan::TypeKind::kMap)) {
      // Maps are equal whatever the order of their entries.
      auto sorted = Call("spark_map_sort", Reference(Resolve(key.id)));
      node->groups.group_expressions.push_back(sorted->Copy());
      sorted->SetAlias(ColumnName(key.id));
      node->select_list.push_back(std::move(sorted));
      continue;
    }
    node->groups.group_expressions.push_back(Reference(Resolve(key.id)));
    node->select_list.push_back(Column(key));
  }
  if (aggregate.grouping_sets.empty()) {
    duckdb::GroupingSet all;
    for (size_t i = 0; i < aggregate.keys.size(); ++i) all.insert(i);
    if (!all.empty()) node->groups.grouping_sets.push_back(std::move(all));
  }
  bool has_empty_set = false;
  for (const auto& positions : aggregate.grouping_sets) {
    has_empty_set = has_empty_set || positions.empty();
    node->groups.grouping_sets.emplace_back(positions.begin(), positions.end());
  }
  for (const auto& item : aggregate.items) {
    const auto* call = item.expression->As<plan::AggregateCall>();
    if (!call) return base::InternalError("an aggregation computes something other than an aggregate");
    ParsedPtr expression;
    if (call->function->name == "grouping" || call->function->name == "grouping_id") {
      HEARTH_ASSIGN(ParsedExpressions keys, LowerAll(call->arguments));
      if (keys.empty()) {
        for (const auto& key : aggregate.keys) keys.push_back(Reference(Resolve(key.id)));
      }
      expression = Grouping(std::move(keys), *item.expression->type);
    } else {
      HEARTH_ASSIGN(expression, LowerAggregateCall(*item.expression, *call, nullptr));
    }
    expression->SetAlias(ColumnName(item.column.id));
    node->select_list.push_back(std::move(expression));
  }
  // Without input rows Spark's grouping sets give no row at all, the empty set included; a plain global
  // aggregate gives one.
  if (has_empty_set) {
    auto rows = make_uniq<duckdb::FunctionExpression>("count_star", ParsedExpressions{});
    node->having = Compare(duckdb::ExpressionType::COMPARE_GREATERTHAN, std::move(rows), LongConstant(0));
  }
  GiveOwnNames(aggregate.keys);
  Lowered lowered;
  if (node->select_list.empty()) {
    HEARTH_ASSIGN(lowered, LowerOneRow());
    return lowered;
  }
  lowered.node = std::move(node);
  return lowered;
}

}  // namespace hearth::engine
