// Names of time zones as Java's US locale prints and reads them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hearth::engine {

// "Pacific Daylight Time" for "PDT"; nullopt when we do not know it.
std::optional<std::string_view> FullZoneName(std::string_view abbreviation);
// The zone that a printed name stands for: "PST" and "PDT" are America/Los_Angeles.
std::optional<std::string_view> ZoneOfAbbreviation(std::string_view abbreviation);

}  // namespace hearth::engine
