// What the runner's own loops ask of the store: whose turn it is.
#include <fmt/format.h>

#include <utility>

#include "runner/store/rows.h"
#include "runner/store/store.h"

namespace hearth::runner {
namespace {

const std::string kSelectRun = fmt::format("SELECT {} FROM runs ", kRunColumns);

base::Result<std::vector<Run>> Select(Database& database, const std::string& rest, SqlValue first,
                                      SqlValue second) {
  std::vector<Run> runs;
  HEARTH_RETURN_IF_ERROR(database.Read([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(const auto rows, connection.Query(kSelectRun + rest, first, second));
    HEARTH_ASSIGN(runs, ReadRuns(rows));
    return {};
  }));
  return runs;
}

// Takes over a run of a server that is gone; false when another one was faster.
base::Result<bool> TakeOver(SqlConnection& connection, Run& run, const std::string& server) {
  HEARTH_ASSIGN(
      const auto rows,
      connection.Query("UPDATE runs SET owner = $3, version = version + 1 WHERE id = $1 AND version = $2 "
                       "RETURNING version",
                       run.id.text(), run.version, server));
  if (rows.empty()) return false;
  run.owner = server;
  run.version = Number(rows[0][0]);
  return true;
}

}  // namespace

base::Result<std::vector<Run>> Store::ClaimDue(const std::string& server, int64_t now, int32_t limit) {
  std::vector<Run> due;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(
        const auto rows,
        connection.Query(kSelectRun +
                             "WHERE is_final = 0 AND is_waiting = 0 AND due_at <= $2 AND (owner = $1 OR "
                             "owner NOT IN (SELECT id FROM servers WHERE lives_until > $2)) "
                             "ORDER BY due_at LIMIT $3",
                         server, now, int64_t{limit}));
    HEARTH_ASSIGN(due, ReadRuns(rows));
    return {};
  }));
  std::vector<Run> claimed;
  std::vector<Run> orphans;
  for (Run& run : due) (run.owner == server ? claimed : orphans).push_back(std::move(run));
  if (orphans.empty()) return claimed;
  std::vector<Run> taken;
  HEARTH_RETURN_IF_ERROR(database_.Write([&](SqlConnection& connection) -> base::Status {
    taken.clear();
    for (Run run : orphans) {
      HEARTH_ASSIGN(const bool is_ours, TakeOver(connection, run, server));
      if (is_ours) taken.push_back(std::move(run));
    }
    return {};
  }));
  claimed.insert(claimed.end(), std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end()));
  return claimed;
}

base::Result<std::vector<Run>> Store::Waiting(int64_t now, int32_t limit_per_team) {
  return Select(
      database_,
      "WHERE id IN (SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY team ORDER BY priority DESC, "
      "created_at) AS place, ROW_NUMBER() OVER (PARTITION BY team ORDER BY created_at) AS age FROM runs "
      "WHERE is_final = 0 AND is_waiting = 1 AND due_at <= $1) AS ranked WHERE place <= $2 OR age <= $2 / 4) "
      "ORDER BY priority DESC, created_at",
      now, int64_t{limit_per_team});
}

base::Result<std::vector<Run>> Store::LiveWithKey(const std::string& prefix) {
  return Select(database_, "WHERE is_final = 0 AND SUBSTR(idempotency_key, 1, $2) = $1", prefix,
                static_cast<int64_t>(prefix.size()));
}

base::Result<int64_t> Store::CountWaiting() {
  int64_t count = 0;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(const auto rows,
                  connection.Query("SELECT COUNT(*) FROM runs WHERE is_final = 0 AND is_waiting = 1"));
    count = Number(rows[0][0]);
    return {};
  }));
  return count;
}

base::Result<std::map<RunState, int64_t>> Store::CountLive() {
  std::map<RunState, int64_t> counts;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    counts.clear();
    HEARTH_ASSIGN(const auto rows,
                  connection.Query("SELECT state, COUNT(*) FROM runs WHERE is_final = 0 GROUP BY state"));
    for (const SqlRow& row : rows) {
      if (const auto state = StateOf(Text(row[0]))) counts[*state] = Number(row[1]);
    }
    return {};
  }));
  return counts;
}

base::Result<std::vector<Run>> Store::DueForCleanup(int64_t now, int32_t limit) {
  return Select(database_, "WHERE is_final = 1 AND is_waiting = 0 AND due_at <= $1 ORDER BY due_at LIMIT $2",
                now, int64_t{limit});
}

base::Result<std::vector<Use>> Store::Uses() {
  std::vector<Use> uses;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    uses.clear();
    HEARTH_ASSIGN(
        const auto rows,
        connection.Query("SELECT team, backend, cluster, COUNT(*), CAST(SUM(cores) AS BIGINT), "
                         "CAST(SUM(memory_mib) AS BIGINT) FROM runs WHERE is_final = 0 AND is_waiting = 0 "
                         "GROUP BY team, backend, cluster"));
    for (const SqlRow& row : rows) {
      uses.push_back(
          {Text(row[0]), Text(row[1]), Text(row[2]), Number(row[3]), Number(row[4]), Number(row[5])});
    }
    return {};
  }));
  return uses;
}

base::Status Store::Renew(const std::string& server, int64_t now, int64_t until) {
  return database_.Write([&](SqlConnection& connection) -> base::Status {
    HEARTH_RETURN_IF_ERROR(
        connection.Query("INSERT INTO servers (id, lives_until) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE "
                         "SET lives_until = $2",
                         server, until));
    // Who has been gone for long leaves no row behind.
    HEARTH_RETURN_IF_ERROR(
        connection.Query("DELETE FROM servers WHERE lives_until < $1", now - int64_t{3600} * 1000000));
    return {};
  });
}

base::Result<bool> Store::HoldRole(const std::string& role, const std::string& server, int64_t now,
                                   int64_t until) {
  bool is_held = false;
  HEARTH_RETURN_IF_ERROR(database_.Write([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(const auto rows,
                  connection.Query("INSERT INTO roles (role, server, held_until) VALUES ($1, $2, $4) "
                                   "ON CONFLICT (role) DO UPDATE SET server = $2, held_until = $4 "
                                   "WHERE roles.server = $2 OR roles.held_until <= $3 RETURNING server",
                                   role, server, now, until));
    is_held = !rows.empty();
    return {};
  }));
  return is_held;
}

base::Result<std::vector<Callback>> Store::DueCallbacks(int64_t now, int32_t limit, int64_t claim_until) {
  std::vector<Callback> callbacks;
  HEARTH_RETURN_IF_ERROR(database_.Write([&](SqlConnection& connection) -> base::Status {
    callbacks.clear();
    HEARTH_ASSIGN(
        const auto rows,
        connection.Query(
            "UPDATE callbacks SET next_at = $3, tries = tries + 1 WHERE (run_id, kind, channel) IN "
            "(SELECT run_id, kind, channel FROM callbacks WHERE next_at > 0 AND next_at <= $1 ORDER "
            "BY next_at LIMIT $2) AND next_at <= $1 RETURNING run_id, kind, channel, tries",
            now, int64_t{limit}, claim_until));
    for (const SqlRow& row : rows) {
      callbacks.push_back(
          {RunId(Text(row[0])), Text(row[1]), Text(row[2]), static_cast<int32_t>(Number(row[3]))});
    }
    return {};
  }));
  return callbacks;
}

base::Status Store::SaveCallback(const Callback& callback, int64_t next_at, const std::string& answer) {
  return database_.Write([&](SqlConnection& connection) -> base::Status {
    HEARTH_RETURN_IF_ERROR(
        connection.Query("UPDATE callbacks SET next_at = $4, answer = $5 WHERE run_id = $1 AND kind = $2 AND "
                         "channel = $3",
                         callback.run.text(), callback.kind, callback.channel, next_at, answer));
    return {};
  });
}

}  // namespace hearth::runner
