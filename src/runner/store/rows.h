// Runs, attempts and events as rows of the database.
#pragma once

#include <string>
#include <vector>

#include "runner/run.h"
#include "runner/store/database.h"

namespace hearth::runner {

// The columns that ReadRun expects, in its order.
inline constexpr const char* kRunColumns =
    "id, idempotency_key, fingerprint, team, user_name, name, environment, state, cause, spec, attempts, "
    "callback_url, "
    "cancel_cause, created_at, submitted_at, started_at, ended_at, due_at, owner, version, backend, cluster, "
    "cores, memory_mib, trace_parent";
base::Result<Run> ReadRun(const SqlRow& row);
base::Result<std::vector<Run>> ReadRuns(const std::vector<SqlRow>& rows);

inline constexpr const char* kAttemptColumns =
    "run_id, number, phase, token, backend, cluster, native_id, spec, outcome, failure, decision, "
    "stop_reason, stop_at, "
    "created_at, started_at, ended_at, web_url, sizing, unseen_since";
base::Result<Attempt> ReadAttempt(const SqlRow& row);

inline constexpr const char* kEventColumns = "run_id, sequence, at, attempt, state, cause";
base::Result<Event> ReadEvent(const SqlRow& row);

std::string OutcomeToJson(const Outcome& outcome);
std::string FailureToJson(const Failure& failure);

}  // namespace hearth::runner
