// Apache's operator: spark.apache.org/v1. All sizes are settings of Spark there; the outcome is not in the
// final state but in the entry of the history before it.
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <map>

#include "manifest/job_spec.h"
#include "runner/backends/kubernetes/schema.h"
#include "runner/backends/kubernetes/settings.h"

namespace hearth::runner::kubernetes {
namespace {

enum class Group { kStarting, kRunning, kStopping, kTerminated };

struct State {
  std::string_view name;
  Group group;
  std::string_view message;
};

constexpr std::array kStates = {
    State{"", Group::kStarting, "waits for the operator"},
    State{"Submitted", Group::kStarting, "waits for the operator"},
    State{"ScheduledToRestart", Group::kStarting, "the operator runs it again"},
    State{"DriverRequested", Group::kStarting, "the driver is created"},
    State{"DriverStarted", Group::kStarting, "the driver starts"},
    State{"DriverReady", Group::kStarting, "the driver waits for executors"},
    State{"InitializedBelowThresholdExecutors", Group::kStarting, "the driver waits for executors"},
    State{"RunningHealthy", Group::kRunning, ""},
    State{"RunningWithPartialCapacity", Group::kRunning, "with fewer executors than wanted"},
    State{"RunningWithBelowThresholdExecutors", Group::kRunning,
          "with fewer executors than the least wanted"},
    State{"DriverStartTimedOut", Group::kStopping, "the driver did not start in time"},
    State{"DriverReadyTimedOut", Group::kStopping, "the driver was not ready in time"},
    State{"ExecutorsStartTimedOut", Group::kStopping, "the executors did not start in time"},
    State{"SchedulingFailure", Group::kStopping, "the driver could not be created"},
    State{"DriverEvicted", Group::kStopping, "the driver was evicted"},
    State{"Failed", Group::kStopping, "the driver failed"},
    State{"Succeeded", Group::kStopping, "the driver has ended well"},
    State{"ResourceReleased", Group::kTerminated, ""},
    State{"TerminatedWithoutReleaseResources", Group::kTerminated, ""},
};

const State* Find(const std::string& name) {
  for (const State& state : kStates) {
    if (state.name == name) return &state;
  }
  return nullptr;
}

// The history in the order of its rising ids.
std::map<int64_t, const Json*> InOrder(const Json& history) {
  std::map<int64_t, const Json*> entries;
  if (!history.is_object()) return entries;
  for (const auto& [id, entry] : history.items()) entries[std::strtoll(id.c_str(), nullptr, 10)] = &entry;
  return entries;
}

// The newest entry that is not terminal; null when there is none.
const Json* Outcome(const Json& status) {
  for (const Json* history : {&FieldAt(status, {"stateTransitionHistory"}),
                              &FieldAt(status, {"currentAttemptSummary", "stateTransitionHistory"}),
                              &FieldAt(status, {"previousAttemptSummary", "stateTransitionHistory"})}) {
    const auto entries = InOrder(*history);
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      const State* state = Find(TextAt(*entry->second, {"currentStateSummary"}));
      if (state == nullptr || state->group != Group::kTerminated) return entry->second;
    }
  }
  return nullptr;
}

bool HasRun(const Json& status) {
  for (const auto& [id, entry] : InOrder(FieldAt(status, {"stateTransitionHistory"}))) {
    const State* state = Find(TextAt(*entry, {"currentStateSummary"}));
    if (state != nullptr && state->group == Group::kRunning) return true;
  }
  return false;
}

std::optional<PodView> DriverOf(const Json& status, const Json* outcome) {
  const Json* kept = &FieldAt(status, {"currentState", "lastObservedDriverStatus"});
  if (!kept->is_object() && outcome != nullptr) kept = &FieldAt(*outcome, {"lastObservedDriverStatus"});
  if (!kept->is_object()) return std::nullopt;
  PodView driver;
  ReadPodStatus(*kept, /*driver=*/true, driver);
  return driver;
}

class Apache final : public Schema {
 public:
  std::string_view name() const override { return "apache"; }
  std::string_view group_version() const override { return "spark.apache.org/v1"; }

  Json Spec(const Job& job) const override {
    const manifest::JobSpec& spec = job.attempt->spec;
    Json result = {
        {"runtimeVersions", {{"sparkVersion", spec.engine_version}}},
        {"deploymentMode", "ClusterMode"},
        {"mainClass", job.program.python ? "org.apache.spark.deploy.PythonRunner" : job.program.main_class},
        {"sparkConf", Config(job)}};
    std::vector<std::string> files = {job.program.main_file};  // the first one is what runs
    const auto& beside = job.program.python ? spec.application.py_files : spec.application.jars;
    files.insert(files.end(), beside.begin(), beside.end());
    result[job.program.python ? "pyFiles" : "jars"] = Joined(files, ",");
    if (!spec.application.files.empty()) result["files"] = Joined(spec.application.files, ",");
    if (!job.program.arguments.empty()) result["driverArgs"] = job.program.arguments;

    // The runner tries again, with changes. Pods are kept until the runner has copied what they tell.
    Json tolerations = {{"restartConfig", {{"restartPolicy", "Never"}}}, {"resourceRetainPolicy", "Always"}};
    if (job.cluster->time_to_live_seconds > 0) {
      tolerations["ttlAfterStopMillis"] = job.cluster->time_to_live_seconds * 1000;
    }
    if (spec.limits.start_seconds) {  // else the operator's five minutes
      tolerations["applicationTimeoutConfig"] = {
          {"driverStartTimeoutMillis", *spec.limits.start_seconds * 1000},
          {"driverReadyTimeoutMillis", *spec.limits.start_seconds * 1000},
          {"executorStartTimeoutMillis", *spec.limits.start_seconds * 1000}};
    }
    result["applicationTolerations"] = std::move(tolerations);
    if (job.cluster->driver_template.is_object()) {
      result["driverSpec"] = {{"podTemplateSpec", job.cluster->driver_template}};
    }
    if (job.cluster->executor_template.is_object()) {
      result["executorSpec"] = {{"podTemplateSpec", job.cluster->executor_template}};
    }
    return result;
  }

  void ReadStatus(const Json& status, ApplicationView& view) const override {
    view.state = TextAt(status, {"currentState", "currentStateSummary"});
    const std::string message = TextAt(status, {"currentState", "message"});
    const State* state = Find(view.state);
    if (state == nullptr) {
      view.message = fmt::format("the operator says {}", view.state);
      return;
    }
    const Json* outcome = nullptr;
    view.message = state->message;
    switch (state->group) {
      case Group::kStarting:
        view.progress = Progress::kStarting;
        break;
      case Group::kRunning:
        view.progress = Progress::kRunning;
        break;
      case Group::kStopping:  // what it ends as is certain only once it is terminated
        view.progress = HasRun(status) ? Progress::kRunning : Progress::kStarting;
        break;
      case Group::kTerminated:
        outcome = Outcome(status);
        ReadEnd(outcome, view);
        break;
    }
    if (!message.empty() && view.message.find(message) == std::string::npos) {
      view.message = view.message.empty() ? message : view.message + ": " + message;
    }
    view.driver = DriverOf(status, outcome);
  }

 private:
  static void ReadEnd(const Json* outcome, ApplicationView& view) {
    view.progress = Progress::kEnded;
    if (outcome == nullptr) {
      view.end_reason = view.state;
      view.message = "the operator kept no history that says how it ended";
      return;
    }
    const std::string name = TextAt(*outcome, {"currentStateSummary"});
    view.succeeded = name == "Succeeded";
    view.ended_at = TimeAt(*outcome, {"lastTransitionTime"});
    if (view.succeeded) return;
    view.end_reason = name;
    const State* state = Find(name);
    view.message = state == nullptr ? std::string() : std::string(state->message);
    if (const std::string message = TextAt(*outcome, {"message"}); !message.empty())
      view.message += ": " + message;
  }

  static std::map<std::string, std::string> Config(const Job& job) {
    const manifest::JobSpec& spec = job.attempt->spec;
    std::map<std::string, std::string> config = job.spark_config;
    config["spark.app.name"] = spec.name;
    config["spark.kubernetes.container.image"] = job.image;
    if (!job.cluster->service_account.empty()) {
      config["spark.kubernetes.authenticate.driver.serviceAccountName"] = job.cluster->service_account;
    }
    SetSize(config, "spark.driver.", spec.resources.driver);
    SetSize(config, "spark.executor.", spec.resources.executor);
    config["spark.executor.instances"] = fmt::format("{}", spec.resources.executor_instances);
    if (spec.resources.minimum_instances && spec.resources.maximum_instances) {
      config.erase("spark.executor.instances");
      config["spark.dynamicAllocation.enabled"] = "true";
      config["spark.dynamicAllocation.shuffleTracking.enabled"] = "true";
      config["spark.dynamicAllocation.initialExecutors"] =
          fmt::format("{}", spec.resources.executor_instances);
      config["spark.dynamicAllocation.minExecutors"] = fmt::format("{}", *spec.resources.minimum_instances);
      config["spark.dynamicAllocation.maxExecutors"] = fmt::format("{}", *spec.resources.maximum_instances);
    }
    if (!spec.application.packages.empty())
      config["spark.jars.packages"] = Joined(spec.application.packages, ",");
    if (!spec.application.jars.empty() && job.program.python)
      config["spark.jars"] = Joined(spec.application.jars, ",");
    for (const char* role : {"driver", "executor"}) {
      for (const auto& [key, value] : job.labels)
        config[fmt::format("spark.kubernetes.{}.label.{}", role, key)] = value;
      for (const auto& [key, value] : job.annotations) {
        config[fmt::format("spark.kubernetes.{}.annotation.{}", role, key)] = value;
      }
    }
    return config;
  }

  static void SetSize(std::map<std::string, std::string>& config, const std::string& prefix,
                      const manifest::ProcessSize& size) {
    config[prefix + "cores"] = fmt::format("{}", size.cores);
    config[prefix + "memory"] = fmt::format("{}m", size.memory_mib);
    if (size.overhead_mib) config[prefix + "memoryOverhead"] = fmt::format("{}m", *size.overhead_mib);
  }
};

}  // namespace

const Schema& ApacheSchema() {
  static const Apache kSchema;
  return kSchema;
}

}  // namespace hearth::runner::kubernetes
