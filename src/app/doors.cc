#include "app/doors.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <utility>

#include "app/audit.h"
#include "app/backends.h"
#include "app/job_requests.h"
#include "app/platform.h"
#include "app/run_metrics.h"
#include "app/run_traces.h"
#include "app/service_routes.h"
#include "base/thread_pool.h"
#include "base/timer.h"
#include "base/uuid.h"
#include "base/version.h"
#include "front/control/grpc_server.h"
#include "front/control/job_service.h"
#include "front/control/rest.h"
#include "front/identity/audit_log.h"
#include "front/identity/authenticators.h"
#include "front/web/http_server.h"
#include "observability/metrics.h"
#include "runner/service.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr int kDatabaseConnections = 8;
constexpr int kCallThreads = 16;
constexpr size_t kQueuedCalls = 2000;
constexpr size_t kAuditBytes = size_t{64} << 20;
// For spans that no collector has taken when the server stops.
constexpr std::chrono::seconds kSpanTime{2};

base::Error Wrong(std::string message) {
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = std::move(message);
  return error;
}

// A folder of jobs belongs to one server, or to several on this machine that share a store.
class FolderLock {
 public:
  FolderLock() = default;
  ~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  base::Status Take(const fs::path& folder, bool is_shared) {
    std::error_code code;
    fs::create_directories(folder, code);
    if (code)
      return Wrong(fmt::format("the folder {} for jobs cannot be made: {}", folder.string(), code.message()));
    descriptor_ = ::open((folder / "lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
    if (descriptor_ < 0)
      return Wrong(fmt::format("the folder {} for jobs cannot be written", folder.string()));
    if (::flock(descriptor_, (is_shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0)
      return Wrong(fmt::format("another server uses the folder {} for jobs (--jobs-dir)", folder.string()));
    return {};
  }

 private:
  int descriptor_ = -1;
};

front::identity::IdentityOptions IdentityOf(const DoorSettings& doors) {
  front::identity::IdentityOptions options;
  options.token_file = doors.token_file;
  options.jwt = {.key_set = doors.jwt_keys,
                 .issuer = doors.jwt_issuer,
                 .audience = doors.jwt_audience,
                 .user_claim = doors.jwt_user_claim,
                 .team_claim = doors.jwt_team_claim};
  return options;
}

base::Status Check(const DoorSettings& doors) {
  const auto identity = IdentityOf(doors);
  if (doors.wants_http())
    HEARTH_RETURN_IF_ERROR(front::identity::CheckListenAddress(identity, "--http", doors.http));
  if (doors.wants_control())
    HEARTH_RETURN_IF_ERROR(front::identity::CheckListenAddress(identity, "--control", doors.control));
  if (doors.certificate_file.empty() != doors.key_file.empty())
    return Wrong("--tls-cert and --tls-key belong together");
  if (!doors.store.empty() && !doors.store.starts_with("postgresql://") &&
      !doors.store.starts_with("postgres://"))
    return Wrong(fmt::format("--job-store: '{}' is no postgresql:// address", doors.store));
  return {};
}

// Members in the order in which they need one another; destroyed the other way round.
class OpenedDoors final : public Doors {
 public:
  OpenedDoors(const ServerSettings& settings, const base::Clock& clock)
      : settings_(settings),
        clock_(clock),
        metrics_(observability::MetricRows()),
        run_metrics_(metrics_),
        calls_("control", kCallThreads, kQueuedCalls) {}
  ~OpenedDoors() override { Stop(std::chrono::system_clock::now()); }

  base::Status Open(const fs::path& folder) {
    const DoorSettings& wanted = settings_.doors;
    if (!wanted.wants_http() && !wanted.wants_control()) return {};
    HEARTH_RETURN_IF_ERROR(OpenRunner(folder));
    if (wanted.wants_http()) HEARTH_RETURN_IF_ERROR(OpenHttp());
    if (wanted.wants_control()) HEARTH_RETURN_IF_ERROR(OpenControl());
    return {};
  }

  void Note(const base::Error& error) {
    notes_.push_back("Some doors for jobs stay closed: " + error.message);
  }

  const std::vector<std::string>& notes() const override { return notes_; }

  void Stop(std::chrono::system_clock::time_point deadline) override {
    if (std::exchange(is_stopped_, true)) return;
    is_ready_ = false;
    const auto steady = std::chrono::steady_clock::now() + (deadline - std::chrono::system_clock::now());
    if (http_) http_->Stop(steady);
    if (grpc_) grpc_->Stop(deadline);
    timer_.Stop();
    calls_.WaitUntilIdle(steady);
    calls_.Stop();
    if (audit_) audit_->Stop();
    if (runner_) runner_->Stop();
    if (span_exporter_) span_exporter_->Stop(std::chrono::steady_clock::now() + kSpanTime);
  }

 private:
  base::Status OpenRunner(const fs::path& folder) {
    const std::string& store = settings_.doors.store;
    HEARTH_RETURN_IF_ERROR(lock_.Take(folder, !store.empty()));
    if (store.empty()) {
      HEARTH_ASSIGN(database_, runner::OpenSqlite((folder / "jobs.db").string(), true));
    } else {
      HEARTH_ASSIGN(database_, runner::OpenPostgres(store, kDatabaseConnections));
    }
    HEARTH_ASSIGN(authenticator_, front::identity::MakeAuthenticator(IdentityOf(settings_.doors), clock_));
    HEARTH_ASSIGN(auto file, front::identity::OpenAuditLog((folder / "audit.jsonl").string(), kAuditBytes));
    Platform platform = DefaultPlatform();
    if (const std::string& path = settings_.doors.platform_file; !path.empty()) {
      HEARTH_ASSIGN(platform, ReadPlatform(path));
    }
    HEARTH_ASSIGN(auto backends, OpenBackends(settings_, platform, folder.string()));
    HEARTH_ASSIGN(manifest_platform_, ReadManifestPlatform(settings_.doors.platform_file));
    runner::RunnerOptions options;
    options.policy = platform.policy;
    options.platform = &manifest_platform_;
    options.observers = {&run_metrics_};
    // The same name again after a restart: runs of the server before are taken up at once.
    options.server = store.empty() ? "server" : "server-" + base::RandomUuid().substr(0, 13);
    OpenTraces(&options);
    HEARTH_ASSIGN(runner_, runner::StartRunner(*database_, std::move(backends), std::move(options), clock_));
    audit_ = std::make_unique<Audit>(std::move(file), *database_, platform.audit, clock_);
    service_ = std::make_unique<front::control::JobService>(front::control::JobServiceParts{
        *runner_, *authenticator_, *audit_, clock_,
        JobRequestReader(settings_.doors.environment, manifest_platform_, clock_), settings_.doors.public_url,
        [this](std::string_view call, std::string_view code) {
          metrics_["hearth_control_calls_total"].Add({call, code});
        },
        &runner_->definitions(), settings_.doors.environment,
        [this](const runner::AuditFilter& filter) { return runner::Store(*database_).AuditRows(filter); }});
    return {};
  }

  void OpenTraces(runner::RunnerOptions* options) {
    if (settings_.doors.otlp_endpoint.empty()) return;
    observability::SpanExporterOptions exporter;
    exporter.endpoint = settings_.doors.otlp_endpoint;
    exporter.headers = *ReadOtlpHeaders(settings_.doors.otlp_headers);
    exporter.resource = {{"service.name", "hearth"},
                         {"service.version", std::string(base::kHearthVersion)},
                         {"service.instance.id", options->server}};
    exporter.observe = [this](std::string_view result, size_t count) {
      metrics_["hearth_spans_total"].Add({result}, static_cast<double>(count));
    };
    span_exporter_ = observability::StartSpanExporter(std::move(exporter));
    run_traces_ = std::make_unique<RunTraces>(*span_exporter_);
    options->observers.push_back(run_traces_.get());
    options->policy.exports_spans = true;
  }

  // A store that does not answer leaves the gauges as they were.
  void CountJobs() {
    runner::Store store(*database_);
    if (const auto waiting = store.CountWaiting(); waiting.ok())
      metrics_["hearth_jobs_waiting"].Set({}, static_cast<double>(*waiting));
    if (auto live = store.CountLive(); live.ok()) {
      for (size_t number = 0; number < runner::kRunStates; ++number) {
        const auto state = static_cast<runner::RunState>(number);
        if (runner::IsFinal(state)) continue;
        metrics_["hearth_jobs_live_by_state"].Set({runner::StateName(state)},
                                                  static_cast<double>((*live)[state]));
      }
    }
    if (const auto suspended = runner_->definitions().CountSuspended(); suspended.ok())
      metrics_["hearth_schedules_suspended"].Set({}, static_cast<double>(*suspended));
    if (const auto pauses = store.Pauses(); pauses.ok()) {
      for (const runner::Pause& pause : *pauses)
        metrics_["hearth_retries_paused"].Set({pause.failure_class},
                                              pause.until > clock_.NowMicroseconds() ? 1 : 0);
    }
    const auto uses = store.Uses();
    if (!uses.ok()) return;
    for (const char* name : {"hearth_jobs_live", "hearth_jobs_live_cores", "hearth_jobs_live_memory_bytes"})
      metrics_[name].Clear();
    for (const runner::Use& use : *uses) {
      const auto set = [&](const char* name, int64_t value) {
        metrics_[name].Set({use.team, use.backend, use.cluster}, static_cast<double>(value));
      };
      set("hearth_jobs_live", use.runs);
      set("hearth_jobs_live_cores", use.cores);
      set("hearth_jobs_live_memory_bytes", use.memory_mib << 20);
    }
  }

  base::Status OpenHttp() {
    metrics_["hearth_build_info"].Set({base::kHearthVersion}, 1);
    metrics_["hearth_start_time_seconds"].Set({}, static_cast<double>(clock_.NowMicroseconds()) / 1e6);
    metrics_.OnCollect([this] { CountJobs(); });
    std::vector<front::web::Route> routes = front::control::RestRoutes(*service_);
    for (front::web::Route& route : ServiceRoutes(metrics_, *runner_, is_ready_))
      routes.push_back(std::move(route));
    router_ = std::make_unique<front::web::Router>(std::move(routes));
    front::web::HttpOptions options;
    options.address = settings_.doors.http;
    options.certificate_file = settings_.doors.certificate_file;
    options.key_file = settings_.doors.key_file;
    // Without tokens a web page of elsewhere must not reach us under a name of its own.
    if (!IdentityOf(settings_.doors).has_tokens()) options.accepts_host = front::identity::IsLoopback;
    options.observe = [this](const front::web::Request& request, const std::string& route, int status,
                             std::chrono::microseconds taken) {
      metrics_["hearth_http_requests_total"].Add({request.method, route, std::to_string(status)});
      metrics_["hearth_http_request_seconds"].Observe({request.method, route},
                                                      static_cast<double>(taken.count()) / 1e6);
    };
    HEARTH_ASSIGN(http_, front::web::StartHttpServer(*router_, calls_, options));
    notes_.push_back(fmt::format("Jobs over REST at {}://{}",
                                 settings_.doors.certificate_file.empty() ? "http" : "https",
                                 http_->address()));
    return {};
  }

  base::Status OpenControl() {
    front::control::GrpcOptions options;
    options.address = settings_.doors.control;
    options.certificate_file = settings_.doors.certificate_file;
    options.key_file = settings_.doors.key_file;
    HEARTH_ASSIGN(grpc_, front::control::StartGrpcServer(*service_, calls_, timer_, options));
    notes_.push_back(fmt::format("Jobs over gRPC at {}", grpc_->address()));
    return {};
  }

  const ServerSettings settings_;
  const base::Clock& clock_;
  observability::Metrics metrics_;
  RunMetrics run_metrics_;
  std::unique_ptr<observability::SpanExporter> span_exporter_;
  std::unique_ptr<RunTraces> run_traces_;
  std::atomic<bool> is_ready_{true};
  FolderLock lock_;
  manifest::Platform manifest_platform_;
  std::unique_ptr<runner::Database> database_;
  std::unique_ptr<front::identity::Authenticator> authenticator_;
  std::unique_ptr<Audit> audit_;
  std::unique_ptr<runner::RunnerService> runner_;
  std::unique_ptr<front::control::JobService> service_;
  std::unique_ptr<front::web::Router> router_;
  base::Timer timer_;
  base::ThreadPool calls_;
  std::unique_ptr<front::web::HttpServer> http_;
  std::unique_ptr<front::control::GrpcServer> grpc_;
  std::vector<std::string> notes_;
  bool is_stopped_ = false;
};

}  // namespace

base::Result<std::unique_ptr<Doors>> OpenDoors(const ServerSettings& settings, const std::string& warehouse,
                                               const base::Clock& clock) {
  const DoorSettings& wanted = settings.doors;
  HEARTH_RETURN_IF_ERROR(Check(wanted));
  auto doors = std::make_unique<OpenedDoors>(settings, clock);
  const fs::path folder = wanted.jobs_directory.empty() ? fs::path(warehouse).parent_path() / "hearth-jobs"
                                                        : fs::path(wanted.jobs_directory);
  const base::Status status = doors->Open(folder);
  if (!status.ok()) {
    if (wanted.is_configured()) return base::Error(*status.error());
    doors->Note(*status.error());
  }
  return std::unique_ptr<Doors>(std::move(doors));
}

}  // namespace hearth::app
