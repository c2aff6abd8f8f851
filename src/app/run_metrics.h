// What becomes of runs, as metrics.
#pragma once

#include "observability/metrics.h"
#include "runner/observer.h"

namespace hearth::app {

// The metrics outlive it. Labels are states, backends and classes of failure: never names of jobs.
class RunMetrics final : public runner::Observer {
 public:
  explicit RunMetrics(observability::Metrics& metrics);

  void OnSubmitted(const runner::Run& run, bool is_new) override;
  void OnTransition(const runner::Transition& transition) override;
  void OnCallback(const std::string& kind, runner::CallbackEnd end) override;

 private:
  void CountAttempt(const runner::Transition& transition);

  observability::Metric& submitted_;
  observability::Metric& ended_;
  observability::Metric& attempts_;
  observability::Metric& retries_;
  observability::Metric& queue_seconds_;
  observability::Metric& start_seconds_;
  observability::Metric& run_seconds_;
  observability::Metric& job_seconds_;
  observability::Metric& callbacks_;
};

}  // namespace hearth::app
