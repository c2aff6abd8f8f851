// Date and time functions whose arguments need more than slots.
#pragma once

#include "plan/functions/signature.h"

namespace hearth::plan {

ResolveFunction ResolveClockPart;  // hour, minute, second
ResolveFunction ResolveExtract;    // extract, date_part, datepart: (field, source); also of intervals
ResolveFunction ResolveNow;
ResolveFunction ResolveCurrentTime;    // current_time, localtime            // current_timestamp and its kin:
                                       // constants of the query
ResolveFunction ResolveDateAdd;        // date_add, date_sub, dateadd: (date, days)
ResolveFunction ResolveTimestampAdd;   // (unit, amount, timestamp)
ResolveFunction ResolveTimestampDiff;  // (unit, start, end)
ResolveFunction ResolveConvertTimezone;
ResolveFunction ResolveTimestampFromNumber;  // timestamp_seconds, timestamp_millis, timestamp_micros
ResolveFunction ResolveUnixNumber;           // unix_seconds, unix_millis, unix_micros
ResolveFunction ResolveParse;                // to_date, to_timestamp and their kin
ResolveFunction ResolveUnixTimestamp;        // unix_timestamp, to_unix_timestamp
ResolveFunction ResolveMakeDate;
ResolveFunction ResolveMakeTimestamp;
ResolveFunction ResolveTimeFunction;  // refused
ResolveFunction ResolveWindowTime;

}  // namespace hearth::plan
