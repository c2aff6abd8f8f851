// Parts of dates and timestamps, and numbers since the epoch.
#include <cmath>

#include "engine/datetime/pattern.h"
#include "engine/errors.h"
#include "engine/functions/datetime_families.h"
#include "engine/functions/number_reader.h"
#include "engine/functions/zone_argument.h"

namespace hearth::engine {

using duckdb::LogicalType;

namespace {

// Monday is 1.
int IsoWeekday(int64_t days) { return static_cast<int>(FloorModulo(days + 3, 7)) + 1; }

struct IsoWeek {
  int64_t year;
  int week;
};
IsoWeek IsoWeekOf(int64_t days) {
  // The Thursday of the week decides its year.
  const int64_t thursday = days - IsoWeekday(days) + 4;
  const int64_t year = DateOfDays(thursday).year;
  return {year, static_cast<int>((thursday - DaysOfDate(year, 1, 1)) / 7) + 1};
}

int32_t Year(int32_t days) { return static_cast<int32_t>(DateOfDays(days).year); }
int32_t Quarter(int32_t days) { return (DateOfDays(days).month + 2) / 3; }
int32_t Month(int32_t days) { return DateOfDays(days).month; }
int32_t Day(int32_t days) { return DateOfDays(days).day; }
int32_t DayOfYear(int32_t days) {
  return static_cast<int32_t>(days - DaysOfDate(DateOfDays(days).year, 1, 1)) + 1;
}
int32_t DayOfWeek(int32_t days) { return IsoWeekday(days) % 7 + 1; }  // Sunday is 1
int32_t Weekday(int32_t days) { return IsoWeekday(days) - 1; }        // Monday is 0
int32_t WeekdayIso(int32_t days) { return IsoWeekday(days); }
int32_t WeekOfYear(int32_t days) { return IsoWeekOf(days).week; }
int32_t YearOfWeek(int32_t days) { return static_cast<int32_t>(IsoWeekOf(days).year); }

int32_t HourOf(int64_t of_day) { return static_cast<int32_t>(of_day / 3'600'000'000); }
int32_t MinuteOf(int64_t of_day) { return static_cast<int32_t>(of_day / 60'000'000 % 60); }
int32_t SecondOf(int64_t of_day) { return static_cast<int32_t>(of_day / 1'000'000 % 60); }
int32_t SecondAndFraction(int64_t of_day) {
  return static_cast<int32_t>(of_day % 60'000'000);
}  // DECIMAL(8,6)

int64_t OfDay(int64_t local) { return FloorModulo(local, kMicrosecondsPerDay); }

template <int32_t (*kPart)(int64_t)>
void ClockKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  MapRows<int32_t, int64_t>(arguments, result, [](int64_t local) { return kPart(OfDay(local)); });
}
template <int32_t (*kPart)(int64_t)>
void ZonedClockKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& zone = Bound<BoundZone>(state).zone;
  MapRows<int32_t, int64_t>(arguments, result,
                            [&](int64_t instant) { return kPart(OfDay(zone.ToLocal(instant))); });
}

// One set per part: (TIMESTAMP) and (TIMESTAMP_TZ, zone).
template <int32_t (*kPart)(int64_t)>
void AddClockPart(EngineFunctions& functions, const std::string& name, const LogicalType& type) {
  duckdb::ScalarFunctionSet set("spark_" + name);
  set.AddFunction(Kernel("", {LogicalType::TIMESTAMP}, type, ClockKernel<kPart>));
  set.AddFunction(Kernel("", {LogicalType::TIMESTAMP_TZ, LogicalType::VARCHAR}, type, ZonedClockKernel<kPart>,
                         {.bind = BindLastAsZone}));
  functions.AddScalar(std::move(set));
  functions.AddRule(name, [name](LoweredCall call) -> base::Result<ParsedPtr> {
    if (call.argument_type(0).Is(plan::TypeKind::kTimestamp))
      return CallInZone("spark_" + name, std::move(call));
    return CallWith("spark_" + name, std::move(call.arguments));
  });
}

void AddDateParts(EngineFunctions& functions) {
  const auto add = [&](const char* name, int32_t (*part)(int32_t)) {
    functions.AddScalar(Kernel(std::string("spark_") + name, {LogicalType::DATE}, LogicalType::INTEGER,
                               ValueKernel<int32_t, int32_t>(part)));
  };
  add("year", Year);
  add("quarter", Quarter);
  add("month", Month);
  add("day", Day);
  add("dayofyear", DayOfYear);
  add("dayofweek", DayOfWeek);
  add("weekday", Weekday);
  add("weekday_iso", WeekdayIso);
  add("weekofyear", WeekOfYear);
  add("year_of_week", YearOfWeek);
  functions.AddScalar(
      Kernel("spark_dayname", {LogicalType::DATE}, LogicalType::VARCHAR,
             ViewKernel<int32_t>([](int32_t days) { return DayName(IsoWeekday(days)).substr(0, 3); })));
  functions.AddScalar(
      Kernel("spark_monthname", {LogicalType::DATE}, LogicalType::VARCHAR,
             ViewKernel<int32_t>([](int32_t days) { return MonthName(Month(days)).substr(0, 3); })));
}

// ---- Numbers since the epoch
// -----------------------------------------------------------------------------------

template <int64_t kUnit>
int64_t Count(int64_t instant) {
  return FloorDivide(instant, kUnit);
}

[[noreturn]] void ThrowOverflow(int64_t value, const char* unit) {
  const auto operation =
      "create a TIMESTAMP from " + std::to_string(value) + "L " + unit + " since the epoch";
  ThrowSpark(base::ErrorKind::kArithmetic, "DATETIME_OVERFLOW", "Overflow: " + operation,
             {{"operation", operation}});
}

std::optional<int64_t> MicrosecondsOf(double seconds) {
  if (std::isnan(seconds) || std::isinf(seconds)) return std::nullopt;
  const double microseconds = seconds * 1e6;
  if (microseconds >= 9.2233720368547758e18) return INT64_MAX;
  if (microseconds <= -9.2233720368547758e18) return INT64_MIN;
  return static_cast<int64_t>(microseconds);
}

// spark_timestamp_seconds(any number)
void TimestampSecondsKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const NumberReader numbers(arguments.data[0], count);
  auto* data = reinterpret_cast<int64_t*>(duckdb::FlatVector::GetData(result));
  struct Convert {
    std::optional<int64_t> operator()(int64_t seconds) const {
      int64_t value = 0;
      if (__builtin_mul_overflow(seconds, kMicrosecondsPerSecond, &value)) ThrowOverflow(seconds, "seconds");
      return value;
    }
    std::optional<int64_t> operator()(float seconds) const {
      return MicrosecondsOf(static_cast<double>(seconds));
    }
    std::optional<int64_t> operator()(double seconds) const { return MicrosecondsOf(seconds); }
    std::optional<int64_t> operator()(const DecimalNumber& number) const {
      const int surplus = number.scale - 6;
      const Int128 factor = kPowersOfTen[surplus < 0 ? -surplus : surplus];
      if (surplus > 0 && number.unscaled % factor != 0) {
        ThrowSpark(base::ErrorKind::kArithmetic, "",
                   "The seconds have more than six digits behind the point.");
      }
      Int128 value = 0;
      if (surplus > 0) {
        value = number.unscaled / factor;
      } else if (__builtin_mul_overflow(number.unscaled, factor, &value)) {
        value = Int128{INT64_MAX} + 1;
      }
      if (value > INT64_MAX || value < INT64_MIN) {
        ThrowSpark(base::ErrorKind::kArithmetic, "", "The seconds are outside the range of a timestamp.");
      }
      return static_cast<int64_t>(value);
    }
  };
  for (duckdb::idx_t row = 0; row < count; ++row) {
    const auto value = numbers.IsNull(row) ? std::nullopt : std::visit(Convert{}, numbers[row]);
    if (value) {
      data[row] = *value;
    } else {
      SetNull(result, row);
    }
  }
}

void TimestampMillisKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  MapRows<int64_t, int64_t>(arguments, result, [](int64_t milliseconds) {
    int64_t value = 0;
    if (__builtin_mul_overflow(milliseconds, int64_t{1000}, &value))
      ThrowOverflow(milliseconds, "milliseconds");
    return value;
  });
}

// Kernels of BIGINT take the smaller integers widened.
LowerRule Widened(std::string kernel) {
  return [kernel](LoweredCall call) -> base::Result<ParsedPtr> {
    return Call(kernel, CastTo(std::move(call.arguments[0]), LogicalType::BIGINT));
  };
}

void AddEpochNumbers(EngineFunctions& functions) {
  const auto instant = LogicalType::TIMESTAMP_TZ;
  const auto add = [&](const char* name, auto count) {
    duckdb::ScalarFunctionSet set(std::string("spark_") + name);
    for (const auto& type : {LogicalType::TIMESTAMP, LogicalType::TIMESTAMP_TZ}) {
      set.AddFunction(Kernel("", {type}, LogicalType::BIGINT, ValueKernel<int64_t, int64_t>(count)));
    }
    functions.AddScalar(std::move(set));
  };
  add("unix_seconds", Count<1'000'000>);
  add("unix_millis", Count<1'000>);
  add("unix_micros", Count<1>);
  const auto same = [](int32_t value) { return value; };
  functions.AddScalar(Kernel("spark_unix_date", {LogicalType::DATE}, LogicalType::INTEGER,
                             ValueKernel<int32_t, int32_t>(same)));
  functions.AddScalar(Kernel("spark_date_from_unix_date", {LogicalType::INTEGER}, LogicalType::DATE,
                             ValueKernel<int32_t, int32_t>(same)));
  functions.AddScalar(Kernel("spark_timestamp_seconds", {LogicalType::ANY}, instant, TimestampSecondsKernel,
                             {.fallible = true}));
  functions.AddScalar(Kernel("spark_timestamp_of_millis", {LogicalType::BIGINT}, instant,
                             TimestampMillisKernel, {.fallible = true}));
  functions.AddScalar(Kernel("spark_timestamp_of_micros", {LogicalType::BIGINT}, instant,
                             ValueKernel<int64_t, int64_t>([](int64_t value) { return value; })));
  functions.AddRule("timestamp_millis", Widened("spark_timestamp_of_millis"));
  functions.AddRule("timestamp_micros", Widened("spark_timestamp_of_micros"));
}

}  // namespace

void AddDatetimeFields(EngineFunctions& functions) {
  AddDateParts(functions);
  AddClockPart<HourOf>(functions, "hour", LogicalType::INTEGER);
  AddClockPart<MinuteOf>(functions, "minute", LogicalType::INTEGER);
  AddClockPart<SecondOf>(functions, "second", LogicalType::INTEGER);
  AddClockPart<SecondAndFraction>(functions, "second_with_fraction", LogicalType::DECIMAL(8, 6));
  AddEpochNumbers(functions);
}

}  // namespace hearth::engine
