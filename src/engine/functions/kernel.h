// Loops of scalar kernels over one and two arguments whose rows may turn into null.
#pragma once

#include <duckdb.hpp>
#include <utility>

#include "duckdb/common/vector_operations/binary_executor.hpp"
#include "duckdb/common/vector_operations/unary_executor.hpp"
#include "duckdb/execution/expression_executor_state.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"

namespace hearth::engine {

// How a kernel treats a row that has no answer: Spark's ANSI mode fails, outside of it the row is null.
enum class OnError : bool { kFail, kNull };

// `Operation::template Apply<In, Out>(value, mask, row) -> Out`; the operation may clear the row's validity.
template <typename In, typename Out, typename Operation>
void UnaryKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  duckdb::UnaryExecutor::ExecuteWithNulls<In, Out>(
      arguments.data[0], result, arguments.size(),
      [](In value, duckdb::ValidityMask& mask, duckdb::idx_t row) {
        return Operation::template Apply<In, Out>(value, mask, row);
      });
}

// `Operation::template Apply<Left, Right, Out>(left, right, mask, row) -> Out`
template <typename Left, typename Right, typename Out, typename Operation>
void BinaryKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  duckdb::BinaryExecutor::ExecuteWithNulls<Left, Right, Out>(
      arguments.data[0], arguments.data[1], result, arguments.size(),
      [](Left left, Right right, duckdb::ValidityMask& mask, duckdb::idx_t row) {
        return Operation::template Apply<Left, Right, Out>(left, right, mask, row);
      });
}

inline duckdb::ScalarFunction Fallible(duckdb::ScalarFunction function) {
  function.SetFallible();
  return function;
}

// Data that a bind leaves for its kernel, compared and copied as a value.
template <typename Value>
struct BindData : duckdb::FunctionData {
  explicit BindData(Value given) : value(std::move(given)) {}
  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<BindData<Value>>(value);
  }
  bool Equals(const duckdb::FunctionData& other) const override {
    return value == other.Cast<BindData<Value>>().value;
  }
  Value value;
};

template <typename Value>
const Value& BoundValue(const duckdb::ExpressionState& state) {
  return state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->Cast<BindData<Value>>().value;
}

}  // namespace hearth::engine
