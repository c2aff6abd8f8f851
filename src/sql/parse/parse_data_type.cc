// Data types and lists of typed columns.

#include "sql/lexer/ascii.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

namespace {

std::optional<TypeName> SimpleType(TokenKind kind) {
  switch (kind) {
    case kBoolean:
      return TypeName::kBoolean;
    case kTinyint:
    case kByte:
      return TypeName::kByte;
    case kSmallint:
    case kShort:
      return TypeName::kShort;
    case kInt:
    case kInteger:
      return TypeName::kInteger;
    case kBigint:
    case kLong:
      return TypeName::kLong;
    case kFloat:
    case kReal:
      return TypeName::kFloat;
    case kDouble:
      return TypeName::kDouble;
    case kDate:
      return TypeName::kDate;
    case kBinary:
      return TypeName::kBinary;
    case kVoid:
      return TypeName::kVoid;
    case kVariant:
      return TypeName::kVariant;
    default:
      return std::nullopt;
  }
}

}  // namespace

DataTypePointer Parser::ParseDataType() {
  const Nesting nesting(this);
  if (failed()) return nullptr;
  if (AtAny(kArray, kMap, kStruct)) return ParseNestedType();
  return ParseNamedType();
}

// The sign that closes a type. `>>` closes two, so only its first half is taken.
bool Parser::AcceptTypeClose() {
  if (Accept(kGreaterSign)) return true;
  if (AtAny(kShiftRightSign, kShiftRightUnsignedSign)) {
    Token& token = tokens_[position_];
    token.kind = token.kind == kShiftRightSign ? kGreaterSign : kShiftRightSign;
    ++token.start;
    return true;
  }
  return Expect(kGreaterSign);
}

DataTypePointer Parser::ParseNestedType() {
  const std::size_t mark = Mark();
  auto type = New<DataType>();
  type->name = At(kArray) ? TypeName::kArray : At(kMap) ? TypeName::kMap : TypeName::kStruct;
  Advance();
  if (type->name == TypeName::kStruct && Accept(kNotEqualSign)) return Finish(std::move(type), mark);
  if (!Accept(kLessSign)) {
    if (type->name == TypeName::kArray) {
      Fail("INCOMPLETE_TYPE_DEFINITION.ARRAY", "ARRAY needs the type of its elements: ARRAY<INT>",
           {{"elementType", "<INT>"}}, mark);
    } else if (type->name == TypeName::kMap) {
      Fail("INCOMPLETE_TYPE_DEFINITION.MAP", "MAP needs the types of its keys and values: MAP<STRING, INT>",
           {}, mark);
    } else {
      Fail("INCOMPLETE_TYPE_DEFINITION.STRUCT", "STRUCT needs its fields: STRUCT<a: INT>", {}, mark);
    }
    return nullptr;
  }
  if (type->name == TypeName::kStruct) {
    const bool empty = AtAny(kGreaterSign, kShiftRightSign, kShiftRightUnsignedSign);
    if (!empty) type->fields = ParseStructFields(true);
  } else {
    if (type->name == TypeName::kMap) {
      type->key = ParseDataType();
      Expect(kComma);
    }
    type->element = ParseDataType();
  }
  AcceptTypeClose();
  return Finish(std::move(type), mark);
}

DataTypePointer Parser::ParseNamedType() {
  const std::size_t mark = Mark();
  if (At(kInterval)) return ParseIntervalType();
  auto type = New<DataType>();
  if (const std::optional<TypeName> simple = SimpleType(Kind());
      simple.has_value() && !At(kLeftParenthesis, 1)) {
    type->name = *simple;
    Advance();
    return Finish(std::move(type), mark);
  }
  const TokenKind kind = Kind();
  switch (kind) {
    case kString:
      if (At(kLeftParenthesis, 1)) return ParseUnknownType(mark);
      Advance();
      type->name = TypeName::kString;
      ParseTypeCollation(type.get());
      break;
    case kChar:
    case kCharacter:
    case kVarchar:
      Advance();
      type->name = kind == kVarchar ? TypeName::kVarchar : TypeName::kChar;
      ParseTypeParameters(type.get(), 1, mark);
      ParseTypeCollation(type.get());
      if (type->parameters.empty()) {
        const std::string name = kind == kVarchar ? "VARCHAR" : kind == kChar ? "CHAR" : "CHARACTER";
        Fail("DATATYPE_MISSING_SIZE", name + " needs a length: " + name + "(10)",
             {{"type", "\"" + name + "\""}}, mark);
      }
      break;
    case kDecimal:
    case kDec:
    case kNumeric:
      Advance();
      type->name = TypeName::kDecimal;
      ParseTypeParameters(type.get(), 2, mark);
      CheckDecimal(*type, mark);
      break;
    case kTimestamp:
    case kTimestampLtz:
    case kTimestampNtz:
    case kTime:
      Advance();
      type->name = kind == kTimestamp      ? TypeName::kTimestamp
                   : kind == kTimestampLtz ? TypeName::kTimestampLtz
                   : kind == kTimestampNtz ? TypeName::kTimestampNtz
                                           : TypeName::kTime;
      ParseTypeParameters(type.get(), 1, mark);
      ParseTimestampZone(type.get());
      break;
    case kGeography:
    case kGeometry:
      Advance();
      type->name = kind == kGeography ? TypeName::kGeography : TypeName::kGeometry;
      Expect(kLeftParenthesis);
      if (!Accept(kAny)) type->parameters.push_back(ParseIntegerValue());
      Expect(kRightParenthesis);
      break;
    default:
      return ParseUnknownType(mark);
  }
  return Finish(std::move(type), mark);
}

// A name that is no type, or a type with parameters it does not take.
DataTypePointer Parser::ParseUnknownType(std::size_t mark) {
  if (!IsIdentifier()) {
    FailSyntax("a data type");
    return nullptr;
  }
  TakeIdentifier();
  if (Accept(kLeftParenthesis)) {
    do {
      ParseIntegerValue();
    } while (Accept(kComma));
    Expect(kRightParenthesis);
  }
  FailUnknownType(mark);
  return nullptr;
}

void Parser::FailUnknownType(std::size_t mark) {
  const std::string name = ToUpperAscii(TextFrom(mark));
  Fail("UNSUPPORTED_DATATYPE", "There is no data type " + name, {{"typeName", "\"" + name + "\""}}, mark);
}

// (a) or (a, b), the type's own word at `mark`.
void Parser::ParseTypeParameters(DataType* type, std::size_t maximum, std::size_t mark) {
  if (!Accept(kLeftParenthesis)) return;
  do {
    type->parameters.push_back(ParseIntegerValue());
  } while (Accept(kComma));
  Expect(kRightParenthesis);
  if (type->parameters.size() > maximum) FailUnknownType(mark);
}

void Parser::CheckDecimal(const DataType& type, std::size_t mark) {
  const int precision = type.parameters.empty() ? 10 : type.parameters.front();
  const int scale = type.parameters.size() < 2 ? 0 : type.parameters.back();
  if (scale <= precision) return;
  Fail("DECIMAL_SCALE_EXCEEDS_PRECISION", "A decimal has no more digits behind the point than digits",
       {{"scale", std::to_string(scale)}, {"precision", std::to_string(precision)}}, mark);
}

void Parser::ParseTypeCollation(DataType* type) {
  if (!At(kCollate) || !IsIdentifier(1)) return;
  Advance();
  type->collation = ParseMultipartName().parts;
}

// WITH LOCAL TIME ZONE, WITHOUT TIME ZONE
void Parser::ParseTimestampZone(DataType* type) {
  if (At(kWithout) && At(kTime, 1) && At(kZone, 2)) {
    if (type->name == TypeName::kTimestamp) type->name = TypeName::kTimestampNtz;
    Advance();
    Advance();
    Advance();
  } else if (type->name == TypeName::kTimestamp && At(kWith) && At(kLocal, 1) && At(kTime, 2) &&
             At(kZone, 3)) {
    type->name = TypeName::kTimestampLtz;
    Accept(kWith, kLocal);
    Accept(kTime, kZone);
  }
}

// INTERVAL, INTERVAL YEAR [TO MONTH], INTERVAL DAY | HOUR | MINUTE | SECOND [TO …]
DataTypePointer Parser::ParseIntervalType() {
  const std::size_t mark = Mark();
  Expect(kInterval);
  auto type = New<DataType>();
  type->name = TypeName::kCalendarInterval;
  const std::optional<IntervalField> start = IntervalFieldOf(Kind());
  if (!start.has_value()) return Finish(std::move(type), mark);
  Advance();
  type->interval_start = *start;
  type->interval_end = *start;
  type->name = *start <= IntervalField::kMonth ? TypeName::kYearMonthInterval : TypeName::kDayTimeInterval;
  if (At(kTo)) {
    Advance();
    const std::optional<IntervalField> end = IntervalFieldOf(Kind());
    const bool known = end.has_value() && *end != IntervalField::kYear && *end != IntervalField::kDay &&
                       (*start <= IntervalField::kMonth) == (*end <= IntervalField::kMonth);
    if (!known) {
      FailSyntax("the smaller unit of the interval");
      return nullptr;
    }
    Advance();
    type->interval_end = *end;
    if (*end <= *start) {
      constexpr const char* kNames[] = {"year", "month", "day", "hour", "minute", "second"};
      const std::string from = kNames[static_cast<std::size_t>(*start)];
      const std::string to = kNames[static_cast<std::size_t>(*end)];
      Fail("INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION",
           "There are no intervals from " + from + " to " + to, {{"input", ""}, {"from", from}, {"to", to}},
           mark);
    }
  }
  return Finish(std::move(type), mark);
}

bool Parser::AcceptNotNull() {
  if (!(At(kNot) || At(kBang)) || !At(kNull, 1)) return false;
  AcceptNot();
  Advance();
  return true;
}

StructField Parser::ParseStructField(bool colon_allowed) {
  StructField field;
  field.name = ParseErrorCapturingIdentifier();
  if (colon_allowed) Accept(kColon);
  field.type = ParseDataType();
  field.nullable = !AcceptNotNull();
  if (At(kComment) && IsStringLiteral(1)) {
    Advance();
    field.comment = ParseString();
  }
  return field;
}

std::vector<StructField> Parser::ParseStructFields(bool colon_allowed) {
  std::vector<StructField> fields;
  do {
    fields.push_back(ParseStructField(colon_allowed));
  } while (Accept(kComma));
  return fields;
}

}  // namespace hearth::sql
