// Data types as written: `DECIMAL(10, 2)`, `STRUCT<a: INT NOT NULL COMMENT 'x'>`, `INTERVAL DAY TO SECOND`,
// ….
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/syntax/fwd.h"

namespace hearth::sql {

enum class TypeName {
  kBoolean,
  kByte,   // TINYINT, BYTE
  kShort,  // SMALLINT, SHORT
  kInteger,
  kLong,   // BIGINT, LONG
  kFloat,  // FLOAT, REAL
  kDouble,
  kDate,
  kTimestamp,     // bare TIMESTAMP: spark.sql.timestampType decides between the next two
  kTimestampLtz,  // TIMESTAMP_LTZ, TIMESTAMP WITH LOCAL TIME ZONE
  kTimestampNtz,  // TIMESTAMP_NTZ, TIMESTAMP WITHOUT TIME ZONE
  kTime,
  kString,
  kChar,
  kVarchar,
  kBinary,
  kDecimal,  // DECIMAL, DEC, NUMERIC
  kVoid,
  kCalendarInterval,  // bare INTERVAL
  kYearMonthInterval,
  kDayTimeInterval,
  kVariant,
  kGeography,
  kGeometry,
  kArray,
  kMap,
  kStruct,
};

// The units of INTERVAL types and of `INTERVAL '…' unit TO unit` literals, coarse to fine.
enum class IntervalField { kYear, kMonth, kDay, kHour, kMinute, kSecond };

struct StructField {
  Identifier name;
  DataTypePointer type;
  bool nullable = true;
  std::optional<std::string> comment;
};

// One struct for all types: few fields, each used by the types that its comment names.
struct DataType : Node {
  TypeName name = TypeName::kVoid;
  // DECIMAL(precision, scale), CHAR(length), VARCHAR(length), TIME(precision), TIMESTAMP…(precision),
  // GEOMETRY(srid): numbers as written; empty when none was written. GEOMETRY(ANY) has an empty list.
  std::vector<int> parameters;
  // STRING, CHAR and VARCHAR with COLLATE; empty when there is none.
  std::vector<std::string> collation;
  // The two interval types. `INTERVAL YEAR` has both ends equal.
  IntervalField interval_start = IntervalField::kDay;
  IntervalField interval_end = IntervalField::kSecond;
  DataTypePointer element;  // ARRAY element, MAP value
  DataTypePointer key;      // MAP key
  std::vector<StructField> fields;
};

}  // namespace hearth::sql
