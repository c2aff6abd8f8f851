// What matters of a pod of Spark's, in a few hundred bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runner/backends/kubernetes/json_fields.h"

namespace hearth::runner::kubernetes {

struct PodView {
  std::string uid;
  std::string name;
  std::string name_space;
  std::string attempt;  // label hearth/attempt
  std::string token;    // annotation hearth/attempt-token
  bool driver = false;  // else an executor
  std::string phase;
  // Why the pod as a whole failed: "Evicted", "NodeLost", or the reason of a DisruptionTarget condition.
  std::string pod_reason;
  std::string pod_message;
  bool disrupted = false;  // taken away: preemption, eviction, drain, taint
  bool unschedulable = false;
  bool scheduled = false;
  std::string schedule_message;
  // Of Spark's own container; a sidecar does not count.
  bool running = false;
  std::string waiting_reason;
  std::string waiting_message;
  bool terminated = false;
  std::optional<int32_t> exit_code;
  std::optional<int32_t> signal;
  std::string end_reason;  // "OOMKilled", "Error", "Completed"
  std::string end_message;
  int64_t started_at = 0;
  int64_t ended_at = 0;
  std::string exit_exception;  // annotation of Spark 4.1 and later, shortened

  bool operator==(const PodView&) const = default;
  // Spark's container has ended, or the pod will never run it.
  bool Over() const { return terminated || phase == "Succeeded" || phase == "Failed"; }
};

PodView ReadPod(const Json& pod);

// The state of Spark's container in a pod status, as Apache's operator keeps one without its pod.
void ReadPodStatus(const Json& status, bool driver, PodView& view);

}  // namespace hearth::runner::kubernetes
