// A kubeconfig file: which server, whose certificates, who we are.
#pragma once

#include <string>

#include "base/result.h"
#include "runner/backends/kubernetes/http_client.h"

namespace hearth::runner::kubernetes {

// The endpoint of one context (empty: the file's current one). Errors: kIllegalArgument names what is
// missing; kUnsupported for ways to log in that are not implemented (exec, auth-provider, user and password).
base::Result<Endpoint> ReadKubeconfig(const std::string& path, const std::string& context);

// What a pod is given: address by environment variables, certificate and token below the usual folder.
base::Result<Endpoint> InClusterEndpoint();

}  // namespace hearth::runner::kubernetes
