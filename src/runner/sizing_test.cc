#include "runner/sizing.h"

#include <gtest/gtest.h>

namespace hearth::runner {
namespace {

Attempt Ended(int64_t memory_mib, double peak_mib, const std::string& failure_class = "") {
  Attempt attempt;
  attempt.spec.resources.driver.memory_mib = memory_mib;
  attempt.spec.resources.executor_instances = 0;
  attempt.outcome.succeeded = failure_class.empty();
  attempt.outcome.metrics["driver_peak_heap_mib"] = peak_mib;
  attempt.failure.failure_class = failure_class;
  return attempt;
}

manifest::JobSpec Asking(int64_t memory_mib) {
  manifest::JobSpec spec;
  spec.resources.driver.memory_mib = memory_mib;
  spec.resources.executor_instances = 0;
  return spec;
}

TEST(Sizing, SaysNothingWithoutAHistory) {
  const Recommendation none = Recommend(Asking(4096), {});
  EXPECT_EQ(none.resources, Asking(4096).resources);
  EXPECT_TRUE(none.text.empty());
}

TEST(Sizing, ShrinksSlowlyAndOnlyAfterSeveralRuns) {
  EXPECT_EQ(Recommend(Asking(8192), {4, Ended(8192, 1000)}).resources.driver.memory_mib, 8192);
  const Recommendation fewer = Recommend(Asking(8192), {5, Ended(8192, 1000)});
  EXPECT_EQ(fewer.resources.driver.memory_mib, 6656) << "a fifth less";
  EXPECT_NE(fewer.text.find("5 runs peaked at 1000 MiB"), std::string::npos) << fewer.text;
  EXPECT_DOUBLE_EQ(fewer.confidence, 0.5);
}

TEST(Sizing, GrowsAtOnceWhenMemoryWasShort) {
  EXPECT_EQ(Recommend(Asking(1024), {Ended(1024, 1000, "driver-heap-oom")}).resources.driver.memory_mib,
            1536);
}

TEST(Sizing, LeavesWhatSomebodyWroteDown) {
  manifest::JobSpec spec = Asking(8192);
  spec.given.insert("resources.driver.memory");
  const Recommendation advice = Recommend(spec, {6, Ended(8192, 1000)});
  EXPECT_EQ(advice.resources.driver.memory_mib, 8192);
  EXPECT_NE(advice.text.find("left as the manifest says"), std::string::npos);
}

// Runs of one job over its life: what each would have needed is known; the recommendation must save memory
// and never be too small.
TEST(Sizing, SavesOnAReplayedHistoryWithoutAFailedRun) {
  std::vector<Attempt> history;
  double asked = 0;
  double granted = 0;
  for (int run = 0; run < 40; ++run) {
    const double needed = 1500 + 120 * (run % 7) + 5 * run;
    const Recommendation advice = Recommend(Asking(8192), history);
    const int64_t size = advice.resources.driver.memory_mib;
    EXPECT_GT(static_cast<double>(size), needed) << "run " << run;
    asked += 8192;
    granted += static_cast<double>(size);
    history.insert(history.begin(), Ended(size, needed));
    if (history.size() > 20) history.pop_back();
  }
  EXPECT_LT(granted, asked * 0.5);
}

}  // namespace
}  // namespace hearth::runner
