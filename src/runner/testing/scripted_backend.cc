#include "runner/testing/scripted_backend.h"

#include <algorithm>
#include <utility>

namespace hearth::runner::testing {
namespace {

constexpr int64_t kSecond = 1000000;

}  // namespace

ScriptedBackend::ScriptedBackend(std::string name, const base::Clock& clock, Author author)
    : name_(std::move(name)), clock_(clock), author_(std::move(author)) {}

base::Status ScriptedBackend::Fail(const char* call, Moment moment) const {
  if (!fault_) return {};
  return fault_(call, moment);
}

void ScriptedBackend::Forget(const std::string& token) {
  std::lock_guard lock(mutex_);
  const auto found = things_.find(token);
  if (found != things_.end()) found->second.is_removed = true;
}

std::map<std::string, ScriptedBackend::Thing> ScriptedBackend::things() const {
  std::lock_guard lock(mutex_);
  return things_;
}

base::Result<std::string> ScriptedBackend::Place(const manifest::JobSpec& /*spec*/) {
  HEARTH_RETURN_IF_ERROR(Fail("place", Moment::kBefore));
  return std::string("here");
}

base::Result<Observation> ScriptedBackend::Create(const Attempt& attempt) {
  HEARTH_RETURN_IF_ERROR(Fail("create", Moment::kBefore));
  Observation seen;
  {
    std::lock_guard lock(mutex_);
    Thing& thing = things_[attempt.token];
    if (thing.creations == 0 || thing.is_removed) {
      ++thing.creations;
      thing.is_removed = false;
      thing.reference = {attempt.token, attempt.cluster, "native-" + attempt.token};
      thing.script = author_(attempt);
      thing.created_at = clock_.NowMicroseconds();
    }
    seen = See(thing);
  }
  // The work is done; only the answer is lost.
  const base::Status lost = Fail("create", Moment::kAfter);
  if (lost.ok()) return seen;
  base::Error error = *lost.error();
  error.kind = base::ErrorKind::kUnknownOutcome;
  return error;
}

Observation ScriptedBackend::See(const Thing& thing) const {
  Observation seen;
  if (thing.creations == 0 || thing.is_removed) return seen;
  seen.native_id = thing.reference.native_id;
  const int64_t now = clock_.NowMicroseconds();
  const int64_t starts = thing.created_at + thing.script.start_seconds * kSecond;
  int64_t ends = starts + thing.script.run_seconds * kSecond;
  const bool is_killed = thing.stopped_at > 0 && thing.stopped_at < ends;
  if (is_killed) ends = thing.stopped_at;
  if (now >= ends) {
    seen.progress = Progress::kEnded;
    if (starts <= ends) seen.started_at = starts;
    seen.ended_at = ends;
    seen.outcome = thing.script.outcome;
    if (is_killed) {
      seen.outcome.succeeded = false;
      seen.outcome.exit_code.reset();
      seen.outcome.signal = 15;
    }
  } else if (now >= starts) {
    seen.progress = Progress::kRunning;
    seen.started_at = starts;
  } else {
    seen.progress = Progress::kStarting;
  }
  return seen;
}

base::Result<Observation> ScriptedBackend::Observe(const AttemptReference& attempt) {
  HEARTH_RETURN_IF_ERROR(Fail("observe", Moment::kBefore));
  std::lock_guard lock(mutex_);
  const auto found = things_.find(attempt.token);
  return found == things_.end() ? Observation() : See(found->second);
}

base::Status ScriptedBackend::Stop(const AttemptReference& attempt, StopUrgency urgency) {
  HEARTH_RETURN_IF_ERROR(Fail("stop", Moment::kBefore));
  {
    std::lock_guard lock(mutex_);
    const auto found = things_.find(attempt.token);
    if (found == things_.end() || found->second.stopped_at > 0) return {};
    if (urgency == StopUrgency::kGraceful && found->second.script.ignores_graceful_stop) return {};
    found->second.stopped_at = clock_.NowMicroseconds();
  }
  return Fail("stop", Moment::kAfter);
}

base::Result<LogPage> ScriptedBackend::ReadLog(const AttemptReference& attempt, int64_t /*offset*/,
                                               int64_t /*limit*/) {
  std::lock_guard lock(mutex_);
  const auto found = things_.find(attempt.token);
  if (found == things_.end()) return LogPage{"", 0, true};
  const std::string& log = found->second.script.outcome.log_tail;
  return LogPage{log, static_cast<int64_t>(log.size()), true};
}

base::Status ScriptedBackend::Remove(const AttemptReference& attempt) {
  HEARTH_RETURN_IF_ERROR(Fail("remove", Moment::kBefore));
  {
    std::lock_guard lock(mutex_);
    const auto found = things_.find(attempt.token);
    if (found != things_.end()) found->second.is_removed = true;
  }
  return Fail("remove", Moment::kAfter);
}

// It has no news: the runner looks by itself.
void ScriptedBackend::SetListener(Listener /*listener*/) {}

}  // namespace hearth::runner::testing
