// trunc and date_trunc.
#include <algorithm>
#include <array>
#include <cctype>

#include "engine/datetime/zoned.h"
#include "engine/functions/datetime_families.h"
#include "engine/functions/zone_argument.h"

namespace hearth::engine {

using duckdb::LogicalType;
using std::string_view;

namespace {

enum class Level : uint8_t {
  kMicrosecond,
  kMillisecond,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear
};

std::optional<Level> FindLevel(string_view name) {
  static constexpr std::array<std::pair<string_view, Level>, 15> kLevels = {
      {{"MICROSECOND", Level::kMicrosecond},
       {"MILLISECOND", Level::kMillisecond},
       {"SECOND", Level::kSecond},
       {"MINUTE", Level::kMinute},
       {"HOUR", Level::kHour},
       {"DAY", Level::kDay},
       {"DD", Level::kDay},
       {"WEEK", Level::kWeek},
       {"MON", Level::kMonth},
       {"MONTH", Level::kMonth},
       {"MM", Level::kMonth},
       {"QUARTER", Level::kQuarter},
       {"YEAR", Level::kYear},
       {"YYYY", Level::kYear},
       {"YY", Level::kYear}}};
  std::string upper(name);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  for (const auto& [known, level] : kLevels) {
    if (known == upper) return level;
  }
  return std::nullopt;
}

int64_t TruncateDays(int64_t days, Level level) {
  if (level == Level::kWeek) return days - FloorModulo(days + 3, 7);
  const auto date = DateOfDays(days);
  if (level == Level::kMonth) return days - date.day + 1;
  if (level == Level::kQuarter) return DaysOfDate(date.year, (date.month - 1) / 3 * 3 + 1, 1);
  return DaysOfDate(date.year, 1, 1);
}

int64_t TruncateInstant(int64_t instant, Level level, const TimeZone& zone) {
  switch (level) {
    case Level::kMicrosecond:
      return instant;
    case Level::kMillisecond:
      return instant - FloorModulo(instant, 1'000);
    case Level::kSecond:
      return instant - FloorModulo(instant, kMicrosecondsPerSecond);
    default:
      break;
  }
  const int64_t offset = zone.OffsetAt(instant);
  const int64_t local = instant + offset * kMicrosecondsPerSecond;
  if (level <= Level::kDay) {
    const int64_t unit = level == Level::kMinute ? 60'000'000
                         : level == Level::kHour ? 3'600'000'000
                                                 : kMicrosecondsPerDay;
    return Relocate(local - FloorModulo(local, unit), offset, zone);
  }
  const int64_t days = TruncateDays(FloorDivide(local, kMicrosecondsPerDay), level);
  return zone.FromLocal(days * kMicrosecondsPerDay);
}

// The level of the last text.
class Levels {
 public:
  std::optional<Level> For(string_view name) {
    if (!known_ || last_ != name) {
      last_ = name;
      level_ = FindLevel(name);
      known_ = true;
    }
    return level_;
  }

 private:
  std::string last_;
  std::optional<Level> level_;
  bool known_ = false;
};

void TruncKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  Levels levels;
  MapRows<int32_t, int32_t, string_view>(arguments, result,
                                         [&](int32_t days, string_view name) -> std::optional<int32_t> {
                                           const auto level = levels.For(name);
                                           if (!level || *level < Level::kWeek) return std::nullopt;
                                           return static_cast<int32_t>(TruncateDays(days, *level));
                                         });
}

void DateTruncKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& zone = Bound<BoundZone>(state).zone;
  Levels levels;
  MapRows<int64_t, string_view, int64_t>(arguments, result,
                                         [&](string_view name, int64_t instant) -> std::optional<int64_t> {
                                           const auto level = levels.For(name);
                                           if (!level) return std::nullopt;
                                           return TruncateInstant(instant, *level, zone);
                                         });
}

// The start of the last window that holds the instant, moved by an offset.
void WindowEdgeKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  MapRows<int64_t, int64_t, int64_t, int64_t, int64_t>(
      arguments, result,
      [](int64_t instant, int64_t slide, int64_t start, int64_t offset) -> std::optional<int64_t> {
        int64_t from_start;
        int64_t moved;
        const bool overflows = __builtin_sub_overflow(instant, start, &from_start) ||
                               __builtin_sub_overflow(instant, FloorModulo(from_start, slide), &moved) ||
                               __builtin_add_overflow(moved, offset, &moved);
        if (overflows) ThrowSpark(base::ErrorKind::kArithmetic, "", "long overflow");
        return moved;
      });
}

}  // namespace

void AddDatetimeTruncation(EngineFunctions& functions) {
  const auto text = LogicalType::VARCHAR;
  const auto instant = LogicalType::TIMESTAMP_TZ;
  functions.AddScalar(Kernel("spark_trunc", {LogicalType::DATE, text}, LogicalType::DATE, TruncKernel));
  functions.AddScalar(
      Kernel("spark_date_trunc", {text, instant, text}, instant, DateTruncKernel, {.bind = BindLastAsZone}));
  duckdb::ScalarFunctionSet edges("spark_time_window_edge");
  for (const auto& type : {LogicalType::TIMESTAMP_TZ, LogicalType::TIMESTAMP}) {
    edges.AddFunction(Kernel("spark_time_window_edge",
                             {type, LogicalType::BIGINT, LogicalType::BIGINT, LogicalType::BIGINT}, type,
                             WindowEdgeKernel, {.fallible = true}));
  }
  functions.AddScalar(std::move(edges));
  functions.AddRule("date_trunc",
                    [](LoweredCall call) { return CallInZone("spark_date_trunc", std::move(call)); });
}

}  // namespace hearth::engine
