// spark.catalog: the same questions as SQL asks, with answers by position.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "plan/from_sql/from_sql.h"
#include "plan/functions/registry.h"
#include "session/commands/handlers.h"
#include "session/commands/objects.h"
#include "session/commands/rows.h"
#include "session/commands/table_files.h"
#include "session/commands/table_text.h"
#include "session/commands/tables.h"
#include "session/planning.h"

namespace hearth::session {
namespace commands {
namespace {

using unresolved::CatalogCall;

const plan::TypePtr& BooleanType() {
  static const plan::TypePtr type = plan::DataType::Boolean();
  return type;
}

std::string Argument(const CatalogCall& call, const std::string& name) {
  const auto found = call.arguments.find(name);
  return found == call.arguments.end() ? "" : found->second;
}

bool Has(const CatalogCall& call, const std::string& name) { return call.arguments.contains(name); }

// The name in `key`, below the database in "db_name" when there is one.
base::Result<std::vector<std::string>> NameIn(const CatalogCall& call, const std::string& key) {
  HEARTH_ASSIGN(std::vector<std::string> name, plan::ParseName(Argument(call, key)));
  if (!Has(call, "db_name")) return name;
  HEARTH_ASSIGN(std::vector<std::string> database, plan::ParseName(Argument(call, "db_name")));
  database.push_back(Argument(call, key));
  return database;
}

base::Result<std::vector<std::string>> DatabaseIn(const CatalogCall& call) {
  if (!Has(call, "db_name")) return std::vector<std::string>();
  return plan::ParseName(Argument(call, "db_name"));
}

bool Matches(const CatalogCall& call, const std::string& name) {
  return !Has(call, "pattern") || MatchesPattern(name, Argument(call, "pattern"));
}

plan::RelationPtr OneValue(const std::string& name, Rows::Cell cell,
                           const plan::TypePtr& type = plan::DataType::String()) {
  Rows rows({{name, false, type}});
  rows.Add({std::move(cell)});
  return rows.Build();
}

plan::RelationPtr Truth(bool value) { return OneValue("value", value, BooleanType()); }

// ---- Catalogues and databases

Rows DatabaseRows() {
  return Rows({{"name", true}, {"catalog", true}, {"description", true}, {"locationUri", true}});
}

void AddDatabase(const DatabaseRecord& record, Rows* rows) {
  rows->Add(
      {record.name, std::string(kCatalogName), TextOrNull(record.comment), PrintedLocation(record.location)});
}

Answer ListDatabases(Session& session, const CatalogCall& call, const CommandContext&) {
  Rows rows = DatabaseRows();
  for (const DatabaseRecord& record : session.catalog().ListDatabases()) {
    if (Matches(call, record.name)) AddDatabase(record, &rows);
  }
  return rows.Build();
}

Answer GetDatabase(Session& session, const CatalogCall& call, const CommandContext&) {
  HEARTH_ASSIGN(const std::vector<std::string> name, DatabaseIn(call));
  HEARTH_ASSIGN(const DatabaseRecord record, FindDatabase(session, name));
  Rows rows = DatabaseRows();
  AddDatabase(record, &rows);
  return rows.Build();
}

Answer DatabaseExists(Session& session, const CatalogCall& call, const CommandContext&) {
  HEARTH_ASSIGN(const std::vector<std::string> name, DatabaseIn(call));
  return Truth(FindDatabase(session, name).ok());
}

Answer CurrentDatabase(Session& session, const CatalogCall&, const CommandContext&) {
  return OneValue("value", session.current_database());
}

Answer SetCurrentDatabase(Session& session, const CatalogCall& call, const CommandContext&) {
  HEARTH_ASSIGN(const std::vector<std::string> name, DatabaseIn(call));
  HEARTH_ASSIGN(const DatabaseRecord record, FindDatabase(session, name));
  session.UseDatabase(record.name);
  return Rows::None();
}

Answer CurrentCatalog(Session&, const CatalogCall&, const CommandContext&) {
  return OneValue("value", std::string(kCatalogName));
}

Answer SetCurrentCatalog(Session& session, const CatalogCall& call, const CommandContext& context) {
  unresolved::UseDatabase use{{Argument(call, "catalog_name")}, true};
  return Run(session, use, context);
}

Answer ListCatalogs(Session&, const CatalogCall& call, const CommandContext&) {
  Rows rows({{"name", true}, {"description", true}});
  if (Matches(call, std::string(kCatalogName))) rows.Add({std::string(kCatalogName), std::monostate()});
  return rows.Build();
}

Answer CreateDatabase(Session& session, const CatalogCall& call, const CommandContext& context) {
  unresolved::CreateDatabase create;
  HEARTH_ASSIGN(create.name, DatabaseIn(call));
  create.if_not_exists = Argument(call, "if_not_exists") == "true";
  create.properties = call.options;
  return Run(session, create, context);
}

Answer DropDatabase(Session& session, const CatalogCall& call, const CommandContext& context) {
  unresolved::DropDatabase drop;
  HEARTH_ASSIGN(drop.name, DatabaseIn(call));
  drop.if_exists = Argument(call, "if_exists") == "true";
  drop.cascade = Argument(call, "cascade") == "true";
  return Run(session, drop, context);
}

// ---- Tables and views

Rows TableRows() {
  return Rows({{"name", true},
               {"catalog", true},
               {"namespace", true, plan::DataType::Array(plan::DataType::String())},
               {"description", true},
               {"tableType", true},
               {"isTemporary", false, BooleanType()}});
}

void AddTable(const TableRecord& table, Rows* rows) {
  rows->Add({table.info.name, std::string(kCatalogName), table.info.name_space,
             TextOrNull(table.info.comment), table.info.kind, false});
}

void AddTemporaryView(const TemporaryView& view, Rows* rows) {
  std::vector<std::string> place = view.info.name;
  const std::string name = place.back();
  place.pop_back();
  rows->Add({name, std::monostate(), place, TextOrNull(view.comment), std::string("TEMPORARY"), true});
}

Answer ListTables(Session& session, const CatalogCall& call, const CommandContext&) {
  HEARTH_ASSIGN(const std::vector<std::string> name, DatabaseIn(call));
  HEARTH_ASSIGN(const std::string database, DatabaseName(session, name));
  const bool views_only = call.name == "list_views";
  Rows rows = TableRows();
  if (database == kGlobalTemporaryDatabase) {
    for (const auto& [key, view] : *session.global_views().Snapshot()) {
      if (Matches(call, key)) AddTemporaryView(*view, &rows);
    }
  } else {
    HEARTH_ASSIGN(const DatabaseRecord record, FindDatabase(session, name));
    HEARTH_ASSIGN(const std::vector<TablePtr> tables, session.catalog().ListTables(record.name));
    for (const TablePtr& table : tables) {
      if ((!views_only || table->is_view()) && Matches(call, table->info.name)) AddTable(*table, &rows);
    }
  }
  for (const auto& [key, view] : *session.views().Snapshot()) {
    if (Matches(call, key)) AddTemporaryView(*view, &rows);
  }
  return rows.Build();
}

Answer GetTable(Session& session, const CatalogCall& call, const CommandContext&) {
  HEARTH_ASSIGN(const std::vector<std::string> name, NameIn(call, "table_name"));
  Rows rows = TableRows();
  if (const TemporaryViewPtr view = session.Names()->FindTemporary(name)) {
    AddTemporaryView(*view, &rows);
  } else {
    HEARTH_ASSIGN(const TablePtr table, FindTable(session, name));
    AddTable(*table, &rows);
  }
  return rows.Build();
}

Answer TableExists(Session& session, const CatalogCall& call, const CommandContext&) {
  HEARTH_ASSIGN(const std::vector<std::string> name, NameIn(call, "table_name"));
  return Truth(session.Names()->FindTemporary(name) != nullptr || FindTable(session, name).ok());
}

Answer ListColumns(Session& session, const CatalogCall& call, const CommandContext&) {
  HEARTH_ASSIGN(const std::vector<std::string> name, NameIn(call, "table_name"));
  Rows rows({{"name", true},
             {"description", true},
             {"dataType", true},
             {"nullable", false, BooleanType()},
             {"isPartition", false, BooleanType()},
             {"isBucket", false, BooleanType()},
             {"isCluster", false, BooleanType()}});
  const auto add = [&](const plan::Field& field, const std::string& comment, bool is_partition) {
    rows.Add({field.name, TextOrNull(comment), field.type->CatalogString(), field.nullable, is_partition,
              false, false});
  };
  if (session.Names()->FindTemporary(name)) {
    HEARTH_ASSIGN(const plan::TypePtr schema, ViewSchema(session, name));
    for (const plan::Field& field : schema->fields()) add(field, "", false);
  } else {
    HEARTH_ASSIGN(const TablePtr table, FindTable(session, name));
    for (const plan::TableColumnInfo& column : table->info.columns)
      add(column.field, column.comment, column.is_partition);
  }
  return rows.Build();
}

Answer DropTemporaryView(Session& session, const CatalogCall& call, const CommandContext&) {
  const bool is_global = call.name == "drop_global_temp_view";
  const std::string name = Argument(call, "view_name");
  const bool existed = (is_global ? session.global_views() : session.views()).Drop(name);
  if (existed) session.journal().Record(JournalAct::kDropView, name);
  return Truth(existed);
}

Answer CreateTable(Session& session, const CatalogCall& call, const CommandContext& context) {
  unresolved::CreateTable create;
  HEARTH_ASSIGN(create.name, plan::ParseName(Argument(call, "table_name")));
  create.format = Argument(call, "source");
  create.location = Argument(call, "path");
  create.comment = Argument(call, "description");
  create.options = call.options;
  if (call.schema && call.schema->Is(plan::TypeKind::kStruct)) {
    for (const plan::Field& field : call.schema->fields())
      create.columns.push_back({field.name, field.type, field.nullable, "", nullptr});
  }
  HEARTH_ASSIGN(const plan::RelationPtr done, Run(session, create, context));
  // The answer is the new table itself, as a DataFrame.
  return AnalyzeQuery(session, unresolved::MakeRelation(unresolved::NamedTable{.name = create.name}),
                      context.stop);
}

Answer DropTableOrView(Session& session, const CatalogCall& call, const CommandContext& context) {
  const bool if_exists = Argument(call, "if_exists") == "true";
  if (call.name == "drop_view") {
    unresolved::DropView drop{.if_exists = if_exists};
    HEARTH_ASSIGN(drop.name, plan::ParseName(Argument(call, "view_name")));
    return Run(session, drop, context);
  }
  unresolved::DropTable drop{.if_exists = if_exists};
  HEARTH_ASSIGN(drop.name, plan::ParseName(Argument(call, "table_name")));
  return Run(session, drop, context);
}

Answer ShowOfTable(Session& session, const CatalogCall& call, const CommandContext& context) {
  unresolved::Show show;
  HEARTH_ASSIGN(show.name, plan::ParseName(Argument(call, "table_name")));
  show.what = call.name == "list_partitions"        ? "partitions"
              : call.name == "get_table_properties" ? "tblproperties"
                                                    : "create table";
  return Run(session, show, context);
}

// ---- Functions

Rows FunctionRows() {
  return Rows({{"name", true},
               {"catalog", true},
               {"namespace", true, plan::DataType::Array(plan::DataType::String())},
               {"description", true},
               {"className", true},
               {"isTemporary", false, BooleanType()}});
}

void AddFunction(const std::string& name, Rows* rows) {
  rows->Add({name, std::monostate(), std::monostate(), std::monostate(), std::monostate(), true});
}

Answer ListFunctions(Session&, const CatalogCall& call, const CommandContext&) {
  Rows rows = FunctionRows();
  std::set<std::string> names;
  for (const plan::Function* function : plan::FunctionTable::BuiltIn().All()) names.insert(function->name);
  for (const std::string& name : names) {
    if (Matches(call, name)) AddFunction(name, &rows);
  }
  return rows.Build();
}

Answer GetFunction(Session& session, const CatalogCall& call, const CommandContext&) {
  HEARTH_ASSIGN(const std::vector<std::string> name, NameIn(call, "function_name"));
  const plan::Function* function = name.size() == 1 ? plan::FunctionTable::BuiltIn().Find(name[0]) : nullptr;
  if (call.name == "function_exists") return Truth(function != nullptr);
  if (function == nullptr) {
    const std::string quoted = plan::QuoteIdentifiers(name);
    return base::MakeError(base::ErrorKind::kAnalysis, "UNRESOLVED_ROUTINE",
                           fmt::format("There is no function {}.", quoted),
                           {{"routineName", quoted}, {"searchPath", session.Names()->SearchPath()}});
  }
  Rows rows = FunctionRows();
  AddFunction(function->name, &rows);
  return rows.Build();
}

// ---- Caching and refreshing

Answer CacheCall(Session& session, const CatalogCall& call, const CommandContext& context) {
  unresolved::CacheTable command;
  HEARTH_ASSIGN(command.name, plan::ParseName(Argument(call, "table_name")));
  command.action = call.name == "cache_table"     ? "cache"
                   : call.name == "uncache_table" ? "uncache"
                                                  : "refresh table";
  return Run(session, command, context);
}

Answer IsCached(Session& session, const CatalogCall& call, const CommandContext&) {
  HEARTH_ASSIGN(const std::vector<std::string> name, plan::ParseName(Argument(call, "table_name")));
  HEARTH_ASSIGN(const auto found, session.Names()->Lookup(name));
  return Truth(session.kept().Has(KeptKey(session, name)));
}

Answer ClearCache(Session& session, const CatalogCall&, const CommandContext&) {
  session.kept().Clear();
  return Rows::None();
}

Answer AnalyzeOrTruncate(Session& session, const CatalogCall& call, const CommandContext& context) {
  HEARTH_ASSIGN(unresolved::Name name, plan::ParseName(Argument(call, "table_name")));
  if (call.name == "truncate_table") return Run(session, unresolved::TruncateTable{std::move(name)}, context);
  return Run(session, unresolved::AnalyzeTable{std::move(name)}, context);
}

// Partitions are looked up in the file system by every query.
Answer RecoverPartitions(Session& session, const CatalogCall& call, const CommandContext&) {
  HEARTH_ASSIGN(const std::vector<std::string> name, plan::ParseName(Argument(call, "table_name")));
  HEARTH_ASSIGN(const TablePtr table, FindTable(session, name));
  if (std::ranges::none_of(table->info.columns, &plan::TableColumnInfo::is_partition)) {
    return base::MakeError(
        base::ErrorKind::kAnalysis, "NOT_A_PARTITIONED_TABLE",
        fmt::format("The table {} has no partitions.", Argument(call, "table_name")),
        {{"operation", "ALTER TABLE RECOVER PARTITIONS"},
         {"tableIdentWithDB", QuotedTableName(table->info.name_space.back(), table->info.name)}});
  }
  return Rows::None();
}

// Files are looked at anew by every query.
Answer Nothing(Session&, const CatalogCall&, const CommandContext&) { return Rows::None(); }

struct CallRow {
  std::string_view name;
  Answer (*run)(Session&, const CatalogCall&, const CommandContext&);
};

constexpr CallRow kCalls[] = {
    {"analyze_table", AnalyzeOrTruncate},
    {"cache_table", CacheCall},
    {"clear_cache", ClearCache},
    {"create_database", CreateDatabase},
    {"create_external_table", CreateTable},
    {"create_table", CreateTable},
    {"current_catalog", CurrentCatalog},
    {"current_database", CurrentDatabase},
    {"database_exists", DatabaseExists},
    {"drop_database", DropDatabase},
    {"drop_global_temp_view", DropTemporaryView},
    {"drop_table", DropTableOrView},
    {"drop_temp_view", DropTemporaryView},
    {"drop_view", DropTableOrView},
    {"function_exists", GetFunction},
    {"get_create_table_string", ShowOfTable},
    {"get_database", GetDatabase},
    {"get_function", GetFunction},
    {"get_table", GetTable},
    {"get_table_properties", ShowOfTable},
    {"is_cached", IsCached},
    {"list_catalogs", ListCatalogs},
    {"list_columns", ListColumns},
    {"list_databases", ListDatabases},
    {"list_functions", ListFunctions},
    {"list_partitions", ShowOfTable},
    {"list_tables", ListTables},
    {"list_views", ListTables},
    {"recover_partitions", RecoverPartitions},
    {"refresh_by_path", Nothing},
    {"refresh_table", CacheCall},
    {"set_current_catalog", SetCurrentCatalog},
    {"set_current_database", SetCurrentDatabase},
    {"table_exists", TableExists},
    {"truncate_table", AnalyzeOrTruncate},
    {"uncache_table", CacheCall},
};

}  // namespace
}  // namespace commands

base::Result<plan::RelationPtr> RunCatalogCall(Session& session, const plan::unresolved::CatalogCall& call,
                                               const CommandContext& context) {
  const auto* row =
      std::ranges::find(commands::kCalls, std::string_view(call.name), &commands::CallRow::name);
  if (row == std::end(commands::kCalls)) return base::NotImplemented("the catalog call " + call.name);
  return row->run(session, call, context);
}

}  // namespace hearth::session
