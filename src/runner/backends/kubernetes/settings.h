// The clusters of a configuration file; docs/guides/kubernetes.md lists the settings.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "runner/backends/kubernetes/http_client.h"

namespace hearth::runner::kubernetes {

// What runs jobs of a kind that Spark itself has no main class for.
struct EntryPoint {
  std::string main_file;
  std::string main_class;  // empty: a Python file
};

// Where drivers write event logs, a folder for each attempt. Both empty: nowhere.
struct EventLogPlace {
  std::string directory;  // as Spark is told: "file:///events"
  std::string path;       // the same folder as it is mounted here
};

struct ClusterSettings {
  std::string name;
  Endpoint endpoint;
  std::string schema = "kubeflow";     // a row of schemas.h
  std::set<std::string> environments;  // empty: every one
  // "{team}" and "{environment}" are replaced; the result is the namespace of a team's jobs.
  std::string namespace_rule = "spark-{team}";
  // Other namespaces that a team may name in its manifests.
  std::map<std::string, std::set<std::string>> team_namespaces;
  std::string service_account;    // of drivers
  std::string image;              // for specs that name none
  double weight = 1;              // a cluster of weight 2 gets twice the share of one of weight 1
  int64_t most_applications = 0;  // live at once; 0: no limit of ours
  int64_t time_to_live_seconds = 7 * 24 * 3600;     // of ended applications that nobody removed
  std::map<std::string, std::string> spark_config;  // defaults; the spec's own win
  std::map<std::string, std::string> labels;        // on applications and pods
  nlohmann::json driver_template;                   // pod templates, or null
  nlohmann::json executor_template;
  std::map<std::string, EntryPoint> entry_points;  // "sql", "core_etl"
  EventLogPlace event_log;
};

struct Settings {
  std::string instance = "hearth";  // tells apart the runners that share a cluster: label hearth/instance
  std::vector<ClusterSettings> clusters;
  std::chrono::milliseconds request_deadline{4000};
  std::chrono::seconds watch_length{300};  // a watch is begun anew after about that
  std::chrono::milliseconds probe_period{5000};
};

// Reads `kubernetes:` of a YAML file (or the whole document, when it has no such key). Paths in it are
// relative to the file. Errors: kIllegalArgument names the field.
base::Result<Settings> ReadSettings(const std::string& path);

}  // namespace hearth::runner::kubernetes
