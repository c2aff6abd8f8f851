// Attempts as SparkApplications on Kubernetes clusters.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "runner/backend.h"
#include "runner/backends/kubernetes/settings.h"

namespace hearth::runner::kubernetes {

// A backend named "kubernetes". Its clusters need not answer yet.
std::unique_ptr<Backend> MakeKubernetesBackend(Settings settings);
// The same from a configuration file. Errors: those of ReadSettings.
base::Result<std::unique_ptr<Backend>> MakeKubernetesBackend(const std::string& settings_path);

}  // namespace hearth::runner::kubernetes
