#include "engine/files/partition_values.h"

#include "engine/decimal.h"
#include "engine/text/parse.h"
#include "engine/types.h"

namespace hearth::engine {

using plan::TypeKind;

namespace {

// Null for text that is no value of the type: a schema given by the user may say anything.
plan::Value Parse(const std::string& text, const plan::DataType& type, const TimeZone& zone) {
  const auto integer = [](const auto& parsed) {
    return parsed ? plan::Value{int64_t{*parsed}} : plan::Value{};
  };
  switch (type.kind()) {
    case TypeKind::kString:
    case TypeKind::kChar:
    case TypeKind::kVarchar:
    case TypeKind::kBinary:
      return plan::Value{text};
    case TypeKind::kBoolean: {
      const auto parsed = ParseBoolean(text);
      return parsed ? plan::Value{*parsed} : plan::Value{};
    }
    case TypeKind::kByte:
      return integer(ParseInteger(text, false, INT8_MIN, INT8_MAX));
    case TypeKind::kShort:
      return integer(ParseInteger(text, false, INT16_MIN, INT16_MAX));
    case TypeKind::kInteger:
      return integer(ParseInteger(text, false, INT32_MIN, INT32_MAX));
    case TypeKind::kLong:
      return integer(ParseInteger(text, false, INT64_MIN, INT64_MAX));
    case TypeKind::kFloat: {
      const auto parsed = ParseFloat(text);
      return parsed ? plan::Value{*parsed} : plan::Value{};
    }
    case TypeKind::kDouble: {
      const auto parsed = ParseDouble(text);
      return parsed ? plan::Value{*parsed} : plan::Value{};
    }
    case TypeKind::kDecimal: {
      Int128 unscaled = 0;
      const auto outcome = ParseDecimal(text, type.precision(), type.scale(), &unscaled);
      return outcome == DecimalParse::kOk ? plan::Value{unscaled} : plan::Value{};
    }
    case TypeKind::kDate:
      return integer(ParseDate(text));
    case TypeKind::kTimestamp:
      return integer(ParseTimestamp(text, zone));
    case TypeKind::kTimestampNtz:
      return integer(ParseTimestampNtz(text));
    default:
      return plan::Value{};
  }
}

}  // namespace

duckdb::Value PartitionValueAt(const plan::FileSource& source, size_t file, size_t column) {
  const plan::DataType& type = *source.partition_columns[column].type;
  const auto& text = source.partition_values[file][column];
  if (!text) return duckdb::Value(ToDuckDB(type));
  const auto zone_id = source.options.find("timezone");
  const auto zone = TimeZone::Find(zone_id == source.options.end() ? "UTC" : zone_id->second);
  return ToDuckDB(Parse(*text, type, zone.value_or(TimeZone())), type);
}

}  // namespace hearth::engine
