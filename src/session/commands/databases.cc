// Databases: CREATE, DROP, USE, DESCRIBE.
#include <fmt/format.h>

#include "session/commands/handlers.h"
#include "session/commands/objects.h"
#include "session/commands/rows.h"
#include "session/commands/table_files.h"

namespace hearth::session::commands {
namespace {

std::string PropertiesText(const std::map<std::string, std::string>& properties) {
  std::string text;
  for (const auto& [key, value] : properties)
    text += fmt::format("{}({},{})", text.empty() ? "" : ", ", key, value);
  return fmt::format("({})", text);
}

base::Status UseCatalog(const std::string& name) {
  if (LowerCase(name) == kCatalogName) return {};
  return base::MakeError(base::ErrorKind::kSpark, "CATALOG_NOT_FOUND",
                         fmt::format("There is no catalog {}.", plan::QuoteIdentifier(name)),
                         {{"catalogName", plan::QuoteIdentifier(name)},
                          {"config", fmt::format("\"spark.sql.catalog.{}\"", name)}});
}

}  // namespace

Answer Run(Session& session, const unresolved::CreateDatabase& command, const CommandContext&) {
  HEARTH_ASSIGN(const std::string name, DatabaseName(session, command.name));
  if (name == kGlobalTemporaryDatabase || (session.catalog().FindDatabase(name) && command.if_not_exists))
    return Rows::None();
  DatabaseRecord record;
  record.name = name;
  record.comment = command.comment;
  record.owner = session.process_user();
  record.properties = command.properties;
  record.location = command.location.empty() ? fmt::format("{}/{}.db", WarehouseOf(session), name)
                                             : LocalPath(command.location);
  base::Status status = session.catalog().CreateDatabase(record);
  if (!status.ok() && command.if_not_exists && status.error()->condition == "SCHEMA_ALREADY_EXISTS")
    return Rows::None();
  if (!status.ok()) return std::move(status).Fail();
  HEARTH_RETURN_IF_ERROR(MakeDirectory(session, record.location));
  return Rows::None();
}

Answer Run(Session& session, const unresolved::DropDatabase& command, const CommandContext&) {
  HEARTH_ASSIGN(const std::string name, DatabaseName(session, command.name));
  if (name == kDefaultDatabase) {
    const std::string quoted = plan::QuoteIdentifiers({std::string(kCatalogName), name});
    return base::MakeError(base::ErrorKind::kAnalysis, "UNSUPPORTED_FEATURE.DROP_DATABASE",
                           fmt::format("The default database {} cannot be dropped.", quoted),
                           {{"database", quoted}});
  }
  const std::optional<DatabaseRecord> record = session.catalog().FindDatabase(name);
  if (!record && command.if_exists) return Rows::None();
  if (record && command.cascade) {
    HEARTH_ASSIGN(const auto held, session.catalog().ListTables(name));
    for (const TablePtr& table : held) HEARTH_RETURN_IF_ERROR(CheckMayChange(session, *table));
  }
  HEARTH_ASSIGN(const std::vector<TablePtr> tables, session.catalog().DropDatabase(name, command.cascade));
  for (const TablePtr& table : tables) HEARTH_RETURN_IF_ERROR(RemoveTableFiles(session, *table));
  // Only when nothing foreign is left in it.
  RemoveEmptyFolder(session, record->location);
  return Rows::None();
}

Answer Run(Session& session, const unresolved::UseDatabase& command, const CommandContext&) {
  if (command.catalog || (command.name.size() == 1 && LowerCase(command.name[0]) == kCatalogName)) {
    HEARTH_RETURN_IF_ERROR(UseCatalog(command.name.at(0)));
    if (!command.catalog) session.UseDatabase(std::string(kDefaultDatabase));
    return Rows::None();
  }
  HEARTH_ASSIGN(const DatabaseRecord record, FindDatabase(session, command.name));
  session.UseDatabase(record.name);
  return Rows::None();
}

Answer Run(Session& session, const unresolved::DescribeDatabase& command, const CommandContext&) {
  HEARTH_ASSIGN(const DatabaseRecord record, FindDatabase(session, command.name));
  Rows rows({{"info_name"}, {"info_value", true}});
  rows.Add({std::string("Catalog Name"), std::string(kCatalogName)});
  rows.Add({std::string("Namespace Name"), record.name});
  rows.Add({std::string("Comment"), record.comment});
  rows.Add({std::string("Location"), PrintedLocation(record.location)});
  rows.Add({std::string("Owner"), record.owner});
  if (command.extended) {
    rows.Add({std::string("Properties"),
              record.properties.empty() ? std::string() : PropertiesText(record.properties)});
  }
  return rows.Build();
}

}  // namespace hearth::session::commands
