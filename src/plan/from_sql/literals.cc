// Constants: their exact types and values, by Spark's rules for literals.
#include <limits>

#include "base/time_zone.h"
#include "plan/from_sql/converter.h"
#include "plan/types/datetime_text.h"
#include "plan/types/decimal_text.h"
#include "plan/types/interval_text.h"

namespace hearth::plan::from_sql {
namespace {

// The words in front of a typed literal, as errors name them.
std::string_view TypedName(sql::LiteralType type) {
  switch (type) {
    case sql::LiteralType::kDate:
      return "DATE";
    case sql::LiteralType::kTime:
      return "TIME";
    case sql::LiteralType::kTimestamp:
      return "TIMESTAMP";
    case sql::LiteralType::kTimestampLtz:
      return "TIMESTAMP_LTZ";
    case sql::LiteralType::kTimestampNtz:
      return "TIMESTAMP_NTZ";
    case sql::LiteralType::kIntervalText:
      return "INTERVAL";
    default:
      return "";
  }
}

struct Constant {
  Value value;
  TypePtr type;
};

std::optional<Constant> ConstantOf(std::optional<int64_t> value, TypePtr type) {
  if (!value) return std::nullopt;
  return Constant{{*value}, std::move(type)};
}

std::optional<Constant> LocalTimestamp(std::string_view text, const DateTimeContext& context) {
  auto value = SpecialTimestamp(text, context);
  return ConstantOf(value ? value : TimestampFromText(text, context), DataType::Timestamp());
}

std::optional<Constant> TimestampWithoutZone(std::string_view text, const DateTimeContext& context) {
  auto value = SpecialTimestampNtz(text, context);
  return ConstantOf(value ? value : TimestampNtzFromText(text), DataType::TimestampNtz());
}

// TIMESTAMP '…' is of the session's timestamp type, but a zone in the text makes it an instant.
std::optional<Constant> SessionTimestamp(std::string_view text, const DateTimeContext& context, bool ntz) {
  if (!ntz || NamesZone(text)) return LocalTimestamp(text, context);
  return TimestampWithoutZone(text, context);
}

// ---- Intervals -------------------------------------------------------------------------------------------

// The units of an interval literal, coarse to fine, as fields of the type it gets. Weeks are days there,
// fractions of a second seconds.
struct UnitRange {
  bool has_year_month = false;
  bool has_day_time = false;
  int first = std::numeric_limits<int>::max();
  int last = -1;

  void AddYearMonth(YearMonthField field) {
    has_year_month = true;
    Add(static_cast<int>(field));
  }
  void AddDayTime(DayTimeField field) {
    has_day_time = true;
    Add(static_cast<int>(field));
  }
  void Add(int field) {
    first = std::min(first, field);
    last = std::max(last, field);
  }
  // False for a word that is no unit.
  bool AddWord(std::string_view unit) {
    if (unit == "year")
      AddYearMonth(YearMonthField::kYear);
    else if (unit == "month")
      AddYearMonth(YearMonthField::kMonth);
    else if (unit == "week" || unit == "day")
      AddDayTime(DayTimeField::kDay);
    else if (unit == "hour")
      AddDayTime(DayTimeField::kHour);
    else if (unit == "minute")
      AddDayTime(DayTimeField::kMinute);
    else if (unit == "second" || unit == "millisecond" || unit == "microsecond")
      AddDayTime(DayTimeField::kSecond);
    else
      return false;
    return true;
  }
};

base::Result<Constant> IntervalConstant(const CalendarIntervalValue& interval, const UnitRange& range) {
  if (range.has_year_month) {
    auto type = DataType::YearMonthInterval(static_cast<YearMonthField>(range.first),
                                            static_cast<YearMonthField>(range.last));
    return Constant{{static_cast<int64_t>(interval.months)}, std::move(type)};
  }
  HEARTH_ASSIGN(auto microseconds, DayTimeMicroseconds(interval));
  auto type = DataType::DayTimeInterval(static_cast<DayTimeField>(range.first),
                                        static_cast<DayTimeField>(range.last));
  return Constant{{microseconds}, std::move(type)};
}

std::string_view UnitWord(sql::IntervalUnit unit) {
  constexpr std::string_view kWords[] = {"year",   "month",  "week",        "day",         "hour",
                                         "minute", "second", "millisecond", "microsecond", "nanosecond"};
  return kWords[static_cast<int>(unit)];
}

std::string_view FieldWord(sql::IntervalField field) {
  constexpr std::string_view kWords[] = {"year", "month", "day", "hour", "minute", "second"};
  return kWords[static_cast<int>(field)];
}

// A minus sign outside of the value takes away one inside.
std::string Signed(bool negative, const std::string& value) {
  if (!negative) return value;
  return value.starts_with('-') ? value.substr(1) : "-" + value;
}

bool IsPlainNumber(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  bool digits = false;
  bool point = false;
  for (const char character : text) {
    if (character == '.' && !point)
      point = true;
    else if (character >= '0' && character <= '9')
      digits = true;
    else
      return false;
  }
  return digits;
}

}  // namespace

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::LiteralExpression& node) {
  const auto make = [&](Value value, TypePtr type) -> ExpressionResult {
    return Make(unresolved::Literal{std::move(value), std::move(type), {}}, node);
  };
  using enum sql::LiteralType;
  switch (node.type) {
    case kNull:
      return make({}, DataType::Null());
    case kBoolean:
      return make({node.boolean}, DataType::Boolean());
    case kByte:
      return make({node.integer}, DataType::Byte());
    case kShort:
      return make({node.integer}, DataType::Short());
    case kInteger:
      return make({node.integer}, DataType::Integer());
    case kLong:
      return make({node.integer}, DataType::Long());
    case kFloat:
      return make({static_cast<float>(node.real)}, DataType::Float());
    case kDouble:
      return make({node.real}, DataType::Double());
    case kDecimal: {
      const auto digits = ParseDecimal(node.text);
      const int scale = digits ? std::max(digits->scale, 0) : 0;
      const auto unscaled = digits ? Rescale(*digits, scale) : std::nullopt;
      if (!unscaled)
        return At(node.location,
                  base::InternalError("a decimal literal of more than 38 digits: " + node.text));
      // Digits after rescaling: 1e3 has four.
      const int precision = std::max(digits->precision + (scale - digits->scale), std::max(scale, 1));
      return make({*unscaled}, DataType::Decimal(precision, scale));
    }
    case kString:
      return make({node.text}, DataType::String());
    case kBinary:
      return make({node.text}, DataType::Binary());
    case kDate:
    case kTime:
    case kTimestamp:
    case kTimestampLtz:
    case kTimestampNtz:
      return Typed(node);
    case kIntervalText:
      return TextInterval(node);
  }
  return base::InternalError("a literal of an unknown kind");
}

base::Result<unresolved::ExpressionPtr> Converter::Typed(const sql::LiteralExpression& node) {
  const DateTimeContext context{base::FindTimeZone(options_.time_zone).value_or(absl::UTCTimeZone()),
                                options_.now_microseconds};
  std::optional<Constant> constant;
  switch (node.type) {
    case sql::LiteralType::kDate: {
      const auto special = SpecialDate(node.text, context);
      constant = ConstantOf(special ? special : DateFromText(node.text), DataType::Date());
      break;
    }
    case sql::LiteralType::kTime:
      constant = ConstantOf(TimeFromText(node.text), DataType::Time());
      break;
    case sql::LiteralType::kTimestampLtz:
      constant = LocalTimestamp(node.text, context);
      break;
    case sql::LiteralType::kTimestampNtz:
      constant = TimestampWithoutZone(node.text, context);
      break;
    default:
      constant = SessionTimestamp(node.text, context, options_.timestamp_ntz_default);
      break;
  }
  if (!constant) {
    const std::string name(TypedName(node.type));
    return ParseError(node.location, "INVALID_TYPED_LITERAL", "'" + node.text + "' is no " + name + ".",
                      {{"valueType", "\"" + name + "\""}, {"value", "'" + node.text + "'"}});
  }
  return Make(unresolved::Literal{std::move(constant->value), std::move(constant->type), {}}, node);
}

// INTERVAL '1 day 2 hours': the units inside the text decide the type.
base::Result<unresolved::ExpressionPtr> Converter::TextInterval(const sql::LiteralExpression& node) {
  const auto interval = CalendarIntervalFromText(node.text);
  if (!interval.ok()) {
    return ParseError(node.location, "INVALID_TYPED_LITERAL", "'" + node.text + "' is no INTERVAL.",
                      {{"valueType", "\"INTERVAL\""}, {"value", "'" + node.text + "'"}});
  }
  UnitRange range;
  std::string word;
  for (const char character : LowerCase(node.text) + " ") {
    if (character >= 'a' && character <= 'z') {
      word += character;
      continue;
    }
    if (word.ends_with('s')) word.pop_back();
    range.AddWord(word);
    word.clear();
  }
  if (range.has_year_month == range.has_day_time) {
    return ParseError(node.location, "_LEGACY_ERROR_TEMP_0029",
                      "An interval literal cannot mix months and days.",
                      {{"literal", source_.Fragment(node.location)}});
  }
  auto constant = IntervalConstant(*interval, range);
  if (!constant.ok()) return At(node.location, std::move(*constant.error()));
  return Make(unresolved::Literal{std::move(constant->value), std::move(constant->type), {}}, node);
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::IntervalExpression& node) {
  return node.unit_to_unit ? FieldInterval(node) : UnitInterval(node);
}

// INTERVAL 1 DAY '2' HOURS
base::Result<unresolved::ExpressionPtr> Converter::UnitInterval(const sql::IntervalExpression& node) {
  std::string text;
  UnitRange range;
  for (const auto& unit : node.units) {
    if (unit.quoted && !IsPlainNumber(unit.value)) {
      return ParseError(unit.location, "_LEGACY_ERROR_TEMP_0026", "'" + unit.value + "' is no number.",
                        {{"value", unit.value}});
    }
    const auto word = UnitWord(unit.unit);
    text += " " + Signed(unit.negative, unit.value) + " " + std::string(word);
    range.AddWord(word);
  }
  auto interval = CalendarIntervalFromText(text);
  if (!interval.ok()) return At(node.location, std::move(*interval.error()));
  if (range.has_year_month == range.has_day_time) {
    return ParseError(node.location, "_LEGACY_ERROR_TEMP_0029",
                      "An interval literal cannot mix months and days.",
                      {{"literal", source_.Fragment(node.location)}});
  }
  auto constant = IntervalConstant(*interval, range);
  if (!constant.ok()) return At(node.location, std::move(*constant.error()));
  return Make(unresolved::Literal{std::move(constant->value), std::move(constant->type), {}}, node);
}

// INTERVAL '1-2' YEAR TO MONTH
base::Result<unresolved::ExpressionPtr> Converter::FieldInterval(const sql::IntervalExpression& node) {
  if (!node.value_quoted) {
    return ParseError(node.location, "_LEGACY_ERROR_TEMP_0027",
                      "The value of an interval from … to … must be a string.");
  }
  const std::string value = Signed(node.negative, node.value);
  // A malformed constant is an error of the text.
  const auto fail = [&](base::Error error) {
    if (error.condition.starts_with("INVALID_INTERVAL_FORMAT")) error.kind = base::ErrorKind::kParse;
    return At(node.location, std::move(error));
  };
  if (node.from == sql::IntervalField::kYear && node.to == sql::IntervalField::kMonth) {
    auto months = YearMonthIntervalFromText(value);
    if (!months.ok()) return fail(std::move(*months.error()));
    return Make(unresolved::Literal{{*months}, DataType::YearMonthInterval(), {}}, node);
  }
  if (node.from < sql::IntervalField::kDay || node.to <= node.from) {
    return ParseError(node.location, "INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION",
                      "There are no intervals from " + std::string(FieldWord(node.from)) + " to " +
                          std::string(FieldWord(node.to)) + ".",
                      {{"input", value},
                       {"from", std::string(FieldWord(node.from))},
                       {"to", std::string(FieldWord(node.to))}});
  }
  const int first_day_time = static_cast<int>(sql::IntervalField::kDay);
  const auto start = static_cast<DayTimeField>(static_cast<int>(node.from) - first_day_time);
  const auto end = static_cast<DayTimeField>(static_cast<int>(node.to) - first_day_time);
  auto microseconds = DayTimeIntervalFromText(value, start, end);
  if (!microseconds.ok()) return fail(std::move(*microseconds.error()));
  return Make(unresolved::Literal{{*microseconds}, DataType::DayTimeInterval(start, end), {}}, node);
}

}  // namespace hearth::plan::from_sql
