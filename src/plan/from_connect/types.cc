#include <limits>

#include "plan/from_connect/from_connect.h"
#include "plan/from_connect/reader.h"
#include "spark/connect/types.pb.h"

namespace hearth::plan {
namespace {

namespace proto = ::spark::connect;
using Kind = proto::DataType::KindCase;

constexpr int kMaximumDepth = from_connect::Reader::kMaximumDepth;
constexpr int kDefaultDecimalPrecision = 10;
constexpr int kDefaultTimePrecision = 6;

base::Result<TypePtr> Read(const proto::DataType& message, int depth);

base::Result<TypePtr> ReadDecimal(const proto::DataType::Decimal& message) {
  const int precision = message.has_precision() ? message.precision() : kDefaultDecimalPrecision;
  const int scale = message.scale();
  if (precision > DataType::kMaxPrecision) {
    return base::MakeError(base::ErrorKind::kArithmetic, "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
                           "Decimal precision " + std::to_string(precision) + " exceeds 38.",
                           {{"precision", std::to_string(precision)},
                            {"maxPrecision", std::to_string(DataType::kMaxPrecision)}});
  }
  if (precision < 1 || scale < 0 || scale > precision) {
    return base::MakeError(
        base::ErrorKind::kAnalysis, "DECIMAL_SCALE_EXCEEDS_PRECISION",
        "Decimal scale " + std::to_string(scale) + " exceeds precision " + std::to_string(precision) + ".",
        {{"scale", std::to_string(scale)}, {"precision", std::to_string(precision)}});
  }
  return DataType::Decimal(precision, scale);
}

template <typename Field, typename Message>
std::pair<Field, Field> IntervalFields(const Message& message, Field first, Field last) {
  const auto clamp = [&](int32_t number) {
    return static_cast<Field>(
        std::min(std::max(number, static_cast<int32_t>(first)), static_cast<int32_t>(last)));
  };
  const Field start = message.has_start_field() ? clamp(message.start_field()) : first;
  const Field end = message.has_end_field()     ? clamp(message.end_field())
                    : message.has_start_field() ? start
                                                : last;
  return {start, std::max(start, end)};
}

base::Result<TypePtr> ReadStruct(const proto::DataType::Struct& message, int depth) {
  std::vector<Field> fields;
  fields.reserve(static_cast<size_t>(message.fields_size()));
  for (const auto& field : message.fields()) {
    HEARTH_ASSIGN(auto type, Read(field.data_type(), depth + 1));
    std::string metadata = field.metadata() == "{}" ? "" : field.metadata();
    fields.push_back({field.name(), std::move(type), field.nullable(), std::move(metadata)});
  }
  return DataType::Struct(std::move(fields));
}

base::Result<TypePtr> Read(const proto::DataType& message, int depth) {
  if (depth > kMaximumDepth) {
    return base::MakeError(base::ErrorKind::kResourceExhausted, "FAILED_TO_PARSE_TOO_COMPLEX",
                           "A type nests more than " + std::to_string(kMaximumDepth) + " levels.");
  }
  switch (message.kind_case()) {
    case Kind::kNull:
      return DataType::Null();
    case Kind::kBinary:
      return DataType::Binary();
    case Kind::kBoolean:
      return DataType::Boolean();
    case Kind::kByte:
      return DataType::Byte();
    case Kind::kShort:
      return DataType::Short();
    case Kind::kInteger:
      return DataType::Integer();
    case Kind::kLong:
      return DataType::Long();
    case Kind::kFloat:
      return DataType::Float();
    case Kind::kDouble:
      return DataType::Double();
    case Kind::kDecimal:
      return ReadDecimal(message.decimal());
    case Kind::kString: {
      const auto& collation = message.string().collation();
      const bool plain = collation.empty() || collation == DataType::kDefaultCollation;
      return plain ? DataType::String() : DataType::StringWithCollation(collation);
    }
    case Kind::kChar:
      return DataType::Char(message.char_().length());
    case Kind::kVarChar:
      return DataType::Varchar(message.var_char().length());
    case Kind::kDate:
      return DataType::Date();
    case Kind::kTimestamp:
      return DataType::Timestamp();
    case Kind::kTimestampNtz:
      return DataType::TimestampNtz();
    case Kind::kTime:
      return DataType::Time(message.time().has_precision() ? message.time().precision()
                                                           : kDefaultTimePrecision);
    case Kind::kCalendarInterval:
      return DataType::CalendarInterval();
    case Kind::kYearMonthInterval: {
      const auto [start, end] =
          IntervalFields(message.year_month_interval(), YearMonthField::kYear, YearMonthField::kMonth);
      return DataType::YearMonthInterval(start, end);
    }
    case Kind::kDayTimeInterval: {
      const auto [start, end] =
          IntervalFields(message.day_time_interval(), DayTimeField::kDay, DayTimeField::kSecond);
      return DataType::DayTimeInterval(start, end);
    }
    case Kind::kArray: {
      HEARTH_ASSIGN(auto element, Read(message.array().element_type(), depth + 1));
      return DataType::Array(std::move(element), message.array().contains_null());
    }
    case Kind::kMap: {
      HEARTH_ASSIGN(auto key, Read(message.map().key_type(), depth + 1));
      HEARTH_ASSIGN(auto value, Read(message.map().value_type(), depth + 1));
      return DataType::Map(std::move(key), std::move(value), message.map().value_contains_null());
    }
    case Kind::kStruct:
      return ReadStruct(message.struct_(), depth);
    case Kind::kVariant:
      return DataType::Variant();
    case Kind::kUnparsed:
      return ParseSchema(message.unparsed().data_type_string());
    case Kind::kUdt:
      return base::NotImplemented("the user-defined type " + message.udt().python_class() +
                                  message.udt().jvm_class());
    case Kind::kGeometry:
      return base::NotImplemented("the type GEOMETRY");
    case Kind::kGeography:
      return base::NotImplemented("the type GEOGRAPHY");
    case Kind::kTimestampNtzNanos:
      return base::NotImplemented("timestamps of nanoseconds without time zone");
    case Kind::kTimestampLtzNanos:
      return base::NotImplemented("timestamps of nanoseconds");
    case Kind::KIND_NOT_SET:
      break;
  }
  return from_connect::InvalidPlan("DATA_TYPE_UNSUPPORTED_PROTO_TO_CATALYST",
                                   "A data type of the plan does not say what it is.",
                                   {{"kindCase", "KIND_NOT_SET"}});
}

void WriteStruct(const DataType& type, proto::DataType::Struct* message) {
  for (const auto& field : type.fields()) {
    auto* target = message->add_fields();
    target->set_name(field.name);
    target->set_nullable(field.nullable);
    if (!field.metadata.empty()) target->set_metadata(field.metadata);
    ToConnect(*field.type, target->mutable_data_type());
  }
}

std::string EffectiveCollation(const DataType& type) {
  return type.collation().empty() ? std::string(DataType::kDefaultCollation) : type.collation();
}

}  // namespace

base::Result<TypePtr> FromConnect(const proto::DataType& message) { return Read(message, 0); }

void ToConnect(const DataType& type, proto::DataType* message) {
  switch (type.kind()) {
    case TypeKind::kNull:
      message->mutable_null();
      return;
    case TypeKind::kBoolean:
      message->mutable_boolean();
      return;
    case TypeKind::kByte:
      message->mutable_byte();
      return;
    case TypeKind::kShort:
      message->mutable_short_();
      return;
    case TypeKind::kInteger:
      message->mutable_integer();
      return;
    case TypeKind::kLong:
      message->mutable_long_();
      return;
    case TypeKind::kFloat:
      message->mutable_float_();
      return;
    case TypeKind::kDouble:
      message->mutable_double_();
      return;
    case TypeKind::kDecimal:
      message->mutable_decimal()->set_precision(type.precision());
      message->mutable_decimal()->set_scale(type.scale());
      return;
    case TypeKind::kString:
      message->mutable_string()->set_collation(EffectiveCollation(type));
      return;
    case TypeKind::kChar:
      message->mutable_char_()->set_length(type.length());
      return;
    case TypeKind::kVarchar:
      message->mutable_var_char()->set_length(type.length());
      return;
    case TypeKind::kBinary:
      message->mutable_binary();
      return;
    case TypeKind::kDate:
      message->mutable_date();
      return;
    case TypeKind::kTimestamp:
      message->mutable_timestamp();
      return;
    case TypeKind::kTimestampNtz:
      message->mutable_timestamp_ntz();
      return;
    case TypeKind::kTime:
      message->mutable_time()->set_precision(type.precision());
      return;
    case TypeKind::kYearMonthInterval:
      message->mutable_year_month_interval()->set_start_field(static_cast<int>(type.year_month_start()));
      message->mutable_year_month_interval()->set_end_field(static_cast<int>(type.year_month_end()));
      return;
    case TypeKind::kDayTimeInterval:
      message->mutable_day_time_interval()->set_start_field(static_cast<int>(type.day_time_start()));
      message->mutable_day_time_interval()->set_end_field(static_cast<int>(type.day_time_end()));
      return;
    case TypeKind::kCalendarInterval:
      message->mutable_calendar_interval();
      return;
    case TypeKind::kArray:
      ToConnect(*type.element(), message->mutable_array()->mutable_element_type());
      message->mutable_array()->set_contains_null(type.contains_null());
      return;
    case TypeKind::kMap:
      ToConnect(*type.key(), message->mutable_map()->mutable_key_type());
      ToConnect(*type.value(), message->mutable_map()->mutable_value_type());
      message->mutable_map()->set_value_contains_null(type.value_contains_null());
      return;
    case TypeKind::kStruct:
      WriteStruct(type, message->mutable_struct_());
      return;
    case TypeKind::kVariant:
      message->mutable_variant();
      return;
  }
}

}  // namespace hearth::plan
