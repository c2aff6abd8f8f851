// Relations without input: tables, files, views, common table expressions, local and inline rows, table
// functions.
#include <fmt/format.h>

#include <algorithm>

#include "plan/analyze/analysis.h"
#include "plan/analyze/arrow_schema.h"
#include "plan/from_sql/from_sql.h"
#include "plan/types/coercion.h"
#include "plan/types/field_metadata.h"

namespace hearth::plan {
namespace {

using base::ErrorKind;
using base::MakeError;
using base::Result;

constexpr int kMostNestedViews = 100;

std::map<std::string, std::string> LowerKeys(const unresolved::Options& options) {
  std::map<std::string, std::string> lower;
  for (const auto& [key, value] : options) lower[LowerCase(key)] = value;
  return lower;
}

}  // namespace

Result<TypePtr> Analysis::SchemaFromText(const std::string& text) {
  HEARTH_ASSIGN(auto type, ParseSchema(text));
  if (type->Is(TypeKind::kStruct)) return type;
  return DataType::Struct({Field{"value", type, true, {}}});
}

Result<Analyzed> Analysis::ScanOf(std::shared_ptr<const FileSource> source,
                                  std::vector<std::string> qualifier) {
  std::vector<Column> columns;
  for (const auto* fields : {&source->columns, &source->partition_columns}) {
    for (const auto& field : *fields) {
      auto column = NewColumn(field.name, field.type, field.nullable);
      column.metadata = field.metadata;
      column.qualifier = qualifier;
      columns.push_back(std::move(column));
    }
  }
  return Wrap(MakeRelation(FileScan{std::move(source)}, std::move(columns)));
}

Result<Analyzed> Analysis::AnalyzeView(const ViewInfo& view) {
  if (++view_depth_ > kMostNestedViews) {
    --view_depth_;
    return MakeError(
        ErrorKind::kAnalysis, "VIEW_EXCEED_MAX_NESTED_DEPTH",
        fmt::format("Views are nested more than {} levels deep.", kMostNestedViews),
        {{"viewName", QuoteIdentifiers(view.name)}, {"maxNestedDepth", std::to_string(kMostNestedViews)}});
  }
  // A view sees nothing of the query that names it.
  auto saved_ctes = std::exchange(cte_scopes_, {});
  auto saved_lambdas = std::exchange(lambda_scopes_, {});
  auto* saved_catalog = std::exchange(catalog_, view.scope ? view.scope.get() : catalog_);
  auto analyzed = AnalyzeRelation(view.plan, nullptr);
  catalog_ = saved_catalog;
  cte_scopes_ = std::move(saved_ctes);
  lambda_scopes_ = std::move(saved_lambdas);
  --view_depth_;
  HEARTH_ASSIGN(auto plan, std::move(analyzed));
  auto columns = plan.output();
  for (size_t i = 0; i < columns.size(); ++i) {
    columns[i].qualifier = view.name;
    if (i < view.column_aliases.size()) columns[i].name = view.column_aliases[i];
  }
  auto relation = std::make_shared<Relation>(*plan.relation);
  relation->output = std::move(columns);
  return Wrap(std::move(relation));
}

Result<Analyzed> Analysis::AnalyzeNamedTable(const unresolved::NamedTable& table) {
  if (table.is_streaming) return base::NotImplemented("streaming tables");
  if (table.version_as_of || table.timestamp_as_of) return base::NotImplemented("time travel on tables");
  if (table.name.size() == 1) {
    auto key = LowerCase(table.name[0]);
    for (auto scope = cte_scopes_.rbegin(); scope != cte_scopes_.rend(); ++scope) {
      auto found = scope->find(key);
      if (found == scope->end()) continue;
      std::vector<Column> columns;
      for (const auto& column : found->second.columns) {
        auto fresh = NewColumn(column.name, column.type, column.nullable);
        fresh.metadata = column.metadata;
        fresh.qualifier = {found->second.name};
        columns.push_back(std::move(fresh));
      }
      return Wrap(MakeRelation(CteReference{found->second.id}, std::move(columns)));
    }
  }
  HEARTH_ASSIGN(auto found, catalog_->Lookup(table.name));
  if (const auto* view = std::get_if<ViewInfo>(&found)) return AnalyzeView(*view);
  auto& lookup = std::get<TableLookup>(found);
  return ScanOf(lookup.source, lookup.name);
}

namespace {

// Whether Spark's parser can compute an expression: it knows operators, casts and struct(), no other
// function.
bool IsComputedByParser(const unresolved::ExpressionPtr& expression) {
  if (const auto* cast = expression->As<unresolved::Cast>()) return IsComputedByParser(cast->child);
  const auto* call = expression->As<unresolved::Function>();
  if (!call) return true;
  if (!call->is_operator && LowerCase(call->name.back()) != "struct") return false;
  return std::all_of(call->arguments.begin(), call->arguments.end(), IsComputedByParser);
}

}  // namespace

Result<Analyzed> Analysis::AnalyzeDataSource(const unresolved::DataSource& source) {
  if (source.is_streaming) return base::NotImplemented("streaming sources");
  if (!source.predicates.empty()) return base::NotImplemented("JDBC predicates");
  FileRequest request{LowerCase(source.format), source.paths, LowerKeys(source.options), nullptr};
  if (auto path = request.options.find("path"); path != request.options.end() && request.paths.empty()) {
    request.paths.push_back(path->second);
  }
  if (!source.schema.empty()) {
    HEARTH_ASSIGN(request.schema, SchemaFromText(source.schema));
    if (HoldsCharacterTypes(*request.schema)) {
      return MakeError(ErrorKind::kAnalysis, "UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING",
                       "A schema of files has no char and varchar, only string.");
    }
  }
  request.options.emplace("timezone", settings().time_zone);
  HEARTH_ASSIGN(auto files, context_.files.Resolve(request));
  return ScanOf(std::move(files), {});
}

Result<Analyzed> Analysis::AnalyzeInlineTable(const unresolved::InlineTable& table, const Scope* outer,
                                              size_t aliases) {
  std::vector<Expressions> rows;
  Scope scope{{}, outer};
  // The parser of Spark computes rows of constants at once: what is wrong with them is an error of the text.
  auto kind = ErrorKind::kParse;
  for (const auto& row : table.rows) {
    HEARTH_ASSIGN(auto cells, ResolveAll(row, scope));
    if (!std::all_of(row.begin(), row.end(), IsComputedByParser) ||
        !std::all_of(cells.begin(), cells.end(), [](const auto& cell) { return IsFoldable(*cell); })) {
      kind = ErrorKind::kAnalysis;
    }
    const size_t expected = aliases ? aliases : rows.empty() ? cells.size() : rows[0].size();
    if (cells.size() != expected) {
      return MakeError(kind, "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
                       fmt::format("Row {} of the inline table has {} columns where {} are expected.",
                                   rows.size(), cells.size(), expected),
                       {{"expectedNumCols", std::to_string(expected)},
                        {"actualNumCols", std::to_string(cells.size())},
                        {"rowIndex", std::to_string(rows.size())}});
    }
    rows.push_back(std::move(cells));
  }
  for (const auto& row : rows) {
    for (const auto& cell : row) {
      if (Contains(*cell, [](const Expression& node) { return node.As<Subquery>() != nullptr; })) {
        return MakeError(ErrorKind::kAnalysis,
                         "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.SCALAR_SUBQUERY_IN_VALUES",
                         "A subquery stands in VALUES.");
      }
      bool computes = !ContainsAggregate(*cell) && !ContainsWindow(*cell) && !ContainsGenerator(*cell) &&
                      IsDeterministic(*cell);
      if (computes) continue;
      return MakeError(ErrorKind::kAnalysis,
                       "INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE",
                       fmt::format("An inline table cannot compute \"{}\".", OutputName(*cell)),
                       {{"expr", fmt::format("\"{}\"", OutputName(*cell))}});
    }
  }
  if (rows.empty()) return base::InternalError("an inline table without rows");
  std::vector<Column> columns;
  for (size_t i = 0; i < rows[0].size(); ++i) {
    std::vector<TypePtr> types;
    bool nullable = false;
    for (const auto& row : rows) {
      types.push_back(row[i]->type);
      nullable |= row[i]->nullable;
    }
    auto name = "col" + std::to_string(i + 1);
    auto common = CommonTypeWithoutText(types, settings());
    if (!common) {
      return MakeError(kind, "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE",
                       fmt::format("The rows of the inline table have no common type in column {}.", i + 1),
                       {{"colName", QuoteIdentifier(name)}});
    }
    for (auto& row : rows) row[i] = CoerceTo(row[i], *common, settings());
    columns.push_back(NewColumn(std::move(name), *common, nullable));
  }
  return Wrap(MakeRelation(InlineRows{std::move(rows)}, std::move(columns)));
}

Result<Analyzed> Analysis::AnalyzeLocalRelation(const unresolved::LocalRelation& relation) {
  TypePtr schema;
  if (relation.schema.empty()) {
    HEARTH_ASSIGN(schema, SchemaOfArrowStream(relation.arrow_ipc));
  } else {
    HEARTH_ASSIGN(schema, SchemaFromText(relation.schema));
  }
  std::vector<Column> columns;
  for (const auto& field : schema->fields()) {
    columns.push_back(NewColumn(field.name, field.type, field.nullable));
    columns.back().metadata = field.metadata;
  }
  auto bytes = relation.arrow_ipc.empty() ? nullptr : std::make_shared<const std::string>(relation.arrow_ipc);
  return Wrap(MakeRelation(LocalRows{std::move(bytes)}, std::move(columns)));
}

Result<Analyzed> Analysis::AnalyzeRange(const unresolved::Range& range) {
  if (range.step == 0) {
    return MakeError(ErrorKind::kIllegalArgument, "", "requirement failed: the step of range is 0.");
  }
  std::vector<Column> columns{NewColumn("id", DataType::Long(), false)};
  return Wrap(MakeRelation(Range{range.start.value_or(0), range.end, range.step}, std::move(columns)));
}

// range(end), range(start, end), range(start, end, step[, partitions]) in FROM.
Result<Analyzed> Analysis::RangeFunction(const unresolved::TableFunction& function, const Scope* outer) {
  Scope scope{{}, outer};
  std::vector<int64_t> numbers;
  for (const auto& argument : function.arguments) {
    HEARTH_ASSIGN(auto value, AnalyzeExpression(argument, scope));
    bool negative = false;
    const Expression* node = value.get();
    while (true) {
      if (const auto* cast = node->As<Cast>()) {
        node = cast->child.get();
      } else if (const auto* call = node->As<plan::Call>(); call && call->function->name == "negative") {
        negative = !negative;
        node = call->arguments[0].get();
      } else {
        break;
      }
    }
    const auto* literal = node->As<Literal>();
    const auto* number = literal ? std::get_if<int64_t>(&literal->value.data) : nullptr;
    if (!number) {
      return MakeError(
          ErrorKind::kAnalysis, "UNEXPECTED_INPUT_TYPE",
          fmt::format("range() takes integer constants, not \"{}\".", OutputName(*value)),
          {{"functionName", "`range`"}, {"inputSql", fmt::format("\"{}\"", OutputName(*value))}});
    }
    numbers.push_back(negative ? -*number : *number);
  }
  if (numbers.empty() || numbers.size() > 4) {
    return MakeError(ErrorKind::kAnalysis, "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
                     fmt::format("range() takes one to four arguments, not {}.", numbers.size()),
                     {{"functionName", "`range`"},
                      {"expectedNum", "[1, 2, 3, 4]"},
                      {"actualNum", std::to_string(numbers.size())}});
  }
  unresolved::Range range;
  range.start = numbers.size() == 1 ? 0 : numbers[0];
  range.end = numbers.size() == 1 ? numbers[0] : numbers[1];
  if (numbers.size() > 2) range.step = numbers[2];
  return AnalyzeRange(range);
}

Result<Analyzed> Analysis::AnalyzeTableFunction(const unresolved::TableFunction& function,
                                                const Scope* outer) {
  auto name = LowerCase(function.name.back());
  if (name == "range") return RangeFunction(function, outer);
  const auto* known = FunctionTable::BuiltIn().Find(name);
  if (known && known->kind == FunctionKind::kGenerator) {
    unresolved::Generate generate;
    generate.input = unresolved::MakeRelation(unresolved::OneRow{});
    unresolved::Function call;
    call.name = function.name;
    call.arguments = function.arguments;
    generate.generator = unresolved::Make(std::move(call));
    return AnalyzeGenerate(generate, outer);
  }
  auto quoted = QuoteIdentifiers(function.name);
  if (known) {
    return MakeError(ErrorKind::kAnalysis, "NOT_A_TABLE_FUNCTION",
                     fmt::format("{} is no table function.", quoted), {{"functionName", quoted}});
  }
  return MakeError(ErrorKind::kAnalysis, "UNRESOLVABLE_TABLE_VALUED_FUNCTION",
                   fmt::format("No table-valued function is named {}.", quoted), {{"name", quoted}});
}

}  // namespace hearth::plan
