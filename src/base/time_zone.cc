#include "base/time_zone.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

namespace hearth::base {
namespace {

// java.time.ZoneId.SHORT_IDS, sorted.
constexpr std::pair<std::string_view, std::string_view> kShortNames[] = {
    {"ACT", "Australia/Darwin"},
    {"AET", "Australia/Sydney"},
    {"AGT", "America/Argentina/Buenos_Aires"},
    {"ART", "Africa/Cairo"},
    {"AST", "America/Anchorage"},
    {"BET", "America/Sao_Paulo"},
    {"BST", "Asia/Dhaka"},
    {"CAT", "Africa/Harare"},
    {"CNT", "America/St_Johns"},
    {"CST", "America/Chicago"},
    {"CTT", "Asia/Shanghai"},
    {"EAT", "Africa/Addis_Ababa"},
    {"ECT", "Europe/Paris"},
    {"EST", "-05:00"},
    {"HST", "-10:00"},
    {"IET", "America/Indiana/Indianapolis"},
    {"IST", "Asia/Kolkata"},
    {"JST", "Asia/Tokyo"},
    {"MIT", "Pacific/Apia"},
    {"MST", "-07:00"},
    {"NET", "Asia/Yerevan"},
    {"NST", "Pacific/Auckland"},
    {"PLT", "Asia/Karachi"},
    {"PNT", "America/Phoenix"},
    {"PRT", "America/Puerto_Rico"},
    {"PST", "America/Los_Angeles"},
    {"SST", "Pacific/Guadalcanal"},
    {"VST", "Asia/Ho_Chi_Minh"},
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// h, hh, hhmm, hhmmss, or h[h]:m[m][:ss]; after the sign.
std::optional<int> ReadOffsetSeconds(std::string_view text) {
  std::array<int, 3> parts = {0, 0, 0};
  if (text.find(':') != std::string_view::npos) {
    size_t part = 0;
    size_t digits = 0;
    for (const char c : text) {
      if (c == ':') {
        if (digits == 0 || ++part > 2) return std::nullopt;
        digits = 0;
      } else if (!IsDigit(c) || ++digits > 2) {
        return std::nullopt;
      } else {
        parts[part] = parts[part] * 10 + (c - '0');
      }
    }
    if (digits == 0 || (part == 2 && digits != 2)) return std::nullopt;
  } else {
    if (text.empty() || text.size() > 6 || text.size() == 3 || text.size() == 5) return std::nullopt;
    if (!std::ranges::all_of(text, IsDigit)) return std::nullopt;
    for (size_t i = 0; i < text.size(); ++i) parts[i / 2] = parts[i / 2] * 10 + (text[i] - '0');
  }
  if (parts[1] > 59 || parts[2] > 59) return std::nullopt;
  const int seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
  return seconds <= 18 * 3600 ? std::optional(seconds) : std::nullopt;
}

std::optional<absl::TimeZone> FindOffset(std::string_view text) {
  const std::optional<int> seconds = ReadOffsetSeconds(text.substr(1));
  if (!seconds) return std::nullopt;
  return absl::FixedTimeZone(text[0] == '-' ? -*seconds : *seconds);
}

bool IsSign(char c) { return c == '+' || c == '-'; }

std::optional<absl::TimeZone> FindRegion(std::string_view id) {
  const bool is_name =
      std::isalpha(static_cast<unsigned char>(id[0])) != 0 && std::ranges::all_of(id, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '/' || c == '_' || c == '-' || c == '+';
      });
  // Names of the system's own making are no zones: "localtime", "posix/…".
  if (!is_name || id == "localtime" || id.starts_with("posix") || id.starts_with("right/"))
    return std::nullopt;
  absl::TimeZone zone;
  if (!absl::LoadTimeZone({id.data(), id.size()}, &zone)) return std::nullopt;
  return zone;
}

}  // namespace

std::optional<absl::TimeZone> FindTimeZone(std::string_view id) {
  if (id.empty() || id.size() > 64) return std::nullopt;
  if (id == "Z" || id == "UTC" || id == "GMT" || id == "UT") return absl::UTCTimeZone();
  if (IsSign(id[0])) return FindOffset(id);
  for (const std::string_view prefix : {"UTC", "GMT", "UT"}) {
    if (id.starts_with(prefix) && id.size() > prefix.size() && IsSign(id[prefix.size()])) {
      return FindOffset(id.substr(prefix.size()));
    }
  }
  const auto* row = std::ranges::find(kShortNames, id, &std::pair<std::string_view, std::string_view>::first);
  if (row != std::end(kShortNames)) return FindTimeZone(row->second);
  return FindRegion(id);
}

std::string SystemTimeZone() {
  static const std::string zone = [] {
    const char* variable = std::getenv("TZ");
    if (variable != nullptr && FindTimeZone(variable)) return std::string(variable);
    std::error_code code;
    const std::string target = std::filesystem::read_symlink("/etc/localtime", code).string();
    const size_t start = target.find("/zoneinfo/");
    if (start == std::string::npos || !FindTimeZone(target.substr(start + 10))) return std::string("UTC");
    return target.substr(start + 10);
  }();
  return zone;
}

}  // namespace hearth::base
