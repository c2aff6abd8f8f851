// Many histories from seeds: submissions, cancellations, time that passes, a store and a backend that fail
// before or after they did their work, and a process that dies between any two steps. Every history must end
// with one final state for each run, one creation for each attempt, and nothing left at the backend.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "runner/core.h"
#include "runner/failure_classes.h"
#include "runner/service.h"
#include "runner/testing/scripted_backend.h"

namespace hearth::runner {
namespace {

using testing::ScriptedBackend;

// Fails before a transaction (nothing is written) or after it (it is, and nobody hears of it).
class FaultyDatabase final : public Database {
 public:
  using Chance = std::function<bool()>;
  FaultyDatabase(Database& database, Chance before, Chance after)
      : database_(database), before_(std::move(before)), after_(std::move(after)) {}

  base::Status Write(const Work& work) override {
    if (before_()) return Gone(base::ErrorKind::kUnavailable);
    HEARTH_RETURN_IF_ERROR(database_.Write(work));
    if (after_()) return Gone(base::ErrorKind::kUnknownOutcome);
    return {};
  }
  base::Status Read(const Work& work) override {
    if (before_()) return Gone(base::ErrorKind::kUnavailable);
    return database_.Read(work);
  }
  bool is_shared() const override { return false; }

 private:
  static base::Status Gone(base::ErrorKind kind) {
    base::Error error;
    error.kind = kind;
    error.message = "the store went away";
    return error;
  }
  Database& database_;
  Chance before_;
  Chance after_;
};

base::Error Unavailable() {
  base::Error error;
  error.kind = base::ErrorKind::kUnavailable;
  error.message = "the backend went away";
  return error;
}

class History {
 public:
  explicit History(uint64_t seed, Database& disk)
      : random_(seed),
        disk_(disk),
        backend_("local", clock_, [this](const Attempt&) { return WriteScript(); }) {
    policy_.environments["test"].resource_seconds = 60;
    policy_.environments["test"].failed_seconds = 90;
    policy_.environments["test"].run_seconds = 40;
    policy_.environments["test"].start_seconds = 30;
    policy_.other_teams.runs = 3;
    policy_.lost_seconds = 5;
    policy_.unreachable_seconds = 30;
    policy_.grace_seconds = 3;
    policy_.look_seconds = 4;
    policy_.retry_look_seconds = 1;
    backend_.SetFault([this](const char*, ScriptedBackend::Moment moment) -> base::Status {
      if (moment == ScriptedBackend::Moment::kBefore ? Dies(0.01) : Dies(0.01)) return Unavailable();
      if (fails_ && Chance(0.05)) return Unavailable();
      return {};
    });
  }

  void Live() {
    Boot();
    const int runs = Between(1, 12);
    for (int i = 0; i < runs; ++i) keys_.push_back(fmt::format("key-{}", i));
    for (int round = 0; round < 400; ++round) {
      if (!pending_.empty() || submitted_ < keys_.size()) SubmitSomething();
      if (Chance(0.05)) CancelSomething();
      if (Chance(0.02)) backend_.SetReachable(Chance(0.6));
      Work();
      clock_.Advance(std::chrono::milliseconds(Between(10, 1500)));
      if (!is_alive_) Boot();
    }
    Settle();
  }

  void Judge() {
    Store store(disk_);
    std::map<std::string, int> runs_of_key;
    RunFilter filter;
    filter.limit = 1000;
    const auto page = store.List(filter);
    ASSERT_TRUE(page.ok());
    for (const Run& run : page->runs) {
      ++runs_of_key[run.idempotency_key];
      EXPECT_TRUE(IsFinal(run.state)) << run.id.text() << " " << StateName(run.state) << " " << run.cause;
      JudgeEvents(store, run);
    }
    EXPECT_EQ(runs_of_key.size(), keys_.size());
    for (const auto& [key, count] : runs_of_key) EXPECT_EQ(count, 1) << key;
    for (const auto& [token, thing] : backend_.things()) {
      EXPECT_EQ(thing.creations, 1) << token;
      EXPECT_TRUE(thing.is_removed) << token;
    }
  }

 private:
  static void JudgeEvents(Store& store, const Run& run) {
    const auto events = store.Events(run.id, 0, 1000);
    ASSERT_TRUE(events.ok());
    int finals = 0;
    RunState state = RunState::kAccepted;
    for (size_t i = 0; i < events->size(); ++i) {
      const Event& event = (*events)[i];
      EXPECT_EQ(event.sequence, static_cast<int32_t>(i + 1));
      EXPECT_GE(event.at, (*events)[i == 0 ? 0 : i - 1].at);
      if (event.state != state) {
        EXPECT_TRUE(MayFollow(state, event.state)) << StateName(state) << " " << StateName(event.state);
      }
      state = event.state;
      finals += IsFinal(state) ? 1 : 0;
    }
    EXPECT_EQ(finals, 1) << run.id.text();
    EXPECT_EQ(state, run.state);
  }

  bool Chance(double probability) { return std::bernoulli_distribution(probability)(random_); }
  int Between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  // Once dead, nothing that this process does has an effect any more.
  bool Dies(double probability) {
    if (is_alive_ && fails_ && Chance(probability)) is_alive_ = false;
    return !is_alive_;
  }

  void Boot() {
    is_alive_ = true;
    core_.reset();
    database_ = std::make_unique<FaultyDatabase>(
        disk_, [this] { return Dies(0.004) || (fails_ && Chance(0.01)); },
        [this] { return Dies(0.004) || (fails_ && Chance(0.01)); });
    store_ = std::make_unique<Store>(*database_);
    core_ = std::make_unique<Core>(*store_, std::vector<Backend*>{&backend_}, policy_, clock_,
                                   fmt::format("server-{}", ++boots_));
    const int64_t now = clock_.NowMicroseconds();
    (void)store_->Renew(fmt::format("server-{}", boots_), now, now + int64_t{3600} * 1000000);
    // The one before is dead for all to see.
    if (boots_ > 1) (void)Store(disk_).Renew(fmt::format("server-{}", boots_ - 1), now, 0);
  }

  ScriptedBackend::Script WriteScript() {
    ScriptedBackend::Script script;
    script.start_seconds = Between(0, 8) == 0 ? 100 : Between(0, 4);
    script.run_seconds = Between(0, 10) == 0 ? 1000 : Between(0, 8);
    script.ignores_graceful_stop = Chance(0.3);
    switch (Between(0, 5)) {
      case 0:
        script.outcome.exit_code = 1;
        break;
      case 1:
        script.outcome.exit_code = 52;
        break;
      case 2:
        script.outcome.reason = "Evicted";
        break;
      default:
        script.outcome.succeeded = true;
        script.outcome.exit_code = 0;
    }
    return script;
  }

  // As a caller does: until an answer comes, the same key again.
  void SubmitSomething() {
    if (pending_.empty()) pending_ = keys_[submitted_++];
    Run run;
    run.created_at = clock_.NowMicroseconds();
    run.id = NewRunId(run.created_at);
    run.idempotency_key = pending_;
    run.fingerprint = pending_;
    run.team = Chance(0.5) ? "red" : "blue";
    if (!team_of_.emplace(pending_, run.team).second) run.team = team_of_[pending_];
    run.environment = "test";
    run.cause = "accepted";
    run.spec.name = "job";
    run.spec.team = run.team;
    run.spec.environment = "test";
    run.spec.retry.delay_seconds = 1;
    if (store_->Insert(run).ok() && is_alive_) pending_.clear();
  }

  void CancelSomething() {
    RunFilter filter;
    filter.only_live = true;
    auto page = store_->List(filter);
    if (!page.ok() || page->runs.empty()) return;
    Run run = page->runs[static_cast<size_t>(Between(0, static_cast<int>(page->runs.size()) - 1))];
    (void)core_->Cancel(&run, "enough");
  }

  void Work() {
    auto admitted = core_->Admit();
    if (admitted.ok()) {
      for (Run& run : *admitted) (void)core_->Step(std::move(run), true);
    }
    auto due = core_->ClaimDue(100);
    if (due.ok()) {
      for (Run& run : *due) (void)core_->Step(std::move(run), false);
    }
    (void)core_->CleanUp(100);
  }

  // No more faults: what was begun must come to an end.
  void Settle() {
    fails_ = false;
    backend_.SetReachable(true);
    Boot();
    while (!pending_.empty() || submitted_ < keys_.size()) SubmitSomething();
    for (int round = 0; round < 4000 && !IsQuiet(); ++round) {
      Work();
      clock_.Advance(std::chrono::seconds(1));
    }
  }

  bool IsQuiet() {
    for (const auto& [token, thing] : backend_.things()) {
      if (!thing.is_removed) return false;
    }
    RunFilter filter;
    filter.only_live = true;
    const auto live = store_->List(filter);
    return live.ok() && live->runs.empty();
  }

  std::mt19937_64 random_;
  Database& disk_;
  base::ManualClock clock_;
  Policy policy_;
  ScriptedBackend backend_;
  bool is_alive_ = true;
  bool fails_ = true;
  int boots_ = 0;
  std::unique_ptr<FaultyDatabase> database_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Core> core_;
  std::vector<std::string> keys_;
  std::map<std::string, std::string> team_of_;
  std::string pending_;
  size_t submitted_ = 0;
};

// HEARTH_HISTORIES: how many; HEARTH_SEED: the first one's seed, to see a failure again.
int64_t FromEnvironment(const char* name, int64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoll(value);
}

TEST(Simulation, EveryRunEndsOnceAndNothingIsLeft) {
  const int64_t first = FromEnvironment("HEARTH_SEED", 1);
  const int64_t count = FromEnvironment("HEARTH_HISTORIES", 60);
  const auto directory =
      std::filesystem::temp_directory_path() / fmt::format("hearth-simulation-{}", ::getpid());
  std::filesystem::create_directories(directory);
  for (int64_t seed = first; seed < first + count && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("HEARTH_SEED={}", seed));
    const std::string path = (directory / fmt::format("{}.db", seed)).string();
    auto disk = OpenSqlite(path, false);
    ASSERT_TRUE(disk.ok());
    ASSERT_TRUE(Store(**disk).Migrate().ok());
    History history(static_cast<uint64_t>(seed), **disk);
    history.Live();
    history.Judge();
    disk->reset();
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace hearth::runner
