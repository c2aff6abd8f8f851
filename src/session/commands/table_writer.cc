#include "session/commands/table_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>

#include "plan/resolved/rewrite.h"
#include "plan/types/coercion.h"
#include "plan/types/field_metadata.h"
#include "session/commands/store_assignment.h"
#include "session/planning.h"

namespace hearth::session::commands {
namespace {

using base::ErrorKind;
using base::MakeError;
using plan::ExpressionPtr;

// Column ids of an analysed plan count from 1; those of a projection above it start far away.
constexpr plan::ColumnId kFirstId = plan::ColumnId{1} << 40;

std::string QuotedName(const TableRecord& table) {
  return QuotedTableName(table.info.name_space.at(0), table.info.name);
}

std::string QuotedList(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(plan::QuoteIdentifier(name));
  return fmt::format("{}", fmt::join(quoted, ", "));
}

base::Error ArityMismatch(const TableRecord& table, const std::vector<std::string>& wanted,
                          const plan::Relation& query) {
  std::vector<std::string> given;
  for (const plan::Column& column : query.output) given.push_back(column.name);
  const char* kind = given.size() < wanted.size() ? "NOT_ENOUGH_DATA_COLUMNS" : "TOO_MANY_DATA_COLUMNS";
  return MakeError(ErrorKind::kAnalysis, fmt::format("INSERT_COLUMN_ARITY_MISMATCH.{}", kind),
                   fmt::format("The table {} takes the columns {}, the data has {}.", QuotedName(table),
                               QuotedList(wanted), QuotedList(given)),
                   {{"tableName", QuotedName(table)},
                    {"tableColumns", QuotedList(wanted)},
                    {"dataColumns", QuotedList(given)}});
}

bool SameName(std::string_view left, std::string_view right) { return LowerCase(left) == LowerCase(right); }

// What each table column is filled with: a column of the query, a constant, or nothing (null).
class Filling {
 public:
  Filling(const plan::RelationPtr& query, const TableRecord& table, const InsertShape& shape)
      : query_(*query), table_(table), shape_(shape) {}

  base::Result<std::map<std::string, ExpressionPtr>> Build() {
    for (const auto& [name, value] : shape_.static_partitions) HEARTH_RETURN_IF_ERROR(AddStatic(name, value));
    HEARTH_RETURN_IF_ERROR(shape_.by_name ? AddByName() : AddByPosition());
    return std::move(filling_);
  }

 private:
  std::optional<std::string> TableColumn(std::string_view name) const {
    for (const plan::TableColumnInfo& column : table_.info.columns) {
      if (SameName(column.field.name, name)) return column.field.name;
    }
    return std::nullopt;
  }

  base::Error Unknown(const std::string& name) const {
    std::vector<std::string> names;
    for (const plan::TableColumnInfo& column : table_.info.columns) names.push_back(column.field.name);
    return MakeError(ErrorKind::kAnalysis, "UNRESOLVED_COLUMN.WITH_SUGGESTION",
                     fmt::format("The table {} has no column {}; it has {}.", QuotedName(table_),
                                 plan::QuoteIdentifier(name), QuotedList(names)),
                     {{"objectName", plan::QuoteIdentifier(name)}, {"proposal", QuotedList(names)}});
  }

  base::Status AddStatic(const std::string& name, const ExpressionPtr& value) {
    const auto column = TableColumn(name);
    const std::vector<std::string> partitions = table_.partition_columns();
    if (!column || std::ranges::find(partitions, *column) == partitions.end()) {
      return MakeError(ErrorKind::kAnalysis, "NON_PARTITION_COLUMN",
                       fmt::format("{} is no partition column of the table {}.", plan::QuoteIdentifier(name),
                                   QuotedName(table_)),
                       {{"columnName", plan::QuoteIdentifier(name)}});
    }
    filling_[*column] = value;
    return {};
  }

  std::vector<std::string> Open() const {
    std::vector<std::string> open;
    for (const plan::TableColumnInfo& column : table_.info.columns) {
      if (!filling_.contains(column.field.name)) open.push_back(column.field.name);
    }
    return open;
  }

  base::Status AddByPosition() {
    std::vector<std::string> targets = Open();
    if (!shape_.columns.empty()) {
      targets.clear();
      for (const std::string& name : shape_.columns) {
        const auto column = TableColumn(name);
        if (!column) return Unknown(name);
        targets.push_back(*column);
      }
    }
    if (targets.size() != query_.output.size()) return ArityMismatch(table_, targets, query_);
    for (size_t i = 0; i < targets.size(); ++i) filling_[targets[i]] = plan::MakeReference(query_.output[i]);
    return {};
  }

  base::Status AddByName() {
    if (Open().size() < query_.output.size()) return ArityMismatch(table_, Open(), query_);
    for (const plan::Column& column : query_.output) {
      const auto target = TableColumn(column.name);
      if (!target) {
        return MakeError(
            ErrorKind::kAnalysis, "INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS",
            fmt::format("The table {} has no column {}.", QuotedName(table_),
                        plan::QuoteIdentifier(column.name)),
            {{"tableName", QuotedName(table_)}, {"extraColumns", plan::QuoteIdentifier(column.name)}});
      }
      filling_[*target] = plan::MakeReference(column);
    }
    for (const std::string& name : Open()) {
      return MakeError(ErrorKind::kAnalysis, "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_FIND_DATA",
                       fmt::format("The data for the table {} has no column {}.", QuotedName(table_),
                                   plan::QuoteIdentifier(name)),
                       {{"tableName", QuotedName(table_)}, {"colName", plan::QuoteIdentifier(name)}});
    }
    return {};
  }

  const plan::Relation& query_;
  const TableRecord& table_;
  const InsertShape& shape_;
  std::map<std::string, ExpressionPtr> filling_;
};

base::Result<ExpressionPtr> DefaultOf(Session& session, const TableRecord& table, const plan::Field& field) {
  const auto found = table.defaults.find(field.name);
  if (found == table.defaults.end()) return plan::NullLiteral(field.type);
  return AnalyzeConstant(session, found->second);
}

bool ReadsFrom(const plan::Relation& relation, const std::string& directory) {
  if (const auto* scan = relation.As<plan::FileScan>()) {
    for (const std::string& path : scan->source->paths) {
      if (path == directory || path.starts_with(directory + "/")) return true;
    }
  }
  return std::ranges::any_of(plan::InputsOf(relation),
                             [&](const plan::RelationPtr& input) { return ReadsFrom(*input, directory); });
}

}  // namespace

base::Result<plan::RelationPtr> FitToTable(Session& session, const plan::RelationPtr& query,
                                           const TableRecord& table, const InsertShape& shape) {
  HEARTH_ASSIGN(const auto filling, Filling(query, table, shape).Build());
  std::vector<plan::NamedExpression> items;
  std::vector<plan::Column> output;
  for (const plan::TableColumnInfo& column : table.info.columns) {
    const plan::Field& field = column.field;
    const auto found = filling.find(field.name);
    HEARTH_ASSIGN(const ExpressionPtr source, found == filling.end()
                                                  ? DefaultOf(session, table, field)
                                                  : base::Result<ExpressionPtr>(found->second));
    HEARTH_ASSIGN(const ExpressionPtr value, StoreAssignment(session, source, field, QuotedName(table)));
    plan::Column result{kFirstId + items.size(), field.name, field.type, value->nullable, "", {}};
    output.push_back(result);
    items.push_back({std::move(result), value});
  }
  return plan::MakeRelation(plan::Project{query, std::move(items)}, std::move(output));
}

base::Status CheckNotReadFrom(const plan::Relation& query, const TableRecord& table) {
  if (!ReadsFrom(query, table.info.location)) return {};
  return MakeError(
      ErrorKind::kAnalysis, "UNSUPPORTED_OVERWRITE.TABLE",
      fmt::format("The table {} cannot be overwritten with rows that are read from it.", QuotedName(table)),
      {{"table", QuotedName(table)}});
}

base::Status WriteRowsToTable(Session& session, const plan::RelationPtr& rows, const TableRecord& table,
                              bool overwrite, bool dynamic, std::stop_token stop) {
  if (overwrite && !dynamic) HEARTH_RETURN_IF_ERROR(CheckNotReadFrom(*rows, table));
  plan::FileSink sink;
  sink.format = table.info.format;
  sink.path = table.info.location;
  sink.mode = overwrite ? plan::SaveMode::kOverwrite : plan::SaveMode::kAppend;
  sink.partition_columns = table.partition_columns();
  sink.options = table.info.options;
  sink.dynamic_partition_overwrite = dynamic;
  HEARTH_ASSIGN(const int64_t written,
                session.executor().Write(rows, sink, ExecutionOptionsOf(session), std::move(stop)));
  (void)written;
  return {};
}

base::Status MovePartitionColumns(const std::string& table, const std::vector<std::string>& partition_columns,
                                  std::vector<plan::TableColumnInfo>* columns) {
  std::vector<plan::TableColumnInfo> partitions;
  for (const std::string& name : partition_columns) {
    const auto found =
        std::ranges::find_if(*columns, [&](const auto& column) { return SameName(column.field.name, name); });
    if (found == columns->end()) {
      std::vector<std::string> names;
      for (const plan::TableColumnInfo& column : *columns) names.push_back(column.field.name);
      return MakeError(ErrorKind::kAnalysis, "COLUMN_NOT_DEFINED_IN_TABLE",
                       fmt::format("The partition column {} is not among the columns of the table {}: {}.",
                                   plan::QuoteIdentifier(name), table, QuotedList(names)),
                       {{"colType", "partition"},
                        {"colName", plan::QuoteIdentifier(name)},
                        {"tableName", table},
                        {"tableCols", QuotedList(names)}});
    }
    partitions.push_back(std::move(*found));
    partitions.back().is_partition = true;
    columns->erase(found);
  }
  if (columns->empty() && !partitions.empty()) {
    return MakeError(ErrorKind::kAnalysis, "ALL_PARTITION_COLUMNS_NOT_ALLOWED",
                     "A table cannot consist of partition columns alone.");
  }
  std::ranges::move(partitions, std::back_inserter(*columns));
  return {};
}

base::Result<std::vector<plan::TableColumnInfo>> ColumnsOf(
    const plan::Relation& query, const std::string& table,
    const std::vector<std::string>& partition_columns) {
  std::vector<plan::TableColumnInfo> columns;
  for (const plan::Column& column : query.output) {
    const std::string comment =
        plan::CommentOf({column.name, column.type, true, column.metadata}).value_or("");
    columns.push_back({{column.name, column.type->AsNullable(), true, ""}, comment, false});
  }
  HEARTH_RETURN_IF_ERROR(MovePartitionColumns(table, partition_columns, &columns));
  return columns;
}

}  // namespace hearth::session::commands
