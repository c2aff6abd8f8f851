#include "app/backends.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "runner/backends/kubernetes/kubernetes_backend.h"
#include "runner/backends/local/local_backend.h"

namespace hearth::app {
namespace {

using MadeBackend = base::Result<std::unique_ptr<runner::Backend>>;

MadeBackend OpenLocal(const ServerSettings& settings, const Platform&, const std::string& directory) {
  runner::local::LocalOptions options;
  options.directory = directory + "/local";
  std::error_code ignored;
  options.programs.hearth = std::filesystem::read_symlink("/proc/self/exe", ignored).string();
  options.programs.spark_home = settings.doors.spark_home;
  if (const char* variable = std::getenv("SPARK_HOME");
      variable != nullptr && options.programs.spark_home.empty())
    options.programs.spark_home = variable;
  options.programs.python = settings.doors.python;
  return runner::local::OpenLocalBackend(std::move(options));
}

MadeBackend OpenKubernetes(const ServerSettings&, const Platform& platform, const std::string&) {
  if (platform.clusters_file.empty()) return std::unique_ptr<runner::Backend>();
  return runner::kubernetes::MakeKubernetesBackend(platform.clusters_file);
}

// One row for each backend; one that is off gives none.
constexpr MadeBackend (*kBackends[])(const ServerSettings&, const Platform&, const std::string&) = {
    OpenLocal,
    OpenKubernetes,
};

}  // namespace

base::Result<std::vector<std::unique_ptr<runner::Backend>>> OpenBackends(const ServerSettings& settings,
                                                                         const Platform& platform,
                                                                         const std::string& directory) {
  std::vector<std::unique_ptr<runner::Backend>> backends;
  for (const auto open : kBackends) {
    HEARTH_ASSIGN(auto backend, open(settings, platform, directory));
    if (backend != nullptr) backends.push_back(std::move(backend));
  }
  return backends;
}

}  // namespace hearth::app
