// Time zones by Java's ids, and local time against instants. Local times inside an overlap take the earlier
// offset, local times inside a gap move forward by its length, as java.time does.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::engine {

inline constexpr int64_t kMicrosecondsPerSecond = 1'000'000;
inline constexpr int64_t kMicrosecondsPerDay = 86'400 * kMicrosecondsPerSecond;

// Rounded towards minus infinity, as calendars need.
inline int64_t FloorDivide(int64_t value, int64_t divisor) {
  const int64_t quotient = value / divisor;
  return quotient - ((value % divisor != 0) && ((value < 0) != (divisor < 0)) ? 1 : 0);
}
inline int64_t FloorModulo(int64_t value, int64_t divisor) {
  return value - FloorDivide(value, divisor) * divisor;
}

class TimeZone {
 public:
  TimeZone() : TimeZone(0) {}
  // "Europe/Berlin", "UTC", "Z", "+02:00", "+2:00", "-8", "GMT+2", "UTC-03:30", and Java's short ids ("PST").
  // nullopt when there is no such zone.
  static std::optional<TimeZone> Find(std::string_view id);

  // Microseconds since the epoch to microseconds of the local clock since 1970-01-01 00:00 local, and back.
  int64_t ToLocal(int64_t instant) const {
    return instant + (fixed_ ? fixed_offset_ : OffsetAt(instant)) * kMicrosecondsPerSecond;
  }
  int64_t FromLocal(int64_t local) const {
    return fixed_ ? local - fixed_offset_ * kMicrosecondsPerSecond : InstantOf(local);
  }
  // Seconds east of Greenwich.
  int64_t OffsetAt(int64_t instant) const;
  const absl::TimeZone& absl_zone() const { return zone_; }

 private:
  explicit TimeZone(int64_t offset_seconds);
  explicit TimeZone(absl::TimeZone zone) : zone_(zone) {}
  int64_t InstantOf(int64_t local) const;

  absl::TimeZone zone_;
  bool fixed_ = false;
  int64_t fixed_offset_ = 0;
};

// Find, or the error INVALID_TIMEZONE.
base::Result<TimeZone> FindTimeZone(std::string_view id);

// Proleptic Gregorian calendar, any year of 32 bits. Days count from 1970-01-01.
struct CalendarDate {
  int64_t year;
  int month;  // 1 … 12
  int day;    // 1 … 31
};
CalendarDate DateOfDays(int64_t days);
int64_t DaysOfDate(int64_t year, int month, int day);
bool IsLeapYear(int64_t year);
int DaysInMonth(int64_t year, int month);

}  // namespace hearth::engine
