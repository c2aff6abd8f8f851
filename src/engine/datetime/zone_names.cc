#include "engine/datetime/zone_names.h"

#include <array>

namespace hearth::engine {

namespace {

struct ZoneName {
  std::string_view abbreviation;
  std::string_view full;
  std::string_view zone;
};
constexpr std::array<ZoneName, 30> kNames = {{
    {"UTC", "Coordinated Universal Time", "UTC"},
    {"GMT", "Greenwich Mean Time", "GMT"},
    {"PST", "Pacific Standard Time", "America/Los_Angeles"},
    {"PDT", "Pacific Daylight Time", "America/Los_Angeles"},
    {"MST", "Mountain Standard Time", "America/Denver"},
    {"MDT", "Mountain Daylight Time", "America/Denver"},
    {"CST", "Central Standard Time", "America/Chicago"},
    {"CDT", "Central Daylight Time", "America/Chicago"},
    {"EST", "Eastern Standard Time", "America/New_York"},
    {"EDT", "Eastern Daylight Time", "America/New_York"},
    {"AKST", "Alaska Standard Time", "America/Anchorage"},
    {"AKDT", "Alaska Daylight Time", "America/Anchorage"},
    {"HST", "Hawaii-Aleutian Standard Time", "Pacific/Honolulu"},
    {"AST", "Atlantic Standard Time", "America/Halifax"},
    {"ADT", "Atlantic Daylight Time", "America/Halifax"},
    {"CET", "Central European Standard Time", "Europe/Paris"},
    {"CEST", "Central European Summer Time", "Europe/Paris"},
    {"EET", "Eastern European Standard Time", "Europe/Bucharest"},
    {"EEST", "Eastern European Summer Time", "Europe/Bucharest"},
    {"WET", "Western European Standard Time", "Europe/Lisbon"},
    {"WEST", "Western European Summer Time", "Europe/Lisbon"},
    {"BST", "British Summer Time", "Europe/London"},
    {"MSK", "Moscow Standard Time", "Europe/Moscow"},
    {"IST", "India Standard Time", "Asia/Kolkata"},
    {"JST", "Japan Standard Time", "Asia/Tokyo"},
    {"KST", "Korean Standard Time", "Asia/Seoul"},
    {"AEST", "Australian Eastern Standard Time", "Australia/Sydney"},
    {"AEDT", "Australian Eastern Daylight Time", "Australia/Sydney"},
    {"NZST", "New Zealand Standard Time", "Pacific/Auckland"},
    {"NZDT", "New Zealand Daylight Time", "Pacific/Auckland"},
}};

const ZoneName* Find(std::string_view abbreviation) {
  for (const auto& name : kNames) {
    if (name.abbreviation == abbreviation) return &name;
  }
  return nullptr;
}

}  // namespace

std::optional<std::string_view> FullZoneName(std::string_view abbreviation) {
  const auto* name = Find(abbreviation);
  return name ? std::optional(name->full) : std::nullopt;
}

std::optional<std::string_view> ZoneOfAbbreviation(std::string_view abbreviation) {
  const auto* name = Find(abbreviation);
  return name ? std::optional(name->zone) : std::nullopt;
}

}  // namespace hearth::engine
