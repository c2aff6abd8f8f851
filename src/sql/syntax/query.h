// Queries: WITH, SELECT, set operations, pipes and what organises their rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/syntax/expression.h"
#include "sql/syntax/fwd.h"
#include "sql/syntax/relation.h"

namespace hearth::sql {

// `name (columns) [MAX RECURSION LEVEL n] AS (query)`
struct CommonTableExpression {
  Identifier name;
  std::vector<Identifier> columns;
  std::optional<int> maximum_recursion_level;
  QueryPointer query;
  Location location;
};

// ORDER BY, CLUSTER BY, DISTRIBUTE BY, SORT BY, WINDOW, LIMIT and OFFSET at the end of a query. `ORDER BY
// ALL` and `GROUP BY ALL` are a lone ColumnExpression named ALL: Spark gives it its meaning only when no such
// column exists.
struct QueryOrganization {
  QueryOrganization() = default;

  std::vector<SortItem> order_by;
  std::vector<ExpressionPointer> cluster_by;
  std::vector<ExpressionPointer> distribute_by;
  std::vector<SortItem> sort_by;
  std::vector<NamedWindow> windows;
  ExpressionPointer limit;  // null for none and for LIMIT ALL
  bool limit_all = false;   // LIMIT ALL lifts the limit of a recursive WITH
  ExpressionPointer offset;

  bool Empty() const {
    return order_by.empty() && cluster_by.empty() && distribute_by.empty() && sort_by.empty() &&
           windows.empty() && limit == nullptr && !limit_all && offset == nullptr;
  }
};

struct Query : Node {
  bool recursive = false;
  std::vector<CommonTableExpression> with;
  QueryTermPointer body;
  QueryOrganization organization;
};

enum class QueryTermKind { kSelect, kFrom, kTable, kInlineTable, kParenthesized, kSetOperation, kPipe };

struct QueryTerm : Node {
  explicit QueryTerm(QueryTermKind term_kind) : kind(term_kind) {}
  const QueryTermKind kind;
};

// `/*+ BROADCAST(t), REPARTITION(3) */`: arguments are expressions, names of tables are ColumnExpressions.
struct Hint {
  std::string name;
  std::vector<ExpressionPointer> arguments;
  Location location;
};

struct GroupByClause {
  // Plain expressions and GroupingAnalyticsExpressions, in order. `GROUP BY a, b WITH ROLLUP` and
  // `GROUP BY a, b GROUPING SETS (…)` keep a, b here and say the rest below.
  std::vector<ExpressionPointer> items;
  enum class Suffix { kNone, kWithRollup, kWithCube, kGroupingSets } suffix = Suffix::kNone;
  std::vector<std::vector<ExpressionPointer>> grouping_sets;  // suffix kGroupingSets
  Location location;
};

// A SELECT block. `FROM t SELECT a` is the same block; when it carries ORDER BY and the like (which belong to
// that block alone) it is wrapped in a ParenthesizedTerm.
struct SelectTerm : QueryTerm {
  static constexpr QueryTermKind kKind = QueryTermKind::kSelect;
  SelectTerm() : QueryTerm(kKind) {}

  std::vector<Hint> hints;
  bool distinct = false;
  std::vector<ExpressionPointer> items;  // AliasExpressions and StarExpressions among them
  RelationPointer from;                  // null: one row without columns
  ExpressionPointer where;
  std::optional<GroupByClause> group_by;
  ExpressionPointer having;
  std::vector<NamedWindow> windows;
  ExpressionPointer qualify;
};

// `FROM t` alone: all of t.
struct FromTerm : QueryTerm {
  static constexpr QueryTermKind kKind = QueryTermKind::kFrom;
  FromTerm() : QueryTerm(kKind) {}

  RelationPointer from;
};

// `TABLE t`
struct TableTerm : QueryTerm {
  static constexpr QueryTermKind kKind = QueryTermKind::kTable;
  TableTerm() : QueryTerm(kKind) {}

  ObjectName name;
};

// `VALUES …` as a query; `table` is an InlineTableRelation.
struct InlineTableTerm : QueryTerm {
  static constexpr QueryTermKind kKind = QueryTermKind::kInlineTable;
  InlineTableTerm() : QueryTerm(kKind) {}

  NodePointer<InlineTableRelation> table;
};

// `(query)`
struct ParenthesizedTerm : QueryTerm {
  static constexpr QueryTermKind kKind = QueryTermKind::kParenthesized;
  ParenthesizedTerm() : QueryTerm(kKind) {}

  QueryPointer query;
};

enum class SetOperator { kUnion, kExcept, kIntersect };  // MINUS is EXCEPT

// INTERSECT binds tighter; otherwise from left to right. Chains lean to the left, as long as maximum_chain
// allows.
struct SetOperationTerm : QueryTerm {
  static constexpr QueryTermKind kKind = QueryTermKind::kSetOperation;
  SetOperationTerm() : QueryTerm(kKind) {}

  SetOperator op = SetOperator::kUnion;
  bool all = false;  // ALL written; DISTINCT is the default
  QueryTermPointer left;
  QueryTermPointer right;
};

enum class PipeOperator {
  kSelect,        // select: SelectTerm without FROM, WHERE, HAVING
  kExtend,        // items
  kSet,           // assignments
  kDrop,          // columns
  kAs,            // alias
  kWhere,         // condition
  kRelation,      // relation: a Join, Pivot or Unpivot without left side
  kSample,        // sample
  kSetOperation,  // set_operation without left side
  kOrganization,  // ORDER BY, CLUSTER BY, …, LIMIT, OFFSET
  kAggregate,     // items (may be empty), group_by (its items may be AliasExpressions)
};

// `input |> OPERATOR …`
struct PipeTerm : QueryTerm {
  static constexpr QueryTermKind kKind = QueryTermKind::kPipe;
  PipeTerm() : QueryTerm(kKind) {}

  struct Assignment {
    Identifier column;
    ExpressionPointer value;
  };

  QueryTermPointer input;
  PipeOperator op = PipeOperator::kSelect;
  NodePointer<SelectTerm> select;
  std::vector<ExpressionPointer> items;
  std::vector<Assignment> assignments;
  std::vector<MultipartName> columns;
  Identifier alias;
  ExpressionPointer condition;
  std::vector<NamedWindow> windows;  // WHERE … WINDOW …
  RelationPointer relation;
  std::optional<TableSample> sample;
  NodePointer<SetOperationTerm> set_operation;
  QueryOrganization organization;
  std::optional<GroupByClause> group_by;
};

}  // namespace hearth::sql
