// A submission as the REST and gRPC doors take it (SubmitRequest of control.proto), read through the same
// table of fields as manifests.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "manifest/field_error.h"
#include "manifest/job_spec.h"
#include "manifest/manifest.h"

namespace hearth::manifest {

struct SubmittedJob {
  JobSpec spec;
  std::string user;
  std::string idempotency_key;
  std::string callback_url;
  // Canonical text of what was asked for, before defaults and dates came to it: equal for requests that ask
  // for the same, today and tomorrow. What a fingerprint is made of (with callback_url and user, if these
  // shall count).
  std::string asked;
};

// `json`: the REST body as it came, or a SubmitRequest printed as JSON with the names of the proto file.
// `fallback` says what holds where the request says nothing: its environment, its date of the run (parameters
// of the request named ds or execution_date win), its platform; its parameters are not used.
//
// Errors name fields as the request does ("config.resources.driver.cores"); those of a manifest within it
// have the file "manifest" and its lines.
Checked<SubmittedJob> ReadSubmitRequest(std::string_view json, const Target& fallback);

}  // namespace hearth::manifest
