#include "observability/metrics.h"

namespace hearth::observability {
namespace {

using enum MetricType;

const std::vector<double> kSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

const std::vector<double> kWaits = {0.1, 0.5, 1, 2.5, 5, 15, 30, 60, 300, 900, 3600, 14400, 86400};
const std::vector<double> kRuns = {1, 5, 15, 30, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400};

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
    {"hearth_jobs_live_by_state", kGauge, "Jobs that have not ended", {"state"}},
    {"hearth_schedules_suspended", kGauge, "Schedules and continuous jobs that failed too often", {}},
    {"hearth_retries_paused", kGauge, "1 while retries after this class of failure wait", {"class"}},
    // What this server stored; the sum over all servers of a store counts each thing once.
    {"hearth_jobs_submitted_total", kCounter, "Submissions taken: new ones, repeated ones", {"kind"}},
    {"hearth_jobs_ended_total", kCounter, "Jobs that have ended, by final state", {"state", "backend"}},
    {"hearth_job_attempts_total",
     kCounter,
     "Attempts that have ended, by class of failure (none: they succeeded)",
     {"backend", "class"}},
    {"hearth_job_retries_total", kCounter, "Failed attempts that another one follows", {"class"}},
    {"hearth_job_queue_seconds", kHistogram, "From the submission to the first attempt", {}, kWaits},
    {"hearth_job_start_seconds",
     kHistogram,
     "From an attempt's begin until its driver runs",
     {"backend"},
     kWaits},
    {"hearth_job_run_seconds", kHistogram, "How long an attempt's driver ran", {"backend", "result"}, kRuns},
    {"hearth_job_seconds", kHistogram, "From the submission to the end", {"state"}, kRuns},
    {"hearth_spans_total", kCounter, "Spans of jobs, by what became of them", {"result"}},
    {"hearth_job_callbacks_total", kCounter, "Tries to tell somebody of a job", {"kind", "result"}},
};

}  // namespace

std::span<const MetricRow> MetricRows() { return kRows; }

}  // namespace hearth::observability
