#include "session/response_buffer.h"

#include <gtest/gtest.h>

#include <set>

#include "base/uuid.h"

namespace hearth::session {
namespace {

using Kind = ResponseBuffer::Reader::Kind;

struct Fixture : testing::Test {
  base::ManualClock clock;
  std::shared_ptr<ResponseBuffer> Make(size_t unsent = 100, size_t retained = 100) {
    return std::make_shared<ResponseBuffer>(ResponseBuffer::Limits{unsent, retained}, clock);
  }
  static std::unique_ptr<ResponseBuffer::Reader> Attach(const std::shared_ptr<ResponseBuffer>& buffer,
                                                        std::optional<std::string> after = std::nullopt) {
    auto reader = buffer->Attach(after, [] {});
    EXPECT_TRUE(reader.ok());
    return std::move(*reader);
  }
};
using ResponseBufferTest = Fixture;

TEST_F(ResponseBufferTest, GivesResponsesInOrderAndTheEnd) {
  auto buffer = Make();
  buffer->Append("a");
  buffer->Append("b", std::make_shared<const std::string>("body"));
  auto reader = Attach(buffer);
  const auto first = reader->Next();
  ASSERT_EQ(first.kind, Kind::kResponse);
  EXPECT_EQ(first.response.head, "a");
  EXPECT_TRUE(base::IsUuid(first.response.id));
  EXPECT_EQ(*reader->Next().response.body, "body");
  EXPECT_EQ(reader->Next().kind, Kind::kPending);
  buffer->Close();
  const auto end = reader->Next();
  EXPECT_EQ(end.kind, Kind::kEnd);
  EXPECT_TRUE(end.is_complete);
}

TEST_F(ResponseBufferTest, WakesAWaitingReaderOnce) {
  auto buffer = Make();
  int wakes = 0;
  auto reader = buffer->Attach(std::nullopt, [&] { ++wakes; });
  ASSERT_TRUE(reader.ok());
  buffer->Append("a");
  EXPECT_EQ(wakes, 0);  // nobody waits yet
  EXPECT_EQ((*reader)->Next().kind, Kind::kResponse);
  EXPECT_EQ((*reader)->Next().kind, Kind::kPending);
  buffer->Append("b");
  buffer->Append("c");
  EXPECT_EQ(wakes, 1);
}

TEST_F(ResponseBufferTest, ComesBackBehindAResponse) {
  auto buffer = Make();
  for (const char* text : {"a", "b", "c"}) buffer->Append(text);
  std::string second;
  {
    auto reader = Attach(buffer);
    (void)reader->Next();
    second = reader->Next().response.id;
  }
  EXPECT_EQ(Attach(buffer, second)->Next().response.head, "c");
  EXPECT_EQ(Attach(buffer)->Next().response.head, "a");
}

TEST_F(ResponseBufferTest, TellsReleasedFromNeverKnown) {
  auto buffer = Make();
  std::vector<std::string> ids;
  for (const char* text : {"a", "b", "c"}) {
    ids.push_back(buffer->NextId());
    buffer->Append(text);
  }
  auto reader = Attach(buffer);
  while (reader->Next().kind == Kind::kResponse) {
  }
  EXPECT_TRUE(buffer->Release(ids[1]).ok());
  EXPECT_EQ(buffer->Attach(ids[0], [] {}).error()->condition, "INVALID_CURSOR.POSITION_NOT_AVAILABLE");
  EXPECT_EQ(Attach(buffer, ids[1])->Next().response.head, "c");
  EXPECT_EQ(buffer->Attach(base::RandomUuid(), [] {}).error()->condition,
            "INVALID_CURSOR.POSITION_NOT_FOUND");
  EXPECT_EQ(buffer->Attach(buffer->NextId(), [] {}).error()->condition, "INVALID_CURSOR.POSITION_NOT_FOUND");
  EXPECT_EQ(buffer->Release("abc").error()->condition, "INVALID_CURSOR.POSITION_NOT_FOUND");
}

TEST_F(ResponseBufferTest, KeepsABoundedTailOfWhatWasSent) {
  auto buffer = Make(1000, 10);
  for (int i = 0; i < 20; ++i) buffer->Append(std::string(4, 'x'));
  auto reader = Attach(buffer);
  std::string last;
  for (int i = 0; i < 20; ++i) last = reader->Next().response.id;
  EXPECT_LE(buffer->held_bytes(), 10u);
  EXPECT_EQ(Attach(buffer, last)->Next().kind, Kind::kPending);
}

TEST_F(ResponseBufferTest, KeepsTheLastResponseHoweverLarge) {
  auto buffer = Make(1000, 10);
  buffer->Append("small");
  buffer->Append(std::string(500, 'x'));
  (void)Attach(buffer)->Next();
  auto reader = Attach(buffer);
  (void)reader->Next();
  (void)reader->Next();
  EXPECT_EQ(Attach(buffer)->Next().response.head.size(), 500u);
}

TEST_F(ResponseBufferTest, ParksAProducerUntilTheClientReads) {
  auto buffer = Make(10, 0);
  bool woken = false;
  EXPECT_FALSE(buffer->ParkUntilRoom([&] { woken = true; }));
  buffer->Append(std::string(8, 'x'));
  buffer->Append(std::string(8, 'x'));
  EXPECT_TRUE(buffer->ParkUntilRoom([&] { woken = true; }));
  auto reader = Attach(buffer);
  EXPECT_FALSE(woken);
  (void)reader->Next();
  EXPECT_TRUE(woken);
  EXPECT_FALSE(buffer->ParkUntilRoom([] {}));
}

TEST_F(ResponseBufferTest, ANewReaderEndsTheOldOne) {
  auto buffer = Make();
  bool woken = false;
  auto old_reader = buffer->Attach(std::nullopt, [&] { woken = true; });
  ASSERT_TRUE(old_reader.ok());
  auto new_reader = Attach(buffer);
  EXPECT_TRUE(woken);
  const auto end = (*old_reader)->Next();
  EXPECT_EQ(end.kind, Kind::kEnd);
  EXPECT_EQ(end.failure->condition, "INVALID_CURSOR.DISCONNECTED");
  old_reader->reset();
  EXPECT_FALSE(buffer->detached_since().has_value());
  new_reader.reset();
  EXPECT_TRUE(buffer->detached_since().has_value());
}

TEST_F(ResponseBufferTest, IdsAreDistinct) {
  auto buffer = Make(10000);
  std::set<std::string> ids;
  for (int i = 0; i < 300; ++i) {
    ids.insert(buffer->NextId());
    buffer->Append("x");
  }
  EXPECT_EQ(ids.size(), 300u);
}

}  // namespace
}  // namespace hearth::session
