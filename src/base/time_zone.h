// Time zones by Java's names, as Spark reads them: regions ("Europe/Berlin"), offsets ("+02:00", "-8",
// "+0530"), prefixed offsets
// ("GMT+2", "UTC-03:30"), "Z", and the old short names ("PST", "IST").
#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <string_view>

namespace hearth::base {

// None when there is no such zone. Offsets reach from -18:00 to +18:00. Regions come from the system's zone
// database.
std::optional<absl::TimeZone> FindTimeZone(std::string_view id);

// The zone that this machine is set to, as Java names it: the variable TZ, else what /etc/localtime points
// at, else "UTC".
std::string SystemTimeZone();

}  // namespace hearth::base
