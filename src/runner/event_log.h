// What Spark's event log says about a finished application, as numbers: what Check shows and sizing learns
// from.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace hearth::runner {

// Names end with their unit: tasks_completed, stages_completed, records_read, bytes_written,
// executor_cpu_time_ms, task_time_ms, gc_time_ms, spilled_bytes, driver_peak_heap_mib,
// executor_peak_heap_mib, executors. Sums over all tasks, peaks over all processes.
using Metrics = std::map<std::string, double>;

// Of the application whose log lies below `folder`; empty when there is none. Lines that are no events are
// passed over; reading ends after a bounded number of bytes.
Metrics ReadEventLogs(const std::filesystem::path& folder);

}  // namespace hearth::runner
