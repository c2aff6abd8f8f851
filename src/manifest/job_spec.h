// A job, resolved for one environment: what the runner places, sizes and changes between attempts. Plain
// values; how they are written in YAML is manifest/fields.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::manifest {

enum class JobType { kBatch, kStreaming };

// What the job runs.
enum class ApplicationKind {
  kCoreEtl,  // sources, SQL transformations and sinks, read by Hearth itself
  kPySpark,  // a Python file
  kJar,      // a jar with a main class
  kSql,      // statements of Spark SQL
};

struct Application {
  ApplicationKind kind = ApplicationKind::kSql;
  std::string main_file;  // the Python file, the jar or the SQL file; empty for CoreETL and SQL given as text
  std::string main_class;
  std::vector<std::string> arguments;
  std::vector<std::string> jars;
  std::vector<std::string> py_files;
  std::vector<std::string> files;
  std::vector<std::string> packages;  // Maven coordinates
  std::string sql;                    // kSql: the text, unless main_file names it
  std::string core_etl;               // kCoreEtl: canonical JSON of name, sources, transformations and sinks
};

// One process of Spark's: the driver, or each executor.
struct ProcessSize {
  int32_t cores = 1;
  int64_t memory_mib = 1024;            // heap
  std::optional<int64_t> overhead_mib;  // beside the heap; none: Spark's own rule
  bool operator==(const ProcessSize&) const = default;
};

struct Resources {
  ProcessSize driver;
  ProcessSize executor;
  int32_t executor_instances = 1;
  // Both set: dynamic allocation between them.
  std::optional<int32_t> minimum_instances;
  std::optional<int32_t> maximum_instances;
  bool operator==(const Resources&) const = default;
};

// A value that is only ever named: the backend puts it into the environment of the job's processes.
struct SecretReference {
  std::string variable;  // name of the environment variable
  std::string secret;    // name of the secret in the backend's own store
  std::string key;       // entry of the secret
};

// Seconds; none: the environment's own limit.
struct TimeLimits {
  std::optional<int64_t> queue_seconds;  // accepted until a backend is asked
  std::optional<int64_t> start_seconds;  // backend asked until the driver runs
  std::optional<int64_t> run_seconds;    // driver runs until it has ended
};

struct RetryPolicy {
  int32_t maximum_retries = 3;  // attempts after the first
  int64_t delay_seconds = 30;   // before the second; doubles with each further one
};

// Who is told of a run, and of what.
struct Alerting {
  bool on_failure = true;  // it has failed, timed out or was lost
  bool on_success = false;
  std::optional<int64_t> sla_seconds;  // it has not succeeded so long after its submission
  std::vector<std::string> channels;   // addresses, or names that the platform team gives one
};

enum class SizingMode { kOff, kAdvise, kApply };

struct JobSpec {
  std::string name;
  std::string team;
  std::string owner;        // mail address, or empty
  std::string environment;  // "local", "test", "staging", "prod" or an own name
  std::string name_space;   // Kubernetes namespace; empty: by the team's rule
  std::map<std::string, std::string> labels;

  JobType type = JobType::kBatch;
  Application application;
  // "spark-oss": Apache Spark; "spark-dbr": Databricks' runtime; "hearth": the embedded engine, no JVM;
  // empty: by backend.
  std::string engine_type;
  std::string engine_version;  // "3.5"
  std::string image;           // resolved; empty where no image is used
  Resources resources;
  // Paths (as in the canonical manifest, "resources.executor.memory") that somebody wrote down: sizing leaves
  // these alone.
  std::set<std::string> given;
  std::map<std::string, std::string> spark_config;
  std::map<std::string, std::string> environment_variables;
  std::vector<SecretReference> secrets;

  TimeLimits limits;
  RetryPolicy retry;
  Alerting alerting;
  SizingMode sizing = SizingMode::kOff;
  int32_t priority = 0;  // higher goes first within a team
  std::string backend;   // "local", "kubernetes"; empty: the environment's own
  std::string cluster;   // asked for by name; empty: placement decides
};

// Canonical JSON: keys sorted, no spaces, defaults left out. Two equal specs have equal texts.
std::string ToJson(const JobSpec& spec);
// Reads what ToJson wrote. Errors: kIllegalArgument names the field.
base::Result<JobSpec> JobSpecFromJson(std::string_view text);

// "4g", "512m", "1536" (MiB), "2Gi": MiB. None when the text is no size.
std::optional<int64_t> ParseMemoryMib(std::string_view text);
// 4096 -> "4g", 1536 -> "1536m", as Spark's settings take it.
std::string MemoryText(int64_t mib);

}  // namespace hearth::manifest
