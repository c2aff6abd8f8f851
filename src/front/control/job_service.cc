#include "front/control/job_service.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "front/control/conversions.h"
#include "front/identity/digest.h"
#include "front/web/errors.h"

namespace hearth::front::control {
namespace {

constexpr size_t kLongestKey = 200;
constexpr size_t kLongestUrl = 2048;
constexpr size_t kLongestReason = 1000;

base::Error Denied(std::string message, const std::string& field) {
  base::Error error;
  error.kind = base::ErrorKind::kPermissionDenied;
  error.message = std::move(message);
  error.parameters["field"] = field;
  return error;
}

base::Status CheckTeam(const identity::Caller& caller, const std::string& team, const std::string& field) {
  if (caller.team.empty() || team.empty() || team == caller.team) return {};
  return Denied(fmt::format("{}: the caller belongs to the team '{}', not to '{}'", field, caller.team, team),
                field);
}

base::Status CheckId(const std::string& id) {
  if (id.empty()) return FieldError("job_id", "is missing");
  return {};
}

base::Status CheckSubmit(const pb::SubmitRequest& request) {
  if (request.idempotency_key().size() > kLongestKey)
    return FieldError("idempotency_key", fmt::format("has more than {} characters", kLongestKey));
  const std::string& url = request.callback_url();
  if (!url.empty() && !url.starts_with("http://") && !url.starts_with("https://"))
    return FieldError("callback_url", "is no http:// or https:// address");
  if (url.size() > kLongestUrl)
    return FieldError("callback_url", fmt::format("has more than {} characters", kLongestUrl));
  if (request.has_config() && !request.manifest().empty())
    return FieldError("manifest", "config and manifest cannot both be given");
  if (!request.has_config() && request.manifest().empty())
    return FieldError("config", "is missing: give config, or a manifest");
  if (request.has_config() && request.name().empty()) return FieldError("name", "is missing");
  if (request.has_config() && request.team().empty()) return FieldError("team", "is missing");
  return {};
}

base::Status CheckManifest(const runner::Definitions* definitions, const std::string& text) {
  if (definitions == nullptr) return base::NotImplemented("declaring jobs on this server");
  if (text.empty()) return FieldError("manifest", "is missing");
  return {};
}

runner::Caller ToRunner(const identity::Caller& caller) { return {.user = caller.user, .team = caller.team}; }

}  // namespace

std::string CanonicalJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  (void)google::protobuf::util::MessageToJsonString(message, &text, options);
  return nlohmann::json::parse(text, nullptr, false).dump();
}

std::string FingerprintOf(const pb::SubmitRequest& request) {
  pb::SubmitRequest copy = request;
  copy.clear_idempotency_key();
  copy.clear_user();  // whoever of a team asks
  return identity::Sha256Hex(CanonicalJson(copy));
}

JobService::JobService(JobServiceParts parts) : parts_(std::move(parts)) {}

template <typename Answer, typename Work>
base::Result<Answer> JobService::Call(const CallContext& context, std::string_view call, std::string subject,
                                      Work work) {
  auto caller = parts_.authenticator.Authenticate(context.authorization);
  base::Result<Answer> answer =
      caller.ok() ? work(*caller, &subject) : base::Result<Answer>(std::move(caller).Fail());
  const std::string_view code = answer.ok() ? "OK" : web::ErrorCodeOf(answer.error()->kind);
  identity::AuditRow row;
  row.at = parts_.clock.NowMicroseconds();
  if (caller.has_value()) {
    row.user = caller->user;
    row.team = caller->team;
  }
  row.call = call;
  row.subject = std::move(subject);
  row.outcome = code;
  row.request_id = context.request_id;
  row.address = context.address;
  parts_.audit.Record(row);
  if (parts_.observe) parts_.observe(call, code);
  return answer;
}

base::Result<pb::SubmitResponse> JobService::Submit(const CallContext& context, pb::SubmitRequest request) {
  const auto work = [&](const identity::Caller& caller,
                        std::string* subject) -> base::Result<pb::SubmitResponse> {
    HEARTH_RETURN_IF_ERROR(CheckTeam(caller, request.team(), "team"));
    if (!caller.team.empty()) request.set_team(caller.team);
    HEARTH_RETURN_IF_ERROR(CheckSubmit(request));
    runner::SubmitRequest submit;
    submit.fingerprint = FingerprintOf(request);
    submit.idempotency_key = request.idempotency_key();
    submit.callback_url = request.callback_url();
    submit.trace_parent = context.trace_parent;
    if (!caller.user.empty()) request.set_user(caller.user);
    HEARTH_ASSIGN(submit.spec, parts_.read_spec(CanonicalJson(request)));
    HEARTH_RETURN_IF_ERROR(CheckTeam(caller, submit.spec.team, "manifest"));
    runner::Caller submitter = ToRunner(caller);
    if (submitter.user.empty()) submitter.user = request.user();
    HEARTH_ASSIGN(const runner::SubmitAnswer answer, parts_.runner.Submit(submitter, std::move(submit)));
    *subject = answer.run.id.text();
    return ToSubmitResponse(answer);
  };
  return Call<pb::SubmitResponse>(context, "Submit", request.name(), work);
}

base::Error JobService::BetterError(const CallContext& context, std::string_view body,
                                    const base::Error& error) {
  const auto work = [&](const identity::Caller&, std::string*) -> base::Result<pb::SubmitResponse> {
    if (nlohmann::json::accept(body)) HEARTH_RETURN_IF_ERROR(parts_.read_spec(body));
    return base::Error(error);
  };
  return *Call<pb::SubmitResponse>(context, "Submit", "", work).error();
}

// Only runs that a schedule or a continuous job made can have one that is suspended.
std::string JobService::WhySuspended(const identity::Caller& caller, const runner::Run& run) const {
  const std::string& key = run.idempotency_key;
  if (parts_.definitions == nullptr || !(key.starts_with("schedule:") || key.starts_with("continuous:")))
    return "";
  const auto declared = parts_.definitions->List(ToRunner(caller), run.environment, run.name);
  if (!declared.ok()) return "";
  for (const runner::Definition& definition : *declared)
    if (definition.team == run.team && !definition.suspended.empty()) return ValidUtf8(definition.suspended);
  return "";
}

base::Result<pb::Job> JobService::Check(const CallContext& context, const pb::CheckRequest& request) {
  const auto work = [&](const identity::Caller& caller, std::string*) -> base::Result<pb::Job> {
    HEARTH_RETURN_IF_ERROR(CheckId(request.job_id()));
    const runner::RunId id(request.job_id());
    if (request.brief()) {
      HEARTH_ASSIGN(const runner::Run run, parts_.runner.Check(ToRunner(caller), id));
      return ToJob(run, parts_.public_url);
    }
    HEARTH_ASSIGN(const runner::RunHistory history, parts_.runner.History(ToRunner(caller), id));
    pb::Job job = ToJob(history, parts_.public_url);
    job.set_suspended(WhySuspended(caller, history.run));
    return job;
  };
  return Call<pb::Job>(context, "Check", request.job_id(), work);
}

base::Result<pb::CancelResponse> JobService::Cancel(const CallContext& context,
                                                    const pb::CancelRequest& request) {
  const auto work = [&](const identity::Caller& caller, std::string*) -> base::Result<pb::CancelResponse> {
    HEARTH_RETURN_IF_ERROR(CheckId(request.job_id()));
    HEARTH_RETURN_IF_ERROR(CheckTeam(caller, request.team(), "team"));
    if (request.reason().size() > kLongestReason)
      return FieldError("reason", fmt::format("has more than {} bytes", kLongestReason));
    // On a door without tokens the request's own word is all there is.
    runner::Caller canceller = ToRunner(caller);
    if (canceller.team.empty()) canceller.team = request.team();
    HEARTH_ASSIGN(const runner::CancelAnswer answer,
                  parts_.runner.Cancel(canceller, runner::RunId(request.job_id()), request.reason()));
    return ToCancelResponse(answer);
  };
  return Call<pb::CancelResponse>(context, "Cancel", request.job_id(), work);
}

base::Result<pb::ListResponse> JobService::List(const CallContext& context, const pb::ListRequest& request) {
  const auto work = [&](const identity::Caller& caller, std::string*) -> base::Result<pb::ListResponse> {
    HEARTH_RETURN_IF_ERROR(CheckTeam(caller, request.team(), "team"));
    HEARTH_ASSIGN(runner::RunFilter filter, ToFilter(request));
    if (!caller.team.empty()) filter.team = caller.team;
    HEARTH_ASSIGN(const runner::RunPage page, parts_.runner.List(ToRunner(caller), filter));
    return ToListResponse(page, parts_.public_url);
  };
  return Call<pb::ListResponse>(context, "List", request.team(), work);
}

base::Result<pb::EventsResponse> JobService::Events(const CallContext& context,
                                                    const pb::EventsRequest& request) {
  const auto work = [&](const identity::Caller& caller, std::string*) -> base::Result<pb::EventsResponse> {
    HEARTH_RETURN_IF_ERROR(CheckId(request.job_id()));
    if (request.after_sequence() < 0) return FieldError("after_sequence", "is negative");
    HEARTH_ASSIGN(const auto events, parts_.runner.Events(ToRunner(caller), runner::RunId(request.job_id()),
                                                          request.after_sequence()));
    pb::EventsResponse response;
    for (const runner::Event& event : events) *response.add_events() = ToEvent(event);
    return response;
  };
  return Call<pb::EventsResponse>(context, "Events", request.job_id(), work);
}

base::Result<std::unique_ptr<LogReader>> JobService::Logs(const CallContext& context,
                                                          const pb::LogsRequest& request) {
  const auto work = [&](const identity::Caller& caller,
                        std::string*) -> base::Result<std::unique_ptr<LogReader>> {
    HEARTH_RETURN_IF_ERROR(CheckId(request.job_id()));
    if (request.attempt() < 0) return FieldError("attempt", "is negative");
    if (request.tail_lines() < 0) return FieldError("tail_lines", "is negative");
    if (request.offset() < 0) return FieldError("offset", "is negative");
    if (request.offset() > 0 && request.tail_lines() > 0)
      return FieldError("offset", "offset and tail_lines cannot both be given");
    return OpenLog(parts_.runner, ToRunner(caller), request, parts_.public_url);
  };
  return Call<std::unique_ptr<LogReader>>(context, "Logs", request.job_id(), work);
}

template <typename Request>
std::string JobService::EnvironmentOf(const Request& request) const {
  return request.environment().empty() ? parts_.environment : request.environment();
}

base::Result<pb::ManifestResponse> JobService::Plan(const CallContext& context,
                                                    const pb::PlanRequest& request) {
  const auto work = [&](const identity::Caller& caller, std::string*) -> base::Result<pb::ManifestResponse> {
    HEARTH_RETURN_IF_ERROR(CheckManifest(parts_.definitions, request.manifest()));
    const auto wanted = request.delete_() ? runner::Wanted::kAbsent : runner::Wanted::kPresent;
    HEARTH_ASSIGN(const auto actions, parts_.definitions->Plan(ToRunner(caller), request.manifest(),
                                                               EnvironmentOf(request), wanted));
    return ToManifestResponse(actions);
  };
  return Call<pb::ManifestResponse>(context, "Plan", "", work);
}

base::Result<pb::ManifestResponse> JobService::Change(const CallContext& context,
                                                      const pb::ManifestRequest& request,
                                                      std::string_view call, runner::Wanted wanted) {
  const auto work = [&](const identity::Caller& caller,
                        std::string* subject) -> base::Result<pb::ManifestResponse> {
    HEARTH_RETURN_IF_ERROR(CheckManifest(parts_.definitions, request.manifest()));
    runner::Caller applier = ToRunner(caller);
    applier.address = context.address;
    HEARTH_ASSIGN(const auto actions,
                  parts_.definitions->Apply(applier, request.manifest(), EnvironmentOf(request), wanted));
    if (!actions.empty()) *subject = actions.front().name;
    return ToManifestResponse(actions);
  };
  return Call<pb::ManifestResponse>(context, call, "", work);
}

base::Result<pb::ManifestResponse> JobService::Apply(const CallContext& context,
                                                     const pb::ManifestRequest& request) {
  return Change(context, request, "Apply", runner::Wanted::kPresent);
}

base::Result<pb::ManifestResponse> JobService::Delete(const CallContext& context,
                                                      const pb::ManifestRequest& request) {
  return Change(context, request, "Delete", runner::Wanted::kAbsent);
}

base::Result<pb::DeclaredResponse> JobService::Declared(const CallContext& context,
                                                        const pb::DeclaredRequest& request) {
  const auto work = [&](const identity::Caller& caller, std::string*) -> base::Result<pb::DeclaredResponse> {
    if (parts_.definitions == nullptr) return pb::DeclaredResponse();
    HEARTH_ASSIGN(const auto declared,
                  parts_.definitions->List(ToRunner(caller), request.environment(), request.name()));
    pb::DeclaredResponse response;
    for (const runner::Definition& definition : declared)
      *response.add_declarations() = ToDeclaration(definition);
    return response;
  };
  return Call<pb::DeclaredResponse>(context, "Declared", request.name(), work);
}

base::Result<pb::DeclaredResponse> JobService::Resume(const CallContext& context,
                                                      const pb::ResumeRequest& request) {
  const auto work = [&](const identity::Caller& caller, std::string*) -> base::Result<pb::DeclaredResponse> {
    HEARTH_RETURN_IF_ERROR(CheckTeam(caller, request.team(), "team"));
    if (parts_.definitions == nullptr) return base::NotImplemented("declaring jobs on this server");
    if (request.name().empty()) return FieldError("name", "is missing");
    runner::Caller resumer = ToRunner(caller);
    resumer.address = context.address;
    HEARTH_ASSIGN(const auto resumed, parts_.definitions->Resume(resumer, EnvironmentOf(request),
                                                                 request.team(), request.name()));
    pb::DeclaredResponse response;
    for (const runner::Definition& definition : resumed)
      *response.add_declarations() = ToDeclaration(definition);
    return response;
  };
  return Call<pb::DeclaredResponse>(context, "Resume", request.name(), work);
}

base::Result<pb::AuditResponse> JobService::Audit(const CallContext& context,
                                                  const pb::AuditRequest& request) {
  const auto work = [&](const identity::Caller& caller, std::string*) -> base::Result<pb::AuditResponse> {
    HEARTH_RETURN_IF_ERROR(CheckTeam(caller, request.team(), "team"));
    if (!parts_.read_audit) return base::NotImplemented("reading the audit log on this server");
    HEARTH_ASSIGN(runner::AuditFilter filter, ToFilter(request));
    if (!caller.team.empty()) filter.team = caller.team;
    HEARTH_ASSIGN(const runner::AuditPage page, parts_.read_audit(filter));
    return ToAuditResponse(page);
  };
  return Call<pb::AuditResponse>(context, "Audit", request.target(), work);
}

}  // namespace hearth::front::control
