// Literals: numbers with their suffixes, strings, typed literals, intervals.

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "sql/lexer/ascii.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

namespace {

constexpr int kMaximumPrecision = 38;

std::size_t SuffixLength(TokenKind kind) {
  switch (kind) {
    case kTinyintLiteral:
    case kSmallintLiteral:
    case kBigintLiteral:
    case kFloatLiteral:
    case kDoubleLiteral:
      return 1;
    case kBigDecimalLiteral:
      return 2;
    default:
      return 0;
  }
}

// Digits before and after the decimal point once an exponent has been applied; leading zeros do not count.
struct DecimalShape {
  int precision = 0;
  int scale = 0;
};

DecimalShape ShapeOf(std::string_view text) {
  const std::size_t exponent_at = text.find_first_of("eE");
  int64_t exponent = 0;
  if (exponent_at != std::string_view::npos) {
    std::string_view digits = text.substr(exponent_at + 1);
    if (digits.front() == '+') digits.remove_prefix(1);
    if (std::from_chars(digits.data(), digits.data() + digits.size(), exponent).ec != std::errc())
      exponent = 1 << 20;
    exponent = std::min<int64_t>(std::max<int64_t>(exponent, -(1 << 20)), 1 << 20);
  }
  int64_t digits = 0;
  int64_t scale = 0;
  bool behind_point = false;
  for (char c : text.substr(0, exponent_at)) {
    if (c == '.') behind_point = true;
    if (c < '0' || c > '9') continue;
    if (digits > 0 || c != '0') ++digits;
    if (behind_point) ++scale;
  }
  scale -= exponent;
  if (scale < 0) {  // 1e3: zeros to write out
    if (digits > 0) digits -= scale;
    scale = 0;
  }
  return {static_cast<int>(std::max<int64_t>({digits, scale, 1})), static_cast<int>(scale)};
}

// A float or double from text; infinite when it is too large, zero when it is too small.
template <typename T>
T ParseReal(const std::string& digits) {
  T value = 0;
  const char* first = digits.c_str() + (digits.front() == '+' ? 1 : 0);
  if (std::from_chars(first, digits.c_str() + digits.size(), value).ec == std::errc::result_out_of_range) {
    value = sizeof(T) == sizeof(float) ? static_cast<T>(std::strtof(first, nullptr))
                                       : static_cast<T>(std::strtod(first, nullptr));
  }
  return value;
}

std::optional<IntervalUnit> IntervalUnitOf(TokenKind kind) {
  switch (kind) {
    case kYear:
    case kYears:
      return IntervalUnit::kYear;
    case kMonth:
    case kMonths:
      return IntervalUnit::kMonth;
    case kWeek:
    case kWeeks:
      return IntervalUnit::kWeek;
    case kDay:
    case kDays:
      return IntervalUnit::kDay;
    case kHour:
    case kHours:
      return IntervalUnit::kHour;
    case kMinute:
    case kMinutes:
      return IntervalUnit::kMinute;
    case kSecond:
    case kSeconds:
      return IntervalUnit::kSecond;
    case kMillisecond:
    case kMilliseconds:
      return IntervalUnit::kMillisecond;
    case kMicrosecond:
    case kMicroseconds:
      return IntervalUnit::kMicrosecond;
    case kNanosecond:
    case kNanoseconds:
      return IntervalUnit::kNanosecond;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<IntervalField> IntervalFieldOf(TokenKind kind) {
  switch (kind) {
    case kYear:
      return IntervalField::kYear;
    case kMonth:
      return IntervalField::kMonth;
    case kDay:
      return IntervalField::kDay;
    case kHour:
      return IntervalField::kHour;
    case kMinute:
      return IntervalField::kMinute;
    case kSecond:
      return IntervalField::kSecond;
    default:
      return std::nullopt;
  }
}

// NULL, TRUE, FALSE.
ExpressionPointer Parser::ParseConstant() {
  const std::size_t mark = Mark();
  auto literal = New<LiteralExpression>();
  literal->type = At(kNull) ? LiteralType::kNull : LiteralType::kBoolean;
  literal->boolean = At(kTrue);
  Advance();
  return Finish(std::move(literal), mark);
}

ExpressionPointer Parser::ParseStringLiteral() {
  const std::size_t mark = Mark();
  auto literal = New<LiteralExpression>();
  literal->type = LiteralType::kString;
  literal->text = ParseString();
  return Finish(std::move(literal), mark);
}

// ---- numbers

ExpressionPointer Parser::ParseNumber(bool negative, std::size_t mark) {
  const TokenKind kind = Kind();
  auto literal = New<LiteralExpression>();
  std::string digits = negative ? "-" : "";
  digits += TokenText();
  digits.resize(digits.size() - SuffixLength(kind));
  Advance();
  switch (kind) {
    case kIntegerLiteral:
      SetInteger(literal.get(), digits, mark);
      break;
    case kTinyintLiteral:
    case kSmallintLiteral:
    case kBigintLiteral:
      SetSuffixedInteger(literal.get(), digits, kind, mark);
      break;
    case kExponentLiteral:
    case kFloatLiteral:
    case kDoubleLiteral:
      SetReal(literal.get(), digits, kind, mark);
      break;
    case kDecimalLiteral:
    case kBigDecimalLiteral:
      SetDecimal(literal.get(), std::move(digits), mark);
      break;
    default:
      FailSyntax("a number");
  }
  return Finish(std::move(literal), mark);
}

// A number without a suffix takes the narrowest of int, bigint and decimal.
void Parser::SetInteger(LiteralExpression* literal, const std::string& digits, std::size_t mark) {
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), literal->integer);
  if (result.ec != std::errc()) {
    SetDecimal(literal, digits, mark);
    return;
  }
  const bool narrow = literal->integer >= INT32_MIN && literal->integer <= INT32_MAX;
  literal->type = narrow ? LiteralType::kInteger : LiteralType::kLong;
}

void Parser::SetSuffixedInteger(LiteralExpression* literal, const std::string& digits, TokenKind kind,
                                std::size_t mark) {
  struct Range {
    LiteralType type;
    int64_t minimum;
    int64_t maximum;
    const char* name;
  };
  const Range range = kind == kTinyintLiteral ? Range{LiteralType::kByte, INT8_MIN, INT8_MAX, "tinyint"}
                      : kind == kSmallintLiteral
                          ? Range{LiteralType::kShort, INT16_MIN, INT16_MAX, "smallint"}
                          : Range{LiteralType::kLong, INT64_MIN, INT64_MAX, "bigint"};
  literal->type = range.type;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), literal->integer);
  const bool fits =
      result.ec == std::errc() && literal->integer >= range.minimum && literal->integer <= range.maximum;
  if (!fits) {
    FailNumericRange(digits, std::to_string(range.minimum), std::to_string(range.maximum), range.name, mark);
  }
}

void Parser::FailNumericRange(const std::string& digits, std::string minimum, std::string maximum,
                              std::string_view type, std::size_t mark) {
  Fail("INVALID_NUMERIC_LITERAL_RANGE",
       "The number " + digits + " is outside the range of " + std::string(type),
       {{"rawStrippedQualifier", digits},
        {"minValue", std::move(minimum)},
        {"maxValue", std::move(maximum)},
        {"typeName", std::string(type)}},
       mark);
}

void Parser::SetReal(LiteralExpression* literal, const std::string& digits, TokenKind kind,
                     std::size_t mark) {
  literal->text = digits;
  if (kind == kFloatLiteral) {
    literal->type = LiteralType::kFloat;
    literal->real = ParseReal<float>(digits);
    if (std::isinf(literal->real)) {
      FailNumericRange(digits, "-3.4028234663852886E+38", "3.4028234663852886E+38", "float", mark);
    }
    return;
  }
  literal->type = LiteralType::kDouble;
  literal->real = ParseReal<double>(digits);
  if (std::isinf(literal->real)) {
    FailNumericRange(digits, "-1.7976931348623157E+308", "1.7976931348623157E+308", "double", mark);
  }
}

void Parser::SetDecimal(LiteralExpression* literal, std::string digits, std::size_t mark) {
  literal->type = LiteralType::kDecimal;
  const DecimalShape shape = ShapeOf(digits);
  if (shape.precision > kMaximumPrecision) {
    Fail(
        "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
        "The number has " + std::to_string(shape.precision) + " digits; a decimal holds at most 38",
        {{"precision", std::to_string(shape.precision)}, {"maxPrecision", std::to_string(kMaximumPrecision)}},
        mark);
  }
  literal->text = std::move(digits);
}

// ---- typed literals

// Any name directly before a string: the type of a literal, known or not.
bool Parser::AtTypedLiteral() const {
  if (!IsStringLiteral(1)) return false;
  switch (Kind()) {
    case kCase:
    case kNot:
      return false;
    default:
      return IsIdentifier() || AtAny(kNull, kTime);
  }
}

ExpressionPointer Parser::ParseTypedLiteral() {
  const std::size_t mark = Mark();
  auto literal = New<LiteralExpression>();
  const TokenKind type = Kind();
  const std::string type_text = ToUpperAscii(TokenText());
  Advance();
  literal->text = StringTokenValue(TokenText(), options_.raw_string_literals);
  Advance();
  switch (type) {
    case kDate:
      literal->type = LiteralType::kDate;
      break;
    case kTime:
      literal->type = LiteralType::kTime;
      break;
    case kTimestamp:
      literal->type = LiteralType::kTimestamp;
      break;
    case kTimestampLtz:
      literal->type = LiteralType::kTimestampLtz;
      break;
    case kTimestampNtz:
      literal->type = LiteralType::kTimestampNtz;
      break;
    case kInterval:
      literal->type = LiteralType::kIntervalText;
      break;
    case kX: {
      const std::string hexadecimal = std::move(literal->text);
      SetBinary(literal.get(), hexadecimal, mark);
      break;
    }
    default:
      Fail("UNSUPPORTED_TYPED_LITERAL", "There are no literals of the type " + type_text,
           {{"unsupportedType", "\"" + type_text + "\""},
            {"supportedTypes",
             "\"DATE\", \"TIMESTAMP_NTZ\", \"TIMESTAMP_LTZ\", \"TIMESTAMP\", \"INTERVAL\", \"X\", \"TIME\""}},
           mark);
  }
  return Finish(std::move(literal), mark);
}

// X'1AB' is X'01AB'.
void Parser::SetBinary(LiteralExpression* literal, const std::string& hexadecimal, std::size_t mark) {
  literal->type = LiteralType::kBinary;
  literal->text.clear();
  const std::string padded = (hexadecimal.size() % 2 == 0 ? "" : "0") + hexadecimal;
  for (std::size_t i = 0; i < padded.size(); i += 2) {
    unsigned byte = 0;
    const char* end = padded.data() + i + 2;
    const auto result = std::from_chars(padded.data() + i, end, byte, 16);
    if (result.ec != std::errc() || result.ptr != end) {
      Fail("INVALID_TYPED_LITERAL", "The text '" + hexadecimal + "' is no hexadecimal number",
           {{"valueType", "\"X\""}, {"value", "'" + hexadecimal + "'"}}, mark);
      return;
    }
    literal->text.push_back(static_cast<char>(byte));
  }
}

// ---- intervals

// The number of tokens of an interval value (`1`, `- 2`, `'3' '4'`) at `ahead`, 0 when none stands there.
std::size_t Parser::IntervalValueLength(std::size_t ahead) const {
  std::size_t length = At(kPlusSign, ahead) || At(kMinusSign, ahead) ? 1 : 0;
  if (At(kIntegerLiteral, ahead + length) || At(kDecimalLiteral, ahead + length)) return length + 1;
  if (!IsStringLiteral(ahead + length)) return 0;
  while (IsStringLiteral(ahead + length)) ++length;
  return length;
}

// INTERVAL is also a name and, before a lone string, the type of a literal.
bool Parser::AtInterval() const {
  if (!At(kInterval)) return false;
  const std::size_t length = IntervalValueLength(1);
  if (length == 0) return false;
  if (IntervalUnitOf(Kind(1 + length)).has_value()) return true;
  // A lone number without its unit is an error that names the word in the unit's place; a minus may be a
  // subtraction.
  return (At(kIntegerLiteral, 1) || At(kDecimalLiteral, 1));
}

IntervalExpression::Unit Parser::ParseIntervalValue() {
  const std::size_t mark = Mark();
  IntervalExpression::Unit unit;
  unit.negative = At(kMinusSign);
  if (AtAny(kMinusSign, kPlusSign)) Advance();
  unit.quoted = IsStringLiteral();
  if (unit.quoted) {
    unit.value = ParseString();
  } else {
    unit.value = std::string(TokenText());
    Advance();
  }
  const std::optional<IntervalUnit> name = IntervalUnitOf(Kind());
  if (!name.has_value()) {
    FailSyntax("a unit such as DAY");
  } else {
    unit.unit = *name;
  }
  unit.location = LocationFrom(mark);
  return unit;
}

ExpressionPointer Parser::ParseInterval() {
  const std::size_t mark = Mark();
  Expect(kInterval);
  auto node = New<IntervalExpression>();
  const std::size_t value_mark = Mark();
  do {
    IntervalExpression::Unit unit = ParseIntervalValue();
    if (failed()) return nullptr;
    const std::optional<IntervalField> from = IntervalFieldOf(Kind());
    Advance();
    if (from.has_value() && At(kTo) && IntervalFieldOf(Kind(1)).has_value()) {
      if (!node->units.empty()) return FailIntervalMixture(mark);
      node->unit_to_unit = true;
      node->negative = unit.negative;
      node->value = std::move(unit.value);
      node->value_quoted = unit.quoted;
      node->from = *from;
      Advance();
      node->to = *IntervalFieldOf(Kind());
      Advance();
      CheckUnitToUnit(*node, value_mark);
      if (AtIntervalValueAndUnit()) return FailIntervalMixture(mark);
      return Finish(std::move(node), mark);
    }
    unit.location = LocationFrom(value_mark);
    node->units.push_back(std::move(unit));
  } while (AtIntervalValueAndUnit());
  CheckIntervalUnits(*node, mark);
  return Finish(std::move(node), mark);
}

bool Parser::AtIntervalValueAndUnit() const {
  const std::size_t length = IntervalValueLength(0);
  return length > 0 && IntervalUnitOf(Kind(length)).has_value();
}

ExpressionPointer Parser::FailIntervalMixture(std::size_t mark) {
  while (AtIntervalValueAndUnit()) {
    for (std::size_t length = IntervalValueLength(0) + 1; length > 0; --length) Advance();
    if (At(kTo)) {
      Advance();
      Advance();
    }
  }
  Fail("_LEGACY_ERROR_TEMP_0024", "An interval has either a list of units or one unit TO another, not both",
       {}, mark);
  return nullptr;
}

void Parser::CheckUnitToUnit(const IntervalExpression& interval, std::size_t mark) {
  const bool year_month = interval.from == IntervalField::kYear && interval.to == IntervalField::kMonth;
  const bool day_time = interval.from >= IntervalField::kDay && interval.to > interval.from;
  if (!interval.value_quoted) {
    Fail("_LEGACY_ERROR_TEMP_0027", "The value of an interval from one unit TO another must be a string", {},
         mark);
  } else if (!year_month && !day_time) {
    const auto name = [](IntervalField field) {
      constexpr const char* kNames[] = {"year", "month", "day", "hour", "minute", "second"};
      return std::string(kNames[static_cast<std::size_t>(field)]);
    };
    Fail("INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION",
         "There are no intervals from " + name(interval.from) + " to " + name(interval.to),
         {{"input", interval.value}, {"from", name(interval.from)}, {"to", name(interval.to)}}, mark);
  }
}

void Parser::CheckIntervalUnits(const IntervalExpression& interval, std::size_t mark) {
  bool months = false;
  bool times = false;
  for (const IntervalExpression::Unit& unit : interval.units) {
    const bool is_month = unit.unit == IntervalUnit::kYear || unit.unit == IntervalUnit::kMonth;
    (is_month ? months : times) = true;
  }
  if (!months || !times) return;
  Fail("_LEGACY_ERROR_TEMP_0029",
       "An interval cannot hold years or months together with days or smaller units",
       {{"literal", TextFrom(mark)}}, mark);
}

}  // namespace hearth::sql
