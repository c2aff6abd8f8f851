#include "plan/from_connect/reader.h"

namespace hearth::plan::from_connect {

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Aggregate& message) {
  if (!message.has_input()) return InvalidPlan("AGGREGATE_NEEDS_PLAN_INPUT", "An aggregate has no input.");
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  if (message.group_type() == proto::Aggregate::GROUP_TYPE_PIVOT) return Pivot(message, std::move(input));

  unresolved::Aggregate aggregate{.input = std::move(input), .groups_lead_output = true};
  HEARTH_ASSIGN(auto groups, List(message.grouping_expressions()));
  HEARTH_ASSIGN(aggregate.items, List(message.aggregate_expressions()));
  unresolved::GroupElement element{.expressions = std::move(groups)};
  switch (message.group_type()) {
    case proto::Aggregate::GROUP_TYPE_GROUPBY:
      break;
    case proto::Aggregate::GROUP_TYPE_ROLLUP:
      element.kind = unresolved::GroupKind::kRollup;
      break;
    case proto::Aggregate::GROUP_TYPE_CUBE:
      element.kind = unresolved::GroupKind::kCube;
      break;
    case proto::Aggregate::GROUP_TYPE_GROUPING_SETS:
      element.kind = unresolved::GroupKind::kGroupingSets;
      for (const auto& set : message.grouping_sets()) {
        HEARTH_ASSIGN(auto expressions, List(set.grouping_set()));
        element.sets.push_back({.expressions = std::move(expressions)});
      }
      break;
    default:
      return InvalidPlan("INVALID_ENUM", "An aggregate does not say how it groups.",
                         {{"fullName", "spark.connect.Aggregate.GroupType"},
                          {"name", "group_type"},
                          {"number", std::to_string(message.group_type())}});
  }
  const bool is_global = element.kind == unresolved::GroupKind::kGroupBy && element.expressions.empty();
  if (!is_global) aggregate.groups.push_back(std::move(element));
  return Make(std::move(aggregate));
}

base::Result<unresolved::RelationPtr> Reader::Pivot(const proto::Aggregate& message,
                                                    unresolved::RelationPtr input) {
  if (!message.has_pivot()) {
    return InvalidPlan("AGGREGATE_WITH_PIVOT_REQUIRES_PIVOT",
                       "A pivoting aggregate does not say what it pivots.");
  }
  unresolved::Pivot pivot{.input = std::move(input)};
  HEARTH_ASSIGN(pivot.groups, List(message.grouping_expressions()));
  HEARTH_ASSIGN(pivot.aggregates, List(message.aggregate_expressions()));
  HEARTH_ASSIGN(auto column, Expression(message.pivot().col()));
  pivot.columns.push_back(std::move(column));
  HEARTH_ASSIGN(auto values, ReadLiterals(message.pivot().values()));
  for (auto& value : values) pivot.values.push_back({std::move(value), {}});
  return Make(std::move(pivot));
}

}  // namespace hearth::plan::from_connect
