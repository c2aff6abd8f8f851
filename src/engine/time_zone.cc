#include "engine/time_zone.h"

#include <map>

namespace hearth::engine {

namespace {

// java.time.ZoneId.SHORT_IDS.
const std::map<std::string, std::string, std::less<>>& ShortIds() {
  static const std::map<std::string, std::string, std::less<>> ids = {
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
      {"IET", "America/Indiana/Indianapolis"},
      {"IST", "Asia/Kolkata"},
      {"JST", "Asia/Tokyo"},
      {"MIT", "Pacific/Apia"},
      {"NET", "Asia/Yerevan"},
      {"NST", "Pacific/Auckland"},
      {"PLT", "Asia/Karachi"},
      {"PNT", "America/Phoenix"},
      {"PRT", "America/Puerto_Rico"},
      {"PST", "America/Los_Angeles"},
      {"SST", "Pacific/Guadalcanal"},
      {"VST", "Asia/Ho_Chi_Minh"},
      {"EST", "-05:00"},
      {"MST", "-07:00"},
      {"HST", "-10:00"},
  };
  return ids;
}

constexpr int64_t kMaximumOffset = 18 * 3600;

bool ReadDigits(std::string_view text, size_t* position, size_t minimum, size_t maximum, int64_t* value) {
  size_t count = 0;
  *value = 0;
  while (count < maximum && *position < text.size() && text[*position] >= '0' && text[*position] <= '9') {
    *value = *value * 10 + (text[*position] - '0');
    ++*position;
    ++count;
  }
  return count >= minimum;
}

// "+h", "+hh", "+h:mm", "+hh:m", "+hh:mm", "+hh:mm:ss", "+hhmm", "+hhmmss".
std::optional<int64_t> ParseOffset(std::string_view text) {
  if (text == "Z") return 0;
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int64_t sign = text[0] == '-' ? -1 : 1;
  const bool has_colon = text.find(':') != std::string_view::npos;
  size_t position = 1;
  int64_t hours = 0, minutes = 0, seconds = 0;
  if (!ReadDigits(text, &position, 1, 2, &hours)) return std::nullopt;
  const auto part = [&](int64_t* value) {
    if (position == text.size()) return true;
    if (has_colon && text[position++] != ':') return false;
    return ReadDigits(text, &position, has_colon ? 1 : 2, 2, value);
  };
  if (!part(&minutes) || !part(&seconds) || position != text.size()) return std::nullopt;
  if (minutes > 59 || seconds > 59) return std::nullopt;
  const int64_t total = hours * 3600 + minutes * 60 + seconds;
  if (total > kMaximumOffset) return std::nullopt;
  return sign * total;
}

// A name of the tz database: never a path that leads elsewhere.
bool IsRegionName(std::string_view id) {
  if (id.size() < 2 || id.size() > 64 || !std::isalpha(static_cast<unsigned char>(id[0]))) return false;
  for (const char c : id) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '/' && c != '_' && c != '-' && c != '+')
      return false;
  }
  return id.rfind("Fixed/", 0) != 0 && id != "localtime" && id != "posixrules" && id != "Factory";
}

}  // namespace

TimeZone::TimeZone(int64_t offset_seconds)
    : zone_(absl::FixedTimeZone(static_cast<int>(offset_seconds))),
      fixed_(true),
      fixed_offset_(offset_seconds) {}

std::optional<TimeZone> TimeZone::Find(std::string_view id) {
  if (const auto offset = ParseOffset(id)) return TimeZone(*offset);
  for (const std::string_view prefix : {"UTC", "GMT", "UT"}) {
    if (id.substr(0, prefix.size()) != prefix) continue;
    if (id.size() == prefix.size()) return TimeZone(0);
    const std::string_view rest = id.substr(prefix.size());
    if (rest[0] != '+' && rest[0] != '-') continue;
    // "GMT0" is a region; "GMT+0" an offset.
    if (const auto offset = ParseOffset(rest)) return TimeZone(*offset);
    return std::nullopt;
  }
  if (const auto found = ShortIds().find(id); found != ShortIds().end()) return Find(found->second);
  if (!IsRegionName(id)) return std::nullopt;
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(std::string(id), &zone)) return std::nullopt;
  if (id == "Etc/UTC" || id == "Zulu" || id == "Universal" || id == "Etc/GMT") return TimeZone(0);
  return TimeZone(zone);
}

int64_t TimeZone::OffsetAt(int64_t instant) const {
  if (fixed_) return fixed_offset_;
  const auto time = absl::FromUnixSeconds(FloorDivide(instant, kMicrosecondsPerSecond));
  return zone_.At(time).offset;
}

int64_t TimeZone::InstantOf(int64_t local) const {
  const int64_t seconds = FloorDivide(local, kMicrosecondsPerSecond);
  const auto civil = absl::CivilSecond() + seconds;
  const auto info = zone_.At(civil);
  return absl::ToUnixSeconds(info.pre) * kMicrosecondsPerSecond + (local - seconds * kMicrosecondsPerSecond);
}

base::Result<TimeZone> FindTimeZone(std::string_view id) {
  if (auto zone = TimeZone::Find(id)) return *zone;
  return base::MakeError(base::ErrorKind::kDateTime, "INVALID_TIMEZONE",
                         "There is no time zone " + std::string(id) + ".", {{"timeZone", std::string(id)}});
}

bool IsLeapYear(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int DaysInMonth(int64_t year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeapYear(year) ? 29 : kDays[month - 1];
}

// Counting years from March puts the leap day last; an era is 400 years of 146,097 days.
int64_t DaysOfDate(int64_t year, int month, int day) {
  const int64_t y = month <= 2 ? year - 1 : year;
  const int64_t era = FloorDivide(y, 400);
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

CalendarDate DateOfDays(int64_t days) {
  const int64_t shifted = days + 719'468;
  const int64_t era = FloorDivide(shifted, 146'097);
  const int64_t day_of_era = shifted - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  const int month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

}  // namespace hearth::engine
