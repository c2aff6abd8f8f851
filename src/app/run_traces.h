// What becomes of runs, as spans: one for the run, below it one for each wait and each attempt, below that
// its start and its run.
#pragma once

#include "observability/span_exporter.h"
#include "runner/observer.h"

namespace hearth::app {

// A span is made when its end is stored, by the server that stored it. The exporter outlives it.
class RunTraces final : public runner::Observer {
 public:
  explicit RunTraces(observability::SpanExporter& exporter) : exporter_(exporter) {}

  void OnTransition(const runner::Transition& transition) override;

 private:
  observability::SpanExporter& exporter_;
};

}  // namespace hearth::app
