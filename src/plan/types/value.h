// A constant of any Spark type, as literals and folded expressions carry it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "plan/types/data_type.h"

namespace hearth::plan {

using Int128 = __int128;

struct CalendarIntervalValue {
  int32_t months = 0;
  int32_t days = 0;
  int64_t microseconds = 0;
  bool operator==(const CalendarIntervalValue&) const = default;
};

struct Value;
// Array elements, struct fields, or a map's keys and values in turn (key, value, key, value, …).
using ValueList = std::vector<Value>;

// The C++ form by type:
//   null of any type          std::monostate
//   boolean                   bool
//   byte … bigint             int64_t
//   float                     float
//   double                    double
//   decimal                   Int128, unscaled
//   string, char, varchar     std::string, UTF-8
//   binary                    std::string, bytes
//   date                      int64_t, days since 1970-01-01
//   timestamp, timestamp_ntz  int64_t, microseconds since the epoch
//   time                      int64_t, nanoseconds of the day
//   year-month interval       int64_t, months
//   day-time interval         int64_t, microseconds
//   calendar interval         CalendarIntervalValue
//   array, map, struct        ValueList
struct Value {
  std::variant<std::monostate, bool, int64_t, float, double, Int128, std::string, CalendarIntervalValue,
               ValueList>
      data;

  bool IsNull() const { return std::holds_alternative<std::monostate>(data); }
  bool operator==(const Value&) const = default;
};

// Decimal digits of an unscaled value with `scale` digits after the point: (12345, 2) is "123.45".
std::string DecimalText(Int128 unscaled, int scale);

}  // namespace hearth::plan
