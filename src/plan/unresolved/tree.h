// The unresolved plan: what a client asked for, before any name, type or function is looked up. Connect
// messages (plan/from_connect) and SQL text (plan/from_sql) both become this one tree; plan/analyze consumes
// it.
//
// Nodes are immutable and shared. A node is a struct of one std::variant, so a reader handles every kind or
// fails to build.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "plan/types/data_type.h"
#include "plan/types/value.h"

namespace hearth::plan::unresolved {

struct Expression;
struct Relation;
using ExpressionPtr = std::shared_ptr<const Expression>;
using RelationPtr = std::shared_ptr<const Relation>;
using Expressions = std::vector<ExpressionPtr>;
using Name = std::vector<std::string>;  // a multi-part identifier, outermost part first
using Options = std::map<std::string, std::string>;

enum class SortDirection : uint8_t { kAscending, kDescending };
enum class NullOrder : uint8_t {
  kUnspecified,
  kFirst,
  kLast
};  // unspecified: first ascending, last descending
enum class NullTreatment : uint8_t { kUnspecified, kRespect, kIgnore };
enum class CastMode : uint8_t { kSession, kAnsi, kLegacy, kTry };  // kSession: by spark.sql.ansi.enabled

// ---- Expressions
// -----------------------------------------------------------------------------------------------------

struct Literal {
  Value value;
  TypePtr type;
  std::string
      text;  // as written, when the output name shows it (e.g. "1.50BD", "DATE '2020-01-01'"); else empty
};
struct Attribute {
  Name parts;
  std::optional<int64_t> plan_id;  // the relation of the client's DataFrame that the column was taken from
  bool is_metadata = false;
};
struct Star {
  Name target;               // t.* ; empty for *
  std::vector<Name> except;  // * EXCEPT (a, b.c)
  std::optional<int64_t> plan_id;
};
struct Regex {  // df.colRegex: every output column whose name matches
  std::string pattern;
  std::optional<int64_t> plan_id;
};
struct SortOrder {
  ExpressionPtr child;
  SortDirection direction = SortDirection::kAscending;
  NullOrder nulls = NullOrder::kUnspecified;
};
// Functions and operators alike; operators carry Spark's registry names: + - * / % div == <=> != < <= > >=
// and or not ! & | ^ ~ || isnull isnotnull in between like ilike rlike when(cond, value, …, else) …
struct Function {
  Name name;
  Expressions arguments;
  bool is_distinct = false;
  ExpressionPtr filter;  // FILTER (WHERE …)
  NullTreatment nulls = NullTreatment::kUnspecified;
  std::vector<SortOrder> within_group;
  bool is_internal = false;
  bool is_operator = false;  // written as an operator: errors and names print it so
};
struct Cast {
  ExpressionPtr child;
  TypePtr type;
  CastMode mode = CastMode::kSession;
};
struct Alias {
  ExpressionPtr child;
  std::vector<std::string> names;  // several only over a generator
  std::string metadata;            // JSON object text, empty for none
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
  ExpressionPtr
      offset;  // kPreceding and kFollowing; a Connect client sends signed offsets, from_connect turns them
};
struct Frame {
  FrameUnit unit = FrameUnit::kRange;
  FrameBound lower;
  FrameBound upper;
};
struct Window {
  ExpressionPtr function;
  Expressions partition;
  std::vector<SortOrder> order;
  std::optional<Frame> frame;
};
struct Lambda {
  std::vector<std::string> parameters;
  ExpressionPtr body;
};
struct LambdaVariable {
  Name parts;
};
struct ExtractValue {  // child[key], child.field
  ExpressionPtr child;
  ExpressionPtr key;
};
struct UpdateField {  // withField / dropFields
  ExpressionPtr child;
  std::string field;
  ExpressionPtr value;  // null: drop the field
};
enum class SubqueryKind : uint8_t { kScalar, kExists, kIn, kTableArgument };
struct Subquery {
  SubqueryKind kind;
  Expressions values;  // kIn: the left-hand side, one per output column
  RelationPtr plan;
};
struct NamedArgument {
  std::string name;
  ExpressionPtr value;
};
struct Parameter {  // ":name", or "?" with its place among the question marks
  std::string name;
  int position = -1;
};
// Several expressions as one, for GROUP BY (a, b) and multi-column IN: kept apart from struct().
struct Tuple {
  Expressions items;
};
struct UserDefinedFunction {  // an inline Python, Scala or Java function; refused by name until workers serve
                              // it
  std::string name;
  std::string language;
  Expressions arguments;
};

struct Expression {
  std::variant<Literal, Attribute, Star, Regex, Function, Cast, Alias, SortOrder, Window, Lambda,
               LambdaVariable, ExtractValue, UpdateField, Subquery, NamedArgument, Parameter, Tuple,
               UserDefinedFunction>
      node;
  std::optional<base::QueryContext> origin;

  template <typename T>
  const T* As() const {
    return std::get_if<T>(&node);
  }
};

template <typename Node>
ExpressionPtr Make(Node node, std::optional<base::QueryContext> origin = std::nullopt) {
  return std::make_shared<const Expression>(Expression{std::move(node), std::move(origin)});
}
// Call("+", {a, b})
ExpressionPtr Call(std::string name, Expressions arguments);
ExpressionPtr IntegerLiteral(int64_t value);
ExpressionPtr StringLiteral(std::string value);

// ---- Relations
// -------------------------------------------------------------------------------------------------------

struct NamedTable {  // a table, view, temporary view, CTE, or format.`path`
  Name name;
  Options options;
  bool is_streaming = false;
  ExpressionPtr version_as_of;
  ExpressionPtr timestamp_as_of;
};
struct DataSource {    // spark.read.format(…).schema(…).options(…).load(…)
  std::string format;  // empty: spark.sql.sources.default
  std::string schema;  // DDL or JSON text, empty to infer
  Options options;
  std::vector<std::string> paths;
  std::vector<std::string> predicates;
  bool is_streaming = false;
};
struct OneRow {};  // SELECT without FROM
struct Project {
  RelationPtr input;  // never null; OneRow when absent
  Expressions items;
};
struct Filter {
  RelationPtr input;
  ExpressionPtr condition;
  bool is_qualify = false;  // QUALIFY: over the windows of the select list below, and may compute its own
};
struct Having {  // HAVING over an Aggregate: may name aggregates that the select list lacks
  RelationPtr input;
  ExpressionPtr condition;
};
enum class JoinType : uint8_t { kInner, kCross, kLeft, kRight, kFull, kLeftSemi, kLeftAnti };
struct Join {
  RelationPtr left;
  RelationPtr right;
  JoinType type = JoinType::kInner;
  ExpressionPtr condition;
  std::vector<std::string> using_columns;
  bool is_natural = false;
  bool is_lateral = false;  // the right side may name columns of the left
};
enum class SetKind : uint8_t { kUnion, kIntersect, kExcept };
struct SetOperation {
  RelationPtr left;
  RelationPtr right;
  SetKind kind = SetKind::kUnion;
  bool is_all = false;
  bool by_name = false;
  bool allow_missing_columns = false;
};
struct Sort {
  RelationPtr input;
  std::vector<SortOrder> orders;
  bool is_global = true;
  bool all = false;  // ORDER BY ALL
  SortOrder all_order;
};
struct Limit {
  RelationPtr input;
  ExpressionPtr count;
};
struct Offset {
  RelationPtr input;
  ExpressionPtr count;
};
struct Tail {
  RelationPtr input;
  ExpressionPtr count;
};
enum class GroupKind : uint8_t { kGroupBy, kRollup, kCube, kGroupingSets, kAll };
// One element of GROUP BY: plain expressions (kGroupBy), or a grouping analytics construct.
struct GroupElement {
  GroupKind kind = GroupKind::kGroupBy;
  // kGroupBy, kRollup, kCube; a Tuple counts as one element of rollup and cube. With kGroupingSets: what was
  // given beside the sets (GROUP BY a, b GROUPING SETS (…)), in the order of output when groups lead it; may
  // be empty.
  Expressions expressions;
  std::vector<GroupElement> sets;  // kGroupingSets: each element one set (or a nested construct)
};
struct PivotValue {
  ExpressionPtr value;
  std::string alias;  // empty: by the value
};
struct Aggregate {
  RelationPtr input;
  std::vector<GroupElement> groups;
  Expressions items;
  // Connect puts the grouping columns first by itself (items then lists only the aggregates).
  bool groups_lead_output = false;
};
struct Pivot {
  RelationPtr input;
  Expressions groups;              // empty with implicit_groups
  bool implicit_groups = false;    // SQL: every column that neither the pivot nor the aggregates use
  Expressions columns;             // one, or several for PIVOT … FOR (a, b)
  std::vector<PivotValue> values;  // empty: every distinct value (DataFrame only)
  Expressions aggregates;
};
struct Unpivot {
  RelationPtr input;
  std::optional<Expressions> ids;                  // unset: the columns that are not values
  std::optional<std::vector<Expressions>> values;  // unset: the columns that are not ids
  std::vector<std::optional<std::string>> value_aliases;
  std::string variable_name;
  std::vector<std::string> value_names;
  bool include_nulls = true;
};
struct LocalRelation {
  std::string arrow_ipc;  // an Arrow IPC stream; empty for no rows
  std::string schema;     // DDL or JSON text; empty: by the Arrow schema
};
struct InlineTable {  // VALUES (1, 'a'), (2, 'b')
  std::vector<Expressions> rows;
};
struct Range {
  std::optional<int64_t> start;
  int64_t end = 0;
  int64_t step = 1;
  std::optional<int32_t> partitions;
};
struct Sample {
  RelationPtr input;
  double lower = 0;
  double upper = 1;
  bool with_replacement = false;
  std::optional<int64_t> seed;
  ExpressionPtr row_count;           // TABLESAMPLE (n ROWS)
  bool deterministic_order = false;  // randomSplit: rows are ordered by all sortable columns first
};
struct Deduplicate {
  RelationPtr input;
  std::vector<std::string> columns;
  bool all_columns = false;
};
struct Distinct {
  RelationPtr input;
};
struct SubqueryAlias {
  RelationPtr input;
  std::string alias;
  std::vector<std::string> column_aliases;
};
struct Repartition {
  RelationPtr input;
  int32_t partitions = 0;
  bool shuffle = false;
};
struct RepartitionByExpression {
  RelationPtr input;
  Expressions expressions;
  std::optional<int32_t> partitions;
};
struct ToDataFrame {
  RelationPtr input;
  std::vector<std::string> names;
};
struct RenameColumns {  // withColumnRenamed
  RelationPtr input;
  std::vector<std::pair<std::string, std::string>> renames;  // old, new; in order
};
struct ShowString {
  RelationPtr input;
  int32_t rows = 20;
  int32_t truncate = 20;  // 0: whole values
  bool vertical = false;
  bool html = false;
};
struct DropColumns {
  RelationPtr input;
  Expressions columns;
  std::vector<std::string> names;
};
struct WithColumns {
  RelationPtr input;
  Expressions aliases;      // Alias nodes
  bool must_exist = false;  // |> SET: replaces existing columns only
};
struct Hint {
  RelationPtr input;
  std::string name;
  Expressions parameters;
};
struct ToSchema {
  RelationPtr input;
  TypePtr schema;
};
struct FillNulls {
  RelationPtr input;
  std::vector<std::string> columns;
  Expressions values;
};
struct DropNulls {
  RelationPtr input;
  std::vector<std::string> columns;
  std::optional<int32_t> minimum_non_nulls;
};
struct ReplaceValues {
  RelationPtr input;
  std::vector<std::string> columns;
  std::vector<std::pair<ExpressionPtr, ExpressionPtr>> replacements;
};
struct Summary {  // df.summary(...)
  RelationPtr input;
  std::vector<std::string> statistics;
};
struct Describe {  // df.describe(...)
  RelationPtr input;
  std::vector<std::string> columns;
};
enum class StatisticKind : uint8_t {
  kCrosstab,
  kCovariance,
  kCorrelation,
  kApproximateQuantile,
  kFrequentItems,
  kSampleBy
};
struct Statistic {
  RelationPtr input;
  StatisticKind kind;
  std::vector<std::string> columns;
  std::vector<double> numbers;  // probabilities, or fractions
  double error = 0;             // relative error, or support
  Expressions strata;
  std::optional<int64_t> seed;
  std::string method;
  ExpressionPtr stratum;  // kSampleBy: what is compared with the strata
};
struct Transpose {
  RelationPtr input;
  Expressions index_columns;
};
struct TableFunction {  // range(…), explode(…) as a table
  Name name;
  Expressions arguments;  // NamedArgument allowed
};
struct Generate {  // LATERAL VIEW [OUTER] generator(…) alias AS columns
  RelationPtr input;
  ExpressionPtr generator;  // a Function
  bool is_outer = false;
  std::string alias;
  std::vector<std::string> column_aliases;
};
struct CommonTableExpression {
  std::string name;
  std::vector<std::string> column_aliases;
  RelationPtr plan;
  std::optional<int> maximum_recursion_level;  // MAX RECURSION LEVEL n
};
struct With {
  std::vector<CommonTableExpression> definitions;
  RelationPtr body;
  bool is_recursive = false;
};
struct WithRelations {  // Connect: named subplans that `root` refers to by plan id
  RelationPtr root;
  std::vector<RelationPtr> references;
};
struct SqlQuery {  // SQL text inside a plan, with its parameters
  std::string text;
  std::map<std::string, ExpressionPtr> named_arguments;
  Expressions positional_arguments;
};
// A local relation that the client uploaded as artifacts, by SHA-256. Either `hash` names one serialised
// LocalRelation message, or `data_hashes` name Arrow IPC streams, to be read one after the other, and
// `schema_hash` a schema text.
struct CachedLocalRelation {
  std::string hash;
  std::vector<std::string> data_hashes;
  std::string schema_hash;  // empty: by the Arrow schema
};
struct CollectMetrics {
  RelationPtr input;
  std::string name;
  Expressions metrics;
};
struct Parse {  // spark.read.csv / json over a DataFrame of strings
  RelationPtr input;
  std::string format;
  std::string schema;
  Options options;
};
struct Zip {
  RelationPtr left;
  RelationPtr right;
};
// A catalogue question that answers with rows (df = spark.catalog.listTables()); arguments in the order of
// the message.
struct CatalogCall {
  std::string name;  // snake_case name of the message field, e.g. "list_tables"
  std::map<std::string, std::string> arguments;
  TypePtr schema;
  Options options;
};
// Something the reader of the message or the text understood but the product does not serve yet.
struct Unsupported {
  std::string what;
};

struct Relation {
  std::variant<NamedTable, DataSource, OneRow, Project, Filter, Having, Join, SetOperation, Sort, Limit,
               Offset, Tail, Aggregate, Pivot, Unpivot, LocalRelation, InlineTable, Range, Sample,
               Deduplicate, Distinct, SubqueryAlias, Repartition, RepartitionByExpression, ToDataFrame,
               RenameColumns, ShowString, DropColumns, WithColumns, Hint, ToSchema, FillNulls, DropNulls,
               ReplaceValues, Summary, Describe, Statistic, Transpose, TableFunction, Generate, With,
               WithRelations, SqlQuery, CachedLocalRelation, CollectMetrics, Parse, Zip, CatalogCall,
               Unsupported>
      node;
  std::optional<int64_t> plan_id;
  std::optional<base::QueryContext> origin;

  template <typename T>
  const T* As() const {
    return std::get_if<T>(&node);
  }
};

template <typename Node>
RelationPtr MakeRelation(Node node, std::optional<int64_t> plan_id = std::nullopt,
                         std::optional<base::QueryContext> origin = std::nullopt) {
  return std::make_shared<const Relation>(Relation{std::move(node), plan_id, std::move(origin)});
}

// One line per node, two blanks of indent per level, for tests and EXPLAIN EXTENDED.
std::string Print(const Relation& relation);
std::string Print(const Expression& expression);

}  // namespace hearth::plan::unresolved
