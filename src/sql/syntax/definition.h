// Statements that define things: databases, tables, views, functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/syntax/statement.h"

namespace hearth::sql {

enum class OnExisting { kFail, kIgnore, kReplace };  // plain, IF NOT EXISTS, OR REPLACE

// `CREATE DATABASE | SCHEMA | NAMESPACE [IF NOT EXISTS] n COMMENT '…' LOCATION '…' WITH DBPROPERTIES (…)`
struct CreateNamespaceStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCreateNamespace;
  CreateNamespaceStatement() : Statement(kKind) {}

  bool if_not_exists = false;
  ObjectName name;
  std::optional<std::string> comment;
  std::optional<std::string> location_path;
  std::vector<Option> properties;
};

enum class AlterNamespaceAction { kSetProperties, kUnsetProperties, kSetLocation };

struct AlterNamespaceStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kAlterNamespace;
  AlterNamespaceStatement() : Statement(kKind) {}

  ObjectName name;
  AlterNamespaceAction action = AlterNamespaceAction::kSetProperties;
  std::vector<Option> properties;
  std::string value;  // location
};

struct DropNamespaceStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDropNamespace;
  DropNamespaceStatement() : Statement(kKind) {}

  bool if_exists = false;
  bool cascade = false;
  ObjectName name;
};

enum class ConstraintKind { kCheck, kUnique, kPrimaryKey, kForeignKey };

struct TableConstraint {
  std::optional<Identifier> name;
  ConstraintKind kind = ConstraintKind::kCheck;
  ExpressionPointer check;
  std::string check_text;
  std::vector<Identifier> columns;  // empty on a column's own constraint
  MultipartName referenced;         // kForeignKey
  std::vector<Identifier> referenced_columns;
  std::optional<bool> enforced;
  std::optional<bool> rely;
  Location location;
};

// `GENERATED ALWAYS | BY DEFAULT AS IDENTITY (START WITH a INCREMENT BY b)`
struct IdentitySpecification {
  bool always = true;
  std::optional<int64_t> start;
  std::optional<int64_t> increment;
};

// Where ADD COLUMN or ALTER COLUMN puts a column.
struct ColumnPosition {
  bool first = false;
  Identifier after;
};

// A column of CREATE TABLE, REPLACE TABLE, CREATE FUNCTION's parameters, or ADD COLUMNS (there the name may
// have several parts and a position may follow).
struct ColumnDefinition {
  MultipartName name;
  DataTypePointer type;
  bool nullable = true;
  std::optional<std::string> comment;
  ExpressionPointer default_value;
  std::string default_text;  // as written
  ExpressionPointer generated_as;
  std::string generated_text;
  std::optional<IdentitySpecification> identity;
  std::vector<TableConstraint> constraints;
  std::optional<ColumnPosition> column_position;
  Location location;
};

// One entry of PARTITIONED BY: a column with its type (`a INT`), or a transform: `a`, `years(ts)`, `bucket(4,
// a)`.
struct PartitionField {
  std::optional<StructField> column;
  bool identity = false;  // a bare column: in `arguments`
  std::string transform;
  std::vector<ExpressionPointer> arguments;  // ColumnExpressions and literals
  Location location;
};

// `CLUSTERED BY (a, b) SORTED BY (c DESC) INTO n BUCKETS`
struct BucketSpecification {
  std::vector<Identifier> columns;
  struct Sorted {
    Identifier column;
    bool ascending = true;
  };
  std::vector<Sorted> sorted_by;
  int buckets = 0;
};

// `STORED AS parquet`, `STORED AS INPUTFORMAT '…' OUTPUTFORMAT '…'`, `ROW FORMAT …`: Hive's spelling, kept as
// words.
struct HiveFormat {
  std::string file_format;  // STORED AS word
  std::string input_format;
  std::string output_format;
  std::string storage_handler;     // STORED BY
  std::string serde;               // ROW FORMAT SERDE '…'
  bool delimited = false;          // ROW FORMAT DELIMITED
  std::vector<Option> properties;  // SERDEPROPERTIES, or the parts of DELIMITED by name
};

// What CREATE TABLE and REPLACE TABLE say after the columns.
struct TableClauses {
  std::vector<std::string> provider;  // USING a.b
  std::vector<Option> options;
  std::vector<PartitionField> partitioned_by;
  std::vector<MultipartName> clustered_by;  // CLUSTER BY (a, b)
  std::optional<BucketSpecification> buckets;
  std::optional<HiveFormat> hive;
  bool skewed = false;
  std::optional<std::string> location_path;
  std::optional<std::string> comment;
  std::optional<std::string> collation;
  std::vector<Option> properties;
};

// `CREATE [OR REPLACE] TABLE`, `REPLACE TABLE`, with or without AS query.
struct CreateTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCreateTable;
  CreateTableStatement() : Statement(kKind) {}

  bool temporary = false;
  bool external = false;
  bool if_not_exists = false;
  bool replace = false;    // the table is replaced …
  bool or_create = false;  // … or created when missing: CREATE OR REPLACE
  ObjectName name;
  std::vector<ColumnDefinition> columns;
  std::vector<TableConstraint> constraints;
  TableClauses clauses;
  QueryPointer query;
};

struct CreateTableLikeStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCreateTableLike;
  CreateTableLikeStatement() : Statement(kKind) {}

  bool if_not_exists = false;
  ObjectName name;
  ObjectName source;
  TableClauses clauses;  // provider, hive, location, properties
};

struct DropTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDropTable;
  DropTableStatement() : Statement(kKind) {}

  bool if_exists = false;
  bool purge = false;
  ObjectName name;
};

enum class AlterTableAction {
  kRename,           // new_name
  kAddColumns,       // columns
  kDropColumns,      // column_names, if_exists
  kRenameColumn,     // column_names[0], new_column
  kAlterColumns,     // column_changes
  kReplaceColumns,   // columns
  kSetProperties,    // properties
  kUnsetProperties,  // properties (keys), if_exists
  kAddPartitions,    // partitions, if_not_exists
  kDropPartitions,   // partitions, if_exists, purge
  kRenamePartition,  // partitions[0] to partitions[1]
  kSetLocation,      // value, partition
  kSetSerde,         // value, properties
  kClusterBy,        // column_names; empty for CLUSTER BY NONE
  kSetCollation,     // value
  kAddConstraint,    // constraint
  kDropConstraint,   // value, if_exists
  kSchemaBinding,    // ALTER VIEW … WITH SCHEMA value
};

// One `column action` of ALTER TABLE … ALTER COLUMN.
struct ColumnChange {
  MultipartName column;
  DataTypePointer type;
  std::optional<std::string> new_name;  // Hive's CHANGE COLUMN a b INT
  std::optional<std::string> comment;
  std::optional<bool> nullable;  // DROP NOT NULL, SET NOT NULL
  ExpressionPointer default_value;
  std::string default_text;
  bool drop_default = false;
  std::optional<ColumnPosition> column_position;
};

struct PartitionSpecification {
  std::vector<PartitionValue> values;
  std::optional<std::string> location_path;
};

// ALTER TABLE and ALTER VIEW, by action.
struct AlterTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kAlterTable;
  AlterTableStatement() : Statement(kKind) {}

  bool is_view = false;
  ObjectName name;
  AlterTableAction action = AlterTableAction::kRename;
  MultipartName new_name;
  Identifier new_column;
  std::vector<ColumnDefinition> columns;
  std::vector<MultipartName> column_names;
  std::vector<ColumnChange> column_changes;
  std::vector<Option> properties;
  std::vector<PartitionSpecification> partitions;
  std::optional<TableConstraint> constraint;
  std::string value;
  bool if_exists = false;
  bool if_not_exists = false;
  bool purge = false;
  bool cascade = false;  // kDropConstraint
};

struct ViewColumn {
  Identifier name;
  std::optional<std::string> comment;
};

// `CREATE [OR REPLACE] [[GLOBAL] TEMPORARY] VIEW [IF NOT EXISTS] v (columns) COMMENT … TBLPROPERTIES (…) AS
// query`
struct CreateViewStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCreateView;
  CreateViewStatement() : Statement(kKind) {}

  bool or_replace = false;
  bool temporary = false;
  bool global = false;
  bool if_not_exists = false;
  ObjectName name;
  std::vector<ViewColumn> columns;
  std::optional<std::string> comment;
  std::optional<std::string> collation;
  std::optional<std::string> schema_binding;  // BINDING, COMPENSATION, EVOLUTION, TYPE EVOLUTION
  std::vector<Option> properties;
  bool partitioned = false;  // PARTITIONED ON was written; the parser refuses it
  QueryPointer query;
  std::string query_text;  // the query as written
};

// `CREATE [OR REPLACE] [GLOBAL] TEMPORARY VIEW v (a INT) USING parquet OPTIONS (…)`
struct CreateViewUsingStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCreateViewUsing;
  CreateViewUsingStatement() : Statement(kKind) {}

  bool or_replace = false;
  bool global = false;
  ObjectName name;
  std::vector<StructField> columns;
  std::vector<std::string> provider;
  std::vector<Option> options;
};

struct AlterViewQueryStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kAlterViewQuery;
  AlterViewQueryStatement() : Statement(kKind) {}

  ObjectName name;
  QueryPointer query;
  std::string query_text;
};

struct DropViewStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDropView;
  DropViewStatement() : Statement(kKind) {}

  bool if_exists = false;
  ObjectName name;
};

struct FunctionResource {
  std::string type;  // JAR, FILE, ARCHIVE
  std::string path;
};

// `CREATE [OR REPLACE] [TEMPORARY] FUNCTION f AS 'class' USING JAR '…'`, or a SQL function:
// `CREATE FUNCTION f(a INT DEFAULT 1) RETURNS INT RETURN a + 1`, `… RETURNS TABLE (a INT) RETURN SELECT …`.
struct CreateFunctionStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCreateFunction;
  CreateFunctionStatement() : Statement(kKind) {}

  bool or_replace = false;
  bool temporary = false;
  bool if_not_exists = false;
  ObjectName name;
  // by class
  std::optional<std::string> class_name;
  std::vector<FunctionResource> resources;
  // by SQL
  std::vector<ColumnDefinition> parameters;
  DataTypePointer returns;
  bool returns_table = false;
  std::vector<StructField> returned_columns;
  std::optional<std::string> comment;
  std::optional<std::string> collation;
  std::optional<std::string> language;
  std::optional<bool> deterministic;
  std::optional<bool> contains_sql;
  ExpressionPointer body;
  QueryPointer body_query;
  std::string body_text;
};

struct DropFunctionStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDropFunction;
  DropFunctionStatement() : Statement(kKind) {}

  bool temporary = false;
  bool if_exists = false;
  ObjectName name;
};

enum class CommentTarget { kNamespace, kTable, kColumns };

// `COMMENT ON DATABASE | TABLE x IS 'text' | NULL`, `COMMENT ON COLUMN t.c IS '…'`
struct CommentOnStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCommentOn;
  CommentOnStatement() : Statement(kKind) {}

  struct Column {
    MultipartName name;
    std::optional<std::string> comment;
  };
  CommentTarget target = CommentTarget::kTable;
  ObjectName name;
  std::optional<std::string> comment;  // absent: IS NULL
  std::vector<Column> columns;
};

}  // namespace hearth::sql
