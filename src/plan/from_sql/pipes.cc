// The pipe operators: query |> OPERATOR …
#include "plan/from_sql/converter.h"

namespace hearth::plan::from_sql {

using unresolved::MakeRelation;
using unresolved::RelationPtr;

base::Result<RelationPtr> Converter::Convert(const sql::PipeTerm& term) {
  HEARTH_ASSIGN(auto input, Term(*term.input));
  switch (term.op) {
    case sql::PipeOperator::kSelect:
      return Select(*term.select, std::move(input));
    case sql::PipeOperator::kExtend: {
      HEARTH_ASSIGN(auto items, List(term.items));
      items.insert(items.begin(), unresolved::Make(unresolved::Star{}));
      return MakeRelation(unresolved::Project{std::move(input), std::move(items)});
    }
    case sql::PipeOperator::kSet:
      return PipeSet(term, std::move(input));
    case sql::PipeOperator::kDrop: {
      unresolved::Star star;
      for (const auto& column : term.columns) star.except.push_back(column.parts);
      auto all_but = unresolved::Make(std::move(star), source_.At(term.location));
      return MakeRelation(unresolved::Project{std::move(input), {std::move(all_but)}});
    }
    case sql::PipeOperator::kAs:
      return MakeRelation(unresolved::SubqueryAlias{std::move(input), term.alias.text, {}});
    case sql::PipeOperator::kWhere: {
      // What stands before the pipe is closed: the condition sees its output only.
      HEARTH_ASSIGN(auto condition, Expression(*term.condition));
      return MakeRelation(unresolved::Filter{Closed(std::move(input)), std::move(condition)});
    }
    case sql::PipeOperator::kRelation:
      return PipeRelation(*term.relation, std::move(input));
    case sql::PipeOperator::kSample:
      return Sampled(term.sample, std::move(input));
    case sql::PipeOperator::kSetOperation: {
      const auto& operation = *term.set_operation;
      HEARTH_ASSIGN(auto right, Term(*operation.right));
      unresolved::SetOperation set{
          .left = std::move(input), .right = std::move(right), .is_all = operation.all};
      if (operation.op == sql::SetOperator::kExcept) set.kind = unresolved::SetKind::kExcept;
      if (operation.op == sql::SetOperator::kIntersect) set.kind = unresolved::SetKind::kIntersect;
      return MakeRelation(std::move(set), std::nullopt, source_.At(term.location));
    }
    case sql::PipeOperator::kOrganization: {
      Restored windows(windows_);
      windows_.push_back(&term.organization.windows);
      return Organize(term.organization, Closed(std::move(input)));
    }
    case sql::PipeOperator::kAggregate:
      return PipeAggregate(term, std::move(input));
  }
  return base::InternalError("a pipe operator of an unknown kind");
}

// A projection of everything: nothing behind the pipe can reach into the block before it.
RelationPtr Converter::Closed(RelationPtr input) {
  const bool open = input->As<unresolved::Project>() != nullptr ||
                    input->As<unresolved::Aggregate>() != nullptr ||
                    input->As<unresolved::Having>() != nullptr ||
                    input->As<unresolved::Distinct>() != nullptr || input->As<unresolved::Sort>() != nullptr;
  if (!open) return input;
  return MakeRelation(unresolved::Project{std::move(input), {unresolved::Make(unresolved::Star{})}});
}

// Assignments apply one after the other, each to an existing column.
base::Result<RelationPtr> Converter::PipeSet(const sql::PipeTerm& term, RelationPtr input) {
  for (const auto& assignment : term.assignments) {
    HEARTH_ASSIGN(auto value, Expression(*assignment.value));
    auto column = unresolved::Make(unresolved::Alias{std::move(value), {assignment.column.text}, {}},
                                   source_.At(assignment.column.location));
    input = MakeRelation(unresolved::WithColumns{std::move(input), {std::move(column)}, true});
  }
  return input;
}

base::Result<RelationPtr> Converter::PipeRelation(const sql::Relation& relation, RelationPtr input) {
  if (const auto* join = sql::TryAs<sql::JoinRelation>(&relation)) return Join(*join, std::move(input));
  if (const auto* pivot = sql::TryAs<sql::PivotRelation>(&relation)) return Pivot(*pivot, std::move(input));
  if (const auto* unpivot = sql::TryAs<sql::UnpivotRelation>(&relation))
    return Unpivot(*unpivot, std::move(input));
  return base::InternalError("a pipe to a relation of an unknown kind");
}

// AGGREGATE puts the grouping expressions, with their names, before the items.
base::Result<RelationPtr> Converter::PipeAggregate(const sql::PipeTerm& term, RelationPtr input) {
  HEARTH_ASSIGN(auto items, List(term.items));
  unresolved::Aggregate aggregate{.input = std::move(input)};
  if (!term.group_by) {
    aggregate.items = std::move(items);
    return MakeRelation(std::move(aggregate));
  }
  for (const auto& item : term.group_by->items) {
    if (item->kind == sql::ExpressionKind::kGroupingAnalytics ||
        term.group_by->suffix != sql::GroupByClause::Suffix::kNone) {
      return At(term.location, base::NotImplemented("|> AGGREGATE with grouping sets"));
    }
    if (IsAll(*item)) {
      return ParseError(item->location, "UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE",
                        "|> AGGREGATE has no GROUP BY ALL.", {{"case", "GROUP BY ALL"}});
    }
    HEARTH_ASSIGN(auto expression, Expression(*item));
    const auto* literal = expression->As<unresolved::Literal>();
    if (literal != nullptr && literal->type->Is(TypeKind::kInteger)) {  // the n-th column of the input
      return At(item->location, base::NotImplemented("|> AGGREGATE … GROUP BY a position"));
    }
    aggregate.items.push_back(expression);
    const auto* alias = expression->As<unresolved::Alias>();
    aggregate.groups.push_back({.expressions = {alias == nullptr ? expression : alias->child}});
  }
  aggregate.items.insert(aggregate.items.end(), items.begin(), items.end());
  return MakeRelation(std::move(aggregate));
}

}  // namespace hearth::plan::from_sql
