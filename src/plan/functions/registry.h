// The functions and operators of Spark SQL as the analyser sees them: what arguments they take, how arguments
// are coerced, what type and nullability come out. One family per file (string.cc, math.cc, …), one row per
// function; the engine has the kernel or lowering under the same name. docs/parity.md counts from this table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/resolved/tree.h"

namespace hearth::plan {

enum class FunctionKind : uint8_t { kScalar, kAggregate, kWindow, kGenerator, kTable };

// The settings that decide types and nulls; a snapshot of the session's configuration for one analysis.
struct AnalysisSettings {
  bool ansi = true;                          // spark.sql.ansi.enabled
  bool case_sensitive = false;               // spark.sql.caseSensitive
  std::string time_zone = "UTC";             // spark.sql.session.timeZone
  bool decimal_allow_precision_loss = true;  // spark.sql.decimalOperations.allowPrecisionLoss
  bool timestamp_ntz_default = false;        // spark.sql.timestampType = TIMESTAMP_NTZ
  bool group_by_ordinal = true;              // spark.sql.groupByOrdinal
  bool order_by_ordinal = true;              // spark.sql.orderByOrdinal
  bool group_by_aliases = true;              // spark.sql.groupByAliases
  bool size_of_null_is_minus_one = false;    // spark.sql.legacy.sizeOfNull and not ANSI
  bool map_key_last_wins = false;            // spark.sql.mapKeyDedupPolicy = LAST_WIN
  bool cross_join_enabled = true;            // spark.sql.crossJoin.enabled
  int pivot_max_values = 10000;              // spark.sql.pivotMaxValues
  int64_t now_microseconds = 0;              // the instant that current_timestamp() gives in this query
  std::string user;                          // current_user()
  std::string current_catalog = "spark_catalog";
  std::string current_database = "default";
};

// What one argument place takes. Coercion follows Spark's implicit cast of that expected type; kAny takes the
// argument as is.
enum class Slot : uint8_t {
  kAny,
  kBoolean,
  kInteger,   // int
  kLong,      // bigint
  kIntegral,  // any integer type; nothing else is cast to one
  kDouble,
  kNumeric,  // any number; strings become double
  kDecimal,  // any decimal
  kNumericOrAnsiInterval,
  kString,
  kBinary,
  kStringOrBinary,
  kDate,
  kTimestamp,  // the session's timestamp type expected; dates and strings are cast
  kTimestampNtz,
  kAnyTimestamp,  // timestamp or timestamp_ntz as given; dates and strings become timestamp
  kTime,
  kYearMonthInterval,
  kDayTimeInterval,
  kCalendarInterval,
  kArray,
  kMap,
  kStruct,
  kArrayOrMap,
  kOrderable,  // any type with an order (no map, no variant)
  kLambda,     // taken as is; the row's `resolve` binds it
};

enum class NullRule : uint8_t {
  kAnyArgument,  // nullable when any argument is
  kAlways,       // always nullable
  kNever,
  kAllArguments,  // nullable when all arguments are (coalesce, greatest)
};

struct ResolveContext {
  const AnalysisSettings& settings;
};

// What a written call was, beyond its arguments.
struct CallShape {
  bool distinct = false;
  bool ignore_nulls = false;
  ExpressionPtr filter;
  std::vector<SortKey> order;  // WITHIN GROUP (ORDER BY …)
  bool respect_nulls = false;  // RESPECT NULLS was written
};

// The result type from the coerced arguments.
using ResultRule = TypePtr (*)(std::span<const ExpressionPtr> arguments, const ResolveContext& context);
// Full control: coerces and builds the expression. May return another function's Call (nvl as coalesce) with
// `display` set.
using ResolveRule = base::Result<ExpressionPtr> (*)(const Function& function, Expressions arguments,
                                                    const CallShape& shape, const ResolveContext& context);

// The types and nullability (ids and names are the analyser's) of the parameters that each lambda argument of
// a higher-order function may have, one list per lambda argument, from the arguments that are no lambdas in
// their order. A lambda may declare fewer parameters than listed: `resolve`, which gets bound plan::Lambda
// expressions in the lambdas' places, refuses a number that the function does not take.
using LambdaRule = base::Result<std::vector<std::vector<Column>>> (*)(
    std::span<const ExpressionPtr> arguments, const ResolveContext& context);

// A generator's Call has a struct type: its fields are the columns that Generate adds, with their default
// names.
struct Function {
  std::string name;  // registry name, lower case; operators by their symbol
  FunctionKind kind = FunctionKind::kScalar;
  std::vector<Slot> slots = {};  // one per parameter
  int optional = 0;              // how many of the last slots may be left out
  bool variadic = false;         // the last slot repeats, any number of times from zero
  ResultRule result = nullptr;
  NullRule nulls = NullRule::kAnyArgument;
  ResolveRule resolve =
      nullptr;  // instead of result and nulls; slots, when given, still set the number of arguments
  LambdaRule lambda_types = nullptr;  // set for higher-order functions
  // Literals for the last parameters, appended for those left out (and printed by output names, as Spark
  // does): substring(s, 1) is substring(s, 1, 2147483647).
  Expressions defaults = {};
  std::vector<std::string> parameters = {};  // names for f(name => value); empty: positional only
  bool deterministic = true;
  std::string display_name =
      {};  // the name that output names print ("CEIL", "DATE_FORMAT"…); empty: name as written
  bool takes_null_treatment = false;  // accepts IGNORE NULLS / RESPECT NULLS
  bool takes_order = false;           // accepts WITHIN GROUP (ORDER BY …)
  bool is_internal = false;           // made by other rows and rewrites; no query can name it
  std::string registered_name =
      {};  // the key in the table, set by it: an alias keeps the `name` of its function
};

// Adds the rows of one family; called once per family by the explicit list in registry.cc.
class FunctionTable {
 public:
  void Add(Function function);
  // Another name for a function. The output name prints the alias (Spark's "function name as written").
  void AddAlias(std::string alias, std::string_view name);

  // Case-insensitive; null when there is no such function.
  const Function* Find(std::string_view name) const;
  std::vector<const Function*> All() const;

  static const FunctionTable& BuiltIn();

 private:
  struct CaseInsensitiveLess {
    using is_transparent = void;
    bool operator()(std::string_view left, std::string_view right) const;
  };
  std::map<std::string, std::unique_ptr<Function>, CaseInsensitiveLess> functions_;
};

// Parts of ResolveBySlots for rows with a `resolve` of their own: checks the number, appends defaults, casts
// to the slots.
base::Status CoerceArguments(const Function& function, Expressions& arguments, const ResolveContext& context);
// The Call or AggregateCall by the function's kind.
ExpressionPtr BuildCall(const Function& function, Expressions arguments, TypePtr type, bool nullable,
                        const CallShape& shape, const ResolveContext& context);

// The part of ResolveCall that a row's own `resolve` may start or end with: number of arguments, defaults,
// coercion to the slots, then `result` and `nulls`; never calls `resolve`.
base::Result<ExpressionPtr> ResolveBySlots(const Function& function, Expressions arguments,
                                           const CallShape& shape, const ResolveContext& context);

// Checks the number of arguments, coerces each to its slot, and builds the Call or AggregateCall. Errors as
// Spark's: WRONG_NUM_ARGS.WITHOUT_SUGGESTION, DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE and the like.
base::Result<ExpressionPtr> ResolveCall(const Function& function, Expressions arguments,
                                        const CallShape& shape, const ResolveContext& context);
// Resolves a built-in by name with plain arguments; for rewrites inside the analyser. The name must exist.
base::Result<ExpressionPtr> ResolveCall(std::string_view name, Expressions arguments,
                                        const ResolveContext& context);

}  // namespace hearth::plan
