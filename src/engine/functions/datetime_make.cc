// Dates and timestamps from their fields.
#include <fmt/format.h>

#include <cctype>
#include <optional>

#include "engine/datetime/pattern.h"
#include "engine/decimal.h"
#include "engine/errors.h"
#include "engine/functions/datetime_families.h"
#include "engine/functions/zone_argument.h"
#include "engine/text/value_text.h"

namespace hearth::engine {

using duckdb::LogicalType;
using std::string_view;

namespace {

constexpr int64_t kYearLimit = 999'999'999;

// The error of a field, or nullopt.
std::optional<std::string> CheckField(const char* name, int64_t minimum, int64_t maximum, int64_t value) {
  if (value >= minimum && value <= maximum) return std::nullopt;
  return fmt::format("Invalid value for {} (valid values {} - {}): {}", name, minimum, maximum, value);
}

std::optional<std::string> CheckDate(int64_t year, int64_t month, int64_t day) {
  if (auto wrong = CheckField("Year", -kYearLimit, kYearLimit, year)) return wrong;
  if (auto wrong = CheckField("MonthOfYear", 1, 12, month)) return wrong;
  if (auto wrong = CheckField("DayOfMonth", 1, 31, day)) return wrong;
  if (day <= DaysInMonth(year, static_cast<int>(month))) return std::nullopt;
  if (day == 29) return fmt::format("Invalid date 'February 29' as '{}' is not a leap year", year);
  std::string name(MonthName(static_cast<int>(month)));
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return fmt::format("Invalid date '{} {}'", name, day);
}

[[noreturn]] void ThrowOutOfBounds(const std::string& message) {
  ThrowSpark(base::ErrorKind::kDateTime, "DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION", message,
             {{"rangeMessage", message}});
}

template <bool kStrict>
std::optional<int32_t> MakeDate(int32_t year, int32_t month, int32_t day) {
  if (auto wrong = CheckDate(year, month, day)) {
    if (kStrict) ThrowOutOfBounds(*wrong);
    return std::nullopt;
  }
  const int64_t days = DaysOfDate(year, month, day);
  if (days > INT32_MAX || days < INT32_MIN) {
    if (!kStrict) return std::nullopt;
    ThrowSpark(base::ErrorKind::kArithmetic, "", "The year is outside the range of a date.");
  }
  return static_cast<int32_t>(days);
}

// Seconds are DECIMAL(16,6), that is microseconds. Sixty seconds flat are the next minute.
template <bool kStrict>
std::optional<int64_t> LocalOf(int32_t year, int32_t month, int32_t day, int32_t hour, int32_t minute,
                               int64_t micros) {
  const int64_t second = FloorDivide(micros, kMicrosecondsPerSecond);
  const int64_t fraction = micros - second * kMicrosecondsPerSecond;
  if (second == 60 && fraction != 0) {
    if (!kStrict) return std::nullopt;
    std::string text;
    AppendDecimal(micros, 6, &text);
    while (text.back() == '0') text.pop_back();
    ThrowSpark(base::ErrorKind::kDateTime, "INVALID_FRACTION_OF_SECOND",
               "The seconds " + text + " are past the minute.", {{"secAndMicros", text}});
  }
  auto wrong = CheckDate(year, month, day);
  if (!wrong) wrong = CheckField("HourOfDay", 0, 23, hour);
  if (!wrong) wrong = CheckField("MinuteOfHour", 0, 59, minute);
  if (!wrong && second != 60) wrong = CheckField("SecondOfMinute", 0, 59, second);
  if (wrong) {
    if (kStrict) ThrowOutOfBounds(*wrong);
    return std::nullopt;
  }
  int64_t local = 0;
  if (__builtin_mul_overflow(DaysOfDate(year, month, day), kMicrosecondsPerDay, &local)) {
    if (!kStrict) return std::nullopt;
    ThrowSpark(base::ErrorKind::kArithmetic, "", "The year is outside the range of a timestamp.");
  }
  return local + ((int64_t{hour} * 60 + minute) * 60) * kMicrosecondsPerSecond + micros;
}

template <bool kStrict>
void MakeLocalKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  MapRows<int64_t, int32_t, int32_t, int32_t, int32_t, int32_t, int64_t>(arguments, result, LocalOf<kStrict>);
}

// With a zone as the last argument: the session's, or the caller's.
template <bool kStrict>
void MakeInstantKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  ZoneCache zones;
  MapRows<int64_t, int32_t, int32_t, int32_t, int32_t, int32_t, int64_t, string_view>(
      arguments, result,
      [&](int32_t year, int32_t month, int32_t day, int32_t hour, int32_t minute, int64_t micros,
          string_view zone) -> std::optional<int64_t> {
        if (!kStrict && !FindTimeZone(zone).ok()) return std::nullopt;
        const auto& found = zones.For(zone);
        const auto local = LocalOf<kStrict>(year, month, day, hour, minute, micros);
        return local ? std::optional(found.FromLocal(*local)) : std::nullopt;
      });
}

void LocalToInstantKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  ZoneCache zones;
  MapRows<int64_t, int64_t, string_view>(
      arguments, result, [&](int64_t local, string_view zone) { return zones.For(zone).FromLocal(local); });
}

// make_timestamp and its kin: six fields, and maybe a zone.
base::Result<ParsedPtr> LowerMakeTimestamp(LoweredCall call) {
  const std::string suffix = call.ansi() ? "" : "_legacy";
  if (call.type().Is(plan::TypeKind::kTimestampNtz)) {
    call.arguments.resize(6);
    return CallWith("spark_make_local" + suffix, std::move(call.arguments));
  }
  if (call.arguments.size() == 6) call.arguments.push_back(TextConstant(call.settings.time_zone));
  return CallWith("spark_make_instant" + suffix, std::move(call.arguments));
}

// (date, time), and maybe a zone.
base::Result<ParsedPtr> LowerMakeFromDate(LoweredCall call) {
  auto zone =
      call.arguments.size() == 3 ? std::move(call.arguments[2]) : TextConstant(call.settings.time_zone);
  call.arguments.resize(2);
  auto local = CallWith("spark_local_of_date", std::move(call.arguments));
  if (call.type().Is(plan::TypeKind::kTimestampNtz)) return local;
  return Call("spark_local_to_instant", std::move(local), std::move(zone));
}

}  // namespace

void AddDatetimeMakers(EngineFunctions& functions) {
  const auto number = LogicalType::INTEGER;
  const auto text = LogicalType::VARCHAR;
  const auto local = LogicalType::TIMESTAMP;
  const auto instant = LogicalType::TIMESTAMP_TZ;
  const auto seconds = LogicalType::DECIMAL(16, 6);
  const KernelFlags fallible{.fallible = true};
  functions.AddScalar(Kernel("spark_make_date", {number, number, number}, LogicalType::DATE,
                             ValueKernel<int32_t, int32_t, int32_t, int32_t>(MakeDate<true>), fallible));
  functions.AddScalar(Kernel("spark_make_date_legacy", {number, number, number}, LogicalType::DATE,
                             ValueKernel<int32_t, int32_t, int32_t, int32_t>(MakeDate<false>)));
  const duckdb::vector<LogicalType> fields = {number, number, number, number, number, seconds};
  auto zoned = fields;
  zoned.push_back(text);
  functions.AddScalar(Kernel("spark_make_local", fields, local, MakeLocalKernel<true>, fallible));
  functions.AddScalar(Kernel("spark_make_local_legacy", fields, local, MakeLocalKernel<false>, fallible));
  functions.AddScalar(Kernel("spark_make_instant", zoned, instant, MakeInstantKernel<true>, fallible));
  functions.AddScalar(
      Kernel("spark_make_instant_legacy", zoned, instant, MakeInstantKernel<false>, fallible));
  for (const char* name : {"make_timestamp", "make_timestamp_ltz", "make_timestamp_ntz", "try_make_timestamp",
                           "try_make_timestamp_ltz", "try_make_timestamp_ntz"}) {
    functions.AddRule(name, LowerMakeTimestamp);
  }
  functions.AddScalar(Kernel("spark_time_of_day", {local}, LogicalType::TIME,
                             ValueKernel<int64_t, int64_t>(
                                 [](int64_t moment) { return FloorModulo(moment, kMicrosecondsPerDay); })));
  functions.AddScalar(Kernel("spark_local_of_date", {LogicalType::DATE, LogicalType::TIME}, local,
                             ValueKernel<int64_t, int32_t, int64_t>([](int32_t days, int64_t of_day) {
                               return days * kMicrosecondsPerDay + of_day;
                             })));
  functions.AddScalar(
      Kernel("spark_local_to_instant", {local, text}, instant, LocalToInstantKernel, fallible));
  functions.AddRule("make_timestamp_from_date", LowerMakeFromDate);
}

}  // namespace hearth::engine
