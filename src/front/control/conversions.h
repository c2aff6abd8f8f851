// The runner's values as messages of the control API, and back.
#pragma once

#include <hearth/control/v1/control.pb.h>

#include <optional>
#include <string>

#include "base/result.h"
#include "runner/definitions.h"
#include "runner/run.h"
#include "runner/runner.h"
#include "runner/store/store.h"

namespace hearth::front::control {

namespace pb = hearth::control::v1;

pb::JobStatus ToStatus(runner::RunState state);
// None for JOB_STATUS_UNSPECIFIED and for numbers that nobody gave out.
std::optional<runner::RunState> ToState(pb::JobStatus status);

// "/api/v1/jobs/ID/logs", with what stands before it for clients elsewhere.
std::string LogsUrl(const std::string& public_url, const runner::RunId& run);

pb::Job ToJob(const runner::Run& run, const std::string& public_url);
// With attempts, metrics and the resolved spec.
pb::Job ToJob(const runner::RunHistory& history, const std::string& public_url);
pb::Event ToEvent(const runner::Event& event);
pb::SubmitResponse ToSubmitResponse(const runner::SubmitAnswer& answer);
pb::CancelResponse ToCancelResponse(const runner::CancelAnswer& answer);
pb::ListResponse ToListResponse(const runner::RunPage& page, const std::string& public_url);
// Errors: kIllegalArgument names the field.
base::Result<runner::RunFilter> ToFilter(const pb::ListRequest& request);
base::Result<runner::AuditFilter> ToFilter(const pb::AuditRequest& request);
pb::AuditResponse ToAuditResponse(const runner::AuditPage& page);

// What is no UTF-8 becomes U+FFFD: protobuf and JSON carry nothing else.
std::string ValidUtf8(std::string_view text);

// kIllegalArgument about one field of a request.
base::Error FieldError(const std::string& field, const std::string& what);

hearth::control::v1::ManifestResponse ToManifestResponse(const std::vector<runner::Action>& actions);
hearth::control::v1::Declaration ToDeclaration(const runner::Definition& definition);

}  // namespace hearth::front::control
