// The engine's side of the function table: how a Spark function or operator becomes a DuckDB expression. One
// family per file with one Add<Family>(EngineFunctions&), listed in registry.cc.
//
// A call of `f` is lowered by the rule `f` when there is one; else it becomes the DuckDB function spark_<f>,
// or spark_<f>_legacy when the call is not ANSI and such a function is registered. The lowered expression has
// exactly the type ToDuckDB(expression.type): a rule that uses a DuckDB built-in with another type casts its
// result.
//
// Kernels: default null handling unless nulls matter; a kernel that can throw calls SetFallible() (else
// DuckDB may evaluate it on rows that a filter or a CASE branch before it excludes). Argument types are
// exactly ToDuckDB of Spark's, so an overload for each type, or LogicalType::ANY with a bind that fixes the
// types, needs no casts. Session facts arrive as constant arguments.
#pragma once

#include <duckdb.hpp>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "duckdb/function/function_set.hpp"
#include "duckdb/parser/expression/window_expression.hpp"
#include "duckdb/parser/parsed_expression.hpp"
#include "plan/functions/registry.h"
#include "plan/resolved/tree.h"

namespace hearth::engine {

using ParsedPtr = duckdb::unique_ptr<duckdb::ParsedExpression>;
using ParsedExpressions = duckdb::vector<ParsedPtr>;

// Facts of the session that lowering may write into a query as constants.
struct LowerSettings {
  std::string time_zone = "UTC";  // Java zone id
};

// The OVER clause of an aggregate used as a window function, already lowered.
struct WindowClause {
  ParsedExpressions partitions;
  duckdb::vector<duckdb::OrderByNode> orders;
  duckdb::WindowBoundary start = duckdb::WindowBoundary::UNBOUNDED_PRECEDING;
  duckdb::WindowBoundary end = duckdb::WindowBoundary::CURRENT_ROW_RANGE;
  ParsedPtr start_offset;
  ParsedPtr end_offset;
};

// A call with its arguments lowered. Exactly one of `call` and `aggregate` is set.
struct LoweredCall {
  const plan::Expression& expression;
  const plan::Call* call = nullptr;
  const plan::AggregateCall* aggregate = nullptr;
  ParsedExpressions arguments;  // a lambda argument is a DuckDB LambdaExpression
  const LowerSettings& settings;
  // Aggregates only; AggregateOf (expressions.h) applies them, rules rarely look.
  ParsedPtr filter;
  duckdb::vector<duckdb::OrderByNode> order;
  const WindowClause* window = nullptr;

  const std::string& name() const { return call ? call->function->name : aggregate->function->name; }
  bool ansi() const { return call ? call->ansi : aggregate->ansi; }
  const plan::DataType& type() const { return *expression.type; }
  const plan::Expressions& plan_arguments() const { return call ? call->arguments : aggregate->arguments; }
  const plan::DataType& argument_type(size_t index) const { return *plan_arguments()[index]->type; }
  // The literal at `index`, null when the argument is something else.
  const plan::Value* literal(size_t index) const;
};

using LowerRule = std::function<base::Result<ParsedPtr>(LoweredCall call)>;

class EngineFunctions {
 public:
  // `name` is the name in the plan's function table, e.g. "concat" or "+".
  void AddRule(std::string name, LowerRule rule);
  // DuckDB functions; the name of a set must start with "spark_".
  void AddScalar(duckdb::ScalarFunctionSet functions);
  void AddScalar(duckdb::ScalarFunction function);
  void AddAggregate(duckdb::AggregateFunctionSet functions);
  void AddAggregate(duckdb::AggregateFunction function);

  // Is there a rule, a scalar function or an aggregate for the plan function `name`?
  bool Has(std::string_view name) const;
  // The lowered call; kUnsupported naming the function when there is no entry.
  base::Result<ParsedPtr> Lower(LoweredCall call) const;
  // Enters every function into the system catalogue of a database.
  void RegisterIn(duckdb::DatabaseInstance& database) const;

  static const EngineFunctions& BuiltIn();

 private:
  std::map<std::string, LowerRule, std::less<>> rules_;
  std::map<std::string, duckdb::ScalarFunctionSet, std::less<>> scalars_;
  std::map<std::string, duckdb::AggregateFunctionSet, std::less<>> aggregates_;
};

}  // namespace hearth::engine
