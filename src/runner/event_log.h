// What Spark's event log says about a finished application: numbers, which Check shows and sizing learns
// from, and what it wrote.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>

#include "runner/run.h"

namespace hearth::runner {

// Names end with their unit: tasks_completed, stages_completed, records_read, bytes_written,
// executor_cpu_time_ms, task_time_ms, gc_time_ms, spilled_bytes, driver_peak_heap_mib,
// executor_peak_heap_mib, executors. Sums over all tasks, peaks over all processes.
using Metrics = std::map<std::string, double>;

struct EventLog {
  Metrics metrics;
  Datasets written;
};

// Of the application whose log lies below `folder`; empty when there is none. Lines that are no events are
// passed over; reading ends after a bounded number of bytes, and after about `time`.
EventLog ReadEventLogs(const std::filesystem::path& folder,
                       std::chrono::seconds time = std::chrono::seconds(60));

}  // namespace hearth::runner
