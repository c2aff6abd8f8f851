#include "runner/cron.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

namespace hearth::runner {
namespace {

// Leap years come round within eight years, whatever the century does.
constexpr int kSearchedDays = 366 * 9;

constexpr std::pair<std::string_view, std::string_view> kWords[] = {
    {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"}, {"@weekly", "0 0 * * 0"},
    {"@daily", "0 0 * * *"},  {"@midnight", "0 0 * * *"}, {"@hourly", "0 * * * *"}};

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct FieldRule {
  const char* name;
  int low;
  int high;
  std::span<const std::string_view> names;  // of low, low + 1, …
};
const FieldRule kRules[] = {{"minute", 0, 59, {}},
                            {"hour", 0, 23, {}},
                            {"day of month", 1, 31, {}},
                            {"month", 1, 12, kMonths},
                            {"day of week", 0, 7, kWeekdays}};

base::Error Wrong(const FieldRule& rule, std::string_view text) {
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = fmt::format("'{}' is no {}: expected '*', or numbers from {} to {}, with ',', '-' and '/'",
                              text, rule.name, rule.low, rule.high);
  return error;
}

std::optional<int> ReadNumber(std::string_view text, const FieldRule& rule) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto named = std::ranges::find(rule.names, lower);
  if (named != rule.names.end()) return rule.low + static_cast<int>(named - rule.names.begin());
  int number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size() || number < rule.low || number > rule.high) {
    return std::nullopt;
  }
  return number;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

// "*", "5", "1-5", each with "/2".
template <size_t kSize>
bool ReadItem(std::string_view item, const FieldRule& rule, std::bitset<kSize>* set) {
  int step = 1;
  const size_t slash = item.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view text = item.substr(slash + 1);
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), step);
    if (code != std::errc() || end != text.data() + text.size() || step < 1) return false;
    item = item.substr(0, slash);
  }
  int low = rule.low;
  int high = rule.high;
  if (item != "*") {
    const size_t dash = item.find('-');
    const auto first = ReadNumber(item.substr(0, dash), rule);
    if (!first) return false;
    low = *first;
    high = slash != std::string_view::npos ? rule.high : low;
    if (dash != std::string_view::npos) {
      const auto last = ReadNumber(item.substr(dash + 1), rule);
      if (!last || *last < low) return false;
      high = *last;
    }
  }
  for (int value = low; value <= high; value += step) set->set(static_cast<size_t>(value));
  return true;
}

template <size_t kSize>
base::Status ReadField(std::string_view text, const FieldRule& rule, std::bitset<kSize>* set) {
  for (const std::string_view item : Split(text, ',')) {
    if (!ReadItem(item, rule, set)) return Wrong(rule, text);
  }
  return {};
}

}  // namespace

base::Result<Cron> Cron::Parse(std::string_view text) {
  for (const auto& [word, meaning] : kWords) {
    if (text == word) text = meaning;
  }
  std::vector<std::string_view> fields;
  for (const std::string_view field : Split(text, ' ')) {
    if (!field.empty()) fields.push_back(field);
  }
  if (fields.size() != std::size(kRules)) {
    base::Error error;
    error.kind = base::ErrorKind::kIllegalArgument;
    error.message =
        fmt::format("'{}' is no cron schedule: expected five fields, or a word such as @daily", text);
    return error;
  }
  Cron cron;
  HEARTH_RETURN_IF_ERROR(ReadField(fields[0], kRules[0], &cron.minutes_));
  HEARTH_RETURN_IF_ERROR(ReadField(fields[1], kRules[1], &cron.hours_));
  HEARTH_RETURN_IF_ERROR(ReadField(fields[2], kRules[2], &cron.days_));
  HEARTH_RETURN_IF_ERROR(ReadField(fields[3], kRules[3], &cron.months_));
  HEARTH_RETURN_IF_ERROR(ReadField(fields[4], kRules[4], &cron.weekdays_));
  if (cron.weekdays_[7]) cron.weekdays_.set(0);
  cron.any_day_ = fields[2].starts_with('*');
  cron.any_weekday_ = fields[4].starts_with('*');
  return cron;
}

bool Cron::FitsDay(absl::CivilDay day) const {
  if (!months_[static_cast<size_t>(day.month())]) return false;
  const bool fits_day = days_[static_cast<size_t>(day.day())];
  // absl counts from Monday.
  const auto weekday = (static_cast<size_t>(absl::GetWeekday(day)) + 1) % 7;
  const bool fits_weekday = weekdays_[weekday];
  return any_day_ || any_weekday_ ? fits_day && fits_weekday : fits_day || fits_weekday;
}

std::optional<int64_t> Cron::Next(int64_t after, const absl::TimeZone& zone) const {
  const absl::Time start = absl::FromUnixMicros(after);
  // One day back: a repeated hour may have moved the local clock behind.
  absl::CivilDay day = absl::ToCivilDay(start, zone) - 1;
  for (int i = 0; i < kSearchedDays; ++i, ++day) {
    if (!FitsDay(day)) continue;
    for (int hour = 0; hour < 24; ++hour) {
      if (!hours_[static_cast<size_t>(hour)]) continue;
      for (int minute = 0; minute < 60; ++minute) {
        if (!minutes_[static_cast<size_t>(minute)]) continue;
        const absl::TimeZone::TimeInfo local =
            zone.At(absl::CivilSecond(day.year(), day.month(), day.day(), hour, minute));
        const absl::Time due = local.kind == absl::TimeZone::TimeInfo::SKIPPED ? local.trans : local.pre;
        if (due > start) return absl::ToUnixMicros(due);
      }
    }
  }
  return std::nullopt;
}

}  // namespace hearth::runner
