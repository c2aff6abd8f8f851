#include "runner/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <thread>
#include <unordered_set>
#include <utility>

#include "base/thread_pool.h"
#include "base/uuid.h"
#include "runner/admission.h"
#include "runner/callbacks.h"
#include "runner/core.h"
#include "runner/schedules.h"
#include "runner/trace.h"

namespace hearth::runner {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kMillisecond = 1000;
constexpr int64_t kSecond = 1000000;
// A server whose lease has run out is taken for dead, and its runs are taken over.
constexpr int64_t kLease = 15 * kSecond;
constexpr milliseconds kLeasePeriod{3000};
constexpr milliseconds kAdmissionPause{25};
constexpr milliseconds kAdmissionPeriod{1000};
constexpr int kAdmissionRest = 5;  // times as long as a pass took
constexpr milliseconds kDispatchPeriod{200};
constexpr milliseconds kBusyPeriod{20};
constexpr milliseconds kCleanUpPeriod{1000};
constexpr milliseconds kStopTime{5000};
constexpr int32_t kClaimedAtOnce = 256;
constexpr size_t kQueuedSteps = 20000;
constexpr size_t kFailedRuns = 1000;
// How long the breaker of all jobs can look back.
constexpr int64_t kFailureTime = 24 * 3600 * kSecond;
constexpr size_t kLongestKey = 200;

base::Error Fail(base::ErrorKind kind, std::string message) {
  base::Error error;
  error.kind = kind;
  error.message = std::move(message);
  return error;
}

// Something that a thread waits for, or for a while.
class Signal {
 public:
  void Give() {
    {
      std::lock_guard lock(mutex_);
      is_given_ = true;
    }
    given_.notify_all();
  }
  void WaitFor(milliseconds time) {
    std::unique_lock lock(mutex_);
    given_.wait_for(lock, time, [this] { return is_given_; });
    is_given_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable given_;
  bool is_given_ = false;
};

std::vector<Backend*> Pointers(const std::vector<std::unique_ptr<Backend>>& backends) {
  std::vector<Backend*> pointers;
  for (const auto& backend : backends) pointers.push_back(backend.get());
  return pointers;
}

// Threads: one admits, one hands due runs to the pool of steps, one renews the lease and cleans up; each ends
// at Stop. The doors' threads call the store directly.
class Service final : public RunnerService {
 public:
  Service(Database& database, std::vector<std::unique_ptr<Backend>> backends, RunnerOptions options,
          const base::Clock& clock)
      : options_(std::move(options)),
        clock_(clock),
        store_(database, Observers(), !options_.policy.completion_url.empty()),
        backends_(std::move(backends)),
        core_(store_, Pointers(backends_), options_.policy, clock_, options_.server),
        callbacks_(store_, options_.policy, clock_, options_.observers),
        definitions_(database, clock_),
        keeper_(definitions_, store_, *this, options_.platform, clock_, options_.policy.breakers),
        steps_("steps", options_.step_threads, kQueuedSteps) {}
  ~Service() override { Stop(); }

  base::Status Start() {
    HEARTH_RETURN_IF_ERROR(store_.Migrate());
    HEARTH_RETURN_IF_ERROR(RenewLease());
    for (const auto& backend : backends_) {
      backend->SetListener([this](const std::string& token) { Wake(token); });
    }
    threads_.emplace_back([this] { Admission(); });
    threads_.emplace_back([this] { Dispatch(); });
    threads_.emplace_back([this] { Upkeep(); });
    return callbacks_.Start();
  }

  void Stop() override;
  Definitions& definitions() override { return definitions_; }

  base::Result<SubmitAnswer> Submit(const Caller& caller, SubmitRequest request) override;
  base::Result<Run> Check(const Caller& caller, const RunId& id) override;
  base::Result<RunHistory> History(const Caller& caller, const RunId& id) override;
  base::Result<CancelAnswer> Cancel(const Caller& caller, const RunId& id,
                                    const std::string& reason) override;
  base::Result<RunPage> List(const Caller& caller, const RunFilter& filter) override;
  base::Result<std::vector<Event>> Events(const Caller& caller, const RunId& id,
                                          int32_t after_sequence) override;
  base::Result<LogPage> Log(const Caller& caller, const RunId& id, int32_t attempt, int64_t offset,
                            int64_t limit) override;

 private:
  // Jobs whose run has failed, for the breaker; a full list is no loss, because whoever submits asks again.
  class Failed final : public Observer {
   public:
    void OnTransition(const Transition& transition) override {
      const RunState state = transition.run.state;
      if (!IsFinal(state) || state == RunState::kSucceeded || state == RunState::kCancelled) return;
      std::lock_guard lock(mutex_);
      if (runs_.size() >= kFailedRuns) return;
      Run run;
      run.environment = transition.run.environment;
      run.team = transition.run.team;
      run.name = transition.run.name;
      runs_.push_back(std::move(run));
    }
    std::vector<Run> Take() {
      std::lock_guard lock(mutex_);
      return std::exchange(runs_, {});
    }

   private:
    std::mutex mutex_;
    std::vector<Run> runs_;  // what names the job, and nothing else
  };
  std::vector<Observer*> Observers() {
    std::vector<Observer*> observers = options_.observers;
    observers.push_back(&failed_);
    return observers;
  }

  base::Status RenewLease() {
    const int64_t now = clock_.NowMicroseconds();
    return store_.Renew(options_.server, now, now + kLease);
  }
  void Admission();
  void Dispatch();
  void Upkeep();
  void Wake(const std::string& token);
  enum class Occasion { kAdmitted, kDue, kNews };
  void Post(Run run, Occasion occasion);
  void PostWoken();

  const RunnerOptions options_;
  const base::Clock& clock_;
  Failed failed_;
  Store store_;
  const std::vector<std::unique_ptr<Backend>> backends_;
  Core core_;
  Callbacks callbacks_;
  Definitions definitions_;
  ScheduleKeeper keeper_;
  base::ThreadPool steps_;

  std::atomic<bool> stopped_ = false;
  Signal admission_;
  Signal dispatch_;
  Signal upkeep_;
  std::vector<std::thread> threads_;

  std::mutex mutex_;
  std::unordered_set<std::string> stepping_;  // ids of runs that a thread is at
  std::unordered_set<std::string> woken_;     // ids of runs that a backend has news of
};

// --- Threads
// --------------------------------------------------------------------------------------------------------------------

void Service::Stop() {
  if (stopped_.exchange(true)) return;
  for (const auto& backend : backends_) backend->SetListener({});
  admission_.Give();
  dispatch_.Give();
  upkeep_.Give();
  for (std::thread& thread : threads_) thread.join();
  steps_.WaitUntilIdle(std::chrono::steady_clock::now() + kStopTime);
  steps_.Stop();
  callbacks_.Stop();
  // The next server need not wait for the lease to run out.
  (void)store_.Renew(options_.server, clock_.NowMicroseconds(), 0);
}

void Service::Admission() {
  while (!stopped_) {
    const auto begun = std::chrono::steady_clock::now();
    const int64_t now = clock_.NowMicroseconds();
    const auto is_ours = store_.HoldRole("admission", options_.server, now, now + kLease);
    size_t admitted = 0;
    if (is_ours.ok() && *is_ours) {
      auto runs = core_.Admit();
      if (runs.ok()) {
        admitted = runs->size();
        for (Run& run : *runs) Post(std::move(run), Occasion::kAdmitted);
      }
    }
    // A pause lets many submissions share one pass, and bounds what passes over many runs cost.
    const auto pass = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
    std::this_thread::sleep_for(std::clamp(pass * kAdmissionRest, kAdmissionPause, kAdmissionPeriod));
    if (admitted == 0) admission_.WaitFor(kAdmissionPeriod);
  }
}

void Service::Dispatch() {
  while (!stopped_) {
    PostWoken();
    auto due = core_.ClaimDue(kClaimedAtOnce);
    const bool is_full = due.ok() && due->size() == static_cast<size_t>(kClaimedAtOnce);
    if (due.ok()) {
      for (Run& run : *due) Post(std::move(run), Occasion::kDue);
    }
    dispatch_.WaitFor(is_full ? kBusyPeriod : kDispatchPeriod);
  }
}

void Service::Upkeep() {
  auto renewed = std::chrono::steady_clock::now();
  while (!stopped_) {
    upkeep_.WaitFor(kCleanUpPeriod);
    if (stopped_) return;
    if (std::chrono::steady_clock::now() - renewed >= kLeasePeriod) {
      renewed = std::chrono::steady_clock::now();
      (void)RenewLease();
    }
    (void)core_.CleanUp(kClaimedAtOnce);
    for (const Run& run : failed_.Take()) (void)keeper_.breaker().JudgeAfter(run);
    const int64_t now = clock_.NowMicroseconds();
    (void)store_.ForgetFailures(now - kFailureTime);
    const auto keeps_schedules = store_.HoldRole("schedules", options_.server, now, now + kLease);
    if (keeps_schedules.ok() && *keeps_schedules) keeper_.Tick();
  }
}

void Service::Wake(const std::string& token) {
  const size_t dash = token.rfind('-');
  if (dash == std::string::npos) return;
  {
    std::lock_guard lock(mutex_);
    woken_.insert(token.substr(0, dash));
  }
  dispatch_.Give();
}

void Service::PostWoken() {
  std::unordered_set<std::string> woken;
  {
    std::lock_guard lock(mutex_);
    woken.swap(woken_);
  }
  for (const std::string& id : woken) {
    auto run = store_.Find(RunId(id));
    // Another server's run is that server's to look at: its own backend told it as well.
    if (run.ok() && *run && (*run)->owner == options_.server) Post(std::move(**run), Occasion::kNews);
  }
}

void Service::Post(Run run, Occasion occasion) {
  const std::string id = run.id.text();
  {
    std::lock_guard lock(mutex_);
    // Whoever is at it may have looked before the news.
    if (!stepping_.insert(id).second) {
      if (occasion == Occasion::kNews) woken_.insert(id);
      return;
    }
  }
  const bool is_posted = steps_.Post([this, id, occasion, run = std::move(run)]() mutable {
    (void)core_.Step(std::move(run), occasion == Occasion::kAdmitted);
    {
      std::lock_guard lock(mutex_);
      stepping_.erase(id);
    }
    admission_.Give();
  });
  if (is_posted) return;
  std::lock_guard lock(mutex_);
  stepping_.erase(id);
}

// --- Calls
// ----------------------------------------------------------------------------------------------------------------------

base::Result<SubmitAnswer> Service::Submit(const Caller& caller, SubmitRequest request) {
  if (!caller.team.empty() && caller.team != request.spec.team) {
    return Fail(base::ErrorKind::kPermissionDenied,
                fmt::format("team '{}' may not submit for team '{}'", caller.team, request.spec.team));
  }
  if (request.idempotency_key.size() > kLongestKey) {
    return Fail(base::ErrorKind::kIllegalArgument,
                fmt::format("idempotency_key: {} characters, at most {} are allowed",
                            request.idempotency_key.size(), kLongestKey));
  }
  if (stopped_) return Fail(base::ErrorKind::kUnavailable, "the server stops");
  HEARTH_ASSIGN(const int64_t waiting, store_.CountWaiting());
  if (waiting >= options_.policy.most_waiting) {
    return Fail(base::ErrorKind::kResourceExhausted,
                fmt::format("{} runs wait already; try again later", waiting));
  }
  Run run;
  run.created_at = clock_.NowMicroseconds();
  run.id = NewRunId(run.created_at);
  run.idempotency_key = std::move(request.idempotency_key);
  run.fingerprint = std::move(request.fingerprint);
  run.team = request.spec.team;
  run.user = caller.user;
  run.name = request.spec.name;
  run.environment = request.spec.environment;
  run.cause = "accepted";
  run.callback_url = std::move(request.callback_url);
  if (ParseTraceParent(request.trace_parent)) run.trace_parent = std::move(request.trace_parent);
  run.cores = TotalCores(request.spec);
  run.memory_mib = TotalMemoryMib(request.spec);
  run.spec = std::move(request.spec);
  HEARTH_ASSIGN(Store::Inserted stored, store_.Insert(run));
  const bool is_same = stored.is_new || stored.run.fingerprint == run.fingerprint;
  for (Observer* observer : options_.observers) {
    if (is_same) observer->OnSubmitted(stored.run, stored.is_new);
  }
  if (stored.is_new) {
    admission_.Give();
    return SubmitAnswer{std::move(stored.run), false};
  }
  if (!is_same) {
    return Fail(base::ErrorKind::kConflict,
                fmt::format("idempotency_key '{}' was used for another request, which is run {}",
                            run.idempotency_key, stored.run.id.text()));
  }
  return SubmitAnswer{std::move(stored.run), true};
}

base::Result<Run> Service::Check(const Caller& caller, const RunId& id) {
  HEARTH_ASSIGN(auto run, store_.Find(id));
  if (!run) return Fail(base::ErrorKind::kNoSuchElement, fmt::format("there is no run {}", id.text()));
  if (!caller.team.empty() && caller.team != run->team) {
    return Fail(base::ErrorKind::kPermissionDenied, fmt::format("run {} belongs to another team", id.text()));
  }
  return std::move(*run);
}

base::Result<RunHistory> Service::History(const Caller& caller, const RunId& id) {
  HEARTH_RETURN_IF_ERROR(Check(caller, id));
  HEARTH_ASSIGN(auto history, store_.FindHistory(id));
  if (!history) return Fail(base::ErrorKind::kNoSuchElement, fmt::format("there is no run {}", id.text()));
  return std::move(*history);
}

base::Result<CancelAnswer> Service::Cancel(const Caller& caller, const RunId& id, const std::string& reason) {
  HEARTH_ASSIGN(Run run, Check(caller, id));
  const std::string who = caller.user.empty() ? "" : " by " + caller.user;
  const std::string cause =
      reason.empty() ? fmt::format("cancelled{}", who) : fmt::format("cancelled{}: {}", who, reason);
  HEARTH_ASSIGN(const bool is_told, core_.Cancel(&run, cause));
  if (is_told && !IsFinal(run.state)) dispatch_.Give();
  return CancelAnswer{is_told, std::move(run)};
}

base::Result<RunPage> Service::List(const Caller& caller, const RunFilter& filter) {
  if (caller.team.empty() || caller.team == filter.team) return store_.List(filter);
  if (!filter.team.empty()) {
    return Fail(base::ErrorKind::kPermissionDenied,
                fmt::format("the runs of team '{}' are not yours", filter.team));
  }
  RunFilter own = filter;
  own.team = caller.team;
  return store_.List(own);
}

base::Result<std::vector<Event>> Service::Events(const Caller& caller, const RunId& id,
                                                 int32_t after_sequence) {
  constexpr int32_t kPage = 1000;
  HEARTH_RETURN_IF_ERROR(Check(caller, id));
  return store_.Events(id, after_sequence, kPage);
}

base::Result<LogPage> Service::Log(const Caller& caller, const RunId& id, int32_t number, int64_t offset,
                                   int64_t limit) {
  HEARTH_ASSIGN(const Run run, Check(caller, id));
  const int32_t wanted = number == 0 ? run.attempts : number;
  if (wanted == 0) return LogPage{"", 0, IsFinal(run.state)};
  HEARTH_ASSIGN(auto attempt, store_.FindAttempt(id, wanted));
  if (!attempt) {
    return Fail(base::ErrorKind::kNoSuchElement, fmt::format("run {} has no attempt {}", id.text(), wanted));
  }
  const bool has_ended = attempt->phase == AttemptPhase::kEnded || attempt->phase == AttemptPhase::kRemoved;
  Backend* backend = core_.FindBackend(attempt->backend);
  if (attempt->phase != AttemptPhase::kRemoved && backend != nullptr) {
    auto page = backend->ReadLog({attempt->token, attempt->cluster, attempt->native_id}, offset, limit);
    if (page.ok()) {
      page->at_end = page->at_end && has_ended;
      return page;
    }
    if (!has_ended) return page;
  }
  const std::string& tail = attempt->outcome.log_tail;
  const auto size = static_cast<int64_t>(tail.size());
  const int64_t from = offset < 0 ? std::max<int64_t>(0, size + offset) : std::min(offset, size);
  return LogPage{tail.substr(static_cast<size_t>(from), static_cast<size_t>(limit)), size, true};
}

}  // namespace

RunId NewRunId(int64_t now_microseconds) {
  std::string random = base::RandomUuid();
  std::erase(random, '-');
  return RunId(fmt::format("job-{:012x}{}", now_microseconds / kMillisecond, random.substr(0, 16)));
}

base::Result<std::unique_ptr<RunnerService>> StartRunner(Database& database,
                                                         std::vector<std::unique_ptr<Backend>> backends,
                                                         RunnerOptions options, const base::Clock& clock) {
  auto service = std::make_unique<Service>(database, std::move(backends), std::move(options), clock);
  HEARTH_RETURN_IF_ERROR(service->Start());
  return std::unique_ptr<RunnerService>(std::move(service));
}

}  // namespace hearth::runner
