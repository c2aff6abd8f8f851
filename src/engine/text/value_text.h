// How Spark writes single values as text: what CAST(… AS STRING), show(), CSV and JSON print. Everything
// appends to a string.
#pragma once

#include <cstdint>
#include <string>

#include "plan/types/data_type.h"
#include "plan/types/value.h"

namespace hearth::engine {

void AppendInteger(int64_t value, std::string* out);
// Java's Double.toString and Float.toString: 1.0, 1.0E7, 1.0E-4, NaN, Infinity.
void AppendDouble(double value, std::string* out);
void AppendFloat(float value, std::string* out);
// BigDecimal.toPlainString, and BigDecimal.toString (which turns to an exponent for small values).
void AppendDecimal(plan::Int128 unscaled, int scale, std::string* out);
void AppendDecimalJava(plan::Int128 unscaled, int scale, std::string* out);

// 2020-01-02; years beyond 9999 with a plus sign, before 0 with a minus.
void AppendDate(int64_t days, std::string* out);
// 2020-01-02 03:04:05.6, from microseconds of the local clock; the fraction without trailing zeros.
void AppendTimestamp(int64_t local_microseconds, std::string* out);
// 03:04:05.6
void AppendTime(int64_t microseconds, std::string* out);
// .6, or nothing; `microseconds` in [0, 1000000).
void AppendFraction(int64_t microseconds, std::string* out);
// At least `width` digits, zeros in front.
void AppendPadded(int64_t value, int width, std::string* out);

// INTERVAL '1-2' YEAR TO MONTH, by the fields of the type.
void AppendYearMonthInterval(int64_t months, plan::YearMonthField start, plan::YearMonthField end,
                             std::string* out);
// INTERVAL '1 02:03:04.5' DAY TO SECOND
void AppendDayTimeInterval(int64_t microseconds, plan::DayTimeField start, plan::DayTimeField end,
                           std::string* out);
// 1 years 2 months 3 days 4 hours 5 minutes 6.7 seconds
void AppendCalendarInterval(int64_t months, int64_t days, int64_t microseconds, std::string* out);

}  // namespace hearth::engine
