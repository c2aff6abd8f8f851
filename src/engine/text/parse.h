// Reading single values out of text by the rules of Spark's casts. Nothing here throws or allocates; what a
// failure means is the caller's affair (an error, a null, a malformed record).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/time_zone.h"
#include "plan/types/data_type.h"
#include "plan/types/value.h"

namespace hearth::engine {

// Without leading and trailing blanks and control characters (all of ASCII up to the space, and DEL).
std::string_view TrimAll(std::string_view text);

// [+-]digits within [minimum, maximum]; with `allow_fraction` digits after a point are checked and dropped.
std::optional<int64_t> ParseInteger(std::string_view text, bool allow_fraction, int64_t minimum,
                                    int64_t maximum);

// What Java's Double.parseDouble takes (suffixes d and f, hexadecimal included), and inf, infinity, nan in
// any case.
std::optional<double> ParseDouble(std::string_view text);
std::optional<float> ParseFloat(std::string_view text);

enum class DecimalParse : uint8_t {
  kOk,
  kInvalid,     // no number
  kTooLarge,    // more than 38 digits before the point
  kOutOfRange,  // does not fit the precision after rounding
};
// Rounds half up to `scale`.
DecimalParse ParseDecimal(std::string_view text, int precision, int scale, plan::Int128* unscaled);

// t, true, y, yes, 1 and f, false, n, no, 0, in any case.
std::optional<bool> ParseBoolean(std::string_view text);

// [+-]yyyy, yyyy-[m]m, yyyy-[m]m-[d]d, the last with anything after a blank or T. Days since 1970-01-01.
std::optional<int32_t> ParseDate(std::string_view text);
// A date, then perhaps T or a blank, [h]h:[m]m:[s]s[.fraction] and a zone; or a time alone, of today.
// Microseconds.
std::optional<int64_t> ParseTimestamp(std::string_view text, const TimeZone& zone);
// The same without a zone: one in the text is ignored, or refused unless `allow_zone`.
std::optional<int64_t> ParseTimestampNtz(std::string_view text, bool allow_zone = true);
// [h]h:[m]m:[s]s[.fraction]. Microseconds of the day.
std::optional<int64_t> ParseTime(std::string_view text);

// What is wrong with an interval whose form is right: a number beyond its field's range [0, limit].
struct IntervalRangeFault {
  const char* field = nullptr;  // null: the form is wrong
  int64_t value = 0;
  int64_t limit = 0;
};
// "1-2", "-14", or INTERVAL '1-2' YEAR TO MONTH of exactly these fields. Months.
std::optional<int64_t> ParseYearMonthInterval(std::string_view text, plan::YearMonthField start,
                                              plan::YearMonthField end, IntervalRangeFault* fault = nullptr);
// "1 02:03:04.5", or INTERVAL '1 02:03:04.5' DAY TO SECOND of exactly these fields. Microseconds.
std::optional<int64_t> ParseDayTimeInterval(std::string_view text, plan::DayTimeField start,
                                            plan::DayTimeField end, IntervalRangeFault* fault = nullptr);
// "1 year 2 days 3.5 seconds", with or without the word interval in front.
std::optional<plan::CalendarIntervalValue> ParseCalendarInterval(std::string_view text);

}  // namespace hearth::engine
