// Dates, times and timestamps as Spark reads them from text: in literals, and wherever text is cast.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace hearth::plan {

// What the special words ("now", "today") and times without a date refer to.
struct DateTimeContext {
  absl::TimeZone zone;
  int64_t now_microseconds = 0;  // since the epoch
};

// All of these trim blanks and control characters, and give nullopt for text that is no such value.

// Days since 1970-01-01 of "2020", "2020-1", "2020-1-31", the last also with anything behind a blank or a T.
std::optional<int64_t> DateFromText(std::string_view text);

// Microseconds since the epoch of "2020-01-01 10:00:00.5 Europe/Paris" and its shorter forms; a time alone
// ("10:00") is one of today. Without a zone in the text the context's applies: an overlap takes the earlier
// instant, a gap moves forward.
std::optional<int64_t> TimestampFromText(std::string_view text, const DateTimeContext& context);

// Microseconds of the local clock since 1970-01-01 00:00; a zone in the text is checked and ignored.
std::optional<int64_t> TimestampNtzFromText(std::string_view text);

// Does the text of a timestamp name a zone?
bool NamesZone(std::string_view text);

// Nanoseconds of the day of "10:05", "10:05:06.123456", "T10:05", "10:05 PM".
std::optional<int64_t> TimeFromText(std::string_view text);

// "epoch", "now", "today", "tomorrow", "yesterday" in any case, by type.
std::optional<int64_t> SpecialDate(std::string_view text, const DateTimeContext& context);
std::optional<int64_t> SpecialTimestamp(std::string_view text, const DateTimeContext& context);
std::optional<int64_t> SpecialTimestampNtz(std::string_view text, const DateTimeContext& context);

}  // namespace hearth::plan
