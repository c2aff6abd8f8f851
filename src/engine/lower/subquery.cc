// Subqueries in expressions. What x IN (SELECT ...) gives when nulls leave the question open depends on where
// it stands: Spark answers false everywhere, and a filter cannot tell null from false.
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/expression/subquery_expression.hpp"
#include "engine/functions/expressions.h"
#include "engine/lower/lowering.h"
#include "plan/resolved/rewrite.h"

namespace hearth::engine {

using duckdb::make_uniq;

namespace {

ParsedPtr SubqueryOf(duckdb::SubqueryType type, QueryNodePtr node, ParsedPtr child = nullptr) {
  auto expression = make_uniq<duckdb::SubqueryExpression>();
  expression->subquery = make_uniq<duckdb::SelectStatement>();
  expression->subquery->node = std::move(node);
  expression->subquery_type = type;
  if (child) {
    expression->comparison_type = duckdb::ExpressionType::COMPARE_EQUAL;
    expression->child = std::move(child);
  }
  return expression;
}

bool HasNulls(const plan::Subquery& subquery) {
  for (const auto& value : subquery.values) {
    if (value->nullable) return true;
  }
  for (const auto& column : subquery.plan->output) {
    if (column.nullable) return true;
  }
  return false;
}

}  // namespace

const plan::Subquery* NegatedMembership(const plan::Call& call) {
  if (call.function->name != "not" && call.function->name != "!") return nullptr;
  const auto* subquery = call.arguments[0]->As<plan::Subquery>();
  return subquery && subquery->kind == plan::SubqueryKind::kIn ? subquery : nullptr;
}

// (a, b) [NOT] IN as [NOT] EXISTS: each pair of columns is compared for itself, so that a pair that differs
// decides even where another is null.
base::Result<ParsedPtr> Lowering::LowerRowMembership(const plan::Subquery& subquery, bool negated) {
  HEARTH_ASSIGN(Lowered lowered, LowerRelation(*subquery.plan));
  HEARTH_ASSIGN(ParsedExpressions values, LowerAll(subquery.values));
  auto rows = Exactly(std::move(lowered), subquery.plan->output);
  auto node = make_uniq<duckdb::SelectNode>();
  node->from_table = AsTable(std::move(rows));
  node->select_list.push_back(IntegerConstant(1));
  ParsedExpressions conditions;
  for (size_t i = 0; i < values.size(); ++i) {
    auto same = Compare(duckdb::ExpressionType::COMPARE_EQUAL, std::move(values[i]),
                        Reference(Resolve(subquery.plan->output[i].id)));
    if (negated) {
      auto open = IsNull(Copy(same));
      same = Or(List(std::move(same), std::move(open)));
    }
    conditions.push_back(std::move(same));
  }
  node->where_clause = And(std::move(conditions));
  auto exists = SubqueryOf(duckdb::SubqueryType::EXISTS, std::move(node));
  return negated ? Not(std::move(exists)) : std::move(exists);
}

base::Result<ParsedPtr> Lowering::LowerMembership(const plan::Subquery& subquery, bool negated,
                                                  bool in_filter) {
  bool nulls = HasNulls(subquery);
  if (subquery.values.size() > 1 && nulls) return LowerRowMembership(subquery, negated);
  HEARTH_ASSIGN(Lowered lowered, LowerRelation(*subquery.plan));
  HEARTH_ASSIGN(ParsedExpressions values, LowerAll(subquery.values));
  auto value = values.size() == 1 ? std::move(values[0])
                                  : make_uniq<duckdb::FunctionExpression>("row", std::move(values));
  auto node = Exactly(std::move(lowered), subquery.plan->output);
  auto found = SubqueryOf(duckdb::SubqueryType::ANY, std::move(node), std::move(value));
  if (negated) found = Not(std::move(found));
  const auto& first = *subquery.values[0];
  bool is_null = first.nullable && plan::IsFoldable(first);  // NULL IN (...) is null in Spark, too
  bool decided = in_filter || !nulls || is_null;
  return decided ? std::move(found) : Coalesce(List(std::move(found), BooleanConstant(false)));
}

// A condition whose null counts as false.
base::Result<ParsedPtr> Lowering::LowerCondition(const plan::Expression& expression) {
  if (const auto* subquery = expression.As<plan::Subquery>();
      subquery && subquery->kind == plan::SubqueryKind::kIn) {
    return LowerMembership(*subquery, false, true);
  }
  const auto* call = expression.As<plan::Call>();
  if (!call) return LowerExpression(expression);
  if (const auto* membership = NegatedMembership(*call)) return LowerMembership(*membership, true, true);
  if (call->function->name != "and") return LowerExpression(expression);
  ParsedExpressions conditions;
  std::vector<const plan::Expression*> pending{&expression};
  while (!pending.empty()) {
    const plan::Expression* next = pending.back();
    pending.pop_back();
    const auto* inner = next->As<plan::Call>();
    if (inner && inner->function->name == "and") {
      for (auto argument = inner->arguments.rbegin(); argument != inner->arguments.rend(); ++argument) {
        pending.push_back(argument->get());
      }
      continue;
    }
    HEARTH_ASSIGN(ParsedPtr condition, LowerCondition(*next));
    conditions.push_back(std::move(condition));
  }
  return And(std::move(conditions));
}

base::Result<ParsedPtr> Lowering::LowerSubquery(const plan::Subquery& subquery) {
  if (subquery.kind == plan::SubqueryKind::kIn) return LowerMembership(subquery, false, false);
  HEARTH_ASSIGN(Lowered lowered, LowerRelation(*subquery.plan));
  auto node = Exactly(std::move(lowered), subquery.plan->output);
  auto type = subquery.kind == plan::SubqueryKind::kExists ? duckdb::SubqueryType::EXISTS
                                                           : duckdb::SubqueryType::SCALAR;
  return SubqueryOf(type, std::move(node));
}

}  // namespace hearth::engine
