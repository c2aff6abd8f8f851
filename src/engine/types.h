// Which DuckDB type carries the values of a Spark type. DuckDB's own type rules never decide anything: a
// lowered expression has exactly the type given here.
#pragma once

#include <duckdb.hpp>

#include "plan/types/data_type.h"
#include "plan/types/value.h"

namespace hearth::engine {

// boolean BOOLEAN · tinyint … bigint TINYINT … BIGINT · float FLOAT · double DOUBLE · decimal DECIMAL ·
// string, char and varchar VARCHAR · binary BLOB · date DATE · timestamp TIMESTAMP_TZ · timestamp_ntz
// TIMESTAMP · time TIME · year-month interval INTEGER (months) · day-time interval BIGINT (microseconds) ·
// calendar interval INTERVAL · array LIST · map MAP · struct STRUCT (names made unique without regard to
// case, see StructFieldNames) · void INTEGER (always null). Variant is refused earlier; here it is BLOB.
duckdb::LogicalType ToDuckDB(const plan::DataType& type);

// The names of a struct's fields inside DuckDB: Spark's own, but a name that repeats an earlier one (without
// regard to case) or is empty gets a suffix. Fields are always addressed by position.
std::vector<std::string> StructFieldNames(const plan::DataType& struct_type);

// A constant of a Spark type as a DuckDB value of type ToDuckDB(type).
duckdb::Value ToDuckDB(const plan::Value& value, const plan::DataType& type);

// The other direction, for metrics and folded constants.
plan::Value FromDuckDB(const duckdb::Value& value, const plan::DataType& type);

}  // namespace hearth::engine
