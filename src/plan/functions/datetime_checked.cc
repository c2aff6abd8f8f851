#include "plan/functions/datetime_checked.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "plan/functions/result_rules.h"
#include "plan/resolved/rewrite.h"

namespace hearth::plan {
namespace {

constexpr std::string_view kDefaultFormat = "yyyy-MM-dd HH:mm:ss";
constexpr std::string_view kAnyTimestampType =
    "(\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\" or \"(TIMESTAMP_LTZ(P) OR TIMESTAMP_NTZ(P) WITH P IN "
    "[7, 9])\")";

bool IsTimestamp(const DataType& type) {
  return type.Is(TypeKind::kTimestamp) || type.Is(TypeKind::kTimestampNtz);
}

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

base::Error UnsupportedTimeType() {
  return base::MakeError(base::ErrorKind::kAnalysis, "UNSUPPORTED_TIME_TYPE",
                         "The type TIME is not enabled.");
}

TypePtr SessionTimestamp(const AnalysisSettings& settings) {
  return settings.timestamp_ntz_default ? DataType::TimestampNtz() : DataType::Timestamp();
}

// ---- extract ---------------------------------------------------------------------------------------------

// The units of extract(), with the function that takes them from a date or timestamp, and the interval field.
enum class Field : uint8_t {
  kNone,
  kYear,
  kYearOfWeek,
  kQuarter,
  kMonth,
  kWeek,
  kDay,
  kDayOfWeek,
  kDayOfWeekIso,
  kDayOfYear,
  kHour,
  kMinute,
  kSecond
};
struct FieldName {
  std::string_view name;
  Field field;
};
constexpr std::array<FieldName, 40> kFieldNames = {{
    {"YEAR", Field::kYear},
    {"Y", Field::kYear},
    {"YEARS", Field::kYear},
    {"YR", Field::kYear},
    {"YRS", Field::kYear},
    {"YEAROFWEEK", Field::kYearOfWeek},
    {"QUARTER", Field::kQuarter},
    {"QTR", Field::kQuarter},
    {"MONTH", Field::kMonth},
    {"MON", Field::kMonth},
    {"MONS", Field::kMonth},
    {"MONTHS", Field::kMonth},
    {"WEEK", Field::kWeek},
    {"W", Field::kWeek},
    {"WEEKS", Field::kWeek},
    {"DAY", Field::kDay},
    {"D", Field::kDay},
    {"DAYS", Field::kDay},
    {"DAYOFWEEK", Field::kDayOfWeek},
    {"DOW", Field::kDayOfWeek},
    {"DAYOFWEEK_ISO", Field::kDayOfWeekIso},
    {"DOW_ISO", Field::kDayOfWeekIso},
    {"DOY", Field::kDayOfYear},
    {"HOUR", Field::kHour},
    {"H", Field::kHour},
    {"HOURS", Field::kHour},
    {"HR", Field::kHour},
    {"HRS", Field::kHour},
    {"MINUTE", Field::kMinute},
    {"M", Field::kMinute},
    {"MIN", Field::kMinute},
    {"MINS", Field::kMinute},
    {"MINUTES", Field::kMinute},
    {"SECOND", Field::kSecond},
    {"S", Field::kSecond},
    {"SEC", Field::kSecond},
    {"SECONDS", Field::kSecond},
    {"SECS", Field::kSecond},
    {"", Field::kNone},
    {"", Field::kNone},
}};

Field FindField(const std::string& name) {
  for (const auto& entry : kFieldNames) {
    if (entry.name == name && !name.empty()) return entry.field;
  }
  return Field::kNone;
}

std::string_view DateTimeFunctionOf(Field field) {
  switch (field) {
    case Field::kYear:
      return "year";
    case Field::kYearOfWeek:
      return "year_of_week";
    case Field::kQuarter:
      return "quarter";
    case Field::kMonth:
      return "month";
    case Field::kWeek:
      return "weekofyear";
    case Field::kDay:
      return "day";
    case Field::kDayOfWeek:
      return "dayofweek";
    case Field::kDayOfWeekIso:
      return "weekday_iso";
    case Field::kDayOfYear:
      return "dayofyear";
    case Field::kHour:
      return "hour";
    case Field::kMinute:
      return "minute";
    case Field::kSecond:
      return "second_with_fraction";
    case Field::kNone:
      break;
  }
  return {};
}

// interval_year, … of interval.cc when the interval type has the field.
std::string_view IntervalFunctionOf(Field field, const DataType& type) {
  const auto has = [&](int number) {
    if (type.Is(TypeKind::kCalendarInterval)) return true;
    const int start = type.Is(TypeKind::kYearMonthInterval) ? static_cast<int>(type.year_month_start())
                                                            : static_cast<int>(type.day_time_start());
    const int end = type.Is(TypeKind::kYearMonthInterval) ? static_cast<int>(type.year_month_end())
                                                          : static_cast<int>(type.day_time_end());
    return number >= start && number <= end;
  };
  const bool months = !type.Is(TypeKind::kDayTimeInterval);
  const bool micros = !type.Is(TypeKind::kYearMonthInterval);
  switch (field) {
    case Field::kYear:
      return months && has(0) ? "interval_year" : "";
    case Field::kMonth:
      return months && has(1) ? "interval_month" : "";
    case Field::kDay:
      return micros && has(0) ? "interval_day" : "";
    case Field::kHour:
      return micros && has(1) ? "interval_hour" : "";
    case Field::kMinute:
      return micros && has(2) ? "interval_minute" : "";
    case Field::kSecond:
      return micros && has(3) ? "interval_second" : "";
    default:
      return {};
  }
}

std::string ExtractText(const Function& function, const Expressions& arguments) {
  const auto format = function.registered_name == "date_part" ? "{}({}, {})" : "{}({} FROM {})";
  return fmt::format(fmt::runtime(format), function.registered_name, OutputName(*arguments[0]),
                     OutputName(*arguments[1]));
}

// ---- units of timestampadd and timestampdiff
// ---------------------------------------------------------------

base::Result<std::string> ReadUnit(const Function& function, const Expressions& arguments) {
  static constexpr std::array<std::string_view, 10> kUnits = {
      "MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"};
  auto unit = Upper(LiteralText(*arguments[0]).value_or(""));
  if (unit == "DAYOFYEAR") return std::string("DAY");
  if (std::find(kUnits.begin(), kUnits.end(), unit) != kUnits.end()) return unit;
  return base::MakeError(
      base::ErrorKind::kParse, "INVALID_PARAMETER_VALUE.DATETIME_UNIT",
      "The unit must be one of YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFYEAR, HOUR, MINUTE, SECOND, "
      "MILLISECOND and MICROSECOND, without quotes.",
      {{"functionName", QuoteIdentifier(function.registered_name)},
       {"parameter", "`unit`"},
       {"invalidValue", fmt::format("'{}'", unit)}});
}

}  // namespace

base::Result<ExpressionPtr> ResolveClockPart(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 1));
  if (arguments[0]->type->Is(TypeKind::kTime)) return UnsupportedTimeType();
  HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, 0, Slot::kAnyTimestamp,
                                        "\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\"", context));
  const bool nullable = arguments[0]->nullable;
  return MakeCall(&function, std::move(arguments), DataType::Integer(), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveExtract(const Function& function, Expressions arguments, const CallShape&,
                                           const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  const auto display = ExtractText(function, arguments);
  const auto& source = arguments[1];
  if (const auto* literal = LiteralOf(*arguments[0]); literal && literal->IsNull()) {
    return WithDisplay(NullLiteral(DataType::Double()), display);
  }
  auto text = LiteralText(*arguments[0]);
  if (!text) {
    return base::MakeError(base::ErrorKind::kAnalysis, "NON_FOLDABLE_ARGUMENT",
                           fmt::format("The field of {} must be constant.", function.registered_name),
                           {{"funcName", QuoteIdentifier(function.registered_name)},
                            {"paramName", "`field`"},
                            {"paramType", "\"STRING\""}});
  }
  if (source->type->Is(TypeKind::kTime)) return UnsupportedTimeType();
  const auto field = FindField(Upper(*text));
  const auto name =
      source->type->IsInterval() ? IntervalFunctionOf(field, *source->type) : DateTimeFunctionOf(field);
  if (name.empty()) {
    return base::MakeError(base::ErrorKind::kAnalysis, "INVALID_EXTRACT_FIELD",
                           fmt::format("{} has no field {}.", OutputName(*source), *text),
                           {{"field", QuoteIdentifier(*text)}, {"expr", Quoted(OutputName(*source))}});
  }
  HEARTH_ASSIGN(auto part, ResolveCall(name, {source}, context));
  return WithDisplay(part, display);
}

// current_timestamp(p): Spark gives it for nanoseconds alone.
static base::Error WithPrecision(const Expression& argument) {
  const auto precision = LiteralInteger(argument);
  if (!precision || *precision == 6 || (*precision >= 7 && *precision <= 9)) {
    return base::NotImplemented("current_timestamp with a precision");
  }
  const auto text = std::to_string(*precision);
  return base::MakeError(base::ErrorKind::kSpark, "INVALID_TIMESTAMP_PRECISION",
                         fmt::format("A timestamp has no precision {}.", text),
                         {{"precision", text}, {"type", "TIMESTAMP_LTZ"}});
}

// current_time and localtime: the time of day in the session's zone, with six digits or as many as asked for.
base::Result<ExpressionPtr> ResolveCurrentTime(const Function& function, Expressions arguments,
                                               const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 0, 1));
  if (arguments.empty()) arguments.push_back(IntegerLiteral(6));
  const auto display = PlainCallText("current_time", arguments);
  auto precision = LiteralInteger(*arguments[0]);
  const auto* sum = arguments[0]->As<Call>();
  if (!precision && sum && sum->function->name == "+") {
    const auto left = LiteralInteger(*sum->arguments[0]);
    const auto right = LiteralInteger(*sum->arguments[1]);
    if (left && right) precision = *left + *right;
  }
  if (!precision) return base::NotImplemented("current_time with a computed precision");
  if (*precision < 0 || *precision > 6) return UnsupportedTimeType();
  // The instant, cut to the precision, as a local timestamp; the kernel takes its time of day.
  int64_t unit = 1;
  for (int64_t i = *precision; i < 6; ++i) unit *= 10;
  const int64_t now = context.settings.now_microseconds / unit * unit;
  const auto instant = MakeLiteral(Value{now}, DataType::Timestamp());
  auto local = CoerceTo(instant, DataType::TimestampNtz(), context.settings);
  return WithDisplay(CallOf("time_of_day", {local}, DataType::Time(static_cast<int>(*precision)), false),
                     display);
}

base::Result<ExpressionPtr> ResolveNow(const Function& function, Expressions arguments, const CallShape&,
                                       const ResolveContext& context) {
  const auto& name = function.name;
  const auto& settings = context.settings;
  if (name == "current_timestamp" && arguments.size() == 1) return WithPrecision(*arguments[0]);
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 0, 0));
  if (name == "current_timezone") {
    return WithDisplay(StringLiteral(settings.time_zone), "current_timezone()");
  }
  const auto now = MakeLiteral(Value{settings.now_microseconds}, DataType::Timestamp());
  if (name == "current_timestamp" || name == "now") return WithDisplay(now, name + "()");
  const bool is_date = name != "localtimestamp";
  auto type = is_date ? DataType::Date() : DataType::TimestampNtz();
  return WithDisplay(CoerceTo(now, type, settings), is_date ? "current_date()" : "localtimestamp()");
}

base::Result<ExpressionPtr> ResolveDateAdd(const Function& function, Expressions arguments,
                                           const CallShape& shape, const ResolveContext& context) {
  if (arguments.size() == 3) {
    const auto* add = FunctionTable::BuiltIn().Find("timestampadd");
    return ResolveTimestampAdd(*add, std::move(arguments), shape, context);
  }
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  const bool subtracts = function.name == "date_sub";
  const auto* row = FunctionTable::BuiltIn().Find(subtracts ? "date_sub" : "date_add");
  HEARTH_RETURN_IF_ERROR(CoerceArgument(*row, arguments, 0, Slot::kDate, "\"DATE\"", context));
  auto& days = arguments[1];
  if (days->type->IsString() || days->type->Is(TypeKind::kNull)) {
    days = CoerceTo(days, DataType::Integer(), context.settings);
  }
  if (!days->type->Is(TypeKind::kInteger) && !days->type->Is(TypeKind::kShort) &&
      !days->type->Is(TypeKind::kByte)) {
    return UnexpectedInput(*row, arguments, 1, "(\"INT\" or \"SMALLINT\" or \"TINYINT\")");
  }
  days = CoerceTo(days, DataType::Integer(), context.settings);
  const bool nullable = AnyNullable(arguments);
  return MakeCall(row, std::move(arguments), DataType::Date(), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveTimestampAdd(const Function& function, Expressions arguments,
                                                const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 3, 3));
  HEARTH_ASSIGN(auto unit, ReadUnit(function, arguments));
  auto display = CallText(function, arguments);
  HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, 1, Slot::kLong, "\"BIGINT\"", context));
  HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, 2, Slot::kAnyTimestamp,
                                        "\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\"", context));
  arguments[0] = StringLiteral(std::move(unit));
  const bool nullable = AnyNullable(arguments);
  auto type = arguments[2]->type;
  return WithDisplay(
      MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi),
      std::move(display));
}

base::Result<ExpressionPtr> ResolveTimestampDiff(const Function& function, Expressions arguments,
                                                 const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 3, 3));
  HEARTH_ASSIGN(auto unit, ReadUnit(function, arguments));
  auto display = CallText(function, arguments);
  for (size_t i : {1, 2}) {
    HEARTH_RETURN_IF_ERROR(
        CoerceArgument(function, arguments, i, Slot::kTimestamp, "\"TIMESTAMP\"", context));
  }
  arguments[0] = StringLiteral(std::move(unit));
  const bool nullable = AnyNullable(arguments);
  return WithDisplay(
      MakeCall(&function, std::move(arguments), DataType::Long(), nullable, context.settings.ansi),
      std::move(display));
}

base::Result<ExpressionPtr> ResolveConvertTimezone(const Function& function, Expressions arguments,
                                                   const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 3));
  if (arguments.size() == 2) {
    arguments.insert(arguments.begin(),
                     WithDisplay(StringLiteral(context.settings.time_zone), "current_timezone()"));
  }
  for (size_t i : {0, 1}) {
    HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, i, Slot::kString, "\"STRING\"", context));
  }
  HEARTH_RETURN_IF_ERROR(
      CoerceArgument(function, arguments, 2, Slot::kTimestampNtz, "\"TIMESTAMP_NTZ\"", context));
  const bool nullable = AnyNullable(arguments);
  return MakeCall(&function, std::move(arguments), DataType::TimestampNtz(), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveTimestampFromNumber(const Function& function, Expressions arguments,
                                                       const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 1));
  const bool seconds = function.name == "timestamp_seconds";
  auto& argument = arguments[0];
  if (argument->type->Is(TypeKind::kNull)) {
    argument = CoerceTo(argument, seconds ? DataType::Double() : DataType::Integer(), context.settings);
  }
  if (seconds && !argument->type->IsNumeric()) return UnexpectedInput(function, arguments, 0, "\"NUMERIC\"");
  if (!seconds && !argument->type->IsIntegral())
    return UnexpectedInput(function, arguments, 0, "\"INTEGRAL\"");
  const bool nullable = argument->nullable || argument->type->IsFractional();
  return MakeCall(&function, std::move(arguments), DataType::Timestamp(), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveUnixNumber(const Function& function, Expressions arguments,
                                              const CallShape& shape, const ResolveContext& context) {
  const auto& type = *arguments[0]->type;
  if (!IsTimestamp(type) && !type.Is(TypeKind::kNull)) {
    return UnexpectedInput(function, arguments, 0, kAnyTimestampType);
  }
  return ResolveBySlots(function, std::move(arguments), shape, context);
}

base::Result<ExpressionPtr> ResolveParse(const Function& function, Expressions arguments, const CallShape&,
                                         const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 2));
  const auto display = CallText(function, arguments);
  const auto& name = function.name;
  const auto& settings = context.settings;
  const bool is_try = name.starts_with("try_");
  const bool is_date = name.ends_with("to_date");
  const bool takes_numbers = !is_date && name != "to_timestamp_ntz";
  const auto type = is_date                      ? DataType::Date()
                    : name == "to_timestamp_ltz" ? DataType::Timestamp()
                    : name == "to_timestamp_ntz" ? DataType::TimestampNtz()
                                                 : SessionTimestamp(settings);
  auto& source = arguments[0];
  const bool fits =
      source->type->IsString() || source->type->IsDateTime() || (takes_numbers && source->type->IsNumeric());
  if (!fits) {
    HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, 0, Slot::kString,
                                          takes_numbers ? "(\"STRING\" or \"DATE\" or \"TIMESTAMP\" or "
                                                          "\"TIMESTAMP_NTZ\" or \"NUMERIC\")"
                                                        : "(\"STRING\" or \"DATE\" or \"TIMESTAMP\" or "
                                                          "\"TIMESTAMP_NTZ\")",
                                          context));
  }
  const auto behavior = is_try          ? CastBehavior::kTry
                        : settings.ansi ? CastBehavior::kAnsi
                                        : CastBehavior::kLegacy;
  if (arguments.size() == 1 || !source->type->IsString()) {
    if (*source->type == *type) return WithDisplay(source, display);
    HEARTH_ASSIGN(auto cast, MakeCast(source, type, behavior, false));
    return WithDisplay(cast, display);
  }
  HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, 1, Slot::kString, "\"STRING\"", context));
  const bool strict = settings.ansi && !is_try;
  const bool nullable = !strict || AnyNullable(arguments);
  const auto parser = is_date                             ? "parse_date"
                      : type->Is(TypeKind::kTimestampNtz) ? "parse_timestamp_ntz"
                                                          : "parse_timestamp";
  return WithDisplay(CallOf(parser, std::move(arguments), type, nullable, strict), display);
}

base::Result<ExpressionPtr> ResolveUnixTimestamp(const Function& function, Expressions arguments,
                                                 const CallShape&, const ResolveContext& context) {
  const bool may_be_empty = function.name == "unix_timestamp";
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, may_be_empty ? 0 : 1, 2));
  const auto& settings = context.settings;
  if (arguments.empty()) {
    arguments.push_back(WithDisplay(MakeLiteral(Value{settings.now_microseconds}, DataType::Timestamp()),
                                    "current_timestamp()"));
  }
  if (arguments.size() == 1) arguments.push_back(StringLiteral(std::string(kDefaultFormat)));
  const auto display = CallText(function, arguments);
  auto& source = arguments[0];
  if (source->type->Is(TypeKind::kNull)) source = CoerceTo(source, DataType::String(), settings);
  if (!source->type->IsString() && !source->type->IsDateTime()) {
    return UnexpectedInput(
        function, arguments, 0,
        "(\"STRING\" or \"DATE\" or \"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or \"(TIMESTAMP_LTZ(P) OR "
        "TIMESTAMP_NTZ(P) WITH P IN [7, 9])\")");
  }
  HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, 1, Slot::kString, "\"STRING\"", context));
  ExpressionPtr timestamp;
  if (source->type->IsString()) {
    const bool nullable = !settings.ansi || AnyNullable(arguments);
    timestamp =
        CallOf("parse_timestamp", std::move(arguments), DataType::Timestamp(), nullable, settings.ansi);
  } else if (source->type->Is(TypeKind::kDate)) {
    timestamp = CoerceTo(source, DataType::Timestamp(), settings);
  } else {
    timestamp = source;
  }
  HEARTH_ASSIGN(auto seconds, ResolveCall("unix_seconds", {timestamp}, context));
  return WithDisplay(seconds, display);
}

base::Result<ExpressionPtr> ResolveMakeDate(const Function& function, Expressions arguments, const CallShape&,
                                            const ResolveContext& context) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, i, Slot::kInteger, "\"INT\"", context));
  }
  const bool nullable = !context.settings.ansi || AnyNullable(arguments);
  return MakeCall(&function, std::move(arguments), DataType::Date(), nullable, context.settings.ansi);
}

// What make_timestamp and its kin are called in a name: some go by the function that they become.
static std::string MakerText(const Function& function, const Expressions& arguments) {
  const auto& name = function.name;
  const auto text = CallText(function, arguments);
  if (arguments.size() <= 3 && name.ends_with("_ltz")) return PlainCallText("make_timestamp", arguments);
  if (arguments.size() == 2 && name == "try_make_timestamp_ntz") {
    return fmt::format("{}({})", name, PlainCallText("make_timestamp_ntz", arguments));
  }
  if (arguments.size() == 7 && name == "try_make_timestamp") {
    return PlainCallText(name, {arguments.begin(), arguments.end() - 1});
  }
  return text;
}

base::Result<ExpressionPtr> ResolveMakeTimestamp(const Function& function, Expressions arguments,
                                                 const CallShape& shape, const ResolveContext& context) {
  const auto count = arguments.size();
  const auto& name = function.name;
  const bool is_ntz = name.ends_with("_ntz");
  const bool is_try = name.starts_with("try_");
  if (count == 1 && name.ends_with("make_timestamp")) {
    const auto text = CallText(function, arguments);
    arguments.push_back(MakeLiteral(Value{int64_t{0}}, DataType::Time()));
    HEARTH_ASSIGN(auto midnight, ResolveMakeTimestamp(function, std::move(arguments), shape, context));
    return WithDisplay(midnight, text);
  }
  if (count != 2 && count != 6 && (is_ntz || (count != 3 && count != 7))) {
    return WrongArgumentCount(function, is_ntz ? "[2, 6]" : "[2, 3, 6, 7]", count);
  }
  const auto& settings = context.settings;
  const auto display = MakerText(function, arguments);
  const bool is_ltz = name.ends_with("_ltz");
  const auto type = is_ntz   ? DataType::TimestampNtz()
                    : is_ltz ? DataType::Timestamp()
                             : SessionTimestamp(settings);
  if (count == 3 || count == 7) {
    HEARTH_RETURN_IF_ERROR(
        CoerceArgument(function, arguments, count - 1, Slot::kString, "\"STRING\"", context));
  }
  const bool strict = settings.ansi && !is_try;
  const auto* row = FunctionTable::BuiltIn().Find(count <= 3 ? "make_timestamp_from_date" : "make_timestamp");
  if (count <= 3) {
    HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, 0, Slot::kDate, "\"DATE\"", context));
    HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, 1, Slot::kTime, "\"TIME\"", context));
  } else {
    for (size_t i = 0; i < 5; ++i) {
      HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, i, Slot::kInteger, "\"INT\"", context));
    }
    const auto seconds = DataType::Decimal(16, 6);
    if (arguments[5]->type->IsNested()) return UnexpectedInput(function, arguments, 5, "\"DECIMAL(16,6)\"");
    arguments[5] = CoerceTo(arguments[5], seconds, settings);
  }
  const bool may_fail = count > 3 ? is_try || !settings.ansi : is_ntz;
  const bool nullable = may_fail || AnyNullable(arguments);
  return WithDisplay(MakeCall(row, std::move(arguments), type, nullable, strict), display);
}

// The last microsecond of a window.
base::Result<ExpressionPtr> ResolveWindowTime(const Function& function, Expressions arguments,
                                              const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 1));
  const auto& type = *arguments[0]->type;
  const bool fits = type.Is(TypeKind::kStruct) && type.fields().size() == 2 &&
                    type.fields()[0].name == "start" && type.fields()[1].name == "end" &&
                    IsTimestamp(*type.fields()[1].type);
  if (!fits) {
    return base::MakeError(base::ErrorKind::kAnalysis, "",
                           fmt::format("{} is no window column.", OutputName(*arguments[0])));
  }
  const auto display = CallText(function, arguments);
  HEARTH_ASSIGN(auto end, ResolveCall("get_struct_field", {arguments[0], IntegerLiteral(1)}, context));
  HEARTH_ASSIGN(auto last, ResolveCall("time_window_edge",
                                       {end, LongLiteral(1), LongLiteral(0), LongLiteral(-1)}, context));
  return WithDisplay(last, display);
}

base::Result<ExpressionPtr> ResolveTimeFunction(const Function&, Expressions, const CallShape&,
                                                const ResolveContext&) {
  return UnsupportedTimeType();
}

}  // namespace hearth::plan
