// The runner: declared jobs become runs that end. What doors (gRPC, REST, CLI) call.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "runner/backend.h"
#include "runner/run.h"

namespace hearth::runner {

// Who calls, as verified by the door.
struct Caller {
  std::string user;
  std::string team;          // empty: any team (a door that listens on loopback without tokens)
  std::string address = {};  // where the call came from; empty: not known
};

struct SubmitRequest {
  manifest::JobSpec spec;
  std::string idempotency_key;  // empty: every call is a run of its own
  std::string fingerprint;      // equal for requests that ask for the same
  std::string callback_url;
  std::string trace_parent = {};  // the caller's "traceparent"; what is none is ignored
};

struct SubmitAnswer {
  Run run;
  bool duplicate = false;  // the key was known: this is the run of the first call
};

struct RunFilter {
  std::string team;
  std::string name;
  std::string environment;
  std::string idempotency_key;
  std::optional<RunState> state;
  bool only_live = false;
  int32_t limit = 100;     // at most 1000
  std::string page_token;  // from the page before
};

struct RunPage {
  std::vector<Run> runs;        // newest first
  std::string next_page_token;  // empty: the last page
};

// All that is known of one run.
struct RunHistory {
  Run run;
  std::vector<Attempt> attempts;
  std::vector<Event> events;
};

struct CancelAnswer {
  bool success = false;  // false: it had ended before, in `run.state`
  Run run;
};

// Thread-safe; no call waits for a backend, except Log.
class Runner {
 public:
  virtual ~Runner() = default;

  // Durable when it returns. Errors: kConflict when the key was used for another request; kPermissionDenied
  // for another team's spec; kIllegalArgument for a spec that cannot run; kResourceExhausted when too many
  // runs wait; kUnavailable when the store does not answer.
  virtual base::Result<SubmitAnswer> Submit(const Caller& caller, SubmitRequest request) = 0;

  // Errors of all below: kNoSuchElement for an id that is unknown; kPermissionDenied for another team's run.
  virtual base::Result<Run> Check(const Caller& caller, const RunId& id) = 0;
  virtual base::Result<RunHistory> History(const Caller& caller, const RunId& id) = 0;
  virtual base::Result<CancelAnswer> Cancel(const Caller& caller, const RunId& id,
                                            const std::string& reason) = 0;
  virtual base::Result<RunPage> List(const Caller& caller, const RunFilter& filter) = 0;
  // Events after `after_sequence`, oldest first.
  virtual base::Result<std::vector<Event>> Events(const Caller& caller, const RunId& id,
                                                  int32_t after_sequence) = 0;
  // The driver's log of one attempt (0: the newest), from the backend or, when that forgot, the stored tail.
  virtual base::Result<LogPage> Log(const Caller& caller, const RunId& id, int32_t attempt, int64_t offset,
                                    int64_t limit) = 0;
};

}  // namespace hearth::runner
