// Spark's data types as immutable values. Equality is structural and, as in Spark's sameType, can ignore
// nullability.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::plan {

enum class TypeKind : uint8_t {
  kNull,  // "void"
  kBoolean,
  kByte,
  kShort,
  kInteger,
  kLong,
  kFloat,
  kDouble,
  kDecimal,
  kString,  // any collation; char and varchar carry their length
  kChar,
  kVarchar,
  kBinary,
  kDate,
  kTimestamp,     // an instant (LTZ)
  kTimestampNtz,  // a local date and time
  kTime,
  kYearMonthInterval,  // months
  kDayTimeInterval,    // microseconds
  kCalendarInterval,   // months, days, microseconds
  kArray,
  kMap,
  kStruct,
  kVariant,
};

class DataType;
using TypePtr = std::shared_ptr<const DataType>;

struct Field {
  std::string name;
  TypePtr type;
  bool nullable = true;
  std::string metadata;  // JSON object text, empty for none

  bool operator==(const Field& other) const;
};

// Interval fields in the order in which Spark numbers them.
enum class YearMonthField : uint8_t { kYear = 0, kMonth = 1 };
enum class DayTimeField : uint8_t { kDay = 0, kHour = 1, kMinute = 2, kSecond = 3 };

class DataType {
 public:
  static constexpr int kMaxPrecision = 38;
  static constexpr std::string_view kDefaultCollation = "UTF8_BINARY";

  // Types without parameters share one instance each.
  static TypePtr Null();
  static TypePtr Boolean();
  static TypePtr Byte();
  static TypePtr Short();
  static TypePtr Integer();
  static TypePtr Long();
  static TypePtr Float();
  static TypePtr Double();
  static TypePtr String();
  static TypePtr Binary();
  static TypePtr Date();
  static TypePtr Timestamp();
  static TypePtr TimestampNtz();
  static TypePtr CalendarInterval();
  static TypePtr Variant();
  // Requires 0 < precision <= 38 and scale <= precision.
  static TypePtr Decimal(int precision, int scale);
  static TypePtr StringWithCollation(std::string collation);
  static TypePtr Char(int length, std::string collation = {});
  static TypePtr Varchar(int length, std::string collation = {});
  static TypePtr Time(int precision = 6);
  static TypePtr YearMonthInterval(YearMonthField start = YearMonthField::kYear,
                                   YearMonthField end = YearMonthField::kMonth);
  static TypePtr DayTimeInterval(DayTimeField start = DayTimeField::kDay,
                                 DayTimeField end = DayTimeField::kSecond);
  static TypePtr Array(TypePtr element, bool contains_null = true);
  static TypePtr Map(TypePtr key, TypePtr value, bool value_contains_null = true);
  static TypePtr Struct(std::vector<Field> fields);

  TypeKind kind() const { return kind_; }
  bool Is(TypeKind kind) const { return kind_ == kind; }
  int precision() const { return precision_; }  // decimal and time
  int scale() const { return scale_; }          // decimal
  int length() const { return precision_; }     // char and varchar
  YearMonthField year_month_start() const { return static_cast<YearMonthField>(precision_); }
  YearMonthField year_month_end() const { return static_cast<YearMonthField>(scale_); }
  DayTimeField day_time_start() const { return static_cast<DayTimeField>(precision_); }
  DayTimeField day_time_end() const { return static_cast<DayTimeField>(scale_); }
  const std::string& collation() const { return collation_; }  // empty for the default

  const TypePtr& element() const { return children_[0].type; }  // array
  bool contains_null() const { return children_[0].nullable; }  // array
  const TypePtr& key() const { return children_[0].type; }      // map
  const TypePtr& value() const { return children_[1].type; }    // map
  bool value_contains_null() const { return children_[1].nullable; }
  const std::vector<Field>& fields() const { return children_; }  // struct

  bool IsIntegral() const { return kind_ >= TypeKind::kByte && kind_ <= TypeKind::kLong; }
  bool IsFractional() const { return kind_ == TypeKind::kFloat || kind_ == TypeKind::kDouble; }
  bool IsNumeric() const { return kind_ >= TypeKind::kByte && kind_ <= TypeKind::kDecimal; }
  bool IsString() const { return kind_ >= TypeKind::kString && kind_ <= TypeKind::kVarchar; }
  bool IsDateTime() const { return kind_ >= TypeKind::kDate && kind_ <= TypeKind::kTimestampNtz; }
  bool IsAnsiInterval() const {
    return kind_ == TypeKind::kYearMonthInterval || kind_ == TypeKind::kDayTimeInterval;
  }
  bool IsInterval() const { return IsAnsiInterval() || kind_ == TypeKind::kCalendarInterval; }
  bool IsNested() const {
    return kind_ == TypeKind::kArray || kind_ == TypeKind::kMap || kind_ == TypeKind::kStruct;
  }
  bool IsAtomic() const { return !IsNested() && kind_ != TypeKind::kNull && kind_ != TypeKind::kVariant; }

  // "array<struct<a:int>>": what typeof(), dtypes and DESCRIBE print (Spark's catalogString).
  std::string CatalogString() const;
  // "ARRAY<STRUCT<a: INT>>": what error messages and CAST in column names print (Spark's sql).
  std::string Sql() const;
  // The JSON form of Spark's schemas, e.g. "\"integer\"" or an object.
  std::string Json() const;

  bool operator==(const DataType& other) const;               // exact: nullability and field names included
  bool SameIgnoringNullability(const DataType& other) const;  // field names by exact text
  bool SameIgnoringNamesAndNullability(const DataType& other) const;
  TypePtr AsNullable() const;  // every nested nullability flag set

  explicit DataType(TypeKind kind) : kind_(kind) {}  // use the factories above

 private:
  friend class DataTypeBuilder;
  TypeKind kind_;
  int precision_ = 0;
  int scale_ = 0;
  std::string collation_;
  std::vector<Field> children_;
};

bool operator==(const TypePtr& left, const TypePtr& right) = delete;  // compare *left == *right

// Integer types as decimals: tinyint (3,0), smallint (5,0), int (10,0), bigint (20,0); null for other types.
TypePtr DecimalForIntegral(TypeKind kind);

// "`name`" with inner backquotes doubled.
std::string QuoteIdentifier(std::string_view name);
// `a`.`b`
std::string QuoteIdentifiers(const std::vector<std::string>& parts);
// Quoted only when the name is not a plain identifier (letters, digits, underscore), as Spark prints in DDL.
std::string QuoteIfNeeded(std::string_view name);

// Reads the JSON form of a type ("\"integer\"", struct objects). Errors: INVALID_JSON_DATA_TYPE.
base::Result<TypePtr> TypeFromJson(std::string_view json);

}  // namespace hearth::plan
