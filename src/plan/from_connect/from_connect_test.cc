#include "plan/from_connect/from_connect.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "plan/from_connect/reader.h"
#include "plan/text_cases.h"

namespace hearth::plan {
namespace {

namespace proto = ::spark::connect;

template <typename Message>
std::string Shown(const std::string& text) {
  Message message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message)) return "error: not a message";
  const auto result = FromConnect(message, {});
  return result.ok() ? Print(**result) : Describe(*result.error());
}

template <>
std::string Shown<proto::Command>(const std::string& text) {
  proto::Command message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message)) return "error: not a message";
  const auto result = FromConnect(message, {});
  return result.ok() ? Print(*result) : Describe(*result.error());
}

std::string Outcome(const TextCase& test) {
  const auto mode = test.Setting("mode");
  if (mode == "expression") return Shown<proto::Expression>(test.input);
  if (mode == "command") return Shown<proto::Command>(test.input);
  return Shown<proto::Relation>(test.input);
}

TEST(FromConnect, MessagesBecomeTheTreeOfTheirCase) {
  const int count = TextCases::RunAll(
      "tests/plan/connect", Outcome, [](const auto& place, const auto& actual, const auto& test) {
        ADD_FAILURE() << place << "\n---- expected\n" << test.expected << "\n---- got\n" << actual;
      });
  EXPECT_GT(count, 100);
}

TEST(FromConnect, EveryKindOfRelationHasAReading) {
  const auto* oneof = proto::Relation::descriptor()->FindOneofByName("rel_type");
  for (int index = 0; index < oneof->field_count(); ++index) {
    proto::Relation message;
    message.GetReflection()->MutableMessage(&message, oneof->field(index));
    const auto result = FromConnect(message, {});
    if (result.ok()) continue;
    EXPECT_NE(result.error()->condition, "INTERNAL_ERROR") << oneof->field(index)->name();
  }
}

TEST(FromConnect, NestingIsBounded) {
  proto::Relation deep;
  deep.mutable_range()->set_end(1);
  for (int level = 0; level < 5'000; ++level) {
    proto::Relation outer;
    outer.mutable_limit()->mutable_input()->Swap(&deep);
    deep.Swap(&outer);
    if (level == 900) {
      EXPECT_TRUE(FromConnect(deep, {}).ok());
    }
  }
  const auto result = FromConnect(deep, {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error()->condition, "FAILED_TO_PARSE_TOO_COMPLEX");
}

TEST(FromConnect, OriginsOfPythonAreKept) {
  proto::Expression message;
  message.mutable_unresolved_attribute()->set_unparsed_identifier("a");
  auto* origin = message.mutable_common()->mutable_origin()->mutable_python_origin();
  origin->set_fragment("col");
  origin->set_call_site("program.py:3");
  const auto result = FromConnect(message, {});
  ASSERT_TRUE(result.ok());
  ASSERT_TRUE((*result)->origin.has_value());
  EXPECT_EQ((*result)->origin->fragment, "col");
  EXPECT_EQ((*result)->origin->call_site, "program.py:3");
}

TEST(FromConnect, StatementsOfSqlTakeTheirArguments) {
  proto::Relation message;
  message.mutable_sql()->set_query("SET spark.sql.ansi.enabled = false");
  auto statement = StatementFromConnect(message, {});
  ASSERT_TRUE(statement.ok());
  EXPECT_EQ(Print(*statement), "SetConfiguration spark.sql.ansi.enabled = 'false'\n");
  message.mutable_sql()->set_query("SELECT :a");
  (*message.mutable_sql()->mutable_named_arguments())["a"].mutable_literal()->set_integer(4);
  statement = StatementFromConnect(message, {});
  ASSERT_TRUE(statement.ok());
  EXPECT_EQ(Print(*statement), "Project [4]\n  OneRow\n");
}

TEST(ConnectTypes, SurviveTheWayThereAndBack) {
  const std::vector<TypePtr> types = {
      DataType::Null(),
      DataType::Decimal(12, 3),
      DataType::StringWithCollation("UTF8_LCASE"),
      DataType::Char(3),
      DataType::Time(3),
      DataType::TimestampNtz(),
      DataType::YearMonthInterval(YearMonthField::kMonth, YearMonthField::kMonth),
      DataType::DayTimeInterval(DayTimeField::kHour, DayTimeField::kMinute),
      DataType::CalendarInterval(),
      DataType::Variant(),
      DataType::Struct(
          {{"a", DataType::Array(DataType::Map(DataType::String(), DataType::Long(), false), false), false},
           {"b", DataType::Binary(), true, R"({"comment":"x"})"}}),
  };
  for (const auto& type : types) {
    proto::DataType message;
    ToConnect(*type, &message);
    const auto back = FromConnect(message);
    ASSERT_TRUE(back.ok()) << type->Sql();
    EXPECT_TRUE(**back == *type) << type->Sql();
  }
}

TEST(AttributeNames, SplitAtDotsOutsideOfBackquotes) {
  using from_connect::ParseAttributeName;
  EXPECT_EQ(*ParseAttributeName("a.b"), (unresolved::Name{"a", "b"}));
  EXPECT_EQ(*ParseAttributeName("`a.b`.c d"), (unresolved::Name{"a.b", "c d"}));
  EXPECT_EQ(*ParseAttributeName("`a``b`"), (unresolved::Name{"a`b"}));
  EXPECT_EQ(*ParseAttributeName("a[0]"), (unresolved::Name{"a[0]"}));
  for (const auto* text : {"a..b", ".a", "a.", "`a", "a`b`", "`a`b"}) {
    const auto result = ParseAttributeName(text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_EQ(result.error()->condition, "INVALID_ATTRIBUTE_NAME_SYNTAX");
  }
}

}  // namespace
}  // namespace hearth::plan
