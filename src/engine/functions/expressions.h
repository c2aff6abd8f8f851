// Builders of DuckDB's parsed expressions, and readers of constant arguments in binds.
#pragma once

#include <duckdb.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/functions/registry.h"
#include "engine/types.h"
#include "plan/resolved/tree.h"

namespace hearth::engine {

// ---- Building
// --------------------------------------------------------------------------------------------------------

template <typename... Arguments>
ParsedExpressions List(Arguments... arguments) {
  ParsedExpressions list;
  (list.push_back(std::move(arguments)), ...);
  return list;
}

// A scalar function of the system catalogue: ours ("spark_…") or DuckDB's.
ParsedPtr CallWith(std::string name, ParsedExpressions arguments);
template <typename... Arguments>
ParsedPtr Call(std::string name, Arguments... arguments) {
  return CallWith(std::move(name), List(std::move(arguments)...));
}

// An aggregate with the DISTINCT, FILTER, ORDER BY, IGNORE NULLS and OVER of `call`. May be used several
// times in one rule (an average as sum over count); the clauses are copied.
ParsedPtr AggregateWith(const LoweredCall& call, std::string name, ParsedExpressions arguments);
template <typename... Arguments>
ParsedPtr AggregateOf(const LoweredCall& call, std::string name, Arguments... arguments) {
  return AggregateWith(call, std::move(name), List(std::move(arguments)...));
}

// The column, or the lambda variable, of an id.
std::string ColumnName(plan::ColumnId id);          // "c17"
std::string LambdaVariableName(plan::ColumnId id);  // "v17"
ParsedPtr Reference(plan::ColumnId id);

ParsedPtr Constant(duckdb::Value value);
ParsedPtr Constant(const plan::Value& value, const plan::DataType& type);
ParsedPtr TextConstant(std::string_view text);
ParsedPtr BooleanConstant(bool value);
ParsedPtr IntegerConstant(int32_t value);
ParsedPtr LongConstant(int64_t value);
ParsedPtr NullOf(const duckdb::LogicalType& type);

// DuckDB's own cast. Only between types where its meaning is Spark's (widening, or the same physical form).
ParsedPtr CastTo(ParsedPtr child, const duckdb::LogicalType& type);
// Spark's cast, with this behaviour and the session's time zone where it matters.
base::Result<ParsedPtr> SparkCast(ParsedPtr child, const plan::DataType& from, const plan::DataType& to,
                                  plan::CastBehavior behavior, const LowerSettings& settings);

ParsedPtr Compare(duckdb::ExpressionType comparison, ParsedPtr left, ParsedPtr right);
ParsedPtr And(ParsedExpressions operands);
ParsedPtr Or(ParsedExpressions operands);
ParsedPtr Not(ParsedPtr child);
ParsedPtr IsNull(ParsedPtr child);
ParsedPtr IsNotNull(ParsedPtr child);
ParsedPtr Coalesce(ParsedExpressions operands);
ParsedPtr If(ParsedPtr condition, ParsedPtr then, ParsedPtr otherwise);
// CASE WHEN first THEN second … ELSE otherwise (null: NULL).
ParsedPtr Case(std::vector<std::pair<ParsedPtr, ParsedPtr>> branches, ParsedPtr otherwise);
// lambda parameters: body; parameters by the names they have in the body.
ParsedPtr LambdaOf(std::vector<std::string> parameters, ParsedPtr body);
// What orders as Spark orders the value: itself, or for types with nulls inside (NULL is the smallest there,
// in DuckDB the largest) a key of bytes.
ParsedPtr SortKeyOf(ParsedPtr child, const plan::DataType& type);
// Field `index` (from 0) of a struct.
ParsedPtr FieldAt(ParsedPtr structure, size_t index);
ParsedPtr Copy(const ParsedPtr& expression);

// A Spark type as a constant argument, for kernels that must know more than DuckDB's type tells (intervals
// inside arrays, char lengths, nullability).
ParsedPtr TypeArgument(const plan::DataType& type);

// ---- Reading, in bind
// --------------------------------------------------------------------------------------------------

// The value of a constant argument; throws kInternal when it is not constant.
duckdb::Value ConstantArgument(duckdb::ClientContext& context, const duckdb::Expression& argument);
bool IsConstantArgument(const duckdb::Expression& argument);
std::string TextArgument(duckdb::ClientContext& context, const duckdb::Expression& argument);
bool BooleanArgument(duckdb::ClientContext& context, const duckdb::Expression& argument);
plan::TypePtr ReadTypeArgument(duckdb::ClientContext& context, const duckdb::Expression& argument);

}  // namespace hearth::engine
