#include <fmt/format.h>

#include "runner/store/store.h"

namespace hearth::runner {
namespace {

// Each row brings the schema one version further; rows are only ever added.
constexpr const char* kVersion1[] = {
    // The spec and what the runner adds to it are JSON texts: nothing selects by them.
    "CREATE TABLE runs (id TEXT PRIMARY KEY, idempotency_key TEXT, fingerprint TEXT NOT NULL, team TEXT NOT "
    "NULL, "
    "user_name TEXT NOT NULL, name TEXT NOT NULL, environment TEXT NOT NULL, state TEXT NOT NULL, "
    "is_final BIGINT NOT NULL, is_waiting BIGINT NOT NULL, cause TEXT NOT NULL, spec TEXT NOT NULL, "
    "backend TEXT NOT NULL, cluster TEXT NOT NULL, "
    "cores BIGINT NOT NULL, memory_mib BIGINT NOT NULL, priority BIGINT NOT NULL, attempts BIGINT NOT NULL, "
    "events BIGINT NOT NULL, callback_url TEXT NOT NULL, cancel_cause TEXT NOT NULL, created_at BIGINT NOT "
    "NULL, "
    "submitted_at BIGINT NOT NULL, started_at BIGINT NOT NULL, ended_at BIGINT NOT NULL, due_at BIGINT NOT "
    "NULL, "
    "owner TEXT NOT NULL, version BIGINT NOT NULL)",
    "CREATE UNIQUE INDEX runs_by_key ON runs (team, idempotency_key)",
    "CREATE INDEX runs_by_due ON runs (is_final, is_waiting, due_at)",
    "CREATE INDEX runs_by_team ON runs (team, id)",
    "CREATE INDEX runs_by_name ON runs (name, id)",
    "CREATE TABLE attempts (run_id TEXT NOT NULL, number BIGINT NOT NULL, phase BIGINT NOT NULL, "
    "token TEXT NOT NULL, backend TEXT NOT NULL, cluster TEXT NOT NULL, native_id TEXT NOT NULL, "
    "spec TEXT NOT NULL, outcome TEXT NOT NULL, failure TEXT NOT NULL, decision TEXT NOT NULL, "
    "stop_reason BIGINT NOT NULL, stop_at BIGINT NOT NULL, created_at BIGINT NOT NULL, started_at BIGINT NOT "
    "NULL, "
    "ended_at BIGINT NOT NULL, web_url TEXT NOT NULL, sizing TEXT NOT NULL, PRIMARY KEY (run_id, number))",
    "CREATE TABLE events (run_id TEXT NOT NULL, sequence BIGINT NOT NULL, at BIGINT NOT NULL, "
    "attempt BIGINT NOT NULL, state TEXT NOT NULL, cause TEXT NOT NULL, PRIMARY KEY (run_id, sequence))",
    "CREATE TABLE servers (id TEXT PRIMARY KEY, lives_until BIGINT NOT NULL)",
    "CREATE TABLE roles (role TEXT PRIMARY KEY, server TEXT NOT NULL, held_until BIGINT NOT NULL)",
    "CREATE TABLE callbacks (run_id TEXT PRIMARY KEY, url TEXT NOT NULL, tries BIGINT NOT NULL, "
    "next_at BIGINT NOT NULL, answer TEXT NOT NULL)",
    "CREATE INDEX callbacks_by_time ON callbacks (next_at)",
    "CREATE TABLE audit (at BIGINT NOT NULL, user_name TEXT NOT NULL, team TEXT NOT NULL, call TEXT NOT "
    "NULL, "
    "subject TEXT NOT NULL, outcome TEXT NOT NULL)",
    "CREATE INDEX audit_by_time ON audit (at)",
    "CREATE TABLE definitions (kind TEXT NOT NULL, environment TEXT NOT NULL, team TEXT NOT NULL, "
    "name TEXT NOT NULL, content TEXT NOT NULL, document TEXT NOT NULL, revision BIGINT NOT NULL, "
    "applied_by TEXT NOT NULL, applied_at BIGINT NOT NULL, next_at BIGINT NOT NULL, run_id TEXT NOT NULL, "
    "deployed BIGINT NOT NULL, runs BIGINT NOT NULL, failures BIGINT NOT NULL, "
    "PRIMARY KEY (environment, team, kind, name))",
};

constexpr const char* kVersion2[] = {
    "ALTER TABLE attempts ADD COLUMN unseen_since BIGINT NOT NULL DEFAULT 0",
};

constexpr const char* kVersion3[] = {
    "ALTER TABLE runs ADD COLUMN trace_parent TEXT NOT NULL DEFAULT ''",
};

constexpr const char* kVersion4[] = {
    "ALTER TABLE audit ADD COLUMN id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE audit ADD COLUMN address TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE audit ADD COLUMN calls BIGINT NOT NULL DEFAULT 1",
    "ALTER TABLE audit ADD COLUMN is_read BIGINT NOT NULL DEFAULT 0",
    "UPDATE audit SET id = CAST(at AS TEXT)",
    "DROP INDEX audit_by_time",
    "CREATE INDEX audit_by_id ON audit (id)",
    "CREATE INDEX audit_by_kind ON audit (is_read, id)",
    "CREATE INDEX audit_by_team ON audit (team, id)",
};

constexpr const char* kVersion5[] = {
    "CREATE TABLE failures (class TEXT NOT NULL, at BIGINT NOT NULL, run_id TEXT NOT NULL)",
    "CREATE INDEX failures_by_time ON failures (at)",
    "CREATE TABLE pauses (class TEXT PRIMARY KEY, until BIGINT NOT NULL, reason TEXT NOT NULL)",
    "ALTER TABLE definitions ADD COLUMN suspended TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE definitions ADD COLUMN suspended_at BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE definitions ADD COLUMN resumed_at BIGINT NOT NULL DEFAULT 0",
};

// Not one address for each run any more.
constexpr const char* kVersion6[] = {
    "ALTER TABLE callbacks RENAME TO callbacks_before",
    "CREATE TABLE callbacks (run_id TEXT NOT NULL, kind TEXT NOT NULL, channel TEXT NOT NULL, tries BIGINT "
    "NOT "
    "NULL, next_at BIGINT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (run_id, kind, channel))",
    "INSERT INTO callbacks (run_id, kind, channel, tries, next_at, answer) SELECT run_id, 'end', url, tries, "
    "next_at, answer FROM callbacks_before",
    "DROP TABLE callbacks_before",
    "CREATE INDEX callbacks_by_time ON callbacks (next_at)",
};

constexpr std::span<const char* const> kVersions[] = {kVersion1, kVersion2, kVersion3,
                                                      kVersion4, kVersion5, kVersion6};

base::Status Advance(SqlConnection& connection, int64_t from) {
  for (size_t version = static_cast<size_t>(from); version < std::size(kVersions); ++version) {
    for (const char* statement : kVersions[version]) HEARTH_RETURN_IF_ERROR(connection.Query(statement));
  }
  HEARTH_RETURN_IF_ERROR(connection.Query("DELETE FROM schema_version"));
  HEARTH_RETURN_IF_ERROR(connection.Query("INSERT INTO schema_version (version) VALUES ($1)",
                                          static_cast<int64_t>(std::size(kVersions))));
  return {};
}

}  // namespace

base::Status Store::Migrate() {
  return database_.Write([&](SqlConnection& connection) -> base::Status {
    HEARTH_RETURN_IF_ERROR(
        connection.Query("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)"));
    if (database_.is_shared()) {
      // Two servers that start together: the second one waits here and finds the work done.
      HEARTH_RETURN_IF_ERROR(connection.Query("LOCK TABLE schema_version IN EXCLUSIVE MODE"));
    }
    HEARTH_ASSIGN(const auto rows, connection.Query("SELECT version FROM schema_version"));
    const int64_t version = rows.empty() ? 0 : Number(rows[0][0]);
    const auto newest = static_cast<int64_t>(std::size(kVersions));
    if (version == newest) return {};
    if (version < newest) return Advance(connection, version);
    base::Error error;
    error.kind = base::ErrorKind::kIllegalArgument;
    error.message = fmt::format(
        "the job store has schema version {}, written by a newer Hearth; this one knows {}", version, newest);
    return error;
  });
}

}  // namespace hearth::runner
