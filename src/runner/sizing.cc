#include "runner/sizing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "runner/failure_classes.h"

namespace hearth::runner {
namespace {

using manifest::MemoryText;

constexpr size_t kRunsForConfidence = 10;
constexpr size_t kRunsBeforeShrinking = 5;
constexpr double kHeadroom = 1.3;        // over the peak that was seen
constexpr double kAfterShortage = 1.25;  // over the size that was too small
constexpr double kShrink = 0.8;          // the most that one step takes away
constexpr int64_t kStepMib = 512;
constexpr int64_t kSmallestMib = 1024;

int64_t RoundUp(double mib) { return static_cast<int64_t>(std::ceil(mib / kStepMib)) * kStepMib; }

// What one kind of process needed in the past.
struct Needs {
  std::vector<double> peaks;  // of attempts that ended well
  int64_t too_small_mib = 0;  // the largest size that did not do
  size_t since_shortage = 0;  // attempts that ended well, newer than that
  int64_t last_mib = 0;       // the size of the newest one
};

Needs NeedsOf(const std::vector<Attempt>& history, const char* metric,
              manifest::ProcessSize manifest::Resources::* size,
              const std::vector<std::string_view>& shortages) {
  Needs needs;
  for (const Attempt& attempt : history) {
    const int64_t mib = (attempt.spec.resources.*size).memory_mib;
    if (needs.last_mib == 0) needs.last_mib = mib;
    if (std::ranges::find(shortages, attempt.failure.failure_class) != shortages.end()) {
      needs.too_small_mib = std::max(needs.too_small_mib, mib);
      continue;
    }
    if (!attempt.outcome.succeeded) continue;
    if (needs.too_small_mib == 0) ++needs.since_shortage;
    const auto peak = attempt.outcome.metrics.find(metric);
    if (peak != attempt.outcome.metrics.end() && peak->second > 0) needs.peaks.push_back(peak->second);
  }
  return needs;
}

double Percentile95(std::vector<double> values) {
  std::ranges::sort(values);
  const auto place = static_cast<size_t>(std::ceil(0.95 * static_cast<double>(values.size()))) - 1;
  return values[std::min(place, values.size() - 1)];
}

struct Advice {
  int64_t mib = 0;
  std::string reason;
};

std::optional<Advice> Advise(const Needs& needs, int64_t asked) {
  if (needs.peaks.empty() && needs.too_small_mib == 0) return std::nullopt;
  double wanted = 0;
  std::string reason;
  if (!needs.peaks.empty()) {
    const double peak = Percentile95(needs.peaks);
    wanted = peak * kHeadroom;
    reason = fmt::format("{} runs peaked at {:.0f} MiB", needs.peaks.size(), peak);
  }
  if (needs.too_small_mib > 0) {
    wanted = std::max(wanted, static_cast<double>(needs.too_small_mib) * kAfterShortage);
    reason += fmt::format("{}{} was too little", reason.empty() ? "" : "; ", MemoryText(needs.too_small_mib));
  }
  const int64_t from = needs.last_mib > 0 ? needs.last_mib : asked;
  int64_t target = std::max(RoundUp(wanted), kSmallestMib);
  if (target < from) {
    if (needs.since_shortage < kRunsBeforeShrinking) return std::nullopt;
    target = std::max(target, RoundUp(static_cast<double>(from) * kShrink));
  }
  if (target == asked) return std::nullopt;
  return Advice{target, reason};
}

}  // namespace

Recommendation Recommend(const manifest::JobSpec& spec, const std::vector<Attempt>& history) {
  Recommendation recommendation;
  recommendation.resources = spec.resources;
  const auto apply = [&](const char* what, const char* path, const char* metric,
                         manifest::ProcessSize manifest::Resources::* size,
                         const std::vector<std::string_view>& shortages) {
    int64_t& mib = (recommendation.resources.*size).memory_mib;
    const auto advice = Advise(NeedsOf(history, metric, size, shortages), mib);
    if (!advice) return;
    const bool is_given = spec.given.contains(path);
    recommendation.text +=
        fmt::format("{}{} {} -> {} ({}){}", recommendation.text.empty() ? "" : "; ", what, MemoryText(mib),
                    MemoryText(advice->mib), advice->reason, is_given ? ", left as the manifest says" : "");
    if (!is_given) mib = advice->mib;
  };
  apply("driver memory", "resources.driver.memory", "driver_peak_heap_mib", &manifest::Resources::driver,
        {"driver-heap-oom", "driver-container-oom"});
  if (spec.resources.executor_instances > 0) {
    apply("executor memory", "resources.executor.memory", "executor_peak_heap_mib",
          &manifest::Resources::executor, {"executor-heap-oom", "executor-container-oom"});
  }
  const auto ended_well = static_cast<size_t>(
      std::ranges::count_if(history, [](const Attempt& attempt) { return attempt.outcome.succeeded; }));
  recommendation.confidence =
      std::min(1.0, static_cast<double>(ended_well) / static_cast<double>(kRunsForConfidence));
  return recommendation;
}

}  // namespace hearth::runner
