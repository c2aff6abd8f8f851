#include <strings.h>

#include <array>
#include <limits>
#include <string>

#include "engine/text/parse.h"

namespace hearth::engine {

namespace {

using plan::DayTimeField;
using plan::YearMonthField;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsBlank(char c) { return static_cast<unsigned char>(c) <= ' '; }

// A cursor over the words and numbers of an interval in text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }
  char Peek() const { return rest_.empty() ? '\0' : rest_[0]; }
  void SkipBlanks() {
    while (!rest_.empty() && IsBlank(rest_[0])) rest_.remove_prefix(1);
  }
  bool Take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // A word without regard to case, as a whole.
  bool TakeWord(std::string_view word) {
    if (rest_.size() < word.size() || strncasecmp(rest_.data(), word.data(), word.size()) != 0) return false;
    if (rest_.size() > word.size() && std::isalpha(static_cast<unsigned char>(rest_[word.size()])))
      return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  std::string_view Word() {
    size_t size = 0;
    while (size < rest_.size() && std::isalpha(static_cast<unsigned char>(rest_[size]))) ++size;
    const std::string_view word = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return word;
  }
  // Digits as a number; -1 when there are none or too many.
  int64_t Number(size_t maximum_digits = 18) {
    size_t size = 0;
    int64_t value = 0;
    while (size < rest_.size() && IsDigit(rest_[size]))
      value = size++ < maximum_digits ? value * 10 + (rest_[size - 1] - '0') : value;
    if (size == 0 || size > maximum_digits) return -1;
    rest_.remove_prefix(size);
    return value;
  }
  // Digits after a point, as microseconds, at most nine of them; -1 when there are none or too many.
  int64_t Fraction() {
    int64_t value = 0;
    size_t size = 0;
    while (size < rest_.size() && IsDigit(rest_[size])) {
      if (size < 6) value = value * 10 + (rest_[size] - '0');
      ++size;
    }
    if (size == 0 || size > 9) return -1;
    for (size_t i = size; i < 6; ++i) value *= 10;
    rest_.remove_prefix(size);
    return value;
  }

 private:
  std::string_view rest_;
};

constexpr const char* kYearMonthNames[] = {"YEAR", "MONTH"};
constexpr const char* kDayTimeNames[] = {"DAY", "HOUR", "MINUTE", "SECOND"};

// Takes INTERVAL, an optional sign and the quote of the long form off; answers the sign, or 0 for a malformed
// start.
struct Frame {
  bool is_long = false;
  int64_t sign = 1;
};

bool TakeSign(Reader* reader, int64_t* sign) {
  if (reader->Take('-')) {
    *sign = -*sign;
  } else if (!reader->Take('+')) {
    return false;
  }
  return true;
}

bool OpenFrame(Reader* reader, Frame* frame) {
  if (reader->TakeWord("INTERVAL")) {
    frame->is_long = true;
    reader->SkipBlanks();
    TakeSign(reader, &frame->sign);
    if (!reader->Take('\'')) return false;
  }
  TakeSign(reader, &frame->sign);
  return true;
}

bool CloseFrame(Reader* reader, const Frame& frame, const char* start, const char* end) {
  if (!frame.is_long) return reader->AtEnd();
  if (!reader->Take('\'')) return false;
  reader->SkipBlanks();
  if (!reader->TakeWord(start)) return false;
  if (start != end) {
    reader->SkipBlanks();
    if (!reader->TakeWord("TO")) return false;
    reader->SkipBlanks();
    if (!reader->TakeWord(end)) return false;
  }
  return reader->AtEnd();
}

constexpr std::array<int64_t, 4> kUnits = {kMicrosecondsPerDay, 3600 * kMicrosecondsPerSecond,
                                           60 * kMicrosecondsPerSecond, kMicrosecondsPerSecond};

}  // namespace

std::optional<int64_t> ParseYearMonthInterval(std::string_view text, YearMonthField start, YearMonthField end,
                                              IntervalRangeFault* fault) {
  Reader reader(TrimAll(text));
  Frame frame;
  if (!OpenFrame(&reader, &frame)) return std::nullopt;
  int64_t months = reader.Number();
  if (months < 0) return std::nullopt;
  int64_t rest = 0;
  if (start == YearMonthField::kYear) {
    if (months > std::numeric_limits<int32_t>::max()) months = std::numeric_limits<int32_t>::max();
    months *= 12;
    if (end == YearMonthField::kMonth) {
      rest = reader.Take('-') ? reader.Number() : -1;
      if (rest < 0) return std::nullopt;
      months += rest;
    }
  }
  if (!CloseFrame(&reader, frame, kYearMonthNames[static_cast<int>(start)],
                  kYearMonthNames[static_cast<int>(end)])) {
    return std::nullopt;
  }
  months *= frame.sign;
  if (rest > 11 || months > std::numeric_limits<int32_t>::max() ||
      months < std::numeric_limits<int32_t>::min()) {
    if (fault) *fault = {kYearMonthNames[static_cast<int>(end)], months, 0};
    return std::nullopt;
  }
  return months;
}

std::optional<int64_t> ParseDayTimeInterval(std::string_view text, DayTimeField start, DayTimeField end,
                                            IntervalRangeFault* fault) {
  constexpr std::array<size_t, 4> kMostDigits = {9, 10, 12, 13};
  constexpr std::array<int64_t, 4> kFirstLimits = {106'751'991, 2'562'047'788, 153'722'867'280,
                                                   9'223'372'036'854};
  constexpr std::array<int64_t, 4> kLimits = {0, 23, 59, 59};
  constexpr std::array<const char*, 4> kNames = {"day", "hour", "minute", "second"};
  Reader reader(TrimAll(text));
  Frame frame;
  if (!OpenFrame(&reader, &frame)) return std::nullopt;
  __int128 total = 0;
  IntervalRangeFault first_fault;
  for (size_t field = static_cast<size_t>(start); field <= static_cast<size_t>(end); ++field) {
    const bool first = field == static_cast<size_t>(start);
    if (!first && !reader.Take(field == static_cast<size_t>(DayTimeField::kHour) ? ' ' : ':'))
      return std::nullopt;
    const int64_t value = reader.Number(first ? kMostDigits[field] : 2);
    const int64_t limit = first ? kFirstLimits[field] : kLimits[field];
    if (value < 0) return std::nullopt;
    if (value > limit && !first_fault.field) first_fault = {kNames[field], value, limit};
    total += static_cast<__int128>(value) * kUnits[field];
    if (field == static_cast<size_t>(DayTimeField::kSecond) && reader.Take('.')) {
      const int64_t fraction = reader.Fraction();
      if (fraction < 0) return std::nullopt;
      total += fraction;
    }
  }
  if (!CloseFrame(&reader, frame, kDayTimeNames[static_cast<int>(start)],
                  kDayTimeNames[static_cast<int>(end)])) {
    return std::nullopt;
  }
  total *= frame.sign;
  const bool overflows =
      total > std::numeric_limits<int64_t>::max() || total < std::numeric_limits<int64_t>::min();
  if (overflows && !first_fault.field) first_fault = {kNames[static_cast<size_t>(end)], 0, 0};
  if (first_fault.field) {
    if (fault) *fault = first_fault;
    return std::nullopt;
  }
  return static_cast<int64_t>(total);
}

namespace {

// Adds `value` (and for seconds a fraction) of a named unit; false for an unknown unit.
struct CalendarSum {
  __int128 months = 0;
  __int128 days = 0;
  __int128 microseconds = 0;

  bool Add(std::string_view unit, int64_t value, int64_t fraction, bool has_fraction) {
    std::string name(unit);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (name.size() > 1 && name.back() == 's') name.pop_back();
    if (has_fraction && name != "second") return false;
    if (name == "year")
      months += static_cast<__int128>(value) * 12;
    else if (name == "month")
      months += value;
    else if (name == "week")
      days += static_cast<__int128>(value) * 7;
    else if (name == "day")
      days += value;
    else if (name == "hour")
      microseconds += static_cast<__int128>(value) * kUnits[1];
    else if (name == "minute")
      microseconds += static_cast<__int128>(value) * kUnits[2];
    else if (name == "second")
      microseconds += static_cast<__int128>(value) * kUnits[3] + fraction;
    else if (name == "millisecond")
      microseconds += static_cast<__int128>(value) * 1000;
    else if (name == "microsecond")
      microseconds += value;
    else
      return false;
    return true;
  }
};

}  // namespace

std::optional<plan::CalendarIntervalValue> ParseCalendarInterval(std::string_view text) {
  Reader reader(TrimAll(text));
  if (reader.TakeWord("interval")) reader.SkipBlanks();
  if (reader.AtEnd()) return std::nullopt;
  CalendarSum sum;
  while (!reader.AtEnd()) {
    int64_t sign = 1;
    if (TakeSign(&reader, &sign)) reader.SkipBlanks();
    const bool bare_fraction = reader.Peek() == '.';
    const int64_t value = bare_fraction ? 0 : reader.Number();
    if (value < 0) return std::nullopt;
    int64_t fraction = 0;
    const bool has_fraction = reader.Take('.');
    if (has_fraction) {
      fraction = IsDigit(reader.Peek()) ? reader.Fraction() : (bare_fraction ? -1 : 0);
      if (fraction < 0) return std::nullopt;
    }
    reader.SkipBlanks();
    const std::string_view unit = reader.Word();
    if (!sum.Add(unit, sign * value, sign * fraction, has_fraction)) return std::nullopt;
    reader.SkipBlanks();
  }
  constexpr int64_t kInt = std::numeric_limits<int32_t>::max();
  if (sum.months > kInt || sum.months < -kInt - 1 || sum.days > kInt || sum.days < -kInt - 1)
    return std::nullopt;
  if (sum.microseconds > std::numeric_limits<int64_t>::max() ||
      sum.microseconds < std::numeric_limits<int64_t>::min()) {
    return std::nullopt;
  }
  return plan::CalendarIntervalValue{static_cast<int32_t>(sum.months), static_cast<int32_t>(sum.days),
                                     static_cast<int64_t>(sum.microseconds)};
}

}  // namespace hearth::engine
