// One SELECT block: FROM, WHERE, GROUP BY, the select list, HAVING, DISTINCT, hints, from the inside out.
#include "plan/from_sql/converter.h"

namespace hearth::plan::from_sql {
namespace {

using unresolved::GroupElement;
using unresolved::GroupKind;
using unresolved::MakeRelation;
using unresolved::RelationPtr;

}  // namespace

base::Result<RelationPtr> Converter::Convert(const sql::SelectTerm& term) {
  if (term.from == nullptr) return Select(term, MakeRelation(unresolved::OneRow{}));
  HEARTH_ASSIGN(auto from, Relation(*term.from));
  return Select(term, std::move(from));
}

base::Result<RelationPtr> Converter::Select(const sql::SelectTerm& term, RelationPtr from) {
  Restored windows(windows_);
  windows_.push_back(&term.windows);
  auto relation = std::move(from);
  if (term.where != nullptr) {
    HEARTH_ASSIGN(auto condition, Expression(*term.where));
    relation = MakeRelation(unresolved::Filter{std::move(relation), std::move(condition)});
  }
  HEARTH_ASSIGN(auto items, List(term.items));
  if (term.group_by) {
    HEARTH_ASSIGN(auto groups, Groups(*term.group_by));
    relation =
        MakeRelation(unresolved::Aggregate{std::move(relation), std::move(groups), std::move(items), false});
  } else if (term.having != nullptr) {
    relation = MakeRelation(unresolved::Aggregate{std::move(relation), {}, std::move(items), false});
  } else if (!items.empty()) {
    relation = MakeRelation(unresolved::Project{std::move(relation), std::move(items)});
  }
  if (term.having != nullptr) {
    HEARTH_ASSIGN(auto condition, Expression(*term.having));
    relation = MakeRelation(unresolved::Having{std::move(relation), std::move(condition)});
  }
  if (term.qualify != nullptr) {
    HEARTH_ASSIGN(auto condition, Expression(*term.qualify));
    relation = MakeRelation(unresolved::Filter{
        .input = std::move(relation), .condition = std::move(condition), .is_qualify = true});
  }
  if (term.distinct) relation = MakeRelation(unresolved::Distinct{std::move(relation)});
  return Hinted(term.hints, std::move(relation));
}

base::Result<RelationPtr> Converter::Hinted(const std::vector<sql::Hint>& hints, RelationPtr input) {
  for (auto hint = hints.rbegin(); hint != hints.rend(); ++hint) {
    HEARTH_ASSIGN(auto parameters, List(hint->arguments));
    input = MakeRelation(unresolved::Hint{std::move(input), hint->name, std::move(parameters)});
  }
  return input;
}

base::Result<GroupElement> Converter::Analytics(const sql::GroupingAnalyticsExpression& node) {
  GroupElement element;
  if (node.grouping == sql::GroupingKind::kGroupingSets) {
    element.kind = GroupKind::kGroupingSets;
    for (const auto& set : node.elements) {
      if (set.nested != nullptr) {
        HEARTH_ASSIGN(auto nested, Analytics(sql::As<sql::GroupingAnalyticsExpression>(*set.nested)));
        element.sets.push_back(std::move(nested));
      } else {
        HEARTH_ASSIGN(auto expressions, List(set.expressions));
        element.sets.push_back({.expressions = std::move(expressions)});
      }
    }
    return element;
  }
  element.kind = node.grouping == sql::GroupingKind::kRollup ? GroupKind::kRollup : GroupKind::kCube;
  for (const auto& part : node.elements) {
    HEARTH_ASSIGN(auto expressions, List(part.expressions));
    const bool single = expressions.size() == 1;
    element.expressions.push_back(single ? std::move(expressions[0])
                                         : unresolved::Make(unresolved::Tuple{std::move(expressions)}));
  }
  return element;
}

base::Result<std::vector<GroupElement>> Converter::Groups(const sql::GroupByClause& clause) {
  using Suffix = sql::GroupByClause::Suffix;
  std::vector<GroupElement> groups;
  if (clause.suffix == Suffix::kNone) {
    if (clause.items.size() == 1 && IsAll(*clause.items[0])) {
      groups.push_back({.kind = GroupKind::kAll});
      return groups;
    }
    for (const auto& item : clause.items) {
      if (const auto* analytics = sql::TryAs<sql::GroupingAnalyticsExpression>(item.get())) {
        HEARTH_ASSIGN(auto element, Analytics(*analytics));
        groups.push_back(std::move(element));
      } else {
        HEARTH_ASSIGN(auto expression, Expression(*item));
        groups.push_back({.expressions = {std::move(expression)}});
      }
    }
    return groups;
  }
  GroupElement element;
  HEARTH_ASSIGN(element.expressions, List(clause.items));
  if (clause.suffix == Suffix::kWithRollup) element.kind = GroupKind::kRollup;
  if (clause.suffix == Suffix::kWithCube) element.kind = GroupKind::kCube;
  if (clause.suffix == Suffix::kGroupingSets) {
    element.kind = GroupKind::kGroupingSets;
    for (const auto& set : clause.grouping_sets) {
      HEARTH_ASSIGN(auto expressions, List(set));
      element.sets.push_back({.expressions = std::move(expressions)});
    }
  }
  groups.push_back(std::move(element));
  return groups;
}

}  // namespace hearth::plan::from_sql
