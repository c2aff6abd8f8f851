// What the store knows of failures, for those who decide whether to go on.
#include <fmt/format.h>

#include <utility>

#include "runner/store/rows.h"
#include "runner/store/store.h"

namespace hearth::runner {

base::Result<std::vector<RunEnd>> Store::NewestEnds(const std::string& environment, const std::string& team,
                                                    const std::string& name, int32_t limit) {
  std::vector<RunEnd> ends;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    ends.clear();
    HEARTH_ASSIGN(
        const auto rows,
        connection.Query(fmt::format("SELECT {} FROM attempts JOIN (SELECT id, attempts AS newest FROM runs "
                                     "WHERE name = $1 AND team = $2 AND environment = $3 AND is_final = 1 "
                                     "AND state <> 'CANCELLED' ORDER BY id DESC LIMIT $4) AS ended "
                                     "ON attempts.run_id = ended.id AND attempts.number = ended.newest "
                                     "ORDER BY ended.id DESC",
                                     kAttemptColumns),
                         name, team, environment, int64_t{limit}));
    for (const SqlRow& row : rows) {
      HEARTH_ASSIGN(const Attempt attempt, ReadAttempt(row));
      ends.push_back(
          {attempt.failure.failure_class, attempt.failure.evidence, attempt.started_at, attempt.ended_at});
    }
    return {};
  }));
  return ends;
}

base::Result<std::map<std::string, int64_t>> Store::CountFailures(int64_t since) {
  std::map<std::string, int64_t> counts;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    counts.clear();
    HEARTH_ASSIGN(
        const auto rows,
        connection.Query("SELECT class, COUNT(DISTINCT run_id) FROM failures WHERE at > $1 AND at > "
                         "COALESCE((SELECT until FROM pauses WHERE pauses.class = failures.class), 0) "
                         "GROUP BY class",
                         since));
    for (const SqlRow& row : rows) counts[Text(row[0])] = Number(row[1]);
    return {};
  }));
  return counts;
}

base::Status Store::ForgetFailures(int64_t before) {
  return database_.Write([&](SqlConnection& connection) -> base::Status {
    HEARTH_RETURN_IF_ERROR(connection.Query("DELETE FROM failures WHERE at < $1", before));
    return {};
  });
}

base::Result<std::vector<Pause>> Store::Pauses() {
  std::vector<Pause> pauses;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    pauses.clear();
    HEARTH_ASSIGN(const auto rows, connection.Query("SELECT class, until, reason FROM pauses"));
    for (const SqlRow& row : rows) pauses.push_back({Text(row[0]), Number(row[1]), Text(row[2])});
    return {};
  }));
  return pauses;
}

base::Status Store::SavePause(const Pause& pause) {
  return database_.Write([&](SqlConnection& connection) -> base::Status {
    HEARTH_RETURN_IF_ERROR(
        connection.Query("INSERT INTO pauses (class, until, reason) VALUES ($1, $2, $3) "
                         "ON CONFLICT (class) DO UPDATE SET until = $2, reason = $3",
                         pause.failure_class, pause.until, pause.reason));
    return {};
  });
}

}  // namespace hearth::runner
