// kubeflow's operator: sparkoperator.k8s.io/v1beta2.
#include <fmt/format.h>

#include <array>

#include "manifest/job_spec.h"
#include "runner/backends/kubernetes/schema.h"
#include "runner/backends/kubernetes/settings.h"

namespace hearth::runner::kubernetes {
namespace {

struct State {
  std::string_view name;
  Progress progress;
  std::string_view message;
};

// Only COMPLETED and FAILED are final: everything else may still go on, whatever its name says.
constexpr std::array kStates = {
    State{"", Progress::kStarting, "waits for the operator"},
    State{"SUBMITTED", Progress::kStarting, "the driver is created"},
    State{"RUNNING", Progress::kRunning, ""},
    State{"SUCCEEDING", Progress::kRunning, "the driver has ended well"},
    State{"FAILING", Progress::kRunning, "the driver has failed"},
    State{"SUBMISSION_FAILED", Progress::kStarting, "the operator could not submit it"},
    State{"PENDING_RERUN", Progress::kStarting, "the operator runs it again"},
    State{"INVALIDATING", Progress::kStarting, "somebody edited it: the operator runs it again"},
    State{"SUSPENDING", Progress::kStarting, "the operator suspends it"},
    State{"SUSPENDED", Progress::kStarting, "somebody suspended it"},
    State{"RESUMING", Progress::kStarting, "the operator resumes it"},
    State{"UNKNOWN", Progress::kRunning, "the driver's node does not answer"},
    State{"COMPLETED", Progress::kEnded, ""},
    State{"FAILED", Progress::kEnded, ""},
};

void AddIfAny(Json& target, const char* key, const std::vector<std::string>& items) {
  if (!items.empty()) target[key] = items;
}

Json Process(const Job& job, const manifest::ProcessSize& size, const Json& pod_template) {
  Json process = {{"cores", size.cores},
                  {"memory", fmt::format("{}m", size.memory_mib)},
                  {"labels", job.labels},
                  {"annotations", job.annotations}};
  if (size.overhead_mib) process["memoryOverhead"] = fmt::format("{}m", *size.overhead_mib);
  if (pod_template.is_object()) process["template"] = pod_template;
  return process;
}

class Kubeflow final : public Schema {
 public:
  std::string_view name() const override { return "kubeflow"; }
  std::string_view group_version() const override { return "sparkoperator.k8s.io/v1beta2"; }

  Json Spec(const Job& job) const override {
    const manifest::JobSpec& spec = job.attempt->spec;
    Json result = {{"type", job.program.python ? "Python" : "Java"},
                   {"mode", "cluster"},
                   {"sparkVersion", spec.engine_version},
                   {"image", job.image},
                   {"mainApplicationFile", job.program.main_file},
                   {"sparkConf", job.spark_config},
                   {"restartPolicy", {{"type", "Never"}}}};  // the runner tries again, with changes
    if (!job.program.main_class.empty()) result["mainClass"] = job.program.main_class;
    AddIfAny(result, "arguments", job.program.arguments);
    if (job.cluster->time_to_live_seconds > 0)
      result["timeToLiveSeconds"] = job.cluster->time_to_live_seconds;

    Json deps = Json::object();
    AddIfAny(deps, "jars", spec.application.jars);
    AddIfAny(deps, "pyFiles", spec.application.py_files);
    AddIfAny(deps, "files", spec.application.files);
    AddIfAny(deps, "packages", spec.application.packages);
    if (!deps.empty()) result["deps"] = std::move(deps);

    result["driver"] = Process(job, spec.resources.driver, job.cluster->driver_template);
    if (!job.cluster->service_account.empty())
      result["driver"]["serviceAccount"] = job.cluster->service_account;
    result["executor"] = Process(job, spec.resources.executor, job.cluster->executor_template);
    if (spec.resources.minimum_instances && spec.resources.maximum_instances) {
      result["dynamicAllocation"] = {{"enabled", true},
                                     {"initialExecutors", spec.resources.executor_instances},
                                     {"minExecutors", *spec.resources.minimum_instances},
                                     {"maxExecutors", *spec.resources.maximum_instances}};
    } else {
      result["executor"]["instances"] = spec.resources.executor_instances;
    }
    return result;
  }

  void ReadStatus(const Json& status, ApplicationView& view) const override {
    view.state = TextAt(status, {"applicationState", "state"});
    const std::string error = TextAt(status, {"applicationState", "errorMessage"});
    view.progress = Progress::kStarting;
    view.message = fmt::format("the operator says {}", view.state);
    for (const State& state : kStates) {
      if (state.name != view.state) continue;
      view.progress = state.progress;
      view.message = state.message;
    }
    if (!error.empty()) view.message = view.message.empty() ? error : view.message + ": " + error;
    if (view.progress == Progress::kEnded) {
      view.succeeded = view.state == "COMPLETED";
      if (!view.succeeded) view.end_reason = view.state;
      view.ended_at = TimeAt(status, {"terminationTime"});
    }
    view.web_url = TextAt(status, {"driverInfo", "webUIIngressAddress"});
    if (view.web_url.empty()) view.web_url = TextAt(status, {"driverInfo", "webUIAddress"});
    if (!view.web_url.empty() && view.web_url.find("://") == std::string::npos)
      view.web_url = "http://" + view.web_url;
  }
};

}  // namespace

const Schema& KubeflowSchema() {
  static const Kubeflow kSchema;
  return kSchema;
}

}  // namespace hearth::runner::kubernetes
