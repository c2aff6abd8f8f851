// When a cron schedule is due: minute, hour, day of month, month, day of week, in a time zone.
#pragma once

#include <absl/time/time.h>

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace hearth::runner {

// Five fields with '*', lists, ranges, steps and English names of months and days, or a word such as @daily.
// A day fits when both its fields do, or, when both are restricted, when one of them does (crontab(5)).
class Cron {
 public:
  // Errors: kIllegalArgument names the field and what it may hold.
  static base::Result<Cron> Parse(std::string_view text);

  // The first due time after `after` (microseconds since 1970 UTC). A time that the clocks skip is due when
  // they have; one that they repeat is due once, the first time. None when no day of the next years fits (30
  // February).
  std::optional<int64_t> Next(int64_t after, const absl::TimeZone& zone) const;

 private:
  bool FitsDay(absl::CivilDay day) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<8> weekdays_;  // 0 and 7: Sunday
  bool any_day_ = false;
  bool any_weekday_ = false;
};

}  // namespace hearth::runner
