// Reading patterns: letters to items, with the checks that Spark adds to Java's.
#include "engine/datetime/pattern.h"

#include <fmt/format.h>

#include <array>

#include "engine/text/sql_text.h"

namespace hearth::engine {

namespace {

using Kind = PatternItem::Kind;
using Sign = PatternItem::Sign;
using Purpose = DateTimePattern::Purpose;

constexpr std::string_view kDocumentation = "https://spark.apache.org/docs/latest";

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Does java.text.SimpleDateFormat take the pattern? Spark words its errors by that.
bool IsLegacyPattern(std::string_view pattern) {
  bool quoted = false;
  int zones = 0;
  for (const char c : pattern) {
    if (c == '\'') quoted = !quoted;
    if (quoted || !IsLetter(c)) {
      zones = 0;
      continue;
    }
    if (std::string_view("GyYMLwWDdFEuaHkKhmszZX").find(c) == std::string_view::npos) return false;
    zones = c == 'X' ? zones + 1 : 0;
    if (zones > 3) return false;
  }
  return !quoted;
}

// What Spark says of a pattern that Java's formatter (or Spark's own check, which gives `original`) refuses.
base::Error Refusal(std::string_view pattern, std::optional<base::Error> original) {
  if (IsLegacyPattern(pattern)) {
    return base::MakeError(base::ErrorKind::kSpark,
                           "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION",
                           fmt::format("The datetime pattern '{}' is not accepted.", pattern),
                           {{"pattern", SqlLiteralText(pattern)},
                            {"config", "\"spark.sql.legacy.timeParserPolicy\""},
                            {"docroot", std::string(kDocumentation)}});
  }
  if (original) return std::move(*original);
  return base::MakeError(base::ErrorKind::kRuntime, "INVALID_DATETIME_PATTERN.WITH_SUGGESTION",
                         fmt::format("'{}' is no datetime pattern.", pattern),
                         {{"pattern", SqlLiteralText(pattern)}, {"docroot", std::string(kDocumentation)}});
}

// Letters that Spark refuses before Java sees them; nullopt when there are none.
std::optional<base::Error> CheckLetters(std::string_view pattern, Purpose purpose) {
  bool quoted = false;
  for (const char c : pattern) {
    if (c == '\'') quoted = !quoted;
    if (quoted) continue;
    if (std::string_view("YWwuec").find(c) != std::string_view::npos) {
      return base::MakeError(base::ErrorKind::kIllegalArgument,
                             "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN",
                             fmt::format("The week-based pattern letter {} is not accepted.", c),
                             {{"c", std::string(1, c)}});
    }
    const bool unsupported =
        std::string_view("ABnNp").find(c) != std::string_view::npos ||
        (purpose == Purpose::kParse && std::string_view("EFqQ").find(c) != std::string_view::npos);
    if (unsupported) {
      return base::MakeError(base::ErrorKind::kIllegalArgument, "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER",
                             fmt::format("The datetime pattern '{}' has the illegal letter {}.", pattern, c),
                             {{"c", std::string(1, c)}, {"pattern", std::string(pattern)}});
    }
  }
  return std::nullopt;
}

PatternItem Number(DateTimeField field, int minimum, int maximum, Sign sign) {
  PatternItem item{.kind = Kind::kNumber, .field = field};
  item.minimum = minimum;
  item.maximum = maximum;
  item.sign = sign;
  return item;
}

// One or two letters: as many digits as it takes, or exactly two. nullopt for more.
std::optional<PatternItem> ShortNumber(DateTimeField field, size_t count) {
  if (count == 1) return Number(field, 1, 19, Sign::kNormal);
  if (count == 2) return Number(field, 2, 2, Sign::kNotNegative);
  return std::nullopt;
}

std::optional<PatternItem> Text(DateTimeField field, size_t count) {
  if (count > 4) return std::nullopt;
  PatternItem item{.kind = Kind::kText, .field = field};
  item.full = count == 4;
  return item;
}

std::optional<PatternItem> Year(DateTimeField field, size_t count) {
  if (count > 6) return std::nullopt;
  if (count == 2) return PatternItem{.kind = Kind::kTwoDigitYear, .field = field, .minimum = 2, .maximum = 2};
  return Number(field, static_cast<int>(count), 19, count < 4 ? Sign::kNormal : Sign::kExceedsPad);
}

std::optional<PatternItem> Offset(char letter, size_t count) {
  static constexpr std::array<std::string_view, 5> kZeros = {"+00", "+0000", "+00:00", "+0000", "+00:00"};
  if (count > 5) return std::nullopt;
  PatternItem item{.kind = Kind::kOffset};
  item.offset_form = static_cast<int>(count);
  item.text = letter == 'X' ? "Z" : kZeros[count - 1];
  if (letter == 'Z') {
    if (count == 4) {
      item.kind = Kind::kLocalizedOffset;
      item.full = true;
    }
    item.offset_form = count == 5 ? 5 : 2;
    item.text = count == 5 ? "Z" : "+0000";
  }
  return item;
}

// The item for `count` equal letters; nullopt when Java refuses them.
std::optional<PatternItem> ItemOf(char letter, size_t count, Purpose purpose, bool has_era) {
  using F = DateTimeField;
  switch (letter) {
    case 'G':
      return Text(F::kEra, count);
    case 'y':
      return Year(has_era ? F::kYearOfEra : F::kYear, count);
    case 'M':
    case 'L':
      return count <= 2 ? ShortNumber(F::kMonth, count) : Text(F::kMonth, count);
    case 'Q':
    case 'q':
      return count <= 2 ? ShortNumber(F::kQuarter, count) : Text(F::kQuarter, count);
    case 'd':
      return ShortNumber(F::kDay, count);
    case 'D':
      if (count > 3) return std::nullopt;
      return count == 1 ? Number(F::kDayOfYear, 1, 19, Sign::kNormal)
                        : Number(F::kDayOfYear, static_cast<int>(count), 3, Sign::kNotNegative);
    case 'E':
      return Text(F::kDayOfWeek, count);
    case 'F':
      return count == 1 ? ShortNumber(F::kAlignedDayOfWeek, 1) : std::nullopt;
    case 'a':
      return count == 1 ? Text(F::kAmPm, 1) : std::nullopt;
    case 'H':
      return ShortNumber(F::kHour, count);
    case 'k':
      return ShortNumber(F::kClockHour, count);
    case 'K':
      return ShortNumber(F::kHourOfHalf, count);
    case 'h':
      return ShortNumber(F::kClockHourOfHalf, count);
    case 'm':
      return ShortNumber(F::kMinute, count);
    case 's':
      return ShortNumber(F::kSecond, count);
    case 'S': {
      if (count > 9) return std::nullopt;
      auto item =
          Number(F::kNanosecond, static_cast<int>(count), static_cast<int>(count), Sign::kNotNegative);
      item.kind = Kind::kFraction;
      if (purpose == Purpose::kParse) item.minimum = 1;
      return item;
    }
    case 'V':
      return count == 2 ? std::optional(PatternItem{.kind = Kind::kZoneId}) : std::nullopt;
    case 'z': {
      if (count > 4) return std::nullopt;
      PatternItem item{.kind = Kind::kZoneText};
      item.full = count == 4;
      return item;
    }
    case 'O': {
      if (count != 1 && count != 4) return std::nullopt;
      PatternItem item{.kind = Kind::kLocalizedOffset};
      item.full = count == 4;
      return item;
    }
    case 'X':
    case 'x':
    case 'Z':
      return Offset(letter, count);
    default:
      return std::nullopt;
  }
}

void AddLiteral(std::vector<PatternItem>& items, std::string_view text) {
  if (items.empty() || items.back().kind != Kind::kLiteral) items.push_back({.kind = Kind::kLiteral});
  items.back().text.append(text);
}

// A variable number takes fewer digits when fixed ones follow at once, as in yyyyMMdd.
void CountFollowingDigits(std::vector<PatternItem>& items) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i].kind != Kind::kNumber || items[i].IsFixedNumber()) continue;
    for (size_t j = i + 1; j < items.size(); ++j) {
      const bool fixed = items[j].IsFixedNumber() || items[j].kind == Kind::kTwoDigitYear;
      if (!fixed) break;
      items[i].following_digits += items[j].minimum;
    }
  }
}

}  // namespace

base::Result<DateTimePattern> DateTimePattern::Read(std::string_view pattern, Purpose purpose) {
  if (auto refused = CheckLetters(pattern, purpose)) return Refusal(pattern, std::move(refused));
  bool quoted = false;
  bool has_era = false;
  for (const char c : pattern) {
    if (c == '\'') quoted = !quoted;
    has_era |= c == 'G' && !quoted;
  }
  DateTimePattern result;
  auto& items = result.items_;
  int depth = 0;
  for (size_t i = 0; i < pattern.size();) {
    const char c = pattern[i];
    if (IsLetter(c)) {
      const auto end = std::min(pattern.find_first_not_of(c, i), pattern.size());
      auto item = ItemOf(c, end - i, purpose, has_era);
      if (!item) return Refusal(pattern, std::nullopt);
      // A fraction of varying length is read only where no text is quoted.
      if (item->kind == Kind::kFraction && pattern.find('\'') != std::string_view::npos)
        item->minimum = item->maximum;
      items.push_back(std::move(*item));
      i = end;
    } else if (c == '\'') {
      std::string text;
      size_t at = i + 1;
      bool closed = false;
      for (; at < pattern.size(); ++at) {
        if (pattern[at] != '\'') {
          text.push_back(pattern[at]);
        } else if (at + 1 < pattern.size() && pattern[at + 1] == '\'') {
          text.push_back(pattern[at++]);
        } else {
          closed = true;
          break;
        }
      }
      if (!closed) return Refusal(pattern, std::nullopt);
      AddLiteral(items, text.empty() ? "'" : std::string_view(text));
      i = at + 1;
    } else if (c == '[') {
      ++depth;
      items.push_back({.kind = Kind::kOptionalStart});
      ++i;
    } else if (c == ']') {
      if (depth-- == 0) return Refusal(pattern, std::nullopt);
      items.push_back({.kind = Kind::kOptionalEnd});
      ++i;
    } else if (c == '{' || c == '}' || c == '#') {
      return Refusal(pattern, std::nullopt);
    } else {
      AddLiteral(items, pattern.substr(i, 1));
      ++i;
    }
  }
  for (; depth > 0; --depth) items.push_back({.kind = Kind::kOptionalEnd});
  CountFollowingDigits(items);
  return result;
}

std::string_view MonthName(int month) {
  static constexpr std::array<std::string_view, 12> kNames = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  return kNames[static_cast<size_t>(month - 1)];
}

std::string_view DayName(int weekday) {
  static constexpr std::array<std::string_view, 7> kNames = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                             "Friday", "Saturday", "Sunday"};
  return kNames[static_cast<size_t>(weekday - 1)];
}

}  // namespace hearth::engine
