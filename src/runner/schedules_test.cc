// What is declared is kept going: manifests planned and applied, schedules and continuous jobs under a clock
// moved by hand.
#include "runner/schedules.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

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
    "  jobType: batch\n"
    "  sql: {query: \"select '{{ ds }}'\"}\n"
    "  orchestration: {schedule: '%CRON%', catchUp: %CATCH%, overlap: %OVERLAP%}\n";

constexpr const char* kStream =
    "apiVersion: hearth.dev/v1\n"
    "kind: SparkJob\n"
    "metadata: {name: stream, team: red}\n"
    "spec:\n"
    "  engine: {version: '4.1'}\n"
    "  jobType: streaming\n"
    "  pyspark: {file: %FILE%}\n";

std::string With(std::string text, const std::string& what, const std::string& value) {
  text.replace(text.find(what), what.size(), value);
  return text;
}

std::string Daily(const std::string& cron, const std::string& catch_up = "none",
                  const std::string& overlap = "forbid") {
  return With(With(With(kDaily, "%CRON%", cron), "%CATCH%", catch_up), "%OVERLAP%", overlap);
}

// The calls that the keeper makes, without threads.
class DirectRunner final : public Runner {
 public:
  DirectRunner(Store& store, Core& core, const base::Clock& clock)
      : store_(store), core_(core), clock_(clock) {}

  base::Result<SubmitAnswer> Submit(const Caller& caller, SubmitRequest request) override {
    Run run;
    run.created_at = clock_.NowMicroseconds();
    run.id = NewRunId(run.created_at);
    run.idempotency_key = request.idempotency_key;
    run.fingerprint = request.fingerprint;
    run.team = request.spec.team;
    run.user = caller.user;
    run.name = request.spec.name;
    run.environment = request.spec.environment;
    run.cause = "accepted";
    run.spec = request.spec;
    HEARTH_ASSIGN(Store::Inserted stored, store_.Insert(run));
    return SubmitAnswer{stored.run, !stored.is_new};
  }
  base::Result<CancelAnswer> Cancel(const Caller&, const RunId& id, const std::string& reason) override {
    HEARTH_ASSIGN(auto run, store_.Find(id));
    if (!run) return base::InternalError("no such run");
    HEARTH_ASSIGN(const bool is_told, core_.Cancel(&*run, reason));
    return CancelAnswer{is_told, *run};
  }
  base::Result<Run> Check(const Caller&, const RunId&) override { return base::InternalError("unused"); }
  base::Result<RunHistory> History(const Caller&, const RunId&) override {
    return base::InternalError("unused");
  }
  base::Result<RunPage> List(const Caller&, const RunFilter&) override {
    return base::InternalError("unused");
  }
  base::Result<std::vector<Event>> Events(const Caller&, const RunId&, int32_t) override {
    return base::InternalError("unused");
  }
  base::Result<LogPage> Log(const Caller&, const RunId&, int32_t, int64_t, int64_t) override {
    return base::InternalError("unused");
  }

 private:
  Store& store_;
  Core& core_;
  const base::Clock& clock_;
};

class SchedulesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::temp_directory_path() / fmt::format("hearth-schedules-{}", base::RandomUuid());
    fs::create_directories(path_);
    auto database = OpenSqlite((path_ / "runs.db").string(), false);
    ASSERT_TRUE(database.ok());
    database_ = std::move(*database);
    store_ = std::make_unique<Store>(*database_);
    ASSERT_TRUE(store_->Migrate().ok());
    ASSERT_TRUE(store_->Renew("here", 0, INT64_MAX).ok());
    core_ = std::make_unique<Core>(*store_, std::vector<Backend*>{&backend_}, policy_, clock_, "here");
    runner_ = std::make_unique<DirectRunner>(*store_, *core_, clock_);
    definitions_ = std::make_unique<Definitions>(*database_, clock_);
    keeper_ = std::make_unique<ScheduleKeeper>(*definitions_, *store_, *runner_, nullptr, clock_,
                                               BreakerPolicy{.job_runs = 0});
  }
  void TearDown() override {
    database_.reset();
    fs::remove_all(path_);
  }

  std::vector<std::string> Apply(const std::string& manifests, Wanted wanted = Wanted::kPresent) {
    const auto planned = definitions_->Plan({}, manifests, "local", wanted);
    const auto actions = definitions_->Apply({}, manifests, "local", wanted);
    EXPECT_TRUE(actions.ok()) << actions.error()->message;
    std::vector<std::string> texts = Texts(*actions);
    EXPECT_EQ(Texts(*planned), texts) << "what is planned is what is done";
    const auto again = definitions_->Plan({}, manifests, "local", wanted);
    EXPECT_TRUE(again.ok() && again->empty()) << "a second plan is empty";
    return texts;
  }
  static std::vector<std::string> Texts(const std::vector<Action>& actions) {
    std::vector<std::string> texts;
    for (const Action& action : actions) {
      std::string text = fmt::format("{} {} {}", ActionName(action.kind),
                                     manifest::PrimitiveName(action.primitive), action.name);
      for (const manifest::Difference& difference : action.differences) {
        text += fmt::format(" {}: {} -> {}", difference.path, difference.old.value_or("-"),
                            difference.now.value_or("-"));
      }
      texts.push_back(text);
    }
    return texts;
  }
  // One second at a time.
  void Live(int64_t seconds) {
    for (int64_t i = 0; i < seconds; ++i) {
      keeper_->Tick();
      auto admitted = core_->Admit();
      ASSERT_TRUE(admitted.ok());
      for (StoredRun& run : *admitted) (void)core_->Step(std::move(run), true);
      auto due = core_->ClaimDue(100);
      ASSERT_TRUE(due.ok());
      for (StoredRun& run : *due) (void)core_->Step(std::move(run), false);
      clock_.Advance(std::chrono::seconds(1));
    }
  }
  std::vector<StoredRun> Runs() {
    RunFilter filter;
    filter.limit = 1000;
    auto page = store_->List(filter);
    std::reverse(page->runs.begin(), page->runs.end());
    return page->runs;
  }

  base::ManualClock clock_;  // one hour after 1970 began
  Policy policy_;
  int64_t run_seconds_ = 5;
  testing::ScriptedBackend backend_{"local", clock_, [this](const Attempt&) {
                                      testing::ScriptedBackend::Script script;
                                      script.start_seconds = 0;
                                      script.run_seconds = run_seconds_;
                                      script.outcome.succeeded = true;
                                      return script;
                                    }};
  fs::path path_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Core> core_;
  std::unique_ptr<DirectRunner> runner_;
  std::unique_ptr<Definitions> definitions_;
  std::unique_ptr<ScheduleKeeper> keeper_;
};

using Strings = std::vector<std::string>;

TEST_F(SchedulesTest, PlansOneActionForEachPrimitive) {
  EXPECT_EQ(Apply(Daily("0 6 * * *")), (Strings{"create job daily", "create schedule daily"}));
  const Strings changed = Apply(Daily("0 7 * * *"));
  ASSERT_EQ(changed.size(), 1u) << "a changed cron is one update";
  EXPECT_TRUE(changed[0].starts_with("update schedule daily")) << changed[0];
  EXPECT_EQ(Apply(Daily("0 7 * * *"), Wanted::kAbsent),
            (Strings{"delete schedule daily", "delete job daily"}));
  EXPECT_EQ(store_->AuditRows({})->rows.size(), 3u);
}

TEST_F(SchedulesTest, RefusesAnotherTeamsManifest) {
  const auto refused = definitions_->Apply({"eve", "blue"}, Daily("0 6 * * *"), "local", Wanted::kPresent);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error()->kind, base::ErrorKind::kPermissionDenied);
}

TEST_F(SchedulesTest, MakesOneRunAtEachDueTime) {
  Apply(Daily("*/10 * * * *"));
  Live(31 * 60);
  const auto runs = Runs();
  ASSERT_EQ(runs.size(), 3u);
  EXPECT_EQ(runs[0].created_at, (int64_t{3600} + 600) * 1000000);
  EXPECT_EQ(runs[0].spec.application.sql, "select '1970-01-01'");
  for (const StoredRun& run : runs) EXPECT_EQ(run.state, RunState::kSucceeded);
}

TEST_F(SchedulesTest, DropsOrMakesUpForWhatWasMissed) {
  for (const auto& [policy, count] : std::map<std::string, size_t>{{"none", 0}, {"last", 1}, {"all", 6}}) {
    Apply(Daily("*/10 * * * *", policy, "allow"));
    Live(1);
    clock_.Advance(std::chrono::minutes(65));
    const size_t before = Runs().size();
    Live(10);
    EXPECT_EQ(Runs().size() - before, count) << policy;
    Apply(Daily("*/10 * * * *", policy, "allow"), Wanted::kAbsent);
    clock_.Advance(std::chrono::minutes(5));
  }
}

TEST_F(SchedulesTest, KeepsItsWordAboutOverlaps) {
  run_seconds_ = 900;
  for (const auto& [policy, count] :
       std::map<std::string, size_t>{{"forbid", 2}, {"allow", 3}, {"queue", 2}, {"replace", 3}}) {
    Apply(Daily("*/10 * * * *", "none", policy));
    const size_t before = Runs().size();
    Live(31 * 60);
    const auto runs = Runs();
    EXPECT_EQ(runs.size() - before, count) << policy;
    if (policy == "replace") EXPECT_EQ(runs[runs.size() - 2].state, RunState::kCancelled);
    Apply(Daily("*/10 * * * *", "none", policy), Wanted::kAbsent);
    Live(29 * 60);
  }
}

TEST_F(SchedulesTest, KeepsAContinuousJobRunning) {
  run_seconds_ = 100000;
  EXPECT_EQ(Apply(With(kStream, "%FILE%", "a.py")),
            (Strings{"create job stream", "create continuous-job stream"}));
  Live(30);
  ASSERT_EQ(Runs().size(), 1u);
  // It is lost: another one takes its place.
  backend_.Forget(AttemptToken(Runs()[0].id, 1));
  Live(200);
  ASSERT_EQ(Runs().size(), 2u);
  EXPECT_EQ(Runs()[0].state, RunState::kLost);
  EXPECT_EQ(Runs()[1].state, RunState::kRunning);
}

TEST_F(SchedulesTest, RedeploysOnceWhenTheManifestChanges) {
  run_seconds_ = 100000;
  Apply(With(kStream, "%FILE%", "a.py"));
  Live(30);
  Apply(With(kStream, "%FILE%", "b.py"));
  Live(120);
  const auto runs = Runs();
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].state, RunState::kCancelled);
  EXPECT_EQ(runs[1].state, RunState::kRunning);
  EXPECT_EQ(runs[1].spec.application.main_file, "b.py");
}

TEST_F(SchedulesTest, BacksOffFromACrashLoop) {
  run_seconds_ = 1;
  Apply(With(kStream, "%FILE%", "a.py"));
  Live(300);
  const size_t many = Runs().size();
  EXPECT_LE(many, 8u) << "10, 20, 40, 80 … seconds apart";
  EXPECT_GE(many, 4u);
}

TEST_F(SchedulesTest, EndsWhatIsNoLongerDeclared) {
  run_seconds_ = 100000;
  Apply(With(kStream, "%FILE%", "a.py"));
  Live(30);
  EXPECT_EQ(Apply(With(kStream, "%FILE%", "a.py"), Wanted::kAbsent),
            (Strings{"delete continuous-job stream", "delete job stream"}));
  Live(30);
  ASSERT_EQ(Runs().size(), 1u);
  EXPECT_EQ(Runs()[0].state, RunState::kCancelled);
}

}  // namespace
}  // namespace hearth::runner
