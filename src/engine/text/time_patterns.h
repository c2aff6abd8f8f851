// How CSV and JSON write dates and timestamps: by the patterns of the options, or in ISO form.
#pragma once

#include <optional>
#include <string>

#include "engine/datetime/pattern.h"
#include "engine/time_zone.h"

namespace hearth::engine {

struct TimePatterns {
  TimeZone zone;
  std::string zone_id = "UTC";
  // Without one: 2020-01-02, 2020-01-02T03:04:05.678+02:00, 2020-01-02T03:04:05.678.
  std::optional<DateTimePattern> date;
  std::optional<DateTimePattern> timestamp;
  std::optional<DateTimePattern> local_timestamp;

  // Throw (engine/errors.h) when a pattern asks for what the value has not.
  void AppendDay(int64_t days, std::string* out) const;
  void AppendInstant(int64_t instant, std::string* out) const;
  void AppendLocal(int64_t local_microseconds, std::string* out) const;
};

}  // namespace hearth::engine
