#include "session/session_manager.h"

#include <gtest/gtest.h>

#include "base/uuid.h"
#include "session/testing/fake_engine.h"

namespace hearth::session {
namespace {

using namespace std::chrono_literals;

struct SessionManagerTest : testing::Test {
  FakeEngine engine;
  base::ManualClock clock;
  base::ThreadPool executor{"test", 1, 10};
  std::unique_ptr<CatalogStore> store = MakeMemoryCatalogStore("/nowhere");
  TemporaryViews global_views;
  SessionManager manager{
      SessionEnvironment{engine, *store, global_views, executor, clock, {}, {}, "/nowhere", "me"},
      {.sessions = 3, .closed = 2, .idle = 1h}};

  static SessionKey Key(std::string user = "u") { return {std::move(user), SessionId(base::RandomUuid())}; }
  static std::string ConditionOf(const base::Result<std::shared_ptr<Session>>& result) {
    return result.ok() ? "" : result.error()->condition;
  }
};

TEST_F(SessionManagerTest, MakesASessionOnceForEachUserAndId) {
  const SessionKey key = Key();
  const auto session = manager.GetOrCreate(key, "");
  ASSERT_TRUE(session.ok());
  EXPECT_TRUE(base::IsUuid((*session)->server_side_id()));
  EXPECT_EQ(*manager.GetOrCreate(key, (*session)->server_side_id()), *session);
  EXPECT_NE(*manager.GetOrCreate({"other", key.session}, ""), *session);
  EXPECT_EQ(ConditionOf(manager.GetOrCreate(key, base::RandomUuid())), "INVALID_HANDLE.SESSION_CHANGED");
  EXPECT_EQ(ConditionOf(manager.GetOrCreate({"u", SessionId("abc")}, "")), "INVALID_HANDLE.FORMAT");
  EXPECT_EQ(ConditionOf(manager.Get(Key(), "")), "INVALID_HANDLE.SESSION_NOT_FOUND");
}

TEST_F(SessionManagerTest, RemembersClosedSessions) {
  const SessionKey key = Key();
  const std::string server_side_id = (*manager.GetOrCreate(key, ""))->server_side_id();
  EXPECT_EQ(manager.Release(key, false), server_side_id);
  EXPECT_EQ(manager.Release(key, false), std::nullopt);
  EXPECT_EQ(ConditionOf(manager.GetOrCreate(key, "")), "INVALID_HANDLE.SESSION_CLOSED");
  for (int i = 0; i < 2; ++i) {
    const SessionKey other = Key();
    ASSERT_TRUE(manager.GetOrCreate(other, "").ok());
    manager.Release(other, false);
  }
  EXPECT_TRUE(manager.GetOrCreate(key, "").ok());  // forgotten by now
}

TEST_F(SessionManagerTest, LetsASessionComeBackWhenAsked) {
  const SessionKey key = Key();
  ASSERT_TRUE(manager.GetOrCreate(key, "").ok());
  EXPECT_TRUE(manager.Release(key, true).has_value());
  EXPECT_TRUE(manager.GetOrCreate(key, "").ok());
}

TEST_F(SessionManagerTest, ClosesIdleSessions) {
  const SessionKey idle = Key();
  const SessionKey busy = Key();
  ASSERT_TRUE(manager.GetOrCreate(idle, "").ok());
  ASSERT_TRUE(manager.GetOrCreate(busy, "").ok());
  clock.Advance(50min);
  ASSERT_TRUE(manager.GetOrCreate(busy, "").ok());
  clock.Advance(20min);
  manager.Maintain();
  EXPECT_EQ(ConditionOf(manager.Get(idle, "")), "INVALID_HANDLE.SESSION_CLOSED");
  EXPECT_TRUE(manager.Get(busy, "").ok());
}

TEST_F(SessionManagerTest, ClonesStateUnderAFreshId) {
  const SessionKey key = Key();
  const auto source = *manager.GetOrCreate(key, "");
  ASSERT_TRUE(source->SetSetting("spark.sql.shuffle.partitions", "3").ok());
  const auto clone = manager.Clone(key, "", "");
  ASSERT_TRUE(clone.ok());
  EXPECT_EQ((*clone)->configuration().Text("spark.sql.shuffle.partitions"), "3");
  EXPECT_EQ((*clone)->journal().Entries().size(), 1u);
  ASSERT_TRUE((*clone)->SetSetting("spark.sql.shuffle.partitions", "4").ok());
  EXPECT_EQ(source->configuration().Text("spark.sql.shuffle.partitions"), "3");
  EXPECT_EQ(ConditionOf(manager.Clone(key, "", "abc")),
            "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_FORMAT");
  EXPECT_EQ(ConditionOf(manager.Clone(key, "", key.session.text())),
            "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_EXISTS");
}

TEST_F(SessionManagerTest, IsBounded) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(manager.GetOrCreate(Key(), "").ok());
  const auto refused = manager.GetOrCreate(Key(), "");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error()->kind, base::ErrorKind::kUnavailable);
}

TEST_F(SessionManagerTest, KeepsErrorsForOneFetch) {
  const auto session = *manager.GetOrCreate(Key(), "");
  const std::string id = session->errors().Add(std::make_shared<const base::Error>());
  EXPECT_NE(session->errors().Take(id), nullptr);
  EXPECT_EQ(session->errors().Take(id), nullptr);
  const std::string old = session->errors().Add(std::make_shared<const base::Error>());
  clock.Advance(2min);
  EXPECT_EQ(session->errors().Take(old), nullptr);
}

}  // namespace
}  // namespace hearth::session
