#include "plan/types/datetime_text.h"

#include <absl/time/civil_time.h>

#include <array>
#include <limits>
#include <string>

#include "base/time_zone.h"

namespace hearth::plan {
namespace {

constexpr int64_t kMicrosecondsPerSecond = 1'000'000;
constexpr int64_t kSecondsPerDay = 86'400;
constexpr int64_t kNanosecondsPerMicrosecond = 1'000;
constexpr int kHoursOfHalfDay = 12;

bool IsDigit(char character) { return character >= '0' && character <= '9'; }

// Spark trims everything up to the blank, control characters included.
std::string_view Trimmed(std::string_view text) {
  const auto is_blank = [](char character) {
    return static_cast<unsigned char>(character) <= ' ' || character == '\x7f';
  };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool IsValidDate(int64_t year, int month, int day) {
  return month >= 1 && month <= 12 && day >= 1 && absl::CivilDay(year, month, day).day() == day;
}

int64_t DaysOf(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }

// ---- The parts of a timestamp's text ---------------------------------------------------------------------

enum Segment : int { kYear, kMonth, kDay, kHour, kMinute, kSecond, kFraction, kZone, kEnd };

struct TimestampParts {
  int64_t year = 1;
  std::array<int, kEnd> values = {1, 1, 1, 0, 0, 0, 0, 0};  // by Segment; the fraction in microseconds
  std::optional<absl::TimeZone> zone;
  bool just_time = false;
};

bool IsValidLength(int segment, int digits) {
  constexpr int kLongestYear = 6;
  switch (segment) {
    case kYear:
      return digits >= 4 && digits <= kLongestYear;
    case kFraction:
      return true;
    case kZone:
      return digits <= 2;
    default:
      return digits > 0 && digits <= 2;
  }
}

// java.time wants two digits for the hour and the minute of an offset; Spark also takes one.
std::string PaddedOffset(std::string_view zone) {
  std::string padded(zone);
  const auto sign = padded.find_first_of("+-");
  if (sign == std::string::npos) return padded;
  const auto is_digit_at = [&](size_t index) { return index < padded.size() && IsDigit(padded[index]); };
  if (is_digit_at(sign + 1) && sign + 2 < padded.size() && padded[sign + 2] == ':')
    padded.insert(sign + 1, "0");
  const bool one_digit_minute = sign + 5 == padded.size() && is_digit_at(sign + 1) && is_digit_at(sign + 2) &&
                                padded[sign + 3] == ':' && is_digit_at(sign + 4);
  if (one_digit_minute) padded.insert(sign + 4, "0");
  return padded;
}

// Reads the segments one character after the other, as Spark does; a segment ends where its separator stands.
class TimestampReader {
 public:
  explicit TimestampReader(std::string_view text)
      : text_(Trimmed(text)), begins_trimmed_(text_.data() == text.data()) {}

  std::optional<TimestampParts> Read() {
    if (text_.empty()) return std::nullopt;
    size_t index = 0;
    bool negative = false;
    if (text_[0] == '-' || text_[0] == '+') {
      negative = text_[0] == '-';
      has_sign_ = true;
      index = 1;
    }
    for (; index < text_.size() && segment_ <= kZone; ++index) {
      const char character = text_[index];
      if (IsDigit(character)) {
        AddDigit(character - '0');
      } else if (character == 'T' && index == 0 && begins_trimmed_) {
        parts_.just_time = true;
        segment_ = kHour;
      } else if (const auto step = Separator(character, index); step == Step::kFail) {
        return std::nullopt;
      } else if (step == Step::kDone) {
        return Finish(negative);
      }
    }
    if (!Close()) return std::nullopt;
    return Finish(negative);
  }

 private:
  enum class Step { kNext, kDone, kFail };

  void AddDigit(int digit) {
    constexpr int kFractionDigits = 6;
    if (segment_ == kFraction) ++fraction_digits_;
    // More digits than a microsecond has are cut off; a year of too many fails by its length.
    if (digits_ < kFractionDigits || (segment_ != kFraction && digits_ < 9)) value_ = value_ * 10 + digit;
    ++digits_;
  }

  bool Close() {
    if (!IsValidLength(segment_, digits_)) return false;
    if (segment_ < kEnd) parts_.values[static_cast<size_t>(segment_)] = value_;
    value_ = 0;
    digits_ = 0;
    ++segment_;
    return true;
  }

  Step Separator(char character, size_t index) {
    switch (segment_) {
      case kYear:
      case kMonth:
        if (character == '-') return Close() ? Step::kNext : Step::kFail;
        if (character == ':' && segment_ == kYear && !has_sign_) {  // "10:00": what was read is an hour
          parts_.just_time = true;
          segment_ = kHour;
          return Close() ? Step::kNext : Step::kFail;
        }
        return Step::kFail;
      case kDay:
        return (character == ' ' || character == 'T') && Close() ? Step::kNext : Step::kFail;
      case kHour:
      case kMinute:
        return character == ':' && Close() ? Step::kNext : Step::kFail;
      case kSecond:
        if (character == '.') return Close() ? Step::kNext : Step::kFail;
        [[fallthrough]];
      case kFraction: {
        if (!Close()) return Step::kFail;
        parts_.zone = base::FindTimeZone(PaddedOffset(Trimmed(text_.substr(index))));
        return parts_.zone ? Step::kDone : Step::kFail;
      }
      default:
        return Step::kFail;
    }
  }

  TimestampParts Finish(bool negative) {
    auto& fraction = parts_.values[kFraction];
    for (; fraction_digits_ < 6; ++fraction_digits_) fraction *= 10;
    parts_.year = negative ? -static_cast<int64_t>(parts_.values[kYear]) : parts_.values[kYear];
    return parts_;
  }

  std::string_view text_;
  bool begins_trimmed_;
  TimestampParts parts_;
  int segment_ = kYear;
  int value_ = 0;
  int digits_ = 0;
  int fraction_digits_ = 0;
  bool has_sign_ = false;
};

bool IsValidClock(const TimestampParts& parts) {
  return parts.values[kHour] < 24 && parts.values[kMinute] < 60 && parts.values[kSecond] < 60;
}

std::optional<int64_t> Microseconds(int64_t seconds, int64_t fraction) {
  int64_t result = 0;
  if (__builtin_mul_overflow(seconds, kMicrosecondsPerSecond, &result)) return std::nullopt;
  if (__builtin_add_overflow(result, fraction, &result)) return std::nullopt;
  return result;
}

absl::Time Now(const DateTimeContext& context) { return absl::FromUnixMicros(context.now_microseconds); }

// A day's start in the zone. The reading before a change of offset is the earlier of two, or the later side
// of a gap.
int64_t SecondsOf(absl::CivilSecond local, const absl::TimeZone& zone) {
  return absl::ToUnixSeconds(zone.At(local).pre);
}

// The word in lower case; empty when the text is no word, or a word with something behind it that is no zone.
std::string SpecialWord(std::string_view text) {
  text = Trimmed(text);
  std::string word;
  size_t index = 0;
  for (; index < text.size(); ++index) {
    const char character = text[index];
    const bool upper = character >= 'A' && character <= 'Z';
    if (!upper && !(character >= 'a' && character <= 'z')) break;
    word += upper ? static_cast<char>(character - 'A' + 'a') : character;
  }
  const auto rest = Trimmed(text.substr(index));
  if (rest.empty()) return word;
  if (word == "now" || !base::FindTimeZone(PaddedOffset(rest))) return "";
  return word;
}

// Days from today; nullopt for words that name no day.
std::optional<int> DayShift(std::string_view word) {
  if (word == "today") return 0;
  if (word == "tomorrow") return 1;
  if (word == "yesterday") return -1;
  return std::nullopt;
}

}  // namespace

std::optional<int64_t> DateFromText(std::string_view text) {
  constexpr int kLongestYear = 7;
  text = Trimmed(text);
  if (text.empty()) return std::nullopt;
  const bool negative = text.front() == '-';
  size_t index = negative || text.front() == '+' ? 1 : 0;
  std::array<int64_t, 3> segments = {1, 1, 1};
  size_t segment = 0;
  int64_t value = 0;
  int digits = 0;
  const auto is_valid = [&] {
    return segment == 0 ? digits >= 4 && digits <= kLongestYear : digits > 0 && digits <= 2;
  };
  for (; index < text.size() && text[index] != ' ' && text[index] != 'T'; ++index) {
    if (segment < 2 && text[index] == '-') {
      if (!is_valid()) return std::nullopt;
      segments[segment++] = value;
      value = 0;
      digits = 0;
    } else if (IsDigit(text[index]) && digits < kLongestYear) {
      value = value * 10 + (text[index] - '0');
      ++digits;
    } else {
      return std::nullopt;
    }
  }
  // Only a whole date may be followed by something.
  if (!is_valid() || (segment < 2 && index < text.size())) return std::nullopt;
  segments[segment] = value;
  const int64_t year = negative ? -segments[0] : segments[0];
  if (!IsValidDate(year, static_cast<int>(segments[1]), static_cast<int>(segments[2]))) return std::nullopt;
  const int64_t days = DaysOf(absl::CivilDay(year, segments[1], segments[2]));
  if (days > std::numeric_limits<int32_t>::max() || days < std::numeric_limits<int32_t>::min())
    return std::nullopt;
  return days;
}

std::optional<int64_t> TimestampFromText(std::string_view text, const DateTimeContext& context) {
  const auto parts = TimestampReader(text).Read();
  if (!parts || !IsValidClock(*parts)) return std::nullopt;
  const auto zone = parts->zone.value_or(context.zone);
  absl::CivilDay day = absl::ToCivilDay(Now(context), zone);
  if (!parts->just_time) {
    if (!IsValidDate(parts->year, parts->values[kMonth], parts->values[kDay])) return std::nullopt;
    day = absl::CivilDay(parts->year, parts->values[kMonth], parts->values[kDay]);
  }
  const absl::CivilSecond local(day.year(), day.month(), day.day(), parts->values[kHour],
                                parts->values[kMinute], parts->values[kSecond]);
  return Microseconds(SecondsOf(local, zone), parts->values[kFraction]);
}

std::optional<int64_t> TimestampNtzFromText(std::string_view text) {
  const auto parts = TimestampReader(text).Read();
  if (!parts || parts->just_time || !IsValidClock(*parts)) return std::nullopt;
  if (!IsValidDate(parts->year, parts->values[kMonth], parts->values[kDay])) return std::nullopt;
  const int64_t days = DaysOf(absl::CivilDay(parts->year, parts->values[kMonth], parts->values[kDay]));
  const int64_t clock = parts->values[kHour] * 3'600 + parts->values[kMinute] * 60 + parts->values[kSecond];
  return Microseconds(days * kSecondsPerDay + clock, parts->values[kFraction]);
}

bool NamesZone(std::string_view text) {
  const auto parts = TimestampReader(text).Read();
  return parts && parts->zone;
}

std::optional<int64_t> TimeFromText(std::string_view text) {
  text = Trimmed(text);
  bool half_days = false;
  bool afternoon = false;
  if (text.size() > 2 && (text.back() == 'M' || text.back() == 'm')) {
    const char half = text[text.size() - 2];
    if (half != 'A' && half != 'a' && half != 'P' && half != 'p') return std::nullopt;
    half_days = true;
    afternoon = half == 'P' || half == 'p';
    text = Trimmed(text.substr(0, text.size() - 2));
  }
  const auto parts = TimestampReader(text).Read();
  if (!parts || !parts->just_time || parts->zone || !IsValidClock(*parts)) return std::nullopt;
  int64_t hour = parts->values[kHour];
  if (half_days) {
    if (hour < 1 || hour > kHoursOfHalfDay) return std::nullopt;
    hour = hour % kHoursOfHalfDay + (afternoon ? kHoursOfHalfDay : 0);
  }
  const int64_t seconds = hour * 3'600 + parts->values[kMinute] * 60 + parts->values[kSecond];
  return (seconds * kMicrosecondsPerSecond + parts->values[kFraction]) * kNanosecondsPerMicrosecond;
}

std::optional<int64_t> SpecialDate(std::string_view text, const DateTimeContext& context) {
  const std::string word = SpecialWord(text);
  if (word == "epoch") return 0;
  const auto shift = word == "now" ? std::optional(0) : DayShift(word);
  if (!shift) return std::nullopt;
  return DaysOf(absl::ToCivilDay(Now(context), context.zone)) + *shift;
}

std::optional<int64_t> SpecialTimestamp(std::string_view text, const DateTimeContext& context) {
  const std::string word = SpecialWord(text);
  if (word == "epoch") return 0;
  if (word == "now") return context.now_microseconds;
  const auto shift = DayShift(word);
  if (!shift) return std::nullopt;
  const absl::CivilSecond midnight(absl::ToCivilDay(Now(context), context.zone) + *shift);
  return Microseconds(SecondsOf(midnight, context.zone), 0);
}

std::optional<int64_t> SpecialTimestampNtz(std::string_view text, const DateTimeContext& context) {
  const std::string word = SpecialWord(text);
  if (word == "epoch") return 0;
  if (word == "now") {
    const int64_t offset = context.zone.At(Now(context)).offset;
    return context.now_microseconds + offset * kMicrosecondsPerSecond;
  }
  const auto shift = DayShift(word);
  if (!shift) return std::nullopt;
  return (DaysOf(absl::ToCivilDay(Now(context), context.zone)) + *shift) * kSecondsPerDay *
         kMicrosecondsPerSecond;
}

}  // namespace hearth::plan
