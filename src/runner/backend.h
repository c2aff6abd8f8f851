// Where attempts run. One implementation for each folder below backends/; each passes the conformance suite
// in runner/testing/backend_conformance.h.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runner/run.h"

namespace hearth::runner {

// Names an attempt at its backend. All that a call after a restart of the runner has to go by.
struct AttemptReference {
  std::string token;
  std::string cluster;
  std::string native_id;  // empty until the backend has confirmed the creation
};

enum class Progress {
  kAbsent,    // the backend is sure that it knows no such attempt
  kStarting,  // it exists; the driver does not run yet
  kRunning,
  kEnded,  // `outcome` is complete
};

struct Observation {
  Progress progress = Progress::kAbsent;
  std::string native_id;
  std::string message;  // "waits for a node", "pulls the image": for Check
  std::string reason;   // the backend's own word for what keeps it from starting: "ImagePullBackOff"
  int64_t started_at = 0;
  int64_t ended_at = 0;
  Outcome outcome;
  std::string web_url;  // the driver's Spark UI, when there is one
};

enum class StopUrgency { kGraceful, kForced };

struct LogPage {
  std::string text;
  int64_t next_offset = 0;  // bytes; give it back to go on
  bool at_end = false;      // nothing follows, ever
};

// Thread-safe. No call waits longer than its own deadline (a few seconds): what takes longer is seen by
// Observe.
class Backend {
 public:
  virtual ~Backend() = default;

  // As manifests say it: "local", "kubernetes".
  virtual std::string_view name() const = 0;

  // Fills in what the spec leaves open and this backend has a rule for.
  virtual void Complete(manifest::JobSpec* /*spec*/) const {}

  // Chooses where the attempt shall run. The answer is stored before Create. Errors: kUnavailable when no
  // place takes work now; kIllegalArgument when the spec can run nowhere here.
  virtual base::Result<std::string> Place(const manifest::JobSpec& spec) = 0;

  // Whether attempts at this place (an answer of Place, of any server) can be seen and stopped from this one.
  virtual bool Reaches(const std::string& /*cluster*/) const { return true; }

  // Creates what the attempt's token names; the same token again gives what is there. Errors: kUnknownOutcome
  // when it may or may not have been created (look before creating again); kUnavailable, kResourceExhausted
  // when nothing was created and later may be better; any other kind: refused for good, `message` says what
  // about the spec.
  virtual base::Result<Observation> Create(const Attempt& attempt) = 0;

  // What is there now. Never changes anything. Errors: kUnavailable when it cannot be seen.
  virtual base::Result<Observation> Observe(const AttemptReference& attempt) = 0;

  // Asks for the end and returns; asking again, or for what has ended or never was, is no error.
  virtual base::Status Stop(const AttemptReference& attempt, StopUrgency urgency) = 0;

  // The driver's log from byte `offset`, at most `limit` bytes; a negative offset counts from the end.
  virtual base::Result<LogPage> ReadLog(const AttemptReference& attempt, int64_t offset, int64_t limit) = 0;

  // Gives back all that the attempt holds; the outcome must have been stored before. A creation that was
  // asked for under this token and comes late is undone too. Asking again is no error.
  virtual base::Status Remove(const AttemptReference& attempt) = 0;

  // Called with a token when something may have changed; from any thread, until the backend is destroyed. Set
  // once, before the first other call.
  using Listener = std::function<void(const std::string& token)>;
  virtual void SetListener(Listener listener) = 0;
};

}  // namespace hearth::runner
