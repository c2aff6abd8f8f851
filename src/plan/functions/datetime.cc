// Dates, timestamps and times. Functions with checks of their own are in datetime_checked.cc, intervals in
// interval.cc.
#include "plan/functions/datetime_checked.h"
#include "plan/functions/families.h"
#include "plan/functions/signature.h"

namespace hearth::plan {
namespace {

constexpr ResultRule kInteger = Returns<&DataType::Integer>;
constexpr ResultRule kLong = Returns<&DataType::Long>;
constexpr ResultRule kString = Returns<&DataType::String>;
constexpr ResultRule kDate = Returns<&DataType::Date>;
constexpr ResultRule kTimestamp = Returns<&DataType::Timestamp>;
constexpr ResultRule kTimestampNtz = Returns<&DataType::TimestampNtz>;

TypePtr SecondsWithFraction(std::span<const ExpressionPtr>, const ResolveContext&) {
  return DataType::Decimal(8, 6);
}

TypePtr TimeOfDay(std::span<const ExpressionPtr>, const ResolveContext&) { return DataType::Time(); }

void AddParts(FunctionTable& table) {
  // year_of_week and weekday_iso serve extract() alone.
  for (const char* name : {"year", "quarter", "month", "day", "dayofyear", "dayofweek", "weekday",
                           "weekofyear", "year_of_week", "weekday_iso"}) {
    table.Add({.name = name, .slots = {Slot::kDate}, .result = kInteger});
  }
  table.AddAlias("dayofmonth", "day");
  for (const char* name : {"dayname", "monthname"}) {
    table.Add({.name = name, .slots = {Slot::kDate}, .result = kString});
  }
  for (const char* name : {"hour", "minute", "second"})
    table.Add({.name = name, .resolve = ResolveClockPart});
  table.Add({.name = "second_with_fraction", .slots = {Slot::kAnyTimestamp}, .result = SecondsWithFraction});
  for (const char* name : {"extract", "date_part", "datepart"})
    table.Add({.name = name, .resolve = ResolveExtract});
}

void AddNow(FunctionTable& table) {
  for (const char* name :
       {"current_timestamp", "now", "current_date", "localtimestamp", "current_timezone"}) {
    table.Add({.name = name, .resolve = ResolveNow});
  }
  table.Add({.name = "curdate", .resolve = ResolveNow});
  for (const char* name : {"current_time", "localtime"}) {
    table.Add({.name = name, .resolve = ResolveCurrentTime});
  }
  table.Add(
      {.name = "time_of_day", .slots = {Slot::kTimestampNtz}, .result = TimeOfDay, .is_internal = true});
}

void AddArithmetic(FunctionTable& table) {
  table.Add({.name = "date_add", .resolve = ResolveDateAdd});
  table.Add({.name = "dateadd", .resolve = ResolveDateAdd});
  table.Add({.name = "date_sub", .resolve = ResolveDateAdd});
  table.Add({.name = "datediff", .slots = {Slot::kDate, Slot::kDate}, .result = kInteger});
  table.AddAlias("date_diff", "datediff");
  table.Add({.name = "timestampadd", .resolve = ResolveTimestampAdd});
  table.Add({.name = "timestampdiff", .resolve = ResolveTimestampDiff});
  table.Add({.name = "add_months", .slots = {Slot::kDate, Slot::kInteger}, .result = kDate});
  table.Add({.name = "months_between",
             .slots = {Slot::kTimestamp, Slot::kTimestamp, Slot::kBoolean},
             .optional = 1,
             .result = Returns<&DataType::Double>,
             .defaults = {BooleanLiteral(true)}});
  table.Add({.name = "last_day", .slots = {Slot::kDate}, .result = kDate});
  table.Add({.name = "next_day",
             .slots = {Slot::kDate, Slot::kString},
             .result = kDate,
             .nulls = NullRule::kAlways});
  table.Add(
      {.name = "trunc", .slots = {Slot::kDate, Slot::kString}, .result = kDate, .nulls = NullRule::kAlways});
  table.Add({.name = "date_trunc",
             .slots = {Slot::kString, Slot::kTimestamp},
             .result = kTimestamp,
             .nulls = NullRule::kAlways});
}

void AddZones(FunctionTable& table) {
  for (const char* name : {"from_utc_timestamp", "to_utc_timestamp"}) {
    table.Add({.name = name, .slots = {Slot::kTimestamp, Slot::kString}, .result = kTimestamp});
  }
  table.Add({.name = "convert_timezone", .resolve = ResolveConvertTimezone});
}

void AddTimeWindows(FunctionTable& table) {
  table.Add({.name = "window_time", .resolve = ResolveWindowTime});
  // (instant, slide, start time, offset): see plan/analyze/time_windows.cc.
  table.Add({.name = "time_window_edge",
             .slots = {Slot::kAnyTimestamp, Slot::kLong, Slot::kLong, Slot::kLong},
             .result = TypeOf<0>,
             .nulls = NullRule::kAlways,
             .is_internal = true});
}

void AddEpoch(FunctionTable& table) {
  table.Add({.name = "timestamp_seconds", .resolve = ResolveTimestampFromNumber});
  table.Add({.name = "timestamp_millis", .resolve = ResolveTimestampFromNumber});
  table.Add({.name = "timestamp_micros", .resolve = ResolveTimestampFromNumber});
  for (const char* name : {"unix_seconds", "unix_millis", "unix_micros"}) {
    table.Add({.name = name, .slots = {Slot::kAnyTimestamp}, .result = kLong, .resolve = ResolveUnixNumber});
  }
  table.Add({.name = "unix_date", .slots = {Slot::kDate}, .result = kInteger});
  table.Add({.name = "date_from_unix_date", .slots = {Slot::kInteger}, .result = kDate});
}

void AddFormats(FunctionTable& table) {
  table.Add({.name = "date_format", .slots = {Slot::kTimestamp, Slot::kString}, .result = kString});
  table.Add({.name = "from_unixtime",
             .slots = {Slot::kLong, Slot::kString},
             .optional = 1,
             .result = kString,
             .nulls = NullRule::kAlways,
             .defaults = {StringLiteral("yyyy-MM-dd HH:mm:ss")}});
  for (const char* name : {"to_date", "try_to_date", "to_timestamp", "to_timestamp_ltz", "to_timestamp_ntz",
                           "try_to_timestamp"}) {
    table.Add({.name = name, .resolve = ResolveParse});
  }
  // Text, format: the call that the six above become.
  table.Add({.name = "parse_timestamp", .slots = {Slot::kString, Slot::kString}, .result = kTimestamp});
  table.Add(
      {.name = "parse_timestamp_ntz", .slots = {Slot::kString, Slot::kString}, .result = kTimestampNtz});
  table.Add({.name = "parse_date", .slots = {Slot::kString, Slot::kString}, .result = kDate});
  for (const char* name : {"unix_timestamp", "to_unix_timestamp"}) {
    table.Add({.name = name, .resolve = ResolveUnixTimestamp});
  }
}

void AddMakers(FunctionTable& table) {
  table.Add({.name = "make_date",
             .slots = {Slot::kInteger, Slot::kInteger, Slot::kInteger},
             .resolve = ResolveMakeDate});
  for (const char* name : {"make_timestamp", "make_timestamp_ltz", "make_timestamp_ntz", "try_make_timestamp",
                           "try_make_timestamp_ltz", "try_make_timestamp_ntz"}) {
    table.Add({.name = name, .resolve = ResolveMakeTimestamp});
  }
  // (date, time): what the makers above become for two or three arguments.
  table.Add(
      {.name = "make_timestamp_from_date", .slots = {Slot::kDate, Slot::kTime}, .result = kTimestampNtz});
}

// Spark's TIME type is behind a setting that is off: functions of it are refused as Spark refuses them.
void AddTimes(FunctionTable& table) {
  for (const char* name :
       {"make_time", "to_time", "try_to_time", "time_diff", "time_trunc", "time_from_seconds",
        "time_from_millis", "time_from_micros", "time_to_seconds", "time_to_millis", "time_to_micros"}) {
    table.Add({.name = name, .resolve = ResolveTimeFunction});
  }
}

}  // namespace

void AddDatetimeFunctions(FunctionTable& table) {
  AddParts(table);
  AddNow(table);
  AddArithmetic(table);
  AddZones(table);
  AddEpoch(table);
  AddFormats(table);
  AddMakers(table);
  AddTimes(table);
  AddTimeWindows(table);
}

}  // namespace hearth::plan
