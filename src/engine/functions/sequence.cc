// sequence(start, stop[, step]) of integers, dates and timestamps.
#include <cstdlib>
#include <string>

#include "engine/datetime/zoned.h"
#include "engine/errors.h"
#include "engine/functions/array_families.h"
#include "engine/functions/zone_argument.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::interval_t;
using duckdb::LogicalType;

namespace {

constexpr int64_t kMaximumLength = 2147483632;

// The elements of a LIST result, appended.
template <typename T>
class NumberListWriter {
 public:
  explicit NumberListWriter(duckdb::Vector& result) : result_(result) {}
  void Begin(idx_t row) { Entries()[row] = {size_, 0}; }
  void Add(T value) {
    if (size_ >= duckdb::ListVector::GetListCapacity(result_)) {
      duckdb::ListVector::SetListSize(result_, size_);
      duckdb::ListVector::Reserve(result_, size_ < 64 ? 128 : 2 * size_);
    }
    reinterpret_cast<T*>(duckdb::FlatVector::GetData(duckdb::ListVector::GetEntry(result_)))[size_++] = value;
  }
  void End(idx_t row) { Entries()[row].length = size_ - Entries()[row].offset; }
  void Finish() { duckdb::ListVector::SetListSize(result_, size_); }

 private:
  duckdb::list_entry_t* Entries() {
    return reinterpret_cast<duckdb::list_entry_t*>(duckdb::FlatVector::GetData(result_));
  }
  duckdb::Vector& result_;
  idx_t size_ = 0;
};

[[noreturn]] void ThrowBounds(const std::string& start, const std::string& stop, const std::string& step) {
  ThrowSpark(base::ErrorKind::kIllegalArgument, "",
             "requirement failed: Illegal sequence boundaries: " + start + " to " + stop + " by " + step);
}

void CheckLength(int64_t length) {
  if (length <= kMaximumLength) return;
  ThrowSpark(base::ErrorKind::kRuntime, "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER",
             "The sequence is too long.",
             {{"numberOfElements", std::to_string(length)},
              {"maxRoundedArrayLength", std::to_string(kMaximumLength)},
              {"functionName", "`sequence`"},
              {"parameter", "`count`"}});
}

// Fills one row; the step has its own default, 1 towards the stop.
template <typename T>
void Integers(T start, T stop, std::optional<T> given, idx_t row, NumberListWriter<T>& out) {
  const T step = given.value_or(static_cast<T>(start <= stop ? 1 : -1));
  const bool fits =
      (step > 0 && start <= stop) || (step < 0 && start >= stop) || (step == 0 && start == stop);
  if (!fits) ThrowBounds(std::to_string(start), std::to_string(stop), std::to_string(step));
  out.Begin(row);
  if (step == 0) {
    out.Add(start);
  } else {
    const __int128 distance = (static_cast<__int128>(stop) - start) / step;
    CheckLength(distance > kMaximumLength ? kMaximumLength + 1 : static_cast<int64_t>(distance) + 1);
    for (int64_t i = 0; i <= static_cast<int64_t>(distance); ++i) {
      out.Add(static_cast<T>(static_cast<__int128>(start) + static_cast<__int128>(i) * step));
    }
  }
  out.End(row);
}

template <typename T>
void IntegerKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  NumberListWriter<T> out(result);
  if (arguments.ColumnCount() == 3) {
    EachRow<T, T, T>(arguments, result,
                     [&](idx_t row, T start, T stop, T step) { Integers<T>(start, stop, step, row, out); });
  } else {
    EachRow<T, T>(arguments, result,
                  [&](idx_t row, T start, T stop) { Integers<T>(start, stop, std::nullopt, row, out); });
  }
  out.Finish();
}

interval_t StepOf(int32_t months) { return {months, 0, 0}; }
interval_t StepOf(int64_t micros) { return {0, 0, micros}; }
interval_t StepOf(interval_t step) { return step; }

int64_t Advance(int64_t start, interval_t step, int64_t times, const TimeZone& zone) {
  const auto overflow = [] { ThrowSpark(base::ErrorKind::kArithmetic, "", "long overflow"); };
  auto moved = step.months == 0 ? std::optional(start) : AddMonths(start, step.months * times, zone);
  if (moved && step.days != 0) moved = AddDays(*moved, step.days * times, zone);
  if (moved) {
    // As for other sums, whole days of a duration move the calendar.
    int64_t micros = 0;
    if (__builtin_mul_overflow(step.micros, times, &micros)) overflow();
    moved = AddDayTime(*moved, micros, zone);
  }
  if (!moved) overflow();
  return *moved;
}

// Dates are reckoned as their midnights in the zone. `kDate` values are days, others microseconds.
template <typename T, bool kDate>
void Temporal(T start, T stop, interval_t step, const TimeZone& zone, idx_t row, NumberListWriter<T>& out) {
  const auto to_instant = [&](T value) {
    return kDate ? zone.FromLocal(int64_t{value} * kMicrosecondsPerDay) : static_cast<int64_t>(value);
  };
  const auto from_instant = [&](int64_t instant) {
    return kDate ? static_cast<T>(FloorDivide(zone.ToLocal(instant), kMicrosecondsPerDay))
                 : static_cast<T>(instant);
  };
  if (kDate && step.months == 0 && step.days == 0 && step.micros % kMicrosecondsPerDay != 0) {
    ThrowSpark(base::ErrorKind::kIllegalArgument, "_LEGACY_ERROR_TEMP_3242",
               "The step of a sequence of dates must be months or whole days.",
               {{"intervalType", "interval day to second"}});
  }
  const int64_t first = to_instant(start);
  const int64_t last = to_instant(stop);
  const int64_t length =
      step.micros + step.days * kMicrosecondsPerDay + step.months * 28 * kMicrosecondsPerDay;
  const bool fits =
      (length > 0 && first <= last) || (length < 0 && first >= last) || (length == 0 && first == last);
  if (!fits) {
    ThrowBounds(std::to_string(start), std::to_string(stop),
                std::to_string(step.months) + " months " + std::to_string(step.days) + " days " +
                    std::to_string(step.micros) + " microseconds");
  }
  out.Begin(row);
  int64_t count = 0;
  if (length == 0) {
    out.Add(start);
  } else {
    for (int64_t at = first; length > 0 ? at <= last : at >= last; at = Advance(first, step, count, zone)) {
      out.Add(from_instant(at));
      CheckLength(++count);
    }
  }
  out.End(row);
}

// (start, stop, step, zone)
template <typename T, bool kDate, typename Step>
void TemporalKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& zone = Bound<BoundZone>(state).zone;
  NumberListWriter<T> out(result);
  EachRow<T, T, Step>(arguments, result, [&](idx_t row, T start, T stop, Step step) {
    Temporal<T, kDate>(start, stop, StepOf(step), zone, row, out);
  });
  out.Finish();
}

// (start, stop, zone): a day at a time towards the stop.
template <typename T, bool kDate>
void DailyKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& zone = Bound<BoundZone>(state).zone;
  NumberListWriter<T> out(result);
  EachRow<T, T>(arguments, result, [&](idx_t row, T start, T stop) {
    Temporal<T, kDate>(start, stop, {0, start <= stop ? 1 : -1, 0}, zone, row, out);
  });
  out.Finish();
}

base::Result<ParsedPtr> LowerSequence(LoweredCall call) {
  const auto& type = call.argument_type(0);
  if (type.IsIntegral()) return CallWith("spark_sequence", std::move(call.arguments));
  if (type.Is(plan::TypeKind::kNull)) return NullOf(ToDuckDB(call.type()));
  const bool local = type.Is(plan::TypeKind::kTimestampNtz);
  call.arguments.push_back(TextConstant(local ? "UTC" : call.settings.time_zone));
  return CallWith("spark_sequence", std::move(call.arguments));
}

template <typename T>
void AddIntegers(duckdb::ScalarFunctionSet& set, const LogicalType& type) {
  const auto list = LogicalType::LIST(type);
  set.AddFunction(Kernel("", {type, type}, list, IntegerKernel<T>, {.fallible = true}));
  set.AddFunction(Kernel("", {type, type, type}, list, IntegerKernel<T>, {.fallible = true}));
}

template <typename T, bool kDate>
void AddTemporals(duckdb::ScalarFunctionSet& set, const LogicalType& type) {
  const auto list = LogicalType::LIST(type);
  const auto text = LogicalType::VARCHAR;
  const KernelFlags zoned{.fallible = true, .bind = BindLastAsZone};
  set.AddFunction(Kernel("", {type, type, text}, list, DailyKernel<T, kDate>, zoned));
  set.AddFunction(
      Kernel("", {type, type, LogicalType::INTEGER, text}, list, TemporalKernel<T, kDate, int32_t>, zoned));
  set.AddFunction(
      Kernel("", {type, type, LogicalType::BIGINT, text}, list, TemporalKernel<T, kDate, int64_t>, zoned));
  set.AddFunction(Kernel("", {type, type, LogicalType::INTERVAL, text}, list,
                         TemporalKernel<T, kDate, interval_t>, zoned));
}

}  // namespace

void AddSequence(EngineFunctions& functions) {
  duckdb::ScalarFunctionSet set("spark_sequence");
  AddIntegers<int8_t>(set, LogicalType::TINYINT);
  AddIntegers<int16_t>(set, LogicalType::SMALLINT);
  AddIntegers<int32_t>(set, LogicalType::INTEGER);
  AddIntegers<int64_t>(set, LogicalType::BIGINT);
  AddTemporals<int32_t, true>(set, LogicalType::DATE);
  AddTemporals<int64_t, false>(set, LogicalType::TIMESTAMP);
  AddTemporals<int64_t, false>(set, LogicalType::TIMESTAMP_TZ);
  functions.AddScalar(std::move(set));
  functions.AddRule("sequence", LowerSequence);
}

}  // namespace hearth::engine
