#include <array>
#include <chrono>
#include <limits>
#include <string>

#include "engine/text/parse.h"

namespace hearth::engine {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The fields of a timestamp in text: year, month, day, hour, minute, second, microsecond.
struct Fields {
  std::array<int64_t, 7> values{1, 1, 1, 0, 0, 0, 0};
  std::string_view zone;
  bool only_time = false;
};

enum Field { kYear, kMonth, kDay, kHour, kMinute, kSecond, kFraction };

// One run of digits at a time: how many digits each field may have.
bool ValidDigits(int field, int digits) {
  if (field == kFraction) return true;
  if (field == kYear) return digits >= 4 && digits <= 6;
  return digits >= 1 && digits <= 2;
}

class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : text_(TrimAll(text)) {}

  std::optional<Fields> Read() {
    if (text_.empty()) return std::nullopt;
    int64_t sign = 0;
    if (text_[0] == '-' || text_[0] == '+') {
      sign = text_[0] == '-' ? -1 : 1;
      ++position_;
    } else if (text_[0] == 'T') {
      fields_.only_time = true;
      field_ = kHour;
      ++position_;
    }
    for (; position_ < text_.size(); ++position_) {
      const char c = text_[position_];
      if (IsDigit(c)) {
        TakeDigit(c);
      } else if (field_ >= kSecond) {
        if (!EndOfSeconds(c)) return std::nullopt;
        if (!fields_.zone.empty()) break;
      } else if (!Separator(c, sign != 0)) {
        return std::nullopt;
      }
    }
    if (fields_.zone.empty()) {
      if (!ValidDigits(field_, digits_)) return std::nullopt;
      Store();
    }
    for (; fraction_digits_ < 6; ++fraction_digits_) fields_.values[kFraction] *= 10;
    if (sign < 0) fields_.values[kYear] = -fields_.values[kYear];
    return fields_;
  }

 private:
  void TakeDigit(char c) {
    if (field_ == kFraction) {
      // Digits beyond microseconds are cut off.
      ++fraction_digits_;
      if (digits_ >= 6) {
        ++digits_;
        return;
      }
    }
    if (digits_ < 8) value_ = value_ * 10 + (c - '0');
    ++digits_;
  }

  void Store() {
    fields_.values[static_cast<size_t>(field_)] = value_;
    value_ = 0;
    digits_ = 0;
  }

  bool Advance() {
    if (!ValidDigits(field_, digits_)) return false;
    Store();
    ++field_;
    return true;
  }

  bool Separator(char c, bool has_sign) {
    switch (field_) {
      case kYear:
        if (c == ':' && !has_sign) {
          fields_.only_time = true;
          field_ = kHour;
          return Advance();
        }
        return c == '-' && Advance();
      case kMonth:
        return c == '-' && Advance();
      case kDay:
        return (c == ' ' || c == 'T') && Advance();
      default:
        return c == ':' && Advance();
    }
  }

  bool EndOfSeconds(char c) {
    if (!ValidDigits(field_, digits_)) return false;
    Store();
    if (field_ == kSecond && c == '.') {
      field_ = kFraction;
      return true;
    }
    fields_.zone = text_.substr(position_);
    return true;
  }

  std::string_view text_;
  Fields fields_;
  size_t position_ = 0;
  int field_ = kYear;
  int64_t value_ = 0;
  int digits_ = 0;
  int fraction_digits_ = 0;
};

bool ValidDate(int64_t year, int64_t month, int64_t day) {
  return month >= 1 && month <= 12 && day >= 1 && day <= DaysInMonth(year, static_cast<int>(month));
}

std::optional<int64_t> TimeOf(const Fields& fields) {
  const auto& v = fields.values;
  if (v[kHour] > 23 || v[kMinute] > 59 || v[kSecond] > 59) return std::nullopt;
  return ((v[kHour] * 60 + v[kMinute]) * 60 + v[kSecond]) * kMicrosecondsPerSecond + v[kFraction];
}

// Microseconds of the local clock; none when they do not fit 64 bits.
std::optional<int64_t> LocalMicroseconds(int64_t days, int64_t time) {
  const __int128 total = static_cast<__int128>(days) * kMicrosecondsPerDay + time;
  if (total > std::numeric_limits<int64_t>::max() || total < std::numeric_limits<int64_t>::min())
    return std::nullopt;
  return static_cast<int64_t>(total);
}

int64_t Today(const TimeZone& zone) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const int64_t microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  return FloorDivide(zone.ToLocal(microseconds), kMicrosecondsPerDay);
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

}  // namespace

std::optional<int32_t> ParseDate(std::string_view input) {
  const std::string_view text = TrimAll(input);
  std::array<int64_t, 3> values{1, 1, 1};
  size_t position = 0;
  int64_t sign = 1;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    sign = text[0] == '-' ? -1 : 1;
    position = 1;
  }
  int field = kYear;
  int64_t value = 0;
  int digits = 0;
  const auto valid = [&] { return field == kYear ? digits >= 4 && digits <= 7 : digits >= 1 && digits <= 2; };
  for (; position < text.size() && text[position] != ' ' && text[position] != 'T'; ++position) {
    const char c = text[position];
    if (c == '-' && field < kDay) {
      if (!valid()) return std::nullopt;
      values[static_cast<size_t>(field++)] = value;
      value = 0;
      digits = 0;
    } else if (IsDigit(c)) {
      if (digits < 8) value = value * 10 + (c - '0');
      ++digits;
    } else {
      return std::nullopt;
    }
  }
  if (!valid() || (field < kDay && position < text.size())) return std::nullopt;
  values[static_cast<size_t>(field)] = value;
  const int64_t year = sign * values[0];
  if (!ValidDate(year, values[1], values[2])) return std::nullopt;
  const int64_t days = DaysOfDate(year, static_cast<int>(values[1]), static_cast<int>(values[2]));
  if (days > std::numeric_limits<int32_t>::max() || days < std::numeric_limits<int32_t>::min())
    return std::nullopt;
  return static_cast<int32_t>(days);
}

std::optional<int64_t> ParseTimestamp(std::string_view text, const TimeZone& default_zone) {
  const auto fields = FieldReader(text).Read();
  if (!fields) return std::nullopt;
  TimeZone zone = default_zone;
  if (!fields->zone.empty()) {
    const auto found = TimeZone::Find(TrimBlanks(fields->zone));
    if (!found) return std::nullopt;
    zone = *found;
  }
  const auto time = TimeOf(*fields);
  if (!time) return std::nullopt;
  int64_t days;
  if (fields->only_time) {
    days = Today(zone);
  } else {
    const auto& v = fields->values;
    if (!ValidDate(v[kYear], v[kMonth], v[kDay])) return std::nullopt;
    days = DaysOfDate(v[kYear], static_cast<int>(v[kMonth]), static_cast<int>(v[kDay]));
  }
  const auto local = LocalMicroseconds(days, *time);
  return local ? std::optional<int64_t>(zone.FromLocal(*local)) : std::nullopt;
}

std::optional<int64_t> ParseTimestampNtz(std::string_view text, bool allow_zone) {
  const auto fields = FieldReader(text).Read();
  if (!fields || fields->only_time) return std::nullopt;
  if (!fields->zone.empty() && (!allow_zone || !TimeZone::Find(TrimBlanks(fields->zone))))
    return std::nullopt;
  const auto time = TimeOf(*fields);
  const auto& v = fields->values;
  if (!time || !ValidDate(v[kYear], v[kMonth], v[kDay])) return std::nullopt;
  return LocalMicroseconds(DaysOfDate(v[kYear], static_cast<int>(v[kMonth]), static_cast<int>(v[kDay])),
                           *time);
}

std::optional<int64_t> ParseTime(std::string_view text) {
  const auto fields = FieldReader(text).Read();
  if (!fields || !fields->only_time || !fields->zone.empty()) return std::nullopt;
  return TimeOf(*fields);
}

}  // namespace hearth::engine
