// The SparkApplication of an attempt.
#pragma once

#include <string>

#include "base/result.h"
#include "runner/backends/kubernetes/json_fields.h"
#include "runner/backends/kubernetes/schema.h"
#include "runner/backends/kubernetes/settings.h"
#include "runner/run.h"

namespace hearth::runner::kubernetes {

// Where a team's job runs. Errors: kPermissionDenied for a namespace that is not the team's; kIllegalArgument
// when the rule gives no namespace.
base::Result<std::string> NamespaceOf(const ClusterSettings& cluster, const manifest::JobSpec& spec);

// The whole object, ready to be created. Errors: those of NamespaceOf; kIllegalArgument names what the spec
// lacks; kUnsupported for a kind of application that the cluster has no entry point for.
base::Result<Json> ApplicationOf(const Schema& schema, const ClusterSettings& cluster,
                                 const std::string& instance, const Attempt& attempt);

}  // namespace hearth::runner::kubernetes
