#include "plan/resolved/literal_text.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "base/java_floating.h"

namespace hearth::plan {
namespace {

constexpr int64_t kMicrosecondsPerSecond = 1'000'000;
constexpr int64_t kSecondsPerDay = 86'400;

// Java's digits, plain between 1e-3 and 1e7, else d.dddE±x.
template <typename Real>
std::string ShortestJavaText(Real value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  const auto shown = base::JavaDigits(std::fabs(value));
  const std::string sign = value < 0 ? "-" : "";
  const int exponent = shown.exponent;
  const std::string digits(shown.digits, static_cast<size_t>(shown.count));
  if (exponent >= -3 && exponent < 7) {
    if (exponent < 0) return sign + "0." + std::string(-exponent - 1, '0') + digits;
    if (static_cast<int>(digits.size()) <= exponent + 1) {
      return sign + digits + std::string(exponent + 1 - digits.size(), '0') + ".0";
    }
    return sign + digits.substr(0, exponent + 1) + "." + digits.substr(exponent + 1);
  }
  auto fraction = digits.size() > 1 ? digits.substr(1) : "0";
  return fmt::format("{}{}.{}E{}", sign, digits[0], fraction, exponent);
}

struct CivilDate {
  int64_t year;
  int month;
  int day;
};

// Proleptic Gregorian calendar, from days since 1970-01-01, by whole 400-year eras.
CivilDate ToCivil(int64_t days) {
  days += 719'468;
  int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  int64_t day_of_era = days - era * 146'097;
  int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t shifted_month = (5 * day_of_year + 2) / 153;
  int day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

int64_t FloorDivide(int64_t value, int64_t divisor) {
  int64_t quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

std::string SecondsText(int64_t microseconds) {
  auto text = fmt::format("{:02}", microseconds / kMicrosecondsPerSecond);
  if (int64_t fraction = microseconds % kMicrosecondsPerSecond; fraction != 0) {
    auto digits = fmt::format("{:06}", fraction);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += "." + digits;
  }
  return text;
}

std::string_view FieldName(YearMonthField field) { return field == YearMonthField::kYear ? "YEAR" : "MONTH"; }

std::string_view FieldName(DayTimeField field) {
  constexpr std::string_view kNames[] = {"DAY", "HOUR", "MINUTE", "SECOND"};
  return kNames[static_cast<int>(field)];
}

std::string YearMonthText(int64_t months, const DataType& type) {
  bool negative = months < 0;
  uint64_t magnitude = negative ? 0 - static_cast<uint64_t>(months) : months;
  auto start = type.year_month_start();
  auto end = type.year_month_end();
  auto sign = negative ? "-" : "";
  if (start == end) {
    auto number = start == YearMonthField::kYear ? magnitude / 12 : magnitude;
    return fmt::format("INTERVAL '{}{}' {}", sign, number, FieldName(start));
  }
  return fmt::format("INTERVAL '{}{}-{}' YEAR TO MONTH", sign, magnitude / 12, magnitude % 12);
}

std::string DayTimeText(int64_t microseconds, const DataType& type) {
  bool negative = microseconds < 0;
  uint64_t rest = negative ? 0 - static_cast<uint64_t>(microseconds) : microseconds;
  auto start = type.day_time_start();
  auto end = type.day_time_end();
  constexpr uint64_t kUnits[] = {86'400'000'000, 3'600'000'000, 60'000'000, 1};
  std::string text = negative ? "-" : "";
  for (int field = static_cast<int>(start); field <= static_cast<int>(end); ++field) {
    bool first = field == static_cast<int>(start);
    uint64_t number = rest / kUnits[field];
    rest %= kUnits[field];
    if (!first) text += field == 1 ? " " : ":";
    if (field == 3) {
      text += SecondsText(static_cast<int64_t>(number));
    } else {  // only days are not padded, even where another field comes first
      text += field == 0 ? fmt::format("{}", number) : fmt::format("{:02}", number);
    }
  }
  if (start == end) return fmt::format("INTERVAL '{}' {}", text, FieldName(start));
  return fmt::format("INTERVAL '{}' {} TO {}", text, FieldName(start), FieldName(end));
}

// As java.math.BigDecimal prints: with an exponent when more than six places lie between the point and the
// first digit.
std::string BigDecimalText(Int128 unscaled, int scale) {
  auto digits = DecimalText(unscaled < 0 ? -unscaled : unscaled, 0);
  const int exponent = static_cast<int>(digits.size()) - 1 - scale;
  if (exponent >= -6) return DecimalText(unscaled, scale);
  auto fraction = digits.size() > 1 ? "." + digits.substr(1) : "";
  return fmt::format("{}{}{}E{}", unscaled < 0 ? "-" : "", digits[0], fraction, exponent);
}

std::string CalendarText(const CalendarIntervalValue& interval) {
  std::string text;
  auto add = [&](int64_t number, std::string_view unit) {
    if (number != 0) text += fmt::format("{}{} {}", text.empty() ? "" : " ", number, unit);
  };
  add(interval.months / 12, "years");
  add(interval.months % 12, "months");
  add(interval.days, "days");
  auto rest = interval.microseconds;
  add(rest / 3'600'000'000, "hours");
  rest %= 3'600'000'000;
  add(rest / 60'000'000, "minutes");
  rest %= 60'000'000;
  if (rest != 0) {
    auto sign = rest < 0 ? "-" : "";
    auto seconds = SecondsText(std::llabs(rest));
    if (seconds.size() > 1 && seconds[0] == '0') seconds.erase(0, 1);
    text += fmt::format("{}{}{} seconds", text.empty() ? "" : " ", sign, seconds);
  }
  return fmt::format("INTERVAL '{}'", text.empty() ? "0 seconds" : text);
}

std::string ListDisplay(const ValueList& values, const DataType& type) {
  std::string text;
  for (size_t i = 0; i < values.size(); ++i) {
    const auto& element = type.Is(TypeKind::kArray)    ? type.element()
                          : type.Is(TypeKind::kStruct) ? type.fields()[i].type
                          : i % 2 == 0                 ? type.key()
                                                       : type.value();
    if (type.Is(TypeKind::kStruct))
      text += fmt::format("{}{}, ", i == 0 ? "" : ", ", type.fields()[i].name);
    else if (i != 0)
      text += ", ";
    text += LiteralDisplay(values[i], *element);
  }
  auto name = type.Is(TypeKind::kArray) ? "ARRAY" : type.Is(TypeKind::kMap) ? "MAP" : "NAMED_STRUCT";
  return fmt::format("{}({})", name, text);
}

}  // namespace

std::string JavaText(double value) { return ShortestJavaText(value); }
std::string JavaText(float value) { return ShortestJavaText(value); }

std::string DateText(int64_t days) {
  auto date = ToCivil(days);
  if (date.year > 9999) return fmt::format("+{}-{:02}-{:02}", date.year, date.month, date.day);
  if (date.year < 0) return fmt::format("-{:04}-{:02}-{:02}", -date.year, date.month, date.day);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string TimestampText(int64_t microseconds) {
  int64_t seconds = FloorDivide(microseconds, kMicrosecondsPerSecond);
  int64_t fraction = microseconds - seconds * kMicrosecondsPerSecond;
  int64_t days = FloorDivide(seconds, kSecondsPerDay);
  int64_t second_of_day = seconds - days * kSecondsPerDay;
  auto clock = fmt::format("{:02}:{:02}:", second_of_day / 3'600, second_of_day / 60 % 60);
  return DateText(days) + " " + clock + SecondsText(second_of_day % 60 * kMicrosecondsPerSecond + fraction);
}

std::string LiteralDisplay(const Value& value, const DataType& type) {
  if (value.IsNull()) return "NULL";
  switch (type.kind()) {
    case TypeKind::kNull:
      return "NULL";
    case TypeKind::kBoolean:
      return std::get<bool>(value.data) ? "true" : "false";
    case TypeKind::kByte:
    case TypeKind::kShort:
    case TypeKind::kInteger:
    case TypeKind::kLong:
      return std::to_string(std::get<int64_t>(value.data));
    case TypeKind::kFloat:
      return JavaText(std::get<float>(value.data));
    case TypeKind::kDouble:
      return JavaText(std::get<double>(value.data));
    case TypeKind::kDecimal:
      return BigDecimalText(std::get<Int128>(value.data), type.scale());
    case TypeKind::kString:
    case TypeKind::kChar:
    case TypeKind::kVarchar:
      return std::get<std::string>(value.data);
    case TypeKind::kBinary: {
      std::string text = "X'";
      for (unsigned char byte : std::get<std::string>(value.data)) text += fmt::format("{:02X}", byte);
      return text + "'";
    }
    case TypeKind::kDate:
      return fmt::format("DATE '{}'", DateText(std::get<int64_t>(value.data)));
    case TypeKind::kTimestamp:
      return fmt::format("TIMESTAMP '{}'", TimestampText(std::get<int64_t>(value.data)));
    case TypeKind::kTimestampNtz:
      return fmt::format("TIMESTAMP_NTZ '{}'", TimestampText(std::get<int64_t>(value.data)));
    case TypeKind::kTime: {
      auto text = TimestampText(std::get<int64_t>(value.data) / 1'000);
      return fmt::format("TIME '{}'", text.substr(text.find(' ') + 1));
    }
    case TypeKind::kYearMonthInterval:
      return YearMonthText(std::get<int64_t>(value.data), type);
    case TypeKind::kDayTimeInterval:
      return DayTimeText(std::get<int64_t>(value.data), type);
    case TypeKind::kCalendarInterval:
      return CalendarText(std::get<CalendarIntervalValue>(value.data));
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kStruct:
      return ListDisplay(std::get<ValueList>(value.data), type);
    case TypeKind::kVariant:
      break;
  }
  return "?";
}

}  // namespace hearth::plan
