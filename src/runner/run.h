// A run: what became of one submission. Its attempts are what a backend was asked to do for it; its events
// are its history. Plain values, stored by store.h.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strong_id.h"
#include "manifest/job_spec.h"

namespace hearth::runner {

using RunId = base::StrongId<struct RunIdTag>;

// In the order of a life without trouble. The last five are final: a run never leaves them.
enum class RunState {
  kAccepted,    // stored; nobody has looked at it yet
  kQueued,      // waits for its team's turn; the cause says for what
  kSubmitted,   // the intent of an attempt is stored; a backend is being asked
  kStarting,    // the backend has it; the driver does not run yet
  kRunning,     // the driver runs
  kRetrying,    // an attempt failed and another one follows when its delay is over
  kCancelling,  // somebody asked for the end; the backend is being told
  kSucceeded,
  kFailed,
  kCancelled,
  kTimedOut,  // a time limit of ours ended it
  kLost,      // the backend forgot it without saying how it ended
};
inline constexpr size_t kRunStates = 12;

bool IsFinal(RunState state);
// "ACCEPTED", … as clients and the store see it.
std::string_view StateName(RunState state);
std::optional<RunState> StateOf(std::string_view name);
// Which state may follow which: the whole state machine. Staying is not a transition.
bool MayFollow(RunState from, RunState to);

// Waits for its turn: no backend holds anything for it.
bool IsWaiting(RunState state);

// How far an attempt has come at its backend, as far as is stored.
enum class AttemptPhase {
  kIntended,  // to be created under its token; whether it was is known only by looking
  kCreated,   // the backend has confirmed it
  kEnded,     // its outcome is stored; what it holds at the backend may still be there
  kRemoved,   // the backend has given everything back
};

// Why the runner itself wants an attempt to end.
enum class StopReason { kNone, kCancelled, kStartLimit, kRunLimit };

// Why an attempt ended, as a row of failures.tsv sees it.
struct Failure {
  std::string failure_class;  // row name, "driver-container-oom"; empty: no failure
  std::string fault;          // "user", "resources", "infrastructure" or "unknown"
  std::string evidence;       // what the row matched, in a sentence
  std::string advice;         // what to do about it, in a sentence
};

// Data as OpenLineage names it: {"file", "/data/a"}, {"s3://lake", "a"}, {"spark_catalog", "sales.orders"}.
struct Dataset {
  std::string name_space;
  std::string name;
  auto operator<=>(const Dataset&) const = default;
};

// Each once, at most kMostDatasets.
struct Datasets {
  std::vector<Dataset> items;
  bool is_cut = false;  // there were more
};
inline constexpr size_t kMostDatasets = 1000;

// What a backend could tell about an attempt that has ended.
struct Outcome {
  bool succeeded = false;
  std::optional<int32_t> exit_code;
  std::optional<int32_t> signal;          // number of the signal that ended the driver
  std::string reason;                     // the backend's own word: "OOMKilled", "Evicted", "MemoryLimit"
  std::string message;                    // the backend's own sentence
  std::string error_condition;            // Spark's, "TABLE_OR_VIEW_NOT_FOUND"; empty: none found
  std::string log_tail;                   // last lines of the driver, at most kLogTailBytes
  std::map<std::string, double> metrics;  // names of metrics.h, in the unit that the name ends with
  Datasets written;                       // as far as there is evidence of it; also of attempts that failed
};
inline constexpr size_t kLogTailBytes = size_t{32} << 10;

struct Attempt {
  RunId run;
  int32_t number = 1;
  std::string token;  // names the attempt at its backend; from run and number alone
  AttemptPhase phase = AttemptPhase::kIntended;
  std::string backend;
  std::string cluster;     // where at the backend; remembered, never chosen again
  std::string native_id;   // the backend's own identity of what was created: a uid, a process
  std::string web_url;     // the driver's Spark UI; empty: none is known
  manifest::JobSpec spec;  // as resolved and changed for this attempt
  Outcome outcome;         // once kEnded
  Failure failure;         // once kEnded and not succeeded
  std::string decision;    // what followed and why: "retry with driver memory 2g -> 3g"
  std::string sizing;      // what sizing recommended for it, and whether it was applied
  StopReason stop_reason = StopReason::kNone;  // stored before the backend is told
  int64_t stop_at = 0;                         // when it was
  int64_t created_at = 0;                      // microseconds since 1970 UTC, 0: not yet
  int64_t started_at = 0;
  int64_t ended_at = 0;
  int64_t unseen_since = 0;  // since when no server could look at it; 0: the last look saw it
  int64_t waited_since = 0;  // when the wait for it began; only in the change that makes it, not kept
};

struct Run {
  RunId id;
  std::string idempotency_key;  // the caller's; one run for each (team, key)
  std::string fingerprint;      // of the request; the same key with another one is refused
  std::string team;
  std::string user;
  std::string name;
  std::string environment;
  manifest::JobSpec spec;  // as asked for
  RunState state = RunState::kAccepted;
  std::string cause;     // why it is in this state, in a sentence
  int32_t attempts = 0;  // how many there are
  std::string callback_url;
  std::string trace_parent;  // of the caller's span, as it was given; empty: none was
  std::string cancel_cause;  // who asked for the end, and why
  int64_t created_at = 0;
  int64_t submitted_at = 0;  // first attempt
  int64_t started_at = 0;    // first driver
  int64_t ended_at = 0;
  int64_t changed_at = 0;  // when the change that is being stored happens; not kept
  int64_t due_at = 0;      // when the runner looks at it again; final runs: when what is left is cleaned up
  // Where the newest attempt is and what it takes, for admission.
  std::string backend;
  std::string cluster;
  int64_t cores = 0;
  int64_t memory_mib = 0;
  std::string owner;    // the server that drives it; empty: any
  int64_t version = 0;  // grows with each write, and each write must still find the one it read
  RunState stored_state = RunState::kAccepted;  // what the store holds, to tell what a change changed
};

// When the job's alerting wants it to have succeeded; none: it says nothing.
int64_t SlaEnd(const Run& run);

// One transition (or note) of a run. Sequence numbers count from 1 without gaps.
struct Event {
  RunId run;
  int32_t sequence = 0;
  int64_t at = 0;  // microseconds since 1970 UTC
  int32_t attempt = 0;
  RunState state = RunState::kAccepted;
  std::string cause;
};

}  // namespace hearth::runner
