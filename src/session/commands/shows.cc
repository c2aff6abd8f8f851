// SHOW in all forms.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "plan/functions/registry.h"
#include "session/commands/handlers.h"
#include "session/commands/objects.h"
#include "session/commands/rows.h"
#include "session/commands/table_text.h"

namespace hearth::session::commands {
namespace {

using base::ErrorKind;
using base::MakeError;
using unresolved::Show;

bool Matches(const Show& command, const std::string& name) {
  return command.pattern.empty() || MatchesPattern(name, command.pattern);
}

Answer ShowDatabases(Session& session, const Show& command) {
  Rows rows({{"namespace"}});
  for (const DatabaseRecord& database : session.catalog().ListDatabases()) {
    if (Matches(command, database.name)) rows.Add({database.name});
  }
  return rows.Build();
}

Answer ShowCatalogs(const Show& command) {
  Rows rows({{"catalog"}});
  if (Matches(command, std::string(kCatalogName))) rows.Add({std::string(kCatalogName)});
  return rows.Build();
}

struct TemporaryEntry {
  std::string database;
  std::string name;
};

// Temporary views show beside the tables of any database, global ones beside those of their own.
std::vector<TemporaryEntry> TemporaryViewsIn(Session& session, const std::string& database) {
  std::vector<TemporaryEntry> entries;
  if (database == kGlobalTemporaryDatabase) {
    for (const auto& [name, view] : *session.global_views().Snapshot()) entries.push_back({database, name});
  }
  for (const auto& [name, view] : *session.views().Snapshot()) entries.push_back({"", name});
  return entries;
}

base::Result<std::vector<TablePtr>> TablesIn(Session& session, const unresolved::Name& name,
                                             std::string* database) {
  HEARTH_ASSIGN(*database, DatabaseName(session, name));
  if (*database == kGlobalTemporaryDatabase) return std::vector<TablePtr>();
  HEARTH_ASSIGN(const DatabaseRecord record, FindDatabase(session, name));
  return session.catalog().ListTables(record.name);
}

Answer ShowTables(Session& session, const Show& command, bool views_only) {
  Rows rows({{"namespace"},
             {views_only ? "viewName" : "tableName"},
             {"isTemporary", false, plan::DataType::Boolean()}});
  std::string database;
  HEARTH_ASSIGN(const std::vector<TablePtr> tables, TablesIn(session, command.name, &database));
  for (const TablePtr& table : tables) {
    if ((!views_only || table->is_view()) && Matches(command, table->info.name))
      rows.Add({database, table->info.name, false});
  }
  for (const TemporaryEntry& view : TemporaryViewsIn(session, database)) {
    if (Matches(command, view.name)) rows.Add({view.database, view.name, true});
  }
  return rows.Build();
}

std::string SchemaTree(const TableRecord& table) {
  std::string text = "root\n";
  for (const plan::TableColumnInfo& column : table.info.columns) {
    const plan::DataType& type = *column.field.type;
    const std::string name = type.Is(plan::TypeKind::kInteger) ? "integer"
                             : type.Is(plan::TypeKind::kLong)  ? "long"
                                                               : type.CatalogString();
    text += fmt::format(" |-- {}: {} (nullable = {})\n", column.field.name, name, column.field.nullable);
  }
  return text;
}

Answer ShowTableExtended(Session& session, const Show& command) {
  Rows rows(
      {{"namespace"}, {"tableName"}, {"isTemporary", false, plan::DataType::Boolean()}, {"information"}});
  std::string database;
  HEARTH_ASSIGN(const std::vector<TablePtr> tables, TablesIn(session, command.name, &database));
  for (const TablePtr& table : tables) {
    if (!Matches(command, table->info.name)) continue;
    std::string information;
    for (const auto& [name, value] : TableFacts(*table)) information += fmt::format("{}: {}\n", name, value);
    rows.Add({database, table->info.name, false, information + "Schema: " + SchemaTree(*table) + "\n\n"});
  }
  return rows.Build();
}

Answer ShowColumns(Session& session, const Show& command) {
  unresolved::Name name = command.name;
  if (name.size() == 3 && LowerCase(name[0]) != kCatalogName) {
    if (LowerCase(name[0]) != LowerCase(name[1])) {
      return MakeError(
          ErrorKind::kAnalysis, "SHOW_COLUMNS_WITH_CONFLICT_NAMESPACE",
          fmt::format("SHOW COLUMNS names two databases, {} and {}.", name[0], name[1]),
          {{"namespaceA", plan::QuoteIdentifier(name[0])}, {"namespaceB", plan::QuoteIdentifier(name[1])}});
    }
    name.erase(name.begin());
  }
  Rows rows({{"col_name"}});
  if (session.Names()->FindTemporary(name)) {
    HEARTH_ASSIGN(const plan::TypePtr schema, ViewSchema(session, name));
    for (const plan::Field& field : schema->fields()) rows.Add({field.name});
    return rows.Build();
  }
  HEARTH_ASSIGN(const TablePtr table, FindTable(session, name));
  for (const plan::TableColumnInfo& column : table->info.columns) rows.Add({column.field.name});
  return rows.Build();
}

Answer ShowFunctions(const Show& command) {
  Rows rows({{"function"}});
  const auto scope = command.flags.find("scope");
  if (scope != command.flags.end() && LowerCase(scope->second) == "user") return rows.Build();
  std::set<std::string> names;
  for (const plan::Function* function : plan::FunctionTable::BuiltIn().All()) names.insert(function->name);
  for (const std::string& name : names) {
    if (Matches(command, name)) rows.Add({name});
  }
  return rows.Build();
}

Answer ShowTableProperties(Session& session, const Show& command) {
  Rows rows({{"key"}, {"value"}});
  HEARTH_ASSIGN(const TablePtr table, FindTable(session, command.name));
  const auto key = command.flags.find("key");
  if (key == command.flags.end()) {
    for (const auto& [name, value] : table->info.properties) rows.Add({name, value});
    return rows.Build();
  }
  const auto found = table->info.properties.find(key->second);
  const std::string full_name =
      fmt::format("{}.{}.{}", kCatalogName, table->info.name_space[0], table->info.name);
  rows.Add({key->second, found != table->info.properties.end()
                             ? found->second
                             : fmt::format("Table {} does not have property: {}", full_name, key->second)});
  return rows.Build();
}

Answer ShowCreateTable(Session& session, const Show& command) {
  if (session.Names()->FindTemporary(command.name)) {
    const std::string quoted = plan::QuoteIdentifiers(command.name);
    return MakeError(ErrorKind::kAnalysis, "EXPECT_PERMANENT_VIEW_NOT_TEMP",
                     fmt::format("SHOW CREATE TABLE is for permanent views, {} is a temporary one.", quoted),
                     {{"operation", "SHOW CREATE TABLE"}, {"viewName", quoted}});
  }
  HEARTH_ASSIGN(const TablePtr table, FindTable(session, command.name));
  Rows rows({{"createtab_stmt"}});
  rows.Add({table->is_view() ? CreateViewText(*table) : CreateTableText(*table)});
  return rows.Build();
}

// Partitions are the folders k=v below the table's.
void CollectPartitions(const std::filesystem::path& folder, size_t levels, const std::string& prefix,
                       std::set<std::string>* names) {
  std::error_code code;
  for (const auto& entry : std::filesystem::directory_iterator(folder, code)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory(code) || name.find('=') == std::string::npos) continue;
    const std::string full = prefix.empty() ? name : prefix + "/" + name;
    if (levels == 1) {
      names->insert(full);
    } else {
      CollectPartitions(entry.path(), levels - 1, full, names);
    }
  }
}

Answer ShowPartitions(Session& session, const Show& command) {
  HEARTH_ASSIGN(const TablePtr table, FindTable(session, command.name));
  const std::vector<std::string> columns = table->partition_columns();
  if (columns.empty()) {
    const std::string quoted = QuotedTableName(table->info.name_space[0], table->info.name);
    return MakeError(ErrorKind::kAnalysis, "INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY",
                     fmt::format("The table {} is not partitioned.", quoted), {{"name", quoted}});
  }
  std::set<std::string> names;
  CollectPartitions(table->info.location, columns.size(), "", &names);
  Rows rows({{"partition"}});
  for (const std::string& name : names) rows.Add({name});
  return rows.Build();
}

}  // namespace

Answer Run(Session& session, const Show& command, const CommandContext&) {
  if (command.what == "databases") return ShowDatabases(session, command);
  if (command.what == "catalogs") return ShowCatalogs(command);
  if (command.what == "tables") return ShowTables(session, command, false);
  if (command.what == "views") return ShowTables(session, command, true);
  if (command.what == "table extended") return ShowTableExtended(session, command);
  if (command.what == "columns") return ShowColumns(session, command);
  if (command.what == "functions") return ShowFunctions(command);
  if (command.what == "tblproperties") return ShowTableProperties(session, command);
  if (command.what == "create table") return ShowCreateTable(session, command);
  if (command.what == "partitions") return ShowPartitions(session, command);
  if (command.what == "current namespace") {
    Rows rows({{"catalog"}, {"namespace"}});
    rows.Add({std::string(kCatalogName), session.current_database()});
    return rows.Build();
  }
  return base::NotImplemented("SHOW " + command.what);
}

}  // namespace hearth::session::commands
