// Arithmetic on instants as a calendar of a time zone sees them (java.time.ZonedDateTime).
#pragma once

#include <cstdint>
#include <optional>

#include "engine/time_zone.h"

namespace hearth::engine {

// Every function answers nullopt on overflow of its result.

// Months added to a date; days beyond the month's end become its last.
std::optional<int64_t> AddMonthsToDays(int64_t days, int64_t months);

// The local time `local`, keeping the offset that `instant` had where the zone allows it (in an overlap),
// else as TimeZone::FromLocal.
int64_t Relocate(int64_t local, int64_t offset_seconds, const TimeZone& zone);

std::optional<int64_t> AddMonths(int64_t instant, int64_t months, const TimeZone& zone);
std::optional<int64_t> AddDays(int64_t instant, int64_t days, const TimeZone& zone);
// Whole days of the duration move the calendar, the rest moves the instant.
std::optional<int64_t> AddDayTime(int64_t instant, int64_t microseconds, const TimeZone& zone);

}  // namespace hearth::engine
