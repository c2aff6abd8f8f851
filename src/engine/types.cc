#include "engine/types.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "engine/decimal.h"

namespace hearth::engine {

using duckdb::LogicalType;
using plan::DataType;
using plan::TypeKind;

std::vector<std::string> StructFieldNames(const DataType& struct_type) {
  std::vector<std::string> names;
  std::set<std::string> used;
  const auto lower = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
  };
  for (const auto& field : struct_type.fields()) {
    std::string name = field.name;
    for (size_t suffix = names.size(); name.empty() || used.count(lower(name)) > 0; ++suffix) {
      name = field.name + "#" + std::to_string(suffix);
    }
    used.insert(lower(name));
    names.push_back(std::move(name));
  }
  return names;
}

LogicalType ToDuckDB(const DataType& type) {
  switch (type.kind()) {
    case TypeKind::kNull:
      return LogicalType::INTEGER;
    case TypeKind::kBoolean:
      return LogicalType::BOOLEAN;
    case TypeKind::kByte:
      return LogicalType::TINYINT;
    case TypeKind::kShort:
      return LogicalType::SMALLINT;
    case TypeKind::kInteger:
      return LogicalType::INTEGER;
    case TypeKind::kLong:
      return LogicalType::BIGINT;
    case TypeKind::kFloat:
      return LogicalType::FLOAT;
    case TypeKind::kDouble:
      return LogicalType::DOUBLE;
    case TypeKind::kDecimal:
      return LogicalType::DECIMAL(static_cast<uint8_t>(type.precision()), static_cast<uint8_t>(type.scale()));
    case TypeKind::kString:
    case TypeKind::kChar:
    case TypeKind::kVarchar:
      return LogicalType::VARCHAR;
    case TypeKind::kBinary:
      return LogicalType::BLOB;
    case TypeKind::kDate:
      return LogicalType::DATE;
    case TypeKind::kTimestamp:
      return LogicalType::TIMESTAMP_TZ;
    case TypeKind::kTimestampNtz:
      return LogicalType::TIMESTAMP;
    case TypeKind::kTime:
      return LogicalType::TIME;
    case TypeKind::kYearMonthInterval:
      return LogicalType::INTEGER;
    case TypeKind::kDayTimeInterval:
      return LogicalType::BIGINT;
    case TypeKind::kCalendarInterval:
      return LogicalType::INTERVAL;
    case TypeKind::kArray:
      return LogicalType::LIST(ToDuckDB(*type.element()));
    case TypeKind::kMap:
      return LogicalType::MAP(ToDuckDB(*type.key()), ToDuckDB(*type.value()));
    case TypeKind::kStruct: {
      duckdb::child_list_t<LogicalType> children;
      const auto names = StructFieldNames(type);
      for (size_t i = 0; i < names.size(); ++i)
        children.emplace_back(names[i], ToDuckDB(*type.fields()[i].type));
      // DuckDB has no struct without fields.
      if (children.empty()) children.emplace_back("#empty", LogicalType::BOOLEAN);
      return LogicalType::STRUCT(std::move(children));
    }
    case TypeKind::kVariant:
      return LogicalType::BLOB;
  }
  return LogicalType::INVALID;
}

namespace {

duckdb::Value DecimalValue(plan::Int128 unscaled, const DataType& type) {
  const auto width = static_cast<uint8_t>(type.precision());
  const auto scale = static_cast<uint8_t>(type.scale());
  if (width <= 4) return duckdb::Value::DECIMAL(static_cast<int16_t>(unscaled), width, scale);
  if (width <= 9) return duckdb::Value::DECIMAL(static_cast<int32_t>(unscaled), width, scale);
  if (width <= 18) return duckdb::Value::DECIMAL(static_cast<int64_t>(unscaled), width, scale);
  return duckdb::Value::DECIMAL(ToHugeint(unscaled), width, scale);
}

duckdb::Value NestedValue(const plan::ValueList& items, const DataType& type) {
  if (type.Is(TypeKind::kArray)) {
    duckdb::vector<duckdb::Value> values;
    for (const auto& item : items) values.push_back(ToDuckDB(item, *type.element()));
    return duckdb::Value::LIST(ToDuckDB(*type.element()), std::move(values));
  }
  if (type.Is(TypeKind::kMap)) {
    duckdb::vector<duckdb::Value> keys, values;
    for (size_t i = 0; i + 1 < items.size(); i += 2) {
      keys.push_back(ToDuckDB(items[i], *type.key()));
      values.push_back(ToDuckDB(items[i + 1], *type.value()));
    }
    return duckdb::Value::MAP(ToDuckDB(*type.key()), ToDuckDB(*type.value()), std::move(keys),
                              std::move(values));
  }
  duckdb::vector<duckdb::Value> values;
  for (size_t i = 0; i < items.size(); ++i) values.push_back(ToDuckDB(items[i], *type.fields()[i].type));
  if (values.empty()) values.push_back(duckdb::Value::BOOLEAN(true));
  return duckdb::Value::STRUCT(ToDuckDB(type), std::move(values));
}

}  // namespace

duckdb::Value ToDuckDB(const plan::Value& value, const DataType& type) {
  if (value.IsNull()) return duckdb::Value(ToDuckDB(type));
  switch (type.kind()) {
    case TypeKind::kNull:
      return duckdb::Value(LogicalType::INTEGER);
    case TypeKind::kBoolean:
      return duckdb::Value::BOOLEAN(std::get<bool>(value.data));
    case TypeKind::kByte:
      return duckdb::Value::TINYINT(static_cast<int8_t>(std::get<int64_t>(value.data)));
    case TypeKind::kShort:
      return duckdb::Value::SMALLINT(static_cast<int16_t>(std::get<int64_t>(value.data)));
    case TypeKind::kInteger:
    case TypeKind::kYearMonthInterval:
      return duckdb::Value::INTEGER(static_cast<int32_t>(std::get<int64_t>(value.data)));
    case TypeKind::kLong:
    case TypeKind::kDayTimeInterval:
      return duckdb::Value::BIGINT(std::get<int64_t>(value.data));
    case TypeKind::kFloat:
      return duckdb::Value::FLOAT(std::get<float>(value.data));
    case TypeKind::kDouble:
      return duckdb::Value::DOUBLE(std::get<double>(value.data));
    case TypeKind::kDecimal:
      return DecimalValue(std::get<plan::Int128>(value.data), type);
    case TypeKind::kString:
    case TypeKind::kChar:
    case TypeKind::kVarchar:
      return duckdb::Value(std::get<std::string>(value.data));
    case TypeKind::kBinary:
      return duckdb::Value::BLOB_RAW(std::get<std::string>(value.data));
    case TypeKind::kDate:
      return duckdb::Value::DATE(duckdb::date_t(static_cast<int32_t>(std::get<int64_t>(value.data))));
    case TypeKind::kTimestamp:
      return duckdb::Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(std::get<int64_t>(value.data)));
    case TypeKind::kTimestampNtz:
      return duckdb::Value::TIMESTAMP(duckdb::timestamp_t(std::get<int64_t>(value.data)));
    case TypeKind::kTime:
      return duckdb::Value::TIME(duckdb::dtime_t(std::get<int64_t>(value.data) / 1000));
    case TypeKind::kCalendarInterval: {
      const auto& interval = std::get<plan::CalendarIntervalValue>(value.data);
      return duckdb::Value::INTERVAL(interval.months, interval.days, interval.microseconds);
    }
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kStruct:
      return NestedValue(std::get<plan::ValueList>(value.data), type);
    case TypeKind::kVariant:
      return duckdb::Value::BLOB_RAW(std::get<std::string>(value.data));
  }
  return duckdb::Value();
}

namespace {

plan::Value FromNested(const duckdb::Value& value, const DataType& type) {
  plan::ValueList items;
  if (type.Is(TypeKind::kArray)) {
    for (const auto& item : duckdb::ListValue::GetChildren(value))
      items.push_back(FromDuckDB(item, *type.element()));
  } else if (type.Is(TypeKind::kMap)) {
    for (const auto& entry : duckdb::MapValue::GetChildren(value)) {
      const auto& pair = duckdb::StructValue::GetChildren(entry);
      items.push_back(FromDuckDB(pair[0], *type.key()));
      items.push_back(FromDuckDB(pair[1], *type.value()));
    }
  } else {
    const auto& children = duckdb::StructValue::GetChildren(value);
    for (size_t i = 0; i < type.fields().size(); ++i)
      items.push_back(FromDuckDB(children[i], *type.fields()[i].type));
  }
  return plan::Value{std::move(items)};
}

plan::Int128 UnscaledOf(const duckdb::Value& value) {
  switch (value.type().InternalType()) {
    case duckdb::PhysicalType::INT16:
      return value.GetValueUnsafe<int16_t>();
    case duckdb::PhysicalType::INT32:
      return value.GetValueUnsafe<int32_t>();
    case duckdb::PhysicalType::INT64:
      return value.GetValueUnsafe<int64_t>();
    default:
      return ToInt128(value.GetValueUnsafe<duckdb::hugeint_t>());
  }
}

}  // namespace

plan::Value FromDuckDB(const duckdb::Value& value, const DataType& type) {
  if (value.IsNull()) return plan::Value{};
  const auto integer = [](int64_t number) { return plan::Value{number}; };
  switch (type.kind()) {
    case TypeKind::kNull:
      return plan::Value{};
    case TypeKind::kBoolean:
      return plan::Value{duckdb::BooleanValue::Get(value)};
    case TypeKind::kByte:
      return integer(value.GetValueUnsafe<int8_t>());
    case TypeKind::kShort:
      return integer(value.GetValueUnsafe<int16_t>());
    case TypeKind::kInteger:
    case TypeKind::kYearMonthInterval:
      return integer(value.GetValueUnsafe<int32_t>());
    case TypeKind::kLong:
    case TypeKind::kDayTimeInterval:
      return integer(value.GetValueUnsafe<int64_t>());
    case TypeKind::kFloat:
      return plan::Value{value.GetValueUnsafe<float>()};
    case TypeKind::kDouble:
      return plan::Value{value.GetValueUnsafe<double>()};
    case TypeKind::kDecimal:
      return plan::Value{UnscaledOf(value)};
    case TypeKind::kString:
    case TypeKind::kChar:
    case TypeKind::kVarchar:
    case TypeKind::kBinary:
    case TypeKind::kVariant:
      return plan::Value{duckdb::StringValue::Get(value)};
    case TypeKind::kDate:
      return integer(value.GetValueUnsafe<duckdb::date_t>().days);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampNtz:
      return integer(value.GetValueUnsafe<duckdb::timestamp_t>().value);
    case TypeKind::kTime:
      return integer(value.GetValueUnsafe<duckdb::dtime_t>().micros * 1000);
    case TypeKind::kCalendarInterval: {
      const auto interval = value.GetValueUnsafe<duckdb::interval_t>();
      return plan::Value{plan::CalendarIntervalValue{interval.months, interval.days, interval.micros}};
    }
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kStruct:
      return FromNested(value, type);
  }
  return plan::Value{};
}

}  // namespace hearth::engine
