// Expressions as written. Forms that differ only in spelling become one node: `!a` and `NOT a`, `==` and `=`,
// `::` and CAST keep one shape each, with a flag where a printer or a rule needs to know. Parentheses leave
// no trace.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/syntax/data_type.h"
#include "sql/syntax/fwd.h"

namespace hearth::sql {

enum class ExpressionKind {
  kLiteral,
  kInterval,
  kColumn,
  kStar,
  kFunctionCall,
  kNamedArgument,
  kTableArgument,
  kAlias,
  kUnary,
  kBinary,
  kBetween,
  kIn,
  kInSubquery,
  kExists,
  kScalarSubquery,
  kLike,
  kLikeQuantified,
  kIs,
  kCase,
  kCast,
  kSubscript,
  kFieldAccess,
  kSemiStructuredExtract,
  kLambda,
  kRow,
  kCollate,
  kExtract,
  kSubstring,
  kTrim,
  kPosition,
  kOverlay,
  kTimestampAdd,
  kTimestampDiff,
  kParameter,
  kIdentifierClause,
  kGroupingAnalytics,
};

struct Expression : Node {
  explicit Expression(ExpressionKind expression_kind) : kind(expression_kind) {}
  const ExpressionKind kind;
};

enum class LiteralType {
  kNull,
  kBoolean,
  kByte,     // 5Y
  kShort,    // 10S
  kInteger,  // 1: fits 32 bits
  kLong,     // 1L, or a plain number that needs 64 bits
  kFloat,    // 1.5F
  kDouble,   // 1.5D, 1e3
  kDecimal,  // 1.50, 1.5BD, 1e3BD, or a whole number beyond 64 bits: see `text`
  kString,
  kBinary,  // X'CAFE'
  kDate,    // DATE '…': text not yet checked, as for the next five
  kTime,
  kTimestamp,
  kTimestampLtz,
  kTimestampNtz,
  kIntervalText,  // INTERVAL '1 day 2 hours'
};

// A constant. A minus sign written directly before a number belongs to the literal, as in Spark's grammar.
struct LiteralExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kLiteral;
  LiteralExpression() : Expression(kKind) {}

  LiteralType type = LiteralType::kNull;
  bool boolean = false;
  int64_t integer = 0;  // kByte, kShort, kInteger, kLong
  double real = 0;      // kFloat (already rounded to float), kDouble
  // kDecimal, kFloat, kDouble: the digits as written with their sign and exponent, without suffix ("-1.50",
  // "1e3"). kString and the typed literals: the value in UTF-8 after unescaping. kBinary: the bytes.
  std::string text;
};

// The unit of one element of `INTERVAL 1 DAY 2 HOURS`; singular and plural are the same unit.
enum class IntervalUnit {
  kYear,
  kMonth,
  kWeek,
  kDay,
  kHour,
  kMinute,
  kSecond,
  kMillisecond,
  kMicrosecond,
  kNanosecond,
};

// `INTERVAL 1 DAY '2' HOURS` (units) or `INTERVAL '1-2' YEAR TO MONTH` (one value, two fields).
struct IntervalExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kInterval;
  IntervalExpression() : Expression(kKind) {}

  struct Unit {
    bool negative = false;  // a minus sign outside the value
    std::string value;      // the number or the string's content, unchecked
    bool quoted = false;
    IntervalUnit unit = IntervalUnit::kDay;
    Location location;
  };
  std::vector<Unit> units;

  bool unit_to_unit = false;
  bool negative = false;
  std::string value;  // content of the string, or the number as written
  bool value_quoted = true;
  IntervalField from = IntervalField::kDay;
  IntervalField to = IntervalField::kSecond;
};

// `a`, `t.a`, `catalog.schema.t.a.field`: which parts are table, column and field is the analyser's business.
// Also CURRENT_DATE and its kin without parentheses: Spark prefers a column of that name, then the function.
struct ColumnExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kColumn;
  ColumnExpression() : Expression(kKind) {}

  std::vector<std::string> parts;
};

// `*`, `t.*`, `* EXCEPT (a, s.b)`.
struct StarExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kStar;
  StarExpression() : Expression(kKind) {}

  std::vector<std::string> target;  // empty for a bare star
  std::vector<MultipartName> except;
  bool has_except = false;
};

struct SortItem {
  ExpressionPointer expression;
  bool ascending = true;
  bool direction_written = false;
  enum class Nulls { kDefault, kFirst, kLast } nulls = Nulls::kDefault;
  Location location;
};

enum class FrameUnit { kRows, kRange };
enum class FrameBoundKind { kUnboundedPreceding, kPreceding, kCurrentRow, kFollowing, kUnboundedFollowing };

struct FrameBound {
  FrameBoundKind kind = FrameBoundKind::kCurrentRow;
  ExpressionPointer offset;  // kPreceding and kFollowing only
  Location location;
};

struct WindowFrame {
  FrameUnit unit = FrameUnit::kRows;
  FrameBound start;
  FrameBound end;        // kCurrentRow when none was written
  bool between = false;  // an end was written
};

// `OVER w`, `OVER (w)` or `OVER (PARTITION BY … ORDER BY … ROWS …)`.
struct WindowSpecification {
  std::string reference;  // name of a window of the WINDOW clause; then everything else is empty
  std::vector<ExpressionPointer> partition_by;
  std::vector<SortItem> order_by;
  std::optional<WindowFrame> frame;
  Location location;
};

struct NamedWindow {
  Identifier name;
  WindowSpecification specification;
};

enum class NullTreatment { kNone, kIgnore, kRespect };

// `f(x)`, `db.f(DISTINCT x, name => y) WITHIN GROUP (ORDER BY z) FILTER (WHERE p) IGNORE NULLS OVER w`.
// `first(x IGNORE NULLS)` sets `nulls` as well. `count(*)` has one bare star as its argument. `struct(1 AS
// a)` has AliasExpressions among its arguments; the argument forms `name => value` are
// NamedArgumentExpressions.
struct FunctionCallExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kFunctionCall;
  FunctionCallExpression() : Expression(kKind) {}

  std::vector<std::string> name;      // as written, case kept
  ExpressionPointer name_expression;  // IDENTIFIER(expression)(…): then `name` is empty
  bool distinct = false;
  bool all = false;
  std::vector<ExpressionPointer> arguments;
  std::vector<SortItem> within_group;
  bool has_within_group = false;
  ExpressionPointer filter;
  NullTreatment nulls = NullTreatment::kNone;
  std::optional<WindowSpecification> over;
};

struct NamedArgumentExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kNamedArgument;
  NamedArgumentExpression() : Expression(kKind) {}

  Identifier name;
  ExpressionPointer value;
};

// `TABLE t` or `TABLE (query)` as an argument of a table-valued function, with its partitioning.
struct TableArgumentExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kTableArgument;
  TableArgumentExpression();
  ~TableArgumentExpression() override;

  RelationPointer table;  // a TableRelation or a SubqueryRelation
  bool with_single_partition = false;
  std::vector<ExpressionPointer> partition_by;
  std::vector<SortItem> order_by;
};

// `e AS a`, `e a`, `e AS (a, b)`. Only where Spark allows a name: select lists, struct(), pivots, hints.
struct AliasExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kAlias;
  AliasExpression() : Expression(kKind) {}

  ExpressionPointer child;
  std::vector<Identifier> names;
  bool multiple = false;  // written in parentheses, even when it is one name
};

enum class UnaryOperator { kPlus, kMinus, kBitwiseNot, kNot };

struct UnaryExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kUnary;
  UnaryExpression() : Expression(kKind) {}

  UnaryOperator op = UnaryOperator::kNot;
  ExpressionPointer operand;
};

enum class BinaryOperator {
  kOr,
  kAnd,
  kEqual,
  kNullSafeEqual,  // <=>
  kNotEqual,       // <>, !=
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kBitwiseOr,
  kBitwiseXor,
  kBitwiseAnd,
  kShiftLeft,
  kShiftRight,
  kShiftRightUnsigned,
  kAdd,
  kSubtract,
  kConcatenate,  // ||
  kMultiply,
  kDivide,
  kIntegralDivide,  // DIV
  kRemainder,
};

// Chains of AND and of OR are balanced the way Spark balances them, so their depth is logarithmic. Chains of
// the other operators lean to the left and may be as deep as ParserOptions::maximum_chain: walk the left
// spine with a loop.
struct BinaryExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kBinary;
  BinaryExpression() : Expression(kKind) {}

  BinaryOperator op = BinaryOperator::kAnd;
  ExpressionPointer left;
  ExpressionPointer right;
};

struct BetweenExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kBetween;
  BetweenExpression() : Expression(kKind) {}

  bool negated = false;
  ExpressionPointer value;
  ExpressionPointer low;
  ExpressionPointer high;
};

// `x IN (1, 2)`; `items` may be empty.
struct InExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kIn;
  InExpression() : Expression(kKind) {}

  bool negated = false;
  ExpressionPointer value;
  std::vector<ExpressionPointer> items;
};

// `x IN (SELECT …)`, `(a, b) IN (SELECT …)`: then `value` is a RowExpression.
struct InSubqueryExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kInSubquery;
  InSubqueryExpression();
  ~InSubqueryExpression() override;

  bool negated = false;
  ExpressionPointer value;
  QueryPointer query;
};

struct ExistsExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kExists;
  ExistsExpression();
  ~ExistsExpression() override;

  QueryPointer query;
};

struct ScalarSubqueryExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kScalarSubquery;
  ScalarSubqueryExpression();
  ~ScalarSubqueryExpression() override;

  QueryPointer query;
};

enum class LikeOperator { kLike, kIlike, kRlike };  // RLIKE and REGEXP are the same

struct LikeExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kLike;
  LikeExpression() : Expression(kKind) {}

  LikeOperator op = LikeOperator::kLike;
  bool negated = false;
  ExpressionPointer value;
  ExpressionPointer pattern;
  std::optional<std::string> escape;  // one character
};

enum class LikeQuantifier { kAny, kAll };  // SOME is ANY

// `x LIKE ANY ('a%', 'b%')`. Never RLIKE.
struct LikeQuantifiedExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kLikeQuantified;
  LikeQuantifiedExpression() : Expression(kKind) {}

  LikeOperator op = LikeOperator::kLike;
  LikeQuantifier quantifier = LikeQuantifier::kAny;
  bool negated = false;
  ExpressionPointer value;
  std::vector<ExpressionPointer> patterns;
};

enum class IsTest { kNull, kTrue, kFalse, kUnknown, kDistinctFrom };

// `x IS [NOT] NULL | TRUE | FALSE | UNKNOWN`, `x IS [NOT] DISTINCT FROM y`.
struct IsExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kIs;
  IsExpression() : Expression(kKind) {}

  IsTest test = IsTest::kNull;
  bool negated = false;
  ExpressionPointer value;
  ExpressionPointer other;  // kDistinctFrom only
};

struct CaseExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kCase;
  CaseExpression() : Expression(kKind) {}

  struct Branch {
    ExpressionPointer condition;
    ExpressionPointer value;
  };
  ExpressionPointer operand;  // CASE x WHEN …; null for the searched form
  std::vector<Branch> branches;
  ExpressionPointer otherwise;
};

struct CastExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kCast;
  CastExpression() : Expression(kKind) {}

  bool is_try = false;
  bool by_colons = false;  // x::type
  ExpressionPointer child;
  DataTypePointer type;
};

// `a[i]`
struct SubscriptExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kSubscript;
  SubscriptExpression() : Expression(kKind) {}

  ExpressionPointer base;
  ExpressionPointer index;
};

// `f(x).field`; a dotted chain of names alone is a ColumnExpression.
struct FieldAccessExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kFieldAccess;
  FieldAccessExpression() : Expression(kKind) {}

  ExpressionPointer base;
  Identifier field;
};

// `v:a.b[0]['c']`: a path into a VARIANT.
struct SemiStructuredExtractExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kSemiStructuredExtract;
  SemiStructuredExtractExpression() : Expression(kKind) {}

  ExpressionPointer base;
  std::string text;  // as written after the colon
  std::string path;  // as variant_get takes it: $.a.b[0]['c']
  std::string name;  // the last name in the path, which Spark makes the column's; empty when there is none
};

// `x -> e`, `(x, y) -> e`
struct LambdaExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kLambda;
  LambdaExpression() : Expression(kKind) {}

  std::vector<Identifier> parameters;
  ExpressionPointer body;
};

// `(a, b AS c)`: two or more; AliasExpressions allowed.
struct RowExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kRow;
  RowExpression() : Expression(kKind) {}

  std::vector<ExpressionPointer> items;
};

struct CollateExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kCollate;
  CollateExpression() : Expression(kKind) {}

  ExpressionPointer child;
  std::vector<std::string> collation;
};

// `EXTRACT(YEAR FROM x)`
struct ExtractExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kExtract;
  ExtractExpression() : Expression(kKind) {}

  std::string field;  // as written
  ExpressionPointer source;
};

// `SUBSTRING(x FROM y FOR z)`. With commas alone it is a function call.
struct SubstringExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kSubstring;
  SubstringExpression() : Expression(kKind) {}

  ExpressionPointer text;
  ExpressionPointer start;
  ExpressionPointer length;  // may be null
};

enum class TrimSide { kBoth, kLeading, kTrailing };

// `TRIM([BOTH|LEADING|TRAILING] [characters] FROM text)`. `trim(x)` is a function call.
struct TrimExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kTrim;
  TrimExpression() : Expression(kKind) {}

  TrimSide side = TrimSide::kBoth;
  ExpressionPointer characters;  // may be null
  ExpressionPointer text;
};

// `POSITION(needle IN text)`
struct PositionExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kPosition;
  PositionExpression() : Expression(kKind) {}

  ExpressionPointer needle;
  ExpressionPointer text;
};

// `OVERLAY(text PLACING replacement FROM start [FOR length])`
struct OverlayExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kOverlay;
  OverlayExpression() : Expression(kKind) {}

  ExpressionPointer text;
  ExpressionPointer replacement;
  ExpressionPointer start;
  ExpressionPointer length;  // may be null
};

// `TIMESTAMPADD | DATEADD | DATE_ADD(unit, amount, value)` with a bare unit word.
struct TimestampAddExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kTimestampAdd;
  TimestampAddExpression() : Expression(kKind) {}

  std::string function;  // as written, lower case
  std::string
      unit;  // upper case: YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFYEAR, HOUR, MINUTE, SECOND, MILLI…, MICRO…
  ExpressionPointer amount;
  ExpressionPointer value;
};

// `TIMESTAMPDIFF | DATEDIFF | DATE_DIFF | TIMEDIFF(unit, start, end)` with a bare unit word.
struct TimestampDiffExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kTimestampDiff;
  TimestampDiffExpression() : Expression(kKind) {}

  std::string function;
  std::string unit;
  ExpressionPointer start;
  ExpressionPointer end;
};

// `:name` or `?`. `index` counts the question marks of the text from 0 in the order they stand.
struct ParameterExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kParameter;
  ParameterExpression() : Expression(kKind) {}

  std::string name;  // empty for `?`
  int index = -1;    // -1 for `:name`
};

// `IDENTIFIER(expression)` where a column stands; `trailing` are the parts after it: IDENTIFIER('a').b.
struct IdentifierClauseExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kIdentifierClause;
  IdentifierClauseExpression() : Expression(kKind) {}

  ExpressionPointer expression;
  std::vector<std::string> trailing;
};

enum class GroupingKind { kRollup, kCube, kGroupingSets };

// `ROLLUP (a, (b, c))`, `CUBE (…)`, `GROUPING SETS ((a), (b, ROLLUP (c)))` inside GROUP BY.
struct GroupingAnalyticsExpression : Expression {
  static constexpr ExpressionKind kKind = ExpressionKind::kGroupingAnalytics;
  GroupingAnalyticsExpression() : Expression(kKind) {}

  // One element: a grouping set of zero or more expressions, or (in GROUPING SETS only) a nested analytics.
  struct Element {
    std::vector<ExpressionPointer> expressions;
    ExpressionPointer nested;
  };
  GroupingKind grouping = GroupingKind::kRollup;
  std::vector<Element> elements;
};

// A name of a catalogue object: its parts, or IDENTIFIER(expression) to be evaluated first.
struct ObjectName {
  std::vector<std::string> parts;
  ExpressionPointer identifier_expression;
  Location location;
};

}  // namespace hearth::sql
