// The loop and the errors that all cast families share. Private to engine/casts.
#pragma once

#include <duckdb.hpp>
#include <string>

#include "engine/casts/cast.h"
#include "engine/errors.h"

namespace hearth::engine {

// One row after another: convert(in, &out) answers false when the row fails; then error(in) throws under
// ANSI, else the row becomes null.
template <typename From, typename To, typename Convert, typename ErrorOf>
CastFunction CastLoop(plan::CastBehavior behavior, Convert convert, ErrorOf error) {
  return [=](duckdb::Vector& source, duckdb::Vector& result, duckdb::idx_t count) {
    duckdb::UnaryExecutor::ExecuteWithNulls<From, To>(
        source, result, count, [&](From in, duckdb::ValidityMask& mask, duckdb::idx_t row) {
          To out{};
          if (convert(in, &out)) return out;
          if (behavior == plan::CastBehavior::kAnsi) error(in);
          mask.SetInvalid(row);
          return To{};
        });
  };
}

// A conversion that cannot fail.
template <typename From, typename To, typename Convert>
CastFunction PlainLoop(Convert convert) {
  return [=](duckdb::Vector& source, duckdb::Vector& result, duckdb::idx_t count) {
    duckdb::UnaryExecutor::Execute<From, To>(source, result, count, [&](From in) { return convert(in); });
  };
}

// Every row null.
inline CastFunction NullCast() {
  return [](duckdb::Vector&, duckdb::Vector& result, duckdb::idx_t) {
    result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
    duckdb::ConstantVector::SetNull(result, true);
  };
}

// The same bits under another type.
inline CastFunction ReinterpretCast() {
  return [](duckdb::Vector& source, duckdb::Vector& result, duckdb::idx_t) { result.Reinterpret(source); };
}

// CAST_INVALID_INPUT: the value is no text of the type.
[[noreturn]] void ThrowInvalidInput(duckdb::string_t text, const plan::DataType& to);
// CAST_OVERFLOW: the value does not fit the type.
[[noreturn]] void ThrowCastOverflow(const std::string& value, const plan::DataType& from,
                                    const plan::DataType& to);
// The same for casts to and from intervals, which fail without ANSI too.
[[noreturn]] void ThrowIntervalOverflow(const std::string& value, const std::string& from,
                                        const plan::DataType& to);
// NUMERIC_VALUE_OUT_OF_RANGE: a decimal does not fit its precision.
[[noreturn]] void ThrowDecimalOverflow(const std::string& value, const plan::DataType& to);

}  // namespace hearth::engine
