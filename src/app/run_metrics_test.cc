#include "app/run_metrics.h"

#include <gtest/gtest.h>

namespace hearth::app {
namespace {

using runner::RunState;

constexpr int64_t kSecond = 1000000;

class RunMetricsTest : public ::testing::Test {
 protected:
  void Go(RunState state, bool with_attempt = true) {
    const RunState before = std::exchange(run_.state, state);
    counted_.OnTransition({before, run_, with_attempt ? &attempt_ : nullptr});
  }
  bool Has(const std::string& line) {
    return ("\n" + metrics_.Text()).find("\n" + line + "\n") != std::string::npos;
  }

  observability::Metrics metrics_{observability::MetricRows()};
  RunMetrics counted_{metrics_};
  runner::Run run_;
  runner::Attempt attempt_;
};

TEST_F(RunMetricsTest, CountEachStepOnce) {
  counted_.OnSubmitted(run_, true);
  counted_.OnSubmitted(run_, false);
  run_.created_at = 100 * kSecond;
  run_.submitted_at = attempt_.created_at = 103 * kSecond;
  run_.attempts = 1;
  run_.backend = attempt_.backend = "local";
  Go(RunState::kQueued, false);
  Go(RunState::kSubmitted);
  Go(RunState::kStarting);
  attempt_.started_at = 110 * kSecond;
  Go(RunState::kRunning);
  attempt_.phase = runner::AttemptPhase::kEnded;
  attempt_.ended_at = 150 * kSecond;
  attempt_.failure.failure_class = "node-eviction";
  Go(RunState::kRetrying);
  attempt_ = {};
  attempt_.backend = "local";
  run_.attempts = attempt_.number = 2;
  attempt_.created_at = 160 * kSecond;
  Go(RunState::kSubmitted);
  attempt_.phase = runner::AttemptPhase::kEnded;
  attempt_.started_at = 161 * kSecond;
  attempt_.ended_at = run_.ended_at = 170 * kSecond;
  attempt_.outcome.succeeded = true;
  Go(RunState::kSucceeded);
  counted_.OnCallback("end", runner::CallbackEnd::kTaken);
  EXPECT_TRUE(Has("hearth_jobs_submitted_total{kind=\"new\"} 1"));
  EXPECT_TRUE(Has("hearth_jobs_submitted_total{kind=\"repeated\"} 1"));
  EXPECT_TRUE(Has("hearth_jobs_ended_total{state=\"SUCCEEDED\",backend=\"local\"} 1"));
  EXPECT_TRUE(Has("hearth_job_attempts_total{backend=\"local\",class=\"node-eviction\"} 1"));
  EXPECT_TRUE(Has("hearth_job_attempts_total{backend=\"local\",class=\"none\"} 1"));
  EXPECT_TRUE(Has("hearth_job_retries_total{class=\"node-eviction\"} 1"));
  EXPECT_TRUE(Has("hearth_job_queue_seconds_sum 3"));
  EXPECT_TRUE(Has("hearth_job_queue_seconds_count 1"));
  EXPECT_TRUE(Has("hearth_job_start_seconds_sum{backend=\"local\"} 8"));
  EXPECT_TRUE(Has("hearth_job_start_seconds_count{backend=\"local\"} 2"));
  EXPECT_TRUE(Has("hearth_job_run_seconds_sum{backend=\"local\",result=\"failed\"} 40"));
  EXPECT_TRUE(Has("hearth_job_run_seconds_sum{backend=\"local\",result=\"succeeded\"} 9"));
  EXPECT_TRUE(Has("hearth_job_seconds_sum{state=\"SUCCEEDED\"} 70"));
  EXPECT_TRUE(Has("hearth_job_callbacks_total{kind=\"end\",result=\"taken\"} 1"));
}

TEST_F(RunMetricsTest, CountACancelledOneThatNeverRan) {
  Go(RunState::kCancelled, false);
  EXPECT_TRUE(Has("hearth_jobs_ended_total{state=\"CANCELLED\",backend=\"\"} 1"));
  EXPECT_FALSE(Has("hearth_job_queue_seconds_count 1"));
}

}  // namespace
}  // namespace hearth::app
