// Databases, tables and persistent views, shared by all sessions. One implementation keeps them in memory;
// others will keep them on disk or in a service.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/catalog.h"

namespace hearth::session {

// Spark's name of the built-in catalogue, the only one so far.
inline constexpr std::string_view kCatalogName = "spark_catalog";
inline constexpr std::string_view kDefaultDatabase = "default";

struct DatabaseRecord {
  std::string name;
  std::string comment;
  std::string location;  // absolute path
  std::string owner;
  std::map<std::string, std::string> properties;
};

// A view's text and what it was written against; read again at each use.
struct ViewText {
  std::string sql;
  std::string current_database;
  std::vector<std::string> column_names;
  bool double_quoted_identifiers = false;
};

struct TableRecord {
  plan::TableInfo info;  // partition columns last
  int64_t created_microseconds = 0;
  std::string owner;
  std::optional<ViewText> view;                                     // set for views
  std::map<std::string, plan::unresolved::ExpressionPtr> defaults;  // DEFAULT of a column, by its name

  bool is_view() const { return view.has_value(); }
  std::vector<std::string> partition_columns() const;
  // The columns' names and types; each column's comment is in its field's metadata.
  plan::TypePtr schema() const;
};
using TablePtr = std::shared_ptr<const TableRecord>;

// Names are compared without regard to case and kept in lower case, as in Spark. Errors: SCHEMA_NOT_FOUND,
// SCHEMA_ALREADY_EXISTS, SCHEMA_NOT_EMPTY, TABLE_OR_VIEW_NOT_FOUND, TABLE_OR_VIEW_ALREADY_EXISTS.
// Implementations are thread-safe; they keep records and touch no table data.
class CatalogStore {
 public:
  virtual ~CatalogStore() = default;

  virtual base::Status CreateDatabase(DatabaseRecord record) = 0;
  // `cascade`: with its tables, which are returned so that their data can be removed.
  virtual base::Result<std::vector<TablePtr>> DropDatabase(const std::string& name, bool cascade) = 0;
  virtual std::vector<DatabaseRecord> ListDatabases() = 0;
  virtual std::optional<DatabaseRecord> FindDatabase(const std::string& name) = 0;

  virtual base::Status CreateTable(TableRecord record) = 0;
  // Puts a record in the place of an existing one.
  virtual base::Status ReplaceTable(TableRecord record) = 0;
  virtual base::Result<TablePtr> DropTable(const std::string& database, const std::string& name) = 0;
  virtual base::Result<std::vector<TablePtr>> ListTables(const std::string& database) = 0;
  // Null when there is none.
  virtual TablePtr FindTable(const std::string& database, const std::string& name) = 0;
};

// Lost when the process ends. The database `default` lives in the warehouse directory itself.
std::unique_ptr<CatalogStore> MakeMemoryCatalogStore(std::string warehouse_directory);

std::string LowerCase(std::string_view text);

// `spark_catalog`.`db`.`t`
std::string QuotedTableName(const std::string& database, const std::string& table);

base::Error SchemaNotFound(const std::vector<std::string>& name);
base::Error TableNotFound(const std::vector<std::string>& name, const std::string& search_path);
base::Error TableAlreadyExists(const std::string& database, const std::string& table);

}  // namespace hearth::session
