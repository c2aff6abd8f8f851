// From a checked SparkJob to the values that the runner works with.
#include <fmt/format.h>

#include "manifest/json.h"
#include "manifest/manifest.h"
#include "manifest/values.h"

namespace hearth::manifest {
namespace {

// Reads checked values; what is not there leaves the default alone.
class Values {
 public:
  explicit Values(const Node& root) : root_(root) {}

  void Read(std::string_view path, std::string& value) const {
    if (const Node* node = root_.At(path)) value = node->text;
  }
  void Read(std::string_view path, int32_t& value) const {
    if (const Node* node = root_.At(path)) value = static_cast<int32_t>(std::stol(node->text));
  }
  void Read(std::string_view path, std::optional<int32_t>& value) const {
    if (root_.At(path) != nullptr) Read(path, value.emplace());
  }
  void Read(std::string_view path, std::vector<std::string>& value) const {
    if (const Node* node = root_.At(path))
      for (const Node& child : node->children) value.push_back(child.text);
  }
  void Read(std::string_view path, std::map<std::string, std::string>& value) const {
    if (const Node* node = root_.At(path))
      for (const Node& child : node->children) value[child.key] = child.text;
  }
  void ReadSeconds(std::string_view path, std::optional<int64_t>& value) const {
    if (const Node* node = root_.At(path)) value = ParseSeconds(node->text);
  }
  void ReadMemory(std::string_view path, std::optional<int64_t>& value) const {
    if (const Node* node = root_.At(path)) value = ParseMemoryMib(node->text);
  }
  std::string Text(std::string_view path) const {
    std::string text;
    Read(path, text);
    return text;
  }
  const Node* At(std::string_view path) const { return root_.At(path); }

 private:
  const Node& root_;
};

void ReadProcess(const Values& values, const std::string& path, ProcessSize& size) {
  values.Read(path + ".cores", size.cores);
  std::optional<int64_t> memory;
  values.ReadMemory(path + ".memory", memory);
  size.memory_mib = memory.value_or(size.memory_mib);
  values.ReadMemory(path + ".memoryOverhead", size.overhead_mib);
}

void ReadResources(const Values& values, Resources& resources) {
  ReadProcess(values, "spec.resources.driver", resources.driver);
  ReadProcess(values, "spec.resources.executor", resources.executor);
  values.Read("spec.resources.executor.instances", resources.executor_instances);
  values.Read("spec.resources.executor.minInstances", resources.minimum_instances);
  values.Read("spec.resources.executor.maxInstances", resources.maximum_instances);
}

void ReadCoreEtl(const Values& values, const Platform& platform, Application& application) {
  application.kind = ApplicationKind::kCoreEtl;
  application.core_etl = WriteJson(*values.At("spec.coreEtl.jobSpec"), KeyOrder::kSorted);
  values.Read("spec.coreEtl.jarPath", application.main_file);
  values.Read("spec.coreEtl.mainClass", application.main_class);
  // A release that the platform has a jar for runs from it; any other is run by Hearth itself.
  const auto jar = platform.core_etl_jars.find(values.Text("spec.coreEtl.version"));
  if (application.main_file.empty() && jar != platform.core_etl_jars.end())
    application.main_file = jar->second;
}

void ReadProgram(const Values& values, const std::string& path, Application& application) {
  values.Read(path + ".args", application.arguments);
  values.Read(path + ".jars", application.jars);
  values.Read(path + ".pyFiles", application.py_files);
  values.Read(path + ".files", application.files);
  values.Read(path + ".packages", application.packages);
}

void ReadApplication(const Values& values, const Platform& platform, Application& application) {
  if (values.At("spec.coreEtl") != nullptr) {
    ReadCoreEtl(values, platform, application);
  } else if (values.At("spec.pyspark") != nullptr) {
    application.kind = ApplicationKind::kPySpark;
    values.Read("spec.pyspark.file", application.main_file);
    ReadProgram(values, "spec.pyspark", application);
  } else if (values.At("spec.jar") != nullptr) {
    application.kind = ApplicationKind::kJar;
    values.Read("spec.jar.path", application.main_file);
    values.Read("spec.jar.mainClass", application.main_class);
    ReadProgram(values, "spec.jar", application);
  } else {
    application.kind = ApplicationKind::kSql;
    values.Read("spec.sql.file", application.main_file);
    values.Read("spec.sql.query", application.sql);
  }
}

void ReadPolicy(const Values& values, JobSpec& spec) {
  values.ReadSeconds("spec.limits.queue", spec.limits.queue_seconds);
  values.ReadSeconds("spec.limits.start", spec.limits.start_seconds);
  values.ReadSeconds("spec.limits.run", spec.limits.run_seconds);
  values.Read("spec.orchestration.retryPolicy.maxRetries", spec.retry.maximum_retries);
  std::optional<int64_t> delay;
  values.ReadSeconds("spec.orchestration.retryPolicy.delay", delay);
  spec.retry.delay_seconds = delay.value_or(spec.retry.delay_seconds);
  const std::string alerting = "spec.orchestration.alerting";
  spec.alerting.on_failure = values.Text(alerting + ".onFailure") != "false";
  spec.alerting.on_success = values.Text(alerting + ".onSuccess") == "true";
  values.ReadSeconds(alerting + ".sla", spec.alerting.sla_seconds);
  values.Read(alerting + ".channels", spec.alerting.channels);
  const std::string sizing = values.Text("spec.sizing");
  spec.sizing = sizing == "apply"    ? SizingMode::kApply
                : sizing == "advise" ? SizingMode::kAdvise
                                     : SizingMode::kOff;
  values.Read("spec.priority", spec.priority);
  values.Read("spec.backend", spec.backend);
  values.Read("spec.cluster", spec.cluster);
}

JobSpec ReadSpec(const ResolvedDocument& document, const Platform& platform) {
  const Values values(document.root);
  JobSpec spec;
  spec.environment = document.environment;
  spec.given = document.given;
  values.Read("metadata.name", spec.name);
  values.Read("metadata.team", spec.team);
  values.Read("metadata.owner", spec.owner);
  values.Read("metadata.namespace", spec.name_space);
  values.Read("metadata.labels", spec.labels);
  spec.type = values.Text("spec.jobType") == "streaming" ? JobType::kStreaming : JobType::kBatch;
  ReadApplication(values, platform, spec.application);
  values.Read("spec.engine.type", spec.engine_type);
  values.Read("spec.engine.version", spec.engine_version);
  values.Read("spec.engine.image", spec.image);
  ReadResources(values, spec.resources);
  values.Read("spec.sparkConfig", spec.spark_config);
  values.Read("spec.env", spec.environment_variables);
  if (const Node* secrets = values.At("spec.secrets"))
    for (const Node& secret : secrets->children)
      spec.secrets.push_back(
          {secret.Find("name")->text, secret.Find("secret")->text, secret.Find("key")->text});
  ReadPolicy(values, spec);
  return spec;
}

void RefuseWhatWaits(const Node& node, Findings& findings) {
  if (node.resolved_later) findings.Add(node, "expected the date of the run from the caller (ds)");
  for (const Node& child : node.children) RefuseWhatWaits(child, findings);
}

// An image that is named wins; else the platform's table. The embedded engine needs none.
void ResolveImage(const Values& values, const Platform& platform, JobSpec& spec, Findings& findings) {
  if (!spec.image.empty() || spec.engine_version.empty() || spec.engine_type == "hearth") return;
  const std::string type = spec.engine_type.empty() ? "spark-oss" : spec.engine_type;
  if (std::optional<std::string> image = ImageFor(platform, spec.engine_version, spec.environment, type)) {
    spec.image = std::move(*image);
  } else {
    findings.Add(
        *values.At("spec.engine.version"),
        fmt::format(
            "expected a version that the platform has an image of {} for in {}; engine.image names one", type,
            spec.environment));
  }
}

}  // namespace

Checked<JobSpec> ResolveJob(const Document& document, const Target& target) {
  const Platform& platform = target.platform != nullptr ? *target.platform : DefaultPlatform();
  Findings findings(document.file);
  if (document.kind != Kind::kSparkJob) {
    findings.AddAt(document.root.line, "kind", std::string(KindName(document.kind)),
                   "expected SparkJob: only jobs run");
    return tl::unexpected(findings.Take());
  }
  if (target.environment.empty()) {
    findings.AddAt(0, "environment", "", "must be given: jobs run in one");
    return tl::unexpected(findings.Take());
  }
  Checked<ResolvedDocument> resolved = Resolve(document, target);
  if (!resolved) return tl::unexpected(std::move(resolved.error()));
  RefuseWhatWaits(resolved->root, findings);
  JobSpec spec;
  if (findings.empty()) {
    spec = ReadSpec(*resolved, platform);
    ResolveImage(Values(resolved->root), platform, spec, findings);
  }
  if (!findings.empty()) return tl::unexpected(findings.Take());
  return spec;
}

}  // namespace hearth::manifest
