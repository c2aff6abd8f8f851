// The two ways in which Spark prints a type: catalogString (lower case) and sql (upper case, quoted field
// names).
#include "plan/types/data_type.h"
#include "plan/types/field_metadata.h"

namespace hearth::plan {
namespace {

std::string_view PlainName(TypeKind kind) {
  switch (kind) {
    case TypeKind::kNull:
      return "void";
    case TypeKind::kBoolean:
      return "boolean";
    case TypeKind::kByte:
      return "tinyint";
    case TypeKind::kShort:
      return "smallint";
    case TypeKind::kInteger:
      return "int";
    case TypeKind::kLong:
      return "bigint";
    case TypeKind::kFloat:
      return "float";
    case TypeKind::kDouble:
      return "double";
    case TypeKind::kDecimal:
      return "decimal";
    case TypeKind::kString:
      return "string";
    case TypeKind::kChar:
      return "char";
    case TypeKind::kVarchar:
      return "varchar";
    case TypeKind::kBinary:
      return "binary";
    case TypeKind::kDate:
      return "date";
    case TypeKind::kTimestamp:
      return "timestamp";
    case TypeKind::kTimestampNtz:
      return "timestamp_ntz";
    case TypeKind::kTime:
      return "time";
    case TypeKind::kYearMonthInterval:
    case TypeKind::kDayTimeInterval:
    case TypeKind::kCalendarInterval:
      return "interval";
    case TypeKind::kArray:
      return "array";
    case TypeKind::kMap:
      return "map";
    case TypeKind::kStruct:
      return "struct";
    case TypeKind::kVariant:
      return "variant";
  }
  return "";
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& character : upper) {
    if (character >= 'a' && character <= 'z') character = static_cast<char>(character - 'a' + 'A');
  }
  return upper;
}

std::string IntervalText(std::string_view start, std::string_view end) {
  std::string text = "interval ";
  text += start;
  if (start != end) {
    text += " to ";
    text += end;
  }
  return text;
}

std::string_view FieldName(YearMonthField field) { return field == YearMonthField::kYear ? "year" : "month"; }

std::string_view FieldName(DayTimeField field) {
  switch (field) {
    case DayTimeField::kDay:
      return "day";
    case DayTimeField::kHour:
      return "hour";
    case DayTimeField::kMinute:
      return "minute";
    case DayTimeField::kSecond:
      return "second";
  }
  return "";
}

// Types without children, in lower case; a collation keeps its own case.
std::string AtomicText(const DataType& type, bool upper) {
  std::string text(PlainName(type.kind()));
  switch (type.kind()) {
    case TypeKind::kDecimal:
      text += '(' + std::to_string(type.precision()) + ',' + std::to_string(type.scale()) + ')';
      break;
    case TypeKind::kChar:
    case TypeKind::kVarchar:
    case TypeKind::kTime:
      text += '(' + std::to_string(type.precision()) + ')';
      break;
    case TypeKind::kYearMonthInterval:
      text = IntervalText(FieldName(type.year_month_start()), FieldName(type.year_month_end()));
      break;
    case TypeKind::kDayTimeInterval:
      text = IntervalText(FieldName(type.day_time_start()), FieldName(type.day_time_end()));
      break;
    default:
      break;
  }
  if (!type.collation().empty()) text += " collate ";
  return (upper ? Upper(text) : text) + type.collation();
}

std::string EscapedComment(std::string_view comment) {
  std::string escaped;
  for (const char character : comment) {
    if (character == '\'') escaped += '\\';
    escaped += character;
  }
  return escaped;
}

}  // namespace

std::string DataType::CatalogString() const {
  switch (kind_) {
    case TypeKind::kArray:
      return "array<" + element()->CatalogString() + ">";
    case TypeKind::kMap:
      return "map<" + key()->CatalogString() + "," + value()->CatalogString() + ">";
    case TypeKind::kStruct: {
      std::string text = "struct<";
      for (const auto& field : fields()) {
        if (text.back() != '<') text += ',';
        text += field.name + ":" + field.type->CatalogString();
      }
      return text + ">";
    }
    default:
      return AtomicText(*this, false);
  }
}

std::string DataType::Sql() const {
  switch (kind_) {
    case TypeKind::kArray:
      return "ARRAY<" + element()->Sql() + ">";
    case TypeKind::kMap:
      return "MAP<" + key()->Sql() + ", " + value()->Sql() + ">";
    case TypeKind::kStruct: {
      std::string text;
      for (const auto& field : fields()) {
        if (!text.empty()) text += ", ";
        text += QuoteIfNeeded(field.name) + ": " + field.type->Sql();
        if (!field.nullable) text += " NOT NULL";
        if (const auto comment = CommentOf(field)) text += " COMMENT '" + EscapedComment(*comment) + "'";
      }
      return "STRUCT<" + text + ">";
    }
    default:
      return AtomicText(*this, true);
  }
}

}  // namespace hearth::plan
