// Constants as Spark prints them: in column names, in SQL and in plans.
#pragma once

#include <string>

#include "plan/types/data_type.h"
#include "plan/types/value.h"

namespace hearth::plan {

// Java's Double.toString and Float.toString: "1.0", "1.0E10", "NaN", "Infinity".
std::string JavaText(double value);
std::string JavaText(float value);

// "2020-01-31"; years above 9999 carry a plus sign.
std::string DateText(int64_t days);
// "2020-01-31 10:00:00.5" in UTC or local time, without zone.
std::string TimestampText(int64_t microseconds);

// What a column name shows: text without quotes, numbers bare, DATE '…', INTERVAL '1' DAY.
std::string LiteralDisplay(const Value& value, const DataType& type);

}  // namespace hearth::plan
