#include "runner/backends/local/launch.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace hearth::runner::local {
namespace {

using manifest::Application;
using manifest::ApplicationKind;
using manifest::JobSpec;
using manifest::MemoryText;

// The program that runs CoreETL on Spark; its job stands in a file, because arguments have a greatest length.
constexpr const char* kCoreEtlProgram =
#include "runner/core_etl.py.inc"
    ;
constexpr const char* kCoreEtlFile = "core_etl.py";
constexpr const char* kCoreEtlJob = "core_etl.json";

constexpr int64_t kSmallestOverheadMib = 1024;
constexpr double kOverheadShare = 0.4;

base::Error Lacks(std::string message) {
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = std::move(message);
  return error;
}

// Beside the heap: Python workers and native libraries run on the same machine.
int64_t OverheadMib(const manifest::ProcessSize& size) {
  const auto share = static_cast<int64_t>(static_cast<double>(size.memory_mib) * kOverheadShare);
  return size.overhead_mib.value_or(std::max(kSmallestOverheadMib, share));
}

int64_t MemoryLimitMib(const manifest::Resources& resources) {
  return resources.driver.memory_mib + OverheadMib(resources.driver) +
         resources.executor_instances * (resources.executor.memory_mib + OverheadMib(resources.executor));
}

std::string Joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return text;
}

std::string Master(const manifest::Resources& resources) {
  if (resources.executor_instances == 0) return fmt::format("local[{}]", resources.driver.cores);
  return fmt::format("local-cluster[{},{},{}]", resources.executor_instances, resources.executor.cores,
                     resources.executor.memory_mib);
}

class SparkArguments {
 public:
  SparkArguments(const JobSpec& spec, const std::string& directory) {
    Set("spark.master", Master(spec.resources));
    Set("spark.app.name", spec.name);
    Set("spark.driver.memory", MemoryText(spec.resources.driver.memory_mib));
    if (spec.resources.executor_instances > 0) {
      Set("spark.executor.memory", MemoryText(spec.resources.executor.memory_mib));
      Set("spark.executor.cores", fmt::format("{}", spec.resources.executor.cores));
    }
    Set("spark.ui.enabled", "false");
    Set("spark.ui.showConsoleProgress", "false");
    // What sizing learns from.
    Set("spark.eventLog.enabled", "true");
    Set("spark.eventLog.dir", "file:" + directory + "/events");
    Set("spark.eventLog.logStageExecutorMetrics", "true");
    Set("spark.eventLog.compress", "false");
    Set("spark.local.dir", directory + "/scratch");
    for (const auto& [key, value] : spec.spark_config) Set(key, value);
  }

  void Set(const std::string& key, std::string value) { settings_[key] = std::move(value); }

  void AppendTo(std::vector<std::string>* arguments) const {
    for (const auto& [key, value] : settings_) {
      arguments->push_back("--conf");
      arguments->push_back(fmt::format("{}={}", key, value));
    }
  }

 private:
  std::map<std::string, std::string> settings_;
};

void AppendOption(std::vector<std::string>* arguments, const char* name,
                  const std::vector<std::string>& items) {
  if (items.empty()) return;
  arguments->push_back(name);
  arguments->push_back(Joined(items));
}

// The program and its own arguments, behind those of Spark.
void AppendProgram(const Application& application, const std::string& directory, Command* command) {
  std::vector<std::string>& arguments = command->arguments;
  if (application.kind == ApplicationKind::kSql) {
    const bool is_text = application.main_file.empty();
    arguments.insert(arguments.end(),
                     {is_text ? "-e" : "-f", is_text ? application.sql : application.main_file});
    return;
  }
  if (application.kind == ApplicationKind::kCoreEtl && application.main_file.empty()) {
    command->files = {{kCoreEtlFile, kCoreEtlProgram}, {kCoreEtlJob, application.core_etl}};
    arguments.push_back(fmt::format("{}/{}", directory, kCoreEtlFile));
    arguments.insert(arguments.end(), {"--job-file", fmt::format("{}/{}", directory, kCoreEtlJob)});
    return;
  }
  if (application.kind != ApplicationKind::kPySpark) {
    arguments.insert(arguments.end(), {"--class", application.main_class});
  }
  arguments.push_back(application.main_file);
  arguments.insert(arguments.end(), application.arguments.begin(), application.arguments.end());
}

base::Status OnSpark(const Attempt& attempt, const Programs& programs, const std::string& directory,
                     Command* command) {
  const JobSpec& spec = attempt.spec;
  const Application& application = spec.application;
  if (programs.spark_home.empty()) {
    return Lacks(
        "the job needs Apache Spark, and this server knows none: set --spark-home to a directory that has "
        "bin/spark-submit");
  }
  std::vector<std::string>& arguments = command->arguments;
  arguments = {programs.spark_home + "/bin/spark-submit"};
  SparkArguments settings(spec, directory);
  if (application.kind == ApplicationKind::kSql) {
    arguments[0] = programs.spark_home + "/bin/spark-sql";
    settings.Set("spark.sql.warehouse.dir", directory + "/warehouse");
  }
  settings.AppendTo(&arguments);
  AppendOption(&arguments, "--jars", application.jars);
  AppendOption(&arguments, "--py-files", application.py_files);
  AppendOption(&arguments, "--files", application.files);
  AppendOption(&arguments, "--packages", application.packages);
  AppendProgram(application, directory, command);
  return {};
}

base::Result<std::vector<std::string>> OnHearth(const Attempt& attempt, const Programs& programs,
                                                const std::string& directory) {
  const JobSpec& spec = attempt.spec;
  const Application& application = spec.application;
  std::vector<std::string> arguments = {
      programs.hearth,  "run",
      "--threads",      fmt::format("{}", std::max(1, spec.resources.driver.cores)),
      "--memory-limit", fmt::format("{}MiB", spec.resources.driver.memory_mib),
      "--written",      fmt::format("{}/{}", directory, kWrittenFile)};
  for (const auto& [key, value] : spec.spark_config) {
    arguments.insert(arguments.end(), {"--conf", fmt::format("{}={}", key, value)});
  }
  switch (application.kind) {
    case ApplicationKind::kPySpark:
      arguments.insert(arguments.end(), {"--python", programs.python});
      break;
    case ApplicationKind::kSql:
      if (application.main_file.empty()) {
        arguments.insert(arguments.end(), {"--sql", application.sql});
        return arguments;
      }
      break;
    case ApplicationKind::kCoreEtl:
      if (!application.main_file.empty()) return Lacks("a CoreETL jar needs engine.type spark-oss");
      arguments.insert(arguments.end(), {"--core-etl", application.core_etl});
      return arguments;
    case ApplicationKind::kJar:
      return Lacks("a jar needs engine.type spark-oss");
  }
  arguments.push_back(application.main_file);
  arguments.insert(arguments.end(), application.arguments.begin(), application.arguments.end());
  return arguments;
}

}  // namespace

bool RunsOnHearth(const JobSpec& spec, const Programs& programs) {
  if (!spec.engine_type.empty()) return spec.engine_type == "hearth";
  switch (spec.application.kind) {
    case ApplicationKind::kJar:
      return false;
    case ApplicationKind::kCoreEtl:
      return spec.application.main_file.empty();
    case ApplicationKind::kSql:
    case ApplicationKind::kPySpark:
      return programs.spark_home.empty();
  }
  return false;
}

base::Result<Command> CommandFor(const Attempt& attempt, const Programs& programs,
                                 const std::string& directory) {
  const JobSpec& spec = attempt.spec;
  if (!spec.secrets.empty()) {
    return Lacks(
        fmt::format("secret '{}': the local backend has no store of secrets", spec.secrets.front().secret));
  }
  Command command;
  if (RunsOnHearth(spec, programs)) {
    HEARTH_ASSIGN(command.arguments, OnHearth(attempt, programs, directory));
  } else {
    HEARTH_RETURN_IF_ERROR(OnSpark(attempt, programs, directory, &command));
  }
  command.environment = spec.environment_variables;
  if (!programs.spark_home.empty()) command.environment.try_emplace("SPARK_HOME", programs.spark_home);
  command.environment.try_emplace("PYSPARK_PYTHON", programs.python);
  command.environment.try_emplace("PYTHONUNBUFFERED", "1");
  command.environment.try_emplace("SPARK_LOCAL_IP", "127.0.0.1");
  // Where spark-sql keeps its metastore; elsewhere two jobs would fight over it.
  command.environment.try_emplace("SPARK_SUBMIT_OPTS", "-Dderby.system.home=" + directory);
  command.memory_limit_mib = MemoryLimitMib(spec.resources);
  return command;
}

}  // namespace hearth::runner::local
