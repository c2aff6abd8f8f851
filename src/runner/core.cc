#include "runner/core.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "runner/admission.h"
#include "runner/cost.h"
#include "runner/datasets.h"
#include "runner/failure_classes.h"
#include "runner/sizing.h"
#include "runner/trace.h"

namespace hearth::runner {
namespace {

constexpr int64_t kSecond = 1000000;
// How many waiting runs of each team one pass looks at.
constexpr int32_t kTurnsPerTeam = 256;
constexpr size_t kAdmittedAtOnce = 256;
constexpr int32_t kSizingRuns = 20;
// Of an attempt whose end nobody has seen: a row of failure_evidence.tsv.
constexpr const char* kLostReason = "Lost";
constexpr const char* kTraceVariable = "TRACEPARENT";

AttemptReference ReferenceTo(const Attempt& attempt) {
  return {attempt.token, attempt.cluster, attempt.native_id};
}

base::Error WithoutBackend(const std::string& name) {
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = fmt::format("this server has no backend named '{}'", name);
  return error;
}

bool IsTemporary(base::ErrorKind kind) {
  return kind == base::ErrorKind::kUnavailable || kind == base::ErrorKind::kResourceExhausted ||
         kind == base::ErrorKind::kDeadlineExceeded || kind == base::ErrorKind::kCancelled;
}

// A backend may give more of the log than is kept: what a driver says while it shuts down can be longer than
// that, and the cause comes before.
void Shorten(std::string* log_tail) {
  if (log_tail->size() > kLogTailBytes) log_tail->erase(0, log_tail->size() - kLogTailBytes);
}

// All of an attempt that a look which finds it alive may change.
auto WhatALookChanges(const Attempt& attempt) {
  return std::tuple(attempt.phase, attempt.native_id, attempt.web_url, attempt.started_at,
                    attempt.unseen_since, attempt.outcome.reason, attempt.outcome.message);
}

}  // namespace

std::string AttemptToken(const RunId& run, int32_t number) {
  return fmt::format("{}-{}", run.text(), number);
}

Core::Core(Store& store, std::vector<Backend*> backends, const Policy& policy, const base::Clock& clock,
           std::string server)
    : store_(store),
      backends_(std::move(backends)),
      policy_(policy),
      clock_(clock),
      server_(std::move(server)),
      spike_(store, policy) {}

Backend* Core::FindBackend(const std::string& name) const {
  const auto found =
      std::ranges::find(backends_, name, [](const Backend* backend) { return backend->name(); });
  return found == backends_.end() ? nullptr : *found;
}

void Core::Finish(Run* run, RunState state, std::string cause, int64_t at) const {
  run->state = state;
  run->cause = std::move(cause);
  run->ended_at = at;
  const EnvironmentPolicy& environment = policy_.Environment(run->environment);
  const bool is_kept_longer = state != RunState::kSucceeded && state != RunState::kCancelled;
  run->due_at = at + (is_kept_longer ? environment.failed_seconds : environment.resource_seconds) * kSecond;
}

// --- Admission
// ------------------------------------------------------------------------------------------------------------------

base::Result<manifest::JobSpec> Core::NextSpec(const Run& run, int64_t* waited_since,
                                               std::string* ended_with) {
  *waited_since = run.created_at;
  if (run.attempts == 0) return run.spec;
  HEARTH_ASSIGN(const std::vector<Attempt> attempts, store_.Attempts(run.id));
  if (attempts.empty()) return base::InternalError("a run has lost its attempts");
  *waited_since = attempts.back().ended_at;
  *ended_with = attempts.back().failure.failure_class;
  Decision decision = Decide(attempts);
  // The tables of another version may decide otherwise than when the retry was promised.
  return decision.retry ? std::move(decision.spec) : attempts.back().spec;
}

// Never stands in the way of a run: without an answer of the store the job keeps its size.
std::string Core::Size(const Run& run, const std::string& backend, const Ledger& ledger,
                       manifest::JobSpec* spec) {
  if (spec->sizing == manifest::SizingMode::kOff || run.attempts > 0) return "";
  const auto past = store_.Past(run, kSizingRuns);
  if (!past.ok() || past->empty()) return "";
  Recommendation recommendation = Recommend(*spec, *past);
  if (recommendation.text.empty()) return "";
  manifest::JobSpec sized = *spec;
  sized.resources = recommendation.resources;
  const bool is_applied =
      spec->sizing == manifest::SizingMode::kApply &&
      ledger.WhatForbids(run.team, backend, TotalCores(sized), TotalMemoryMib(sized)).empty();
  if (is_applied) *spec = std::move(sized);
  return fmt::format("{}: {} (confidence {:.1f})", is_applied ? "applied" : "advised", recommendation.text,
                     recommendation.confidence);
}

base::Result<bool> Core::AdmitOne(Run run, Ledger& ledger, std::vector<Change>* changes) {
  const int64_t now = Now();
  run.changed_at = now;
  const EnvironmentPolicy& environment = policy_.Environment(run.environment);
  const int64_t limit = run.spec.limits.queue_seconds.value_or(environment.queue_seconds);
  if (run.attempts == 0 && limit > 0 && now - run.created_at > limit * kSecond) {
    Finish(&run, RunState::kTimedOut, fmt::format("waited longer than {} s: {}", limit, run.cause), now);
    changes->push_back({run, std::nullopt, run.cause});
    return true;
  }
  Attempt attempt;
  std::string ended_with;
  HEARTH_ASSIGN(manifest::JobSpec spec, NextSpec(run, &attempt.waited_since, &ended_with));
  const std::string name = spec.backend.empty() ? environment.backend : spec.backend;
  Backend* backend = FindBackend(name);
  if (backend != nullptr) backend->Complete(&spec);
  std::string sizing = Size(run, name, ledger, &spec);
  const int64_t cores = TotalCores(spec);
  const int64_t memory = TotalMemoryMib(spec);
  const auto refuse = [&](const std::string& why) {
    Finish(&run, RunState::kFailed, "cannot be placed: " + why, now);
    changes->push_back({run, std::nullopt, run.cause});
    return true;
  };
  const std::string forbidden = ledger.WhatForbids(run.team, name, cores, memory);
  if (!forbidden.empty()) return refuse(forbidden);
  const auto pause = spike_.WhatPauses(ended_with, now);
  std::string blocked = pause ? pause->reason : ledger.WhatBlocks(run.team, name, cores, memory);
  base::Result<std::string> place = backend == nullptr ? WithoutBackend(name) : base::Result<std::string>("");
  if (blocked.empty() && backend != nullptr) place = backend->Place(spec);
  if (blocked.empty() && !place.ok()) {
    if (!IsTemporary(place.error()->kind)) return refuse(place.error()->message);
    blocked = place.error()->message;
  }
  if (!blocked.empty()) {
    // A turn that did not come is told once, not at every look.
    if (run.state == RunState::kQueued && run.cause == blocked) return false;
    const bool is_told = run.state == RunState::kQueued;
    if (pause) run.due_at = pause->until;
    run.state = RunState::kQueued;
    run.cause = std::move(blocked);
    changes->push_back({run, std::nullopt, is_told ? std::string() : run.cause});
    return false;
  }
  ledger.Take(run.team, name, cores, memory);
  attempt.run = run.id;
  attempt.number = run.attempts + 1;
  attempt.token = AttemptToken(run.id, attempt.number);
  attempt.backend = name;
  attempt.cluster = *place;
  attempt.spec = std::move(spec);
  const std::string trace = TraceParentFor(run, attempt.number, policy_.exports_spans);
  // What the job itself sets stays.
  if (!trace.empty() && !run.spec.environment_variables.contains(kTraceVariable))
    attempt.spec.environment_variables[kTraceVariable] = trace;
  attempt.sizing = std::move(sizing);
  attempt.created_at = now;
  run.state = RunState::kSubmitted;
  run.cause = attempt.cluster.empty() ? fmt::format("asking backend {}", name)
                                      : fmt::format("asking backend {}, {}", name, attempt.cluster);
  run.attempts = attempt.number;
  if (run.submitted_at == 0) run.submitted_at = now;
  run.backend = name;
  run.cluster = attempt.cluster;
  run.cores = cores;
  run.memory_mib = memory;
  run.owner = server_;
  // If this process dies before it creates the attempt, the next one looks soon.
  run.due_at = now + policy_.retry_look_seconds * kSecond;
  changes->push_back({run, std::move(attempt), run.cause});
  return true;
}

base::Result<std::vector<Run>> Core::Admit() {
  const int64_t now = Now();
  HEARTH_ASSIGN(std::vector<Run> waiting, store_.Waiting(now, kTurnsPerTeam));
  if (waiting.empty()) return std::vector<Run>();
  spike_.Refresh(now);
  HEARTH_ASSIGN(const std::vector<Use> uses, store_.Uses());
  Ledger ledger(policy_, uses);
  Turns turns(std::move(waiting), policy_, now);
  std::vector<Change> changes;
  Run run;
  while (changes.size() < kAdmittedAtOnce && turns.Next(ledger, &run)) {
    HEARTH_RETURN_IF_ERROR(AdmitOne(std::move(run), ledger, &changes));
  }
  if (changes.empty()) return std::vector<Run>();
  HEARTH_ASSIGN(std::vector<Change> saved, store_.SaveAll(std::move(changes)));
  std::vector<Run> admitted;
  for (Change& change : saved) {
    if (change.attempt) admitted.push_back(std::move(change.run));
  }
  return admitted;
}

base::Result<std::vector<Run>> Core::ClaimDue(int32_t limit) {
  return store_.ClaimDue(server_, Now(), limit);
}

// --- One attempt
// ----------------------------------------------------------------------------------------------------------------

// Stores the run and its attempt as they are now. A lost race shows as kConflict, which Step swallows.
base::Status Core::Keep(Live& live, const std::string& event, bool with_attempt) {
  live.run.changed_at = Now();
  Change change{live.run, with_attempt ? std::optional(live.attempt) : std::nullopt, event};
  HEARTH_ASSIGN(const bool is_saved, store_.Save(change));
  if (!is_saved) {
    base::Error error;
    error.kind = base::ErrorKind::kConflict;
    error.message = "another writer changed the run";
    return error;
  }
  live.run.version = change.run.version;
  live.run.stored_state = change.run.stored_state;
  return {};
}

base::Status Core::Wait(Live& live, const std::string& cause, int64_t seconds) {
  live.run.due_at = Now() + seconds * kSecond;
  if (!cause.empty()) live.run.cause = cause;
  return Keep(live, "");
}

// What nobody can look at may still run, so it is not tried again: after a time somebody has to be told.
base::Status Core::WaitUnseen(Live& live, const std::string& cause, int64_t seconds) {
  const int64_t now = Now();
  if (live.attempt.unseen_since == 0) live.attempt.unseen_since = now;
  if (now - live.attempt.unseen_since <= policy_.unreachable_seconds * kSecond)
    return Wait(live, cause, seconds);
  Outcome outcome;
  outcome.reason = kLostReason;
  outcome.message = fmt::format("it {} for {} s", cause, (now - live.attempt.unseen_since) / kSecond);
  return End(live, std::move(outcome), now);
}

base::Status Core::Step(Run run, bool is_new) {
  if (IsFinal(run.state) || IsWaiting(run.state)) return {};
  HEARTH_ASSIGN(auto attempt, store_.FindAttempt(run.id, run.attempts));
  if (!attempt) return base::InternalError("a live run has no attempt: " + run.id.text());
  Live live{std::move(run), std::move(*attempt), nullptr};
  live.backend = FindBackend(live.attempt.backend);
  base::Status status;
  if (live.backend == nullptr) {
    live.run.owner.clear();
    status = WaitUnseen(live, fmt::format("is at backend {}, which no server has", live.attempt.backend),
                        policy_.look_seconds);
  } else if (!live.backend->Reaches(live.attempt.cluster)) {
    // Whoever reaches it may have it.
    live.run.owner.clear();
    status =
        WaitUnseen(live, fmt::format("is at {}, which no server reaches at the moment", live.attempt.cluster),
                   policy_.look_seconds);
  } else if (is_new && live.attempt.phase == AttemptPhase::kIntended &&
             live.run.state == RunState::kSubmitted) {
    status = CreateAttempt(live);
  } else {
    status = StopIfDue(live);
    if (status.ok()) status = Look(live);
  }
  // Somebody cancelled it, or another server took it over: what is stored now decides.
  if (!status.ok() && status.error()->kind == base::ErrorKind::kConflict) return {};
  return status;
}

base::Status Core::CreateAttempt(Live& live) {
  auto created = live.backend->Create(live.attempt);
  if (created.ok()) return Follow(live, std::move(*created));
  const base::Error& error = *created.error();
  if (error.kind == base::ErrorKind::kUnknownOutcome) {
    return Wait(live,
                fmt::format("whether {} has it is not known yet: {}", live.attempt.backend, error.message),
                policy_.retry_look_seconds);
  }
  if (IsTemporary(error.kind)) return MoveElsewhere(live, error);
  Outcome outcome;
  outcome.reason = "Refused";
  outcome.message = error.message;
  return End(live, std::move(outcome), Now());
}

// Nothing was created, so another place may be asked.
base::Status Core::MoveElsewhere(Live& live, const base::Error& error) {
  const auto place = live.backend->Place(live.attempt.spec);
  if (place.ok() && *place != live.attempt.cluster) {
    const std::string event =
        fmt::format("{} does not take it ({}): asking {}", live.attempt.cluster, error.message, *place);
    live.attempt.cluster = *place;
    live.run.cluster = *place;
    live.run.cause = event;
    live.run.due_at = Now();
    return Keep(live, event);
  }
  const int64_t limit = live.attempt.spec.limits.start_seconds.value_or(
      policy_.Environment(live.run.environment).start_seconds);
  if (limit > 0 && Now() - live.attempt.created_at > limit * kSecond) {
    Outcome outcome;
    outcome.reason = error.kind == base::ErrorKind::kResourceExhausted ? "QuotaExceeded" : "";
    outcome.message = error.message;
    live.attempt.stop_reason = StopReason::kStartLimit;
    return End(live, std::move(outcome), Now());
  }
  return Wait(live, fmt::format("{} does not take it yet: {}", live.attempt.backend, error.message),
              policy_.retry_look_seconds);
}

// The reason is stored before the backend is told, so that what ends is known to have ended by our own hand.
base::Status Core::StopIfDue(Live& live) {
  const int64_t now = Now();
  const EnvironmentPolicy& environment = policy_.Environment(live.run.environment);
  const manifest::TimeLimits& limits = live.attempt.spec.limits;
  const auto is_over = [&](int64_t since, int64_t limit) {
    return limit > 0 && now - since > limit * kSecond;
  };
  if (live.attempt.stop_reason == StopReason::kNone) {
    StopReason reason = StopReason::kNone;
    std::string event;
    if (live.run.state == RunState::kCancelling) {
      reason = StopReason::kCancelled;
    } else if (live.attempt.started_at > 0) {
      const int64_t limit = limits.run_seconds.value_or(environment.run_seconds);
      if (is_over(live.attempt.started_at, limit)) reason = StopReason::kRunLimit;
      event = fmt::format("runs longer than {} s: being ended", limit);
    } else {
      const int64_t limit = limits.start_seconds.value_or(environment.start_seconds);
      if (is_over(live.attempt.created_at, limit)) reason = StopReason::kStartLimit;
      event = fmt::format("did not start within {} s: being ended", limit);
    }
    if (reason == StopReason::kNone) return {};
    live.attempt.stop_reason = reason;
    live.attempt.stop_at = now;
    if (reason != StopReason::kCancelled) live.run.cause = event;
    HEARTH_RETURN_IF_ERROR(Keep(live, reason == StopReason::kCancelled ? "" : event));
  }
  const bool is_forced = now - live.attempt.stop_at > policy_.grace_seconds * kSecond;
  const auto stopped = live.backend->Stop(ReferenceTo(live.attempt),
                                          is_forced ? StopUrgency::kForced : StopUrgency::kGraceful);
  // What could not be told is told again at the next look.
  (void)stopped;
  return {};
}

base::Status Core::Look(Live& live) {
  auto observed = live.backend->Observe(ReferenceTo(live.attempt));
  if (!observed.ok()) {
    return WaitUnseen(
        live, fmt::format("cannot be seen at {}: {}", live.attempt.backend, observed.error()->message),
        policy_.retry_look_seconds);
  }
  return Follow(live, std::move(*observed));
}

base::Status Core::Absent(Live& live) {
  Outcome outcome = live.attempt.outcome;
  if (live.attempt.phase == AttemptPhase::kIntended) {
    if (live.attempt.stop_reason == StopReason::kNone) return CreateAttempt(live);
    outcome.message = "it was never created";
    return End(live, std::move(outcome), Now());
  }
  if (live.attempt.stop_reason != StopReason::kNone) return End(live, std::move(outcome), Now());
  {
    std::lock_guard lock(mutex_);
    const int64_t since = absent_since_.try_emplace(live.attempt.token, Now()).first->second;
    if (Now() - since <= policy_.lost_seconds * kSecond) {
      live.run.due_at = Now() + policy_.retry_look_seconds * kSecond;
    } else {
      absent_since_.erase(live.attempt.token);
      outcome.reason = kLostReason;
      outcome.message = fmt::format("{} does not know it any more", live.attempt.backend);
    }
  }
  if (outcome.reason == kLostReason) return End(live, std::move(outcome), Now());
  live.run.cause = fmt::format("{} does not know it at the moment", live.attempt.backend);
  return Keep(live, "");
}

base::Status Core::Follow(Live& live, Observation observation) {
  const auto before = WhatALookChanges(live.attempt);
  live.attempt.unseen_since = 0;
  if (observation.progress == Progress::kAbsent) return Absent(live);
  Run& run = live.run;
  Attempt& attempt = live.attempt;
  if (attempt.phase == AttemptPhase::kIntended) attempt.phase = AttemptPhase::kCreated;
  attempt.native_id = observation.native_id;
  if (!observation.web_url.empty()) attempt.web_url = observation.web_url;
  if (observation.started_at > 0 && attempt.started_at == 0) attempt.started_at = observation.started_at;
  if (attempt.started_at > 0 && run.started_at == 0) run.started_at = attempt.started_at;
  if (observation.progress == Progress::kEnded) {
    if (observation.outcome.reason.empty()) observation.outcome.reason = attempt.outcome.reason;
    return End(live, std::move(observation.outcome), observation.ended_at);
  }
  // What kept it from starting is the reason should it never start.
  attempt.outcome.reason = observation.reason;
  attempt.outcome.message = observation.reason.empty() ? "" : observation.message;
  const RunState state =
      observation.progress == Progress::kRunning ? RunState::kRunning : RunState::kStarting;
  std::string event;
  if (run.state != state && MayFollow(run.state, state)) {
    run.state = state;
    run.cause = observation.message.empty()
                    ? (state == RunState::kRunning ? "the driver runs" : "the driver starts")
                    : observation.message;
    event = run.cause;
  } else if (run.state == state && !observation.message.empty()) {
    run.cause = observation.message;
  }
  // A stopping attempt, or one that the backend announces no change of, is looked at more often.
  const bool is_settled = run.state == RunState::kRunning && attempt.stop_reason == StopReason::kNone;
  run.due_at = Now() + (is_settled ? policy_.look_seconds : policy_.retry_look_seconds) * kSecond;
  // Most looks find nothing new, and an attempt's spec is long.
  return Keep(live, event, WhatALookChanges(attempt) != before);
}

base::Status Core::End(Live& live, Outcome outcome, int64_t ended_at) {
  Run& run = live.run;
  Attempt& attempt = live.attempt;
  const int64_t now = Now();
  attempt.phase = AttemptPhase::kEnded;
  attempt.ended_at = ended_at > 0 ? ended_at : now;
  if (outcome.error_condition.empty()) outcome.error_condition = FindErrorCondition(outcome.log_tail);
  attempt.outcome = std::move(outcome);
  // How CoreETL comes to its sinks, by folders and tables of its own, is not what it writes.
  if (NamesItsData(attempt.spec))
    attempt.outcome.written = attempt.outcome.succeeded ? SinksOf(attempt.spec) : Datasets();
  PutCost(policy_.prices, &attempt);
  run.owner = server_;
  if (attempt.outcome.succeeded) {
    Shorten(&attempt.outcome.log_tail);
    attempt.decision = "done";
    Finish(&run, RunState::kSucceeded, "the application ended without an error", now);
    return Keep(live, run.cause);
  }
  // Told to end is not ended.
  const bool is_lost = attempt.outcome.reason == kLostReason;
  attempt.failure = Classify(attempt.outcome, is_lost ? StopReason::kNone : attempt.stop_reason);
  Shorten(&attempt.outcome.log_tail);
  const bool is_to_end = attempt.stop_reason == StopReason::kCancelled || run.state == RunState::kCancelling;
  if (is_to_end && !is_lost) {
    attempt.decision = "cancelled";
    Finish(&run, RunState::kCancelled, run.cancel_cause, now);
    return Keep(live, run.cause);
  }
  HEARTH_ASSIGN(std::vector<Attempt> attempts, store_.Attempts(run.id));
  if (attempts.empty()) return base::InternalError("a run has lost its attempts");
  attempts.back() = attempt;
  const Decision decision = Decide(attempts);
  attempt.decision = decision.text;
  const std::string cause =
      fmt::format("{} ({}); {}", attempt.failure.failure_class, attempt.failure.evidence, decision.text);
  if (decision.retry) {
    run.state = RunState::kRetrying;
    run.cause = cause;
    run.due_at = now + decision.delay_seconds * kSecond;
    return Keep(live, cause);
  }
  RunState state = RunState::kFailed;
  if (attempt.stop_reason != StopReason::kNone) state = RunState::kTimedOut;
  if (attempt.failure.failure_class == "lost") state = RunState::kLost;
  Finish(&run, state, cause, now);
  return Keep(live, cause);
}

// --- After the end, and before it
// -----------------------------------------------------------------------------------------------

base::Result<int32_t> Core::CleanUp(int32_t limit) {
  const int64_t now = Now();
  HEARTH_ASSIGN(const std::vector<Run> ended, store_.DueForCleanup(now, limit));
  for (const Run& run : ended) {
    const EnvironmentPolicy& environment = policy_.Environment(run.environment);
    if (now >= run.ended_at + environment.record_seconds * kSecond) {
      HEARTH_RETURN_IF_ERROR(store_.Delete(run.id));
      continue;
    }
    HEARTH_ASSIGN(std::vector<Attempt> attempts, store_.Attempts(run.id));
    Change change{run, std::nullopt, ""};
    // Comes up again, should this process end before all is given back.
    change.run.due_at = now + policy_.look_seconds * kSecond;
    bool is_all_removed = true;
    for (Attempt& attempt : attempts) {
      if (attempt.phase == AttemptPhase::kRemoved) continue;
      Backend* backend = FindBackend(attempt.backend);
      if (backend == nullptr || !backend->Remove(ReferenceTo(attempt)).ok()) {
        is_all_removed = false;
        continue;
      }
      attempt.phase = AttemptPhase::kRemoved;
      change.attempt = attempt;
      HEARTH_ASSIGN(const bool is_saved, store_.Save(change));
      if (!is_saved) break;
      change.attempt.reset();
    }
    if (is_all_removed) change.run.due_at = run.ended_at + environment.record_seconds * kSecond;
    HEARTH_RETURN_IF_ERROR(store_.Save(change));
  }
  return static_cast<int32_t>(ended.size());
}

base::Result<bool> Core::Cancel(Run* run, const std::string& cause) {
  constexpr int kTries = 20;
  for (int i = 0; i < kTries; ++i) {
    if (IsFinal(run->state)) return false;
    if (run->state == RunState::kCancelling) return true;
    Change change{*run, std::nullopt, cause};
    change.run.changed_at = Now();
    change.run.cancel_cause = cause;
    if (IsWaiting(run->state)) {
      Finish(&change.run, RunState::kCancelled, cause, Now());
    } else {
      change.run.state = RunState::kCancelling;
      change.run.cause = cause;
      change.run.due_at = Now();
    }
    HEARTH_ASSIGN(const bool is_saved, store_.Save(change));
    if (is_saved) {
      *run = std::move(change.run);
      return true;
    }
    HEARTH_ASSIGN(auto current, store_.Find(run->id));
    if (!current) return base::InternalError("the run was deleted while it was cancelled");
    *run = std::move(*current);
  }
  base::Error error;
  error.kind = base::ErrorKind::kUnavailable;
  error.message = "the run changes too fast; try again";
  return error;
}

}  // namespace hearth::runner
