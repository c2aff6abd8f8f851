#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <mutex>
#include <utility>

#include "plan/types/field_metadata.h"
#include "session/catalog_store.h"

namespace hearth::session {
namespace {

using base::ErrorKind;
using base::MakeError;

class MemoryCatalogStore final : public CatalogStore {
 public:
  explicit MemoryCatalogStore(std::string warehouse) {
    DatabaseRecord record{std::string(kDefaultDatabase), "default database", std::move(warehouse), "", {}};
    databases_.emplace(record.name, Database{record, {}});
  }

  base::Status CreateDatabase(DatabaseRecord record) override {
    record.name = LowerCase(record.name);
    std::lock_guard lock(mutex_);
    if (databases_.contains(record.name)) {
      return MakeError(ErrorKind::kAnalysis, "SCHEMA_ALREADY_EXISTS",
                       fmt::format("The schema {} exists already.", plan::QuoteIdentifier(record.name)),
                       {{"schemaName", plan::QuoteIdentifier(record.name)}});
    }
    const std::string key = record.name;
    databases_.emplace(key, Database{std::move(record), {}});
    return {};
  }

  base::Result<std::vector<TablePtr>> DropDatabase(const std::string& name, bool cascade) override {
    std::lock_guard lock(mutex_);
    const auto found = databases_.find(LowerCase(name));
    if (found == databases_.end()) return SchemaNotFound({std::string(kCatalogName), name});
    if (!cascade && !found->second.tables.empty()) {
      return MakeError(
          ErrorKind::kAnalysis, "SCHEMA_NOT_EMPTY",
          fmt::format("The schema {} still has tables or views; DROP SCHEMA … CASCADE drops them too.",
                      plan::QuoteIdentifier(name)),
          {{"schemaName", plan::QuoteIdentifier(name)}});
    }
    std::vector<TablePtr> tables;
    for (const auto& [key, table] : found->second.tables) tables.push_back(table);
    databases_.erase(found);
    return tables;
  }

  std::vector<DatabaseRecord> ListDatabases() override {
    std::vector<DatabaseRecord> records;
    std::lock_guard lock(mutex_);
    for (const auto& [key, database] : databases_) records.push_back(database.record);
    return records;
  }

  std::optional<DatabaseRecord> FindDatabase(const std::string& name) override {
    std::lock_guard lock(mutex_);
    const auto found = databases_.find(LowerCase(name));
    if (found == databases_.end()) return std::nullopt;
    return found->second.record;
  }

  base::Status CreateTable(TableRecord record) override {
    std::lock_guard lock(mutex_);
    HEARTH_ASSIGN(Database* const database, Find(record.info));
    if (database->tables.contains(record.info.name))
      return TableAlreadyExists(database->record.name, record.info.name);
    const std::string key = record.info.name;
    database->tables.emplace(key, std::make_shared<const TableRecord>(std::move(record)));
    return {};
  }

  base::Status ReplaceTable(TableRecord record) override {
    std::lock_guard lock(mutex_);
    HEARTH_ASSIGN(Database* const database, Find(record.info));
    const auto found = database->tables.find(record.info.name);
    if (found == database->tables.end()) return TableNotFound({database->record.name, record.info.name}, "");
    found->second = std::make_shared<const TableRecord>(std::move(record));
    return {};
  }

  base::Result<TablePtr> DropTable(const std::string& database_name, const std::string& name) override {
    std::lock_guard lock(mutex_);
    const auto database = databases_.find(LowerCase(database_name));
    const std::string full_path =
        fmt::format("[`{}`.{}]", kCatalogName, plan::QuoteIdentifier(database_name));
    const std::vector<std::string> full_name = {std::string(kCatalogName), database_name, name};
    if (database == databases_.end()) return TableNotFound(full_name, full_path);
    const auto found = database->second.tables.find(LowerCase(name));
    if (found == database->second.tables.end()) return TableNotFound(full_name, full_path);
    TablePtr table = std::move(found->second);
    database->second.tables.erase(found);
    return table;
  }

  base::Result<std::vector<TablePtr>> ListTables(const std::string& database) override {
    std::lock_guard lock(mutex_);
    const auto found = databases_.find(LowerCase(database));
    if (found == databases_.end()) return SchemaNotFound({std::string(kCatalogName), database});
    std::vector<TablePtr> tables;
    for (const auto& [key, table] : found->second.tables) tables.push_back(table);
    return tables;
  }

  TablePtr FindTable(const std::string& database_name, const std::string& name) override {
    std::lock_guard lock(mutex_);
    const auto database = databases_.find(LowerCase(database_name));
    if (database == databases_.end()) return nullptr;
    const auto found = database->second.tables.find(LowerCase(name));
    return found == database->second.tables.end() ? nullptr : found->second;
  }

 private:
  struct Database {
    DatabaseRecord record;
    std::map<std::string, TablePtr> tables;  // by lower-case name
  };

  // Brings the names of a record into the form they are kept in; gives its database.
  base::Result<Database*> Find(plan::TableInfo& info) {
    info.name = LowerCase(info.name);
    for (std::string& part : info.name_space) part = LowerCase(part);
    const auto found = databases_.find(info.name_space.at(0));
    if (found == databases_.end()) return SchemaNotFound({std::string(kCatalogName), info.name_space.at(0)});
    return &found->second;
  }

  std::mutex mutex_;
  std::map<std::string, Database> databases_;  // by lower-case name
};

}  // namespace

std::vector<std::string> TableRecord::partition_columns() const {
  std::vector<std::string> names;
  for (const plan::TableColumnInfo& column : info.columns) {
    if (column.is_partition) names.push_back(column.field.name);
  }
  return names;
}

plan::TypePtr TableRecord::schema() const {
  std::vector<plan::Field> fields;
  for (const plan::TableColumnInfo& column : info.columns) {
    plan::Field field = column.field;
    if (!column.comment.empty()) field.metadata = plan::MetadataWithComment(column.comment);
    fields.push_back(std::move(field));
  }
  return plan::DataType::Struct(std::move(fields));
}

std::unique_ptr<CatalogStore> MakeMemoryCatalogStore(std::string warehouse_directory) {
  return std::make_unique<MemoryCatalogStore>(std::move(warehouse_directory));
}

std::string LowerCase(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::string QuotedTableName(const std::string& database, const std::string& table) {
  return plan::QuoteIdentifiers({std::string(kCatalogName), database, table});
}

base::Error SchemaNotFound(const std::vector<std::string>& name) {
  const std::string quoted = plan::QuoteIdentifiers(name);
  return MakeError(
      ErrorKind::kAnalysis, "SCHEMA_NOT_FOUND",
      fmt::format("The schema {} cannot be found. DROP SCHEMA IF EXISTS accepts a missing schema.", quoted),
      {{"schemaName", quoted}});
}

base::Error TableNotFound(const std::vector<std::string>& name, const std::string& search_path) {
  const std::string quoted = plan::QuoteIdentifiers(name);
  return MakeError(
      ErrorKind::kAnalysis, "TABLE_OR_VIEW_NOT_FOUND",
      fmt::format("The table or view {} cannot be found.\nSearch path: {}.", quoted, search_path),
      {{"relationName", quoted}, {"searchPath", search_path}});
}

base::Error TableAlreadyExists(const std::string& database, const std::string& table) {
  const std::string quoted = QuotedTableName(database, table);
  return MakeError(
      ErrorKind::kAnalysis, "TABLE_OR_VIEW_ALREADY_EXISTS",
      fmt::format("The table or view {} exists already; IF NOT EXISTS accepts it, OR REPLACE replaces it.",
                  quoted),
      {{"relationName", quoted}});
}

}  // namespace hearth::session
