// Relations: what may stand after FROM.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/syntax/expression.h"
#include "sql/syntax/fwd.h"

namespace hearth::sql {

enum class RelationKind {
  kTable,
  kSubquery,
  kParenthesized,
  kInlineTable,
  kTableFunction,
  kJoin,
  kLateralView,
  kPivot,
  kUnpivot,
};

struct Relation : Node {
  explicit Relation(RelationKind relation_kind) : kind(relation_kind) {}
  const RelationKind kind;
};

// `[AS] name [(columns)]`
struct TableAlias {
  Identifier name;
  std::vector<Identifier> columns;
};

enum class SampleMethod { kPercent, kRows, kBucket, kBytes };

// `TABLESAMPLE (10 PERCENT) REPEATABLE (42)`
struct TableSample {
  SampleMethod method = SampleMethod::kPercent;
  std::string percent;     // kPercent: the number as written with its sign; kBytes: the size text
  ExpressionPointer rows;  // kRows
  int bucket = 0;          // kBucket: BUCKET bucket OUT OF buckets
  int buckets = 0;
  std::optional<int64_t> seed;
  Location location;
};

// One entry of OPTIONS, TBLPROPERTIES, DBPROPERTIES, WITH: `a.b = 'x'`, `'a.b' 5`. Dotted keys are joined
// with dots; numbers and TRUE/FALSE are kept as their text.
struct Option {
  std::string key;
  std::optional<std::string> value;  // absent for a key alone
  ExpressionPointer expression;      // OPTIONS of CREATE TABLE, when the value is no constant
  Location location;
};

// `t VERSION AS OF 3`, `t TIMESTAMP AS OF expression`, `t@v3`.
struct TimeTravel {
  std::optional<std::string> version;
  ExpressionPointer timestamp;
};

// `catalog.schema.t`, and a file as a table: parquet.`/path`. Which one it is, is the analyser's business.
struct TableRelation : Relation {
  static constexpr RelationKind kKind = RelationKind::kTable;
  TableRelation() : Relation(kKind) {}

  ObjectName name;
  std::optional<TimeTravel> time_travel;
  std::vector<Option> options;  // `t WITH (key = value)`
  std::optional<TableSample> sample;
  std::optional<TableAlias> alias;
};

// `(SELECT …) t`
struct SubqueryRelation : Relation {
  static constexpr RelationKind kKind = RelationKind::kSubquery;
  SubqueryRelation();
  ~SubqueryRelation() override;

  QueryPointer query;
  std::optional<TableSample> sample;
  std::optional<TableAlias> alias;
};

// `(a JOIN b ON …) t`, with or without the sample and the alias.
struct ParenthesizedRelation : Relation {
  static constexpr RelationKind kKind = RelationKind::kParenthesized;
  ParenthesizedRelation() : Relation(kKind) {}

  RelationPointer child;
  std::optional<TableSample> sample;
  std::optional<TableAlias> alias;
};

// `VALUES (1, 'a'), (2, 'b') AS t(x, y)`. A row that is no RowExpression has one column.
struct InlineTableRelation : Relation {
  static constexpr RelationKind kKind = RelationKind::kInlineTable;
  InlineTableRelation() : Relation(kKind) {}

  std::vector<ExpressionPointer> rows;
  std::optional<TableAlias> alias;
};

// `range(10) t`, `explode(x) AS t(a)`, `f(TABLE(t), name => 1)`; `UNNEST(x) WITH ORDINALITY` has the name
// "unnest".
struct TableFunctionRelation : Relation {
  static constexpr RelationKind kKind = RelationKind::kTableFunction;
  TableFunctionRelation() : Relation(kKind) {}

  ObjectName name;
  std::vector<ExpressionPointer> arguments;
  bool with_ordinality = false;
  std::optional<TableAlias> alias;
};

enum class JoinType {
  kComma,  // `a, b`
  kInner,
  kCross,
  kLeftOuter,
  kRightOuter,
  kFullOuter,
  kLeftSemi,
  kLeftAnti,
};

// Joins lean to the left; a chain may be as long as ParserOptions::maximum_chain.
struct JoinRelation : Relation {
  static constexpr RelationKind kKind = RelationKind::kJoin;
  JoinRelation() : Relation(kKind) {}

  JoinType type = JoinType::kInner;
  bool natural = false;
  bool lateral = false;  // `JOIN LATERAL right`, `, LATERAL right`
  RelationPointer left;  // null after the pipe operator `|> JOIN`: the pipe's input
  RelationPointer right;
  ExpressionPointer on;
  std::vector<Identifier> using_columns;
};

// `child LATERAL VIEW [OUTER] f(x) t AS a, b`; `child` is null when the query has no FROM.
struct LateralViewRelation : Relation {
  static constexpr RelationKind kKind = RelationKind::kLateralView;
  LateralViewRelation() : Relation(kKind) {}

  RelationPointer child;
  bool outer = false;
  std::vector<std::string> function;
  std::vector<ExpressionPointer> arguments;
  Identifier table_alias;
  std::vector<Identifier> columns;
};

struct PivotRelation : Relation {
  static constexpr RelationKind kKind = RelationKind::kPivot;
  PivotRelation() : Relation(kKind) {}

  struct Value {
    ExpressionPointer expression;
    std::optional<Identifier> alias;
  };
  RelationPointer child;                      // null after a pipe
  std::vector<ExpressionPointer> aggregates;  // AliasExpressions allowed
  std::vector<Identifier> columns;            // FOR a, FOR (a, b)
  std::vector<Value> values;
  std::optional<Identifier> alias;
};

struct UnpivotRelation : Relation {
  static constexpr RelationKind kKind = RelationKind::kUnpivot;
  UnpivotRelation() : Relation(kKind) {}

  // One entry of the IN list: `a AS x` has one column, `(a, b) AS x` (multiple value columns) has several.
  struct Source {
    std::vector<MultipartName> columns;
    std::optional<Identifier> alias;
  };
  RelationPointer child;  // null after a pipe
  std::optional<bool> include_nulls;
  std::vector<Identifier> value_columns;
  bool multiple_values = false;  // the value columns stand in parentheses
  Identifier name_column;
  std::vector<Source> sources;
  std::optional<Identifier> alias;
};

}  // namespace hearth::sql
