// Type coercion against what Spark's own rules answered for every pair of types (tests/spark/facts).
#include "plan/types/coercion.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

namespace hearth::plan {
namespace {

const std::map<std::string, TypePtr>& TypesByName() {
  static const std::map<std::string, TypePtr> types = {
      {"void", DataType::Null()},
      {"boolean", DataType::Boolean()},
      {"tinyint", DataType::Byte()},
      {"smallint", DataType::Short()},
      {"int", DataType::Integer()},
      {"bigint", DataType::Long()},
      {"float", DataType::Float()},
      {"double", DataType::Double()},
      {"decimal(10,2)", DataType::Decimal(10, 2)},
      {"decimal(38,0)", DataType::Decimal(38, 0)},
      {"decimal(38,18)", DataType::Decimal(38, 18)},
      {"decimal(3,0)", DataType::Decimal(3, 0)},
      {"decimal(20,0)", DataType::Decimal(20, 0)},
      {"string", DataType::String()},
      {"char(3)", DataType::Char(3)},
      {"varchar(5)", DataType::Varchar(5)},
      {"binary", DataType::Binary()},
      {"date", DataType::Date()},
      {"timestamp", DataType::Timestamp()},
      {"timestamp_ntz", DataType::TimestampNtz()},
      {"time(6)", DataType::Time()},
      {"interval year", DataType::YearMonthInterval(YearMonthField::kYear, YearMonthField::kYear)},
      {"interval month", DataType::YearMonthInterval(YearMonthField::kMonth, YearMonthField::kMonth)},
      {"interval year to month", DataType::YearMonthInterval()},
      {"interval day", DataType::DayTimeInterval(DayTimeField::kDay, DayTimeField::kDay)},
      {"interval hour to second", DataType::DayTimeInterval(DayTimeField::kHour, DayTimeField::kSecond)},
      {"interval day to second", DataType::DayTimeInterval()},
      {"interval", DataType::CalendarInterval()},
      {"array<int>", DataType::Array(DataType::Integer())},
      {"array<string>", DataType::Array(DataType::String())},
      {"map<string,int>", DataType::Map(DataType::String(), DataType::Integer())},
      {"map<int,bigint>", DataType::Map(DataType::Integer(), DataType::Long())},
      {"struct<a:int>", DataType::Struct({{"a", DataType::Integer(), true, {}}})},
      {"struct<b:bigint>", DataType::Struct({{"b", DataType::Long(), true, {}}})},
      {"struct<A:bigint>", DataType::Struct({{"A", DataType::Long(), true, {}}})},
      {"variant", DataType::Variant()},
  };
  return types;
}

std::vector<std::map<std::string, std::string>> ReadFacts(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::map<std::string, std::string>> rows;
  std::vector<std::string> header;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, '\t');) cells.push_back(cell);
    if (header.empty()) {
      header = cells;
      continue;
    }
    auto& row = rows.emplace_back();
    for (size_t i = 0; i < header.size(); ++i) row[header[i]] = cells[i];
  }
  return rows;
}

std::string Text(const std::optional<TypePtr>& type) { return type ? (*type)->CatalogString() : "-"; }

AnalysisSettings Mode(bool ansi) {
  AnalysisSettings settings;
  settings.ansi = ansi;
  return settings;
}

TEST(Coercion, CommonTypesOfEveryPair) {
  auto facts = ReadFacts("tests/spark/facts/type_pairs.tsv");
  ASSERT_GT(facts.size(), 1000u);
  for (const auto& fact : facts) {
    SCOPED_TRACE(fact.at("left") + " with " + fact.at("right"));
    auto left = TypesByName().at(fact.at("left"));
    auto right = TypesByName().at(fact.at("right"));
    std::vector<TypePtr> pair = {left, right};
    for (bool ansi : {true, false}) {
      const std::string mode = ansi ? "ansi" : "legacy";
      EXPECT_EQ(Text(FindTightestCommonType(left, right, Mode(ansi))), fact.at(mode + "_tight"));
      // A char and a string meet differently by order outside ANSI mode; strings are sorted first here.
      EXPECT_EQ(Text(FindCommonType(pair, Mode(ansi))), fact.at(mode + "_wide"));
    }
    EXPECT_EQ(Text(FindCommonTypeWithoutStrings(pair, Mode(false))), fact.at("legacy_wide_nostr"));
  }
}

TEST(Coercion, CastsOfEveryPair) {
  for (const auto& fact : ReadFacts("tests/spark/facts/type_pairs.tsv")) {
    SCOPED_TRACE(fact.at("left") + " to " + fact.at("right"));
    const auto& from = *TypesByName().at(fact.at("left"));
    const auto& to = *TypesByName().at(fact.at("right"));
    EXPECT_EQ(CanCast(from, to, CastBehavior::kLegacy), fact.at("can_cast") == "1");
    EXPECT_EQ(CanCast(from, to, CastBehavior::kAnsi), fact.at("can_ansi_cast") == "1");
    EXPECT_EQ(CanCast(from, to, CastBehavior::kTry), fact.at("can_try_cast") == "1");
    EXPECT_EQ(CastMayGiveNull(from, to, CastBehavior::kAnsi), fact.at("force_nullable") == "1");
    EXPECT_EQ(CanUpCast(from, to), fact.at("can_upcast") == "1");
  }
}

TEST(Coercion, ImplicitCastsToEverySlot) {
  const std::map<std::string, Slot> slots = {
      {"numeric", Slot::kNumeric},
      {"integral", Slot::kIntegral},
      {"decimal", Slot::kDecimal},
      {"any_timestamp", Slot::kAnyTimestamp},
      {"array", Slot::kArray},
      {"map", Slot::kMap},
      {"struct", Slot::kStruct},
      {"string", Slot::kString},
      {"boolean", Slot::kBoolean},
      {"int", Slot::kInteger},
      {"bigint", Slot::kLong},
      {"double", Slot::kDouble},
      {"binary", Slot::kBinary},
      {"date", Slot::kDate},
      {"timestamp", Slot::kTimestamp},
      {"timestamp_ntz", Slot::kTimestampNtz},
      {"time", Slot::kTime},
      {"calendar_interval", Slot::kCalendarInterval},
      {"string_or_binary", Slot::kStringOrBinary},
      {"array_or_map", Slot::kArrayOrMap},
  };
  for (const auto& fact : ReadFacts("tests/spark/facts/implicit_casts.tsv")) {
    const auto slot = slots.find(fact.at("slot"));
    if (slot == slots.end()) continue;
    SCOPED_TRACE(fact.at("from") + " as " + fact.at("slot"));
    Column column{1, "c", TypesByName().at(fact.at("from")), true, {}, {}};
    for (bool ansi : {true, false}) {
      auto coerced = CoerceToSlot(MakeReference(column), slot->second, Mode(ansi));
      EXPECT_EQ(coerced ? (*coerced)->type->CatalogString() : "-", fact.at(ansi ? "ansi" : "legacy"));
    }
  }
}

TEST(Coercion, DecimalArithmetic) {
  const auto check = [](std::string_view op, TypePtr left, TypePtr right, bool loss,
                        const std::string& expected) {
    EXPECT_EQ(DecimalResultType(op, *left, *right, loss)->CatalogString(), expected) << op;
  };
  auto d10 = DataType::Decimal(10, 2);
  auto d38 = DataType::Decimal(38, 0);
  auto fraction = DataType::Decimal(38, 18);
  check("+", d10, d10, true, "decimal(11,2)");
  check("*", d10, d10, true, "decimal(21,4)");
  check("/", d10, d10, true, "decimal(23,13)");
  check("%", d10, d38, true, "decimal(10,2)");
  check("+", d38, fraction, true, "decimal(38,6)");
  check("*", d38, fraction, true, "decimal(38,6)");
  check("/", d38, fraction, true, "decimal(38,6)");
  check("-", d38, d38, true, "decimal(38,0)");
  check("+", d10, d38, true, "decimal(38,2)");
  check("+", fraction, fraction, false, "decimal(38,18)");
  check("*", fraction, fraction, false, "decimal(38,36)");
  check("/", DataType::Decimal(38, 18), DataType::Decimal(10, 2), false, "decimal(38,22)");
}

TEST(Coercion, OrderableTypes) {
  EXPECT_TRUE(IsOrderable(*DataType::Array(DataType::Integer())));
  EXPECT_FALSE(IsOrderable(*DataType::Array(DataType::Map(DataType::String(), DataType::Integer()))));
  EXPECT_FALSE(IsOrderable(*DataType::CalendarInterval()));
}

}  // namespace
}  // namespace hearth::plan
