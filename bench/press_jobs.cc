// How many submissions and checks a second the runner takes: press_jobs FOLDER LIVE SECONDS prints one JSON
// object. The runner, its store (SQLite below FOLDER) and its gRPC door are those of `hearth serve`; attempts
// are played, so that LIVE runs can be running at once. First 16 clients submit them as fast as they are
// taken. Then, for SECONDS, clients on connections of their own submit 200 and check 2,000 a second, by the
// clock: a call that waits for the one before it has the wait in its time.
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <hearth/control/v1/control.grpc.pb.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "app/job_requests.h"
#include "front/control/grpc_server.h"
#include "front/control/job_service.h"
#include "front/identity/audit_log.h"
#include "runner/service.h"
#include "runner/testing/scripted_backend.h"

namespace {

using namespace hearth;  // NOLINT(google-build-using-namespace): a program of one file
namespace pb = hearth::control::v1;
using Steady = std::chrono::steady_clock;

constexpr int kClients = 16;
constexpr int kSubmitters = 4;
constexpr int kCheckers = 8;
constexpr double kSubmissionsPerSecond = 200;
constexpr double kChecksPerSecond = 2000;
constexpr auto kPatience = std::chrono::minutes(5);
constexpr int kJobNames = 200;

double SecondsSince(Steady::time_point begin) {
  return std::chrono::duration<double>(Steady::now() - begin).count();
}

// Runs for longer than the measure takes.
runner::testing::ScriptedBackend::Script WriteScript(const runner::Attempt&) {
  runner::testing::ScriptedBackend::Script script;
  script.start_seconds = 1;
  script.run_seconds = 3600;
  script.outcome.succeeded = true;
  return script;
}

class Client {
 public:
  explicit Client(const std::string& address) {
    grpc::ChannelArguments options;
    options.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
    stub_ = pb::JobService::NewStub(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), options));
  }
  // The run's id.
  std::string Submit(const std::string& key, int number) {
    pb::SubmitRequest request;
    request.set_name(fmt::format("job-{}", number % kJobNames));
    request.set_team(fmt::format("team-{}", number % 8));
    request.set_user("bench");
    request.set_idempotency_key(key);
    request.mutable_config()->set_spark_version("4.3");
    request.mutable_config()->mutable_sql()->set_query("select 1");
    pb::SubmitResponse response;
    Require([&](grpc::ClientContext* context) { return stub_->Submit(context, request, &response); });
    return response.job_id();
  }
  pb::JobStatus Check(const std::string& id) {
    pb::CheckRequest request;
    request.set_job_id(id);
    request.set_brief(true);  // as programs that poll do
    pb::Job job;
    Require([&](grpc::ClientContext* context) { return stub_->Check(context, request, &job); });
    return job.status();
  }
  bool HasAny(pb::JobStatus status) {
    pb::ListRequest request;
    request.set_status(status);
    request.set_limit(1);
    pb::ListResponse response;
    Require([&](grpc::ClientContext* context) { return stub_->List(context, request, &response); });
    return response.jobs_size() > 0;
  }

 private:
  static void Require(const std::function<grpc::Status(grpc::ClientContext*)>& call) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    const grpc::Status status = call(&context);
    if (status.ok()) return;
    std::fprintf(stderr, "%s\n", status.error_message().c_str());
    std::exit(1);
  }
  std::unique_ptr<pb::JobService::Stub> stub_;
};

void Fork(int threads, const std::function<void(int)>& work) {
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) running.emplace_back(work, i);
  for (auto& thread : running) thread.join();
}

// The runner behind its door.
class Server {
 public:
  explicit Server(const std::string& folder)
      : database_(Need(runner::OpenSqlite(folder + "/jobs.db", true))),
        runner_(Need(runner::StartRunner(*database_, Backends(), Options(), clock_))),
        audit_(Need(front::identity::OpenAuditLog(folder + "/audit.log", size_t{64} << 20))),
        service_({.runner = *runner_,
                  .authenticator = *open_,
                  .audit = *audit_,
                  .clock = clock_,
                  .read_spec = app::JobRequestReader("local", platform_, clock_),
                  .public_url = ""}),
        door_(Need(front::control::StartGrpcServer(service_, calls_, timer_, {.address = "127.0.0.1:0"}))) {}
  ~Server() {
    door_->Stop(std::chrono::system_clock::now());
    timer_.Stop();
    calls_.Stop();
    runner_->Stop();
  }
  const std::string& address() const { return door_->address(); }

 private:
  template <typename T>
  static T Need(base::Result<T> result) {
    if (result.ok()) return std::move(*result);
    std::fprintf(stderr, "%s\n", result.error()->message.c_str());
    std::exit(1);
  }
  std::vector<std::unique_ptr<runner::Backend>> Backends() {
    std::vector<std::unique_ptr<runner::Backend>> backends;
    backends.push_back(std::make_unique<runner::testing::ScriptedBackend>("local", clock_, WriteScript));
    return backends;
  }
  static runner::RunnerOptions Options() {
    runner::RunnerOptions options;
    options.server = "bench";
    return options;
  }

  base::SystemClock clock_;
  manifest::Platform platform_ = manifest::DefaultPlatform();
  std::unique_ptr<runner::Database> database_;
  std::unique_ptr<runner::RunnerService> runner_;
  std::unique_ptr<front::identity::Authenticator> open_ = front::identity::MakeOpenAuthenticator();
  std::unique_ptr<front::identity::AuditSink> audit_;
  front::control::JobService service_;
  base::ThreadPool calls_{"calls", 16, 2000};
  base::Timer timer_;
  std::unique_ptr<front::control::GrpcServer> door_;
};

// Calls by the clock, `per_second` together, until the end; answers the times of all in milliseconds, sorted.
std::vector<double> Pace(const std::string& address, int clients, double per_second, double seconds,
                         const std::function<void(Client&, int client, int number)>& call) {
  std::mutex mutex;
  std::vector<double> times;
  Fork(clients, [&](int client) {
    Client connection(address);
    const auto step =
        std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(clients / per_second));
    std::vector<double> mine;
    auto due = Steady::now();
    const auto end =
        due + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds));
    for (int number = 0; due < end; ++number, due += step) {
      std::this_thread::sleep_until(due);
      call(connection, client, number);
      mine.push_back(SecondsSince(due) * 1000);
    }
    std::lock_guard lock(mutex);
    times.insert(times.end(), mine.begin(), mine.end());
  });
  std::ranges::sort(times);
  return times;
}

double Quantile(const std::vector<double>& sorted, double share) {
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(static_cast<double>(sorted.size()) * share))];
}

void Measure(const Server& server, int live, double seconds) {
  std::vector<std::string> ids(static_cast<size_t>(live));
  std::atomic<int> next = 0;
  const auto begin = Steady::now();
  Fork(kClients, [&](int) {
    Client client(server.address());
    for (int i = next++; i < live; i = next++)
      ids[static_cast<size_t>(i)] = client.Submit(fmt::format("key-{}", i), i);
  });
  const double filling = SecondsSince(begin);
  Client watcher(server.address());
  for (const auto status : {pb::ACCEPTED, pb::QUEUED, pb::SUBMITTED, pb::STARTING}) {
    while (watcher.HasAny(status)) {
      if (Steady::now() - begin > kPatience) {
        std::fprintf(stderr, "not all runs are running after %.0f seconds\n", SecondsSince(begin));
        std::exit(1);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
  }
  const double starting = SecondsSince(begin);

  std::vector<double> submissions;
  std::vector<double> checks;
  std::atomic<int> wrong = 0;
  const auto steady = Steady::now();
  std::thread submitters([&] {
    submissions = Pace(server.address(), kSubmitters, kSubmissionsPerSecond, seconds,
                       [&](Client& client, int of, int number) {
                         client.Submit(fmt::format("more-{}-{}", of, number), number);
                       });
  });
  checks =
      Pace(server.address(), kCheckers, kChecksPerSecond, seconds, [&](Client& client, int of, int number) {
        thread_local std::mt19937 random(static_cast<unsigned>(of * 7919 + number));
        if (client.Check(ids[random() % ids.size()]) != pb::RUNNING) ++wrong;
      });
  submitters.join();
  const double took = SecondsSince(steady);
  if (wrong > 0) {
    std::fprintf(stderr, "%d checks found a run that is not running\n", wrong.load());
    std::exit(1);
  }
  fmt::print(
      "{{\"live\": {}, \"filling_per_second\": {:.1f}, \"all_running_after\": {:.1f}, "
      "\"submissions_per_second\": {:.1f}, "
      "\"submit_p50_ms\": {:.2f}, \"submit_p99_ms\": {:.2f}, \"checks_per_second\": {:.1f}, "
      "\"check_p50_ms\": {:.2f}, "
      "\"check_p99_ms\": {:.2f}}}\n",
      live, live / filling, starting, static_cast<double>(submissions.size()) / took,
      Quantile(submissions, 0.5), Quantile(submissions, 0.99), static_cast<double>(checks.size()) / took,
      Quantile(checks, 0.5), Quantile(checks, 0.99));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fprintf(stderr, "usage: press_jobs FOLDER LIVE SECONDS\n");
    return 2;
  }
  std::filesystem::create_directories(arguments[1]);
  const Server server(arguments[1]);
  Measure(server, std::atoi(arguments[2]), std::atof(arguments[3]));
  return 0;
}
