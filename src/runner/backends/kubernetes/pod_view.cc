#include "runner/backends/kubernetes/pod_view.h"

#include <array>
#include <string_view>

#include "runner/backends/kubernetes/names.h"

namespace hearth::runner::kubernetes {
namespace {

constexpr size_t kLongestText = 2000;
constexpr size_t kLongestException = size_t{16} << 10;

std::string Shortened(std::string text, size_t longest = kLongestText) {
  if (text.size() > longest) {
    text.resize(longest);
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();
    if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xc0) text.pop_back();
  }
  return text;
}

// Spark's own container, by its names; else the first one.
const Json& SparkContainer(const Json& statuses, bool driver) {
  static const Json kNothing;
  const std::array<std::string_view, 2> names =
      driver ? std::array<std::string_view, 2>{kDriverContainer, kDriverContainer}
             : std::array<std::string_view, 2>{kExecutorContainer, "executor"};
  for (const Json& status : statuses) {
    const std::string name = TextAt(status, {"name"});
    if (name == names[0] || name == names[1]) return status;
  }
  return statuses.is_array() && !statuses.empty() ? statuses.front() : kNothing;
}

void ReadConditions(const Json& conditions, PodView& view) {
  for (const Json& condition : conditions) {
    const std::string type = TextAt(condition, {"type"});
    const bool holds = TextAt(condition, {"status"}) == "True";
    if (type == "PodScheduled") {
      view.scheduled = holds;
      view.unschedulable = !holds && TextAt(condition, {"reason"}) == "Unschedulable";
      if (view.unschedulable) view.schedule_message = Shortened(TextAt(condition, {"message"}));
    } else if (type == "DisruptionTarget" && holds) {
      view.disrupted = true;
      if (view.pod_reason.empty()) view.pod_reason = TextAt(condition, {"reason"});
      if (view.pod_message.empty()) view.pod_message = Shortened(TextAt(condition, {"message"}));
    }
  }
}

void ReadContainer(const Json& status, PodView& view) {
  const Json& state = FieldAt(status, {"state"});
  if (const Json& running = FieldAt(state, {"running"}); running.is_object()) {
    view.running = true;
    view.started_at = TimeAt(running, {"startedAt"});
  } else if (const Json& waiting = FieldAt(state, {"waiting"}); waiting.is_object()) {
    view.waiting_reason = TextAt(waiting, {"reason"});
    view.waiting_message = Shortened(TextAt(waiting, {"message"}));
  } else if (const Json& ended = FieldAt(state, {"terminated"}); ended.is_object()) {
    view.terminated = true;
    if (const auto code = IntegerAt(ended, {"exitCode"})) view.exit_code = static_cast<int32_t>(*code);
    if (const auto number = IntegerAt(ended, {"signal"}); number && *number != 0) {
      view.signal = static_cast<int32_t>(*number);
    } else if (view.exit_code && *view.exit_code > 128 && *view.exit_code < 128 + 65) {
      view.signal = *view.exit_code - 128;
    }
    view.end_reason = TextAt(ended, {"reason"});
    view.end_message = Shortened(TextAt(ended, {"message"}));
    view.started_at = TimeAt(ended, {"startedAt"});
    view.ended_at = TimeAt(ended, {"finishedAt"});
  }
}

}  // namespace

void ReadPodStatus(const Json& status, bool driver, PodView& view) {
  view.driver = driver;
  view.phase = TextAt(status, {"phase"});
  view.pod_reason = TextAt(status, {"reason"});
  view.pod_message = Shortened(TextAt(status, {"message"}));
  ReadConditions(FieldAt(status, {"conditions"}), view);
  ReadContainer(SparkContainer(FieldAt(status, {"containerStatuses"}), driver), view);
}

PodView ReadPod(const Json& pod) {
  PodView view;
  view.uid = TextAt(pod, {"metadata", "uid"});
  view.name = TextAt(pod, {"metadata", "name"});
  view.name_space = TextAt(pod, {"metadata", "namespace"});
  view.attempt = TextAt(pod, {"metadata", "labels", kAttemptLabel});
  view.token = TextAt(pod, {"metadata", "annotations", kTokenAnnotation});
  view.exit_exception =
      Shortened(TextAt(pod, {"metadata", "annotations", kExitExceptionAnnotation}), kLongestException);
  ReadPodStatus(FieldAt(pod, {"status"}), TextAt(pod, {"metadata", "labels", "spark-role"}) == "driver",
                view);
  return view;
}

}  // namespace hearth::runner::kubernetes
