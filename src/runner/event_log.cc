#include "runner/event_log.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "runner/event_log_writes.h"

namespace hearth::runner {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int64_t kMostBytes = int64_t{512} << 20;
constexpr double kMib = 1024.0 * 1024.0;

double NumberAt(const json& value, const char* key) {
  const auto found = value.find(key);
  return found != value.end() && found->is_number() ? found->get<double>() : 0;
}

const json& RecordAt(const json& value, const char* key) {
  static const json kNothing = json::object();
  const auto found = value.find(key);
  return found != value.end() && found->is_object() ? *found : kNothing;
}

class Reader {
 public:
  explicit Reader(std::chrono::seconds time) : end_(std::chrono::steady_clock::now() + time) {}

  void ReadFile(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string line;
    while (bytes_ < kMostBytes && std::chrono::steady_clock::now() < end_ && std::getline(file, line)) {
      bytes_ += static_cast<int64_t>(line.size()) + 1;
      ReadLine(line);
    }
  }

  EventLog Take() {
    if (!metrics_.empty()) metrics_["executors"] = static_cast<double>(executors_.size());
    return {std::move(metrics_), writes_.Take()};
  }

 private:
  void ReadLine(const std::string& line) {
    // Parsing is what costs: most lines are events that say nothing of interest.
    constexpr std::string_view kMark = "\"Event\":\"";
    const size_t at = line.find(kMark);
    if (at == std::string::npos) return;
    const std::string_view event = std::string_view(line).substr(at + kMark.size());
    if (event.starts_with("SparkListenerTaskEnd\"")) {
      AddTask(json::parse(line, nullptr, false));
    } else if (event.starts_with("SparkListenerStageCompleted\"")) {
      metrics_["stages_completed"] += 1;
    } else if (event.starts_with("SparkListenerStageExecutorMetrics\"")) {
      AddPeaks(json::parse(line, nullptr, false));
    } else if (event.starts_with("SparkListenerExecutorAdded\"")) {
      const json added = json::parse(line, nullptr, false);
      if (added.is_object()) executors_.insert(added.value("Executor ID", ""));
    } else if (event.starts_with("org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart\"")) {
      writes_.OnStart(json::parse(line, nullptr, false));
    } else if (event.starts_with("org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd\"")) {
      writes_.OnEnd(json::parse(line, nullptr, false));
    } else if (event.starts_with("SparkListenerEnvironmentUpdate\"")) {
      writes_.OnEnvironment(json::parse(line, nullptr, false));
    } else if (writes_.WantsJobs() && event.starts_with("SparkListenerJobStart\"")) {
      writes_.OnJob(json::parse(line, nullptr, false));
    }
  }

  void AddTask(const json& event) {
    if (!event.is_object()) return;
    const json& task = RecordAt(event, "Task Metrics");
    const json& info = RecordAt(event, "Task Info");
    const json& input = RecordAt(task, "Input Metrics");
    const json& output = RecordAt(task, "Output Metrics");
    if (info.value("Failed", false)) {
      metrics_["tasks_failed"] += 1;
    } else {
      metrics_["tasks_completed"] += 1;
    }
    metrics_["executor_cpu_time_ms"] += NumberAt(task, "Executor CPU Time") / 1e6;
    metrics_["task_time_ms"] += NumberAt(task, "Executor Run Time");
    metrics_["gc_time_ms"] += NumberAt(task, "JVM GC Time");
    metrics_["spilled_bytes"] += NumberAt(task, "Disk Bytes Spilled");
    metrics_["bytes_read"] += NumberAt(input, "Bytes Read");
    metrics_["records_read"] += NumberAt(input, "Records Read");
    metrics_["bytes_written"] += NumberAt(output, "Bytes Written");
    metrics_["records_written"] += NumberAt(output, "Records Written");
  }

  void AddPeaks(const json& event) {
    if (!event.is_object()) return;
    const json& peaks = RecordAt(event, "Executor Metrics");
    const bool is_driver = event.value("Executor ID", "") == "driver";
    Raise(is_driver ? "driver_peak_heap_mib" : "executor_peak_heap_mib",
          NumberAt(peaks, "JVMHeapMemory") / kMib);
  }

  void Raise(const char* name, double value) {
    double& peak = metrics_[name];
    peak = std::max(peak, value);
  }

  const std::chrono::steady_clock::time_point end_;
  Metrics metrics_;
  std::set<std::string> executors_;
  WriteRecognizer writes_;
  int64_t bytes_ = 0;
};

}  // namespace

EventLog ReadEventLogs(const fs::path& folder, std::chrono::seconds time) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(folder, ignored)) {
    if (entry.is_regular_file(ignored) && !entry.path().filename().string().starts_with("appstatus")) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  Reader reader(time);
  for (const fs::path& file : files) reader.ReadFile(file);
  return reader.Take();
}

}  // namespace hearth::runner
