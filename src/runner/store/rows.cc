#include "runner/store/rows.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace hearth::runner {
namespace {

using nlohmann::json;

base::Error Damaged(const std::string& what) {
  return base::InternalError("the job store holds what this version cannot read: " + what);
}

// Log lines are bytes of any encoding.
std::string Dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

base::Result<RunState> ReadState(const SqlValue& value) {
  const auto state = StateOf(Text(value));
  if (!state) return Damaged("state " + Text(value));
  return *state;
}

Outcome ReadOutcome(const std::string& text) {
  Outcome outcome;
  const json fields = json::parse(text, nullptr, false);
  if (!fields.is_object()) return outcome;
  outcome.succeeded = fields.value("succeeded", false);
  if (fields.contains("exit_code")) outcome.exit_code = fields["exit_code"].get<int32_t>();
  if (fields.contains("signal")) outcome.signal = fields["signal"].get<int32_t>();
  outcome.reason = fields.value("reason", "");
  outcome.message = fields.value("message", "");
  outcome.error_condition = fields.value("error_condition", "");
  outcome.log_tail = fields.value("log_tail", "");
  if (fields.contains("metrics")) outcome.metrics = fields["metrics"].get<std::map<std::string, double>>();
  for (const json& item : fields.value("written", json::array()))
    outcome.written.items.push_back({item.at(0).get<std::string>(), item.at(1).get<std::string>()});
  outcome.written.is_cut = fields.value("written_cut", false);
  return outcome;
}

Failure ReadFailure(const std::string& text) {
  Failure failure;
  const json fields = json::parse(text, nullptr, false);
  if (!fields.is_object()) return failure;
  failure.failure_class = fields.value("class", "");
  failure.fault = fields.value("fault", "");
  failure.evidence = fields.value("evidence", "");
  failure.advice = fields.value("advice", "");
  return failure;
}

}  // namespace

base::Result<Run> ReadRun(const SqlRow& row) {
  Run run;
  run.id = RunId(Text(row[0]));
  run.idempotency_key = Text(row[1]);
  run.fingerprint = Text(row[2]);
  run.team = Text(row[3]);
  run.user = Text(row[4]);
  run.name = Text(row[5]);
  run.environment = Text(row[6]);
  HEARTH_ASSIGN(run.state, ReadState(row[7]));
  run.stored_state = run.state;
  run.cause = Text(row[8]);
  HEARTH_ASSIGN(run.spec, manifest::JobSpecFromJson(Text(row[9])));
  run.attempts = static_cast<int32_t>(Number(row[10]));
  run.callback_url = Text(row[11]);
  run.cancel_cause = Text(row[12]);
  run.created_at = Number(row[13]);
  run.submitted_at = Number(row[14]);
  run.started_at = Number(row[15]);
  run.ended_at = Number(row[16]);
  run.due_at = Number(row[17]);
  run.owner = Text(row[18]);
  run.version = Number(row[19]);
  run.backend = Text(row[20]);
  run.cluster = Text(row[21]);
  run.cores = Number(row[22]);
  run.memory_mib = Number(row[23]);
  run.trace_parent = Text(row[24]);
  return run;
}

base::Result<std::vector<Run>> ReadRuns(const std::vector<SqlRow>& rows) {
  std::vector<Run> runs;
  runs.reserve(rows.size());
  for (const SqlRow& row : rows) {
    HEARTH_ASSIGN(Run run, ReadRun(row));
    runs.push_back(std::move(run));
  }
  return runs;
}

base::Result<Attempt> ReadAttempt(const SqlRow& row) {
  Attempt attempt;
  attempt.run = RunId(Text(row[0]));
  attempt.number = static_cast<int32_t>(Number(row[1]));
  const int64_t phase = Number(row[2]);
  if (phase < 0 || phase > static_cast<int64_t>(AttemptPhase::kRemoved)) {
    return Damaged(fmt::format("phase {}", phase));
  }
  attempt.phase = static_cast<AttemptPhase>(phase);
  attempt.token = Text(row[3]);
  attempt.backend = Text(row[4]);
  attempt.cluster = Text(row[5]);
  attempt.native_id = Text(row[6]);
  HEARTH_ASSIGN(attempt.spec, manifest::JobSpecFromJson(Text(row[7])));
  attempt.outcome = ReadOutcome(Text(row[8]));
  attempt.failure = ReadFailure(Text(row[9]));
  attempt.decision = Text(row[10]);
  attempt.stop_reason = static_cast<StopReason>(Number(row[11]));
  attempt.stop_at = Number(row[12]);
  attempt.created_at = Number(row[13]);
  attempt.started_at = Number(row[14]);
  attempt.ended_at = Number(row[15]);
  attempt.web_url = Text(row[16]);
  attempt.sizing = Text(row[17]);
  attempt.unseen_since = Number(row[18]);
  return attempt;
}

base::Result<Event> ReadEvent(const SqlRow& row) {
  Event event;
  event.run = RunId(Text(row[0]));
  event.sequence = static_cast<int32_t>(Number(row[1]));
  event.at = Number(row[2]);
  event.attempt = static_cast<int32_t>(Number(row[3]));
  HEARTH_ASSIGN(event.state, ReadState(row[4]));
  event.cause = Text(row[5]);
  return event;
}

std::string OutcomeToJson(const Outcome& outcome) {
  json fields = json::object();
  if (outcome.succeeded) fields["succeeded"] = true;
  if (outcome.exit_code) fields["exit_code"] = *outcome.exit_code;
  if (outcome.signal) fields["signal"] = *outcome.signal;
  if (!outcome.reason.empty()) fields["reason"] = outcome.reason;
  if (!outcome.message.empty()) fields["message"] = outcome.message;
  if (!outcome.error_condition.empty()) fields["error_condition"] = outcome.error_condition;
  if (!outcome.log_tail.empty()) fields["log_tail"] = outcome.log_tail;
  if (!outcome.metrics.empty()) fields["metrics"] = outcome.metrics;
  for (const Dataset& dataset : outcome.written.items)
    fields["written"].push_back({dataset.name_space, dataset.name});
  if (outcome.written.is_cut) fields["written_cut"] = true;
  return Dump(fields);
}

std::string FailureToJson(const Failure& failure) {
  if (failure.failure_class.empty()) return "{}";
  return Dump({{"class", failure.failure_class},
               {"fault", failure.fault},
               {"evidence", failure.evidence},
               {"advice", failure.advice}});
}

}  // namespace hearth::runner
