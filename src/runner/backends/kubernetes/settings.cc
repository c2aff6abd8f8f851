#include "runner/backends/kubernetes/settings.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <utility>

#include "runner/backends/kubernetes/json_fields.h"
#include "runner/backends/kubernetes/kubeconfig.h"
#include "runner/backends/kubernetes/schema.h"
#include "runner/backends/kubernetes/yaml_file.h"

namespace hearth::runner::kubernetes {
namespace {

base::Error Wrong(const std::string& field, const std::string& what) {
  return base::MakeError(base::ErrorKind::kIllegalArgument, "INVALID_CONFIGURATION",
                         fmt::format("{}: {}", field, what));
}

base::Status ReadText(const Json& value, const std::string& field, std::string& target) {
  if (!value.is_string()) return Wrong(field, "expected a text");
  target = value.get<std::string>();
  return {};
}

base::Status ReadInteger(const Json& value, const std::string& field, int64_t& target) {
  if (!value.is_number_integer() || value.get<int64_t>() < 0)
    return Wrong(field, "expected a number of 0 or more");
  target = value.get<int64_t>();
  return {};
}

base::Status ReadTexts(const Json& value, const std::string& field,
                       std::map<std::string, std::string>& target) {
  if (!value.is_object()) return Wrong(field, "expected names with values");
  for (const auto& [name, item] : value.items()) {
    if (item.is_structured() || item.is_null()) return Wrong(field + "." + name, "expected a text");
    target[name] = item.is_string() ? item.get<std::string>() : WriteJson(item);
  }
  return {};
}

base::Status ReadNames(const Json& value, const std::string& field, std::set<std::string>& target) {
  if (!value.is_array()) return Wrong(field, "expected a list of names");
  for (const Json& item : value) {
    if (!item.is_string()) return Wrong(field, "expected a list of names");
    target.insert(item.get<std::string>());
  }
  return {};
}

base::Status ReadTemplate(const Json& value, const std::string& field, Json& target) {
  if (!value.is_object()) return Wrong(field, "expected a pod template");
  target = value;
  return {};
}

using Reader =
    std::function<base::Status(const Json& value, const std::string& field, ClusterSettings& cluster)>;

base::Status ReadTeamNamespaces(const Json& value, const std::string& field, ClusterSettings& cluster) {
  if (!value.is_object()) return Wrong(field, "expected teams with lists of namespaces");
  for (const auto& [team, names] : value.items()) {
    HEARTH_RETURN_IF_ERROR(ReadNames(names, field + "." + team, cluster.team_namespaces[team]));
  }
  return {};
}

base::Status ReadEntryPoints(const Json& value, const std::string& field, ClusterSettings& cluster) {
  if (!value.is_object()) return Wrong(field, "expected sql or core_etl");
  for (const auto& [kind, entry] : value.items()) {
    if (kind != "sql" && kind != "core_etl") return Wrong(field + "." + kind, "expected sql or core_etl");
    EntryPoint point{TextAt(entry, {"main_file"}), TextAt(entry, {"main_class"})};
    if (point.main_file.empty()) return Wrong(field + "." + kind + ".main_file", "expected a path");
    cluster.entry_points[kind] = std::move(point);
  }
  return {};
}

base::Status ReadEventLog(const Json& value, const std::string& field, ClusterSettings& cluster) {
  if (!value.is_object()) return Wrong(field, "expected directory and path");
  for (const auto& [name, place] : value.items()) {
    if (name != "directory" && name != "path") return Wrong(field + "." + name, "there is no such setting");
    HEARTH_RETURN_IF_ERROR(ReadText(place, field + "." + name,
                                    name == "path" ? cluster.event_log.path : cluster.event_log.directory));
  }
  if (cluster.event_log.directory.find(":/") == std::string::npos)
    return Wrong(field + ".directory", "expected an address such as file:///events");
  if (!cluster.event_log.path.starts_with('/')) return Wrong(field + ".path", "expected a whole path");
  return {};
}

base::Status ReadWeight(const Json& value, const std::string& field, ClusterSettings& cluster) {
  if (!value.is_number() || value.get<double>() <= 0) return Wrong(field, "expected a number above 0");
  cluster.weight = value.get<double>();
  return {};
}

base::Status ReadSchema(const Json& value, const std::string& field, ClusterSettings& cluster) {
  HEARTH_RETURN_IF_ERROR(ReadText(value, field, cluster.schema));
  if (FindSchema(cluster.schema) == nullptr)
    return Wrong(field, fmt::format("there is no schema '{}'", cluster.schema));
  return {};
}

// Every field of a cluster but kubeconfig and context.
const std::map<std::string, Reader>& Fields() {
  static const std::map<std::string, Reader> kFields = {
      {"name", [](auto& value, auto& field, auto& cluster) { return ReadText(value, field, cluster.name); }},
      {"schema", ReadSchema},
      {"environments",
       [](auto& value, auto& field, auto& cluster) { return ReadNames(value, field, cluster.environments); }},
      {"namespace", [](auto& value, auto& field,
                       auto& cluster) { return ReadText(value, field, cluster.namespace_rule); }},
      {"team_namespaces", ReadTeamNamespaces},
      {"service_account", [](auto& value, auto& field,
                             auto& cluster) { return ReadText(value, field, cluster.service_account); }},
      {"image",
       [](auto& value, auto& field, auto& cluster) { return ReadText(value, field, cluster.image); }},
      {"weight", ReadWeight},
      {"most_applications",
       [](auto& value, auto& field, auto& cluster) {
         return ReadInteger(value, field, cluster.most_applications);
       }},
      {"time_to_live_seconds",
       [](auto& value, auto& field, auto& cluster) {
         return ReadInteger(value, field, cluster.time_to_live_seconds);
       }},
      {"spark_config",
       [](auto& value, auto& field, auto& cluster) { return ReadTexts(value, field, cluster.spark_config); }},
      {"labels",
       [](auto& value, auto& field, auto& cluster) { return ReadTexts(value, field, cluster.labels); }},
      {"driver_template", [](auto& value, auto& field,
                             auto& cluster) { return ReadTemplate(value, field, cluster.driver_template); }},
      {"executor_template",
       [](auto& value, auto& field, auto& cluster) {
         return ReadTemplate(value, field, cluster.executor_template);
       }},
      {"entry_points", ReadEntryPoints},
      {"event_log", ReadEventLog},
  };
  return kFields;
}

std::string Beside(const std::string& file, const std::string& path) {
  if (path.starts_with("~/")) {
    const char* home = std::getenv("HOME");
    return (home == nullptr ? std::string() : std::string(home)) + path.substr(1);
  }
  return (std::filesystem::path(file).parent_path() / path).string();
}

base::Result<ClusterSettings> ReadCluster(const Json& value, const std::string& field,
                                          const std::string& file) {
  if (!value.is_object()) return Wrong(field, "expected a cluster");
  ClusterSettings cluster;
  for (const auto& [name, item] : value.items()) {
    if (name == "kubeconfig" || name == "context") continue;
    const auto reader = Fields().find(name);
    if (reader == Fields().end()) return Wrong(field + "." + name, "there is no such setting");
    HEARTH_RETURN_IF_ERROR(reader->second(item, field + "." + name, cluster));
  }
  if (cluster.name.empty()) return Wrong(field + ".name", "is missing");
  const std::string kubeconfig = TextAt(value, {"kubeconfig"});
  HEARTH_ASSIGN(cluster.endpoint, kubeconfig.empty()
                                      ? InClusterEndpoint()
                                      : ReadKubeconfig(Beside(file, kubeconfig), TextAt(value, {"context"})));
  return cluster;
}

base::Status ReadDuration(const Json& value, const std::string& field, std::chrono::milliseconds& target) {
  if (!value.is_number() || value.get<double>() <= 0) return Wrong(field, "expected seconds above 0");
  target = std::chrono::milliseconds(static_cast<int64_t>(value.get<double>() * 1000));
  return {};
}

}  // namespace

base::Result<Settings> ReadSettings(const std::string& path) {
  HEARTH_ASSIGN(const std::string text, ReadWholeFile(path));
  HEARTH_ASSIGN(const Json document, JsonOfYaml(text, path));
  const Json& root =
      FieldAt(document, {"kubernetes"}).is_object() ? FieldAt(document, {"kubernetes"}) : document;
  if (!root.is_object()) return Wrong(path, "expected 'kubernetes' with clusters");
  Settings settings;
  for (const auto& [name, value] : root.items()) {
    const std::string field = "kubernetes." + name;
    if (name == "instance") {
      HEARTH_RETURN_IF_ERROR(ReadText(value, field, settings.instance));
    } else if (name == "request_seconds") {
      HEARTH_RETURN_IF_ERROR(ReadDuration(value, field, settings.request_deadline));
    } else if (name == "probe_seconds") {
      HEARTH_RETURN_IF_ERROR(ReadDuration(value, field, settings.probe_period));
    } else if (name == "watch_seconds") {
      int64_t seconds = 0;
      HEARTH_RETURN_IF_ERROR(ReadInteger(value, field, seconds));
      settings.watch_length = std::chrono::seconds(seconds);
    } else if (name != "clusters") {
      return Wrong(field, "there is no such setting");
    }
  }
  const Json& clusters = FieldAt(root, {"clusters"});
  if (!clusters.is_array() || clusters.empty())
    return Wrong("kubernetes.clusters", "expected at least one cluster");
  std::set<std::string> names;
  for (size_t i = 0; i < clusters.size(); ++i) {
    const std::string field = fmt::format("kubernetes.clusters[{}]", i);
    HEARTH_ASSIGN(ClusterSettings cluster, ReadCluster(clusters[i], field, path));
    if (!names.insert(cluster.name).second) return Wrong(field + ".name", "is there twice");
    settings.clusters.push_back(std::move(cluster));
  }
  return settings;
}

}  // namespace hearth::runner::kubernetes
