#include "front/control/conversions.h"

#include <fmt/format.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/time_util.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "runner/cost.h"

namespace hearth::front::control {
namespace {

constexpr int32_t kLongestPage = 1000;

void SetTime(int64_t microseconds, google::protobuf::Timestamp* (pb::Job::*field)(), pb::Job* job) {
  if (microseconds != 0)
    *(job->*field)() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(microseconds);
}

void SetTime(int64_t microseconds, google::protobuf::Timestamp* (pb::Attempt::*field)(),
             pb::Attempt* attempt) {
  if (microseconds != 0)
    *(attempt->*field)() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(microseconds);
}

void SetValue(const nlohmann::json& from, google::protobuf::Value* to) {
  if (from.is_string()) {
    to->set_string_value(ValidUtf8(from.get_ref<const std::string&>()));
  } else if (from.is_number()) {
    to->set_number_value(from.get<double>());
  } else if (from.is_boolean()) {
    to->set_bool_value(from.get<bool>());
  } else if (from.is_array()) {
    for (const auto& item : from) SetValue(item, to->mutable_list_value()->add_values());
  } else if (from.is_object()) {
    auto* fields = to->mutable_struct_value()->mutable_fields();
    for (const auto& [name, value] : from.items()) SetValue(value, &(*fields)[name]);
  } else {
    to->set_null_value(google::protobuf::NULL_VALUE);
  }
}

void SetSpec(const manifest::JobSpec& spec, google::protobuf::Struct* target) {
  const auto object = nlohmann::json::parse(manifest::ToJson(spec), nullptr, false);
  if (!object.is_object()) return;
  for (const auto& [name, value] : object.items()) SetValue(value, &(*target->mutable_fields())[name]);
}

// The names that backends report, as fields of Metrics.
struct MetricRow {
  const char* name;
  void (pb::Metrics::*set)(int64_t);
};
constexpr MetricRow kMetrics[] = {
    {"records_read", &pb::Metrics::set_records_read},
    {"records_written", &pb::Metrics::set_records_written},
    {"bytes_read", &pb::Metrics::set_bytes_read},
    {"bytes_written", &pb::Metrics::set_bytes_written},
    {"stages_completed", &pb::Metrics::set_stages_completed},
    {"tasks_completed", &pb::Metrics::set_tasks_completed},
    {"executor_cpu_time_ms", &pb::Metrics::set_executor_cpu_time_ms},
};

void SetMetrics(const runner::Attempt& attempt, pb::Job* job) {
  for (const MetricRow& row : kMetrics) {
    const auto found = attempt.outcome.metrics.find(row.name);
    if (found != attempt.outcome.metrics.end())
      (job->mutable_metrics()->*row.set)(static_cast<int64_t>(found->second));
  }
}

pb::Attempt ToAttempt(const runner::Attempt& from) {
  pb::Attempt to;
  to.set_number(from.number);
  to.set_backend(from.backend);
  to.set_cluster(from.cluster);
  to.set_vendor_run_id(from.native_id);
  SetTime(from.created_at, &pb::Attempt::mutable_create_time, &to);
  SetTime(from.started_at, &pb::Attempt::mutable_start_time, &to);
  SetTime(from.ended_at, &pb::Attempt::mutable_end_time, &to);
  if (from.outcome.exit_code) to.set_exit_code(*from.outcome.exit_code);
  if (from.outcome.signal) to.set_signal(*from.outcome.signal);
  to.set_reason(ValidUtf8(from.outcome.reason));
  to.set_failure_class(from.failure.failure_class);
  to.set_fault(from.failure.fault);
  to.set_evidence(ValidUtf8(from.failure.evidence));
  to.set_advice(ValidUtf8(from.failure.advice));
  to.set_decision(ValidUtf8(from.decision));
  to.set_sizing(ValidUtf8(from.sizing));
  to.set_log_tail(ValidUtf8(from.outcome.log_tail));
  for (const auto& [name, value] : from.outcome.metrics) (*to.mutable_metrics())[name] = value;
  if (const auto cost = runner::CostOf(from)) {
    to.set_cost(cost->amount);
    to.set_currency(cost->currency);
  }
  for (const runner::Dataset& dataset : from.outcome.written.items) {
    pb::Dataset* written = to.add_datasets_written();
    written->set_namespace_(ValidUtf8(dataset.name_space));
    written->set_name(ValidUtf8(dataset.name));
  }
  to.set_datasets_cut(from.outcome.written.is_cut);
  SetSpec(from.spec, to.mutable_spec());
  return to;
}

base::Status CheckLimit(int32_t limit) {
  if (limit >= 0 && limit <= kLongestPage) return {};
  return FieldError("limit", fmt::format("{} is not from 0 to {}", limit, kLongestPage));
}

bool NeedsExplanation(runner::RunState state) {
  return runner::IsFinal(state) && state != runner::RunState::kSucceeded;
}

// How many bytes the character at the front takes; 0 when it is none.
size_t CharacterLength(std::string_view text) {
  const auto byte = [&](size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (size_t at = 1; at < length; ++at)
    if ((byte(at) & 0xC0) != 0x80) return 0;
  // Overlong forms, surrogates and what lies above the last character.
  if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) ||
      (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F))
    return 0;
  return length;
}

}  // namespace

pb::JobStatus ToStatus(runner::RunState state) {
  switch (state) {
    case runner::RunState::kAccepted:
      return pb::ACCEPTED;
    case runner::RunState::kQueued:
      return pb::QUEUED;
    case runner::RunState::kSubmitted:
      return pb::SUBMITTED;
    case runner::RunState::kStarting:
      return pb::STARTING;
    case runner::RunState::kRunning:
      return pb::RUNNING;
    case runner::RunState::kRetrying:
      return pb::RETRYING;
    case runner::RunState::kCancelling:
      return pb::CANCELLING;
    case runner::RunState::kSucceeded:
      return pb::SUCCEEDED;
    case runner::RunState::kFailed:
      return pb::FAILED;
    case runner::RunState::kCancelled:
      return pb::CANCELLED;
    case runner::RunState::kTimedOut:
      return pb::TIMED_OUT;
    case runner::RunState::kLost:
      return pb::LOST;
  }
  return pb::JOB_STATUS_UNSPECIFIED;
}

std::optional<runner::RunState> ToState(pb::JobStatus status) {
  for (size_t number = 0; number < runner::kRunStates; ++number) {
    const auto state = static_cast<runner::RunState>(number);
    if (ToStatus(state) == status) return state;
  }
  return std::nullopt;
}

std::string LogsUrl(const std::string& public_url, const runner::RunId& run) {
  return fmt::format("{}/api/v1/jobs/{}/logs", public_url, run.text());
}

pb::Job ToJob(const runner::Run& run, const std::string& public_url) {
  pb::Job job;
  job.set_job_id(run.id.text());
  job.set_execution_id(run.id.text());
  job.set_name(run.name);
  job.set_team(run.team);
  job.set_user(run.user);
  job.set_environment(run.environment);
  job.set_status(ToStatus(run.state));
  job.set_message(ValidUtf8(run.cause));
  SetTime(run.created_at, &pb::Job::mutable_submit_time, &job);
  SetTime(run.started_at, &pb::Job::mutable_start_time, &job);
  SetTime(run.ended_at, &pb::Job::mutable_end_time, &job);
  job.set_logs_url(LogsUrl(public_url, run.id));
  if (NeedsExplanation(run.state)) job.set_error_message(ValidUtf8(run.cause));
  job.set_idempotency_key(run.idempotency_key);
  return job;
}

pb::Job ToJob(const runner::RunHistory& history, const std::string& public_url) {
  pb::Job job = ToJob(history.run, public_url);
  SetSpec(history.run.spec, job.mutable_spec());
  for (const runner::Attempt& attempt : history.attempts) *job.add_attempts() = ToAttempt(attempt);
  if (history.attempts.empty()) return job;
  const runner::Attempt& newest = history.attempts.back();
  job.set_spark_ui_url(newest.web_url);
  SetMetrics(newest, &job);
  if (const auto cost = runner::CostOf(history.attempts)) {
    job.set_cost(cost->amount);
    job.set_currency(cost->currency);
  }
  if (NeedsExplanation(history.run.state) && !newest.failure.failure_class.empty())
    job.set_error_message(
        ValidUtf8(fmt::format("{}: {}", newest.failure.failure_class, newest.failure.evidence)));
  return job;
}

pb::Event ToEvent(const runner::Event& from) {
  pb::Event to;
  to.set_sequence(from.sequence);
  *to.mutable_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(from.at);
  to.set_status(ToStatus(from.state));
  to.set_attempt(from.attempt);
  to.set_cause(ValidUtf8(from.cause));
  return to;
}

pb::SubmitResponse ToSubmitResponse(const runner::SubmitAnswer& answer) {
  pb::SubmitResponse response;
  response.set_job_id(answer.run.id.text());
  response.set_execution_id(answer.run.id.text());
  response.set_status(ToStatus(answer.run.state));
  response.set_message(answer.duplicate ? "this request was submitted before" : ValidUtf8(answer.run.cause));
  response.set_duplicate(answer.duplicate);
  return response;
}

pb::CancelResponse ToCancelResponse(const runner::CancelAnswer& answer) {
  pb::CancelResponse response;
  response.set_success(answer.success);
  response.set_status(ToStatus(answer.run.state));
  response.set_message(
      answer.success ? "the job is being cancelled"
                     : fmt::format("the job has ended before: {}", runner::StateName(answer.run.state)));
  return response;
}

pb::ListResponse ToListResponse(const runner::RunPage& page, const std::string& public_url) {
  pb::ListResponse response;
  for (const runner::Run& run : page.runs) *response.add_jobs() = ToJob(run, public_url);
  response.set_next_page_token(page.next_page_token);
  return response;
}

base::Result<runner::RunFilter> ToFilter(const pb::ListRequest& request) {
  runner::RunFilter filter;
  filter.team = request.team();
  filter.name = request.name();
  filter.environment = request.environment();
  filter.idempotency_key = request.idempotency_key();
  filter.page_token = request.page_token();
  if (request.status() != pb::JOB_STATUS_UNSPECIFIED) {
    filter.state = ToState(request.status());
    if (!filter.state)
      return FieldError("status", fmt::format("{} is no status", static_cast<int>(request.status())));
  }
  HEARTH_RETURN_IF_ERROR(CheckLimit(request.limit()));
  if (request.limit() > 0) filter.limit = request.limit();
  return filter;
}

base::Result<runner::AuditFilter> ToFilter(const pb::AuditRequest& request) {
  runner::AuditFilter filter;
  filter.team = request.team();
  filter.user = request.user();
  filter.call = request.call();
  filter.subject = request.target();
  filter.page_token = request.page_token();
  HEARTH_RETURN_IF_ERROR(CheckLimit(request.limit()));
  if (request.limit() > 0) filter.limit = request.limit();
  return filter;
}

pb::AuditResponse ToAuditResponse(const runner::AuditPage& page) {
  pb::AuditResponse response;
  for (const runner::AuditRow& from : page.rows) {
    pb::AuditRow* to = response.add_rows();
    *to->mutable_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(from.at);
    to->set_user(ValidUtf8(from.user));
    to->set_team(ValidUtf8(from.team));
    to->set_call(from.call);
    to->set_target(ValidUtf8(from.subject));
    to->set_outcome(ValidUtf8(from.outcome));
    to->set_address(from.address);
    to->set_calls(from.calls);
  }
  response.set_next_page_token(page.next_page_token);
  return response;
}

std::string ValidUtf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const size_t length = CharacterLength(text);
    if (length == 0) {
      valid += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    } else {
      valid += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return valid;
}

base::Error FieldError(const std::string& field, const std::string& what) {
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = fmt::format("{}: {}", field, what);
  error.parameters["field"] = field;
  return error;
}

pb::ManifestResponse ToManifestResponse(const std::vector<runner::Action>& actions) {
  pb::ManifestResponse response;
  for (const runner::Action& from : actions) {
    pb::Action* to = response.add_actions();
    to->set_action(std::string(runner::ActionName(from.kind)));
    to->set_primitive(std::string(manifest::PrimitiveName(from.primitive)));
    to->set_name(from.name);
    to->set_team(from.team);
    to->set_environment(from.environment);
    for (const manifest::Difference& difference : from.differences) {
      pb::Difference* changed = to->add_differences();
      changed->set_path(difference.path);
      if (difference.old) changed->set_old(ValidUtf8(*difference.old));
      if (difference.now) changed->set_new_(ValidUtf8(*difference.now));
    }
  }
  return response;
}

pb::Declaration ToDeclaration(const runner::Definition& definition) {
  using google::protobuf::util::TimeUtil;
  pb::Declaration to;
  to.set_primitive(std::string(manifest::PrimitiveName(definition.primitive)));
  to.set_name(definition.name);
  to.set_team(definition.team);
  to.set_environment(definition.environment);
  to.set_revision(definition.revision);
  to.set_applied_by(definition.applied_by);
  *to.mutable_applied_time() = TimeUtil::MicrosecondsToTimestamp(definition.applied_at);
  const bool is_due =
      definition.suspended.empty() && definition.next_at > 0 && definition.next_at < INT64_MAX;
  if (is_due && definition.primitive == manifest::PrimitiveKind::kSchedule)
    *to.mutable_next_time() = TimeUtil::MicrosecondsToTimestamp(definition.next_at);
  to.set_job_id(definition.run_id);
  to.set_runs(definition.runs);
  to.set_suspended(ValidUtf8(definition.suspended));
  if (!definition.suspended.empty())
    *to.mutable_suspended_time() = TimeUtil::MicrosecondsToTimestamp(definition.suspended_at);
  return to;
}

}  // namespace hearth::front::control
