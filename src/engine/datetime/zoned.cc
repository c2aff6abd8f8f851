#include "engine/datetime/zoned.h"

#include <algorithm>

namespace hearth::engine {

namespace {

// Beyond these years no timestamp of 64 bits, and no date of 32 bits, exists.
constexpr int64_t kMonthLimit = 12 * 6'000'000LL;
constexpr int64_t kDayLimit = 3'000'000'000LL;

}  // namespace

std::optional<int64_t> AddMonthsToDays(int64_t days, int64_t months) {
  const CalendarDate date = DateOfDays(days);
  const int64_t month = date.year * 12 + date.month - 1 + months;
  if (month > kMonthLimit || month < -kMonthLimit) return std::nullopt;
  const int64_t year = FloorDivide(month, 12);
  const int number = static_cast<int>(month - year * 12) + 1;
  return DaysOfDate(year, number, std::min(date.day, DaysInMonth(year, number)));
}

int64_t Relocate(int64_t local, int64_t offset_seconds, const TimeZone& zone) {
  const int64_t candidate = local - offset_seconds * kMicrosecondsPerSecond;
  return zone.OffsetAt(candidate) == offset_seconds ? candidate : zone.FromLocal(local);
}

std::optional<int64_t> AddMonths(int64_t instant, int64_t months, const TimeZone& zone) {
  const int64_t offset = zone.OffsetAt(instant);
  const int64_t local = instant + offset * kMicrosecondsPerSecond;
  const int64_t days = FloorDivide(local, kMicrosecondsPerDay);
  const auto moved = AddMonthsToDays(days, months);
  if (!moved) return std::nullopt;
  int64_t shifted = 0;
  if (__builtin_mul_overflow(*moved - days, kMicrosecondsPerDay, &shifted) ||
      __builtin_add_overflow(local, shifted, &shifted)) {
    return std::nullopt;
  }
  return Relocate(shifted, offset, zone);
}

std::optional<int64_t> AddDays(int64_t instant, int64_t days, const TimeZone& zone) {
  if (days > kDayLimit || days < -kDayLimit) return std::nullopt;
  const int64_t offset = zone.OffsetAt(instant);
  int64_t shifted = 0;
  if (__builtin_mul_overflow(days, kMicrosecondsPerDay, &shifted) ||
      __builtin_add_overflow(instant + offset * kMicrosecondsPerSecond, shifted, &shifted)) {
    return std::nullopt;
  }
  return Relocate(shifted, offset, zone);
}

std::optional<int64_t> AddDayTime(int64_t instant, int64_t microseconds, const TimeZone& zone) {
  const int64_t days = microseconds / kMicrosecondsPerDay;
  const int64_t rest = microseconds % kMicrosecondsPerDay;
  const auto moved = days == 0 ? std::optional(instant) : AddDays(instant, days, zone);
  int64_t result = 0;
  if (!moved || __builtin_add_overflow(*moved, rest, &result)) return std::nullopt;
  return result;
}

}  // namespace hearth::engine
