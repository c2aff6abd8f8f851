// ALTER TABLE and ALTER VIEW, TRUNCATE TABLE, ANALYZE TABLE, and what tables of files refuse.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plan/types/coercion.h"
#include "session/commands/handlers.h"
#include "session/commands/objects.h"
#include "session/commands/rows.h"
#include "session/commands/table_files.h"

namespace hearth::session::commands {
namespace {

using base::ErrorKind;
using base::MakeError;
using unresolved::AlterTable;
using Action = AlterTable::Action;

std::string QuotedName(const TableRecord& table) {
  return QuotedTableName(table.info.name_space[0], table.info.name);
}

base::Error NoTableButView(const std::string& quoted, const std::string& operation) {
  return MakeError(ErrorKind::kAnalysis, "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
                   fmt::format("'{}' is for tables, and {} is a view.", operation, quoted),
                   {{"viewName", quoted}, {"operation", operation}});
}

// ALTER TABLE is for tables and ALTER VIEW for views, where both can do a thing.
base::Status CheckWord(const AlterTable& command, const TableRecord& table) {
  const std::string quoted = plan::QuoteIdentifiers(command.name);
  if (command.is_view && !table.is_view()) {
    return MakeError(ErrorKind::kAnalysis, "EXPECT_VIEW_NOT_TABLE.USE_ALTER_TABLE",
                     fmt::format("{} is a table; use ALTER TABLE.", quoted),
                     {{"tableName", quoted}, {"operation", "ALTER VIEW"}});
  }
  if (!command.is_view && table.is_view()) {
    return MakeError(ErrorKind::kAnalysis, "EXPECT_TABLE_NOT_VIEW.USE_ALTER_VIEW",
                     fmt::format("{} is a view; use ALTER VIEW.", quoted),
                     {{"viewName", quoted}, {"operation", "ALTER TABLE"}});
  }
  return {};
}

base::Status Rename(Session& session, const AlterTable& command, TableRecord record) {
  HEARTH_RETURN_IF_ERROR(CheckWord(command, record));
  const std::string database = record.info.name_space[0];
  const std::string old_name = record.info.name;
  HEARTH_ASSIGN(NameLookup::TableName target, session.Names()->Qualify(command.new_name));
  if (command.new_name.size() > 1 && target.database != database) {
    return MakeError(
        ErrorKind::kAnalysis, "RENAME_TABLE_SOURCE_DESTINATION_DATABASE_MISMATCH",
        fmt::format("A table keeps its database: {} is not {}.", database, target.database),
        {{"db", plan::QuoteIdentifier(database)}, {"newDb", plan::QuoteIdentifier(target.database)}});
  }
  if (session.catalog().FindTable(database, target.name)) return TableAlreadyExists(database, target.name);
  record.info.name = LowerCase(target.name);
  const std::string old_location = record.info.location;
  const bool moves = record.info.kind == "MANAGED";
  if (moves) {
    HEARTH_ASSIGN(const DatabaseRecord place, FindDatabase(session, {database}));
    record.info.location = TableLocation(place, target.name);
    if (!IsMissingOrEmpty(record.info.location)) {
      return MakeError(ErrorKind::kAnalysis, "LOCATION_ALREADY_EXISTS",
                       fmt::format("The new place of the table, {}, holds files already.",
                                   PrintedLocation(record.info.location)),
                       {{"location", fmt::format("'{}'", PrintedLocation(record.info.location))},
                        {"identifier", QuotedTableName(database, record.info.name)}});
    }
    HEARTH_RETURN_IF_ERROR(MoveFolder(session, old_location, record.info.location));
  }
  const std::string new_location = record.info.location;
  base::Status created = session.catalog().CreateTable(std::move(record));
  if (!created.ok()) {
    if (moves) (void)MoveFolder(session, new_location, old_location);
    return created;
  }
  HEARTH_ASSIGN(const TablePtr dropped, session.catalog().DropTable(database, old_name));
  return {};
}

base::Status AddColumns(const AlterTable& command, TableRecord* record) {
  auto& columns = record->info.columns;
  for (const unresolved::TableColumn& column : command.columns) {
    const bool is_there = std::ranges::any_of(
        columns, [&](const auto& other) { return LowerCase(other.field.name) == LowerCase(column.name); });
    if (is_there) {
      const auto quoted = plan::QuoteIdentifier(column.name);
      return MakeError(ErrorKind::kAnalysis, "COLUMN_ALREADY_EXISTS",
                       fmt::format("The table has a column {} already.", quoted), {{"columnName", quoted}});
    }
    if (!column.nullable) {
      return MakeError(ErrorKind::kAnalysis, "",
                       fmt::format("The rows that are there have no value for {}: it cannot be NOT NULL.",
                                   plan::QuoteIdentifier(column.name)));
    }
    if (plan::HoldsCharacterTypes(*column.type)) {
      return base::NotImplemented(fmt::format("the type {} of the column {} of a table", column.type->Sql(),
                                              plan::QuoteIdentifier(column.name)));
    }
    const auto partitions =
        std::ranges::find_if(columns, [](const auto& other) { return other.is_partition; });
    columns.insert(partitions, {{column.name, column.type, true, ""}, column.comment, false});
  }
  return {};
}

base::Status CommentColumn(const AlterTable& command, TableRecord* record) {
  std::vector<std::string> names;
  for (plan::TableColumnInfo& column : record->info.columns) {
    if (LowerCase(column.field.name) == LowerCase(command.columns[0].name)) {
      column.comment = command.columns[0].comment;
      return {};
    }
    names.push_back(plan::QuoteIdentifier(column.field.name));
  }
  const auto quoted = plan::QuoteIdentifier(command.columns[0].name);
  const auto proposal = fmt::format("{}", fmt::join(names, ", "));
  return MakeError(
      ErrorKind::kAnalysis, "UNRESOLVED_COLUMN.WITH_SUGGESTION",
      fmt::format("The table {} has no column {}; it has {}.", QuotedName(*record), quoted, proposal),
      {{"objectName", quoted}, {"proposal", proposal}});
}

base::Status CheckNotTemporary(Session& session, const unresolved::Name& name, const std::string& operation) {
  if (!session.Names()->FindTemporary(name)) return {};
  return NoTableButView(plan::QuoteIdentifiers(name), operation);
}

}  // namespace

Answer Run(Session& session, const AlterTable& command, const CommandContext&) {
  if (session.Names()->FindTemporary(command.name)) {
    return base::NotImplemented("ALTER of a temporary view");
  }
  HEARTH_ASSIGN(const TablePtr table, FindTable(session, command.name));
  HEARTH_RETURN_IF_ERROR(CheckMayChange(session, *table));
  if (command.action == Action::kRename) {
    HEARTH_RETURN_IF_ERROR(Rename(session, command, *table));
    return Rows::None();
  }
  TableRecord record = *table;
  auto& properties = record.info.properties;
  switch (command.action) {
    case Action::kAddColumns:
      if (table->is_view()) return NoTableButView(QuotedName(*table), "ALTER TABLE ... ADD COLUMNS");
      HEARTH_RETURN_IF_ERROR(AddColumns(command, &record));
      break;
    case Action::kCommentColumn:
      if (table->is_view()) return NoTableButView(QuotedName(*table), "ALTER TABLE ... ALTER COLUMN");
      HEARTH_RETURN_IF_ERROR(CommentColumn(command, &record));
      break;
    case Action::kSetProperties:
      HEARTH_RETURN_IF_ERROR(CheckWord(command, record));
      for (const auto& [key, value] : command.properties) properties[key] = value;
      break;
    case Action::kUnsetProperties:
      HEARTH_RETURN_IF_ERROR(CheckWord(command, record));
      for (const auto& [key, value] : command.properties) properties.erase(key);
      break;
    case Action::kRename:
      break;
  }
  HEARTH_RETURN_IF_ERROR(session.catalog().ReplaceTable(std::move(record)));
  return Rows::None();
}

Answer Run(Session& session, const unresolved::TruncateTable& command, const CommandContext&) {
  HEARTH_RETURN_IF_ERROR(CheckNotTemporary(session, command.name, "TRUNCATE TABLE"));
  HEARTH_ASSIGN(const TablePtr table, FindTable(session, command.name));
  if (table->is_view()) return NoTableButView(QuotedName(*table), "TRUNCATE TABLE");
  if (table->info.kind != "MANAGED") {
    return MakeError(
        ErrorKind::kAnalysis, "",
        fmt::format("TRUNCATE TABLE is not for external tables such as {}.", QuotedName(*table)));
  }
  HEARTH_RETURN_IF_ERROR(EmptyTableFolder(session, *table));
  return Rows::None();
}

Answer Run(Session& session, const unresolved::AnalyzeTable& command, const CommandContext&) {
  if (session.Names()->FindTemporary(command.name)) {
    return base::NotImplemented("ANALYZE TABLE of a temporary view");
  }
  HEARTH_ASSIGN(const TablePtr table, FindTable(session, command.name));
  if (table->is_view()) return base::NotImplemented("ANALYZE TABLE of a view");
  return Rows::None();
}

Answer Run(Session& session, const unresolved::RefusedOperation& command, const CommandContext&) {
  if (session.Names()->FindTemporary(command.name)) {
    return base::NotImplemented(command.operation + " of a temporary view");
  }
  HEARTH_ASSIGN(const TablePtr table, FindTable(session, command.name));
  if (table->is_view()) return base::NotImplemented(command.operation + " of a view");
  const bool plans = command.operation == "UPDATE TABLE" || command.operation == "MERGE INTO TABLE";
  return MakeError(plans ? ErrorKind::kUnsupported : ErrorKind::kAnalysis,
                   "UNSUPPORTED_FEATURE.TABLE_OPERATION",
                   fmt::format("The table {} does not support {}.", QuotedName(*table), command.operation),
                   {{"tableName", QuotedName(*table)}, {"operation", command.operation}});
}

}  // namespace hearth::session::commands
