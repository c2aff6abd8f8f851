#include "app/server.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <filesystem>
#include <thread>
#include <utility>

#include "app/doors.h"
#include "base/clock.h"
#include "base/thread_pool.h"
#include "base/timer.h"
#include "base/uuid.h"
#include "base/version.h"
#include "engine/engine.h"
#include "front/connect/server.h"
#include "session/catalog_store.h"
#include "session/session_manager.h"
#include "session/settings_table.h"
#include "session/temporary_views.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kMaintenancePeriod{5};
// Threads that wait for files or for one another cost little; operations that compute share the engine's own
// threads.
constexpr int kRequestThreads = 16;
constexpr int kOperationThreads = 64;
constexpr size_t kQueuedRequests = 10000;
constexpr size_t kQueuedOperations = 1000;

base::Result<std::string> MakeWarehouse(const std::string& directory) {
  std::error_code code;
  const fs::path path = fs::absolute(directory, code).lexically_normal();
  if (!code) fs::create_directories(path, code);
  if (!code) return path.string();
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = fmt::format("the warehouse {} cannot be made: {}", directory, code.message());
  return error;
}

int ThreadCount(const ServerSettings& settings) {
  return settings.threads > 0 ? settings.threads
                              : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

// The user that this process runs as: the owner of what sessions make, as in Spark.
std::string ProcessUser() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry == nullptr ? std::to_string(::geteuid()) : entry->pw_name;
}

session::Configuration::Values InitialSettings(const ServerSettings& settings, const std::string& warehouse) {
  session::Configuration::Values values;
  values["spark.app.name"] = "Hearth";
  values["spark.master"] = fmt::format("local[{}]", ThreadCount(settings));
  values["spark.sql.warehouse.dir"] = "file:" + warehouse;
  for (const auto& [key, value] : settings.spark) values[key] = value;
  return values;
}

// Members in the order in which they need one another; destroyed the other way round.
class Process final : public ServerProcess {
 public:
  Process(const ServerSettings& settings, const std::string& warehouse, std::unique_ptr<plan::Engine> engine,
          session::WriteGuard* guard, session::WriteNotes* notes)
      : stop_time_(settings.stop_seconds),
        engine_(std::move(engine)),
        catalog_(session::MakeMemoryCatalogStore(warehouse)),
        noting_(notes == nullptr ? nullptr : session::Noting(*engine_, *catalog_, *notes)),
        requests_("requests", kRequestThreads, kQueuedRequests),
        operations_("operations", kOperationThreads, kQueuedOperations),
        scratch_(fs::temp_directory_path() /
                 fmt::format("hearth-{}-{}", ::getpid(), base::RandomUuid().substr(0, 8))),
        sessions_(MakeEnvironment(settings, warehouse, guard),
                  {.idle = std::chrono::seconds(settings.session_idle_seconds)}),
        door_{sessions_, requests_, operations_, timer_, clock_, std::string(base::kSparkVersion), {}} {}
  ~Process() override { Stop(); }

  base::Status Listen(const std::string& address) {
    HEARTH_ASSIGN(server_, front::connect::StartServer(door_, address));
    timer_.Every(kMaintenancePeriod, [this] { (void)requests_.Post([this] { sessions_.Maintain(); }); });
    return {};
  }

  base::Status OpenJobs(const ServerSettings& settings, const std::string& warehouse) {
    HEARTH_ASSIGN(doors_, OpenDoors(settings, warehouse, clock_));
    return {};
  }

  const std::string& address() const override { return server_->address(); }
  session::SessionManager& sessions() override { return sessions_; }
  const std::vector<std::string>& notes() const override { return doors_->notes(); }

  void Stop() override {
    const auto end = std::chrono::system_clock::now() + stop_time_;
    if (doors_) doors_->Stop(end);
    if (server_) server_->Stop(end);
    timer_.Stop();
    sessions_.Stop();
    const auto deadline = std::chrono::steady_clock::now() + stop_time_;
    requests_.WaitUntilIdle(deadline);
    operations_.WaitUntilIdle(deadline);
    requests_.Stop();
    operations_.Stop();
    std::error_code ignored;
    fs::remove_all(scratch_, ignored);
  }

 private:
  session::SessionEnvironment MakeEnvironment(const ServerSettings& settings, const std::string& warehouse,
                                              session::WriteGuard* guard) {
    plan::Engine& engine = noting_ ? *noting_ : *engine_;
    session::SessionEnvironment environment{engine,      *catalog_, global_views_,
                                            operations_, clock_,    InitialSettings(settings, warehouse),
                                            {},          scratch_,  ProcessUser()};
    environment.write_guard = guard;
    return environment;
  }

  const std::chrono::seconds stop_time_;
  const base::SystemClock clock_;
  const std::unique_ptr<plan::Engine> engine_;
  const std::unique_ptr<session::CatalogStore> catalog_;
  const std::unique_ptr<plan::Engine> noting_;  // the same engine; null: nobody asks what is written
  session::TemporaryViews global_views_;
  base::ThreadPool requests_;
  base::ThreadPool operations_;
  base::Timer timer_;
  const fs::path scratch_;
  session::SessionManager sessions_;
  front::connect::Door door_;
  std::unique_ptr<front::connect::Server> server_;
  std::unique_ptr<Doors> doors_;
};

}  // namespace

base::Result<std::unique_ptr<ServerProcess>> StartServerProcess(const ServerSettings& settings,
                                                                session::WriteGuard* guard,
                                                                session::WriteNotes* notes) {
  HEARTH_ASSIGN(const std::string warehouse, MakeWarehouse(settings.warehouse));
  plan::EngineOptions options;
  options.threads = ThreadCount(settings);
  options.memory_limit = settings.memory_limit;
  options.spill_directory = settings.spill_directory;
  HEARTH_ASSIGN(std::unique_ptr<plan::Engine> engine, engine::OpenEngine(options));
  auto process = std::make_unique<Process>(settings, warehouse, std::move(engine), guard, notes);
  HEARTH_RETURN_IF_ERROR(process->Listen(settings.listen));
  HEARTH_RETURN_IF_ERROR(process->OpenJobs(settings, warehouse));
  return std::unique_ptr<ServerProcess>(std::move(process));
}

}  // namespace hearth::app
