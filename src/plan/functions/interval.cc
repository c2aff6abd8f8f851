// Intervals: the functions that operators on dates, timestamps and intervals become, makers, and fields.
#include <fmt/format.h>

#include "plan/functions/families.h"
#include "plan/functions/signature.h"

namespace hearth::plan {
namespace {

// date - date: a whole number of days.
TypePtr DayInterval(std::span<const ExpressionPtr>, const ResolveContext&) {
  return DataType::DayTimeInterval(DayTimeField::kDay, DayTimeField::kDay);
}

TypePtr ClockPart(std::span<const ExpressionPtr> arguments, const ResolveContext&) {
  return arguments[0]->type->Is(TypeKind::kCalendarInterval) ? DataType::Long() : DataType::Byte();
}
TypePtr SecondPart(std::span<const ExpressionPtr>, const ResolveContext&) { return DataType::Decimal(8, 6); }

std::string BinaryText(std::string_view op, const Expressions& arguments) {
  return fmt::format("({} {} {})", OutputName(*arguments[0]), op, OutputName(*arguments[1]));
}

// A date or timestamp plus an interval. The type: a date stays one with months, with whole days (DAY
// intervals) and with calendar intervals; else it becomes a timestamp.
base::Result<ExpressionPtr> ResolveDatetimeAdd(const Function& function, Expressions arguments,
                                               const CallShape&, const ResolveContext& context) {
  const auto& interval = *arguments[1]->type;
  auto& start = arguments[0];
  auto type = start->type;
  auto display = fmt::format("{} + {}", OutputName(*start), OutputName(*arguments[1]));
  if (type->Is(TypeKind::kDate) && interval.Is(TypeKind::kDayTimeInterval)) {
    if (interval.day_time_end() == DayTimeField::kDay) {
      display = fmt::format("date_add({}, extractansiintervaldays({}))", OutputName(*start),
                            OutputName(*arguments[1]));
    } else {
      type = DataType::Timestamp();
      start = CoerceTo(start, type, context.settings);
    }
  }
  const bool nullable = AnyNullable(arguments);
  return WithDisplay(
      MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi),
      std::move(display));
}

// Both sides of one family, as the operator dispatch guarantees; the result spans the fields of both.
base::Result<ExpressionPtr> ResolveIntervalSum(const Function& function, Expressions arguments,
                                               const CallShape&, const ResolveContext& context) {
  const auto& left = *arguments[0]->type;
  const auto& right = *arguments[1]->type;
  TypePtr type = DataType::CalendarInterval();
  if (left.Is(TypeKind::kYearMonthInterval)) {
    type = DataType::YearMonthInterval(std::min(left.year_month_start(), right.year_month_start()),
                                       std::max(left.year_month_end(), right.year_month_end()));
  } else if (left.Is(TypeKind::kDayTimeInterval)) {
    type = DataType::DayTimeInterval(std::min(left.day_time_start(), right.day_time_start()),
                                     std::max(left.day_time_end(), right.day_time_end()));
  }
  auto display = BinaryText(function.name == "interval_add" ? "+" : "-", arguments);
  const bool nullable = AnyNullable(arguments);
  return WithDisplay(
      MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi),
      std::move(display));
}

// interval * number, interval / number.
base::Result<ExpressionPtr> ResolveIntervalScale(const Function& function, Expressions arguments,
                                                 const CallShape&, const ResolveContext& context) {
  const bool multiplies = function.name == "interval_multiply";
  const bool calendar = arguments[0]->type->Is(TypeKind::kCalendarInterval);
  auto display = calendar ? fmt::format("{}_interval({}, {})", multiplies ? "multiply" : "divide",
                                        OutputName(*arguments[0]), OutputName(*arguments[1]))
                          : BinaryText(multiplies ? "*" : "/", arguments);
  auto& number = arguments[1];
  if (calendar || number->type->IsString()) number = CoerceTo(number, DataType::Double(), context.settings);
  if (!number->type->IsNumeric() && !number->type->Is(TypeKind::kNull)) {
    return UnexpectedInput(function, arguments, 1, "\"NUMERIC\"");
  }
  if (number->type->Is(TypeKind::kNull)) number = CoerceTo(number, DataType::Double(), context.settings);
  const auto type = calendar                                               ? DataType::CalendarInterval()
                    : arguments[0]->type->Is(TypeKind::kYearMonthInterval) ? DataType::YearMonthInterval()
                                                                           : DataType::DayTimeInterval();
  const bool nullable = calendar || AnyNullable(arguments);
  return WithDisplay(MakeCall(&function, std::move(arguments), type, nullable, context.settings.ansi),
                     std::move(display));
}

base::Result<ExpressionPtr> ResolveIntervalNegate(const Function& function, Expressions arguments,
                                                  const CallShape&, const ResolveContext& context) {
  auto display = fmt::format("(- {})", OutputName(*arguments[0]));
  const bool nullable = arguments[0]->nullable;
  auto type = arguments[0]->type;
  return WithDisplay(
      MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi),
      std::move(display));
}

base::Result<ExpressionPtr> ResolveMakeInterval(const Function& function, Expressions arguments,
                                                const CallShape&, const ResolveContext& context) {
  const bool is_try = function.name == "try_make_interval";
  const bool calendar = function.name != "make_dt_interval";
  const size_t count = calendar ? 7 : 4;
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, is_try ? 1 : 0, count));
  while (arguments.size() + 1 < count) arguments.push_back(IntegerLiteral(0));
  const auto seconds = DataType::Decimal(18, 6);
  if (arguments.size() < count) arguments.push_back(MakeLiteral(Value{Int128{0}}, seconds));
  for (size_t i = 0; i + 1 < count; ++i) {
    HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, i, Slot::kInteger, "\"INT\"", context));
  }
  if (arguments.back()->type->IsNested())
    return UnexpectedInput(function, arguments, count - 1, "\"DECIMAL(18,6)\"");
  auto display = CallText(function, arguments);
  arguments.back() = CoerceTo(arguments.back(), seconds, context.settings);
  const bool strict = context.settings.ansi && !is_try;
  const bool nullable = AnyNullable(arguments) || (calendar && !strict);
  const auto type = calendar ? DataType::CalendarInterval() : DataType::DayTimeInterval();
  const auto* row = is_try ? FunctionTable::BuiltIn().Find("make_interval") : &function;
  return WithDisplay(MakeCall(row, std::move(arguments), type, nullable, strict), std::move(display));
}

void AddParts(FunctionTable& table) {
  // extract() of an interval; the analyser has checked that the type has the field.
  table.Add({.name = "interval_year", .slots = {Slot::kAny}, .result = Returns<&DataType::Integer>});
  table.Add({.name = "interval_month", .slots = {Slot::kAny}, .result = Returns<&DataType::Byte>});
  table.Add({.name = "interval_day", .slots = {Slot::kAny}, .result = Returns<&DataType::Integer>});
  table.Add({.name = "interval_hour", .slots = {Slot::kAny}, .result = ClockPart});
  table.Add({.name = "interval_minute", .slots = {Slot::kAny}, .result = Returns<&DataType::Byte>});
  table.Add({.name = "interval_second", .slots = {Slot::kAny}, .result = SecondPart});
}

}  // namespace

void AddIntervalFunctions(FunctionTable& table) {
  table.Add({.name = "date_diff_interval", .slots = {Slot::kDate, Slot::kDate}, .result = DayInterval});
  table.Add({.name = "timestamp_diff_interval",
             .slots = {Slot::kAnyTimestamp, Slot::kAnyTimestamp},
             .result = ReturnsDayTimeInterval});
  table.Add({.name = "datetime_add_interval", .resolve = ResolveDatetimeAdd});
  table.Add({.name = "interval_add", .resolve = ResolveIntervalSum});
  table.Add({.name = "interval_subtract", .resolve = ResolveIntervalSum});
  table.Add({.name = "interval_multiply", .resolve = ResolveIntervalScale});
  table.Add({.name = "interval_divide", .resolve = ResolveIntervalScale});
  table.Add({.name = "interval_negate", .resolve = ResolveIntervalNegate});
  table.Add({.name = "make_ym_interval",
             .slots = {Slot::kInteger, Slot::kInteger},
             .optional = 2,
             .result = ReturnsYearMonthInterval,
             .defaults = {IntegerLiteral(0), IntegerLiteral(0)}});
  table.Add({.name = "make_dt_interval", .resolve = ResolveMakeInterval});
  table.Add({.name = "make_interval", .resolve = ResolveMakeInterval});
  table.Add({.name = "try_make_interval", .resolve = ResolveMakeInterval});
  AddParts(table);
}

}  // namespace hearth::plan
