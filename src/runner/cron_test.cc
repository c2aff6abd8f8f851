#include "runner/cron.h"

#include <gtest/gtest.h>

#include "base/time_zone.h"

namespace hearth::runner {
namespace {

// The due times after `after`, as local texts.
std::vector<std::string> Due(const char* text, const char* after, const char* zone_name, int count) {
  const auto cron = Cron::Parse(text);
  EXPECT_TRUE(cron.ok()) << text;
  const absl::TimeZone zone = *base::FindTimeZone(zone_name);
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", after, zone, &time, &error)) << error;
  std::vector<std::string> due;
  int64_t at = absl::ToUnixMicros(time);
  for (int i = 0; i < count; ++i) {
    const auto next = cron->Next(at, zone);
    if (!next) break;
    at = *next;
    due.push_back(absl::FormatTime("%Y-%m-%d %H:%M%Ez", absl::FromUnixMicros(at), zone));
  }
  return due;
}

using Times = std::vector<std::string>;

TEST(Cron, FindsTheNextTime) {
  EXPECT_EQ(Due("0 6 * * *", "2026-01-01 06:00", "UTC", 2),
            (Times{"2026-01-02 06:00+00:00", "2026-01-03 06:00+00:00"}));
  EXPECT_EQ(Due("*/20 * * * *", "2026-01-01 00:19", "UTC", 3),
            (Times{"2026-01-01 00:20+00:00", "2026-01-01 00:40+00:00", "2026-01-01 01:00+00:00"}));
  EXPECT_EQ(Due("30 9-11/2 * * mon-fri", "2026-01-02 10:00", "UTC", 2),
            (Times{"2026-01-02 11:30+00:00", "2026-01-05 09:30+00:00"}));
  EXPECT_EQ(Due("0 0 13 * 5", "2026-01-01 00:00", "UTC", 3),
            (Times{"2026-01-02 00:00+00:00", "2026-01-09 00:00+00:00", "2026-01-13 00:00+00:00"}));
  EXPECT_EQ(Due("0 0 29 feb *", "2026-01-01 00:00", "UTC", 1), (Times{"2028-02-29 00:00+00:00"}));
  EXPECT_EQ(Due("0 0 * * 7", "2026-01-01 00:00", "UTC", 1), (Times{"2026-01-04 00:00+00:00"}));
  EXPECT_EQ(Due("@monthly", "2026-01-31 00:00", "UTC", 1), (Times{"2026-02-01 00:00+00:00"}));
  EXPECT_TRUE(Due("0 0 30 2 *", "2026-01-01 00:00", "UTC", 1).empty());
}

TEST(Cron, FollowsTheClocks) {
  // 02:00 to 03:00 does not exist on 29 March and comes twice on 25 October.
  EXPECT_EQ(Due("30 2 * * *", "2026-03-28 03:00", "Europe/Berlin", 2),
            (Times{"2026-03-29 03:00+02:00", "2026-03-30 02:30+02:00"}));
  EXPECT_EQ(Due("30 2 * * *", "2026-10-24 03:00", "Europe/Berlin", 2),
            (Times{"2026-10-25 02:30+02:00", "2026-10-26 02:30+01:00"}));
}

TEST(Cron, SaysWhatIsWrong) {
  for (const char* text : {"", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
                           "a * * * *", "5-1 * * * *", "*/0 * * * *", "@never"}) {
    EXPECT_FALSE(Cron::Parse(text).ok()) << text;
  }
}

}  // namespace
}  // namespace hearth::runner
