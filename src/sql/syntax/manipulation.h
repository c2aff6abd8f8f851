// Statements that change data: INSERT, DELETE, UPDATE, MERGE, TRUNCATE, LOAD.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/syntax/definition.h"
#include "sql/syntax/statement.h"

namespace hearth::sql {

enum class InsertMode {
  kInto,
  kOverwrite,
  kReplaceWhere,  // INSERT INTO t REPLACE WHERE condition
  kReplaceOn,     // INSERT INTO t REPLACE ON condition
  kReplaceUsing,  // INSERT INTO t REPLACE USING (columns)
};

// Where an INSERT goes: `INTO t PARTITION (p = 1) (a, b)`, `OVERWRITE t BY NAME`.
struct InsertTarget {
  InsertMode mode = InsertMode::kInto;
  bool schema_evolution = false;
  ObjectName table;
  std::optional<TableAlias> alias;
  std::vector<Option> options;
  std::vector<PartitionValue> partition;
  bool if_not_exists = false;
  bool by_name = false;
  std::vector<Identifier> columns;
  ExpressionPointer condition;
  Location location;
};

// INSERT. Its WITH clause, when it stands before INSERT, is in `with`.
struct InsertStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kInsert;
  InsertStatement() : Statement(kKind) {}

  bool recursive = false;
  std::vector<CommonTableExpression> with;
  InsertTarget target;
  QueryPointer query;
  std::optional<TableAlias> query_alias;  // INSERT INTO t (query) AS s
};

// `INSERT OVERWRITE [LOCAL] DIRECTORY 'path' USING fmt OPTIONS (…) query`, or with STORED AS / ROW FORMAT.
struct InsertDirectoryStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kInsertDirectory;
  InsertDirectoryStatement() : Statement(kKind) {}

  bool recursive = false;
  std::vector<CommonTableExpression> with;
  bool local = false;
  std::optional<std::string> path;
  std::vector<std::string> provider;
  std::vector<Option> options;
  std::optional<HiveFormat> hive;
  QueryPointer query;
};

// `FROM t INSERT INTO a SELECT … INSERT INTO b SELECT …`: every query is a SelectTerm without FROM of its
// own.
struct MultiInsertStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kMultiInsert;
  MultiInsertStatement() : Statement(kKind) {}

  struct Insert {
    InsertTarget target;
    QueryPointer query;
  };
  bool recursive = false;
  std::vector<CommonTableExpression> with;
  RelationPointer from;
  std::vector<Insert> inserts;
};

struct DeleteStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDelete;
  DeleteStatement() : Statement(kKind) {}

  bool recursive = false;
  std::vector<CommonTableExpression> with;
  ObjectName table;
  std::optional<TableAlias> alias;
  std::vector<Option> options;
  ExpressionPointer where;
};

struct UpdateStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kUpdate;
  UpdateStatement() : Statement(kKind) {}

  bool recursive = false;
  std::vector<CommonTableExpression> with;
  ObjectName table;
  std::optional<TableAlias> alias;
  std::vector<Option> options;
  std::vector<Assignment> assignments;
  ExpressionPointer where;
};

enum class MergeMatch { kMatched, kNotMatched, kNotMatchedBySource };
enum class MergeActionKind { kDelete, kUpdate, kUpdateAll, kInsert, kInsertAll };

struct MergeClause {
  MergeMatch match = MergeMatch::kMatched;
  ExpressionPointer condition;
  MergeActionKind action = MergeActionKind::kDelete;
  std::vector<Assignment> assignments;           // kUpdate
  std::vector<MultipartName> insert_columns;     // kInsert
  std::vector<ExpressionPointer> insert_values;  // kInsert
  Location location;
};

struct MergeStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kMerge;
  MergeStatement() : Statement(kKind) {}

  bool recursive = false;
  std::vector<CommonTableExpression> with;
  bool schema_evolution = false;
  ObjectName table;
  std::optional<TableAlias> alias;
  std::vector<Option> options;
  RelationPointer source;  // a TableRelation or a SubqueryRelation, with its alias
  ExpressionPointer condition;
  std::vector<MergeClause> clauses;
};

struct TruncateTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kTruncateTable;
  TruncateTableStatement() : Statement(kKind) {}

  ObjectName name;
  std::vector<PartitionValue> partition;
};

struct LoadDataStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kLoadData;
  LoadDataStatement() : Statement(kKind) {}

  bool local = false;
  bool overwrite = false;
  std::string path;
  ObjectName name;
  std::vector<PartitionValue> partition;
};

}  // namespace hearth::sql
