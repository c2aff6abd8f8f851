#include "front/connect/literals.h"

#include "plan/from_connect/from_connect.h"

namespace hearth::front::connect {
namespace {

using plan::DataType;
using plan::TypeKind;
using plan::Value;
using spark::connect::Expression;

int64_t Number(const Value& value) { return std::get<int64_t>(value.data); }

void WriteNested(const Value& value, const DataType& type, Expression::Literal* literal) {
  const auto& items = std::get<plan::ValueList>(value.data);
  if (type.Is(TypeKind::kArray)) {
    auto* array = literal->mutable_array();
    plan::ToConnect(*type.element(), array->mutable_element_type());
    for (const Value& item : items) WriteLiteral(item, *type.element(), array->add_elements());
  } else if (type.Is(TypeKind::kMap)) {
    auto* map = literal->mutable_map();
    plan::ToConnect(*type.key(), map->mutable_key_type());
    plan::ToConnect(*type.value(), map->mutable_value_type());
    for (size_t i = 0; i + 1 < items.size(); i += 2) {
      WriteLiteral(items[i], *type.key(), map->add_keys());
      WriteLiteral(items[i + 1], *type.value(), map->add_values());
    }
  } else {
    auto* row = literal->mutable_struct_();
    plan::ToConnect(type, row->mutable_struct_type());
    for (size_t i = 0; i < items.size(); ++i)
      WriteLiteral(items[i], *type.fields()[i].type, row->add_elements());
  }
}

}  // namespace

void WriteLiteral(const Value& value, const DataType& type, Expression::Literal* literal) {
  if (value.IsNull()) return plan::ToConnect(type, literal->mutable_null());
  switch (type.kind()) {
    case TypeKind::kNull:
    case TypeKind::kVariant:
      return plan::ToConnect(type, literal->mutable_null());
    case TypeKind::kBoolean:
      return literal->set_boolean(std::get<bool>(value.data));
    case TypeKind::kByte:
      return literal->set_byte(static_cast<int32_t>(Number(value)));
    case TypeKind::kShort:
      return literal->set_short_(static_cast<int32_t>(Number(value)));
    case TypeKind::kInteger:
      return literal->set_integer(static_cast<int32_t>(Number(value)));
    case TypeKind::kLong:
      return literal->set_long_(Number(value));
    case TypeKind::kFloat:
      return literal->set_float_(std::get<float>(value.data));
    case TypeKind::kDouble:
      return literal->set_double_(std::get<double>(value.data));
    case TypeKind::kDecimal: {
      auto* decimal = literal->mutable_decimal();
      decimal->set_value(plan::DecimalText(std::get<plan::Int128>(value.data), type.scale()));
      decimal->set_precision(type.precision());
      decimal->set_scale(type.scale());
      return;
    }
    case TypeKind::kString:
    case TypeKind::kChar:
    case TypeKind::kVarchar:
      return literal->set_string(std::get<std::string>(value.data));
    case TypeKind::kBinary:
      return literal->set_binary(std::get<std::string>(value.data));
    case TypeKind::kDate:
      return literal->set_date(static_cast<int32_t>(Number(value)));
    case TypeKind::kTimestamp:
      return literal->set_timestamp(Number(value));
    case TypeKind::kTimestampNtz:
      return literal->set_timestamp_ntz(Number(value));
    case TypeKind::kTime:
      literal->mutable_time()->set_nano(Number(value));
      literal->mutable_time()->set_precision(type.precision());
      return;
    case TypeKind::kYearMonthInterval:
      return literal->set_year_month_interval(static_cast<int32_t>(Number(value)));
    case TypeKind::kDayTimeInterval:
      return literal->set_day_time_interval(Number(value));
    case TypeKind::kCalendarInterval: {
      const auto& interval = std::get<plan::CalendarIntervalValue>(value.data);
      literal->mutable_calendar_interval()->set_months(interval.months);
      literal->mutable_calendar_interval()->set_days(interval.days);
      literal->mutable_calendar_interval()->set_microseconds(interval.microseconds);
      return;
    }
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kStruct:
      return WriteNested(value, type, literal);
  }
}

}  // namespace hearth::front::connect
