#include "plan/types/data_type.h"

#include <algorithm>
#include <utility>

namespace hearth::plan {
namespace {

bool SameCollation(const std::string& left, const std::string& right) {
  const auto effective = [](const std::string& name) -> std::string_view {
    return name.empty() ? DataType::kDefaultCollation : std::string_view(name);
  };
  return effective(left) == effective(right);
}

enum class Compare : uint8_t { kExactly, kIgnoringNullability, kIgnoringNamesAndNullability };

bool SameType(const DataType& left, const DataType& right, Compare compare);

bool SameChild(const Field& left, const Field& right, Compare compare) {
  if (compare != Compare::kIgnoringNamesAndNullability && left.name != right.name) return false;
  if (compare == Compare::kExactly && (left.nullable != right.nullable || left.metadata != right.metadata)) {
    return false;
  }
  return SameType(*left.type, *right.type, compare);
}

}  // namespace

// Reads and builds what the factories hide; the only friend of DataType.
class DataTypeBuilder {
 public:
  static TypePtr Make(TypeKind kind, int precision = 0, int scale = 0, std::string collation = {},
                      std::vector<Field> children = {}) {
    auto type = std::make_shared<DataType>(kind);
    type->precision_ = precision;
    type->scale_ = scale;
    type->collation_ = std::move(collation);
    type->children_ = std::move(children);
    return type;
  }
  static bool SameParameters(const DataType& left, const DataType& right) {
    return left.kind_ == right.kind_ && left.precision_ == right.precision_ && left.scale_ == right.scale_ &&
           SameCollation(left.collation_, right.collation_) &&
           left.children_.size() == right.children_.size();
  }
  static const std::vector<Field>& Children(const DataType& type) { return type.children_; }
  static TypePtr WithChildren(const DataType& type, std::vector<Field> children) {
    return Make(type.kind_, type.precision_, type.scale_, type.collation_, std::move(children));
  }
};

namespace {

bool SameType(const DataType& left, const DataType& right, Compare compare) {
  if (&left == &right) return true;
  if (!DataTypeBuilder::SameParameters(left, right)) return false;
  const auto& left_children = DataTypeBuilder::Children(left);
  const auto& right_children = DataTypeBuilder::Children(right);
  for (size_t index = 0; index < left_children.size(); ++index) {
    if (!SameChild(left_children[index], right_children[index], compare)) return false;
  }
  return true;
}

template <TypeKind kind>
const TypePtr& Shared() {
  static const TypePtr type = DataTypeBuilder::Make(kind);
  return type;
}

}  // namespace

bool Field::operator==(const Field& other) const { return SameChild(*this, other, Compare::kExactly); }

TypePtr DataType::Null() { return Shared<TypeKind::kNull>(); }
TypePtr DataType::Boolean() { return Shared<TypeKind::kBoolean>(); }
TypePtr DataType::Byte() { return Shared<TypeKind::kByte>(); }
TypePtr DataType::Short() { return Shared<TypeKind::kShort>(); }
TypePtr DataType::Integer() { return Shared<TypeKind::kInteger>(); }
TypePtr DataType::Long() { return Shared<TypeKind::kLong>(); }
TypePtr DataType::Float() { return Shared<TypeKind::kFloat>(); }
TypePtr DataType::Double() { return Shared<TypeKind::kDouble>(); }
TypePtr DataType::String() { return Shared<TypeKind::kString>(); }
TypePtr DataType::Binary() { return Shared<TypeKind::kBinary>(); }
TypePtr DataType::Date() { return Shared<TypeKind::kDate>(); }
TypePtr DataType::Timestamp() { return Shared<TypeKind::kTimestamp>(); }
TypePtr DataType::TimestampNtz() { return Shared<TypeKind::kTimestampNtz>(); }
TypePtr DataType::CalendarInterval() { return Shared<TypeKind::kCalendarInterval>(); }
TypePtr DataType::Variant() { return Shared<TypeKind::kVariant>(); }

TypePtr DataType::Decimal(int precision, int scale) {
  return DataTypeBuilder::Make(TypeKind::kDecimal, precision, scale);
}
TypePtr DataType::StringWithCollation(std::string collation) {
  return DataTypeBuilder::Make(TypeKind::kString, 0, 0, std::move(collation));
}
TypePtr DataType::Char(int length, std::string collation) {
  return DataTypeBuilder::Make(TypeKind::kChar, length, 0, std::move(collation));
}
TypePtr DataType::Varchar(int length, std::string collation) {
  return DataTypeBuilder::Make(TypeKind::kVarchar, length, 0, std::move(collation));
}
TypePtr DataType::Time(int precision) { return DataTypeBuilder::Make(TypeKind::kTime, precision); }
TypePtr DataType::YearMonthInterval(YearMonthField start, YearMonthField end) {
  return DataTypeBuilder::Make(TypeKind::kYearMonthInterval, static_cast<int>(start), static_cast<int>(end));
}
TypePtr DataType::DayTimeInterval(DayTimeField start, DayTimeField end) {
  return DataTypeBuilder::Make(TypeKind::kDayTimeInterval, static_cast<int>(start), static_cast<int>(end));
}
TypePtr DataType::Array(TypePtr element, bool contains_null) {
  std::vector<Field> children = {{"element", std::move(element), contains_null}};
  return DataTypeBuilder::Make(TypeKind::kArray, 0, 0, {}, std::move(children));
}
TypePtr DataType::Map(TypePtr key, TypePtr value, bool value_contains_null) {
  std::vector<Field> children = {{"key", std::move(key), false},
                                 {"value", std::move(value), value_contains_null}};
  return DataTypeBuilder::Make(TypeKind::kMap, 0, 0, {}, std::move(children));
}
TypePtr DataType::Struct(std::vector<Field> fields) {
  return DataTypeBuilder::Make(TypeKind::kStruct, 0, 0, {}, std::move(fields));
}

bool DataType::operator==(const DataType& other) const { return SameType(*this, other, Compare::kExactly); }
bool DataType::SameIgnoringNullability(const DataType& other) const {
  return SameType(*this, other, Compare::kIgnoringNullability);
}
bool DataType::SameIgnoringNamesAndNullability(const DataType& other) const {
  return SameType(*this, other, Compare::kIgnoringNamesAndNullability);
}

TypePtr DataType::AsNullable() const {
  std::vector<Field> children = children_;
  for (size_t index = 0; index < children.size(); ++index) {
    children[index].type = children[index].type->AsNullable();
    const bool is_map_key = kind_ == TypeKind::kMap && index == 0;
    children[index].nullable = !is_map_key;
  }
  return DataTypeBuilder::WithChildren(*this, std::move(children));
}

TypePtr DecimalForIntegral(TypeKind kind) {
  switch (kind) {
    case TypeKind::kByte:
      return DataType::Decimal(3, 0);
    case TypeKind::kShort:
      return DataType::Decimal(5, 0);
    case TypeKind::kInteger:
      return DataType::Decimal(10, 0);
    case TypeKind::kLong:
      return DataType::Decimal(20, 0);
    default:
      return nullptr;
  }
}

std::string QuoteIdentifier(std::string_view name) {
  std::string quoted = "`";
  for (const char character : name) {
    if (character == '`') quoted += '`';
    quoted += character;
  }
  quoted += '`';
  return quoted;
}

std::string QuoteIdentifiers(const std::vector<std::string>& parts) {
  std::string quoted;
  for (const auto& part : parts) {
    if (!quoted.empty()) quoted += '.';
    quoted += QuoteIdentifier(part);
  }
  return quoted;
}

std::string QuoteIfNeeded(std::string_view name) {
  const auto is_letter = [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           character == '_';
  };
  const auto is_plain = [&](char character) {
    return is_letter(character) || (character >= '0' && character <= '9');
  };
  const bool plain =
      !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), is_plain);
  return plain ? std::string(name) : QuoteIdentifier(name);
}

}  // namespace hearth::plan
