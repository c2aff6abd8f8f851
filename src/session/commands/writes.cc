// df.write and df.writeTo, INSERT.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "session/commands/handlers.h"
#include "session/commands/objects.h"
#include "session/commands/rows.h"
#include "session/commands/table_files.h"
#include "session/commands/table_writer.h"
#include "session/commands/tables.h"
#include "session/planning.h"

namespace hearth::session::commands {
namespace {

using base::ErrorKind;
using base::MakeError;
using unresolved::SaveMode;
using unresolved::WriteTable;

plan::SaveMode SinkMode(SaveMode mode) {
  switch (mode) {
    case SaveMode::kErrorIfExists:
      return plan::SaveMode::kErrorIfExists;
    case SaveMode::kAppend:
      return plan::SaveMode::kAppend;
    case SaveMode::kOverwrite:
      return plan::SaveMode::kOverwrite;
    case SaveMode::kIgnore:
      return plan::SaveMode::kIgnore;
  }
  return plan::SaveMode::kErrorIfExists;
}

std::map<std::string, std::string> LowerKeys(const unresolved::Options& options) {
  std::map<std::string, std::string> result;
  for (const auto& [key, value] : options) result[LowerCase(key)] = value;
  return result;
}

bool OverwritesDynamically(Session& session, const unresolved::Options& options) {
  for (const auto& [key, value] : options) {
    if (LowerCase(key) == "partitionoverwritemode") return LowerCase(value) == "dynamic";
  }
  return LowerCase(session.configuration().Text("spark.sql.sources.partitionOverwriteMode")) == "dynamic";
}

base::Error NoPath() {
  base::Error error =
      MakeError(ErrorKind::kIllegalArgument, "_LEGACY_ERROR_TEMP_2047", "'path' is not specified.");
  error.sql_state.clear();
  return error;
}

// A record for the query's columns, under the name of the command.
base::Result<TableRecord> RecordFor(Session& session, const WriteTable& command,
                                    const plan::Relation& query) {
  HEARTH_ASSIGN(TableRecord record, NewTable(session, command.table, command.format, command.options, ""));
  record.info.properties = command.properties;
  const std::string quoted = QuotedTableName(record.info.name_space[0], record.info.name);
  HEARTH_ASSIGN(record.info.columns, ColumnsOf(query, quoted, command.partition_columns));
  return record;
}

base::Result<InsertShape> ShapeOf(Session& session, const WriteTable& command) {
  InsertShape shape;
  shape.by_name = command.by_name;
  shape.columns = command.insert_columns;
  for (const auto& [name, value] : command.static_partitions) {
    if (!value) continue;  // dynamic
    HEARTH_ASSIGN(plan::ExpressionPtr constant, AnalyzeConstant(session, value));
    shape.static_partitions.emplace_back(name, std::move(constant));
  }
  return shape;
}

base::Status Insert(Session& session, const WriteTable& command, const TableRecord& table,
                    const plan::RelationPtr& query, const CommandContext& context) {
  if (table.is_view()) {
    const std::string quoted = QuotedTableName(table.info.name_space[0], table.info.name);
    return MakeError(ErrorKind::kAnalysis, "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
                     fmt::format("Rows can be inserted into tables only, and {} is a view.", quoted),
                     {{"viewName", quoted}, {"operation", "INSERT"}});
  }
  HEARTH_ASSIGN(const InsertShape shape, ShapeOf(session, command));
  HEARTH_ASSIGN(const plan::RelationPtr rows, FitToTable(session, query, table, shape));
  const bool overwrite = command.mode == SaveMode::kOverwrite;
  const bool dynamic = overwrite && !table.partition_columns().empty() &&
                       (command.action == WriteTable::Action::kOverwritePartitions ||
                        !shape.static_partitions.empty() || OverwritesDynamically(session, command.options));
  return WriteRowsToTable(session, rows, table, overwrite, dynamic, context.stop);
}

bool IsDefaultWord(const unresolved::ExpressionPtr& cell) {
  const auto* word = cell->As<unresolved::Attribute>();
  return word && word->parts.size() == 1 && LowerCase(word->parts[0]) == "default";
}

// INSERT … VALUES with DEFAULT as a whole value: the default of the column in its place, NULL without one.
unresolved::RelationPtr WithDefaults(const WriteTable& command, const TableRecord& table) {
  const auto* values = command.input->As<unresolved::InlineTable>();
  if (!values) return command.input;
  std::vector<std::string> targets = command.insert_columns;
  for (const plan::TableColumnInfo& column : table.info.columns) {
    const bool is_static = std::ranges::any_of(command.static_partitions, [&](const auto& partition) {
      return partition.second && LowerCase(partition.first) == LowerCase(column.field.name);
    });
    if (command.insert_columns.empty() && !is_static) targets.push_back(column.field.name);
  }
  const auto default_of = [&](const std::string& name) {
    for (const auto& [column, value] : table.defaults) {
      if (LowerCase(column) == LowerCase(name)) return value;
    }
    return unresolved::Make(unresolved::Literal{{}, plan::DataType::Null(), {}});
  };
  unresolved::InlineTable filled = *values;
  for (auto& row : filled.rows) {
    for (size_t i = 0; i < row.size() && i < targets.size(); ++i) {
      if (IsDefaultWord(row[i])) row[i] = default_of(targets[i]);
    }
  }
  return unresolved::MakeRelation(std::move(filled), command.input->plan_id, command.input->origin);
}

// Names must match, as in Spark, whose error for it is an old one.
base::Status AppendSaved(Session& session, WriteTable command, const TableRecord& table,
                         const plan::RelationPtr& query, const CommandContext& context) {
  for (const plan::TableColumnInfo& column : table.info.columns) {
    const bool is_there = std::ranges::any_of(query->output, [&](const plan::Column& given) {
      return LowerCase(given.name) == LowerCase(column.field.name);
    });
    if (is_there || query->output.size() != table.info.columns.size()) continue;
    std::vector<std::string> names;
    for (const plan::Column& given : query->output) names.push_back(given.name);
    base::Error error = MakeError(
        ErrorKind::kAnalysis, "_LEGACY_ERROR_TEMP_1162",
        fmt::format("The data has no column '{}', but [{}].", column.field.name, fmt::join(names, ", ")),
        {{"column", column.field.name}, {"inputColumns", fmt::format("{}", fmt::join(names, ", "))}});
    error.sql_state.clear();
    return error;
  }
  command.by_name = true;
  return Insert(session, command, table, query, context);
}

base::Status SaveAsTable(Session& session, const WriteTable& command, const TablePtr& existing,
                         const plan::RelationPtr& query, const CommandContext& context) {
  if (existing && command.mode == SaveMode::kIgnore) return {};
  if (existing && command.mode == SaveMode::kAppend)
    return AppendSaved(session, command, *existing, query, context);
  if (existing && command.mode == SaveMode::kErrorIfExists) {
    return TableAlreadyExists(existing->info.name_space[0], existing->info.name);
  }
  HEARTH_ASSIGN(TableRecord record, RecordFor(session, command, *query));
  if (existing) HEARTH_RETURN_IF_ERROR(DropExisting(session, *existing, query));
  return CreateAndFill(session, std::move(record), query, context.stop);
}

}  // namespace

Answer Run(Session& session, const unresolved::WriteFiles& command, const CommandContext& context) {
  plan::FileSink sink;
  sink.format = LowerCase(command.format.empty() ? session.configuration().Text("spark.sql.sources.default")
                                                 : command.format);
  sink.options = LowerKeys(command.options);
  sink.path = command.path;
  if (const auto path = sink.options.find("path"); path != sink.options.end()) {
    if (sink.path.empty()) sink.path = path->second;
    sink.options.erase(path);
  }
  if (sink.path.empty() && sink.format != "noop") return NoPath();
  sink.path = LocalPath(sink.path);
  sink.mode = SinkMode(command.mode);
  sink.partition_columns = command.partition_columns;
  sink.dynamic_partition_overwrite = OverwritesDynamically(session, command.options);
  HEARTH_ASSIGN(const plan::RelationPtr query, AnalyzeQuery(session, command.input, context.stop));
  HEARTH_ASSIGN(const int64_t rows,
                session.executor().Write(query, sink, ExecutionOptionsOf(session), context.stop));
  (void)rows;
  return Rows::None();
}

Answer Run(Session& session, const WriteTable& command, const CommandContext& context) {
  const auto names = session.Names();
  HEARTH_ASSIGN(const NameLookup::TableName name, names->Qualify(command.table));
  const TablePtr existing = session.catalog().FindTable(name.database, name.name);
  const bool inserts = existing && command.action == WriteTable::Action::kInsertInto;
  HEARTH_ASSIGN(
      const plan::RelationPtr query,
      AnalyzeQuery(session, inserts ? WithDefaults(command, *existing) : command.input, context.stop));
  switch (command.action) {
    case WriteTable::Action::kSaveAsTable:
      HEARTH_RETURN_IF_ERROR(SaveAsTable(session, command, existing, query, context));
      return Rows::None();
    case WriteTable::Action::kInsertInto:
    case WriteTable::Action::kOverwritePartitions:
      if (!existing) return TableNotFound(command.table, names->SearchPath());
      HEARTH_RETURN_IF_ERROR(Insert(session, command, *existing, query, context));
      return Rows::None();
    case WriteTable::Action::kCreate:
    case WriteTable::Action::kReplace:
    case WriteTable::Action::kCreateOrReplace:
      break;
  }
  if (existing && command.if_not_exists) return Rows::None();
  if (existing && command.action == WriteTable::Action::kCreate) {
    return TableAlreadyExists(existing->info.name_space[0], existing->info.name);
  }
  if (!existing && command.action == WriteTable::Action::kReplace)
    return TableNotFound(command.table, names->SearchPath());
  HEARTH_ASSIGN(TableRecord record, RecordFor(session, command, *query));
  if (existing) HEARTH_RETURN_IF_ERROR(DropExisting(session, *existing, query));
  HEARTH_RETURN_IF_ERROR(CreateAndFill(session, std::move(record), query, context.stop));
  return Rows::None();
}

}  // namespace hearth::session::commands
