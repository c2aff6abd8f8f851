// Queries around SELECT: WITH, set operations, ordering, limits.
#include "plan/from_sql/converter.h"

namespace hearth::plan::from_sql {

using unresolved::MakeRelation;
using unresolved::RelationPtr;

base::Result<RelationPtr> Converter::Query(const sql::Query& query) {
  if (depth_ >= kMaximumDepth) return TooDeep(query.location);
  ++depth_;
  Restored windows(windows_);
  Restored lambda_parameters(lambda_parameters_);
  lambda_parameters_.clear();
  windows_.assign(1, &query.organization.windows);
  auto body = Term(*query.body);
  if (body.ok()) body = Organize(query.organization, std::move(*body));
  if (body.ok()) body = With(query.with, query.recursive, std::move(*body));
  --depth_;
  return body;
}

base::Result<RelationPtr> Converter::With(const std::vector<sql::CommonTableExpression>& definitions,
                                          bool is_recursive, RelationPtr body) {
  if (definitions.empty()) return body;
  unresolved::With with{.body = std::move(body), .is_recursive = is_recursive};
  for (const auto& definition : definitions) {
    HEARTH_ASSIGN(auto plan, Query(*definition.query));
    with.definitions.push_back({definition.name.text, Texts(definition.columns), std::move(plan),
                                definition.maximum_recursion_level});
  }
  return MakeRelation(std::move(with));
}

base::Result<RelationPtr> Converter::Term(const sql::QueryTerm& term) {
  if (depth_ >= kMaximumDepth) return TooDeep(term.location);
  ++depth_;
  auto relation = [&]() -> RelationResult {
    switch (term.kind) {
      case sql::QueryTermKind::kSelect:
        return Convert(sql::As<sql::SelectTerm>(term));
      case sql::QueryTermKind::kFrom:
        return Relation(*sql::As<sql::FromTerm>(term).from);
      case sql::QueryTermKind::kTable: {
        const auto& table = sql::As<sql::TableTerm>(term);
        HEARTH_ASSIGN(auto name, ObjectName(table.name));
        return MakeRelation(unresolved::NamedTable{.name = std::move(name)}, std::nullopt,
                            source_.At(table.name.location));
      }
      case sql::QueryTermKind::kInlineTable:
        return Relation(*sql::As<sql::InlineTableTerm>(term).table);
      case sql::QueryTermKind::kParenthesized:
        return Query(*sql::As<sql::ParenthesizedTerm>(term).query);
      case sql::QueryTermKind::kSetOperation:
        return Convert(sql::As<sql::SetOperationTerm>(term));
      case sql::QueryTermKind::kPipe:
        return Convert(sql::As<sql::PipeTerm>(term));
    }
    return base::InternalError("a query term of an unknown kind");
  }();
  --depth_;
  return relation;
}

base::Result<RelationPtr> Converter::Convert(const sql::SetOperationTerm& term) {
  HEARTH_ASSIGN(auto left, Term(*term.left));
  HEARTH_ASSIGN(auto right, Term(*term.right));
  unresolved::SetOperation set{.left = std::move(left), .right = std::move(right), .is_all = term.all};
  switch (term.op) {
    case sql::SetOperator::kUnion:
      set.kind = unresolved::SetKind::kUnion;
      break;
    case sql::SetOperator::kExcept:
      set.kind = unresolved::SetKind::kExcept;
      break;
    case sql::SetOperator::kIntersect:
      set.kind = unresolved::SetKind::kIntersect;
      break;
  }
  return MakeRelation(std::move(set), std::nullopt, source_.At(term.location));
}

base::Result<RelationPtr> Converter::Organize(const sql::QueryOrganization& organization, RelationPtr input) {
  if (!organization.order_by.empty()) {
    unresolved::Sort sort{.input = std::move(input)};
    if (organization.order_by.size() == 1 && IsAll(*organization.order_by[0].expression)) {
      sort.all = true;
      HEARTH_ASSIGN(sort.all_order, Order(organization.order_by[0]));
    } else {
      HEARTH_ASSIGN(sort.orders, Orders(organization.order_by));
    }
    input = MakeRelation(std::move(sort));
  }
  const auto& distribution =
      organization.cluster_by.empty() ? organization.distribute_by : organization.cluster_by;
  if (!distribution.empty()) {
    HEARTH_ASSIGN(auto expressions, List(distribution));
    input = MakeRelation(
        unresolved::RepartitionByExpression{std::move(input), std::move(expressions), std::nullopt});
  }
  if (!organization.sort_by.empty() || !organization.cluster_by.empty()) {
    unresolved::Sort sort{.input = std::move(input), .is_global = false};
    HEARTH_ASSIGN(sort.orders, Orders(organization.sort_by));
    for (const auto& expression : organization.cluster_by) {
      HEARTH_ASSIGN(auto child, Expression(*expression));
      sort.orders.push_back({.child = std::move(child)});
    }
    input = MakeRelation(std::move(sort));
  }
  if (organization.offset != nullptr) {
    HEARTH_ASSIGN(auto count, Expression(*organization.offset));
    input = MakeRelation(unresolved::Offset{std::move(input), std::move(count)});
  }
  if (organization.limit != nullptr) {
    HEARTH_ASSIGN(auto count, Expression(*organization.limit));
    input = MakeRelation(unresolved::Limit{std::move(input), std::move(count)});
  }
  return input;
}

}  // namespace hearth::plan::from_sql
