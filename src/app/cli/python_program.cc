#include "app/cli/python_program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

extern char** environ;

namespace hearth::app {
namespace {

using std::chrono::steady_clock;

// The first line of the answer is the line that is wrong, the rest says what; nothing when nothing is.
constexpr const char* kParser = R"(
import sys
try:
    with open(sys.argv[1], "rb") as file:
        compile(file.read(), sys.argv[1], "exec", dont_inherit=True)
except SyntaxError as mistake:
    print(mistake.lineno or 0, type(mistake).__name__ + ": " + str(mistake.msg), sep="\n")
except (ValueError, OSError, RecursionError, MemoryError) as mistake:
    print(0, mistake, sep="\n")
)";
constexpr size_t kLongestAnswer = 64 * 1024;

base::Error Wrong(base::ErrorKind kind, std::string message) {
  base::Error error;
  error.kind = kind;
  error.message = std::move(message);
  return error;
}

base::Result<pid_t> Spawn(std::vector<std::string>& words, const posix_spawn_file_actions_t* actions) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = -1;
  const int code = ::posix_spawnp(&pid, arguments[0], actions, nullptr, arguments.data(), environ);
  if (code == 0) return pid;
  return Wrong(base::ErrorKind::kIllegalArgument,
               fmt::format("{} cannot be started: {}", words[0], std::strerror(code)));
}

int Wait(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// What comes until the other end closes; false when the time is up before.
bool ReadAll(int descriptor, steady_clock::time_point end, std::string* text) {
  char buffer[4096];
  while (text->size() < kLongestAnswer) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - steady_clock::now());
    pollfd waited = {descriptor, POLLIN, 0};
    const int ready = left.count() <= 0 ? 0 : ::poll(&waited, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t count = ::read(descriptor, buffer, sizeof(buffer));
    if (count <= 0) return true;
    text->append(buffer, static_cast<size_t>(count));
  }
  return true;
}

}  // namespace

base::Result<int> RunPythonProgram(std::vector<std::string> words, const std::string& address,
                                   bool to_error) {
  ::setenv("SPARK_REMOTE", fmt::format("sc://{}", address).c_str(), 1);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (to_error) ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  const auto pid = Spawn(words, &actions);
  ::posix_spawn_file_actions_destroy(&actions);
  if (!pid.ok()) return std::move(*pid.error());
  return Wait(*pid);
}

base::Result<std::optional<PythonMistake>> CheckPythonFile(const std::string& python, const std::string& file,
                                                           std::chrono::milliseconds limit) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return base::InternalError(std::strerror(errno));
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  // Isolated: what lies beside the file, and the user's own packages, are not imported.
  std::vector<std::string> words = {python, "-I", "-S", "-W", "ignore", "-c", kParser, file};
  const auto pid = Spawn(words, &actions);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  std::string answer;
  const bool is_whole = pid.ok() && ReadAll(ends[0], steady_clock::now() + limit, &answer);
  ::close(ends[0]);
  if (!pid.ok()) return std::move(*pid.error());
  if (!is_whole) ::kill(*pid, SIGKILL);
  const int code = Wait(*pid);
  if (!is_whole) {
    return Wrong(base::ErrorKind::kDeadlineExceeded,
                 fmt::format("{} took too long to read {}", python, file));
  }
  if (code != 0) {
    return Wrong(base::ErrorKind::kIllegalArgument, fmt::format("{} ended with exit code {}", python, code));
  }
  const size_t line_end = answer.find('\n');
  if (line_end == std::string::npos) return std::optional<PythonMistake>();
  PythonMistake mistake{std::atoi(answer.c_str()), answer.substr(line_end + 1)};
  while (mistake.message.ends_with('\n')) mistake.message.pop_back();
  return std::optional<PythonMistake>(std::move(mistake));
}

}  // namespace hearth::app
