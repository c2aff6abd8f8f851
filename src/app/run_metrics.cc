#include "app/run_metrics.h"

#include <algorithm>

namespace hearth::app {
namespace {

using runner::Attempt;
using runner::AttemptPhase;
using runner::Run;
using runner::RunState;

double SecondsBetween(int64_t from, int64_t to) {
  return std::max(0.0, static_cast<double>(to - from) / 1e6);
}

}  // namespace

RunMetrics::RunMetrics(observability::Metrics& metrics)
    : submitted_(metrics["hearth_jobs_submitted_total"]),
      ended_(metrics["hearth_jobs_ended_total"]),
      attempts_(metrics["hearth_job_attempts_total"]),
      retries_(metrics["hearth_job_retries_total"]),
      queue_seconds_(metrics["hearth_job_queue_seconds"]),
      start_seconds_(metrics["hearth_job_start_seconds"]),
      run_seconds_(metrics["hearth_job_run_seconds"]),
      job_seconds_(metrics["hearth_job_seconds"]),
      callbacks_(metrics["hearth_job_callbacks_total"]) {}

void RunMetrics::OnSubmitted(const Run& /*run*/, bool is_new) {
  submitted_.Add({is_new ? "new" : "repeated"});
}

void RunMetrics::OnTransition(const runner::Transition& transition) {
  const Run& run = transition.run;
  const bool is_admitted = runner::IsWaiting(transition.before) && run.state == RunState::kSubmitted;
  if (is_admitted && run.attempts == 1) {
    queue_seconds_.Observe({}, SecondsBetween(run.created_at, run.submitted_at));
  }
  if (transition.attempt != nullptr) CountAttempt(transition);
  if (runner::IsFinal(run.state)) {
    ended_.Add({runner::StateName(run.state), run.backend});
    job_seconds_.Observe({runner::StateName(run.state)}, SecondsBetween(run.created_at, run.ended_at));
  }
}

void RunMetrics::CountAttempt(const runner::Transition& transition) {
  const Attempt& attempt = *transition.attempt;
  const bool has_ended = attempt.phase == AttemptPhase::kEnded;
  // A short one may end before anybody saw it run.
  const bool is_unstarted =
      transition.before == RunState::kSubmitted || transition.before == RunState::kStarting;
  const bool starts = transition.run.state == RunState::kRunning || has_ended;
  if (is_unstarted && starts && attempt.started_at > 0) {
    start_seconds_.Observe({attempt.backend}, SecondsBetween(attempt.created_at, attempt.started_at));
  }
  if (!has_ended) return;
  const bool has_failed = !attempt.outcome.succeeded;
  attempts_.Add({attempt.backend, has_failed ? std::string_view(attempt.failure.failure_class) : "none"});
  if (attempt.started_at > 0) {
    run_seconds_.Observe({attempt.backend, has_failed ? "failed" : "succeeded"},
                         SecondsBetween(attempt.started_at, attempt.ended_at));
  }
  if (transition.run.state == RunState::kRetrying) retries_.Add({attempt.failure.failure_class});
}

void RunMetrics::OnCallback(const std::string& kind, runner::CallbackEnd end) {
  switch (end) {
    case runner::CallbackEnd::kTaken:
      return callbacks_.Add({kind, "taken"});
    case runner::CallbackEnd::kToBeTriedAgain:
      return callbacks_.Add({kind, "again"});
    case runner::CallbackEnd::kGivenUp:
      return callbacks_.Add({kind, "given_up"});
  }
}

}  // namespace hearth::app
