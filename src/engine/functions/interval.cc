// Arithmetic of intervals, and of dates and timestamps with intervals. Year-month intervals are INTEGER
// months, day-time intervals BIGINT microseconds, calendar intervals INTERVAL.
#include <cmath>
#include <optional>
#include <type_traits>

#include "engine/datetime/zoned.h"
#include "engine/decimal.h"
#include "engine/errors.h"
#include "engine/functions/families.h"
#include "engine/functions/number_reader.h"
#include "engine/functions/zone_argument.h"

namespace hearth::engine {

using duckdb::interval_t;
using duckdb::LogicalType;
using std::string_view;

namespace {

[[noreturn]] void ThrowOverflow(const char* suggestion) {
  if (!suggestion) {
    ThrowSpark(base::ErrorKind::kArithmetic, "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION",
               "The interval is outside its range.");
  }
  ThrowSpark(base::ErrorKind::kArithmetic, "INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION",
             "The interval is outside its range.", {{"functionName", std::string("`") + suggestion + "`"}});
}
[[noreturn]] void ThrowArithmeticOverflow() {
  ThrowSpark(base::ErrorKind::kArithmetic, "ARITHMETIC_OVERFLOW", "The interval is outside its range.",
             {{"message", "overflow"}, {"alternative", ""}, {"config", "\"spark.sql.ansi.enabled\""}});
}
// Overflow of a product or quotient carries no condition in Spark.
[[noreturn]] void ThrowPlainOverflow(bool is_long) {
  ThrowSpark(base::ErrorKind::kArithmetic, "", is_long ? "long overflow" : "integer overflow");
}

// ---- Sums
// -----------------------------------------------------------------------------------------------------

template <typename T, bool kAdd>
bool Sum(T left, T right, T* result) {
  return kAdd ? !__builtin_add_overflow(left, right, result) : !__builtin_sub_overflow(left, right, result);
}

template <bool kAdd>
bool Sum(const interval_t& left, const interval_t& right, interval_t* result) {
  return Sum<int32_t, kAdd>(left.months, right.months, &result->months) &&
         Sum<int32_t, kAdd>(left.days, right.days, &result->days) &&
         Sum<int64_t, kAdd>(left.micros, right.micros, &result->micros);
}

template <typename T, bool kAdd, bool kStrict>
std::optional<T> SumOf(T left, T right) {
  T result{};
  bool fits = false;
  if constexpr (std::is_same_v<T, interval_t>) {
    fits = Sum<kAdd>(left, right, &result);
  } else {
    fits = Sum<T, kAdd>(left, right, &result);
  }
  if (fits) return result;
  if (!kStrict) return std::nullopt;
  if constexpr (std::is_same_v<T, interval_t>) ThrowArithmeticOverflow();
  ThrowOverflow(kAdd ? "try_add" : "try_subtract");
}

template <bool kAdd, bool kStrict>
duckdb::ScalarFunctionSet SumSet(std::string name) {
  duckdb::ScalarFunctionSet set(std::move(name));
  const KernelFlags flags{.fallible = kStrict};
  const auto months = LogicalType::INTEGER;
  const auto micros = LogicalType::BIGINT;
  const auto calendar = LogicalType::INTERVAL;
  set.AddFunction(Kernel("", {months, months}, months,
                         ValueKernel<int32_t, int32_t, int32_t>(SumOf<int32_t, kAdd, kStrict>), flags));
  set.AddFunction(Kernel("", {micros, micros}, micros,
                         ValueKernel<int64_t, int64_t, int64_t>(SumOf<int64_t, kAdd, kStrict>), flags));
  set.AddFunction(Kernel("", {calendar, calendar}, calendar,
                         ValueKernel<interval_t, interval_t, interval_t>(SumOf<interval_t, kAdd, kStrict>),
                         flags));
  return set;
}

template <typename T>
T Negate(T value) {
  if constexpr (std::is_same_v<T, interval_t>) {
    if (value.months == INT32_MIN || value.days == INT32_MIN || value.micros == INT64_MIN)
      ThrowArithmeticOverflow();
    return {-value.months, -value.days, -value.micros};
  } else {
    T result = 0;
    if (__builtin_sub_overflow(T{0}, value, &result)) ThrowOverflow("try_subtract");
    return result;
  }
}

// ---- Products and quotients
// -------------------------------------------------------------------------------------

// Half away from zero; nullopt when the value is no number of the type.
template <typename T>
std::optional<T> Rounded(double value) {
  if (std::isnan(value)) return std::nullopt;
  const double rounded = std::round(value);
  constexpr double kLimit = std::is_same_v<T, int32_t> ? 2147483648.0 : 9223372036854775808.0;
  if (rounded >= kLimit || rounded < -kLimit) return std::nullopt;
  return static_cast<T>(rounded);
}

template <typename T>
std::optional<T> FitInto(Int128 value) {
  if (value > std::numeric_limits<T>::max() || value < std::numeric_limits<T>::min()) return std::nullopt;
  return static_cast<T>(value);
}

Int128 DivideHalfUp(Int128 numerator, Int128 denominator) {
  const Int128 quotient = numerator / denominator;
  const Int128 rest = numerator % denominator;
  const Int128 twice = (rest < 0 ? -rest : rest) * 2;
  if (twice < (denominator < 0 ? -denominator : denominator)) return quotient;
  return quotient + ((numerator < 0) == (denominator < 0) ? 1 : -1);
}

// interval * number, rounded half away from zero.
template <typename T>
struct Multiply {
  T interval;
  std::optional<T> operator()(int64_t number) const { return FitInto<T>(Int128{interval} * number); }
  std::optional<T> operator()(float number) const { return (*this)(static_cast<double>(number)); }
  std::optional<T> operator()(double number) const {
    return Rounded<T>(static_cast<double>(interval) * number);
  }
  std::optional<T> operator()(const DecimalNumber& number) const {
    Int128 product = 0;
    if (__builtin_mul_overflow(Int128{interval}, number.unscaled, &product)) return std::nullopt;
    return FitInto<T>(DivideHalfUp(product, kPowersOfTen[number.scale]));
  }
};

template <typename T>
struct Divide {
  T interval;
  std::optional<T> operator()(int64_t number) const {
    return FitInto<T>(DivideHalfUp(Int128{interval}, number));
  }
  std::optional<T> operator()(float number) const { return (*this)(static_cast<double>(number)); }
  std::optional<T> operator()(double number) const {
    return Rounded<T>(static_cast<double>(interval) / number);
  }
  std::optional<T> operator()(const DecimalNumber& number) const {
    Int128 scaled = 0;
    if (__builtin_mul_overflow(Int128{interval}, kPowersOfTen[number.scale], &scaled)) return std::nullopt;
    return FitInto<T>(DivideHalfUp(scaled, number.unscaled));
  }
};

struct IsZero {
  bool operator()(int64_t number) const { return number == 0; }
  bool operator()(float number) const { return number == 0; }
  bool operator()(double number) const { return number == 0; }
  bool operator()(const DecimalNumber& number) const { return number.unscaled == 0; }
};

template <typename T, bool kMultiply, bool kStrict>
void ScaleKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ColumnReader<T> intervals(arguments.data[0], count);
  const NumberReader numbers(arguments.data[1], count);
  auto* data = reinterpret_cast<T*>(duckdb::FlatVector::GetData(result));
  for (duckdb::idx_t row = 0; row < count; ++row) {
    if (intervals.IsNull(row) || numbers.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    const auto number = numbers[row];
    std::optional<T> value;
    if constexpr (kMultiply) {
      value = std::visit(Multiply<T>{intervals[row]}, number);
    } else if (!std::visit(IsZero{}, number)) {
      value = std::visit(Divide<T>{intervals[row]}, number);
    } else if (kStrict) {
      ThrowSpark(base::ErrorKind::kArithmetic, "INTERVAL_DIVIDED_BY_ZERO", "An interval is divided by zero.");
    } else {
      SetNull(result, row);
      continue;
    }
    if (value) {
      data[row] = *value;
    } else if (kStrict) {
      ThrowPlainOverflow(sizeof(T) == 8);
    } else {
      SetNull(result, row);
    }
  }
}

// Calendar intervals by a double: fractions of months are dropped, those of days become microseconds.
template <bool kMultiply, bool kStrict>
std::optional<interval_t> ScaleCalendar(interval_t interval, double number) {
  if (!kMultiply && number == 0) {
    if (!kStrict) return std::nullopt;
    ThrowSpark(base::ErrorKind::kArithmetic, "INTERVAL_DIVIDED_BY_ZERO", "An interval is divided by zero.");
  }
  const auto scale = [&](double part) { return kMultiply ? part * number : part / number; };
  const double months = std::trunc(scale(interval.months));
  const double days = scale(interval.days);
  const double micros = scale(static_cast<double>(interval.micros)) +
                        static_cast<double>(kMicrosecondsPerDay) * (days - std::trunc(days));
  const auto fit_months = Rounded<int32_t>(months);
  const auto fit_days = Rounded<int32_t>(std::trunc(days));
  const auto fit_micros = Rounded<int64_t>(std::floor(micros + 0.5));
  if (fit_months && fit_days && fit_micros) return interval_t{*fit_months, *fit_days, *fit_micros};
  if (!kStrict) return std::nullopt;
  ThrowArithmeticOverflow();
}

template <bool kMultiply, bool kStrict>
duckdb::ScalarFunctionSet ScaleSet(std::string name) {
  duckdb::ScalarFunctionSet set(std::move(name));
  const KernelFlags flags{.fallible = kStrict};
  const auto any = LogicalType::ANY;
  set.AddFunction(Kernel("", {LogicalType::INTEGER, any}, LogicalType::INTEGER,
                         ScaleKernel<int32_t, kMultiply, kStrict>, flags));
  set.AddFunction(Kernel("", {LogicalType::BIGINT, any}, LogicalType::BIGINT,
                         ScaleKernel<int64_t, kMultiply, kStrict>, flags));
  set.AddFunction(Kernel("", {LogicalType::INTERVAL, LogicalType::DOUBLE}, LogicalType::INTERVAL,
                         ValueKernel<interval_t, interval_t, double>(ScaleCalendar<kMultiply, kStrict>),
                         flags));
  return set;
}

// ---- Makers
// -----------------------------------------------------------------------------------------------------

bool AddProduct(int64_t* total, int64_t count, int64_t unit) {
  int64_t product = 0;
  return !__builtin_mul_overflow(count, unit, &product) && !__builtin_add_overflow(*total, product, total);
}

template <bool kStrict>
std::optional<interval_t> MakeInterval(int32_t years, int32_t months, int32_t weeks, int32_t days,
                                       int32_t hours, int32_t minutes, int64_t seconds) {
  const auto total_months = FitInto<int32_t>(Int128{years} * 12 + months);
  const auto total_days = FitInto<int32_t>(Int128{weeks} * 7 + days);
  int64_t micros = seconds;
  const bool fits = AddProduct(&micros, minutes, 60'000'000) && AddProduct(&micros, hours, 3'600'000'000);
  if (total_months && total_days && fits) return interval_t{*total_months, *total_days, micros};
  if (!kStrict) return std::nullopt;
  ThrowArithmeticOverflow();
}

int64_t MakeDayTime(int32_t days, int32_t hours, int32_t minutes, int64_t seconds) {
  int64_t micros = seconds;
  const bool fits = AddProduct(&micros, days, kMicrosecondsPerDay) &&
                    AddProduct(&micros, hours, 3'600'000'000) && AddProduct(&micros, minutes, 60'000'000);
  if (!fits) ThrowOverflow(nullptr);
  return micros;
}

int32_t MakeYearMonth(int32_t years, int32_t months) {
  const auto total = FitInto<int32_t>(Int128{years} * 12 + months);
  if (!total) ThrowOverflow(nullptr);
  return *total;
}

void AddMakers(EngineFunctions& functions) {
  const auto number = LogicalType::INTEGER;
  const auto seconds = LogicalType::DECIMAL(18, 6);
  const duckdb::vector<LogicalType> fields = {number, number, number, number, number, number, seconds};
  using N = int32_t;
  const KernelFlags fallible{.fallible = true};
  functions.AddScalar(Kernel("spark_make_interval", fields, LogicalType::INTERVAL,
                             ValueKernel<interval_t, N, N, N, N, N, N, int64_t>(MakeInterval<true>),
                             fallible));
  functions.AddScalar(Kernel("spark_make_interval_legacy", fields, LogicalType::INTERVAL,
                             ValueKernel<interval_t, N, N, N, N, N, N, int64_t>(MakeInterval<false>)));
  functions.AddScalar(Kernel("spark_make_dt_interval", {number, number, number, seconds}, LogicalType::BIGINT,
                             ValueKernel<int64_t, N, N, N, int64_t>(MakeDayTime), fallible));
  functions.AddScalar(Kernel("spark_make_ym_interval", {number, number}, number,
                             ValueKernel<N, N, N>(MakeYearMonth), fallible));
  functions.AddRule("try_make_interval", [](LoweredCall call) {
    return base::Result<ParsedPtr>(CallWith("spark_make_interval_legacy", std::move(call.arguments)));
  });
}

// ---- Fields
// -----------------------------------------------------------------------------------------------------

void AddFields(EngineFunctions& functions) {
  const auto months = LogicalType::INTEGER;
  const auto micros = LogicalType::BIGINT;
  const auto calendar = LogicalType::INTERVAL;
  const auto add = [&](const char* name, auto&&... overloads) {
    duckdb::ScalarFunctionSet set(std::string("spark_") + name);
    (set.AddFunction(std::move(overloads)), ...);
    functions.AddScalar(std::move(set));
  };
  const auto year = [](int32_t value) { return value / 12; };
  const auto month = [](int32_t value) { return static_cast<int8_t>(value % 12); };
  const auto day = [](int64_t value) { return static_cast<int32_t>(value / kMicrosecondsPerDay); };
  const auto hour = [](int64_t value) {
    return static_cast<int8_t>(value % kMicrosecondsPerDay / 3'600'000'000);
  };
  const auto minute = [](int64_t value) { return static_cast<int8_t>(value % 3'600'000'000 / 60'000'000); };
  const auto second = [](int64_t value) { return static_cast<int32_t>(value % 60'000'000); };
  const auto tinyint = LogicalType::TINYINT;
  const auto integer = LogicalType::INTEGER;
  const auto decimal = LogicalType::DECIMAL(8, 6);
  add("interval_year", Kernel("", {months}, integer, ValueKernel<int32_t, int32_t>(year)),
      Kernel("", {calendar}, integer,
             ValueKernel<int32_t, interval_t>([year](interval_t i) { return year(i.months); })));
  add("interval_month", Kernel("", {months}, tinyint, ValueKernel<int8_t, int32_t>(month)),
      Kernel("", {calendar}, tinyint,
             ValueKernel<int8_t, interval_t>([month](interval_t i) { return month(i.months); })));
  add("interval_day", Kernel("", {micros}, integer, ValueKernel<int32_t, int64_t>(day)),
      Kernel("", {calendar}, integer, ValueKernel<int32_t, interval_t>([](interval_t i) { return i.days; })));
  add("interval_hour", Kernel("", {micros}, tinyint, ValueKernel<int8_t, int64_t>(hour)),
      Kernel("", {calendar}, micros,
             ValueKernel<int64_t, interval_t>([](interval_t i) { return i.micros / 3'600'000'000; })));
  add("interval_minute", Kernel("", {micros}, tinyint, ValueKernel<int8_t, int64_t>(minute)),
      Kernel("", {calendar}, tinyint,
             ValueKernel<int8_t, interval_t>([minute](interval_t i) { return minute(i.micros); })));
  add("interval_second", Kernel("", {micros}, decimal, ValueKernel<int32_t, int64_t>(second)),
      Kernel("", {calendar}, decimal,
             ValueKernel<int32_t, interval_t>([second](interval_t i) { return second(i.micros); })));
}

// ---- Dates and timestamps with intervals
// --------------------------------------------------------------------------

int64_t OrOverflow(std::optional<int64_t> value) {
  if (!value) ThrowPlainOverflow(true);
  return *value;
}

int32_t DateOrOverflow(std::optional<int64_t> days) {
  if (!days || *days > INT32_MAX || *days < INT32_MIN) ThrowArithmeticOverflow();
  return static_cast<int32_t>(*days);
}

template <typename T>
void DatePlusKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  MapRows<int32_t, int32_t, T>(arguments, result, [](int32_t days, T interval) -> int32_t {
    if constexpr (std::is_same_v<T, int32_t>) {
      return DateOrOverflow(AddMonthsToDays(days, interval));
    } else if constexpr (std::is_same_v<T, int64_t>) {
      return static_cast<int32_t>(static_cast<uint32_t>(days) +
                                  static_cast<uint32_t>(interval / kMicrosecondsPerDay));
    } else {
      if (interval.micros != 0) {
        ThrowSpark(base::ErrorKind::kIllegalArgument, "INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION",
                   "An interval with a part smaller than a day cannot be added to a date.");
      }
      const auto moved = AddMonthsToDays(days, interval.months);
      return DateOrOverflow(moved ? std::optional(*moved + interval.days) : std::nullopt);
    }
  });
}

template <typename T>
void TimestampPlusKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                         duckdb::Vector& result) {
  const auto& zone = Bound<BoundZone>(state).zone;
  MapRows<int64_t, int64_t, T>(arguments, result, [&](int64_t instant, T interval) -> int64_t {
    if constexpr (std::is_same_v<T, int32_t>) {
      return OrOverflow(AddMonths(instant, interval, zone));
    } else if constexpr (std::is_same_v<T, int64_t>) {
      return OrOverflow(AddDayTime(instant, interval, zone));
    } else {
      const int64_t by_months = OrOverflow(AddMonths(instant, interval.months, zone));
      const int64_t by_days = OrOverflow(AddDays(by_months, interval.days, zone));
      int64_t sum = 0;
      if (__builtin_add_overflow(by_days, interval.micros, &sum)) ThrowPlainOverflow(true);
      return sum;
    }
  });
}

base::Result<ParsedPtr> LowerDatetimeAdd(LoweredCall call) {
  const auto& type = call.type();
  if (type.Is(plan::TypeKind::kDate)) return CallWith("spark_date_plus_interval", std::move(call.arguments));
  const bool local = type.Is(plan::TypeKind::kTimestampNtz);
  call.arguments.push_back(TextConstant(local ? "UTC" : call.settings.time_zone));
  return CallWith("spark_timestamp_plus_interval", std::move(call.arguments));
}

// The difference of the local clocks.
void TimestampDiffKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                         duckdb::Vector& result) {
  const auto& zone = Bound<BoundZone>(state).zone;
  MapRows<int64_t, int64_t, int64_t>(
      arguments, result, [&](int64_t end, int64_t start) { return zone.ToLocal(end) - zone.ToLocal(start); });
}

base::Result<ParsedPtr> LowerTimestampDiff(LoweredCall call) {
  // A timestamp beside a timestamp_ntz is taken by its local clock: both sides become TIMESTAMP.
  const bool first_local = call.argument_type(0).Is(plan::TypeKind::kTimestampNtz);
  const bool second_local = call.argument_type(1).Is(plan::TypeKind::kTimestampNtz);
  if (first_local != second_local)
    return base::NotImplemented("the difference of a timestamp and a timestamp_ntz");
  call.arguments.push_back(TextConstant(first_local ? "UTC" : call.settings.time_zone));
  return CallWith("spark_timestamp_diff_interval", std::move(call.arguments));
}

void AddDatetimeSums(EngineFunctions& functions) {
  const auto date = LogicalType::DATE;
  const auto text = LogicalType::VARCHAR;
  const KernelFlags fallible{.fallible = true};
  duckdb::ScalarFunctionSet dates("spark_date_plus_interval");
  dates.AddFunction(Kernel("", {date, LogicalType::INTEGER}, date, DatePlusKernel<int32_t>, fallible));
  dates.AddFunction(Kernel("", {date, LogicalType::BIGINT}, date, DatePlusKernel<int64_t>, fallible));
  dates.AddFunction(Kernel("", {date, LogicalType::INTERVAL}, date, DatePlusKernel<interval_t>, fallible));
  functions.AddScalar(std::move(dates));
  duckdb::ScalarFunctionSet timestamps("spark_timestamp_plus_interval");
  duckdb::ScalarFunctionSet differences("spark_timestamp_diff_interval");
  const KernelFlags zoned{.fallible = true, .bind = BindLastAsZone};
  for (const auto& type : {LogicalType::TIMESTAMP, LogicalType::TIMESTAMP_TZ}) {
    timestamps.AddFunction(
        Kernel("", {type, LogicalType::INTEGER, text}, type, TimestampPlusKernel<int32_t>, zoned));
    timestamps.AddFunction(
        Kernel("", {type, LogicalType::BIGINT, text}, type, TimestampPlusKernel<int64_t>, zoned));
    timestamps.AddFunction(
        Kernel("", {type, LogicalType::INTERVAL, text}, type, TimestampPlusKernel<interval_t>, zoned));
    differences.AddFunction(
        Kernel("", {type, type, text}, LogicalType::BIGINT, TimestampDiffKernel, {.bind = BindLastAsZone}));
  }
  functions.AddScalar(std::move(timestamps));
  functions.AddScalar(std::move(differences));
  functions.AddRule("datetime_add_interval", LowerDatetimeAdd);
  functions.AddRule("timestamp_diff_interval", LowerTimestampDiff);
  functions.AddScalar(Kernel("spark_date_diff_interval", {date, date}, LogicalType::BIGINT,
                             ValueKernel<int64_t, int32_t, int32_t>([](int32_t end, int32_t start) {
                               return (int64_t{end} - start) * kMicrosecondsPerDay;
                             })));
}

}  // namespace

void AddInterval(EngineFunctions& functions) {
  functions.AddScalar(SumSet<true, true>("spark_interval_add"));
  functions.AddScalar(SumSet<true, false>("spark_interval_add_legacy"));
  functions.AddScalar(SumSet<false, true>("spark_interval_subtract"));
  functions.AddScalar(SumSet<false, false>("spark_interval_subtract_legacy"));
  functions.AddScalar(ScaleSet<true, true>("spark_interval_multiply"));
  functions.AddScalar(ScaleSet<true, false>("spark_interval_multiply_legacy"));
  functions.AddScalar(ScaleSet<false, true>("spark_interval_divide"));
  functions.AddScalar(ScaleSet<false, false>("spark_interval_divide_legacy"));
  duckdb::ScalarFunctionSet negate("spark_interval_negate");
  const KernelFlags fallible{.fallible = true};
  negate.AddFunction(Kernel("", {LogicalType::INTEGER}, LogicalType::INTEGER,
                            ValueKernel<int32_t, int32_t>(Negate<int32_t>), fallible));
  negate.AddFunction(Kernel("", {LogicalType::BIGINT}, LogicalType::BIGINT,
                            ValueKernel<int64_t, int64_t>(Negate<int64_t>), fallible));
  negate.AddFunction(Kernel("", {LogicalType::INTERVAL}, LogicalType::INTERVAL,
                            ValueKernel<interval_t, interval_t>(Negate<interval_t>), fallible));
  functions.AddScalar(std::move(negate));
  AddMakers(functions);
  AddFields(functions);
  AddDatetimeSums(functions);
}

}  // namespace hearth::engine
