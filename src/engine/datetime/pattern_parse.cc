// Parsing by a pattern, as java.time does it strictly, with the defaults that Spark adds: January, the first,
// midnight, 1970.
#include <fmt/format.h>

#include <array>
#include <cctype>

#include "engine/datetime/pattern.h"
#include "engine/datetime/zone_names.h"

namespace hearth::engine {

namespace {

using Kind = PatternItem::Kind;
using Sign = PatternItem::Sign;
using F = DateTimeField;

constexpr size_t kMismatch = std::string_view::npos;

struct FieldRange {
  std::string_view name;
  int64_t minimum;
  int64_t maximum;
};
constexpr std::array<FieldRange, kDateTimeFieldCount> kRanges = {{
    {"Era", 0, 1},
    {"Year", -999'999'999, 999'999'999},
    {"YearOfEra", 1, 999'999'999},
    {"QuarterOfYear", 1, 4},
    {"MonthOfYear", 1, 12},
    {"DayOfMonth", 1, 31},
    {"DayOfYear", 1, 366},
    {"DayOfWeek", 1, 7},
    {"AlignedDayOfWeekInMonth", 1, 7},
    {"AmPmOfDay", 0, 1},
    {"HourOfDay", 0, 23},
    {"ClockHourOfDay", 1, 24},
    {"HourOfAmPm", 0, 11},
    {"ClockHourOfAmPm", 1, 12},
    {"MinuteOfHour", 0, 59},
    {"SecondOfMinute", 0, 59},
    {"NanoOfSecond", 0, 999'999'999},
}};

bool SameLetter(char a, char b) {
  return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}
bool StartsWithIgnoringCase(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (!SameLetter(text[i], word[i])) return false;
  }
  return true;
}
bool IsDigit(std::string_view text, size_t position) {
  return position < text.size() && text[position] >= '0' && text[position] <= '9';
}

// What the items have read.
struct State {
  std::array<std::optional<int64_t>, kDateTimeFieldCount> fields;
  std::optional<TimeZone> zone;

  std::optional<int64_t>& operator[](DateTimeField field) { return fields[static_cast<size_t>(field)]; }
  const std::optional<int64_t>& operator[](DateTimeField field) const {
    return fields[static_cast<size_t>(field)];
  }
};

// Reads items one by one; the error position is where the failing item stopped.
class Reader {
 public:
  Reader(const std::vector<PatternItem>& items, std::string_view text) : items_(items), text_(text) {}

  bool Run() { return Range(0, items_.size(), position_); }
  size_t position() const { return position_; }
  size_t error_position() const { return error_; }
  const State& state() const { return state_; }

 private:
  // Items from `first` to `last` (exclusive).
  bool Range(size_t first, size_t last, size_t& position) {
    for (size_t i = first; i < last; ++i) {
      if (items_[i].kind == Kind::kOptionalStart) {
        const size_t end = ClosingOf(i, last);
        const State saved = state_;
        size_t inside = position;
        if (Range(i + 1, end, inside)) {
          position = inside;
        } else {
          state_ = saved;
        }
        i = end;
        continue;
      }
      const size_t next = One(items_[i], position);
      if (next == kMismatch) return false;
      position = next;
    }
    return true;
  }
  size_t ClosingOf(size_t start, size_t last) const {
    int depth = 0;
    for (size_t i = start; i < last; ++i) {
      if (items_[i].kind == Kind::kOptionalStart) ++depth;
      if (items_[i].kind == Kind::kOptionalEnd && --depth == 0) return i;
    }
    return last;
  }

  size_t Fail(size_t position) {
    error_ = position;
    return kMismatch;
  }
  // A field given twice must have one value.
  size_t Set(DateTimeField field, int64_t value, size_t start, size_t next) {
    auto& known = state_[field];
    if (known && *known != value) return Fail(start);
    known = value;
    return next;
  }

  size_t One(const PatternItem& item, size_t position) {
    switch (item.kind) {
      case Kind::kLiteral:
        return StartsWithIgnoringCase(text_.substr(position), item.text) ? position + item.text.size()
                                                                         : Fail(position);
      case Kind::kNumber:
        return Number(item, position);
      case Kind::kTwoDigitYear:
        if (!IsDigit(text_, position) || !IsDigit(text_, position + 1)) return Fail(position);
        return Set(item.field, 2000 + (text_[position] - '0') * 10 + (text_[position + 1] - '0'), position,
                   position + 2);
      case Kind::kText:
        return Text(item, position);
      case Kind::kFraction:
        return Fraction(item, position);
      case Kind::kOffset:
        return Offset(item, position);
      case Kind::kLocalizedOffset:
        return LocalizedOffset(position);
      case Kind::kZoneId:
        return Zone(position, false);
      case Kind::kZoneText:
        return Zone(position, true);
      case Kind::kOptionalStart:
      case Kind::kOptionalEnd:
        return position;
    }
    return Fail(position);
  }

  size_t Number(const PatternItem& item, size_t start) {
    size_t position = start;
    if (position == text_.size()) return Fail(position);
    const bool plus = text_[position] == '+';
    const bool minus = text_[position] == '-';
    if (plus && item.sign != Sign::kExceedsPad) return Fail(position);
    if (minus && item.sign == Sign::kNotNegative) return Fail(position);
    if (plus || minus) ++position;
    const size_t digits_start = position;
    if (position + static_cast<size_t>(item.minimum) > text_.size()) return Fail(start);
    const size_t most =
        std::min(static_cast<size_t>(item.maximum + item.following_digits), text_.size() - position);
    size_t count = 0;
    while (count < most && IsDigit(text_, position + count)) ++count;
    if (item.following_digits > 0) {
      const size_t following = static_cast<size_t>(item.following_digits);
      count = std::max<size_t>(static_cast<size_t>(item.minimum), count > following ? count - following : 0);
      for (size_t i = 0; i < count; ++i) {
        if (!IsDigit(text_, position + i)) return Fail(start);
      }
    }
    if (count < static_cast<size_t>(item.minimum)) return Fail(start);
    if (count > 18) return Fail(start);
    int64_t value = 0;
    for (size_t i = 0; i < count; ++i) value = value * 10 + (text_[position + i] - '0');
    position += count;
    if (minus) {
      if (value == 0) return Fail(digits_start - 1);
      value = -value;
    } else if (item.sign == Sign::kExceedsPad) {
      const bool exceeds = count > static_cast<size_t>(item.minimum);
      if (plus && !exceeds) return Fail(digits_start - 1);
      if (!plus && exceeds) return Fail(start);
    }
    return Set(item.field, value, start, position);
  }

  size_t Fraction(const PatternItem& item, size_t start) {
    int64_t nanoseconds = 0;
    int count = 0;
    while (count < item.maximum && IsDigit(text_, start + static_cast<size_t>(count))) {
      nanoseconds = nanoseconds * 10 + (text_[start + static_cast<size_t>(count)] - '0');
      ++count;
    }
    if (count < item.minimum) return Fail(start);
    for (int i = count; i < 9; ++i) nanoseconds *= 10;
    return Set(F::kNanosecond, nanoseconds, start, start + static_cast<size_t>(count));
  }

  size_t Text(const PatternItem& item, size_t start) {
    const auto rest = text_.substr(start);
    const auto take = [&](std::string_view word, int64_t value) -> std::optional<size_t> {
      if (!StartsWithIgnoringCase(rest, word)) return std::nullopt;
      return Set(item.field, value, start, start + word.size());
    };
    if (item.field == F::kMonth) {
      for (int month = 1; month <= 12; ++month) {
        const auto name = MonthName(month);
        if (auto next = take(item.full ? name : name.substr(0, 3), month)) return *next;
      }
    } else if (item.field == F::kAmPm) {
      if (auto next = take("AM", 0)) return *next;
      if (auto next = take("PM", 1)) return *next;
    } else if (item.field == F::kEra) {
      if (auto next = take(item.full ? "Anno Domini" : "AD", 1)) return *next;
      if (auto next = take(item.full ? "Before Christ" : "BC", 0)) return *next;
    }
    return Fail(start);
  }

  std::optional<int64_t> TwoDigits(size_t position) const {
    if (!IsDigit(text_, position) || !IsDigit(text_, position + 1)) return std::nullopt;
    return (text_[position] - '0') * 10 + (text_[position + 1] - '0');
  }
  size_t SetOffset(int64_t seconds, size_t start, size_t next) {
    if (seconds > 18 * 3600 || seconds < -18 * 3600) return Fail(start);
    const int64_t magnitude = seconds < 0 ? -seconds : seconds;
    state_.zone = TimeZone::Find(fmt::format("{}{:02}:{:02}:{:02}", seconds < 0 ? '-' : '+', magnitude / 3600,
                                             magnitude / 60 % 60, magnitude % 60));
    return next;
  }

  size_t Offset(const PatternItem& item, size_t start) {
    if (StartsWithIgnoringCase(text_.substr(start), item.text) &&
        (item.text == "Z" || item.text.size() > 3)) {
      return SetOffset(0, start, start + item.text.size());
    }
    if (start >= text_.size() || (text_[start] != '+' && text_[start] != '-')) return Fail(start);
    const bool colon = item.offset_form == 3 || item.offset_form == 5;
    size_t position = start + 1;
    const auto hours = TwoDigits(position);
    if (!hours) return Fail(start);
    position += 2;
    int64_t seconds = *hours * 3600;
    const auto part = [&](int64_t unit, bool required) {
      const size_t digits = position + (colon ? 1 : 0);
      const bool separated = !colon || (position < text_.size() && text_[position] == ':');
      const auto value = separated ? TwoDigits(digits) : std::nullopt;
      if (!value || *value > 59) return !required;
      seconds += *value * unit;
      position = digits + 2;
      return true;
    };
    if (!part(60, item.offset_form > 1)) return Fail(start);
    if (item.offset_form > 3) part(1, false);
    return SetOffset(text_[start] == '-' ? -seconds : seconds, start, position);
  }

  // GMT, GMT+8, GMT+08:00
  size_t LocalizedOffset(size_t start) {
    if (!StartsWithIgnoringCase(text_.substr(start), "GMT")) return Fail(start);
    size_t position = start + 3;
    if (position >= text_.size() || (text_[position] != '+' && text_[position] != '-')) {
      return SetOffset(0, start, position);
    }
    const bool negative = text_[position++] == '-';
    if (!IsDigit(text_, position)) return Fail(start);
    int64_t hours = text_[position++] - '0';
    if (IsDigit(text_, position)) hours = hours * 10 + (text_[position++] - '0');
    int64_t seconds = hours * 3600;
    if (position < text_.size() && text_[position] == ':') {
      const auto minutes = TwoDigits(position + 1);
      if (!minutes) return Fail(start);
      seconds += *minutes * 60;
      position += 3;
    }
    return SetOffset(negative ? -seconds : seconds, start, position);
  }

  // The longest run of characters that names a zone; `by_name` takes printed names such as PDT too.
  size_t Zone(size_t start, bool by_name) {
    size_t end = start;
    while (end < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[end])) ||
                                  std::string_view("/_+-:~").find(text_[end]) != std::string_view::npos)) {
      ++end;
    }
    for (; end > start; --end) {
      const auto name = text_.substr(start, end - start);
      if (by_name) {
        if (const auto region = ZoneOfAbbreviation(name)) {
          state_.zone = TimeZone::Find(*region);
          return end;
        }
      }
      if (auto zone = TimeZone::Find(name)) {
        state_.zone = zone;
        return end;
      }
    }
    return Fail(start);
  }

  const std::vector<PatternItem>& items_;
  std::string_view text_;
  size_t position_ = 0;
  size_t error_ = 0;
  State state_;
};

// Fields to a local date and time. Each step answers false with a message when a value is impossible.
class Resolver {
 public:
  explicit Resolver(State state) : state_(std::move(state)) {}

  bool Run(int64_t* local) {
    int64_t days = 0;
    int64_t of_day = 0;
    if (!CheckRanges() || !ResolveYear() || !ResolveDate(&days) || !ResolveTime(&of_day)) return false;
    constexpr int64_t kDayLimit = 106'751'991;
    if (days > kDayLimit || days < -kDayLimit) return Wrong("long overflow");
    *local = days * kMicrosecondsPerDay + of_day;
    return true;
  }
  const std::string& message() const { return message_; }

 private:
  bool Wrong(std::string message) {
    message_ = std::move(message);
    return false;
  }
  bool CheckRanges() {
    for (size_t i = 0; i < kDateTimeFieldCount; ++i) {
      const auto& value = state_.fields[i];
      const auto& range = kRanges[i];
      if (!value || (*value >= range.minimum && *value <= range.maximum)) continue;
      return Wrong(fmt::format("Invalid value for {} (valid values {} - {}): {}", range.name, range.minimum,
                               range.maximum, *value));
    }
    return true;
  }
  bool ResolveYear() {
    if (const auto year = state_[F::kYearOfEra]) {
      const bool before = state_[F::kEra].value_or(1) == 0;
      state_[F::kYear] = before ? 1 - *year : *year;
    }
    return true;
  }
  bool ResolveDate(int64_t* days) {
    const int64_t year = state_[F::kYear].value_or(1970);
    if (const auto day = state_[F::kDayOfYear]; day && !state_[F::kDay]) {
      if (*day == 366 && !IsLeapYear(year)) {
        return Wrong(fmt::format("Invalid date 'DayOfYear 366' as '{}' is not a leap year", year));
      }
      *days = DaysOfDate(year, 1, 1) + *day - 1;
      return true;
    }
    const int month = static_cast<int>(state_[F::kMonth].value_or(1));
    const int day = static_cast<int>(state_[F::kDay].value_or(1));
    if (day > DaysInMonth(year, month)) {
      if (day == 29) return Wrong(fmt::format("Invalid date 'February 29' as '{}' is not a leap year", year));
      std::string name(MonthName(month));
      for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      return Wrong(fmt::format("Invalid date '{} {}'", name, day));
    }
    *days = DaysOfDate(year, month, day);
    return true;
  }
  bool ResolveTime(int64_t* of_day) {
    std::optional<int64_t> hour = state_[F::kHour];
    if (const auto clock = state_[F::kClockHour]) hour = *clock % 24;
    std::optional<int64_t> half_hour = state_[F::kHourOfHalf];
    if (const auto clock = state_[F::kClockHourOfHalf]) half_hour = *clock % 12;
    const auto half = state_[F::kAmPm];
    if (hour && half && *hour / 12 != *half) {
      return Wrong(
          fmt::format("Conflict found: Field AmPmOfDay {} differs from AmPmOfDay {} derived from {:02}:00",
                      *hour / 12, *half, *hour));
    }
    if (!hour) hour = half.value_or(0) * 12 + half_hour.value_or(0);
    const int64_t minute = state_[F::kMinute].value_or(0);
    const int64_t second = state_[F::kSecond].value_or(0);
    const int64_t microsecond = state_[F::kNanosecond].value_or(0) / 1000;
    *of_day = ((*hour * 60 + minute) * 60 + second) * kMicrosecondsPerSecond + microsecond;
    return true;
  }

  State state_;
  std::string message_;
};

}  // namespace

bool DateTimePattern::Parse(std::string_view text, Parsed* parsed, std::string* message) const {
  Reader reader(items_, text);
  if (!reader.Run()) {
    if (message)
      *message = fmt::format("Text '{}' could not be parsed at index {}", text, reader.error_position());
    return false;
  }
  if (reader.position() < text.size()) {
    if (message) {
      *message = fmt::format("Text '{}' could not be parsed, unparsed text found at index {}", text,
                             reader.position());
    }
    return false;
  }
  Resolver resolver(reader.state());
  if (!resolver.Run(&parsed->local)) {
    if (message) *message = fmt::format("Text '{}' could not be parsed: {}", text, resolver.message());
    return false;
  }
  parsed->zone = reader.state().zone;
  return true;
}

}  // namespace hearth::engine
