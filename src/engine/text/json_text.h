// Values as JSON text, the way Spark's JSON writer prints them.
#pragma once

#include <duckdb.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "engine/text/time_patterns.h"
#include "plan/types/data_type.h"

namespace hearth::engine {

// With quotes; control characters, quote and backslash escaped.
void AppendJsonString(std::string_view text, std::string* out);
// Standard alphabet, padded.
void AppendBase64(std::string_view bytes, std::string* out);

struct JsonStyle {
  TimePatterns times;
  bool ignore_null_fields = true;  // object fields that are null do not appear
};

using NestedFormat = duckdb::RecursiveUnifiedVectorFormat;

// The value of a row, null included.
void AppendJson(const plan::DataType& type, const NestedFormat& format, duckdb::idx_t row,
                const JsonStyle& style, std::string* out);
// Is the row null?
bool IsNullAt(const NestedFormat& format, duckdb::idx_t row);

}  // namespace hearth::engine
