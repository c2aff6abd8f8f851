// What operators ask over HTTP: is it alive, is it ready, how is it doing.
#pragma once

#include <atomic>
#include <vector>

#include "front/web/router.h"
#include "observability/metrics.h"
#include "runner/runner.h"

namespace hearth::app {

// /healthz, /readyz and /metrics. Everything outlives the routes; `is_ready` turns false when the server
// stops.
std::vector<front::web::Route> ServiceRoutes(observability::Metrics& metrics, runner::Runner& runner,
                                             const std::atomic<bool>& is_ready);

}  // namespace hearth::app
