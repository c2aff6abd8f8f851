#include "runner/backends/local/supervisor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <thread>

#include "base/clock.h"
#include "runner/backends/local/attempt_directory.h"
#include "runner/backends/local/processes.h"

namespace hearth::runner::local {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr milliseconds kTick{200};
constexpr milliseconds kMemoryPeriod{500};
constexpr seconds kLastOutput{2};
// A supervisor ends when its program has, and not before.
constexpr int kIgnoredSignals[] = {SIGPIPE, SIGHUP, SIGINT, SIGTERM};

// The job's output as pieces of bounded size.
class LogWriter {
 public:
  explicit LogWriter(const AttemptDirectory& directory) : directory_(directory) { Open(); }
  ~LogWriter() { ::close(file_); }

  void Write(const char* data, size_t size) {
    if (written_ - first_ >= kLogPieceBytes) {
      ::close(file_);
      Open();
    }
    while (size > 0) {
      const ssize_t count = ::write(file_, data, size);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;  // a full disk loses log lines, never the job
      data += count;
      size -= static_cast<size_t>(count);
      written_ += count;
    }
  }
  void Line(const std::string& text) {
    const std::string line = fmt::format("hearth: {}\n", text);
    Write(line.data(), line.size());
  }

 private:
  void Open() {
    first_ = written_;
    file_ = ::open(directory_.LogPiece(first_).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    std::vector<int64_t> pieces = directory_.LogPieces();
    for (size_t i = 0; i + kLogPieces < pieces.size(); ++i) {
      std::error_code ignored;
      std::filesystem::remove(directory_.LogPiece(pieces[i]), ignored);
    }
  }

  const AttemptDirectory& directory_;
  int file_ = -1;
  int64_t first_ = 0;
  int64_t written_ = 0;
};

class Supervisor {
 public:
  Supervisor(const AttemptDirectory& directory, Command command)
      : directory_(directory), command_(std::move(command)), log_(directory) {}

  void Run() {
    if (directory_.ReadStop())
      return WriteEnd("StoppedBeforeStart", "it was stopped before its program was started");
    if (!Start()) return;
    while (!has_ended_) {
      ReadOutput(kTick);
      Reap();
      Check();
    }
    ReadRest();
    // What the program left behind is no longer anybody's.
    EndAll();
    WriteEnd(reason_, message_);
  }

 private:
  bool Start();
  [[noreturn]] void BecomeProgram(int output);
  void ReadOutput(milliseconds time);
  void ReadRest();
  void Reap();
  void Check();
  void CheckMemory();
  void EndAll();
  void WriteEnd(const std::string& reason, const std::string& message);

  const AttemptDirectory& directory_;
  const Command command_;
  const base::SystemClock clock_;
  LogWriter log_;
  pid_t child_ = -1;
  int output_ = -1;
  bool has_ended_ = false;
  int status_ = 0;
  rusage usage_{};
  std::string reason_;
  std::string message_;
  int64_t peak_memory_mib_ = 0;
  steady_clock::time_point started_;
  steady_clock::time_point memory_seen_;
  std::optional<steady_clock::time_point> stop_since_;
};

bool Supervisor::Start() {
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) {
    WriteEnd("CannotStart", fmt::format("no pipe: {}", std::strerror(errno)));
    return false;
  }
  const int64_t now = clock_.NowMicroseconds();
  child_ = ::fork();
  if (child_ == 0) BecomeProgram(pipe[1]);
  ::close(pipe[1]);
  output_ = pipe[0];
  ::fcntl(output_, F_SETFL, O_NONBLOCK);
  if (child_ < 0) {
    WriteEnd("CannotStart", fmt::format("no process: {}", std::strerror(errno)));
    return false;
  }
  started_ = steady_clock::now();
  directory_.WriteStarted(child_, now);
  return true;
}

void Supervisor::BecomeProgram(int output) {
  ::setpgid(0, 0);
  // Without its supervisor nobody would hold it to its limits or write down its end.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // What the supervisor ignores would stay ignored, and the program could not be asked to end.
  for (const int signal : kIgnoredSignals) std::signal(signal, SIG_DFL);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  for (const auto& [name, value] : command_.environment) ::setenv(name.c_str(), value.c_str(), 1);
  ::setenv(kTokenVariable, directory_.token().c_str(), 1);
  std::vector<char*> arguments;
  for (const std::string& argument : command_.arguments)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  const int code = errno;
  const std::string text = fmt::format("hearth: {} cannot be run: {}\n", arguments[0], std::strerror(code));
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
  ::_exit(code == ENOENT ? 127 : 126);
}

void Supervisor::ReadOutput(milliseconds time) {
  if (output_ < 0) {
    ::poll(nullptr, 0, static_cast<int>(time.count()));
    return;
  }
  pollfd watched = {output_, POLLIN, 0};
  const auto until = steady_clock::now() + time;
  while (steady_clock::now() < until) {
    const auto left = std::chrono::duration_cast<milliseconds>(until - steady_clock::now());
    if (::poll(&watched, 1, static_cast<int>(left.count()) + 1) <= 0) return;
    char buffer[65536];
    const ssize_t count = ::read(output_, buffer, sizeof buffer);
    if (count > 0) {
      log_.Write(buffer, static_cast<size_t>(count));
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      ::close(output_);
      output_ = -1;
      return;
    }
    // An end is noticed at once, however much the program writes.
    Reap();
    if (has_ended_) return;
  }
}

// What is in the pipe when the program has ended; a child of it that lives on may hold the pipe open.
void Supervisor::ReadRest() {
  const auto until = steady_clock::now() + kLastOutput;
  while (output_ >= 0 && steady_clock::now() < until) {
    char buffer[65536];
    const ssize_t count = ::read(output_, buffer, sizeof buffer);
    if (count > 0) {
      log_.Write(buffer, static_cast<size_t>(count));
    } else {
      break;
    }
  }
}

void Supervisor::Reap() {
  while (true) {
    int status = 0;
    rusage usage{};
    const pid_t ended = ::wait4(-1, &status, WNOHANG, &usage);
    if (ended <= 0) return;
    if (ended != child_) continue;  // an orphan of the job's, handed to us as their reaper
    has_ended_ = true;
    status_ = status;
    usage_ = usage;
  }
}

void Supervisor::Check() {
  if (has_ended_) return;
  const auto now = steady_clock::now();
  CheckMemory();
  if (command_.run_seconds > 0 && now - started_ > seconds(command_.run_seconds) && reason_.empty()) {
    reason_ = "RunLimit";
    message_ = fmt::format("it ran longer than {} s", command_.run_seconds);
    log_.Line(message_);
    directory_.WriteStop(StopUrgency::kGraceful);
  }
  const auto stop = directory_.ReadStop();
  if (!stop) return;
  if (!stop_since_) {
    stop_since_ = now;
    log_.Line("asked to end");
    Signal(Descendants(), SIGTERM);
  }
  if (*stop == StopUrgency::kForced || now - *stop_since_ > seconds(command_.grace_seconds)) {
    Signal(Descendants(), SIGKILL);
  }
}

void Supervisor::CheckMemory() {
  const auto now = steady_clock::now();
  if (now - memory_seen_ < kMemoryPeriod) return;
  memory_seen_ = now;
  const std::vector<pid_t> processes = Descendants();
  const int64_t used = MemoryMib(processes);
  peak_memory_mib_ = std::max(peak_memory_mib_, used);
  if (command_.memory_limit_mib == 0 || used <= command_.memory_limit_mib || !reason_.empty()) return;
  reason_ = "MemoryLimit";
  message_ = fmt::format("its processes took {} MiB, the limit is {} MiB", used, command_.memory_limit_mib);
  log_.Line(message_);
  Signal(processes, SIGKILL);
}

void Supervisor::EndAll() {
  for (int i = 0; i < 50; ++i) {
    const std::vector<pid_t> left = Descendants();
    if (left.empty()) return;
    Signal(left, i < 5 ? SIGTERM : SIGKILL);
    std::this_thread::sleep_for(kTick / 4);
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
  }
}

void Supervisor::WriteEnd(const std::string& reason, const std::string& message) {
  Ending ending;
  ending.reason = reason;
  ending.message = message;
  ending.ended_at = clock_.NowMicroseconds();
  ending.peak_memory_mib = peak_memory_mib_;
  if (has_ended_) {
    if (WIFEXITED(status_)) ending.exit_code = WEXITSTATUS(status_);
    if (WIFSIGNALED(status_)) ending.signal = WTERMSIG(status_);
    ending.cpu_seconds = static_cast<double>(usage_.ru_utime.tv_sec + usage_.ru_stime.tv_sec) +
                         static_cast<double>(usage_.ru_utime.tv_usec + usage_.ru_stime.tv_usec) / 1e6;
  }
  directory_.WriteEnded(ending);
}

}  // namespace

int Supervise(const std::string& path, int ready_descriptor) {
  const std::filesystem::path whole(path);
  const AttemptDirectory directory(whole.parent_path(), whole.filename().string());
  const int lock = directory.Lock();
  const auto say_ready = [&] {
    [[maybe_unused]] const ssize_t written = ::write(ready_descriptor, "r", 1);
    ::close(ready_descriptor);
  };
  // A program is never started twice: whoever started it once owes the ending.
  if (lock < 0 || directory.StartedAt() || directory.ReadEnded()) {
    say_ready();
    return 0;
  }
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  for (const int signal : kIgnoredSignals) std::signal(signal, SIG_IGN);
  auto command = directory.ReadCommand();
  say_ready();
  if (!command.ok()) return 2;
  Supervisor(directory, std::move(*command)).Run();
  return 0;
}

}  // namespace hearth::runner::local
