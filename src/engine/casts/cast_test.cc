#include <gtest/gtest.h>

#include <limits>

#include "engine/testing/plans.h"

namespace hearth::engine::testing {
namespace {

using plan::CastBehavior;
using plan::DataType;
using plan::Int128;
using plan::TypePtr;
using plan::Value;

std::string FromText(const std::string& text, const TypePtr& type,
                     CastBehavior behavior = CastBehavior::kAnsi, const std::string& zone = "UTC") {
  return Eval(CastTo(TextLiteral(text), type, behavior), zone);
}

plan::ExpressionPtr Number(double value) { return TypedLiteral(Value{value}, DataType::Double()); }

TEST(Cast, TextToIntegers) {
  EXPECT_EQ(FromText(" 12\t", DataType::Integer()), "12");
  EXPECT_EQ(FromText("-128", DataType::Byte()), "-128");
  EXPECT_EQ(FromText("128", DataType::Byte()), "error CAST_INVALID_INPUT");
  EXPECT_EQ(FromText("2.9", DataType::Integer()), "error CAST_INVALID_INPUT");
  EXPECT_EQ(FromText("2.9", DataType::Integer(), CastBehavior::kLegacy), "2");
  EXPECT_EQ(FromText("1e3", DataType::Integer(), CastBehavior::kTry), "NULL");
  EXPECT_EQ(FromText("", DataType::Integer(), CastBehavior::kTry), "NULL");
  EXPECT_EQ(FromText("9223372036854775807", DataType::Long()), "9223372036854775807");
  EXPECT_EQ(FromText("9223372036854775808", DataType::Long(), CastBehavior::kTry), "NULL");
}

TEST(Cast, TextToFloatingPoint) {
  EXPECT_EQ(FromText("1.5d", DataType::Double()), "1.5");
  EXPECT_EQ(FromText(" 1e7 ", DataType::Double()), "1.0E7");
  EXPECT_EQ(FromText("1e400", DataType::Double()), "Infinity");
  EXPECT_EQ(FromText("-inf", DataType::Double()), "-Infinity");
  EXPECT_EQ(FromText("nan", DataType::Float()), "NaN");
  EXPECT_EQ(FromText("0x1p3", DataType::Double()), "8.0");
  EXPECT_EQ(FromText("abc", DataType::Double()), "error CAST_INVALID_INPUT");
  EXPECT_EQ(FromText("1e-4", DataType::Float()), "1.0E-4");
  EXPECT_EQ(FromText("123456.789", DataType::Double()), "123456.789");
}

TEST(Cast, TextToDecimal) {
  EXPECT_EQ(FromText("1.235", DataType::Decimal(10, 2)), "1.24");
  EXPECT_EQ(FromText("-1.235", DataType::Decimal(10, 2)), "-1.24");
  EXPECT_EQ(FromText("1.2e2", DataType::Decimal(5, 1)), "120.0");
  EXPECT_EQ(FromText("0.004", DataType::Decimal(5, 2)), "0.00");
  EXPECT_EQ(FromText("12345", DataType::Decimal(4, 0)), "error NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION");
  EXPECT_EQ(FromText("x", DataType::Decimal(4, 0)), "error CAST_INVALID_INPUT");
  EXPECT_EQ(FromText("99999999999999999999999999999999999999", DataType::Decimal(38, 0)),
            "99999999999999999999999999999999999999");
  EXPECT_EQ(FromText("1e39", DataType::Decimal(38, 0)), "error NUMERIC_OUT_OF_SUPPORTED_RANGE");
}

TEST(Cast, TextToBooleanAndBinary) {
  EXPECT_EQ(FromText(" TRUE ", DataType::Boolean()), "true");
  EXPECT_EQ(FromText("n", DataType::Boolean()), "false");
  EXPECT_EQ(FromText("maybe", DataType::Boolean()), "error CAST_INVALID_INPUT");
  EXPECT_EQ(FromText("é", DataType::Binary()), "é");
}

TEST(Cast, TextToDates) {
  EXPECT_EQ(FromText("2020", DataType::Date()), "2020-01-01");
  EXPECT_EQ(FromText("2020-2", DataType::Date()), "2020-02-01");
  EXPECT_EQ(FromText("2020-02-03T10:00 whatever", DataType::Date()), "2020-02-03");
  EXPECT_EQ(FromText("+12345-01-01", DataType::Date()), "+12345-01-01");
  EXPECT_EQ(FromText("-0044-03-15", DataType::Date()), "-0044-03-15");
  EXPECT_EQ(FromText("2020-02-30", DataType::Date()), "error CAST_INVALID_INPUT");
  EXPECT_EQ(FromText("2020-02x", DataType::Date(), CastBehavior::kLegacy), "NULL");
}

TEST(Cast, TextToTimestamps) {
  const std::string zone = "America/Los_Angeles";
  EXPECT_EQ(FromText("2020-01-02 3:4:5.678", DataType::Timestamp(), CastBehavior::kAnsi, zone),
            "2020-01-02 03:04:05.678");
  EXPECT_EQ(FromText("2020-01-02T03:04:05Z", DataType::Timestamp(), CastBehavior::kAnsi, zone),
            "2020-01-01 19:04:05");
  EXPECT_EQ(FromText("2020-01-02 03:04:05 +2:00", DataType::Timestamp()), "2020-01-02 01:04:05");
  EXPECT_EQ(FromText("2020-01-02 03:04:05.1234567 Europe/Berlin", DataType::Timestamp()),
            "2020-01-02 02:04:05.123456");
  EXPECT_EQ(FromText("2020-01-02 03:04", DataType::Timestamp()), "2020-01-02 03:04:00");
  EXPECT_EQ(FromText("2020-01-02 24:00:00", DataType::Timestamp()), "error CAST_INVALID_INPUT");
  EXPECT_EQ(FromText("2020-01-02 03:04:05 Mars", DataType::Timestamp(), CastBehavior::kTry), "NULL");
  // The hour that happens twice is the first of the two; the hour that does not happen moves on.
  EXPECT_EQ(
      Eval(CastTo(CastTo(TextLiteral("2024-11-03 01:30:00"), DataType::Timestamp()), DataType::Long()), zone),
      "1730622600");
  EXPECT_EQ(FromText("2024-03-10 02:30:00", DataType::Timestamp(), CastBehavior::kAnsi, zone),
            "2024-03-10 03:30:00");
  EXPECT_EQ(FromText("2020-01-02 03:04:05+02:00", DataType::TimestampNtz()), "2020-01-02 03:04:05");
}

TEST(Cast, TextToIntervals) {
  EXPECT_EQ(FromText("1-2", DataType::YearMonthInterval()), "INTERVAL '1-2' YEAR TO MONTH");
  EXPECT_EQ(FromText("INTERVAL '-1 02:03:04.5' DAY TO SECOND", DataType::DayTimeInterval()),
            "INTERVAL '-1 02:03:04.5' DAY TO SECOND");
  EXPECT_EQ(FromText("interval 1 year 2 days -3.5 seconds", DataType::CalendarInterval()),
            "1 years 2 days -3.5 seconds");
  EXPECT_EQ(FromText("x", DataType::YearMonthInterval()),
            "error INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING");
}

TEST(Cast, FloatingPointToIntegers) {
  EXPECT_EQ(Eval(CastTo(Number(2.9), DataType::Integer())), "2");
  EXPECT_EQ(Eval(CastTo(Number(-2.9), DataType::Integer())), "-2");
  EXPECT_EQ(Eval(CastTo(Number(2147483647.9), DataType::Integer())), "2147483647");
  EXPECT_EQ(Eval(CastTo(Number(2147483648.0), DataType::Integer())), "error CAST_OVERFLOW");
  EXPECT_EQ(Eval(CastTo(Number(-128.9), DataType::Byte())), "-128");
  EXPECT_EQ(Eval(CastTo(Number(300.0), DataType::Byte(), CastBehavior::kLegacy)), "44");
  EXPECT_EQ(Eval(CastTo(Number(1e20), DataType::Integer(), CastBehavior::kLegacy)), "2147483647");
  EXPECT_EQ(Eval(CastTo(Number(1e20), DataType::Long(), CastBehavior::kTry)), "NULL");
  EXPECT_EQ(Eval(CastTo(Number(std::numeric_limits<double>::quiet_NaN()), DataType::Long())),
            "error CAST_OVERFLOW");
}

TEST(Cast, IntegersAndDecimals) {
  EXPECT_EQ(Eval(CastTo(plan::IntegerLiteral(300), DataType::Byte())), "error CAST_OVERFLOW");
  EXPECT_EQ(Eval(CastTo(plan::IntegerLiteral(300), DataType::Byte(), CastBehavior::kLegacy)), "44");
  EXPECT_EQ(Eval(CastTo(plan::IntegerLiteral(12), DataType::Decimal(4, 2))), "12.00");
  EXPECT_EQ(Eval(CastTo(plan::IntegerLiteral(123), DataType::Decimal(4, 2))),
            "error NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION");
  const auto decimal = TypedLiteral(Value{Int128{-12355}}, DataType::Decimal(10, 2));
  EXPECT_EQ(Eval(CastTo(decimal, DataType::Decimal(10, 1))), "-123.6");
  EXPECT_EQ(Eval(CastTo(decimal, DataType::Integer())), "-123");
  EXPECT_EQ(Eval(CastTo(decimal, DataType::Double())), "-123.55");
  EXPECT_EQ(Eval(CastTo(decimal, DataType::Decimal(3, 1))),
            "error NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION");
  EXPECT_EQ(Eval(CastTo(Number(0.1), DataType::Decimal(38, 20))), "0.10000000000000000000");
  EXPECT_EQ(Eval(CastTo(plan::BooleanLiteral(true), DataType::Decimal(3, 1))), "1.0");
  const auto small = TypedLiteral(Value{Int128{1}}, DataType::Decimal(10, 7));
  EXPECT_EQ(Eval(CastTo(small, DataType::String())), "0.0000001");
  EXPECT_EQ(Eval(CastTo(small, DataType::String(), CastBehavior::kLegacy)), "1E-7");
}

TEST(Cast, DatesAndTimestamps) {
  const auto instant = TypedLiteral(Value{int64_t{-1}}, DataType::Timestamp());
  EXPECT_EQ(Eval(CastTo(instant, DataType::Date())), "1969-12-31");
  EXPECT_EQ(Eval(CastTo(instant, DataType::Long())), "-1");
  EXPECT_EQ(Eval(CastTo(instant, DataType::Double())), "-1.0E-6");
  EXPECT_EQ(Eval(CastTo(instant, DataType::TimestampNtz()), "Asia/Tokyo"), "1970-01-01 08:59:59.999999");
  EXPECT_EQ(Eval(CastTo(CastTo(TextLiteral("2020-06-01"), DataType::Date()), DataType::Timestamp()),
                 "Europe/Berlin"),
            "2020-06-01 00:00:00");
  EXPECT_EQ(Eval(CastTo(Number(1.5), DataType::Timestamp())), "1970-01-01 00:00:01.5");
}

TEST(Cast, IntervalsAndNumbers) {
  const auto months = TypedLiteral(Value{int64_t{14}}, DataType::YearMonthInterval());
  const auto years = DataType::YearMonthInterval(plan::YearMonthField::kYear, plan::YearMonthField::kYear);
  EXPECT_EQ(Eval(CastTo(months, years)), "INTERVAL '1' YEAR");
  EXPECT_EQ(Eval(CastTo(months, DataType::Integer())), "14");
  const auto hours = DataType::DayTimeInterval(plan::DayTimeField::kHour, plan::DayTimeField::kHour);
  EXPECT_EQ(Eval(CastTo(plan::IntegerLiteral(30), hours)), "INTERVAL '30' HOUR");
}

TEST(Cast, NestedElementByElement) {
  const auto texts = DataType::Array(DataType::String());
  const auto literal =
      TypedLiteral(Value{plan::ValueList{Value{std::string("1")}, Value{}, Value{std::string("x")}}}, texts);
  EXPECT_EQ(Eval(CastTo(literal, DataType::Array(DataType::Integer()), CastBehavior::kTry)),
            "[1, null, null]");
  EXPECT_EQ(Eval(CastTo(literal, DataType::Array(DataType::Integer()))), "error CAST_INVALID_INPUT");
  const auto pair = DataType::Struct({{"a", DataType::Integer()}, {"b", DataType::String()}});
  const auto other = DataType::Struct({{"b", DataType::String()}, {"a", DataType::Double()}});
  const auto value = TypedLiteral(Value{plan::ValueList{Value{int64_t{1}}, Value{std::string("2")}}}, pair);
  EXPECT_EQ(Eval(CastTo(value, other)), "{1, 2.0}");
  const auto map = DataType::Map(DataType::Integer(), DataType::String());
  const auto entries = TypedLiteral(Value{plan::ValueList{Value{int64_t{1}}, Value{std::string("7")}}}, map);
  EXPECT_EQ(Eval(CastTo(entries, DataType::Map(DataType::String(), DataType::Integer()))), "{1 -> 7}");
}

TEST(Cast, RowsKeepTheirNulls) {
  const auto range = RangeOf(0, 5000);
  const auto texts = ProjectOf(range, {{"x", CastTo(CastTo(Ref(range->output[0]), DataType::String()),
                                                    DataType::Byte(), CastBehavior::kTry)}});
  const auto rows = Rows(texts);
  ASSERT_EQ(rows.size(), 5000U);
  EXPECT_EQ(rows[127], "127");
  EXPECT_EQ(rows[128], "NULL");
}

}  // namespace
}  // namespace hearth::engine::testing
