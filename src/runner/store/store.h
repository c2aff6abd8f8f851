// What the runner remembers. Every change of a run is one transaction that must still find the version it was
// computed from, so that of two writers one wins and the other looks again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "runner/observer.h"
#include "runner/run.h"
#include "runner/runner.h"
#include "runner/store/database.h"

namespace hearth::runner {

// One step of a run's life, stored all or nothing.
struct Change {
  Run run;                         // with the version that was read
  std::optional<Attempt> attempt;  // new or changed
  // Empty: no event. The state, the time and the attempt are those of `run`.
  std::string event_cause;
};

// What one team's live runs take at one place.
struct Use {
  std::string team;
  std::string backend;
  std::string cluster;
  int64_t runs = 0;
  int64_t cores = 0;
  int64_t memory_mib = 0;
};

// A POST that is owed to somebody: to the submitter's address when the run has ended ("end"), to a channel of
// the job's alerting ("failure", "success", "sla"), or to the platform's address when the run has succeeded
// ("completion").
struct Callback {
  RunId run;
  std::string kind;
  std::string channel;  // an address, or a name of one; empty: the platform's own
  int32_t tries = 0;
};

// One call that came through a door, or several equal ones that only read.
struct AuditRow {
  int64_t at = 0;  // of the first
  std::string user;
  std::string team;
  std::string call;
  std::string subject;
  std::string outcome;
  std::string address;   // where it came from; empty: not known
  int64_t calls = 1;     // how many
  bool is_read = false;  // changed nothing: forgotten sooner
};

// Empty fields: any.
struct AuditFilter {
  std::string team;
  std::string user;
  std::string call;
  std::string subject;
  int32_t limit = 100;     // at most 1000
  std::string page_token;  // from the page before
};

struct AuditPage {
  std::vector<AuditRow> rows;   // newest first
  std::string next_page_token;  // empty: the last page
};

// As a part of the transaction that does what the row tells.
base::Status InsertAudit(SqlConnection& connection, const AuditRow& row);

// How a run of a job ended.
struct RunEnd {
  std::string failure_class;  // empty: it succeeded
  std::string evidence;
  int64_t started_at = 0;
  int64_t ended_at = 0;
};

// Runs that this class of failure ended are not tried again before `until`.
struct Pause {
  std::string failure_class;
  int64_t until = 0;
  std::string reason;  // in a sentence
};

// Thread-safe. Errors of all calls: kUnavailable when nothing was done; kUnknownOutcome when a write's answer
// was lost; kInternal for a database that holds something else.
class Store {
 public:
  // The observers outlive it. `owes_completions`: somebody is told of runs that have succeeded.
  explicit Store(Database& database, std::vector<Observer*> observers = {}, bool owes_completions = false)
      : database_(database), observers_(std::move(observers)), owes_completions_(owes_completions) {}

  // Brings the schema to this version; refuses one that is newer.
  base::Status Migrate();

  // Stores a new run, or gives the one that has its team and key.
  struct Inserted {
    Run run;
    bool is_new = false;
  };
  base::Result<Inserted> Insert(const Run& run);

  base::Result<std::optional<Run>> Find(const RunId& id);
  base::Result<std::optional<RunHistory>> FindHistory(const RunId& id);
  base::Result<std::optional<Attempt>> FindAttempt(const RunId& id, int32_t number);
  base::Result<std::vector<Attempt>> Attempts(const RunId& id);
  // Ended attempts of other runs of the same job, newest first.
  base::Result<std::vector<Attempt>> Past(const Run& run, int32_t limit);
  base::Result<std::vector<Event>> Events(const RunId& id, int32_t after_sequence, int32_t limit);
  base::Result<RunPage> List(const RunFilter& filter);

  // False, and nothing is written, when the run has another version by now. Advances `change.run.version`.
  base::Result<bool> Save(Change& change);
  // Many at once: the runs whose versions did not fit are left out of the answer.
  base::Result<std::vector<Change>> SaveAll(std::vector<Change> changes);

  // Live runs that a backend holds something for and whose time has come, oldest first: those that `server`
  // owns or, taken over with a new version, those whose owner no longer lives.
  base::Result<std::vector<Run>> ClaimDue(const std::string& server, int64_t now, int32_t limit);
  // Runs that wait for admission and whose delay is over: of each team the first `limit_per_team` by
  // priority, and the oldest few, whatever their priority.
  base::Result<std::vector<Run>> Waiting(int64_t now, int32_t limit_per_team);
  base::Result<int64_t> CountWaiting();
  // How many live runs there are in each state that has some.
  base::Result<std::map<RunState, int64_t>> CountLive();
  // Live runs whose idempotency key starts so.
  base::Result<std::vector<Run>> LiveWithKey(const std::string& prefix);
  base::Result<std::vector<Use>> Uses();
  // Final runs that still hold something whose time is over.
  base::Result<std::vector<Run>> DueForCleanup(int64_t now, int32_t limit);
  base::Status Delete(const RunId& id);

  // `server` lives until then: its runs are its own.
  base::Status Renew(const std::string& server, int64_t now, int64_t until);
  // True when `server` now holds the role alone (one admission at a time) until then.
  base::Result<bool> HoldRole(const std::string& role, const std::string& server, int64_t now, int64_t until);

  base::Result<std::vector<Callback>> DueCallbacks(int64_t now, int32_t limit, int64_t claim_until);
  // `next_at` 0: delivered or given up, with what was answered.
  base::Status SaveCallback(const Callback& callback, int64_t next_at, const std::string& answer);

  // Newest first, without cancelled ones.
  base::Result<std::vector<RunEnd>> NewestEnds(const std::string& environment, const std::string& team,
                                               const std::string& name, int32_t limit);
  // How many runs each class of infrastructure failure has ended an attempt of since then, and since its last
  // pause.
  base::Result<std::map<std::string, int64_t>> CountFailures(int64_t since);
  base::Status ForgetFailures(int64_t before);
  base::Result<std::vector<Pause>> Pauses();
  base::Status SavePause(const Pause& pause);

  base::Status Audit(std::span<const AuditRow> rows);
  base::Result<AuditPage> AuditRows(const AuditFilter& filter);
  // Forgets rows from before, at most `limit` of each kind; the larger number of the two.
  base::Result<int64_t> ForgetAudit(int64_t changes_before, int64_t reads_before, int32_t limit);

 private:
  base::Result<bool> SaveIn(SqlConnection& connection, const Change& change) const;
  // After the change was written.
  void Conclude(Change* change) const;

  Database& database_;
  const std::vector<Observer*> observers_;
  const bool owes_completions_;
};

}  // namespace hearth::runner
