#include "runner/backends/kubernetes/application.h"

#include <fmt/format.h>

#include <cctype>
#include <cstdio>
#include <utility>

#include "manifest/job_spec.h"
#include "runner/backends/kubernetes/names.h"

namespace hearth::runner::kubernetes {
namespace {

base::Error Refusal(base::ErrorKind kind, const std::string& message) {
  return base::MakeError(kind, "KUBERNETES_REFUSED", message);
}

std::string Replaced(std::string text, std::string_view what, std::string_view by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

bool IsNamespace(std::string_view name) {
  if (name.empty() || name.size() > 63 || name.front() == '-' || name.back() == '-') return false;
  for (const char character : name) {
    const auto byte = static_cast<unsigned char>(character);
    if (std::islower(byte) == 0 && std::isdigit(byte) == 0 && character != '-') return false;
  }
  return true;
}

// "4.1.2": 401; 0 when it is no version.
int VersionNumber(const std::string& version) {
  int major = 0;
  int minor = 0;
  return std::sscanf(version.c_str(), "%d.%d", &major, &minor) == 2 ? major * 100 + minor : 0;
}

base::Result<Program> EntryProgram(const ClusterSettings& cluster, const std::string& kind, Program program) {
  const auto found = cluster.entry_points.find(kind);
  if (found == cluster.entry_points.end()) {
    return base::NotImplemented(fmt::format("{} on cluster {}, which has no entry_points.{}",
                                            kind == "sql" ? "SQL" : "CoreETL", cluster.name, kind));
  }
  program.main_file = found->second.main_file;
  program.main_class = found->second.main_class;
  program.python = program.main_class.empty();
  return program;
}

base::Result<Program> ProgramOf(const ClusterSettings& cluster, const manifest::JobSpec& spec) {
  const manifest::Application& application = spec.application;
  Program program;
  switch (spec.application.kind) {
    case manifest::ApplicationKind::kPySpark:
      program = {true, application.main_file, "", application.arguments};
      break;
    case manifest::ApplicationKind::kJar:
      program = {false, application.main_file, application.main_class, application.arguments};
      if (program.main_class.empty())
        return Refusal(base::ErrorKind::kIllegalArgument, "the main class is missing");
      break;
    case manifest::ApplicationKind::kSql:
      program.arguments = application.main_file.empty()
                              ? std::vector<std::string>{"--sql", application.sql}
                              : std::vector<std::string>{"--file", application.main_file};
      program.arguments.insert(program.arguments.end(), application.arguments.begin(),
                               application.arguments.end());
      return EntryProgram(cluster, "sql", std::move(program));
    case manifest::ApplicationKind::kCoreEtl:
      program.arguments = {"--job", application.core_etl};
      return EntryProgram(cluster, "core_etl", std::move(program));
  }
  if (program.main_file.empty())
    return Refusal(base::ErrorKind::kIllegalArgument, "the main file is missing");
  return program;
}

std::map<std::string, std::string> ConfigOf(const ClusterSettings& cluster, const Attempt& attempt) {
  const manifest::JobSpec& spec = attempt.spec;
  std::map<std::string, std::string> config;
  config["spark.eventLog.logStageExecutorMetrics"] = "true";
  if (!cluster.event_log.directory.empty()) {
    config["spark.eventLog.enabled"] = "true";
    config["spark.eventLog.compress"] = "false";
    config["spark.eventLog.dir"] = cluster.event_log.directory + "/" + AttemptLabel(attempt.token);
  }
  if (VersionNumber(spec.engine_version) >= 401)
    config["spark.kubernetes.driver.annotateExitException"] = "true";
  for (const auto& [key, value] : cluster.spark_config) config[key] = value;
  for (const auto& [key, value] : spec.spark_config) config[key] = value;
  for (const auto& [variable, value] : spec.environment_variables) {
    config["spark.kubernetes.driverEnv." + variable] = value;
    config["spark.executorEnv." + variable] = value;
  }
  // Spark itself makes a secretKeyRef of these: no webhook and no pod template is needed, and no value is
  // seen here.
  for (const manifest::SecretReference& secret : spec.secrets) {
    const std::string reference = secret.secret + ":" + secret.key;
    config["spark.kubernetes.driver.secretKeyRef." + secret.variable] = reference;
    config["spark.kubernetes.executor.secretKeyRef." + secret.variable] = reference;
  }
  return config;
}

}  // namespace

base::Result<std::string> NamespaceOf(const ClusterSettings& cluster, const manifest::JobSpec& spec) {
  const std::string own =
      Replaced(Replaced(cluster.namespace_rule, "{team}", spec.team), "{environment}", spec.environment);
  if (!IsNamespace(own)) {
    return Refusal(base::ErrorKind::kIllegalArgument,
                   fmt::format("cluster {}: the rule '{}' gives team '{}' the namespace '{}', which is none",
                               cluster.name, cluster.namespace_rule, spec.team, own));
  }
  if (spec.name_space.empty() || spec.name_space == own) return own;
  const auto others = cluster.team_namespaces.find(spec.team);
  if (others != cluster.team_namespaces.end() && others->second.contains(spec.name_space))
    return spec.name_space;
  return Refusal(base::ErrorKind::kPermissionDenied,
                 fmt::format("cluster {}: namespace '{}' is not one of team '{}'; its own is '{}'",
                             cluster.name, spec.name_space, spec.team, own));
}

base::Result<Json> ApplicationOf(const Schema& schema, const ClusterSettings& cluster,
                                 const std::string& instance, const Attempt& attempt) {
  const manifest::JobSpec& spec = attempt.spec;
  HEARTH_ASSIGN(const std::string name_space, NamespaceOf(cluster, spec));
  HEARTH_ASSIGN(Program program, ProgramOf(cluster, spec));
  Job job;
  job.attempt = &attempt;
  job.cluster = &cluster;
  job.program = std::move(program);
  job.image = spec.image.empty() ? cluster.image : spec.image;
  if (job.image.empty())
    return Refusal(base::ErrorKind::kIllegalArgument, "no image is resolved for the job");
  if (spec.engine_version.empty())
    return Refusal(base::ErrorKind::kIllegalArgument, "the engine's version is missing");
  job.labels = LabelsOf(attempt, instance);
  for (const auto& [key, value] : cluster.labels) job.labels.emplace(key, value);
  job.annotations[std::string(kTokenAnnotation)] = attempt.token;
  job.spark_config = ConfigOf(cluster, attempt);
  return Json{{"apiVersion", schema.group_version()},
              {"kind", "SparkApplication"},
              {"metadata",
               {{"name", ApplicationName(attempt.token)},
                {"namespace", name_space},
                {"labels", job.labels},
                {"annotations", job.annotations}}},
              {"spec", schema.Spec(job)}};
}

}  // namespace hearth::runner::kubernetes
