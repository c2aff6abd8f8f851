// One kind of SparkApplication: how a job is written for its operator and what the operator's answers mean. A
// new one is a file and a row in schemas.cc.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runner/backend.h"
#include "runner/backends/kubernetes/json_fields.h"
#include "runner/backends/kubernetes/pod_view.h"
#include "runner/run.h"

namespace hearth::runner::kubernetes {

struct ClusterSettings;

// What the driver runs.
struct Program {
  bool python = false;
  std::string main_file;
  std::string main_class;  // empty for Python
  std::vector<std::string> arguments;
};

// A job as both schemas need it: everything resolved, nothing left to decide.
struct Job {
  const Attempt* attempt = nullptr;
  const ClusterSettings* cluster = nullptr;
  Program program;
  std::string image;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  std::map<std::string, std::string> spark_config;
};

// What matters of a SparkApplication.
struct ApplicationView {
  std::string uid;
  std::string name;
  std::string name_space;
  std::string token;    // annotation hearth/attempt-token
  std::string attempt;  // label hearth/attempt
  bool deleting = false;
  bool held = false;  // our finalizer is on it
  int64_t created_at = 0;

  std::string state;  // the operator's own word
  Progress progress = Progress::kStarting;
  bool succeeded = false;  // once kEnded
  std::string end_reason;  // once kEnded without success: the operator's own word for how
  std::string message;
  int64_t ended_at = 0;
  std::string web_url;
  std::optional<PodView> driver;  // where the operator keeps the driver's last status itself

  bool operator==(const ApplicationView&) const = default;
};

class Schema {
 public:
  virtual ~Schema() = default;
  virtual std::string_view name() const = 0;           // as settings say it
  virtual std::string_view group_version() const = 0;  // "sparkoperator.k8s.io/v1beta2"
  virtual Json Spec(const Job& job) const = 0;
  // Fills what comes from the operator's status.
  virtual void ReadStatus(const Json& status, ApplicationView& view) const = 0;
};

const Schema* FindSchema(std::string_view name);
const Schema& KubeflowSchema();
const Schema& ApacheSchema();

ApplicationView ReadApplication(const Schema& schema, const Json& object);

// "/apis/GROUP/VERSION/namespaces/NAMESPACE/sparkapplications"; over all namespaces when it is empty.
std::string ApplicationsPath(const Schema& schema, const std::string& name_space);

// A list as one text.
std::string Joined(const std::vector<std::string>& items, std::string_view separator);

}  // namespace hearth::runner::kubernetes
