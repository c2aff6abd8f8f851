#include "engine/text/value_text.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "base/java_floating.h"
#include "engine/time_zone.h"

namespace hearth::engine {

namespace {

template <typename Number>
void AppendFloating(Number value, std::string* out) {
  if (std::isnan(value)) {
    out->append("NaN");
    return;
  }
  if (std::signbit(value)) out->push_back('-');
  const Number magnitude = std::fabs(value);
  if (std::isinf(magnitude)) {
    out->append("Infinity");
    return;
  }
  if (magnitude == 0) {
    out->append("0.0");
    return;
  }
  const base::FloatingDigits shortest = base::JavaDigits(magnitude);
  if (shortest.exponent >= -3 && shortest.exponent < 7) {
    if (shortest.exponent < 0) {
      out->append("0.");
      out->append(static_cast<size_t>(-shortest.exponent - 1), '0');
      out->append(shortest.digits, static_cast<size_t>(shortest.count));
      return;
    }
    const int whole = shortest.exponent + 1;
    for (int i = 0; i < whole; ++i) out->push_back(i < shortest.count ? shortest.digits[i] : '0');
    out->push_back('.');
    if (shortest.count > whole) {
      out->append(shortest.digits + whole, static_cast<size_t>(shortest.count - whole));
    } else {
      out->push_back('0');
    }
    return;
  }
  out->push_back(shortest.digits[0]);
  out->push_back('.');
  if (shortest.count > 1) {
    out->append(shortest.digits + 1, static_cast<size_t>(shortest.count - 1));
  } else {
    out->push_back('0');
  }
  out->push_back('E');
  AppendInteger(shortest.exponent, out);
}

// The digits of a magnitude, without sign.
int DigitsOf(plan::Int128 value, char* buffer) {
  unsigned __int128 magnitude =
      value < 0 ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
  char reversed[48];
  int count = 0;
  do {
    reversed[count++] = static_cast<char>('0' + static_cast<int>(magnitude % 10));
    magnitude /= 10;
  } while (magnitude != 0);
  for (int i = 0; i < count; ++i) buffer[i] = reversed[count - 1 - i];
  return count;
}

constexpr const char* kDayTimeNames[] = {"DAY", "HOUR", "MINUTE", "SECOND"};

// Seconds with their fraction, at least two digits before the point when `padded`.
void AppendSeconds(uint64_t microseconds, bool padded, std::string* out) {
  const uint64_t seconds = microseconds / kMicrosecondsPerSecond;
  AppendPadded(static_cast<int64_t>(seconds), padded ? 2 : 1, out);
  AppendFraction(static_cast<int64_t>(microseconds % kMicrosecondsPerSecond), out);
}

}  // namespace

void AppendInteger(int64_t value, std::string* out) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  out->append(buffer, static_cast<size_t>(end - buffer));
}

void AppendDouble(double value, std::string* out) { AppendFloating(value, out); }
void AppendFloat(float value, std::string* out) { AppendFloating(value, out); }

void AppendDecimal(plan::Int128 unscaled, int scale, std::string* out) {
  char digits[48];
  const int count = DigitsOf(unscaled, digits);
  if (unscaled < 0) out->push_back('-');
  if (scale <= 0) {
    out->append(digits, static_cast<size_t>(count));
    if (unscaled != 0) out->append(static_cast<size_t>(-scale), '0');
    return;
  }
  if (count <= scale) {
    out->append("0.");
    out->append(static_cast<size_t>(scale - count), '0');
    out->append(digits, static_cast<size_t>(count));
    return;
  }
  out->append(digits, static_cast<size_t>(count - scale));
  out->push_back('.');
  out->append(digits + count - scale, static_cast<size_t>(scale));
}

void AppendDecimalJava(plan::Int128 unscaled, int scale, std::string* out) {
  char digits[48];
  const int count = DigitsOf(unscaled, digits);
  const int exponent = count - 1 - scale;
  if (scale >= 0 && exponent >= -6) {
    AppendDecimal(unscaled, scale, out);
    return;
  }
  if (unscaled < 0) out->push_back('-');
  out->push_back(digits[0]);
  if (count > 1) {
    out->push_back('.');
    out->append(digits + 1, static_cast<size_t>(count - 1));
  }
  out->push_back('E');
  if (exponent > 0) out->push_back('+');
  AppendInteger(exponent, out);
}

void AppendPadded(int64_t value, int width, std::string* out) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  const int count = static_cast<int>(end - buffer);
  if (count < width) out->append(static_cast<size_t>(width - count), '0');
  out->append(buffer, static_cast<size_t>(count));
}

void AppendFraction(int64_t microseconds, std::string* out) {
  if (microseconds == 0) return;
  out->push_back('.');
  AppendPadded(microseconds, 6, out);
  while (out->back() == '0') out->pop_back();
}

void AppendDate(int64_t days, std::string* out) {
  const CalendarDate date = DateOfDays(days);
  if (date.year > 9999) out->push_back('+');
  if (date.year < 0) out->push_back('-');
  AppendPadded(date.year < 0 ? -date.year : date.year, 4, out);
  const char rest[6] = {
      '-', static_cast<char>('0' + date.month / 10), static_cast<char>('0' + date.month % 10),
      '-', static_cast<char>('0' + date.day / 10),   static_cast<char>('0' + date.day % 10)};
  out->append(rest, sizeof(rest));
}

void AppendTime(int64_t microseconds, std::string* out) {
  const int64_t seconds = microseconds / kMicrosecondsPerSecond;
  const int hour = static_cast<int>(seconds / 3600);
  const int minute = static_cast<int>(seconds / 60 % 60);
  const int second = static_cast<int>(seconds % 60);
  const auto tens = [](int value) { return static_cast<char>('0' + value / 10); };
  const auto ones = [](int value) { return static_cast<char>('0' + value % 10); };
  const char text[8] = {tens(hour),   ones(hour), ':',          tens(minute),
                        ones(minute), ':',        tens(second), ones(second)};
  out->append(text, sizeof(text));
  AppendFraction(microseconds % kMicrosecondsPerSecond, out);
}

void AppendTimestamp(int64_t local_microseconds, std::string* out) {
  const int64_t days = FloorDivide(local_microseconds, kMicrosecondsPerDay);
  AppendDate(days, out);
  out->push_back(' ');
  AppendTime(local_microseconds - days * kMicrosecondsPerDay, out);
}

void AppendYearMonthInterval(int64_t months, plan::YearMonthField start, plan::YearMonthField end,
                             std::string* out) {
  const uint64_t magnitude = months < 0 ? static_cast<uint64_t>(-months) : static_cast<uint64_t>(months);
  out->append("INTERVAL '");
  if (months < 0) out->push_back('-');
  if (start == plan::YearMonthField::kMonth) {
    AppendInteger(static_cast<int64_t>(magnitude), out);
    out->append("' MONTH");
  } else if (end == plan::YearMonthField::kYear) {
    AppendInteger(static_cast<int64_t>(magnitude / 12), out);
    out->append("' YEAR");
  } else {
    AppendInteger(static_cast<int64_t>(magnitude / 12), out);
    out->push_back('-');
    AppendInteger(static_cast<int64_t>(magnitude % 12), out);
    out->append("' YEAR TO MONTH");
  }
}

void AppendDayTimeInterval(int64_t microseconds, plan::DayTimeField start, plan::DayTimeField end,
                           std::string* out) {
  using plan::DayTimeField;
  constexpr uint64_t kPerMinute = 60ULL * kMicrosecondsPerSecond;
  constexpr uint64_t kPerHour = 60 * kPerMinute;
  constexpr uint64_t kPerDay = 24 * kPerHour;
  uint64_t rest =
      microseconds < 0 ? -static_cast<uint64_t>(microseconds) : static_cast<uint64_t>(microseconds);
  out->append("INTERVAL '");
  if (microseconds < 0) out->push_back('-');
  const auto take = [&](uint64_t unit) {
    const uint64_t count = rest / unit;
    rest %= unit;
    return static_cast<int64_t>(count);
  };
  switch (start) {
    case DayTimeField::kDay:
      AppendInteger(take(kPerDay), out);
      break;
    case DayTimeField::kHour:
      AppendPadded(take(kPerHour), 2, out);
      break;
    case DayTimeField::kMinute:
      AppendPadded(take(kPerMinute), 2, out);
      break;
    case DayTimeField::kSecond:
      AppendSeconds(rest, true, out);
      break;
  }
  const auto covers = [&](DayTimeField field) { return start < field && field <= end; };
  if (covers(DayTimeField::kHour)) {
    out->push_back(' ');
    AppendPadded(take(kPerHour), 2, out);
  }
  if (covers(DayTimeField::kMinute)) {
    out->push_back(':');
    AppendPadded(take(kPerMinute), 2, out);
  }
  if (covers(DayTimeField::kSecond)) {
    out->push_back(':');
    AppendSeconds(rest, true, out);
  }
  out->append("' ");
  out->append(kDayTimeNames[static_cast<int>(start)]);
  if (start != end) {
    out->append(" TO ");
    out->append(kDayTimeNames[static_cast<int>(end)]);
  }
}

void AppendCalendarInterval(int64_t months, int64_t days, int64_t microseconds, std::string* out) {
  if (months == 0 && days == 0 && microseconds == 0) {
    out->append("0 seconds");
    return;
  }
  const size_t start = out->size();
  const auto unit = [&](int64_t value, const char* name) {
    if (value == 0) return;
    if (out->size() > start) out->push_back(' ');
    AppendInteger(value, out);
    out->push_back(' ');
    out->append(name);
  };
  unit(months / 12, "years");
  unit(months % 12, "months");
  unit(days, "days");
  int64_t rest = microseconds;
  unit(rest / (3600 * kMicrosecondsPerSecond), "hours");
  rest %= 3600 * kMicrosecondsPerSecond;
  unit(rest / (60 * kMicrosecondsPerSecond), "minutes");
  rest %= 60 * kMicrosecondsPerSecond;
  if (rest == 0) return;
  if (out->size() > start) out->push_back(' ');
  if (rest < 0) out->push_back('-');
  AppendSeconds(static_cast<uint64_t>(rest < 0 ? -rest : rest), false, out);
  out->append(" seconds");
}

}  // namespace hearth::engine
