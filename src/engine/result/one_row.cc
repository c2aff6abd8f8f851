#include "engine/result/one_row.h"

#include <vector>

#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "duckdb/planner/binder.hpp"
#include "duckdb/planner/expression_binder/constant_binder.hpp"

namespace hearth::engine {

namespace {

const duckdb::SelectNode* SelectWithoutFrom(const duckdb::SQLStatement& statement) {
  if (statement.type != duckdb::StatementType::SELECT_STATEMENT) return nullptr;
  const auto& node = *statement.Cast<duckdb::SelectStatement>().node;
  if (node.type != duckdb::QueryNodeType::SELECT_NODE || !node.modifiers.empty()) return nullptr;
  const auto& select = node.Cast<duckdb::SelectNode>();
  const bool is_plain = select.from_table &&
                        select.from_table->type == duckdb::TableReferenceType::EMPTY_FROM &&
                        !select.where_clause && !select.having && !select.qualify && !select.sample &&
                        select.groups.group_expressions.empty() && select.groups.grouping_sets.empty();
  return is_plain ? &select : nullptr;
}

using BoundExpressions = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;

// Empty when one of them is more than constants and functions.
BoundExpressions BindAll(duckdb::ClientContext& context, const duckdb::SelectNode& select) {
  const auto binder = duckdb::Binder::CreateBinder(context);
  BoundExpressions bound;
  try {
    for (const auto& expression : select.select_list) {
      duckdb::ConstantBinder constants(*binder, context, "SELECT");
      auto copy = expression->Copy();
      bound.push_back(constants.Bind(copy));
    }
  } catch (const std::exception&) {
    bound.clear();
  }
  return bound;
}

}  // namespace

duckdb::unique_ptr<duckdb::DataChunk> EvaluateOneRow(duckdb::ClientContext& context,
                                                     const duckdb::SQLStatement& statement) {
  const duckdb::SelectNode* select = SelectWithoutFrom(statement);
  if (select == nullptr) return nullptr;
  duckdb::unique_ptr<duckdb::DataChunk> row;
  context.RunFunctionInTransaction([&] {
    const BoundExpressions bound = BindAll(context, *select);
    if (bound.empty()) return;
    duckdb::vector<duckdb::LogicalType> types;
    for (const auto& expression : bound) types.push_back(expression->return_type);
    duckdb::DataChunk input;
    input.SetCardinality(1);
    duckdb::DataChunk output;
    output.Initialize(context, types, 1);
    duckdb::ExpressionExecutor executor(context, bound);
    executor.Execute(input, output);
    // A copy: what the executor's own vectors hold ends with it.
    row = duckdb::make_uniq<duckdb::DataChunk>();
    row->Initialize(context, types, 1);
    row->Append(output);
  });
  return row;
}

}  // namespace hearth::engine
