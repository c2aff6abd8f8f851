// PIVOT, UNPIVOT and DataFrame.transpose.
#include <fmt/format.h>

#include <algorithm>

#include "plan/analyze/analysis.h"
#include "plan/resolved/literal_text.h"

namespace hearth::plan {
namespace {

using base::ErrorKind;
using base::MakeError;
using base::Result;

std::string PivotName(const Expression& value) {
  if (const auto* literal = value.As<Literal>()) {
    if (literal->value.IsNull()) return "null";
    if (value.type->Is(TypeKind::kDate)) return DateText(std::get<int64_t>(literal->value.data));
    if (value.type->Is(TypeKind::kTimestampNtz)) return TimestampText(std::get<int64_t>(literal->value.data));
    return LiteralDisplay(literal->value, *value.type);
  }
  return OutputName(value);
}

}  // namespace

Result<std::vector<unresolved::PivotValue>> Analysis::DistinctPivotValues(const Analyzed& input,
                                                                          const ExpressionPtr& column) {
  if (!context_.collect) return base::NotImplemented("pivot without a list of values");
  auto key = NewColumn("value", column->type, column->nullable);
  auto projected = MakeRelation(Project{input.relation, {{key, column}}}, {key});
  auto distinct = MakeRelation(Distinct{projected}, {key});
  auto sorted = MakeRelation(Sort{distinct, {SortKey{MakeReference(key), true, true}}}, {key});
  int64_t most = settings().pivot_max_values;
  HEARTH_ASSIGN(auto rows, context_.collect(sorted, most + 1));
  if (static_cast<int64_t>(rows.size()) > most) {
    return MakeError(
        ErrorKind::kAnalysis, "_LEGACY_ERROR_TEMP_1324",
        fmt::format("The pivot column {} has more than {} distinct values (spark.sql.pivotMaxValues).",
                    OutputName(*column), most));
  }
  std::vector<unresolved::PivotValue> values;
  for (auto& row : rows) {
    values.push_back({unresolved::Make(unresolved::Literal{std::move(row.at(0)), column->type, {}}), {}});
  }
  return values;
}

// Two aggregations, as Spark does it: by the groups and the pivot column first, then each pivot value's
// result is picked, so that a missing combination is null rather than an aggregate over nothing.
Result<Analyzed> Analysis::AnalyzePivot(const unresolved::Pivot& pivot, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeInput(pivot.input, outer));
  Scope scope{{&input}, outer};
  HEARTH_ASSIGN(auto aggregates, ResolveItems(pivot.aggregates, scope));
  HEARTH_ASSIGN(auto pivot_columns, ResolveAll(pivot.columns, scope));
  auto values = pivot.values;
  if (values.empty()) {
    HEARTH_ASSIGN(values, DistinctPivotValues(input, pivot_columns.at(0)));
  }
  SelectBlock inner;
  inner.input = input;
  inner.is_aggregate = true;
  std::vector<NamedExpression> groups;
  if (pivot.implicit_groups) {
    std::set<ColumnId> used;
    for (const auto& item : aggregates) used.merge(ReferencedColumns(*item.expression));
    for (const auto& column : pivot_columns) used.merge(ReferencedColumns(*column));
    for (const auto& column : input.output()) {
      if (!used.contains(column.id)) groups.push_back({column, MakeReference(column)});
    }
  } else {
    HEARTH_ASSIGN(groups, ResolveItems(pivot.groups, scope));
  }
  for (const auto& group : groups) KeyIndex(inner, group.expression);
  for (const auto& column : pivot_columns) KeyIndex(inner, column);
  std::vector<Column> group_columns;
  std::vector<Column> pivot_keys;
  for (auto& group : groups) {
    HEARTH_ASSIGN(group.expression, OverGroups(inner, group.expression));
    group_columns.push_back(group.column);
    inner.items.push_back(group);
  }
  for (const auto& column : pivot_columns) {
    HEARTH_ASSIGN(auto over, OverGroups(inner, column));
    pivot_keys.push_back(NewColumn("_pivot", over->type, over->nullable));
    inner.items.push_back({pivot_keys.back(), over});
  }
  std::vector<Column> results;
  for (auto& item : aggregates) {
    if (!ContainsAggregate(*item.expression)) {
      auto text = OutputName(*item.expression);
      return MakeError(ErrorKind::kAnalysis, "_LEGACY_ERROR_TEMP_1006",
                       fmt::format("The pivot needs aggregate functions, \"{}\" is none.", text),
                       {{"sql", text}});
    }
    HEARTH_ASSIGN(auto over, OverGroups(inner, item.expression));
    results.push_back(NewColumn(item.column.name, over->type, over->nullable));
    inner.items.push_back({results.back(), over});
  }
  HEARTH_ASSIGN(auto first, FinishBlock(std::move(inner)));

  SelectBlock outer_block;
  outer_block.input = first;
  outer_block.is_aggregate = true;
  for (const auto& column : group_columns) {
    KeyIndex(outer_block, MakeReference(column));
    outer_block.items.push_back({column, MakeReference(column)});
  }
  const auto* pick = FunctionTable::BuiltIn().Find("first");
  for (const auto& value : values) {
    // A column where a constant is needed is found first, to be refused by name.
    HEARTH_ASSIGN(auto resolved, AnalyzeExpression(value.value, scope));
    Expressions parts{resolved};
    if (const auto* tuple = value.value->As<unresolved::Tuple>()) {
      HEARTH_ASSIGN(parts, ResolveAll(tuple->items, scope));
    } else if (pivot_keys.size() > 1) {
      const auto* call = value.value->As<unresolved::Function>();
      if (!call || call->arguments.size() != pivot_keys.size()) {
        return MakeError(ErrorKind::kAnalysis, "PIVOT_VALUE_DATA_TYPE_MISMATCH",
                         fmt::format("The pivot value \"{}\" does not have {} parts.", OutputName(*resolved),
                                     pivot_keys.size()));
      }
      HEARTH_ASSIGN(parts, ResolveAll(call->arguments, scope));
    }
    ExpressionPtr matches;
    for (size_t i = 0; i < parts.size(); ++i) {
      if (!IsFoldable(*parts[i])) {
        return MakeError(ErrorKind::kAnalysis, "NON_LITERAL_PIVOT_VALUES",
                         fmt::format("The pivot value \"{}\" is not constant.", OutputName(*parts[i])),
                         {{"expression", fmt::format("\"{}\"", OutputName(*parts[i]))}});
      }
      HEARTH_ASSIGN(auto same, Call("<=>", {MakeReference(pivot_keys[i]), parts[i]}));
      if (matches) {
        HEARTH_ASSIGN(same, Call("and", {matches, same}));
      }
      matches = same;
    }
    std::string name = value.alias;
    if (name.empty()) {
      if (parts.size() == 1) {
        name = PivotName(*parts[0]);
      } else {
        for (const auto& part : parts) name += (name.empty() ? "{" : ", ") + PivotName(*part);
        name += "}";
      }
    }
    for (const auto& result : results) {
      HEARTH_ASSIGN(auto chosen, Call("if", {matches, MakeReference(result), NullLiteral(result.type)}));
      CallShape shape;
      shape.ignore_nulls = true;
      HEARTH_ASSIGN(auto picked, ResolveCall(*pick, {chosen}, shape, resolve_context_));
      HEARTH_ASSIGN(auto over, OverGroups(outer_block, picked));
      outer_block.items.push_back(
          {NewColumn(results.size() == 1 ? name : name + "_" + result.name, result.type, true), over});
    }
  }
  return FinishBlock(std::move(outer_block));
}

Result<Analyzed> Analysis::AnalyzeUnpivot(const unresolved::Unpivot& unpivot, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeInput(unpivot.input, outer));
  Scope scope{{&input}, outer};
  std::vector<NamedExpression> ids;
  std::vector<std::vector<NamedExpression>> values;
  if (unpivot.ids) {
    HEARTH_ASSIGN(ids, ResolveItems(*unpivot.ids, scope));
  }
  if (unpivot.values) {
    for (const auto& group : *unpivot.values) {
      HEARTH_ASSIGN(auto items, ResolveItems(group, scope));
      // A star among single values is one value per column.
      if (unpivot.value_names.size() == 1 && items.size() > 1) {
        for (auto& item : items) values.push_back({item});
      } else {
        values.push_back(std::move(items));
      }
    }
  }
  auto mentions = [](const std::vector<NamedExpression>& items, ColumnId id) {
    return std::any_of(items.begin(), items.end(), [&](const auto& item) { return item.column.id == id; });
  };
  if (!unpivot.ids) {
    for (const auto& column : input.output()) {
      bool is_value = std::any_of(values.begin(), values.end(),
                                  [&](const auto& group) { return mentions(group, column.id); });
      if (!is_value) ids.push_back({column, MakeReference(column)});
    }
  }
  if (!unpivot.values) {
    for (const auto& column : input.output()) {
      if (!mentions(ids, column.id)) values.push_back({{column, MakeReference(column)}});
    }
  }
  if (values.empty()) {
    return MakeError(ErrorKind::kAnalysis, "UNPIVOT_REQUIRES_VALUE_COLUMNS",
                     "Unpivot needs at least one value column.");
  }
  size_t width = unpivot.value_names.size();
  std::vector<TypePtr> types;
  std::vector<bool> nullable(width, false);
  for (size_t place = 0; place < width; ++place) {
    std::vector<TypePtr> candidates;
    for (const auto& group : values) {
      if (group.size() != width) {
        return MakeError(ErrorKind::kAnalysis, "UNPIVOT_VALUE_SIZE_MISMATCH",
                         fmt::format("Every value of the unpivot must have {} columns.", width),
                         {{"names", std::to_string(width)}});
      }
      candidates.push_back(group[place].expression->type);
      nullable[place] = nullable[place] || group[place].expression->nullable;
    }
    auto common = CommonTypeWithoutText(candidates, settings());
    if (!common) {
      std::map<std::string, std::vector<std::string>> columns;
      for (const auto& group : values) {
        columns[group[place].expression->type->Sql()].push_back(QuoteIdentifier(group[place].column.name));
      }
      std::string list;
      for (const auto& [type, names] : columns) {
        list += fmt::format("{}\"{}\" ({})", list.empty() ? "" : ", ", type, fmt::join(names, ", "));
      }
      return MakeError(
          ErrorKind::kAnalysis, "UNPIVOT_VALUE_DATA_TYPE_MISMATCH",
          fmt::format("The values of {} have no common type.", QuoteIdentifier(unpivot.value_names[place])),
          {{"types", list}});
    }
    types.push_back(*common);
  }
  Expressions arguments{IntegerLiteral(static_cast<int32_t>(values.size()))};
  for (size_t i = 0; i < values.size(); ++i) {
    std::string name;
    if (i < unpivot.value_aliases.size() && unpivot.value_aliases[i]) {
      name = *unpivot.value_aliases[i];
    } else {
      for (const auto& item : values[i]) name += (name.empty() ? "" : "_") + item.column.name;
    }
    arguments.push_back(StringLiteral(name));
    for (size_t place = 0; place < width; ++place) {
      arguments.push_back(CoerceTo(values[i][place].expression, types[place], settings()));
    }
  }
  HEARTH_ASSIGN(auto generator, Call("stack", std::move(arguments)));
  Generate node{input.relation, generator, false, {}};
  node.columns.push_back(NewColumn(unpivot.variable_name, DataType::String(), false));
  for (size_t place = 0; place < width; ++place) {
    node.columns.push_back(NewColumn(unpivot.value_names[place], types[place], nullable[place]));
  }
  auto generated = node.columns;
  auto output = input.relation->output;
  output.insert(output.end(), generated.begin(), generated.end());
  auto relation = MakeRelation(std::move(node), output);
  if (!unpivot.include_nulls) {
    ExpressionPtr any;
    for (size_t place = 1; place < generated.size(); ++place) {
      HEARTH_ASSIGN(auto present, Call("isnotnull", {MakeReference(generated[place])}));
      if (any) {
        HEARTH_ASSIGN(present, Call("or", {any, present}));
      }
      any = present;
    }
    relation = MakeRelation(Filter{relation, any}, output);
  }
  auto items = ids;
  for (const auto& column : generated) items.push_back({column, MakeReference(column)});
  auto carrier = Wrap(relation, {input.plan_ids});
  return ProjectOver(carrier, std::move(items));
}

Result<RelationPtr> Analysis::TransposeSource(const Analyzed& input, const ExpressionPtr& index,
                                              const std::vector<Column>& others) {
  TypePtr type = DataType::String();
  for (size_t i = 0; i < others.size(); ++i) {
    auto common =
        i == 0 ? std::optional(others[0].type) : CommonTypeWithoutText({type, others[i].type}, settings());
    if (!common) {
      return MakeError(ErrorKind::kAnalysis, "TRANSPOSE_NO_LEAST_COMMON_TYPE",
                       fmt::format("transpose needs columns of one type; \"{}\" and \"{}\" have none.",
                                   type->Sql(), others[i].type->Sql()),
                       {{"dt1", fmt::format("\"{}\"", type->Sql())},
                        {"dt2", fmt::format("\"{}\"", others[i].type->Sql())}});
    }
    type = *common;
  }
  HEARTH_ASSIGN(auto name, MakeCast(index, DataType::String(), CastBehavior::kAnsi, true));
  std::vector<NamedExpression> items{{NewColumn("index", index->type, true), index},
                                     {NewColumn("name", name->type, true), name}};
  for (const auto& column : others) {
    items.push_back({NewColumn(column.name, type, true), CoerceTo(MakeReference(column), type, settings())});
  }
  std::vector<Column> columns;
  for (const auto& item : items) columns.push_back(item.column);
  HEARTH_ASSIGN(auto present, Call("isnotnull", {MakeReference(columns[0])}));
  auto relation = MakeRelation(Project{input.relation, std::move(items)}, columns);
  relation = MakeRelation(Filter{relation, present}, columns);
  return MakeRelation(Sort{relation, {SortKey{MakeReference(columns[0]), true, true}}}, columns);
}

// Rows become columns: how many there are and how they are called is known from the data alone, so they are
// read here. At most spark.sql.transposeMaxValues of them.
Result<Analyzed> Analysis::AnalyzeTranspose(const unresolved::Transpose& transpose, const Scope* outer) {
  constexpr int64_t kMostRows = 500;
  HEARTH_ASSIGN(auto input, AnalyzeRelation(transpose.input, outer));
  if (input.output().empty() || !context_.collect) return base::NotImplemented("DataFrame.transpose here");
  auto index = MakeReference(input.output()[0]);
  if (!transpose.index_columns.empty()) {
    HEARTH_ASSIGN(index, AnalyzeExpression(transpose.index_columns[0], Scope{{&input}, outer}));
  }
  const auto* key = index->As<ColumnReference>();
  if (!key || !index->type->IsAtomic()) {
    return MakeError(ErrorKind::kAnalysis, "TRANSPOSE_INVALID_INDEX_COLUMN",
                     fmt::format("\"{}\" cannot be the index of a transpose.", OutputName(*index)),
                     {{"reason", "Index column must be a column of an atomic type"}});
  }
  std::vector<Column> others;
  for (const auto& column : input.output()) {
    if (column.id != key->id) others.push_back(column);
  }
  if (others.empty()) return base::NotImplemented("transpose of an index column alone");
  HEARTH_ASSIGN(auto source, TransposeSource(input, index, others));
  HEARTH_ASSIGN(auto rows, context_.collect(source, kMostRows + 1));
  if (static_cast<int64_t>(rows.size()) > kMostRows) {
    return MakeError(ErrorKind::kAnalysis, "TRANSPOSE_EXCEED_ROW_LIMIT",
                     fmt::format("transpose takes at most {} rows.", kMostRows),
                     {{"maxValues", std::to_string(kMostRows)}, {"config", "spark.sql.transposeMaxValues"}});
  }
  const auto type = source->output.back().type;
  std::vector<Column> columns{NewColumn("key", DataType::String(), false)};
  for (const auto& row : rows)
    columns.push_back(NewColumn(std::get<std::string>(row.at(1).data), type, true));
  std::vector<Expressions> cells;
  for (size_t i = 0; i < others.size(); ++i) {
    Expressions line{StringLiteral(others[i].name)};
    for (const auto& row : rows) line.push_back(MakeLiteral(row.at(i + 2), type));
    cells.push_back(std::move(line));
  }
  return Wrap(MakeRelation(InlineRows{std::move(cells)}, std::move(columns)));
}

}  // namespace hearth::plan
