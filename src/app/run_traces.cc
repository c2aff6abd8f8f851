#include "app/run_traces.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "runner/trace.h"

namespace hearth::app {
namespace {

using observability::Span;
using observability::SpanStatus;
using runner::Attempt;
using runner::Run;
using runner::RunState;

// The spans of one run.
class Maker {
 public:
  explicit Maker(const Run& run) : run_(run), trace_(runner::TraceOf(run)) {}

  bool is_sampled() const { return trace_.is_sampled; }

  Span OfRun() const {
    Span span = Make("run", fmt::format("job {}", run_.name), run_.created_at, run_.ended_at);
    span.parent_id = trace_.span_id;
    span.attributes = {{"hearth.job.id", run_.id.text()},
                       {"hearth.job.name", run_.name},
                       {"hearth.team", run_.team},
                       {"hearth.user", run_.user},
                       {"hearth.environment", run_.environment},
                       {"hearth.job.status", std::string(runner::StateName(run_.state))},
                       {"hearth.job.attempts", int64_t{run_.attempts}}};
    if (run_.state == RunState::kSucceeded) {
      span.status = SpanStatus::kOk;
    } else if (run_.state != RunState::kCancelled) {
      span.status = SpanStatus::kError;
      span.status_message = run_.cause;
    }
    return span;
  }

  Span OfWait(int32_t attempt, int64_t since, int64_t until) const {
    Span span = Make(fmt::format("wait {}", attempt), "queue", since, until);
    span.parent_id = runner::SpanIdOf(run_.id, "run");
    span.attributes = {{"hearth.attempt", int64_t{attempt}}};
    return span;
  }

  Span OfAttempt(const Attempt& attempt) const {
    const std::string part = fmt::format("attempt {}", attempt.number);
    Span span = Make(part, "attempt", attempt.created_at, attempt.ended_at);
    span.parent_id = runner::SpanIdOf(run_.id, "run");
    span.attributes = {{"hearth.attempt", int64_t{attempt.number}},
                       {"hearth.backend", attempt.backend},
                       {"hearth.cluster", attempt.cluster},
                       {"hearth.vendor_run_id", attempt.native_id}};
    if (attempt.outcome.exit_code)
      span.attributes.emplace_back("process.exit.code", int64_t{*attempt.outcome.exit_code});
    if (attempt.outcome.succeeded) {
      span.status = SpanStatus::kOk;
      return span;
    }
    span.attributes.emplace_back("error.type", attempt.failure.failure_class);
    span.attributes.emplace_back("hearth.decision", attempt.decision);
    if (attempt.failure.failure_class != "cancelled") {
      span.status = SpanStatus::kError;
      span.status_message = attempt.failure.evidence;
    }
    return span;
  }

  // What an attempt does in turn: "start", "run".
  Span OfPhase(const Attempt& attempt, const char* name, int64_t from, int64_t until) const {
    Span span = Make(fmt::format("attempt {} {}", attempt.number, name), name, from, until);
    span.parent_id = runner::SpanIdOf(run_.id, fmt::format("attempt {}", attempt.number));
    return span;
  }

 private:
  Span Make(const std::string& part, std::string name, int64_t start, int64_t end) const {
    Span span;
    span.trace_id = trace_.trace_id;
    span.span_id = runner::SpanIdOf(run_.id, part);
    span.name = std::move(name);
    span.start = start;
    span.end = end;
    return span;
  }

  const Run& run_;
  const runner::TraceParent trace_;
};

}  // namespace

void RunTraces::OnTransition(const runner::Transition& transition) {
  const Run& run = transition.run;
  const Attempt* attempt = transition.attempt;
  const bool is_final = runner::IsFinal(run.state);
  const bool is_admitted = attempt != nullptr && runner::IsWaiting(transition.before);
  const bool has_ended = attempt != nullptr && attempt->phase == runner::AttemptPhase::kEnded;
  if (!is_final && !is_admitted && !has_ended) return;
  const Maker maker(run);
  if (!maker.is_sampled()) return;
  if (is_admitted) exporter_.Add(maker.OfWait(attempt->number, attempt->waited_since, attempt->created_at));
  if (has_ended) {
    const int64_t started = attempt->started_at > 0 ? attempt->started_at : attempt->ended_at;
    exporter_.Add(maker.OfPhase(*attempt, "start", attempt->created_at, started));
    if (attempt->started_at > 0) exporter_.Add(maker.OfPhase(*attempt, "run", started, attempt->ended_at));
    exporter_.Add(maker.OfAttempt(*attempt));
  }
  if (!is_final) return;
  // Ended before its turn came.
  if (run.attempts == 0) exporter_.Add(maker.OfWait(1, run.created_at, run.ended_at));
  exporter_.Add(maker.OfRun());
}

}  // namespace hearth::app
