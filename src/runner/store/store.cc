#include "runner/store/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runner/store/rows.h"

namespace hearth::runner {
namespace {

constexpr int32_t kMaximumPage = 1000;

const std::string kSelectRun = fmt::format("SELECT {} FROM runs ", kRunColumns);
const std::string kSelectAttempt = fmt::format("SELECT {} FROM attempts ", kAttemptColumns);
const std::string kSelectEvent = fmt::format("SELECT {} FROM events ", kEventColumns);

int64_t Flag(bool value) { return value ? 1 : 0; }

// Calls without a key are runs of their own: null is equal to nothing.
SqlValue KeyValue(const std::string& key) { return key.empty() ? SqlValue() : SqlValue(key); }

base::Status InsertEvent(SqlConnection& connection, const Run& run, int64_t sequence,
                         const std::string& cause, int64_t at) {
  HEARTH_RETURN_IF_ERROR(connection.Query(
      "INSERT INTO events (run_id, sequence, at, attempt, state, cause) VALUES ($1, $2, $3, $4, $5, $6)",
      run.id.text(), sequence, at, int64_t{run.attempts}, std::string(StateName(run.state)), cause));
  return {};
}

base::Result<std::optional<Run>> FindBy(SqlConnection& connection, const std::string& condition,
                                        SqlValue first, SqlValue second) {
  HEARTH_ASSIGN(const auto rows,
                connection.Query(kSelectRun + condition, std::move(first), std::move(second)));
  if (rows.empty()) return std::optional<Run>();
  HEARTH_ASSIGN(Run run, ReadRun(rows[0]));
  return std::optional<Run>(std::move(run));
}

base::Status WriteAttempt(SqlConnection& connection, const Attempt& attempt) {
  HEARTH_RETURN_IF_ERROR(connection.Query(
      "INSERT INTO attempts (run_id, number, phase, token, backend, cluster, native_id, spec, outcome, "
      "failure, "
      "decision, stop_reason, stop_at, created_at, started_at, ended_at, web_url, sizing, unseen_since) "
      "VALUES ($1, $2, "
      "$3, $4, "
      "$5, $6, $7, "
      "$8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT (run_id, number) DO UPDATE SET "
      "phase "
      "= "
      "$3, backend = $5, "
      "cluster = $6, native_id = $7, spec = $8, outcome = $9, failure = $10, decision = $11, stop_reason = "
      "$12, "
      "stop_at = $13, started_at = $15, ended_at = $16, web_url = $17, sizing = $18, unseen_since = $19",
      attempt.run.text(), int64_t{attempt.number}, static_cast<int64_t>(attempt.phase), attempt.token,
      attempt.backend, attempt.cluster, attempt.native_id, manifest::ToJson(attempt.spec),
      OutcomeToJson(attempt.outcome), FailureToJson(attempt.failure), attempt.decision,
      static_cast<int64_t>(attempt.stop_reason), attempt.stop_at, attempt.created_at, attempt.started_at,
      attempt.ended_at, attempt.web_url, attempt.sizing, attempt.unseen_since));
  return {};
}

// Writes the run where its version still is the one that was read. Empty: it is not. Gives its events' count.
base::Result<std::vector<SqlRow>> UpdateRun(SqlConnection& connection, const Run& run, bool has_event) {
  return connection.Query(
      "UPDATE runs SET state = $3, is_final = $4, is_waiting = $5, cause = $6, attempts = $7, cancel_cause = "
      "$8, "
      "submitted_at = $9, started_at = $10, ended_at = $11, due_at = $12, owner = $13, version = version + "
      "1, "
      "events = events + $14, backend = $15, cluster = $16, cores = $17, memory_mib = $18 WHERE id = $1 AND "
      "version = $2 RETURNING events",
      run.id.text(), run.version, std::string(StateName(run.state)), Flag(IsFinal(run.state)),
      Flag(IsWaiting(run.state)), run.cause, int64_t{run.attempts}, run.cancel_cause, run.submitted_at,
      run.started_at, run.ended_at, run.due_at, run.owner, Flag(has_event), run.backend, run.cluster,
      run.cores, run.memory_mib);
}

int64_t EventTime(const Change& change) {
  const Run& run = change.run;
  if (IsFinal(run.state)) return run.ended_at;
  return run.changed_at;
}

// Once for each run, kind and channel.
base::Status Owe(SqlConnection& connection, const Run& run, const char* kind, const std::string& channel,
                 int64_t next_at) {
  HEARTH_RETURN_IF_ERROR(connection.Query(
      "INSERT INTO callbacks (run_id, kind, channel, tries, next_at, answer) VALUES ($1, $2, $3, 0, $4, '') "
      "ON CONFLICT (run_id, kind, channel) DO NOTHING",
      run.id.text(), std::string(kind), channel, next_at));
  return {};
}

// When it has ended, in the transaction of the end.
base::Status OweEnd(SqlConnection& connection, const Run& run, bool owes_completions) {
  if (!IsFinal(run.state)) return {};
  constexpr int64_t kNow = 1;
  // Without the address: who changes that makes nobody be told twice.
  if (owes_completions && run.state == RunState::kSucceeded)
    HEARTH_RETURN_IF_ERROR(Owe(connection, run, "completion", "", kNow));
  if (!run.callback_url.empty()) HEARTH_RETURN_IF_ERROR(Owe(connection, run, "end", run.callback_url, kNow));
  if (run.state == RunState::kCancelled) return {};
  const bool has_succeeded = run.state == RunState::kSucceeded;
  const manifest::Alerting& alerting = run.spec.alerting;
  if (!(has_succeeded ? alerting.on_success : alerting.on_failure)) return {};
  for (const std::string& channel : alerting.channels)
    HEARTH_RETURN_IF_ERROR(Owe(connection, run, has_succeeded ? "success" : "failure", channel, kNow));
  return {};
}

// Looked at when the time is over; a run that succeeded before is not told of.
base::Status OweSla(SqlConnection& connection, const Run& run) {
  if (!run.spec.alerting.sla_seconds) return {};
  for (const std::string& channel : run.spec.alerting.channels)
    HEARTH_RETURN_IF_ERROR(Owe(connection, run, "sla", channel, SlaEnd(run)));
  return {};
}

// For the breaker that looks at all jobs together.
base::Status NoteFailure(SqlConnection& connection, const Attempt& attempt) {
  if (attempt.phase != AttemptPhase::kEnded || attempt.failure.fault != "infrastructure") return {};
  HEARTH_RETURN_IF_ERROR(connection.Query("INSERT INTO failures (class, at, run_id) VALUES ($1, $2, $3)",
                                          attempt.failure.failure_class, attempt.ended_at,
                                          attempt.run.text()));
  return {};
}

}  // namespace

base::Result<bool> Store::SaveIn(SqlConnection& connection, const Change& change) const {
  const bool has_event = !change.event_cause.empty();
  HEARTH_ASSIGN(const auto updated, UpdateRun(connection, change.run, has_event));
  if (updated.empty()) return false;
  if (change.attempt) HEARTH_RETURN_IF_ERROR(WriteAttempt(connection, *change.attempt));
  if (has_event) {
    HEARTH_RETURN_IF_ERROR(
        InsertEvent(connection, change.run, Number(updated[0][0]), change.event_cause, EventTime(change)));
    HEARTH_RETURN_IF_ERROR(OweEnd(connection, change.run, owes_completions_));
    if (change.attempt) HEARTH_RETURN_IF_ERROR(NoteFailure(connection, *change.attempt));
  }
  return true;
}

base::Result<Store::Inserted> Store::Insert(const Run& run) {
  Inserted answer;
  HEARTH_RETURN_IF_ERROR(database_.Write([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(
        const auto inserted,
        connection.Query("INSERT INTO runs (id, idempotency_key, fingerprint, team, user_name, "
                         "name, environment, state, is_final, "
                         "is_waiting, cause, spec, cores, memory_mib, priority, attempts, events, "
                         "callback_url, cancel_cause, "
                         "created_at, submitted_at, started_at, ended_at, due_at, owner, version, "
                         "backend, cluster, trace_parent) VALUES ($1, $2, "
                         "$3, $4, $5, $6, $7, $8, 0, 1, $9, $10, $11, $12, $13, 0, 1, $14, '', "
                         "$15, 0, 0, 0, $15, '', 1, '', '', $16) "
                         "ON CONFLICT (team, idempotency_key) DO NOTHING RETURNING id",
                         run.id.text(), KeyValue(run.idempotency_key), run.fingerprint, run.team, run.user,
                         run.name, run.environment, std::string(StateName(run.state)), run.cause,
                         manifest::ToJson(run.spec), run.cores, run.memory_mib, int64_t{run.spec.priority},
                         run.callback_url, run.created_at, run.trace_parent));
    if (inserted.empty()) {
      HEARTH_ASSIGN(auto found, FindBy(connection, "WHERE team = $1 AND idempotency_key = $2", run.team,
                                       run.idempotency_key));
      if (!found) return base::InternalError("a run with this key exists and cannot be read");
      answer = {std::move(*found), false};
      return {};
    }
    answer = {run, true};
    answer.run.version = 1;
    HEARTH_RETURN_IF_ERROR(OweSla(connection, run));
    return InsertEvent(connection, run, 1, run.cause, run.created_at);
  }));
  return answer;
}

base::Result<std::optional<Run>> Store::Find(const RunId& id) {
  std::optional<Run> run;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(run, FindBy(connection, "WHERE id = $1", id.text(), {}));
    return {};
  }));
  return run;
}

base::Result<std::vector<Attempt>> Store::Attempts(const RunId& id) {
  std::vector<Attempt> attempts;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    attempts.clear();
    HEARTH_ASSIGN(const auto rows,
                  connection.Query(kSelectAttempt + "WHERE run_id = $1 ORDER BY number", id.text()));
    for (const SqlRow& row : rows) {
      HEARTH_ASSIGN(Attempt attempt, ReadAttempt(row));
      attempts.push_back(std::move(attempt));
    }
    return {};
  }));
  return attempts;
}

base::Result<std::optional<Attempt>> Store::FindAttempt(const RunId& id, int32_t number) {
  std::optional<Attempt> attempt;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(const auto rows, connection.Query(kSelectAttempt + "WHERE run_id = $1 AND number = $2",
                                                    id.text(), int64_t{number}));
    if (rows.empty()) return {};
    HEARTH_ASSIGN(attempt, ReadAttempt(rows[0]));
    return {};
  }));
  return attempt;
}

base::Result<std::vector<Attempt>> Store::Past(const Run& run, int32_t limit) {
  std::vector<Attempt> past;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    past.clear();
    HEARTH_ASSIGN(
        const auto rows,
        connection.Query(kSelectAttempt +
                             "WHERE ended_at > 0 AND run_id IN (SELECT id FROM runs WHERE name = $1 "
                             "AND team = $2 AND environment = $3 AND id <> $4 ORDER BY id DESC "
                             "LIMIT $5) ORDER BY ended_at DESC LIMIT $5",
                         run.name, run.team, run.environment, run.id.text(), int64_t{limit}));
    for (const SqlRow& row : rows) {
      HEARTH_ASSIGN(Attempt attempt, ReadAttempt(row));
      past.push_back(std::move(attempt));
    }
    return {};
  }));
  return past;
}

base::Result<std::vector<Event>> Store::Events(const RunId& id, int32_t after_sequence, int32_t limit) {
  std::vector<Event> events;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    events.clear();
    HEARTH_ASSIGN(
        const auto rows,
        connection.Query(kSelectEvent + "WHERE run_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
                         id.text(), int64_t{after_sequence}, int64_t{limit}));
    for (const SqlRow& row : rows) {
      HEARTH_ASSIGN(Event event, ReadEvent(row));
      events.push_back(std::move(event));
    }
    return {};
  }));
  return events;
}

base::Result<std::optional<RunHistory>> Store::FindHistory(const RunId& id) {
  HEARTH_ASSIGN(auto run, Find(id));
  if (!run) return std::optional<RunHistory>();
  RunHistory history;
  history.run = std::move(*run);
  HEARTH_ASSIGN(history.attempts, Attempts(id));
  HEARTH_ASSIGN(history.events, Events(id, 0, kMaximumPage));
  return std::optional<RunHistory>(std::move(history));
}

base::Result<RunPage> Store::List(const RunFilter& filter) {
  const int32_t limit = std::clamp(filter.limit, 1, kMaximumPage);
  std::string sql = kSelectRun + "WHERE ($1 = '' OR id < $1)";
  // One parameter each, so that the statement's text depends only on which are asked for.
  if (!filter.team.empty()) sql += " AND team = $2";
  if (!filter.name.empty()) sql += " AND name = $3";
  if (!filter.environment.empty()) sql += " AND environment = $4";
  if (filter.state) sql += " AND state = $5";
  if (!filter.idempotency_key.empty()) sql += " AND idempotency_key = $6";
  if (filter.only_live) sql += " AND is_final = 0";
  sql += " AND $2 = $2 AND $3 = $3 AND $4 = $4 AND $5 = $5 AND $6 = $6 ORDER BY id DESC LIMIT $7";
  RunPage page;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(const auto rows,
                  connection.Query(sql, filter.page_token, filter.team, filter.name, filter.environment,
                                   std::string(filter.state ? StateName(*filter.state) : ""),
                                   filter.idempotency_key, int64_t{limit} + 1));
    HEARTH_ASSIGN(page.runs, ReadRuns(rows));
    return {};
  }));
  if (page.runs.size() > static_cast<size_t>(limit)) {
    page.runs.pop_back();
    page.next_page_token = page.runs.back().id.text();
  }
  return page;
}

void Store::Conclude(Change* change) const {
  Run& run = change->run;
  ++run.version;
  const RunState before = std::exchange(run.stored_state, run.state);
  if (change->event_cause.empty()) return;
  const Transition transition{before, run, change->attempt ? &*change->attempt : nullptr};
  for (Observer* observer : observers_) observer->OnTransition(transition);
}

base::Result<bool> Store::Save(Change& change) {
  bool is_saved = false;
  HEARTH_RETURN_IF_ERROR(database_.Write([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(is_saved, SaveIn(connection, change));
    return {};
  }));
  if (is_saved) Conclude(&change);
  return is_saved;
}

base::Result<std::vector<Change>> Store::SaveAll(std::vector<Change> changes) {
  std::vector<bool> saved;
  HEARTH_RETURN_IF_ERROR(database_.Write([&](SqlConnection& connection) -> base::Status {
    saved.clear();
    for (const Change& change : changes) {
      HEARTH_ASSIGN(const bool is_saved, SaveIn(connection, change));
      saved.push_back(is_saved);
    }
    return {};
  }));
  std::vector<Change> done;
  for (size_t i = 0; i < changes.size(); ++i) {
    if (!saved[i]) continue;
    Conclude(&changes[i]);
    done.push_back(std::move(changes[i]));
  }
  return done;
}

base::Status Store::Delete(const RunId& id) {
  return database_.Write([&](SqlConnection& connection) -> base::Status {
    HEARTH_RETURN_IF_ERROR(connection.Query("DELETE FROM runs WHERE id = $1", id.text()));
    HEARTH_RETURN_IF_ERROR(connection.Query("DELETE FROM attempts WHERE run_id = $1", id.text()));
    HEARTH_RETURN_IF_ERROR(connection.Query("DELETE FROM events WHERE run_id = $1", id.text()));
    HEARTH_RETURN_IF_ERROR(connection.Query("DELETE FROM callbacks WHERE run_id = $1", id.text()));
    return {};
  });
}

}  // namespace hearth::runner
