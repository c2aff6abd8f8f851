#include "base/time_zone.h"

#include <gtest/gtest.h>

namespace hearth::base {
namespace {

int OffsetAt(std::string_view id, int64_t unix_seconds = 0) {
  const auto zone = FindTimeZone(id);
  if (!zone) return -1;
  return zone->At(absl::FromUnixSeconds(unix_seconds)).offset;
}

TEST(TimeZone, ReadsRegionsOffsetsAndShortNames) {
  EXPECT_EQ(OffsetAt("UTC"), 0);
  EXPECT_EQ(OffsetAt("Etc/UTC"), 0);
  EXPECT_EQ(OffsetAt("+02:00"), 7200);
  EXPECT_EQ(OffsetAt("-8"), -8 * 3600);
  EXPECT_EQ(OffsetAt("+0530"), 19800);
  EXPECT_EQ(OffsetAt("+1:30"), 5400);
  EXPECT_EQ(OffsetAt("GMT-03:30"), -12600);
  EXPECT_EQ(OffsetAt("EST"), -5 * 3600);
  EXPECT_EQ(OffsetAt("IST"), 19800);
  EXPECT_EQ(OffsetAt("Europe/Berlin", 1720000000), 7200);
}

TEST(TimeZone, RefusesWhatJavaRefuses) {
  for (const char* id : {"", "Mars/Base", "+19:00", "+25", "GMT+", "../etc/passwd", "/etc/localtime",
                         "localtime", "+1:2:3:4"}) {
    EXPECT_FALSE(FindTimeZone(id).has_value()) << id;
  }
}

}  // namespace
}  // namespace hearth::base
