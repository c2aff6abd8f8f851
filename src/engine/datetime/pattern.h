// Date and time patterns of java.time.format.DateTimeFormatter, as Spark admits them: "yyyy-MM-dd
// HH:mm:ss.SSS", text months, eras, zones, optional sections. Printing is exact for every letter; what needs
// locale data we lack is refused by name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/time_zone.h"

namespace hearth::engine {

enum class DateTimeField : uint8_t {
  kEra,
  kYear,
  kYearOfEra,
  kQuarter,
  kMonth,
  kDay,
  kDayOfYear,
  kDayOfWeek,
  kAlignedDayOfWeek,  // F: the day's place in its seventh of the month
  kAmPm,
  kHour,
  kClockHour,        // k: 1 … 24
  kHourOfHalf,       // K: 0 … 11
  kClockHourOfHalf,  // h: 1 … 12
  kMinute,
  kSecond,
  kNanosecond,
};
inline constexpr size_t kDateTimeFieldCount = 17;

// One element of a pattern.
struct PatternItem {
  enum class Kind : uint8_t {
    kLiteral,
    kNumber,
    kTwoDigitYear,
    kText,
    kFraction,
    kOffset,           // +02:00, Z
    kLocalizedOffset,  // GMT+2
    kZoneId,
    kZoneText,
    kOptionalStart,
    kOptionalEnd,
  };
  enum class Sign : uint8_t { kNormal, kNotNegative, kExceedsPad };

  Kind kind;
  DateTimeField field = DateTimeField::kYear;
  int minimum = 1;  // digits
  int maximum = 19;
  Sign sign = Sign::kNormal;
  bool full = false;         // the long form of a text, zone text or localized offset
  int offset_form = 0;       // kOffset: number of pattern letters, 1 to 5
  std::string text = {};     // a literal; what kOffset prints for zero
  int following_digits = 0;  // kNumber of variable width: digits that the fixed numbers right behind it take

  bool IsFixedNumber() const {
    return kind == Kind::kNumber && minimum == maximum && sign == Sign::kNotNegative;
  }
};

class DateTimePattern {
 public:
  enum class Purpose : uint8_t { kPrint, kParse };
  // Errors with Spark's conditions: INVALID_DATETIME_PATTERN.*, INCONSISTENT_BEHAVIOR_CROSS_VERSION.*.
  static base::Result<DateTimePattern> Read(std::string_view pattern, Purpose purpose);

  // A moment on the clock of `zone`, whose Java id is `zone_id`. kUnsupported when the zone's name is not
  // known.
  base::Status Print(int64_t instant, const TimeZone& zone, std::string_view zone_id, std::string* out) const;

  struct Parsed {
    int64_t local = 0;             // microseconds of the local clock
    std::optional<TimeZone> zone;  // when the text names one
  };
  // False when the text does not match; `message` (may be null) then gets Java's explanation.
  bool Parse(std::string_view text, Parsed* parsed, std::string* message) const;

 private:
  std::vector<PatternItem> items_;
};

// Names of months and days, by number from 1 and Monday as 1.
std::string_view MonthName(int month);  // "January"
std::string_view DayName(int weekday);  // "Monday"

}  // namespace hearth::engine
