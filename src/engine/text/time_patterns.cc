#include "engine/text/time_patterns.h"

#include <cstdlib>

#include "engine/errors.h"
#include "engine/text/value_text.h"

namespace hearth::engine {

namespace {

void AppendIsoTimestamp(int64_t local_microseconds, std::string* out) {
  const int64_t days = FloorDivide(local_microseconds, kMicrosecondsPerDay);
  const int64_t time = local_microseconds - days * kMicrosecondsPerDay;
  AppendDate(days, out);
  out->push_back('T');
  AppendTime(time - time % kMicrosecondsPerSecond, out);
  out->push_back('.');
  AppendPadded(time % kMicrosecondsPerSecond / 1000, 3, out);
}

void AppendIsoOffset(int64_t offset_seconds, std::string* out) {
  if (offset_seconds == 0) {
    out->push_back('Z');
    return;
  }
  out->push_back(offset_seconds < 0 ? '-' : '+');
  const int64_t minutes = std::abs(offset_seconds) / 60;
  AppendPadded(minutes / 60, 2, out);
  out->push_back(':');
  AppendPadded(minutes % 60, 2, out);
}

void Print(const DateTimePattern& pattern, int64_t instant, const TimeZone& zone, const std::string& zone_id,
           std::string* out) {
  const auto printed = pattern.Print(instant, zone, zone_id, out);
  if (!printed.has_value()) ThrowSpark(*printed.error());
}

}  // namespace

void TimePatterns::AppendDay(int64_t days, std::string* out) const {
  if (date) {
    Print(*date, days * kMicrosecondsPerDay, TimeZone(), "UTC", out);
  } else {
    AppendDate(days, out);
  }
}

void TimePatterns::AppendInstant(int64_t instant, std::string* out) const {
  if (timestamp) {
    Print(*timestamp, instant, zone, zone_id, out);
    return;
  }
  AppendIsoTimestamp(zone.ToLocal(instant), out);
  AppendIsoOffset(zone.OffsetAt(instant), out);
}

void TimePatterns::AppendLocal(int64_t local_microseconds, std::string* out) const {
  if (local_timestamp) {
    Print(*local_timestamp, local_microseconds, TimeZone(), "UTC", out);
  } else {
    AppendIsoTimestamp(local_microseconds, out);
  }
}

}  // namespace hearth::engine
