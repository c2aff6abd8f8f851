// Constants of a message. Containers give their types either in the old way (element_type, key_type,
// struct_type) or in the field data_type, which stands at the outermost literal only: below it the type is
// handed down.
#include <limits>

#include "plan/from_connect/from_connect.h"
#include "plan/from_connect/reader.h"
#include "plan/types/decimal_text.h"

namespace hearth::plan::from_connect {
namespace {

using Literal = proto::Expression::Literal;

constexpr int kMaximumDepth = Reader::kMaximumDepth;

struct Typed {
  Value value;
  TypePtr type;
};

base::Result<Typed> Read(const Literal& message, const TypePtr& expected, int depth);

// The set member of the literal: "INTEGER".
std::string CaseName(const Literal& message) {
  const auto* oneof = Literal::descriptor()->FindOneofByName("literal_type");
  const auto* field = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
  return field == nullptr ? "LITERALTYPE_NOT_SET" : field->name();
}

base::Error Incompatible(const Literal& message, const DataType& type) {
  return InvalidPlan("INCOMPATIBLE_LITERAL_DATA_TYPE",
                     "A literal of kind " + CaseName(message) + " cannot have type " + type.Sql() + ".",
                     {{"dataTypeKindCase", type.CatalogString()}, {"literalTypeCase", CaseName(message)}});
}

// The constant keeps its own type unless the message handed down one of the same kind.
base::Result<Typed> Plain(const Literal& message, Value value, TypePtr own, const TypePtr& expected) {
  if (expected == nullptr || expected->Is(TypeKind::kNull)) return Typed{std::move(value), std::move(own)};
  const bool both_text = expected->IsString() && own->IsString();
  if (!both_text && expected->kind() != own->kind()) return Incompatible(message, *expected);
  return Typed{std::move(value), expected};
}

// The digits decide at least; precision and scale of the message can only widen them.
base::Result<Typed> ReadDecimal(const Literal& message, const TypePtr& expected) {
  const auto& decimal = message.decimal();
  auto digits = ParseDecimal(decimal.value());
  if (!digits) {
    return InvalidPlan("UNSUPPORTED_LITERAL_TYPE", "'" + decimal.value() + "' is no decimal number.",
                       {{"typeInfo", "decimal"}});
  }
  int precision = digits->precision;
  int scale = digits->scale;
  if (expected != nullptr && expected->Is(TypeKind::kDecimal)) {
    precision = expected->precision();
    scale = expected->scale();
  } else {
    if (decimal.has_precision()) precision = std::max(precision, decimal.precision());
    if (decimal.has_scale()) scale = std::max(scale, decimal.scale());
    scale = std::max(scale, 0);
    precision = std::max(precision, scale);
  }
  const auto unscaled = Rescale(*digits, scale);
  if (precision > DataType::kMaxPrecision || !unscaled) {
    return base::MakeError(base::ErrorKind::kArithmetic, "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
                           "The decimal " + decimal.value() + " needs more than 38 digits.",
                           {{"precision", std::to_string(precision)},
                            {"maxPrecision", std::to_string(DataType::kMaxPrecision)}});
  }
  return Typed{{*unscaled}, DataType::Decimal(precision, scale)};
}

template <typename Messages, typename Read>
base::Result<Typed> Specialized(const Messages& messages, TypePtr element, Read read) {
  ValueList values;
  values.reserve(static_cast<size_t>(messages.size()));
  for (const auto& message : messages) values.push_back(read(message));
  return Typed{{std::move(values)}, DataType::Array(std::move(element), false)};
}

base::Result<Typed> ReadSpecialized(const Literal::SpecializedArray& message) {
  const auto integer = [](int64_t number) { return Value{number}; };
  switch (message.value_type_case()) {
    case Literal::SpecializedArray::kBools:
      return Specialized(message.bools().values(), DataType::Boolean(),
                         [](bool flag) { return Value{flag}; });
    case Literal::SpecializedArray::kInts:
      return Specialized(message.ints().values(), DataType::Integer(), integer);
    case Literal::SpecializedArray::kLongs:
      return Specialized(message.longs().values(), DataType::Long(), integer);
    case Literal::SpecializedArray::kFloats:
      return Specialized(message.floats().values(), DataType::Float(),
                         [](float number) { return Value{number}; });
    case Literal::SpecializedArray::kDoubles:
      return Specialized(message.doubles().values(), DataType::Double(),
                         [](double number) { return Value{number}; });
    case Literal::SpecializedArray::kStrings:
      return Specialized(message.strings().values(), DataType::String(),
                         [](const std::string& text) { return Value{text}; });
    case Literal::SpecializedArray::VALUE_TYPE_NOT_SET:
      break;
  }
  return InvalidPlan("ARRAY_LITERAL_NOT_SET", "An array literal holds nothing.");
}

base::Result<Typed> ReadArray(const Literal& message, TypePtr type, int depth) {
  if (type == nullptr) {
    if (!message.array().has_element_type()) {
      return InvalidPlan("ARRAY_LITERAL_MISSING_DATA_TYPE", "An array literal does not say its type.");
    }
    HEARTH_ASSIGN(auto element, FromConnect(message.array().element_type()));
    type = DataType::Array(std::move(element));
  }
  if (!type->Is(TypeKind::kArray)) return Incompatible(message, *type);
  ValueList values;
  for (const auto& element : message.array().elements()) {
    HEARTH_ASSIGN(auto value, Read(element, type->element(), depth + 1));
    values.push_back(std::move(value.value));
  }
  return Typed{{std::move(values)}, std::move(type)};
}

base::Result<Typed> ReadMap(const Literal& message, TypePtr type, int depth) {
  const auto& map = message.map();
  if (type == nullptr) {
    if (!map.has_key_type() || !map.has_value_type()) {
      return InvalidPlan("MAP_LITERAL_MISSING_DATA_TYPE", "A map literal does not say its type.");
    }
    HEARTH_ASSIGN(auto key, FromConnect(map.key_type()));
    HEARTH_ASSIGN(auto value, FromConnect(map.value_type()));
    type = DataType::Map(std::move(key), std::move(value));
  }
  if (!type->Is(TypeKind::kMap) || map.keys_size() != map.values_size()) return Incompatible(message, *type);
  ValueList values;
  for (int index = 0; index < map.keys_size(); ++index) {
    HEARTH_ASSIGN(auto key, Read(map.keys(index), type->key(), depth + 1));
    HEARTH_ASSIGN(auto value, Read(map.values(index), type->value(), depth + 1));
    values.push_back(std::move(key.value));
    values.push_back(std::move(value.value));
  }
  return Typed{{std::move(values)}, std::move(type)};
}

base::Result<Typed> ReadStruct(const Literal& message, TypePtr type, int depth) {
  const auto& body = message.struct_();
  if (type == nullptr) {
    if (!body.has_struct_type())
      return InvalidPlan("STRUCT_LITERAL_MISSING_DATA_TYPE", "A struct literal does not say its type.");
    HEARTH_ASSIGN(type, FromConnect(body.struct_type()));
  }
  if (!type->Is(TypeKind::kStruct) || type->fields().size() != static_cast<size_t>(body.elements_size())) {
    return Incompatible(message, *type);
  }
  ValueList values;
  for (int index = 0; index < body.elements_size(); ++index) {
    HEARTH_ASSIGN(auto value,
                  Read(body.elements(index), type->fields()[static_cast<size_t>(index)].type, depth + 1));
    values.push_back(std::move(value.value));
  }
  return Typed{{std::move(values)}, std::move(type)};
}

base::Result<Typed> ReadNull(const Literal& message, const TypePtr& expected) {
  if (expected != nullptr) return Typed{{}, expected};
  if (message.null().kind_case() == proto::DataType::KIND_NOT_SET) return Typed{{}, DataType::Null()};
  HEARTH_ASSIGN(auto type, FromConnect(message.null()));
  return Typed{{}, std::move(type)};
}

base::Result<Typed> ReadScalar(const Literal& message, const TypePtr& expected) {
  const auto integer = [&](int64_t number, TypePtr type) {
    return Plain(message, {number}, std::move(type), expected);
  };
  switch (message.literal_type_case()) {
    case Literal::kBinary:
      return Plain(message, {message.binary()}, DataType::Binary(), expected);
    case Literal::kBoolean:
      return Plain(message, {message.boolean()}, DataType::Boolean(), expected);
    case Literal::kByte:
      return integer(static_cast<int8_t>(message.byte()), DataType::Byte());
    case Literal::kShort:
      return integer(static_cast<int16_t>(message.short_()), DataType::Short());
    case Literal::kInteger:
      return integer(message.integer(), DataType::Integer());
    case Literal::kLong:
      return integer(message.long_(), DataType::Long());
    case Literal::kFloat:
      return Plain(message, {message.float_()}, DataType::Float(), expected);
    case Literal::kDouble:
      return Plain(message, {message.double_()}, DataType::Double(), expected);
    case Literal::kDecimal:
      return ReadDecimal(message, expected);
    case Literal::kString:
      return Plain(message, {message.string()}, DataType::String(), expected);
    case Literal::kDate:
      return integer(message.date(), DataType::Date());
    case Literal::kTimestamp:
      return integer(message.timestamp(), DataType::Timestamp());
    case Literal::kTimestampNtz:
      return integer(message.timestamp_ntz(), DataType::TimestampNtz());
    case Literal::kCalendarInterval: {
      const auto& interval = message.calendar_interval();
      CalendarIntervalValue value{interval.months(), interval.days(), interval.microseconds()};
      return Plain(message, {value}, DataType::CalendarInterval(), expected);
    }
    case Literal::kYearMonthInterval:
      return integer(message.year_month_interval(), DataType::YearMonthInterval());
    case Literal::kDayTimeInterval:
      return integer(message.day_time_interval(), DataType::DayTimeInterval());
    case Literal::kTime: {
      const int precision = message.time().has_precision() ? message.time().precision() : 6;
      return integer(message.time().nano(), DataType::Time(precision));
    }
    case Literal::kTimestampNtzNanos:
    case Literal::kTimestampLtzNanos:
      return base::NotImplemented("timestamps of nanoseconds");
    default:
      break;
  }
  return InvalidPlan("UNSUPPORTED_LITERAL_TYPE", "A literal of the plan has no value.",
                     {{"typeInfo", CaseName(message)}});
}

base::Result<Typed> Read(const Literal& message, const TypePtr& expected, int depth) {
  if (depth > kMaximumDepth) {
    return base::MakeError(base::ErrorKind::kResourceExhausted, "FAILED_TO_PARSE_TOO_COMPLEX",
                           "A literal nests more than " + std::to_string(kMaximumDepth) + " levels.");
  }
  TypePtr type = expected;
  if (message.has_data_type()) {
    HEARTH_ASSIGN(type, FromConnect(message.data_type()));
  }
  switch (message.literal_type_case()) {
    case Literal::kNull:
      return ReadNull(message, type);
    case Literal::kArray:
      return ReadArray(message, std::move(type), depth);
    case Literal::kMap:
      return ReadMap(message, std::move(type), depth);
    case Literal::kStruct:
      return ReadStruct(message, std::move(type), depth);
    case Literal::kSpecializedArray:
      return ReadSpecialized(message.specialized_array());
    default:
      return ReadScalar(message, type);
  }
}

}  // namespace

base::Result<unresolved::ExpressionPtr> ReadLiteral(const Literal& message) {
  HEARTH_ASSIGN(auto literal, Read(message, nullptr, 0));
  return unresolved::Make(unresolved::Literal{std::move(literal.value), std::move(literal.type), {}});
}

base::Result<unresolved::Expressions> ReadLiterals(const Repeated<Literal>& messages) {
  unresolved::Expressions literals;
  for (const auto& message : messages) {
    HEARTH_ASSIGN(auto literal, ReadLiteral(message));
    literals.push_back(std::move(literal));
  }
  return literals;
}

}  // namespace hearth::plan::from_connect
