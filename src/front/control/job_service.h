// The calls of the control API, whatever carried them here.
#pragma once

#include <hearth/control/v1/control.pb.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "front/control/log_reader.h"
#include "front/identity/identity.h"
#include "manifest/job_spec.h"
#include "runner/definitions.h"
#include "runner/runner.h"
#include "runner/store/store.h"

namespace hearth::front::control {

// What a transport knows of a call beside its message.
struct CallContext {
  std::string authorization;  // header value; empty: none
  std::string request_id;
  std::string trace_parent = {};  // "traceparent" of the W3C; empty: none
  std::string address = {};       // of the other end, without its port
};

// Reads a SubmitRequest as canonical JSON (config or manifest) into a spec. Errors: kIllegalArgument with the
// parameters "field" and, for several, "details".
using ReadSpec = std::function<base::Result<manifest::JobSpec>(std::string_view request_json)>;

// All of them outlive the service.
struct JobServiceParts {
  runner::Runner& runner;
  identity::Authenticator& authenticator;
  identity::AuditSink& audit;
  const base::Clock& clock;
  ReadSpec read_spec;
  std::string public_url;  // before "/api/v1/…" in addresses; empty: relative ones
  // Told the end of each call: its name and "OK" or the error's code.
  std::function<void(std::string_view call, std::string_view code)> observe = {};
  runner::Definitions* definitions = nullptr;  // null: nothing can be declared
  std::string environment = {};                // of manifests whose call names none
  // Rows of the audit log; empty: they cannot be read.
  std::function<base::Result<runner::AuditPage>(const runner::AuditFilter&)> read_audit = {};
};

// Thread-safe. Calls may wait for the store: run them on an executor. Errors of every call: kUnauthenticated,
// kPermissionDenied for another team's job, kNoSuchElement for an unknown id, kIllegalArgument with the
// parameter "field", and those of runner/runner.h.
class JobService {
 public:
  explicit JobService(JobServiceParts parts);

  base::Result<hearth::control::v1::SubmitResponse> Submit(const CallContext& context,
                                                           hearth::control::v1::SubmitRequest request);
  base::Result<hearth::control::v1::Job> Check(const CallContext& context,
                                               const hearth::control::v1::CheckRequest& request);
  base::Result<hearth::control::v1::CancelResponse> Cancel(const CallContext& context,
                                                           const hearth::control::v1::CancelRequest& request);
  base::Result<hearth::control::v1::ListResponse> List(const CallContext& context,
                                                       const hearth::control::v1::ListRequest& request);
  base::Result<hearth::control::v1::EventsResponse> Events(const CallContext& context,
                                                           const hearth::control::v1::EventsRequest& request);
  base::Result<std::unique_ptr<LogReader>> Logs(const CallContext& context,
                                                const hearth::control::v1::LogsRequest& request);

  base::Result<hearth::control::v1::ManifestResponse> Plan(const CallContext& context,
                                                           const hearth::control::v1::PlanRequest& request);
  base::Result<hearth::control::v1::ManifestResponse> Apply(
      const CallContext& context, const hearth::control::v1::ManifestRequest& request);
  base::Result<hearth::control::v1::ManifestResponse> Delete(
      const CallContext& context, const hearth::control::v1::ManifestRequest& request);
  base::Result<hearth::control::v1::DeclaredResponse> Declared(
      const CallContext& context, const hearth::control::v1::DeclaredRequest& request);

  base::Result<hearth::control::v1::DeclaredResponse> Resume(
      const CallContext& context, const hearth::control::v1::ResumeRequest& request);
  base::Result<hearth::control::v1::AuditResponse> Audit(const CallContext& context,
                                                         const hearth::control::v1::AuditRequest& request);

  // For a body of Submit that is no SubmitRequest: every wrong field instead of the first one, when the
  // caller may know.
  base::Error BetterError(const CallContext& context, std::string_view body, const base::Error& error);

 private:
  // Who calls, then `work`, then the audit row.
  template <typename Answer, typename Work>
  base::Result<Answer> Call(const CallContext& context, std::string_view call, std::string subject,
                            Work work);

  base::Result<hearth::control::v1::ManifestResponse> Change(
      const CallContext& context, const hearth::control::v1::ManifestRequest& request, std::string_view call,
      runner::Wanted wanted);
  std::string WhySuspended(const identity::Caller& caller, const runner::Run& run) const;
  template <typename Request>
  std::string EnvironmentOf(const Request& request) const;

  JobServiceParts parts_;
};

// Equal for requests that ask for the same: SHA-256 over the canonical JSON without the idempotency key and
// the user.
std::string FingerprintOf(const hearth::control::v1::SubmitRequest& request);
// The message as JSON with the field names of the .proto file, defaults left out, keys sorted.
std::string CanonicalJson(const google::protobuf::Message& message);

}  // namespace hearth::front::control
