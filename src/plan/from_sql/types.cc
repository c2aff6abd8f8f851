#include "plan/from_sql/converter.h"
#include "plan/types/field_metadata.h"

namespace hearth::plan::from_sql {
namespace {

constexpr int kDefaultDecimalPrecision = 10;
constexpr int kMaximumTimePrecision = 6;

base::Result<TypePtr> ConvertDecimal(const std::vector<int>& parameters) {
  const int precision = parameters.empty() ? kDefaultDecimalPrecision : parameters[0];
  const int scale = parameters.size() < 2 ? 0 : parameters[1];
  if (precision > DataType::kMaxPrecision) {
    return base::MakeError(base::ErrorKind::kArithmetic, "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
                           "Decimal precision " + std::to_string(precision) + " exceeds 38.",
                           {{"precision", std::to_string(precision)},
                            {"maxPrecision", std::to_string(DataType::kMaxPrecision)}});
  }
  if (scale > precision) {
    return base::MakeError(
        base::ErrorKind::kAnalysis, "DECIMAL_SCALE_EXCEEDS_PRECISION",
        "Decimal scale " + std::to_string(scale) + " exceeds precision " + std::to_string(precision) + ".",
        {{"scale", std::to_string(scale)}, {"precision", std::to_string(precision)}});
  }
  return DataType::Decimal(precision, scale);
}

std::string UpperCase(std::string_view text) {
  std::string upper(text);
  for (char& character : upper) {
    if (character >= 'a' && character <= 'z') character = static_cast<char>(character - 'a' + 'A');
  }
  return upper;
}

std::string CollationName(const std::vector<std::string>& parts) {
  return parts.empty() ? "" : UpperCase(parts.back());
}

base::Result<TypePtr> ConvertSized(const sql::DataType& type) {
  if (type.parameters.empty()) {
    const std::string name = type.name == sql::TypeName::kChar ? "CHAR" : "VARCHAR";
    return base::MakeError(base::ErrorKind::kParse, "DATATYPE_MISSING_SIZE",
                           name + " needs a length: " + name + "(10).", {{"type", "\"" + name + "\""}});
  }
  const int length = type.parameters[0];
  auto collation = CollationName(type.collation);
  return type.name == sql::TypeName::kChar ? DataType::Char(length, std::move(collation))
                                           : DataType::Varchar(length, std::move(collation));
}

base::Result<TypePtr> ConvertTime(const std::vector<int>& parameters) {
  const int precision = parameters.empty() ? kMaximumTimePrecision : parameters[0];
  if (precision > kMaximumTimePrecision) {
    return base::MakeError(base::ErrorKind::kParse, "UNSUPPORTED_TIME_PRECISION",
                           "TIME holds up to 6 digits of a second, not " + std::to_string(precision) + ".",
                           {{"precision", std::to_string(precision)}});
  }
  return DataType::Time(precision);
}

base::Error UnsupportedPrecision(const sql::DataType& type, bool timestamp_ntz_default) {
  constexpr int kMicroseconds = 6;
  const int precision = type.parameters[0];
  if (precision > kMicroseconds) return base::NotImplemented("timestamps of nanoseconds");
  const bool ntz = type.name == sql::TypeName::kTimestampNtz ||
                   (type.name == sql::TypeName::kTimestamp && timestamp_ntz_default);
  return base::MakeError(
      base::ErrorKind::kParse, "INVALID_TIMESTAMP_PRECISION",
      "There are no timestamps of precision " + std::to_string(precision) + ".",
      {{"precision", std::to_string(precision)}, {"type", ntz ? "TIMESTAMP_NTZ" : "TIMESTAMP_LTZ"}});
}

YearMonthField YearMonth(sql::IntervalField field) {
  return field == sql::IntervalField::kYear ? YearMonthField::kYear : YearMonthField::kMonth;
}

DayTimeField DayTime(sql::IntervalField field) {
  switch (field) {
    case sql::IntervalField::kHour:
      return DayTimeField::kHour;
    case sql::IntervalField::kMinute:
      return DayTimeField::kMinute;
    case sql::IntervalField::kSecond:
      return DayTimeField::kSecond;
    default:
      return DayTimeField::kDay;
  }
}

}  // namespace

TypePtr WithoutLengths(const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::kChar:
    case TypeKind::kVarchar:
      return DataType::String();
    case TypeKind::kArray:
      return DataType::Array(WithoutLengths(type->element()), type->contains_null());
    case TypeKind::kMap:
      return DataType::Map(WithoutLengths(type->key()), WithoutLengths(type->value()),
                           type->value_contains_null());
    case TypeKind::kStruct: {
      auto fields = type->fields();
      for (auto& field : fields) field.type = WithoutLengths(field.type);
      return DataType::Struct(std::move(fields));
    }
    default:
      return type;
  }
}

base::Result<std::vector<Field>> ConvertFields(const std::vector<sql::StructField>& fields,
                                               bool timestamp_ntz_default) {
  std::vector<Field> result;
  result.reserve(fields.size());
  for (const auto& field : fields) {
    HEARTH_ASSIGN(auto type, ConvertType(*field.type, timestamp_ntz_default));
    std::string metadata = field.comment ? MetadataWithComment(*field.comment) : "";
    result.push_back({field.name.text, std::move(type), field.nullable, std::move(metadata)});
  }
  return result;
}

base::Result<TypePtr> ConvertType(const sql::DataType& type, bool timestamp_ntz_default) {
  using enum sql::TypeName;
  switch (type.name) {
    case kBoolean:
      return DataType::Boolean();
    case kByte:
      return DataType::Byte();
    case kShort:
      return DataType::Short();
    case kInteger:
      return DataType::Integer();
    case kLong:
      return DataType::Long();
    case kFloat:
      return DataType::Float();
    case kDouble:
      return DataType::Double();
    case kDate:
      return DataType::Date();
    case kTimestamp:
    case kTimestampLtz:
    case kTimestampNtz: {
      if (!type.parameters.empty()) return UnsupportedPrecision(type, timestamp_ntz_default);
      const bool ntz = type.name == kTimestampNtz || (type.name == kTimestamp && timestamp_ntz_default);
      return ntz ? DataType::TimestampNtz() : DataType::Timestamp();
    }
    case kTime:
      return ConvertTime(type.parameters);
    case kString:
      return type.collation.empty() ? DataType::String()
                                    : DataType::StringWithCollation(CollationName(type.collation));
    case kChar:
    case kVarchar:
      return ConvertSized(type);
    case kBinary:
      return DataType::Binary();
    case kDecimal:
      return ConvertDecimal(type.parameters);
    case kVoid:
      return DataType::Null();
    case kCalendarInterval:
      return DataType::CalendarInterval();
    case kYearMonthInterval:
      return DataType::YearMonthInterval(YearMonth(type.interval_start), YearMonth(type.interval_end));
    case kDayTimeInterval:
      return DataType::DayTimeInterval(DayTime(type.interval_start), DayTime(type.interval_end));
    case kVariant:
      return DataType::Variant();
    case kGeography:
      return base::NotImplemented("the type GEOGRAPHY");
    case kGeometry:
      return base::NotImplemented("the type GEOMETRY");
    case kArray: {
      HEARTH_ASSIGN(auto element, ConvertType(*type.element, timestamp_ntz_default));
      return DataType::Array(std::move(element));
    }
    case kMap: {
      HEARTH_ASSIGN(auto key, ConvertType(*type.key, timestamp_ntz_default));
      HEARTH_ASSIGN(auto value, ConvertType(*type.element, timestamp_ntz_default));
      return DataType::Map(std::move(key), std::move(value));
    }
    case kStruct: {
      HEARTH_ASSIGN(auto fields, ConvertFields(type.fields, timestamp_ntz_default));
      return DataType::Struct(std::move(fields));
    }
  }
  return base::InternalError("a data type of an unknown kind");
}

}  // namespace hearth::plan::from_sql
