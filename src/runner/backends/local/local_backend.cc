#include "runner/backends/local/local_backend.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "base/clock.h"
#include "runner/backends/local/attempt_directory.h"
#include "runner/backends/local/processes.h"
#include "runner/datasets.h"
#include "runner/event_log.h"

extern char** environ;

namespace hearth::runner::local {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kWatchPeriod{250};
constexpr int kReadyMilliseconds = 5000;

base::Error Fail(base::ErrorKind kind, std::string message) {
  base::Error error;
  error.kind = kind;
  error.message = std::move(message);
  return error;
}

// How much of the log's end is searched for the cause of a failure.
constexpr int64_t kEvidenceBytes = 256 << 10;

std::string HostName() {
  char name[256] = "localhost";
  ::gethostname(name, sizeof name - 1);
  return name;
}

// Starts a supervisor that belongs to nobody here: its parent exits at once. True when it holds the attempt's
// lock, or somebody else does.
bool SpawnSupervisor(const std::string& hearth, const AttemptDirectory& directory) {
  int ready[2];
  if (::pipe2(ready, O_CLOEXEC) != 0) return false;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  constexpr int kReadyDescriptor = 3;
  posix_spawn_file_actions_adddup2(&actions, ready[1], kReadyDescriptor);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0);
  }
  // It outlives this server, whose ports and files must not stay open in it, whoever opened them.
  posix_spawn_file_actions_addclosefrom_np(&actions, kReadyDescriptor + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  const std::string path = directory.path().string();
  const char* arguments[] = {hearth.c_str(), "supervise", path.c_str(), nullptr};
  pid_t pid = -1;
  const int code =
      ::posix_spawnp(&pid, hearth.c_str(), &actions, &attributes, const_cast<char**>(arguments), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ready[1]);
  bool is_ready = false;
  if (code == 0) {
    pollfd watched = {ready[0], POLLIN, 0};
    char byte = 0;
    is_ready = ::poll(&watched, 1, kReadyMilliseconds) == 1 && ::read(ready[0], &byte, 1) == 1;
    // `hearth supervise` forks once more and returns: nothing is left to wait for later.
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
  }
  ::close(ready[0]);
  return is_ready;
}

class LocalBackend final : public Backend {
 public:
  explicit LocalBackend(LocalOptions options)
      : options_(std::move(options)),
        root_(options_.directory),
        place_(fmt::format("{}:{}", HostName(), options_.directory)),
        watcher_([this] { Watch(); }) {}

  ~LocalBackend() override {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    stop_.notify_all();
    watcher_.join();
  }

  std::string_view name() const override { return "local"; }

  // Executors of their own only for jobs that ask for them: otherwise tasks run in the driver.
  void Complete(manifest::JobSpec* spec) const override {
    const bool asks_for_executors = spec->given.contains("resources.executor.instances");
    if (!asks_for_executors || RunsOnHearth(*spec, options_.programs)) {
      spec->resources.executor_instances = 0;
      spec->resources.minimum_instances.reset();
      spec->resources.maximum_instances.reset();
    }
  }

  base::Result<std::string> Place(const manifest::JobSpec& spec) override {
    Attempt attempt;
    attempt.spec = spec;
    HEARTH_RETURN_IF_ERROR(CommandFor(attempt, options_.programs, options_.directory));
    return place_;
  }

  bool Reaches(const std::string& cluster) const override { return cluster == place_; }

  base::Result<Observation> Create(const Attempt& attempt) override {
    const AttemptDirectory directory(root_, attempt.token);
    HEARTH_ASSIGN(Command command, CommandFor(attempt, options_.programs, directory.path().string()));
    command.grace_seconds = options_.grace_seconds;
    HEARTH_RETURN_IF_ERROR(directory.Make(command));
    std::error_code ignored;
    for (const char* name : {"events", "scratch"}) fs::create_directories(directory.path() / name, ignored);
    if (!directory.ReadEnded() && !SpawnSupervisor(options_.programs.hearth, directory)) {
      return Fail(base::ErrorKind::kUnknownOutcome, "its supervisor did not answer");
    }
    {
      std::lock_guard lock(mutex_);
      watched_.insert(attempt.token);
    }
    return See(directory);
  }

  base::Result<Observation> Observe(const AttemptReference& attempt) override {
    const AttemptDirectory directory(root_, attempt.token);
    Observation seen = See(directory);
    if (seen.progress == Progress::kStarting || seen.progress == Progress::kRunning) {
      std::lock_guard lock(mutex_);
      watched_.insert(attempt.token);
    }
    return seen;
  }

  base::Status Stop(const AttemptReference& attempt, StopUrgency urgency) override {
    const AttemptDirectory directory(root_, attempt.token);
    if (directory.Exists() && !directory.ReadEnded()) directory.WriteStop(urgency);
    return {};
  }

  base::Result<LogPage> ReadLog(const AttemptReference& attempt, int64_t offset, int64_t limit) override {
    const AttemptDirectory directory(root_, attempt.token);
    if (!directory.Exists()) return Fail(base::ErrorKind::kNoSuchElement, "the log is gone");
    return directory.ReadLog(offset, limit);
  }

  base::Status Remove(const AttemptReference& attempt) override {
    const AttemptDirectory directory(root_, attempt.token);
    if (!directory.Exists()) return {};
    if (!directory.ReadEnded()) {
      directory.WriteStop(StopUrgency::kForced);
      return Fail(base::ErrorKind::kUnavailable, "its processes still run");
    }
    directory.RemoveAll();
    return {};
  }

  void SetListener(Listener listener) override {
    std::lock_guard lock(mutex_);
    listener_ = std::move(listener);
  }

 private:
  static Outcome OutcomeOf(const AttemptDirectory& directory, const Ending& ending);
  static Observation See(const AttemptDirectory& directory);
  static void BuryDead(const AttemptDirectory& directory);
  void Watch();

  const LocalOptions options_;
  const fs::path root_;
  const std::string place_;  // this machine's folder, among those of other servers
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopped_ = false;
  Listener listener_;
  std::set<std::string> watched_;  // tokens that have not ended
  std::thread watcher_;
};

Outcome LocalBackend::OutcomeOf(const AttemptDirectory& directory, const Ending& ending) {
  Outcome outcome;
  outcome.exit_code = ending.exit_code;
  outcome.signal = ending.signal;
  outcome.reason = ending.reason;
  outcome.message = ending.message;
  outcome.succeeded = ending.exit_code == 0 && ending.reason.empty();
  outcome.log_tail = directory.ReadLog(-kEvidenceBytes, kEvidenceBytes).text;
  EventLog log = ReadEventLogs(directory.path() / "events");
  outcome.metrics = std::move(log.metrics);
  DatasetCollector written;
  written.Add(ReadWritten(directory.path() / kWrittenFile));
  written.Add(log.written);
  outcome.written = written.Take();
  outcome.metrics["peak_memory_mib"] = static_cast<double>(ending.peak_memory_mib);
  outcome.metrics["cpu_seconds"] = ending.cpu_seconds;
  return outcome;
}

Observation LocalBackend::See(const AttemptDirectory& directory) {
  Observation seen;
  if (!directory.Exists()) return seen;
  // First the ending, then the lock: one that ends in between is seen as running, never as gone.
  auto ended = directory.ReadEnded();
  const auto started = directory.StartedAt();
  seen.started_at = started.value_or(0);
  seen.native_id = directory.token();
  if (!ended) {
    const int lock = directory.Lock();
    if (lock < 0) {
      seen.progress = started ? Progress::kRunning : Progress::kStarting;
      return seen;
    }
    ::close(lock);
    ended = directory.ReadEnded();
    if (!ended && !started) return Observation();  // made, never started: as if it were not there
    if (!ended) {
      seen.progress = Progress::kRunning;
      seen.message = "its supervisor died; what is left of it is being ended";
      return seen;
    }
  }
  seen.progress = Progress::kEnded;
  seen.ended_at = ended->ended_at;
  seen.outcome = OutcomeOf(directory, *ended);
  return seen;
}

// The supervisor was killed: its program with it, but perhaps not what that had started. Nothing of it may
// run when the end is told.
void LocalBackend::BuryDead(const AttemptDirectory& directory) {
  if (directory.ReadEnded() || !directory.StartedAt()) return;
  const int lock = directory.Lock();
  if (lock < 0) return;
  if (!directory.ReadEnded()) {
    Signal(ProcessesOf(directory.token()), SIGKILL);
    if (ProcessesOf(directory.token()).empty()) {
      Ending ending;
      ending.signal = SIGKILL;
      ending.reason = "SupervisorLost";
      ending.message = "its supervisor was killed, and the program with it";
      ending.ended_at = base::SystemClock().NowMicroseconds();
      directory.WriteEnded(ending);
    }
  }
  ::close(lock);
}

void LocalBackend::Watch() {
  std::unique_lock lock(mutex_);
  std::set<std::string> running;
  while (!stop_.wait_for(lock, kWatchPeriod, [this] { return stopped_; })) {
    const std::set<std::string> tokens = watched_;
    const Listener listener = listener_;
    lock.unlock();
    std::vector<std::string> ended;
    for (const std::string& token : tokens) {
      const AttemptDirectory directory(root_, token);
      BuryDead(directory);
      const bool has_ended = directory.ReadEnded().has_value() || !directory.Exists();
      const bool is_news = has_ended || (directory.StartedAt() && running.insert(token).second);
      if (has_ended) {
        ended.push_back(token);
        running.erase(token);
      }
      if (is_news && listener) listener(token);
    }
    lock.lock();
    for (const std::string& token : ended) watched_.erase(token);
  }
}

}  // namespace

base::Result<std::unique_ptr<Backend>> OpenLocalBackend(LocalOptions options) {
  std::error_code code;
  const fs::path directory = fs::absolute(options.directory, code).lexically_normal();
  if (!code) fs::create_directories(directory, code);
  if (code) {
    return Fail(base::ErrorKind::kIllegalArgument,
                fmt::format("the directory {} cannot be made: {}", options.directory, code.message()));
  }
  options.directory = directory.string();
  return std::unique_ptr<Backend>(std::make_unique<LocalBackend>(std::move(options)));
}

}  // namespace hearth::runner::local
