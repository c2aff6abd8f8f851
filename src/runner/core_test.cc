// Single steps at moments that the simulation meets by chance only.
#include "runner/core.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "base/uuid.h"
#include "runner/service.h"
#include "runner/testing/scripted_backend.h"

namespace hearth::runner {
namespace {

using testing::ScriptedBackend;
using StoredRun = Run;  // a test's own Run hides the other one

class CoreTest : public ::testing::Test {
 protected:
  CoreTest() : backend_("local", clock_, [](const Attempt&) { return Endless(); }) {
    std::filesystem::create_directories(folder_);
    auto opened = OpenSqlite((folder_ / "jobs.db").string(), false);
    EXPECT_TRUE(opened.ok());
    database_ = std::move(*opened);
    store_ = std::make_unique<Store>(*database_);
    EXPECT_TRUE(store_->Migrate().ok());
    core_ = std::make_unique<Core>(*store_, std::vector<Backend*>{&backend_}, policy_, clock_, "server");
    policy_.environments["test"].failed_seconds = 1800;
    (void)store_->Renew("server", clock_.NowMicroseconds(), int64_t{1} << 62);
  }
  ~CoreTest() override {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  static ScriptedBackend::Script Endless() {
    ScriptedBackend::Script script;
    script.run_seconds = 100 * 3600;
    return script;
  }

  StoredRun Submitted(const std::function<void(manifest::JobSpec*)>& change = nullptr) {
    StoredRun run;
    run.created_at = clock_.NowMicroseconds();
    run.id = NewRunId(run.created_at);
    run.idempotency_key = run.id.text();
    run.fingerprint = run.id.text();
    run.team = "red";
    run.environment = "test";
    run.cause = "accepted";
    run.spec.name = "job";
    run.spec.team = "red";
    run.spec.environment = "test";
    if (change) change(&run.spec);
    EXPECT_TRUE(store_->Insert(run).ok());
    return run;
  }
  // Everything that is due, for so long.
  void Live(int64_t seconds) {
    const int64_t end = clock_.NowMicroseconds() + seconds * 1000000;
    while (clock_.NowMicroseconds() < end) {
      auto admitted = core_->Admit();
      ASSERT_TRUE(admitted.ok());
      for (StoredRun& run : *admitted) EXPECT_TRUE(core_->Step(std::move(run), true).ok());
      auto due = core_->ClaimDue(100);
      ASSERT_TRUE(due.ok());
      for (StoredRun& run : *due) EXPECT_TRUE(core_->Step(std::move(run), false).ok());
      EXPECT_TRUE(core_->CleanUp(100).ok());
      clock_.Advance(std::chrono::seconds(1));
    }
  }
  StoredRun Now(const StoredRun& run) {
    auto found = store_->Find(run.id);
    EXPECT_TRUE(found.ok() && *found);
    return **found;
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("hearth-core-{}", base::RandomUuid());
  base::ManualClock clock_;
  Policy policy_;
  ScriptedBackend backend_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Core> core_;
};

TEST_F(CoreTest, WhatNobodyCanSeeIsLostAfterATime) {
  policy_.unreachable_seconds = 600;
  const StoredRun run = Submitted();
  Live(30);
  EXPECT_EQ(Now(run).state, RunState::kRunning);
  backend_.SetReachable(false);
  Live(500);
  EXPECT_EQ(Now(run).state, RunState::kRunning);
  EXPECT_NE(Now(run).cause.find("no server reaches"), std::string::npos) << Now(run).cause;
  // Seen once, it has its whole time again.
  backend_.SetReachable(true);
  Live(60);
  backend_.SetReachable(false);
  Live(500);
  EXPECT_EQ(Now(run).state, RunState::kRunning);
  Live(200);
  EXPECT_EQ(Now(run).state, RunState::kLost);
  EXPECT_EQ(Now(run).attempts, 1) << "it may still run: no second one beside it";
  // When the place is back, what is left there goes.
  backend_.SetReachable(true);
  Live(3600);
  for (const auto& [token, thing] : backend_.things()) EXPECT_TRUE(thing.is_removed) << token;
}

TEST_F(CoreTest, WhatWasToldToEndOutOfSightIsLost) {
  policy_.unreachable_seconds = 60;
  const StoredRun cancelled = Submitted();
  Live(30);
  backend_.SetReachable(false);
  StoredRun current = Now(cancelled);
  ASSERT_TRUE(core_->Cancel(&current, "enough").ok());
  Live(120);
  EXPECT_EQ(Now(cancelled).state, RunState::kLost);
}

TEST_F(CoreTest, WhatCanNeverFitDoesNotWait) {
  policy_.teams["red"].memory_mib = 4096;
  StoredRun small = Submitted();
  StoredRun large = Submitted([](manifest::JobSpec* spec) { spec->resources.driver.memory_mib = 8192; });
  Live(5);
  EXPECT_EQ(Now(small).state, RunState::kRunning);
  EXPECT_EQ(Now(large).state, RunState::kFailed);
  EXPECT_NE(Now(large).cause.find("team red may have 4g"), std::string::npos) << Now(large).cause;
}

}  // namespace
}  // namespace hearth::runner
