#include "plan/types/data_type.h"

#include <gtest/gtest.h>

#include "plan/types/field_metadata.h"
#include "plan/types/value.h"

namespace hearth::plan {
namespace {

TEST(DataTypeText, AtomicTypesPrintAsSparkPrintsThem) {
  const auto expect = [](const TypePtr& type, std::string_view catalog, std::string_view sql,
                         std::string_view json) {
    EXPECT_EQ(type->CatalogString(), catalog);
    EXPECT_EQ(type->Sql(), sql);
    EXPECT_EQ(type->Json(), json);
  };
  expect(DataType::Null(), "void", "VOID", "\"void\"");
  expect(DataType::Byte(), "tinyint", "TINYINT", "\"byte\"");
  expect(DataType::Integer(), "int", "INT", "\"integer\"");
  expect(DataType::Long(), "bigint", "BIGINT", "\"long\"");
  expect(DataType::Decimal(10, 2), "decimal(10,2)", "DECIMAL(10,2)", "\"decimal(10,2)\"");
  expect(DataType::Char(5), "char(5)", "CHAR(5)", "\"char(5)\"");
  expect(DataType::Time(3), "time(3)", "TIME(3)", "\"time(3)\"");
  expect(DataType::YearMonthInterval(), "interval year to month", "INTERVAL YEAR TO MONTH",
         "\"interval year to month\"");
  expect(DataType::DayTimeInterval(DayTimeField::kDay, DayTimeField::kDay), "interval day", "INTERVAL DAY",
         "\"interval day\"");
  expect(DataType::CalendarInterval(), "interval", "INTERVAL", "\"interval\"");
  expect(DataType::StringWithCollation("UTF8_LCASE"), "string collate UTF8_LCASE",
         "STRING COLLATE UTF8_LCASE", "\"string collate UTF8_LCASE\"");
}

TEST(DataTypeText, NestedTypesQuoteNamesInSqlOnly) {
  const auto inner = DataType::Struct({{"q", DataType::Integer()}});
  const auto type = DataType::Struct({{"a", DataType::Integer()},
                                      {"b c", DataType::String(), false, MetadataWithComment("it's")},
                                      {"x`y", DataType::Array(inner)}});
  EXPECT_EQ(type->CatalogString(), "struct<a:int,b c:string,x`y:array<struct<q:int>>>");
  EXPECT_EQ(type->Sql(),
            "STRUCT<a: INT, `b c`: STRING NOT NULL COMMENT 'it\\'s', `x``y`: ARRAY<STRUCT<q: INT>>>");
  const auto map = DataType::Map(DataType::String(), DataType::Long());
  EXPECT_EQ(map->CatalogString(), "map<string,bigint>");
  EXPECT_EQ(map->Sql(), "MAP<STRING, BIGINT>");
}

TEST(DataTypeJson, ReadsBackWhatItWrites) {
  const auto collated = DataType::StringWithCollation("UNICODE_CI");
  const std::vector<TypePtr> types = {
      DataType::Boolean(),
      DataType::Decimal(38, 18),
      DataType::Varchar(7),
      DataType::TimestampNtz(),
      DataType::DayTimeInterval(DayTimeField::kHour, DayTimeField::kSecond),
      DataType::Array(
          DataType::Map(DataType::Integer(), DataType::Struct({{"a", DataType::Date(), false}}), false),
          false),
      DataType::Struct({{"s", collated}, {"m", DataType::Map(collated, DataType::Array(collated))}}),
      DataType::Struct({{"c", DataType::Integer(), true, MetadataWithComment("note")}}),
  };
  for (const auto& type : types) {
    const auto read = TypeFromJson(type->Json());
    ASSERT_TRUE(read.ok()) << type->Json();
    EXPECT_TRUE(**read == *type) << type->Json();
  }
}

TEST(DataTypeJson, CollationsInsideStructsStandInTheMetadata) {
  const auto type = DataType::Struct({{"c", DataType::Map(DataType::StringWithCollation("UNICODE_CI"),
                                                          DataType::StringWithCollation("UTF8_LCASE"))}});
  EXPECT_EQ(
      type->Json(),
      R"({"type":"struct","fields":[{"name":"c","type":{"type":"map","keyType":"string","valueType":"string",)"
      R"("valueContainsNull":true},"nullable":true,"metadata":{"__COLLATIONS":{"c.value":"spark.UTF8_LCASE",)"
      R"("c.key":"icu.UNICODE_CI"}}}]})");
}

TEST(DataTypeJson, RefusesWhatSparkRefuses) {
  for (const auto* text : {"\"bigint\"", "\"foo\"", "{\"type\":\"foo\"}", "xx", "12", "\"time\"",
                           "\"decimal(39,0)\"", "{\"type\":\"array\",\"elementType\":\"integer\"}"}) {
    const auto read = TypeFromJson(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error()->condition, "INVALID_JSON_DATA_TYPE");
  }
  std::string deep = "\"integer\"";
  for (int level = 0; level < 5000; ++level) {
    deep = R"({"type":"array","containsNull":true,"elementType":)" + deep + "}";
  }
  EXPECT_FALSE(TypeFromJson(deep).ok());
}

TEST(DataTypeEquality, NullabilityAndNamesCountOnlyWhenAsked) {
  const auto strict = DataType::Struct({{"a", DataType::Array(DataType::Integer(), false), false}});
  const auto loose = DataType::Struct({{"a", DataType::Array(DataType::Integer(), true), true}});
  const auto renamed = DataType::Struct({{"b", DataType::Array(DataType::Integer(), true), true}});
  EXPECT_FALSE(*strict == *loose);
  EXPECT_TRUE(strict->SameIgnoringNullability(*loose));
  EXPECT_TRUE(*strict->AsNullable() == *loose);
  EXPECT_FALSE(loose->SameIgnoringNullability(*renamed));
  EXPECT_TRUE(loose->SameIgnoringNamesAndNullability(*renamed));
  EXPECT_FALSE(*DataType::Decimal(10, 2) == *DataType::Decimal(10, 3));
  EXPECT_TRUE(*DataType::String() == *DataType::StringWithCollation("UTF8_BINARY"));
}

TEST(Identifiers, AreQuotedWhereSparkQuotesThem) {
  EXPECT_EQ(QuoteIdentifier("a`b"), "`a``b`");
  EXPECT_EQ(QuoteIdentifiers({"a", "b c"}), "`a`.`b c`");
  EXPECT_EQ(QuoteIfNeeded("a_1"), "a_1");
  EXPECT_EQ(QuoteIfNeeded("1a"), "`1a`");
  EXPECT_EQ(QuoteIfNeeded("select"), "select");
  EXPECT_EQ(QuoteIfNeeded("ä"), "`ä`");
}

TEST(DecimalText, PlacesThePoint) {
  EXPECT_EQ(DecimalText(12345, 2), "123.45");
  EXPECT_EQ(DecimalText(-5, 3), "-0.005");
  EXPECT_EQ(DecimalText(0, 2), "0.00");
  EXPECT_EQ(DecimalText(7, 0), "7");
  const Int128 smallest = static_cast<Int128>(1) << 127;
  EXPECT_EQ(DecimalText(smallest, 0), "-170141183460469231731687303715884105728");
}

}  // namespace
}  // namespace hearth::plan
