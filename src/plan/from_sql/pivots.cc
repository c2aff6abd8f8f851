#include "plan/from_sql/converter.h"

namespace hearth::plan::from_sql {

using unresolved::MakeRelation;
using unresolved::RelationPtr;

base::Result<RelationPtr> Converter::Pivot(const sql::PivotRelation& relation, RelationPtr input) {
  unresolved::Pivot pivot{.input = std::move(input), .implicit_groups = true};
  HEARTH_ASSIGN(pivot.aggregates, List(relation.aggregates));
  for (const auto& column : relation.columns) {
    pivot.columns.push_back(
        unresolved::Make(unresolved::Attribute{.parts = {column.text}}, source_.At(column.location)));
  }
  for (const auto& value : relation.values) {
    HEARTH_ASSIGN(auto expression, Expression(*value.expression));
    pivot.values.push_back({std::move(expression), value.alias ? value.alias->text : ""});
  }
  auto result = MakeRelation(std::move(pivot), std::nullopt, source_.At(relation.location));
  if (!relation.alias) return result;
  return MakeRelation(unresolved::SubqueryAlias{std::move(result), relation.alias->text, {}});
}

base::Result<RelationPtr> Converter::Unpivot(const sql::UnpivotRelation& relation, RelationPtr input) {
  unresolved::Unpivot unpivot{.input = std::move(input),
                              .values = std::vector<unresolved::Expressions>(),
                              .variable_name = relation.name_column.text,
                              .value_names = Texts(relation.value_columns),
                              .include_nulls = relation.include_nulls.value_or(false)};
  for (const auto& source : relation.sources) {
    unresolved::Expressions columns;
    for (const auto& column : source.columns) {
      columns.push_back(
          unresolved::Make(unresolved::Attribute{.parts = column.parts}, source_.At(column.location)));
    }
    unpivot.values->push_back(std::move(columns));
    unpivot.value_aliases.push_back(source.alias ? std::optional(source.alias->text) : std::nullopt);
  }
  auto result = MakeRelation(std::move(unpivot), std::nullopt, source_.At(relation.location));
  if (!relation.alias) return result;
  return MakeRelation(unresolved::SubqueryAlias{std::move(result), relation.alias->text, {}});
}

}  // namespace hearth::plan::from_sql
