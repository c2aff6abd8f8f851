#include <gtest/gtest.h>

#include "engine/testing/plans.h"

namespace hearth::engine::testing {
namespace {

using plan::DataType;
using plan::Int128;
using plan::Value;
using plan::ValueList;

TEST(Executor, AnswersOneRow) { EXPECT_EQ(Eval(plan::IntegerLiteral(1)), "1"); }

TEST(Executor, RunsRangeLimitAndSort) {
  const auto range = RangeOf(0, 10);
  const plan::SortKey descending{Ref(range->output[0]), false, false};
  const auto sorted = plan::MakeRelation(plan::Sort{range, {descending}}, range->output);
  const auto limited = plan::MakeRelation(plan::Limit{sorted, 3, 1}, range->output);
  EXPECT_EQ(Rows(limited), (std::vector<std::string>{"8", "7", "6"}));
  const auto tail = plan::MakeRelation(plan::Tail{sorted, 2}, range->output);
  EXPECT_EQ(Rows(tail), (std::vector<std::string>{"1", "0"}));
}

TEST(Executor, UnionsManyInputs) {
  plan::RelationPtr all = RangeOf(0, 1);
  for (int i = 1; i < 2000; ++i) {
    const auto next = RangeOf(i, i + 1);
    all = plan::MakeRelation(plan::SetOperation{all, next, plan::SetKind::kUnion, true},
                             {MakeColumn("id", DataType::Long())});
  }
  EXPECT_EQ(Rows(all).size(), 2000U);
}

TEST(Executor, PlansDeepTrees) {
  plan::RelationPtr deep = RangeOf(0, 3);
  for (int i = 0; i < 300; ++i) {
    deep = ProjectOf(deep, {{"id", CastTo(Ref(deep->output[0]), DataType::Long())},
                            {"text", CastTo(Ref(deep->output[0]), DataType::String())}});
  }
  EXPECT_EQ(Rows(deep).size(), 3U);
}

TEST(Executor, SamplesTheSameRowsForOneSeed) {
  const auto sample = [](double lower, double upper) {
    const auto range = RangeOf(0, 1000);
    return Rows(plan::MakeRelation(plan::Sample{range, lower, upper, false, 7}, range->output));
  };
  EXPECT_EQ(sample(0, 0.3), sample(0, 0.3));
  EXPECT_EQ(sample(0, 0.3).size() + sample(0.3, 1).size(), 1000U);
}

TEST(Executor, EncodesEveryType) {
  const auto list = DataType::Array(DataType::Integer());
  const auto map = DataType::Map(DataType::String(), DataType::Double());
  const auto structure = DataType::Struct({{"a", DataType::Integer()}, {"b", list}});
  const std::vector<plan::ExpressionPtr> values = {
      plan::BooleanLiteral(true),
      TypedLiteral(Value{int64_t{5}}, DataType::Byte()),
      TypedLiteral(Value{1.5}, DataType::Double()),
      TypedLiteral(Value{Int128{12345}}, DataType::Decimal(20, 2)),
      TypedLiteral(Value{Int128{-7}}, DataType::Decimal(4, 1)),
      TextLiteral("häuser"),
      TypedLiteral(Value{std::string("\x01\x02", 2)}, DataType::Binary()),
      TypedLiteral(Value{int64_t{18262}}, DataType::Date()),
      TypedLiteral(Value{int64_t{1577934245000006}}, DataType::Timestamp()),
      TypedLiteral(Value{int64_t{1577934245000006}}, DataType::TimestampNtz()),
      TypedLiteral(Value{int64_t{14}}, DataType::YearMonthInterval()),
      TypedLiteral(Value{int64_t{93784000001}}, DataType::DayTimeInterval()),
      TypedLiteral(Value{plan::CalendarIntervalValue{1, 2, 3}}, DataType::CalendarInterval()),
      plan::NullLiteral(DataType::Null()),
      plan::NullLiteral(DataType::String()),
      TypedLiteral(Value{ValueList{Value{int64_t{1}}, Value{}}}, list),
      TypedLiteral(Value{ValueList{Value{std::string("k")}, Value{2.0}}}, map),
      TypedLiteral(Value{ValueList{Value{int64_t{1}}, Value{ValueList{}}}}, structure),
  };
  const std::string text = ArrowText(SelectOne(values));
  EXPECT_EQ(text.find("error"), std::string::npos) << text;
  const auto rows = Rows(SelectOne(values), "America/Los_Angeles");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0],
            "true|5|1.5|123.45|-0.7|häuser|\x01\x02|2020-01-01|2020-01-01 19:04:05.000006|2020-01-02 "
            "03:04:05.000006|"
            "INTERVAL '1-2' YEAR TO MONTH|INTERVAL '1 02:03:04.000001' DAY TO SECOND|1 months 2 days "
            "0.000003 seconds|"
            "NULL|NULL|[1, null]|{k -> 2.0}|{1, []}");
}

TEST(Executor, SendsTheSchemaOfAnEmptyResult) {
  const auto none = plan::MakeRelation(plan::Limit{SelectOne({TextLiteral("a")}), 0, 0},
                                       SelectOne({TextLiteral("a")})->output);
  const auto range = RangeOf(0, 0);
  EXPECT_NE(ArrowText(range).find("id: int64 not null\nrows 0"), std::string::npos) << ArrowText(range);
}

TEST(Executor, CutsBatchesByRowsAndBytes) {
  plan::ExecutionOptions options;
  options.batch_rows = 3000;
  auto stream = SharedExecutor().Execute(RangeOf(0, 10000), options, {});
  ASSERT_TRUE(stream.ok());
  std::vector<int64_t> sizes;
  while (true) {
    auto batch = (*stream)->Next();
    ASSERT_TRUE(batch.ok());
    if (!*batch) break;
    sizes.push_back((*batch)->row_count);
  }
  EXPECT_EQ(sizes, (std::vector<int64_t>{3000, 3000, 3000, 1000}));
}

TEST(Executor, StopsWhenAsked) {
  std::stop_source stop;
  const auto left = RangeOf(0, 1'000'000'000'000);
  auto stream = SharedExecutor().Execute(left, {}, stop.get_token());
  ASSERT_TRUE(stream.ok());
  ASSERT_TRUE((*stream)->Next().ok());
  stop.request_stop();
  while (true) {
    auto batch = (*stream)->Next();
    if (batch.ok()) {
      ASSERT_TRUE(batch->has_value());
      continue;
    }
    EXPECT_EQ(batch.error()->kind, base::ErrorKind::kCancelled);
    break;
  }
  EXPECT_EQ(Eval(plan::IntegerLiteral(2)), "2");
}

}  // namespace
}  // namespace hearth::engine::testing
