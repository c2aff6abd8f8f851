// Days, months and units added to dates and timestamps, differences, and changes of time zone.
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "engine/datetime/zoned.h"
#include "engine/errors.h"
#include "engine/functions/datetime_families.h"
#include "engine/functions/zone_argument.h"
#include "engine/text/value_text.h"

namespace hearth::engine {

using duckdb::LogicalType;
using std::string_view;

namespace {

[[noreturn]] void ThrowArithmeticOverflow() {
  ThrowSpark(base::ErrorKind::kArithmetic, "ARITHMETIC_OVERFLOW",
             "The result is outside the range of its type.",
             {{"message", "overflow"}, {"alternative", ""}, {"config", "\"spark.sql.ansi.enabled\""}});
}

int32_t AddWrapping(int32_t days, int32_t count) {
  return static_cast<int32_t>(static_cast<uint32_t>(days) + static_cast<uint32_t>(count));
}
int32_t SubtractWrapping(int32_t days, int32_t count) {
  return static_cast<int32_t>(static_cast<uint32_t>(days) - static_cast<uint32_t>(count));
}

int32_t AddMonthsToDate(int32_t days, int32_t months) {
  const auto moved = AddMonthsToDays(days, months);
  if (!moved || *moved > INT32_MAX || *moved < INT32_MIN) ThrowArithmeticOverflow();
  return static_cast<int32_t>(*moved);
}

int32_t LastDay(int32_t days) {
  const auto date = DateOfDays(days);
  return static_cast<int32_t>(DaysOfDate(date.year, date.month, DaysInMonth(date.year, date.month)));
}

// Monday is 0; nullopt when the text names no day.
std::optional<int> WeekdayOf(string_view name) {
  static constexpr std::array<string_view, 7> kNames = {"MONDAY", "TUESDAY",  "WEDNESDAY", "THURSDAY",
                                                        "FRIDAY", "SATURDAY", "SUNDAY"};
  std::string upper(name);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  for (size_t i = 0; i < kNames.size(); ++i) {
    const bool short_form = upper.size() == 2 || upper.size() == 3;
    if (upper == kNames[i] || (short_form && kNames[i].starts_with(upper))) return static_cast<int>(i);
  }
  return std::nullopt;
}

template <bool kStrict>
std::optional<int32_t> NextDay(int32_t days, string_view name) {
  const auto weekday = WeekdayOf(name);
  if (!weekday) {
    if (!kStrict) return std::nullopt;
    ThrowSpark(base::ErrorKind::kIllegalArgument, "ILLEGAL_DAY_OF_WEEK",
               "There is no weekday " + std::string(name) + ".", {{"string", std::string(name)}});
  }
  const int64_t today = FloorModulo(int64_t{days} + 3, 7);
  const int64_t ahead = FloorModulo(*weekday - today - 1, 7) + 1;
  return static_cast<int32_t>(days + ahead);
}

// spark_months_between(later, earlier, round, zone)
void MonthsBetweenKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                         duckdb::Vector& result) {
  const auto& zone = Bound<BoundZone>(state).zone;
  MapRows<double, int64_t, int64_t, bool>(arguments, result, [&](int64_t first, int64_t second, bool rounds) {
    struct Side {
      CalendarDate date;
      int64_t seconds;
      bool at_month_end;
    };
    const auto side = [&](int64_t instant) {
      const int64_t local = zone.ToLocal(instant);
      const int64_t days = FloorDivide(local, kMicrosecondsPerDay);
      const auto date = DateOfDays(days);
      const int64_t midnight = zone.FromLocal(days * kMicrosecondsPerDay);
      return Side{date, (instant - midnight) / kMicrosecondsPerSecond,
                  date.day == DaysInMonth(date.year, date.month)};
    };
    const Side a = side(first);
    const Side b = side(second);
    const auto months = static_cast<double>((a.date.year - b.date.year) * 12 + a.date.month - b.date.month);
    if (a.date.day == b.date.day || (a.at_month_end && b.at_month_end)) return months;
    const int64_t seconds = int64_t{a.date.day - b.date.day} * 86'400 + a.seconds - b.seconds;
    const double difference = months + static_cast<double>(seconds) / (31 * 86'400.0);
    return rounds ? std::floor(difference * 1e8 + 0.5) / 1e8 : difference;
  });
}

// ---- timestampadd, timestampdiff
// -----------------------------------------------------------------------------

struct Unit {
  string_view name;
  int64_t microseconds;  // 0 for units of months
  int64_t months;
};
constexpr std::array<Unit, 10> kUnits = {{{"MICROSECOND", 1, 0},
                                          {"MILLISECOND", 1'000, 0},
                                          {"SECOND", 1'000'000, 0},
                                          {"MINUTE", 60'000'000, 0},
                                          {"HOUR", 3'600'000'000, 0},
                                          {"DAY", kMicrosecondsPerDay, 0},
                                          {"WEEK", 7 * kMicrosecondsPerDay, 0},
                                          {"MONTH", 0, 1},
                                          {"QUARTER", 0, 3},
                                          {"YEAR", 0, 12}}};
const Unit& FindUnit(string_view name) {
  for (const auto& unit : kUnits) {
    if (unit.name == name) return unit;
  }
  throw duckdb::InternalException("unknown date unit");
}

struct BoundUnit {
  std::string unit;
  BoundZone zone;
  bool operator==(const BoundUnit&) const = default;
};
// (unit, …, zone)
duckdb::unique_ptr<duckdb::FunctionData> BindUnit(
    duckdb::ClientContext& context, duckdb::ScalarFunction&,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  return Bind(
      BoundUnit{TextArgument(context, *arguments[0]), ResolveZone(TextArgument(context, *arguments.back()))});
}

std::optional<int64_t> AddUnit(int64_t instant, int64_t amount, const Unit& unit, const TimeZone& zone) {
  int64_t total = 0;
  if (unit.months > 0) {
    if (__builtin_mul_overflow(amount, unit.months, &total) || total > INT32_MAX || total < INT32_MIN)
      return std::nullopt;
    return AddMonths(instant, total, zone);
  }
  if (unit.microseconds >= kMicrosecondsPerDay) {
    if (__builtin_mul_overflow(amount, unit.microseconds / kMicrosecondsPerDay, &total)) return std::nullopt;
    return AddDays(instant, total, zone);
  }
  if (__builtin_mul_overflow(amount, unit.microseconds, &total)) return std::nullopt;
  return AddDayTime(instant, total, zone);
}

// spark_timestampadd(unit, amount, timestamp, zone); the zone of a timestamp_ntz is UTC.
void TimestampAddKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                        duckdb::Vector& result) {
  const auto& bound = Bound<BoundUnit>(state);
  const auto& unit = FindUnit(bound.unit);
  const bool local = arguments.data[2].GetType().id() == duckdb::LogicalTypeId::TIMESTAMP;
  MapRows<int64_t, string_view, int64_t, int64_t>(
      arguments, result, [&](string_view, int64_t amount, int64_t instant) {
        const auto moved = AddUnit(instant, amount, unit, bound.zone.zone);
        if (moved) return *moved;
        std::string text;
        AppendTimestamp(bound.zone.zone.ToLocal(instant), &text);
        const auto operation = "add " + std::to_string(amount) + "L " + bound.unit + " to " +
                               (local ? "TIMESTAMP_NTZ '" : "TIMESTAMP '") + text + "'";
        ThrowSpark(base::ErrorKind::kArithmetic, "DATETIME_OVERFLOW", "Overflow: " + operation,
                   {{"operation", operation}});
      });
}

// Whole months from one local time to another.
int64_t MonthsUntil(int64_t start, int64_t end) {
  const auto split = [](int64_t local) {
    const int64_t days = FloorDivide(local, kMicrosecondsPerDay);
    return std::pair(days, local - days * kMicrosecondsPerDay);
  };
  auto [start_days, start_time] = split(start);
  auto [end_days, end_time] = split(end);
  if (end_days > start_days && end_time < start_time) --end_days;
  if (end_days < start_days && end_time > start_time) ++end_days;
  const auto packed = [](int64_t days) {
    const auto date = DateOfDays(days);
    return (date.year * 12 + date.month) * 32 + date.day;
  };
  return (packed(end_days) - packed(start_days)) / 32;
}

// spark_timestampdiff(unit, start, end, zone): counted on the local clock.
void TimestampDiffKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                         duckdb::Vector& result) {
  const auto& bound = Bound<BoundUnit>(state);
  const auto& unit = FindUnit(bound.unit);
  MapRows<int64_t, string_view, int64_t, int64_t>(
      arguments, result, [&](string_view, int64_t start, int64_t end) {
        const int64_t from = bound.zone.zone.ToLocal(start);
        const int64_t to = bound.zone.zone.ToLocal(end);
        return unit.months > 0 ? MonthsUntil(from, to) / unit.months : (to - from) / unit.microseconds;
      });
}

// ---- Time zones
// ------------------------------------------------------------------------------------------------

template <bool kToUtc>
void ShiftZoneKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  ZoneCache zones;
  MapRows<int64_t, int64_t, string_view>(arguments, result, [&](int64_t instant, string_view id) {
    const auto& zone = zones.For(id);
    return kToUtc ? zone.FromLocal(instant) : zone.ToLocal(instant);
  });
}

void ConvertTimezoneKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  ZoneCache sources;
  ZoneCache targets;
  MapRows<int64_t, string_view, string_view, int64_t>(
      arguments, result, [&](string_view source, string_view target, int64_t local) {
        return targets.For(target).ToLocal(sources.For(source).FromLocal(local));
      });
}

void AddDates(EngineFunctions& functions) {
  const auto date = LogicalType::DATE;
  const auto number = LogicalType::INTEGER;
  functions.AddScalar(
      Kernel("spark_date_add", {date, number}, date, ValueKernel<int32_t, int32_t, int32_t>(AddWrapping)));
  functions.AddScalar(Kernel("spark_date_sub", {date, number}, date,
                             ValueKernel<int32_t, int32_t, int32_t>(SubtractWrapping)));
  functions.AddScalar(Kernel("spark_datediff", {date, date}, number,
                             ValueKernel<int32_t, int32_t, int32_t>(SubtractWrapping)));
  functions.AddScalar(Kernel("spark_add_months", {date, number}, date,
                             ValueKernel<int32_t, int32_t, int32_t>(AddMonthsToDate), {.fallible = true}));
  functions.AddScalar(Kernel("spark_last_day", {date}, date, ValueKernel<int32_t, int32_t>(LastDay)));
  const auto text = LogicalType::VARCHAR;
  functions.AddScalar(Kernel("spark_next_day", {date, text}, date,
                             ValueKernel<int32_t, int32_t, string_view>(NextDay<true>), {.fallible = true}));
  functions.AddScalar(Kernel("spark_next_day_legacy", {date, text}, date,
                             ValueKernel<int32_t, int32_t, string_view>(NextDay<false>)));
}

}  // namespace

void AddDatetimeArithmetic(EngineFunctions& functions) {
  AddDates(functions);
  const auto text = LogicalType::VARCHAR;
  const auto instant = LogicalType::TIMESTAMP_TZ;
  const auto local = LogicalType::TIMESTAMP;
  const auto add = [&](std::string name, duckdb::vector<LogicalType> types, LogicalType result,
                       duckdb::scalar_function_t kernel, KernelFlags flags) {
    functions.AddScalar(
        Kernel(std::move(name), std::move(types), std::move(result), std::move(kernel), flags));
  };
  add("spark_months_between", {instant, instant, LogicalType::BOOLEAN, text}, LogicalType::DOUBLE,
      MonthsBetweenKernel, {.bind = BindLastAsZone});
  functions.AddRule("months_between",
                    [](LoweredCall call) { return CallInZone("spark_months_between", std::move(call)); });
  duckdb::ScalarFunctionSet timestampadd("spark_timestampadd");
  for (const auto& type : {instant, local}) {
    timestampadd.AddFunction(Kernel("", {text, LogicalType::BIGINT, type, text}, type, TimestampAddKernel,
                                    {.fallible = true, .bind = BindUnit}));
  }
  functions.AddScalar(std::move(timestampadd));
  functions.AddRule("timestampadd", [](LoweredCall call) -> base::Result<ParsedPtr> {
    if (call.type().Is(plan::TypeKind::kTimestamp)) return CallInZone("spark_timestampadd", std::move(call));
    call.arguments.push_back(TextConstant("UTC"));
    return CallWith("spark_timestampadd", std::move(call.arguments));
  });
  add("spark_timestampdiff", {text, instant, instant, text}, LogicalType::BIGINT, TimestampDiffKernel,
      {.bind = BindUnit});
  functions.AddRule("timestampdiff",
                    [](LoweredCall call) { return CallInZone("spark_timestampdiff", std::move(call)); });
  add("spark_from_utc_timestamp", {instant, text}, instant, ShiftZoneKernel<false>, {.fallible = true});
  add("spark_to_utc_timestamp", {instant, text}, instant, ShiftZoneKernel<true>, {.fallible = true});
  add("spark_convert_timezone", {text, text, local}, local, ConvertTimezoneKernel, {.fallible = true});
}

}  // namespace hearth::engine
