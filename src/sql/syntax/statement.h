// Statements: the root of every parse, and the commands that are neither DDL nor data changes (see
// definition.h and manipulation.h for those).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/syntax/expression.h"
#include "sql/syntax/fwd.h"
#include "sql/syntax/query.h"

namespace hearth::sql {

enum class StatementKind {
  kQuery,
  kExplain,
  // session
  kSetConfiguration,
  kResetConfiguration,
  kSetTimeZone,
  kSetVariable,
  kSetCatalog,
  kUse,
  kDeclareVariable,
  kDropVariable,
  // definition.h
  kCreateNamespace,
  kAlterNamespace,
  kDropNamespace,
  kCreateTable,
  kCreateTableLike,
  kDropTable,
  kAlterTable,
  kCreateView,
  kCreateViewUsing,
  kAlterViewQuery,
  kDropView,
  kCreateFunction,
  kDropFunction,
  kCommentOn,
  // manipulation.h
  kInsert,
  kInsertDirectory,
  kMultiInsert,
  kDelete,
  kUpdate,
  kMerge,
  kTruncateTable,
  kLoadData,
  // looking and maintaining
  kShow,
  kDescribeTable,
  kDescribeQuery,
  kDescribeFunction,
  kDescribeNamespace,
  kCacheTable,
  kUncacheTable,
  kClearCache,
  kRefresh,
  kAnalyze,
  kRepairTable,
  kResource,
  kCall,
  kExecuteImmediate,
  kUnsupported,
};

struct Statement : Node {
  explicit Statement(StatementKind statement_kind) : kind(statement_kind) {}
  const StatementKind kind;
};

// `x = e` in SET VAR, UPDATE and MERGE.
struct Assignment {
  MultipartName target;
  ExpressionPointer value;
};

struct QueryStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kQuery;
  QueryStatement() : Statement(kKind) {}

  QueryPointer query;
};

enum class ExplainMode { kSimple, kExtended, kCodegen, kCost, kFormatted };

struct ExplainStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kExplain;
  ExplainStatement() : Statement(kKind) {}

  ExplainMode mode = ExplainMode::kSimple;
  StatementPointer statement;
};

// `SET` (all settings), `SET -v`, `SET key`, `SET key = value`. The value is the raw text after the equals
// sign, trimmed.
struct SetConfigurationStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kSetConfiguration;
  SetConfigurationStatement() : Statement(kKind) {}

  bool verbose = false;  // SET -v
  std::optional<std::string> key;
  std::optional<std::string> value;
};

// `RESET`, `RESET key`
struct ResetConfigurationStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kResetConfiguration;
  ResetConfigurationStatement() : Statement(kKind) {}

  std::optional<std::string> key;
};

// `SET TIME ZONE LOCAL | 'zone' | INTERVAL …`
struct SetTimeZoneStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kSetTimeZone;
  SetTimeZoneStatement() : Statement(kKind) {}

  bool local = false;
  std::optional<std::string> zone;
  ExpressionPointer interval;
};

// `SET VAR a = 1, b = DEFAULT`, `SET VAR (a, b) = (SELECT …)`
struct SetVariableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kSetVariable;
  SetVariableStatement() : Statement(kKind) {}

  std::vector<Assignment> assignments;
  std::vector<MultipartName> targets;  // the second form
  QueryPointer query;
};

// `SET CATALOG name`
struct SetCatalogStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kSetCatalog;
  SetCatalogStatement() : Statement(kKind) {}

  std::string catalog;
  ExpressionPointer expression;  // when it is neither a name nor a string
};

// `USE a.b`, `USE NAMESPACE | DATABASE | SCHEMA a.b`
struct UseStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kUse;
  UseStatement() : Statement(kKind) {}

  bool is_namespace = false;  // the keyword was written: then the name is no catalogue
  ObjectName name;
};

// `DECLARE [OR REPLACE] [VARIABLE] a, b INT DEFAULT 5`
struct DeclareVariableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDeclareVariable;
  DeclareVariableStatement() : Statement(kKind) {}

  bool or_replace = false;
  std::vector<ObjectName> names;
  DataTypePointer type;  // may be null
  ExpressionPointer default_value;
  std::string default_text;  // as written
};

struct DropVariableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDropVariable;
  DropVariableStatement() : Statement(kKind) {}

  bool if_exists = false;
  ObjectName name;
};

enum class ShowKind {
  kNamespaces,  // SHOW DATABASES | SCHEMAS | NAMESPACES
  kTables,
  kTableExtended,
  kViews,
  kColumns,
  kFunctions,
  kTableProperties,
  kCreateTable,
  kPartitions,
  kCatalogs,
  kCollations,
  kProcedures,
  kCurrentNamespace,
};

// One value of `PARTITION (a = 1, b)`.
struct PartitionValue {
  Identifier column;
  ExpressionPointer value;  // a constant; null when only the column was named
  bool is_default = false;  // `a = DEFAULT`
};

struct ShowStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kShow;
  ShowStatement() : Statement(kKind) {}

  ShowKind show = ShowKind::kTables;
  std::optional<ObjectName> in;      // FROM | IN namespace; for kColumns the second one
  std::optional<ObjectName> object;  // table of kColumns, kTableProperties, kCreateTable, kPartitions
  std::optional<std::string> pattern;
  std::optional<MultipartName> function_name;  // SHOW FUNCTIONS [LIKE] name, the form without quotes
  std::string function_scope;               // SHOW USER | SYSTEM | ALL FUNCTIONS, upper case; "" when absent
  std::optional<std::string> property_key;  // SHOW TBLPROPERTIES t (key)
  std::vector<PartitionValue> partition;
  bool as_serde = false;
  bool as_json = false;
};

// `DESCRIBE [TABLE] [EXTENDED | FORMATTED] t [PARTITION (…)] [column] [AS JSON]`
struct DescribeTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDescribeTable;
  DescribeTableStatement() : Statement(kKind) {}

  bool extended = false;
  ObjectName name;
  std::vector<PartitionValue> partition;
  std::vector<std::string> column;
  bool as_json = false;
};

struct DescribeQueryStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDescribeQuery;
  DescribeQueryStatement() : Statement(kKind) {}

  QueryPointer query;
  std::string query_text;
};

// `DESCRIBE FUNCTION [EXTENDED] name | 'name' | <operator>`
struct DescribeFunctionStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDescribeFunction;
  DescribeFunctionStatement() : Statement(kKind) {}

  bool extended = false;
  ObjectName name;
};

struct DescribeNamespaceStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDescribeNamespace;
  DescribeNamespaceStatement() : Statement(kKind) {}

  bool extended = false;
  ObjectName name;
};

// `CACHE [LAZY] TABLE t [OPTIONS (…)] [[AS] query]`
struct CacheTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCacheTable;
  CacheTableStatement() : Statement(kKind) {}

  bool lazy = false;
  ObjectName name;
  std::vector<Option> options;
  QueryPointer query;
  std::string query_text;
};

struct UncacheTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kUncacheTable;
  UncacheTableStatement() : Statement(kKind) {}

  bool if_exists = false;
  ObjectName name;
};

struct ClearCacheStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kClearCache;
  ClearCacheStatement() : Statement(kKind) {}
};

enum class RefreshKind { kTable, kFunction, kPath };

struct RefreshStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kRefresh;
  RefreshStatement() : Statement(kKind) {}

  RefreshKind refresh = RefreshKind::kTable;
  ObjectName name;
  std::string path;
};

// `ANALYZE TABLE t [PARTITION (…)] COMPUTE STATISTICS [NOSCAN | FOR COLUMNS a, b | FOR ALL COLUMNS]`, and
// `ANALYZE TABLES [IN namespace] COMPUTE STATISTICS [NOSCAN]`
struct AnalyzeStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kAnalyze;
  AnalyzeStatement() : Statement(kKind) {}

  bool all_tables = false;
  std::optional<ObjectName> name;
  std::vector<PartitionValue> partition;
  bool no_scan = false;
  bool all_columns = false;
  std::vector<Identifier> columns;
};

enum class RepairAction { kAdd, kDrop, kSync };

// `[MSCK] REPAIR TABLE t [ADD | DROP | SYNC PARTITIONS]`, `ALTER TABLE t RECOVER PARTITIONS`
struct RepairTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kRepairTable;
  RepairTableStatement() : Statement(kKind) {}

  ObjectName name;
  RepairAction action = RepairAction::kAdd;
};

// `ADD JAR | FILE | ARCHIVE path`, `LIST JARS | FILES | ARCHIVES [paths]`
struct ResourceStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kResource;
  ResourceStatement() : Statement(kKind) {}

  bool list = false;
  std::string type;  // upper case, as written: JAR, JARS, FILE, …
  std::vector<std::string> paths;
};

// `CALL procedure(arguments)`
struct CallStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCall;
  CallStatement() : Statement(kKind) {}

  ObjectName name;
  std::vector<ExpressionPointer> arguments;
};

// `EXECUTE IMMEDIATE text [INTO a, b] [USING x, y AS name]`
struct ExecuteImmediateStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kExecuteImmediate;
  ExecuteImmediateStatement() : Statement(kKind) {}

  ExpressionPointer text;
  std::vector<MultipartName> into;
  std::vector<ExpressionPointer> arguments;  // AliasExpressions name parameters
};

// A statement of Spark's grammar that Hearth reads only far enough to say its name: "BEGIN … END (SQL
// scripting)", "CREATE STREAMING TABLE". The next layer refuses it by that name.
struct UnsupportedStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kUnsupported;
  UnsupportedStatement() : Statement(kKind) {}

  std::string name;
};

}  // namespace hearth::sql
