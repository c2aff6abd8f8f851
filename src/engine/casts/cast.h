// Spark's casts as kernels, from any type to any type that Spark allows.
#pragma once

#include <duckdb.hpp>
#include <functional>

#include "engine/functions/registry.h"
#include "engine/time_zone.h"
#include "plan/resolved/tree.h"
#include "plan/types/data_type.h"

namespace hearth::engine {

struct CastSettings {
  plan::CastBehavior behavior = plan::CastBehavior::kAnsi;
  TimeZone zone;
};

// Converts `count` rows of `source`, of type ToDuckDB(from), into `result`, of type ToDuckDB(to). A failing
// row is an error under ANSI, else null (or, for numbers under kLegacy, what Java's narrowing gives). Safe to
// call from several threads.
using CastFunction = std::function<void(duckdb::Vector& source, duckdb::Vector& result, duckdb::idx_t count)>;

// Throws (engine/errors.h) kUnsupported for a pair that Spark does not cast.
CastFunction MakeCastFunction(const plan::TypePtr& from, const plan::TypePtr& to,
                              const CastSettings& settings);

// Families of pairs; empty when the pair is not theirs.
CastFunction MakeNumberCast(const plan::DataType& from, const plan::DataType& to,
                            const CastSettings& settings);
CastFunction MakeTextToValueCast(const plan::DataType& from, const plan::DataType& to,
                                 const CastSettings& settings);
CastFunction MakeValueToTextCast(const plan::TypePtr& from, const plan::DataType& to,
                                 const CastSettings& settings);
CastFunction MakeDatetimeCast(const plan::DataType& from, const plan::DataType& to,
                              const CastSettings& settings);
CastFunction MakeIntervalCast(const plan::DataType& from, const plan::DataType& to,
                              const CastSettings& settings);
CastFunction MakeNestedCast(const plan::DataType& from, const plan::DataType& to,
                            const CastSettings& settings);

// The function spark_cast(value, from, to, behaviour, zone).
void AddCasts(EngineFunctions& functions);

}  // namespace hearth::engine
