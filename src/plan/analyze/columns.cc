// DataFrame calls that add, rename, drop or rewrite columns: withColumns, toDF, drop, to(schema), na.fill,
// na.drop, na.replace.
#include <fmt/format.h>

#include <algorithm>

#include "plan/analyze/analysis.h"

namespace hearth::plan {
namespace {

using base::ErrorKind;
using base::MakeError;
using base::Result;

// na.fill and na.replace touch a column only when the value is of its sort.
bool ValueFits(const DataType& value, const DataType& column) {
  if (value.IsNumeric()) return column.IsNumeric();
  if (value.IsString()) return column.IsString();
  if (value.Is(TypeKind::kBoolean)) return column.Is(TypeKind::kBoolean);
  return value.Is(TypeKind::kNull);
}

}  // namespace

Result<Analyzed> Analysis::ProjectOver(const Analyzed& input, std::vector<NamedExpression> items) {
  std::set<ColumnId> seen;
  std::vector<Column> columns;
  for (auto& item : items) {
    if (!seen.insert(item.column.id).second) {
      item.column.same_as = item.column.origin();
      item.column.id = NextId();
    }
    columns.push_back(item.column);
  }
  auto result =
      Wrap(MakeRelation(Project{input.relation, std::move(items)}, std::move(columns)), {input.plan_ids});
  return result;
}

Result<Column> Analysis::FindOutputColumn(const Analyzed& input, const std::string& name) {
  HEARTH_ASSIGN(auto found, FindByName({name}, input));
  const auto* reference = found ? (*found)->As<ColumnReference>() : nullptr;
  if (!reference) return UnresolvedColumn({name}, Scope{{&input}, nullptr});
  for (const auto& column : input.output()) {
    if (column.id == reference->id) return column;
  }
  return base::InternalError("a resolved column is not in the output");
}

Result<Analyzed> Analysis::AnalyzeToDataFrame(const unresolved::ToDataFrame& to, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(to.input, outer));
  const auto columns = input.output();
  if (columns.size() != to.names.size()) {
    return MakeError(
        ErrorKind::kAnalysis, "ASSIGNMENT_ARITY_MISMATCH",
        fmt::format("toDF got {} names for {} columns.", to.names.size(), columns.size()),
        {{"numExpr", std::to_string(to.names.size())}, {"numTarget", std::to_string(columns.size())}});
  }
  std::vector<NamedExpression> items;
  for (size_t i = 0; i < columns.size(); ++i) {
    auto column = NewColumn(to.names[i], columns[i].type, columns[i].nullable);
    column.metadata = columns[i].metadata;
    items.push_back({std::move(column), MakeReference(columns[i])});
  }
  return ProjectOver(input, std::move(items));
}

Result<Analyzed> Analysis::AnalyzeRenameColumns(const unresolved::RenameColumns& rename, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(rename.input, outer));
  auto columns = input.output();
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(column.name);
  for (const auto& [from, to] : rename.renames) {
    for (auto& name : names) {
      if (SameName(name, from)) name = to;
    }
  }
  std::vector<NamedExpression> items;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (names[i] == columns[i].name) {
      items.push_back({columns[i], MakeReference(columns[i])});
      continue;
    }
    auto column = NewColumn(names[i], columns[i].type, columns[i].nullable);
    column.metadata = columns[i].metadata;
    items.push_back({std::move(column), MakeReference(columns[i])});
  }
  return ProjectOver(input, std::move(items));
}

Result<Analyzed> Analysis::AnalyzeDropColumns(const unresolved::DropColumns& drop, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeInput(drop.input, outer));
  std::set<ColumnId> dropped;
  for (const auto& name : drop.names) {
    for (const auto& column : input.output()) {
      if (SameName(column.name, name)) dropped.insert(column.id);
    }
  }
  Scope scope{{&input}, outer};
  for (const auto& column : drop.columns) {
    // A column that is not there is not dropped, without an error.
    auto resolved = AnalyzeExpression(column, scope);
    if (!resolved.ok()) {
      if (resolved.error()->condition == "AMBIGUOUS_REFERENCE") return std::move(resolved).Fail();
      continue;
    }
    if (const auto* reference = (*resolved)->As<ColumnReference>()) dropped.insert(reference->id);
  }
  std::vector<NamedExpression> items;
  for (const auto& column : input.output()) {
    if (!dropped.contains(column.id)) items.push_back({column, MakeReference(column)});
  }
  return ProjectOver(input, std::move(items));
}

Result<Analyzed> Analysis::AnalyzeWithColumns(const unresolved::WithColumns& with, const Scope* outer) {
  // Behaves as select("*", …) in which an alias that names a present column takes its place.
  unresolved::Expressions items;
  HEARTH_ASSIGN(auto input, AnalyzeInput(with.input, outer));
  SelectBlock block;
  block.input = input;
  Scope scope{{&block.input}, outer};
  auto lateral = scope;
  std::vector<NamedExpression> added;
  lateral.lateral_aliases = &added;
  for (const auto& alias : with.aliases) HEARTH_RETURN_IF_ERROR(AddItem(alias, lateral, added));
  for (size_t i = 0; i < added.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!SameName(added[i].column.name, added[j].column.name)) continue;
      return MakeError(
          ErrorKind::kAnalysis, "COLUMN_ALREADY_EXISTS",
          fmt::format("The column {} is given twice.", QuoteIdentifier(LowerCase(added[i].column.name))),
          {{"columnName", QuoteIdentifier(LowerCase(added[i].column.name))}});
    }
  }
  std::vector<bool> used(added.size(), false);
  for (const auto& column : input.output()) {
    size_t match = 0;
    while (match < added.size() && !SameName(added[match].column.name, column.name)) ++match;
    if (match == added.size()) {
      block.items.push_back({column, MakeReference(column)});
      continue;
    }
    auto item = added[match];
    if (used[match]) item.column.id = NextId();
    used[match] = true;
    block.items.push_back(std::move(item));
  }
  for (size_t i = 0; i < added.size(); ++i) {
    if (!used[i]) block.items.push_back(added[i]);
  }
  for (const auto& item : block.items) {
    if (!ContainsAggregate(*item.expression)) continue;
    return MakeError(ErrorKind::kAnalysis, "MISSING_GROUP_BY",
                     "withColumn cannot hold an aggregate function without a window.");
  }
  return FinishBlock(std::move(block));
}

namespace {

// Casts that change what a simple value is: Spark gives columns a schema only by such casts as it stores
// values in a table by.
bool LosesMeaning(const DataType& from, const DataType& to) {
  const auto is_simple = [](const DataType& type) {
    return type.IsNumeric() || type.IsString() || type.IsDateTime() || type.Is(TypeKind::kBoolean) ||
           type.Is(TypeKind::kBinary);
  };
  if (!is_simple(from) || !is_simple(to) || to.IsString() || from.kind() == to.kind()) return false;
  return !(from.IsNumeric() && to.IsNumeric()) && !(from.IsDateTime() && to.IsDateTime());
}

}  // namespace

Result<Analyzed> Analysis::AnalyzeToSchema(const unresolved::ToSchema& to, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(to.input, outer));
  std::vector<NamedExpression> items;
  for (const auto& field : to.schema->fields()) {
    std::vector<Column> matches;
    for (const auto& column : input.output()) {
      if (SameName(column.name, field.name)) matches.push_back(column);
    }
    if (matches.size() > 1) {
      return MakeError(ErrorKind::kAnalysis, "AMBIGUOUS_COLUMN_OR_FIELD",
                       fmt::format("{} names {} columns.", QuoteIdentifier(field.name), matches.size()),
                       {{"name", QuoteIdentifier(field.name)}, {"n", std::to_string(matches.size())}});
    }
    if (matches.empty()) {
      if (!field.nullable) return UnresolvedColumn({field.name}, Scope{{&input}, outer});
      items.push_back({NewColumn(field.name, field.type, true), NullLiteral(field.type)});
      continue;
    }
    const auto& column = matches[0];
    if (column.nullable && !field.nullable) {
      return MakeError(ErrorKind::kAnalysis, "NULLABLE_COLUMN_OR_FIELD",
                       fmt::format("{} is nullable, the schema forbids nulls.", QuoteIdentifier(field.name)),
                       {{"name", QuoteIdentifier(field.name)}});
    }
    ExpressionPtr value = MakeReference(column);
    if (!column.type->SameIgnoringNullability(*field.type)) {
      if (!CanCast(*column.type, *field.type, CastBehavior::kAnsi) ||
          LosesMeaning(*column.type, *field.type)) {
        return MakeError(ErrorKind::kAnalysis, "INVALID_COLUMN_OR_FIELD_DATA_TYPE",
                         fmt::format("{} is \"{}\", the schema wants \"{}\".", QuoteIdentifier(field.name),
                                     column.type->Sql(), field.type->Sql()),
                         {{"name", QuoteIdentifier(field.name)},
                          {"type", fmt::format("\"{}\"", column.type->Sql())},
                          {"expectedType", fmt::format("\"{}\"", field.type->Sql())}});
      }
      HEARTH_ASSIGN(value, MakeCast(value, field.type,
                                    settings().ansi ? CastBehavior::kAnsi : CastBehavior::kLegacy, true));
    }
    auto target = NewColumn(field.name, field.type, column.nullable);
    target.metadata = field.metadata;
    items.push_back({std::move(target), std::move(value)});
  }
  return ProjectOver(input, std::move(items));
}

Result<Analyzed> Analysis::AnalyzeFillNulls(const unresolved::FillNulls& fill, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(fill.input, outer));
  HEARTH_ASSIGN(auto values, ResolveAll(fill.values, Scope{}));
  for (const auto& name : fill.columns) HEARTH_RETURN_IF_ERROR(FindOutputColumn(input, name));
  std::vector<NamedExpression> items;
  for (const auto& column : input.output()) {
    ExpressionPtr value;
    if (fill.columns.empty()) {
      value = values[0];
    } else {
      for (size_t i = 0; i < fill.columns.size(); ++i) {
        if (SameName(fill.columns[i], column.name)) value = values[std::min(i, values.size() - 1)];
      }
    }
    if (!value || !ValueFits(*value->type, *column.type)) {
      items.push_back({column, MakeReference(column)});
      continue;
    }
    HEARTH_ASSIGN(auto typed, MakeCast(value, column.type, CastBehavior::kLegacy, true));
    ExpressionPtr present = MakeReference(column);
    if (column.type->IsFractional()) {
      HEARTH_ASSIGN(present, Call("nanvl", {present, NullLiteral(column.type)}));
    }
    HEARTH_ASSIGN(auto filled, Call("coalesce", {present, typed}));
    items.push_back({NewColumn(column.name, filled->type, filled->nullable), filled});
  }
  return ProjectOver(input, std::move(items));
}

Result<Analyzed> Analysis::AnalyzeDropNulls(const unresolved::DropNulls& drop, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(drop.input, outer));
  std::vector<Column> columns;
  if (drop.columns.empty()) {
    columns = input.output();
  } else {
    for (const auto& name : drop.columns) {
      HEARTH_ASSIGN(auto column, FindOutputColumn(input, name));
      columns.push_back(std::move(column));
    }
  }
  auto needed = drop.minimum_non_nulls.value_or(static_cast<int32_t>(columns.size()));
  if (columns.empty() || needed <= 0) return input;
  // Counts values that are neither null nor NaN.
  ExpressionPtr count;
  for (const auto& column : columns) {
    HEARTH_ASSIGN(auto present, Call("isnotnull", {MakeReference(column)}));
    if (column.type->IsFractional()) {
      HEARTH_ASSIGN(auto is_nan, Call("isnan", {MakeReference(column)}));
      HEARTH_ASSIGN(auto is_number, Call("not", {is_nan}));
      HEARTH_ASSIGN(present, Call("and", {present, is_number}));
    }
    if (needed == static_cast<int32_t>(columns.size())) {
      // All of them: a conjunction, which the scan can use.
      if (count) {
        HEARTH_ASSIGN(present, Call("and", {count, present}));
      }
      count = present;
      continue;
    }
    HEARTH_ASSIGN(auto one, Call("if", {present, IntegerLiteral(1), IntegerLiteral(0)}));
    if (count) {
      HEARTH_ASSIGN(one, Call("+", {count, one}));
    }
    count = one;
  }
  if (needed != static_cast<int32_t>(columns.size())) {
    HEARTH_ASSIGN(count, Call(">=", {count, IntegerLiteral(needed)}));
  }
  auto result = input;
  result.relation = MakeRelation(Filter{input.relation, count}, input.relation->output);
  result.block = nullptr;
  return result;
}

Result<Analyzed> Analysis::AnalyzeReplaceValues(const unresolved::ReplaceValues& replace,
                                                const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(replace.input, outer));
  for (const auto& name : replace.columns) HEARTH_RETURN_IF_ERROR(FindOutputColumn(input, name));
  std::vector<NamedExpression> items;
  for (const auto& column : input.output()) {
    bool chosen =
        replace.columns.empty() || std::any_of(replace.columns.begin(), replace.columns.end(),
                                               [&](const auto& name) { return SameName(name, column.name); });
    Expressions cases;
    for (const auto& [from, to] : replace.replacements) {
      if (!chosen) break;
      HEARTH_ASSIGN(auto old_value, AnalyzeExpression(from, Scope{}));
      HEARTH_ASSIGN(auto new_value, AnalyzeExpression(to, Scope{}));
      bool fits = old_value->type->Is(TypeKind::kNull) ? ValueFits(*new_value->type, *column.type)
                                                       : ValueFits(*old_value->type, *column.type);
      if (!fits) continue;
      // A fraction equals no whole number, and must not be cut off to one.
      auto typed_old = old_value;
      if (!(column.type->IsIntegral() && old_value->type->IsFractional())) {
        HEARTH_ASSIGN(typed_old, MakeCast(old_value, column.type, CastBehavior::kLegacy, true));
      }
      HEARTH_ASSIGN(auto typed_new, MakeCast(new_value, column.type, CastBehavior::kLegacy, true));
      auto test_name = old_value->type->Is(TypeKind::kNull) ? "<=>" : "==";
      HEARTH_ASSIGN(auto test, Call(test_name, {MakeReference(column), typed_old}));
      cases.push_back(test);
      cases.push_back(typed_new);
    }
    if (cases.empty()) {
      items.push_back({column, MakeReference(column)});
      continue;
    }
    cases.push_back(MakeReference(column));
    HEARTH_ASSIGN(auto replaced, Call("when", std::move(cases)));
    items.push_back({NewColumn(column.name, replaced->type, replaced->nullable), replaced});
  }
  return ProjectOver(input, std::move(items));
}

}  // namespace hearth::plan
