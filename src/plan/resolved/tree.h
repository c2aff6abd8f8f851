// The resolved plan: every name bound to a column id, every expression with its Spark type and nullability,
// every implicit cast written down. AnalyzePlan answers from it, and engine/lower turns it into a DuckDB
// query tree without deciding anything about names, types or nulls itself.
//
// Column ids are unique in the whole plan: no two relations output the same id (a self-join or a second
// reference to a CTE gets fresh ids), so an id alone names a column, inside subqueries too (correlation needs
// no marker but `is_outer`).
//
// Normal form that the analyser guarantees:
//   * an AggregateCall stands only as an item of Aggregate, a WindowCall only as an item of Window, a
//   generator only in
//     Generate; whatever is computed from them is a Project above;
//   * grouping keys of Aggregate are column ids of its input;
//   * both sides of a SetOperation have the same column types, position by position.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "plan/types/data_type.h"
#include "plan/types/value.h"

namespace hearth::plan {

struct Expression;
struct Relation;
struct Function;    // plan/functions/registry.h
struct FileSource;  // plan/catalog.h
using ExpressionPtr = std::shared_ptr<const Expression>;
using RelationPtr = std::shared_ptr<const Relation>;
using Expressions = std::vector<ExpressionPtr>;
using ColumnId = uint64_t;

struct Column {
  ColumnId id = 0;
  std::string name;
  TypePtr type;
  bool nullable = true;
  std::string metadata;                // JSON object text, empty for none
  std::vector<std::string> qualifier;  // e.g. {"spark_catalog", "default", "t"} or {"t"}; empty for none
  // SELECT a, a: the second column has an id of its own and this of the first; a name that finds both is not
  // ambiguous.
  ColumnId same_as = 0;

  ColumnId origin() const { return same_as != 0 ? same_as : id; }
};

// ---- Expressions
// -----------------------------------------------------------------------------------------------------

struct Literal {
  Value value;
};
struct ColumnReference {
  ColumnId id;
  std::string name;
  bool is_outer = false;  // belongs to a query around this subquery
};
// A scalar function or operator. The engine finds its lowering by function->name.
struct Call {
  const Function* function;
  Expressions arguments;
  bool ansi = true;           // the session's rule when the call was resolved; false for try_ forms as well
  bool ignore_nulls = false;  // lag, lead and nth_value … IGNORE NULLS
};
enum class CastBehavior : uint8_t { kAnsi, kLegacy, kTry };
struct Cast {
  ExpressionPtr child;
  CastBehavior behavior = CastBehavior::kAnsi;
  bool implicit = false;  // added by coercion: output names do not show it
};
struct SortKey {
  ExpressionPtr expression;
  bool ascending = true;
  bool nulls_first = true;
};
struct AggregateCall {
  const Function* function;
  Expressions arguments;
  bool distinct = false;
  bool ignore_nulls = false;
  ExpressionPtr filter;        // null: none
  std::vector<SortKey> order;  // WITHIN GROUP (ORDER BY …)
  bool ansi = true;
};
enum class FrameUnit : uint8_t { kRows, kRange };
enum class BoundKind : uint8_t {
  kUnboundedPreceding,
  kPreceding,
  kCurrentRow,
  kFollowing,
  kUnboundedFollowing
};
struct FrameBound {
  BoundKind kind = BoundKind::kCurrentRow;
  ExpressionPtr offset;  // non-negative, foldable; of the order key's difference type for RANGE
};
struct WindowCall {
  ExpressionPtr function;  // a Call of a window function, or an AggregateCall
  Expressions partition;
  std::vector<SortKey> order;
  FrameUnit unit = FrameUnit::kRange;
  FrameBound lower;
  FrameBound upper;
};
struct LambdaVariable {
  ColumnId id;
  std::string name;
};
struct Lambda {
  std::vector<ExpressionPtr> parameters;  // LambdaVariable expressions
  ExpressionPtr body;
};
enum class SubqueryKind : uint8_t { kScalar, kExists, kIn };
struct Subquery {
  SubqueryKind kind;
  Expressions values;  // kIn: left-hand side, as many as the plan's columns, already of its types
  RelationPtr plan;
};

struct Expression {
  std::variant<Literal, ColumnReference, Call, Cast, AggregateCall, WindowCall, LambdaVariable, Lambda,
               Subquery>
      node;
  TypePtr type;
  bool nullable = true;
  std::string
      display;  // what output names print instead of the expression itself; empty: printed from the tree

  template <typename T>
  const T* As() const {
    return std::get_if<T>(&node);
  }
};

ExpressionPtr MakeLiteral(Value value, TypePtr type);
ExpressionPtr NullLiteral(TypePtr type);
ExpressionPtr IntegerLiteral(int32_t value);
ExpressionPtr LongLiteral(int64_t value);
ExpressionPtr StringLiteral(std::string value);
ExpressionPtr BooleanLiteral(bool value);
ExpressionPtr MakeReference(const Column& column, bool is_outer = false);
ExpressionPtr MakeCall(const Function* function, Expressions arguments, TypePtr type, bool nullable,
                       bool ansi = true);
// A copy of the expression with another output-name text.
ExpressionPtr WithDisplay(const ExpressionPtr& expression, std::string display);

struct NamedExpression {
  Column column;
  ExpressionPtr expression;
};

// ---- Relations
// -------------------------------------------------------------------------------------------------------

struct OneRow {};
struct FileScan {
  std::shared_ptr<const FileSource> source;  // its columns, in order: the file's, then the partition columns
};
struct LocalRows {  // an Arrow IPC stream whose columns are, by position, the output
  std::shared_ptr<const std::string> arrow_ipc;
};
struct InlineRows {
  std::vector<Expressions> rows;
};
struct Range {
  int64_t start;
  int64_t end;
  int64_t step;
};
struct Project {
  RelationPtr input;
  std::vector<NamedExpression> items;
};
struct Filter {
  RelationPtr input;
  ExpressionPtr condition;
};
enum class JoinType : uint8_t { kInner, kCross, kLeft, kRight, kFull, kLeftSemi, kLeftAnti };
struct Join {
  RelationPtr left;
  RelationPtr right;
  JoinType type;
  ExpressionPtr condition;  // null: none
  bool is_lateral = false;
};
struct Aggregate {
  RelationPtr input;
  std::vector<Column> keys;                        // columns of the input; output first, under the same ids
  std::vector<std::vector<size_t>> grouping_sets;  // positions in keys; empty: one set with every key
  std::vector<NamedExpression> items;  // AggregateCall each; `grouping` and `grouping_id` included
};
struct Window {
  RelationPtr input;
  std::vector<NamedExpression> items;  // WindowCall each; output: the input's columns, then these
};
struct Sort {
  RelationPtr input;
  std::vector<SortKey> keys;
};
struct Limit {
  RelationPtr input;
  std::optional<int64_t> count;
  int64_t offset = 0;
};
struct Tail {
  RelationPtr input;
  int64_t count;
};
enum class SetKind : uint8_t { kUnion, kIntersect, kExcept };
struct SetOperation {
  RelationPtr left;
  RelationPtr right;
  SetKind kind;
  bool is_all;
};
struct Distinct {
  RelationPtr input;
};
struct Deduplicate {  // keeps one whole row for each value of the keys
  RelationPtr input;
  std::vector<ColumnId> keys;
};
struct Generate {
  RelationPtr input;
  ExpressionPtr generator;  // a Call of a generator function
  bool is_outer = false;
  std::vector<Column> columns;  // what the generator adds behind the input's columns
};
struct Sample {
  RelationPtr input;
  double lower;
  double upper;
  bool with_replacement;
  int64_t seed;
};
using CteId = uint64_t;
struct CteDefinition {
  CteId id;
  RelationPtr plan;
  // For a recursive definition: `plan` is the anchor, `step` refers to it by the same id.
  RelationPtr step;
};
struct With {
  std::vector<CteDefinition> definitions;
  RelationPtr body;
};
struct CteReference {
  CteId id;  // output column n is the definition's column n under a fresh id
};
struct ShowString {
  RelationPtr input;  // every column already a string, as Spark prints it; at most rows + 1 rows
  int32_t rows;
  int32_t truncate;
  bool vertical;
  bool html;
  std::vector<bool> right_aligned;  // unused by Spark's own show, kept for formats that need it
};
struct CollectMetrics {
  RelationPtr input;
  std::string name;
  std::vector<NamedExpression> metrics;
};

struct Relation {
  std::variant<OneRow, FileScan, LocalRows, InlineRows, Range, Project, Filter, Join, Aggregate, Window, Sort,
               Limit, Tail, SetOperation, Distinct, Deduplicate, Generate, Sample, With, CteReference,
               ShowString, CollectMetrics>
      node;
  std::vector<Column> output;

  template <typename T>
  const T* As() const {
    return std::get_if<T>(&node);
  }
};

template <typename Node>
RelationPtr MakeRelation(Node node, std::vector<Column> output) {
  return std::make_shared<const Relation>(Relation{std::move(node), std::move(output)});
}

// The schema as a struct type (for AnalyzePlan and the Arrow encoder).
TypePtr SchemaOf(const Relation& relation);

// The text Spark gives an unnamed output column: "(a + 1)", "count(1)", "CAST(a AS INT)".
std::string OutputName(const Expression& expression);

// One line per node, two blanks of indent per level, columns as name#id; for tests and EXPLAIN.
std::string Print(const Relation& relation);
std::string Print(const Expression& expression);

}  // namespace hearth::plan
