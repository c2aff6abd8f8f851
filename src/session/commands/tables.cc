// CREATE TABLE, CREATE TABLE AS SELECT, DROP TABLE.
#include "session/commands/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plan/types/coercion.h"
#include "session/commands/handlers.h"
#include "session/commands/objects.h"
#include "session/commands/rows.h"
#include "session/commands/table_files.h"
#include "session/commands/table_writer.h"
#include "session/planning.h"

namespace hearth::session::commands {
namespace {

using base::ErrorKind;
using base::MakeError;
using unresolved::CreateTable;

base::Error DataSourceNotFound(const std::string& format) {
  return MakeError(ErrorKind::kSpark, "DATA_SOURCE_NOT_FOUND",
                   fmt::format("There is no data source {}.", format), {{"provider", format}});
}

bool IsTableFormat(const std::string& format) {
  static constexpr std::string_view kFormats[] = {"parquet", "csv", "json", "text", "orc"};
  return std::ranges::find(kFormats, format) != std::end(kFormats);
}

// The files of a table that is declared without columns.
base::Status InferColumns(Session& session, TableRecord* record) {
  HEARTH_ASSIGN(const auto source,
                session.executor().files().Resolve(
                    {record->info.format, {record->info.location}, record->info.options, nullptr}));
  for (const plan::Field& field : source->columns) record->info.columns.push_back({field, "", false});
  for (const plan::Field& field : source->partition_columns)
    record->info.columns.push_back({field, "", true});
  return {};
}

base::Status DeclareColumns(const CreateTable& command, TableRecord* record) {
  for (const unresolved::TableColumn& column : command.columns) {
    // Their values would have to be padded and measured when written and compared.
    if (plan::HoldsCharacterTypes(*column.type)) {
      return base::NotImplemented(fmt::format("the type {} of the column {} of a table", column.type->Sql(),
                                              plan::QuoteIdentifier(column.name)));
    }
    const bool is_there = std::ranges::any_of(record->info.columns, [&](const auto& other) {
      return LowerCase(other.field.name) == LowerCase(column.name);
    });
    if (is_there) {
      const auto quoted = plan::QuoteIdentifier(LowerCase(column.name));
      return MakeError(ErrorKind::kAnalysis, "COLUMN_ALREADY_EXISTS",
                       fmt::format("The column {} is declared twice.", quoted), {{"columnName", quoted}});
    }
    record->info.columns.push_back({{column.name, column.type, column.nullable, ""}, column.comment, false});
    if (column.default_value) record->defaults[column.name] = column.default_value;
  }
  return {};
}

}  // namespace

base::Result<TableRecord> NewTable(Session& session, const unresolved::Name& name, const std::string& format,
                                   const unresolved::Options& options, const std::string& location) {
  const auto names = session.Names();
  HEARTH_ASSIGN(const NameLookup::TableName qualified, names->Qualify(name));
  const std::optional<DatabaseRecord> database = session.catalog().FindDatabase(qualified.database);
  if (!database) return SchemaNotFound({std::string(kCatalogName), qualified.database});
  TableRecord record;
  record.info.catalog = kCatalogName;
  record.info.name_space = {database->name};
  record.info.name = LowerCase(qualified.name);
  record.info.format =
      LowerCase(format.empty() ? session.configuration().Text("spark.sql.sources.default") : format);
  if (!IsTableFormat(record.info.format)) return DataSourceNotFound(format);
  std::string path = location;
  for (const auto& [key, value] : options) {
    if (LowerCase(key) == "path") {
      path = path.empty() ? value : path;
    } else {
      record.info.options[LowerCase(key)] = value;
    }
  }
  record.info.kind = path.empty() ? "MANAGED" : "EXTERNAL";
  record.info.location = path.empty() ? TableLocation(*database, qualified.name) : LocalPath(path);
  record.created_microseconds = session.clock().NowMicroseconds();
  record.owner = session.process_user();
  return record;
}

base::Status CreateAndFill(Session& session, TableRecord record, const plan::RelationPtr& query,
                           std::stop_token stop) {
  if (record.info.kind == "MANAGED" && !IsMissingOrEmpty(record.info.location)) {
    return MakeError(ErrorKind::kAnalysis, "LOCATION_ALREADY_EXISTS",
                     fmt::format("The place of the new table, {}, holds files already.",
                                 PrintedLocation(record.info.location)),
                     {{"location", fmt::format("'{}'", PrintedLocation(record.info.location))},
                      {"identifier", QuotedTableName(record.info.name_space[0], record.info.name)}});
  }
  InsertShape shape;
  // Partition columns were moved to the end.
  shape.by_name = !record.partition_columns().empty();
  HEARTH_ASSIGN(const plan::RelationPtr rows, FitToTable(session, query, record, shape));
  HEARTH_RETURN_IF_ERROR(session.catalog().CreateTable(record));
  base::Status written = WriteRowsToTable(session, rows, record, false, false, std::move(stop));
  if (written.ok()) return {};
  // Nobody saw rows of it: as if it had never been.
  const auto dropped = session.catalog().DropTable(record.info.name_space[0], record.info.name);
  if (dropped.ok()) (void)RemoveTableFiles(session, **dropped);
  return written;
}

base::Status DropExisting(Session& session, const TableRecord& table, const plan::RelationPtr& query) {
  HEARTH_RETURN_IF_ERROR(CheckMayChange(session, table));
  if (query) HEARTH_RETURN_IF_ERROR(CheckNotReadFrom(*query, table));
  HEARTH_ASSIGN(const TablePtr dropped,
                session.catalog().DropTable(table.info.name_space[0], table.info.name));
  return RemoveTableFiles(session, *dropped);
}

Answer Run(Session& session, const CreateTable& command, const CommandContext& context) {
  HEARTH_ASSIGN(TableRecord record,
                NewTable(session, command.name, command.format, command.options, command.location));
  record.info.comment = command.comment;
  record.info.properties = command.properties;
  const std::string quoted = QuotedTableName(record.info.name_space[0], record.info.name);
  const TablePtr existing = session.catalog().FindTable(record.info.name_space[0], record.info.name);
  if (existing && command.if_not_exists) return Rows::None();
  if (existing && !command.replace) return TableAlreadyExists(record.info.name_space[0], record.info.name);

  if (command.query) {
    HEARTH_ASSIGN(const plan::RelationPtr query, AnalyzeQuery(session, command.query, context.stop));
    HEARTH_ASSIGN(record.info.columns, ColumnsOf(*query, quoted, command.partition_columns));
    if (existing) HEARTH_RETURN_IF_ERROR(DropExisting(session, *existing, query));
    HEARTH_RETURN_IF_ERROR(CreateAndFill(session, std::move(record), query, context.stop));
    return Rows::None();
  }
  if (command.columns.empty()) {
    HEARTH_RETURN_IF_ERROR(InferColumns(session, &record));
  } else {
    HEARTH_RETURN_IF_ERROR(DeclareColumns(command, &record));
    HEARTH_RETURN_IF_ERROR(MovePartitionColumns(quoted, command.partition_columns, &record.info.columns));
  }
  if (existing) HEARTH_RETURN_IF_ERROR(DropExisting(session, *existing, nullptr));
  const std::string location = record.info.location;
  HEARTH_RETURN_IF_ERROR(session.catalog().CreateTable(std::move(record)));
  HEARTH_RETURN_IF_ERROR(MakeDirectory(session, location));
  return Rows::None();
}

Answer Run(Session& session, const unresolved::DropTable& command, const CommandContext&) {
  const auto names = session.Names();
  if (const TemporaryViewPtr view = names->FindTemporary(command.name)) {
    // Spark lets DROP TABLE drop a temporary view.
    (command.name.size() == 2 ? session.global_views() : session.views()).Drop(command.name.back());
    session.journal().Record(JournalAct::kDropView, command.name.back());
    return Rows::None();
  }
  HEARTH_ASSIGN(const NameLookup::TableName name, names->Qualify(command.name));
  const TablePtr existing = session.catalog().FindTable(name.database, name.name);
  if (command.if_exists && !existing) return Rows::None();
  if (existing) HEARTH_RETURN_IF_ERROR(CheckMayChange(session, *existing));
  HEARTH_ASSIGN(const TablePtr dropped, session.catalog().DropTable(name.database, name.name));
  HEARTH_RETURN_IF_ERROR(RemoveTableFiles(session, *dropped));
  return Rows::None();
}

}  // namespace hearth::session::commands
