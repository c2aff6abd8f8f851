// JSON values into DuckDB vectors of Spark's types, by the rules of Spark's JSON reader.
#pragma once

#include <duckdb.hpp>
#include <optional>
#include <string>

#include "engine/datetime/pattern.h"
#include "engine/json/json_cursor.h"
#include "engine/time_zone.h"
#include "plan/types/data_type.h"

namespace hearth::engine {

struct JsonValueOptions {
  TimeZone zone;
  bool primitives_as_string = false;
  // What is no string, read as one: written again by CopyJsonValue, else the text as it stands.
  bool rewrites_text = false;
  // Instead of the forms that casts take; null: those.
  std::optional<DateTimePattern> date_pattern;
  std::optional<DateTimePattern> timestamp_pattern;
  std::optional<DateTimePattern> timestamp_ntz_pattern;
};

enum class JsonRead : uint8_t {
  kOk,
  kMismatch,  // JSON, but no value of the type: the place is null, the record counts as malformed
  kInvalid,   // no JSON: nothing more can be read
};

// Reads the next value into `row` of `vector`, which has type ToDuckDB(type) and is flat. A mismatch inside a
// struct makes that field null alone; inside an array or a map it makes the whole of it null.
JsonRead ReadJsonValue(JsonCursor& cursor, const plan::DataType& type, const JsonValueOptions& options,
                       duckdb::Vector& vector, duckdb::idx_t row);

// Sets a row null, with everything below it.
void SetNullDeep(duckdb::Vector& vector, duckdb::idx_t row);

}  // namespace hearth::engine
