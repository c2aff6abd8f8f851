// The store's promises, on SQLite always and on PostgreSQL when HEARTH_POSTGRES names a server (./dev test
// --full starts one).
#include "runner/store/store.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "base/uuid.h"
#include "runner/service.h"

namespace hearth::runner {
namespace {

namespace fs = std::filesystem;
using StoredRun = Run;  // a test's own Run hides the other one

constexpr const char* kTables[] = {"runs",  "attempts",       "events",      "servers",  "roles", "callbacks",
                                   "audit", "schema_version", "definitions", "failures", "pauses"};

class StoreTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::string(GetParam()) == "sqlite") {
      path_ = fs::temp_directory_path() / fmt::format("hearth-store-{}", base::RandomUuid());
      fs::create_directories(path_);
      auto database = OpenSqlite((path_ / "runs.db").string(), true);
      ASSERT_TRUE(database.ok()) << database.error()->message;
      database_ = std::move(*database);
    } else {
      const char* address = std::getenv("HEARTH_POSTGRES");
      if (address == nullptr) GTEST_SKIP() << "HEARTH_POSTGRES names no server";
      auto database = OpenPostgres(address, 8);
      ASSERT_TRUE(database.ok()) << database.error()->message;
      database_ = std::move(*database);
      for (const char* table : kTables) {
        ASSERT_TRUE(database_
                        ->Write([&](SqlConnection& connection) -> base::Status {
                          HEARTH_RETURN_IF_ERROR(
                              connection.Query(fmt::format("DROP TABLE IF EXISTS {}", table)));
                          return {};
                        })
                        .ok());
      }
    }
    store_ = std::make_unique<Store>(*database_);
    const base::Status migrated = store_->Migrate();
    ASSERT_TRUE(migrated.ok()) << migrated.error()->message;
  }
  void TearDown() override {
    database_.reset();
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  StoredRun NewRun(const std::string& key, const std::string& team = "red") {
    StoredRun run;
    run.created_at = ++now_;
    run.id = NewRunId(run.created_at * 1000);
    run.idempotency_key = key;
    run.fingerprint = "f";
    run.team = team;
    run.name = "job";
    run.environment = "test";
    run.cause = "accepted";
    run.spec.name = "job";
    run.spec.team = team;
    run.cores = 2;
    run.memory_mib = 100;
    return run;
  }
  StoredRun Stored(const std::string& key, const std::string& team = "red") {
    auto inserted = store_->Insert(NewRun(key, team));
    EXPECT_TRUE(inserted.ok()) << inserted.error()->message;
    return inserted->run;
  }
  Change Admitted(const StoredRun& run, const std::string& owner) {
    Change change{run, Attempt(), "asking"};
    change.run.state = RunState::kSubmitted;
    change.run.attempts = 1;
    change.run.owner = owner;
    change.run.backend = "local";
    change.run.changed_at = now_;
    change.run.due_at = now_;
    change.attempt->run = run.id;
    change.attempt->token = "token";
    change.attempt->outcome.log_tail = std::string("bytes \xff and \"quotes\"");
    return change;
  }

  int64_t now_ = 1000;
  fs::path path_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Store> store_;
};

TEST_P(StoreTest, MigratesOnce) {
  EXPECT_TRUE(store_->Migrate().ok());
  EXPECT_TRUE(Store(*database_).Migrate().ok());
}

TEST_P(StoreTest, OneRunForEachTeamAndKey) {
  const StoredRun first = Stored("key");
  const auto again = store_->Insert(NewRun("key"));
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->is_new);
  EXPECT_EQ(again->run.id, first.id);
  EXPECT_NE(Stored("key", "blue").id, first.id);
  EXPECT_NE(Stored("").id, Stored("").id) << "without a key every call is a run";
}

TEST_P(StoreTest, OneRunFromManyThreads) {
  std::vector<std::string> ids(16);
  std::vector<StoredRun> runs;
  for (size_t i = 0; i < ids.size(); ++i) runs.push_back(NewRun("same"));
  std::vector<std::thread> threads;
  for (size_t i = 0; i < ids.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto inserted = store_->Insert(runs[i]);
      if (inserted.ok()) ids[i] = inserted->run.id.text();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& id : ids) EXPECT_EQ(id, ids[0]);
}

TEST_P(StoreTest, OfTwoWritersOneWins) {
  const StoredRun run = Stored("key");
  Change first = Admitted(run, "a");
  Change second = Admitted(run, "b");
  const auto saved = store_->Save(first);
  ASSERT_TRUE(saved.ok()) << saved.error()->message;
  EXPECT_TRUE(*saved);
  const auto lost = store_->Save(second);
  ASSERT_TRUE(lost.ok());
  EXPECT_FALSE(*lost);
  const auto history = store_->FindHistory(run.id);
  ASSERT_TRUE(history.ok());
  EXPECT_EQ((*history)->run.owner, "a");
  ASSERT_EQ((*history)->attempts.size(), 1u);
  ASSERT_EQ((*history)->events.size(), 2u);
  EXPECT_EQ((*history)->events[1].sequence, 2);
  EXPECT_EQ((*history)->events[1].state, RunState::kSubmitted);
}

class Told final : public Observer {
 public:
  void OnTransition(const Transition& transition) override {
    seen.push_back(fmt::format("{} {} {}", StateName(transition.before), StateName(transition.run.state),
                               transition.attempt == nullptr ? 0 : transition.attempt->number));
  }
  std::vector<std::string> seen;
};

TEST_P(StoreTest, TellsWhatWasStored) {
  Told told;
  Store store(*database_, {&told});
  Change first = Admitted(Stored("key"), "a");
  Change late = first;
  ASSERT_TRUE(*store.Save(first));
  ASSERT_FALSE(*store.Save(late)) << "what was not stored is not told";
  Change quiet = first;
  quiet.event_cause.clear();
  ASSERT_TRUE(*store.Save(quiet));
  Change end{*(*store.Find(first.run.id)), std::nullopt, "done"};
  end.run.state = RunState::kSucceeded;
  end.run.ended_at = now_;
  EXPECT_EQ((*store.CountLive())[RunState::kSubmitted], 1);
  ASSERT_EQ(store.SaveAll({end})->size(), 1u);
  EXPECT_EQ(told.seen, (std::vector<std::string>{"ACCEPTED SUBMITTED 1", "SUBMITTED SUCCEEDED 0"}));
  EXPECT_TRUE(store.CountLive()->empty());
}

TEST_P(StoreTest, TakesOverWhatTheDeadOwned) {
  Change change = Admitted(Stored("key"), "dead");
  ASSERT_TRUE(store_->Renew("dead", now_, now_ + 100).ok());
  ASSERT_TRUE(store_->Renew("alive", now_, now_ + 1000000).ok());
  ASSERT_TRUE(*store_->Save(change));
  auto due = store_->ClaimDue("alive", now_ + 50, 10);
  ASSERT_TRUE(due.ok()) << due.error()->message;
  EXPECT_TRUE(due->empty()) << "its owner lives";
  due = store_->ClaimDue("alive", now_ + 101, 10);
  ASSERT_TRUE(due.ok());
  ASSERT_EQ(due->size(), 1u);
  EXPECT_EQ((*due)[0].owner, "alive");
  const auto late = store_->Save(change);
  ASSERT_TRUE(late.ok());
  EXPECT_FALSE(*late) << "the old owner's writes are fenced off";
}

TEST_P(StoreTest, CountsWhatIsTaken) {
  Change change = Admitted(Stored("one"), "a");
  Stored("two");
  ASSERT_TRUE(*store_->Save(change));
  const auto uses = store_->Uses();
  ASSERT_TRUE(uses.ok()) << uses.error()->message;
  ASSERT_EQ(uses->size(), 1u);
  EXPECT_EQ((*uses)[0].runs, 1);
  EXPECT_EQ((*uses)[0].cores, 2);
  EXPECT_EQ(*store_->CountWaiting(), 1);
}

TEST_P(StoreTest, GivesEachTeamATurn) {
  for (int i = 0; i < 20; ++i) Stored(fmt::format("red-{}", i));
  const StoredRun blue = Stored("blue", "blue");
  const auto waiting = store_->Waiting(now_ + 1, 5);
  ASSERT_TRUE(waiting.ok()) << waiting.error()->message;
  EXPECT_EQ(waiting->size(), 6u);
  EXPECT_EQ(waiting->back().id, blue.id);
}

TEST_P(StoreTest, ListsByPages) {
  for (int i = 0; i < 5; ++i) Stored(fmt::format("{}", i), i % 2 == 0 ? "red" : "blue");
  RunFilter filter;
  filter.team = "red";
  filter.limit = 2;
  const auto first = store_->List(filter);
  ASSERT_TRUE(first.ok()) << first.error()->message;
  ASSERT_EQ(first->runs.size(), 2u);
  EXPECT_GT(first->runs[0].id, first->runs[1].id) << "newest first";
  filter.page_token = first->next_page_token;
  const auto second = store_->List(filter);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->runs.size(), 1u);
  EXPECT_TRUE(second->next_page_token.empty());
  filter.page_token.clear();
  filter.idempotency_key = "2";
  ASSERT_EQ(store_->List(filter)->runs.size(), 1u);
  EXPECT_EQ(store_->List(filter)->runs[0].idempotency_key, "2");
  filter.idempotency_key = "1";
  EXPECT_TRUE(store_->List(filter)->runs.empty()) << "another team's";
  filter.idempotency_key.clear();
  filter.state = RunState::kRunning;
  EXPECT_TRUE(store_->List(filter)->runs.empty());
}

TEST_P(StoreTest, OwesOneCallbackForTheEnd) {
  StoredRun run = NewRun("key");
  run.callback_url = "http://127.0.0.1:1/";
  Change change = Admitted(store_->Insert(run)->run, "a");
  ASSERT_TRUE(*store_->Save(change));
  EXPECT_TRUE(store_->DueCallbacks(now_, 10, now_ + 10)->empty());
  change.run.state = RunState::kSucceeded;
  change.run.ended_at = now_;
  ASSERT_TRUE(*store_->Save(change));
  const auto due = store_->DueCallbacks(now_, 10, now_ + 10);
  ASSERT_TRUE(due.ok()) << due.error()->message;
  ASSERT_EQ(due->size(), 1u);
  EXPECT_TRUE(store_->DueCallbacks(now_, 10, now_ + 10)->empty()) << "claimed";
  EXPECT_EQ(store_->DueCallbacks(now_ + 11, 10, now_ + 20)->at(0).tries, 2) << "the claim ran out";
  ASSERT_TRUE(store_->SaveCallback((*due)[0], 0, "HTTP 200").ok());
  EXPECT_TRUE(store_->DueCallbacks(now_ + 100, 10, now_ + 200)->empty());
}

TEST_P(StoreTest, KnowsHowRunsEndedAndWhichFailuresAreFrequent) {
  const int64_t begin = now_ + 1000;  // each new run moves the clock
  for (int i = 0; i < 4; ++i) {
    Change change = Admitted(Stored(fmt::format("{}", i)), "a");
    change.attempt->phase = AttemptPhase::kEnded;
    change.attempt->ended_at = change.run.ended_at = begin + i;
    change.attempt->failure.failure_class = i == 3 ? "sql-error" : "preempted";
    change.attempt->failure.fault = i == 3 ? "user" : "infrastructure";
    change.run.state = i == 1 ? RunState::kCancelled : RunState::kFailed;
    ASSERT_TRUE(*store_->Save(change));
  }
  const StoredRun named = Stored("named");
  const auto ends = store_->NewestEnds(named.environment, named.team, named.name, 2);
  ASSERT_TRUE(ends.ok()) << ends.error()->message;
  ASSERT_EQ(ends->size(), 2u);
  for (const RunEnd& end : *ends) EXPECT_NE(end.ended_at, begin + 1) << "what was cancelled tells nothing";
  auto counts = store_->CountFailures(begin - 1);
  ASSERT_TRUE(counts.ok()) << counts.error()->message;
  EXPECT_EQ(*counts, (std::map<std::string, int64_t>{{"preempted", 3}})) << "only infrastructure";
  ASSERT_TRUE(store_->SavePause({"preempted", begin + 1, "first"}).ok());
  ASSERT_TRUE(store_->SavePause({"preempted", begin + 1, "again"}).ok());
  ASSERT_EQ(store_->Pauses()->size(), 1u);
  EXPECT_EQ(store_->Pauses()->front().reason, "again");
  EXPECT_EQ((*store_->CountFailures(begin - 1))["preempted"], 1) << "from the last pause on";
  ASSERT_TRUE(store_->ForgetFailures(begin + 10).ok());
  EXPECT_TRUE(store_->CountFailures(0)->empty());
}

TEST_P(StoreTest, KeepsWhoCalledWhat) {
  std::vector<AuditRow> rows;
  for (int i = 0; i < 5; ++i) {
    AuditRow row;
    row.at = now_ + i;
    row.user = "anna";
    row.team = i == 4 ? "blue" : "red";
    row.call = i % 2 == 0 ? "Submit" : "Check";
    row.subject = fmt::format("job-{}", i);
    row.outcome = "OK";
    row.address = "10.0.0.1";
    row.calls = i + 1;
    row.is_read = i % 2 == 1;
    rows.push_back(row);
  }
  ASSERT_TRUE(store_->Audit(rows).ok());
  AuditFilter filter;
  filter.team = "red";
  filter.limit = 3;
  const auto first = store_->AuditRows(filter);
  ASSERT_TRUE(first.ok()) << first.error()->message;
  ASSERT_EQ(first->rows.size(), 3u);
  EXPECT_EQ(first->rows[0].subject, "job-3") << "newest first";
  EXPECT_EQ(first->rows[0].calls, 4);
  EXPECT_EQ(first->rows[0].address, "10.0.0.1");
  filter.page_token = first->next_page_token;
  const auto second = store_->AuditRows(filter);
  ASSERT_EQ(second->rows.size(), 1u);
  EXPECT_TRUE(second->next_page_token.empty());
  EXPECT_EQ(store_->AuditRows({.subject = "job-4"})->rows.size(), 1u);
  EXPECT_EQ(*store_->ForgetAudit(now_ + 1, now_ + 10, 1), 1) << "one of each kind at a time";
  EXPECT_EQ(*store_->ForgetAudit(now_ + 1, now_ + 10, 10), 1);
  EXPECT_EQ(*store_->ForgetAudit(now_ + 1, now_ + 10, 10), 0);
  const auto left = store_->AuditRows({});
  ASSERT_EQ(left->rows.size(), 2u);
  EXPECT_EQ(left->rows[0].subject, "job-4");
}

TEST_P(StoreTest, OwesWhatAlertingAsksFor) {
  StoredRun run = NewRun("key");
  run.spec.alerting.channels = {"slack:#a", "https://b/"};
  run.spec.alerting.sla_seconds = 60;
  Change change = Admitted(store_->Insert(run)->run, "a");
  ASSERT_TRUE(*store_->Save(change));
  EXPECT_TRUE(store_->DueCallbacks(now_ + 59 * 1000000, 10, now_)->empty());
  const auto late = store_->DueCallbacks(now_ + 61 * 1000000, 10, now_ + 1000 * 1000000);
  ASSERT_TRUE(late.ok()) << late.error()->message;
  ASSERT_EQ(late->size(), 2u);
  for (const Callback& callback : *late) {
    EXPECT_EQ(callback.kind, "sla");
    ASSERT_TRUE(store_->SaveCallback(callback, 0, "HTTP 200").ok());
  }
  change.run.state = RunState::kFailed;
  change.run.ended_at = now_;
  ASSERT_TRUE(*store_->Save(change));
  const auto failed = store_->DueCallbacks(now_, 10, now_ + 10);
  ASSERT_EQ(failed->size(), 2u) << "once for each channel";
  EXPECT_EQ(failed->front().kind, "failure");
  StoredRun quiet = NewRun("quiet");
  quiet.spec.alerting.channels = {"https://b/"};
  Change done = Admitted(store_->Insert(quiet)->run, "a");
  done.run.state = RunState::kSucceeded;
  done.run.ended_at = now_;
  ASSERT_TRUE(*store_->Save(done));
  EXPECT_TRUE(store_->DueCallbacks(now_, 10, now_ + 10)->empty()) << "success is told only when asked for";
}

TEST_P(StoreTest, OwesOneCompletionForASuccess) {
  Store telling(*database_, {}, true);
  for (const RunState end : {RunState::kFailed, RunState::kSucceeded}) {
    Change change = Admitted(Stored(std::string(StateName(end))), "a");
    ASSERT_TRUE(*telling.Save(change));
    EXPECT_TRUE(telling.DueCallbacks(now_, 10, now_ + 10)->empty());
    change.attempt->phase = AttemptPhase::kEnded;
    change.attempt->outcome.written = {{{"file", "/out"}, {"lake", "sales.orders"}}, true};
    change.run.state = end;
    change.run.ended_at = now_;
    ASSERT_TRUE(*telling.Save(change));
    const auto due = telling.DueCallbacks(now_, 10, now_ + 1000);
    ASSERT_TRUE(due.ok()) << due.error()->message;
    ASSERT_EQ(due->size(), end == RunState::kSucceeded ? 1u : 0u);
    const auto attempt = store_->FindAttempt(change.run.id, 1);
    ASSERT_TRUE(attempt.ok()) << attempt.error()->message;
    EXPECT_EQ((*attempt)->outcome.written.items, change.attempt->outcome.written.items);
    EXPECT_TRUE((*attempt)->outcome.written.is_cut);
    if (due->empty()) continue;
    EXPECT_EQ(due->front().kind, "completion");
    EXPECT_EQ(due->front().channel, "");
  }
}

TEST_P(StoreTest, OneServerHoldsARole) {
  EXPECT_TRUE(*store_->HoldRole("admission", "a", now_, now_ + 10));
  EXPECT_TRUE(*store_->HoldRole("admission", "a", now_ + 5, now_ + 15));
  EXPECT_FALSE(*store_->HoldRole("admission", "b", now_ + 6, now_ + 16));
  EXPECT_TRUE(*store_->HoldRole("admission", "b", now_ + 16, now_ + 26));
}

TEST_P(StoreTest, WritesAllOrNothing) {
  const base::Status status = database_->Write([&](SqlConnection& connection) -> base::Status {
    HEARTH_RETURN_IF_ERROR(connection.Query("DELETE FROM schema_version"));
    return base::InternalError("no");
  });
  EXPECT_FALSE(status.ok());
  EXPECT_TRUE(store_->Migrate().ok());
}

INSTANTIATE_TEST_SUITE_P(Databases, StoreTest, ::testing::Values("sqlite", "postgres"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace hearth::runner
