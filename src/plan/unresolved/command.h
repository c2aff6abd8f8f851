// What a client asks to be done rather than computed. A command is executed once, at once.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "plan/unresolved/tree.h"

namespace hearth::plan::unresolved {

enum class SaveMode : uint8_t { kErrorIfExists, kAppend, kOverwrite, kIgnore };

struct WriteFiles {  // df.write.format(…).save(path)
  RelationPtr input;
  std::string format;  // empty: spark.sql.sources.default
  std::string path;
  SaveMode mode = SaveMode::kErrorIfExists;
  std::vector<std::string> partition_columns;
  Options options;
};
struct WriteTable {  // df.write.saveAsTable / insertInto, INSERT, CREATE TABLE AS
  enum class Action : uint8_t {
    kSaveAsTable,
    kInsertInto,
    kCreate,
    kReplace,
    kCreateOrReplace,
    kOverwritePartitions
  };
  RelationPtr input;
  Name table;
  Action action = Action::kSaveAsTable;
  SaveMode mode = SaveMode::kErrorIfExists;
  std::string format;
  std::vector<std::string> partition_columns;
  Options options;
  Options properties;
  std::vector<std::string> insert_columns;  // INSERT INTO t (a, b)
  bool by_name = false;
  std::vector<std::pair<std::string, ExpressionPtr>> static_partitions;  // value null: dynamic
  bool if_not_exists = false;
};
struct CreateView {
  Name name;
  RelationPtr input;
  bool is_temporary = true;
  bool is_global = false;
  bool replace = false;
  bool if_not_exists = false;
  std::vector<std::string> column_aliases;
  std::vector<std::string> column_comments;  // as many as aliases, or none
  std::string comment;
  std::string sql_text;  // the query as written, for SHOW CREATE TABLE
};
struct DropView {
  Name name;
  bool if_exists = false;
};
struct TableColumn {
  std::string name;
  TypePtr type;
  bool nullable = true;
  std::string comment;
  ExpressionPtr default_value;
};
struct CreateTable {
  Name name;
  std::vector<TableColumn> columns;
  std::string format;
  Options options;
  std::vector<std::string> partition_columns;
  std::string location;
  std::string comment;
  Options properties;
  bool if_not_exists = false;
  bool replace = false;
  RelationPtr query;  // CREATE TABLE AS SELECT
};
struct DropTable {
  Name name;
  bool if_exists = false;
  bool purge = false;
};
struct AlterTable {  // and ALTER VIEW
  enum class Action : uint8_t {
    kRename,           // new_name
    kAddColumns,       // columns
    kCommentColumn,    // columns[0]: its name and comment
    kSetProperties,    // properties
    kUnsetProperties,  // properties, by their names
  };
  Name name;
  Action action = Action::kRename;
  bool is_view = false;  // written as ALTER VIEW
  Name new_name;
  std::vector<TableColumn> columns;
  Options properties;
};
struct TruncateTable {
  Name name;
};
struct AnalyzeTable {  // statistics; nothing here reads them
  Name name;
};
// What Spark's tables of files do not do: DELETE, UPDATE TABLE, MERGE INTO TABLE, DROP COLUMN, RENAME COLUMN.
struct RefusedOperation {
  Name name;
  std::string operation;
};
struct CreateDatabase {
  Name name;
  bool if_not_exists = false;
  std::string location;
  std::string comment;
  Options properties;
};
struct DropDatabase {
  Name name;
  bool if_exists = false;
  bool cascade = false;
};
struct UseDatabase {
  Name name;
  bool catalog = false;
};
struct SetConfiguration {  // SET; SET key; SET key = value; SET -v
  std::optional<std::string> key;
  std::optional<std::string> value;
  bool verbose = false;
  bool is_local_time_zone = false;  // SET TIME ZONE LOCAL: the value is the server's zone
};
struct ResetConfiguration {
  std::optional<std::string> key;
};
// SHOW: answers rows. `what` and what goes with it:
//   "databases", "catalogs"          pattern
//   "tables", "table extended", "views"  name: the database, empty for the current one; pattern
//   "columns"                        name: the table, behind the database of a second FROM
//   "functions"                      pattern; flags["scope"]: "user", "system" or "all"
//   "partitions", "create table"     name: the table
//   "tblproperties"                  name: the table; flags["key"]
//   "current namespace"
struct Show {
  std::string
      what;  // "databases", "tables", "views", "columns", "functions", "create table", "tblproperties", …
  Name name;
  std::string pattern;
  std::map<std::string, std::string> flags;
};
struct DescribeTable {
  Name name;
  bool extended = false;
  std::string column;
};
struct DescribeQuery {
  RelationPtr query;
};
struct DescribeFunction {
  Name name;
  bool extended = false;
};
struct DescribeDatabase {
  Name name;
  bool extended = false;
};
struct Explain {
  RelationPtr query;
  std::string mode;  // "simple", "extended", "codegen", "cost", "formatted"
};
struct CacheTable {  // CACHE, UNCACHE, CLEAR CACHE, REFRESH
  std::string action;
  Name name;
  RelationPtr query;
  bool if_exists = false;
};
struct UnsupportedCommand {
  std::string what;
};

struct Command {
  std::variant<WriteFiles, WriteTable, CreateView, DropView, CreateTable, DropTable, AlterTable,
               TruncateTable, AnalyzeTable, RefusedOperation, CreateDatabase, DropDatabase, UseDatabase,
               SetConfiguration, ResetConfiguration, Show, DescribeTable, DescribeQuery, DescribeFunction,
               DescribeDatabase, Explain, CacheTable, UnsupportedCommand>
      node;
};

// A statement of SQL text: a query or a command.
using Statement = std::variant<RelationPtr, Command>;

// The command on one line, its queries below, as Print of a relation.
std::string Print(const Command& command);
std::string Print(const Statement& statement);

}  // namespace hearth::plan::unresolved
