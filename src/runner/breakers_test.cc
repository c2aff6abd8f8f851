// What fails again and again is not tried for ever: one job's schedule, one class of failure over all jobs.
#include "runner/breakers.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/uuid.h"
#include "runner/core.h"
#include "runner/service.h"
#include "runner/testing/scripted_backend.h"

namespace hearth::runner {
namespace {

namespace fs = std::filesystem;
using StoredRun = Run;  // a test's own Run hides the other one

constexpr const char* kDaily =
    "apiVersion: hearth.dev/v1\n"
    "kind: SparkJob\n"
    "metadata: {name: daily, team: red}\n"
    "spec:\n"
    "  engine: {version: '4.1'}\n"
    "  sql: {query: select 1}\n"
    "  orchestration: {schedule: '0 6 * * *'}\n";

class BreakersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::temp_directory_path() / fmt::format("hearth-breakers-{}", base::RandomUuid());
    fs::create_directories(path_);
    auto database = OpenSqlite((path_ / "runs.db").string(), false);
    ASSERT_TRUE(database.ok());
    database_ = std::move(*database);
    store_ = std::make_unique<Store>(*database_);
    ASSERT_TRUE(store_->Migrate().ok());
    ASSERT_TRUE(store_->Renew("here", 0, INT64_MAX).ok());
    policy_.look_seconds = policy_.retry_look_seconds = 1;
    policy_.breakers = {.job_runs = 3, .spike_runs = 3, .spike_seconds = 600, .pause_seconds = 900};
    core_ = std::make_unique<Core>(*store_, std::vector<Backend*>{&backend_}, policy_, clock_, "here");
    definitions_ = std::make_unique<Definitions>(*database_, clock_);
    breaker_ = std::make_unique<JobBreaker>(*definitions_, *store_, policy_.breakers, clock_);
  }
  void TearDown() override {
    core_.reset();
    database_.reset();
    fs::remove_all(path_);
  }

  RunId Submit(const std::string& name) {
    StoredRun run;
    run.created_at = clock_.NowMicroseconds();
    run.id = NewRunId(run.created_at);
    run.team = "red";
    run.name = name;
    run.environment = "local";
    run.cause = "accepted";
    run.spec.name = name;
    run.spec.team = "red";
    run.spec.retry.delay_seconds = 1;
    EXPECT_TRUE(store_->Insert(run).ok());
    clock_.Advance(std::chrono::milliseconds(2));
    return run.id;
  }
  void Live(int64_t seconds) {
    for (int64_t i = 0; i < seconds; ++i) {
      auto admitted = core_->Admit();
      ASSERT_TRUE(admitted.ok());
      for (StoredRun& run : *admitted) (void)core_->Step(std::move(run), true);
      auto due = core_->ClaimDue(100);
      ASSERT_TRUE(due.ok());
      for (StoredRun& run : *due) (void)core_->Step(std::move(run), false);
      clock_.Advance(std::chrono::seconds(1));
    }
  }
  StoredRun Find(const RunId& id) { return **store_->Find(id); }
  Definition Schedule() { return **definitions_->Find(Primitive::kSchedule, "local", "red", "daily"); }
  void Declare(const std::string& manifest) {
    ASSERT_TRUE(definitions_->Apply({}, manifest, "local", Wanted::kPresent).ok());
  }

  base::ManualClock clock_;
  Policy policy_;
  Outcome outcome_;
  testing::ScriptedBackend backend_{"local", clock_, [this](const Attempt&) {
                                      testing::ScriptedBackend::Script script;
                                      script.start_seconds = 0;
                                      script.run_seconds = 1;
                                      script.outcome = outcome_;
                                      return script;
                                    }};
  fs::path path_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Core> core_;
  std::unique_ptr<Definitions> definitions_;
  std::unique_ptr<JobBreaker> breaker_;
};

TEST_F(BreakersTest, AnOutagePausesRetriesOfItsClass) {
  outcome_.reason = "Evicted";
  std::vector<RunId> runs;
  for (int i = 0; i < 4; ++i) runs.push_back(Submit(fmt::format("job-{}", i)));
  Live(30);
  for (const RunId& id : runs) {
    const StoredRun run = Find(id);
    EXPECT_EQ(run.state, RunState::kQueued) << run.cause;
    EXPECT_TRUE(run.cause.starts_with("retries after node-eviction are paused until 1970-01-01 "))
        << run.cause;
    EXPECT_LE(run.attempts, 2);
  }
  outcome_ = {};
  outcome_.succeeded = true;
  const RunId fresh = Submit("fresh");
  Live(10);
  EXPECT_EQ(Find(fresh).state, RunState::kSucceeded) << "first attempts go on";
  SpikeBreaker other(*store_, policy_);
  other.Refresh(clock_.NowMicroseconds());
  EXPECT_TRUE(other.WhatPauses("node-eviction", clock_.NowMicroseconds())) << "every server knows";
  EXPECT_FALSE(other.WhatPauses("preempted", clock_.NowMicroseconds()));
  Live(policy_.breakers.pause_seconds + 10);
  for (const RunId& id : runs) EXPECT_EQ(Find(id).state, RunState::kSucceeded) << Find(id).cause;
}

TEST_F(BreakersTest, AFewFailuresPauseNothing) {
  outcome_.reason = "Evicted";
  const RunId one = Submit("one");
  const RunId two = Submit("two");
  Live(120);
  EXPECT_EQ(Find(one).state, RunState::kFailed);
  EXPECT_EQ(Find(two).attempts, 3) << "all retries of its class were made";
}

TEST_F(BreakersTest, ThreeEqualEndsSuspendASchedule) {
  Declare(kDaily);
  outcome_.error_condition = "TABLE_OR_VIEW_NOT_FOUND";
  for (int i = 0; i < 2; ++i) Submit("daily");
  Live(20);
  EXPECT_FALSE(*breaker_->Judge(Schedule())) << "two are not enough";
  const RunId last = Submit("daily");
  Live(20);
  ASSERT_TRUE(breaker_->JudgeAfter(Find(last)).ok());
  EXPECT_NE(Schedule().suspended.find("input-missing"), std::string::npos) << Schedule().suspended;
  EXPECT_TRUE(definitions_->Due(INT64_MAX, 10)->empty()) << "it makes no runs";
  EXPECT_EQ(*definitions_->CountSuspended(), 1);
  EXPECT_FALSE(definitions_->Resume({"ben", "blue"}, "local", "", "daily").ok()) << "another team's";
  const auto resumed = definitions_->Resume({"anna", "red"}, "local", "", "daily");
  ASSERT_TRUE(resumed.ok()) << resumed.error()->message;
  EXPECT_TRUE(Schedule().suspended.empty());
  EXPECT_FALSE(*breaker_->Judge(Schedule())) << "what was before does not count";
  EXPECT_EQ(store_->AuditRows({.call = "Resume"})->rows.size(), 1u);
  clock_.Advance(std::chrono::seconds(1));
  for (int i = 0; i < 3; ++i) Submit("daily");
  Live(20);
  EXPECT_TRUE(*breaker_->Judge(Schedule()));
  clock_.Advance(std::chrono::seconds(1));
  std::string changed = kDaily;
  changed.replace(changed.find("select 1"), 8, "select 2");
  Declare(changed);
  EXPECT_TRUE(Schedule().suspended.empty()) << "a change goes on";
}

TEST_F(BreakersTest, DifferentEndsSuspendNothing) {
  Declare(kDaily);
  for (const char* condition : {"TABLE_OR_VIEW_NOT_FOUND", "PARSE_SYNTAX_ERROR", "TABLE_OR_VIEW_NOT_FOUND"}) {
    outcome_.error_condition = condition;
    Submit("daily");
    Live(10);
  }
  EXPECT_FALSE(*breaker_->Judge(Schedule()));
}

}  // namespace
}  // namespace hearth::runner
