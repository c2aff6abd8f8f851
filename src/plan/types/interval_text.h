// Intervals as Spark reads them from text.
#pragma once

#include <string_view>

#include "base/result.h"
#include "plan/types/data_type.h"
#include "plan/types/value.h"

namespace hearth::plan {

// "1 day 2 hours", "interval -1.5 seconds": numbers with units, in any order. Errors: INVALID_INTERVAL_FORMAT
// and its sub-conditions.
base::Result<CalendarIntervalValue> CalendarIntervalFromText(std::string_view text);

// Months of "1-2" (YEAR TO MONTH). Error: INVALID_INTERVAL_FORMAT.INTERVAL_PARSING.
base::Result<int64_t> YearMonthIntervalFromText(std::string_view text);

// Microseconds of "1 02:03:04.5" (DAY TO SECOND) and of the shorter forms; start lies before end. Errors:
// INVALID_INTERVAL_FORMAT, INTERVAL_ARITHMETIC_OVERFLOW.
base::Result<int64_t> DayTimeIntervalFromText(std::string_view text, DayTimeField start, DayTimeField end);

// INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING of a year-month type or …_WITH_NOTICE of a day-time type.
base::Error UnmatchedInterval(std::string_view text, const DataType& type);
// INVALID_INTERVAL_FORMAT.INTERVAL_PARSING: a year-month interval whose numbers are out of range.
base::Error UnparsableYearMonthInterval(std::string_view text);

// Days and microseconds as microseconds. Error: INTERVAL_ARITHMETIC_OVERFLOW.
base::Result<int64_t> DayTimeMicroseconds(const CalendarIntervalValue& interval);

}  // namespace hearth::plan
