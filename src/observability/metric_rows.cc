#include "observability/metrics.h"

namespace hearth::observability {
namespace {

using enum MetricType;

const std::vector<double> kSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

const MetricRow kRows[] = {
    {"hearth_build_info", kGauge, "1, with the version as a label", {"version"}},
    {"hearth_start_time_seconds", kGauge, "When the server started, seconds since 1970", {}},
    {"hearth_control_calls_total", kCounter, "Calls of the control API on either door", {"call", "code"}},
    {"hearth_http_requests_total", kCounter, "Answered HTTP requests", {"method", "route", "status"}},
    {"hearth_http_request_seconds",
     kHistogram,
     "From a request's first byte to the start of its answer",
     {"method", "route"},
     kSeconds},
    {"hearth_jobs_waiting", kGauge, "Jobs that wait for their turn", {}},
    {"hearth_jobs_live", kGauge, "Jobs that a backend holds", {"team", "backend", "cluster"}},
    {"hearth_jobs_live_cores",
     kGauge,
     "Cores of the jobs that a backend holds",
     {"team", "backend", "cluster"}},
    {"hearth_jobs_live_memory_bytes",
     kGauge,
     "Memory of the jobs that a backend holds",
     {"team", "backend", "cluster"}},
};

}  // namespace

std::span<const MetricRow> MetricRows() { return kRows; }

}  // namespace hearth::observability
