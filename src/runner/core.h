// The runner's judgement, one step at a time and without threads: what is stored, what a backend says and
// what time it is decide what is stored and asked next. runner.cc calls the steps from its threads, the
// simulation from a loop.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "runner/backend.h"
#include "runner/breakers.h"
#include "runner/policy.h"
#include "runner/store/store.h"

namespace hearth::runner {

// Thread-safe, except that no two threads may step the same run at once. The store and the backends outlive
// it.
//
// A crash between any two calls of the store or a backend leaves neither a lost run nor a twin: an attempt is
// stored before its backend is asked, under a token that gives the same thing again; after a restart the
// backend is looked at first.
class Core {
 public:
  Core(Store& store, std::vector<Backend*> backends, const Policy& policy, const base::Clock& clock,
       std::string server);

  const std::string& server() const { return server_; }

  // Lets waiting runs start as far as limits allow, in one transaction: their attempts are stored, nothing is
  // created yet. Gives the runs to step next. Ends those that waited too long.
  base::Result<std::vector<Run>> Admit();

  // Live runs to look at now.
  base::Result<std::vector<Run>> ClaimDue(int32_t limit);

  // Moves one run on: creates, looks, stops, records. `is_new`: admitted by this very process a moment ago,
  // so that nobody can have created its attempt. A conflict with another writer is no error: the run comes up
  // again.
  base::Status Step(Run run, bool is_new);

  // Gives back what ended runs hold and forgets those whose time is over. How many were handled.
  base::Result<int32_t> CleanUp(int32_t limit);

  // Ends a waiting run at once, tells a live one to end. False: it had ended before.
  base::Result<bool> Cancel(Run* run, const std::string& cause);

  Backend* FindBackend(const std::string& name) const;

 private:
  struct Live {
    Run run;
    Attempt attempt;
    Backend* backend = nullptr;
  };

  int64_t Now() const { return clock_.NowMicroseconds(); }
  base::Result<bool> AdmitOne(Run run, class Ledger& ledger, std::vector<Change>* changes);
  base::Result<manifest::JobSpec> NextSpec(const Run& run, int64_t* waited_since, std::string* ended_with);
  std::string Size(const Run& run, const std::string& backend, const Ledger& ledger, manifest::JobSpec* spec);
  base::Status Keep(Live& live, const std::string& event, bool with_attempt = true);
  base::Status CreateAttempt(Live& live);
  base::Status MoveElsewhere(Live& live, const base::Error& error);
  base::Status Look(Live& live);
  base::Status Follow(Live& live, Observation observation);
  base::Status Absent(Live& live);
  base::Status StopIfDue(Live& live);
  base::Status Wait(Live& live, const std::string& cause, int64_t seconds);
  base::Status WaitUnseen(Live& live, const std::string& cause, int64_t seconds);
  base::Status End(Live& live, Outcome outcome, int64_t ended_at);
  void Finish(Run* run, RunState state, std::string cause, int64_t at) const;

  Store& store_;
  const std::vector<Backend*> backends_;
  const Policy& policy_;
  const base::Clock& clock_;
  const std::string server_;

  SpikeBreaker spike_;

  std::mutex mutex_;
  std::unordered_map<std::string, int64_t> absent_since_;  // token -> when its backend first did not know it
};

// Names attempt `number` of a run at its backend: lower case letters, digits and '-', at most 48 characters.
std::string AttemptToken(const RunId& run, int32_t number);

}  // namespace hearth::runner
