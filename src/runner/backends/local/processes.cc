#include "runner/backends/local/processes.h"

#include <dirent.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <memory>
#include <sstream>

#include "runner/backends/local/attempt_directory.h"

namespace hearth::runner::local {
namespace {

std::string ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// "RssAnon:     123 kB"
int64_t Kilobytes(const std::string& status, const std::string& key) {
  const size_t at = status.find("\n" + key + ":");
  if (at == std::string::npos) return 0;
  const size_t digits = status.find_first_of("0123456789", at);
  if (digits == std::string::npos) return 0;
  int64_t value = 0;
  std::from_chars(status.data() + digits, status.data() + status.size(), value);
  return value;
}

void AddChildren(pid_t parent, std::vector<pid_t>* found) {
  std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", parent));
  for (pid_t child = 0; children >> child;) {
    found->push_back(child);
    AddChildren(child, found);
  }
}

}  // namespace

std::vector<pid_t> Descendants() {
  std::vector<pid_t> found;
  AddChildren(::getpid(), &found);
  return found;
}

std::vector<pid_t> ProcessesOf(const std::string& token) {
  std::vector<pid_t> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir("/proc"), ::closedir);
  if (!directory) return found;
  const std::string mark = fmt::format("{}={}", kTokenVariable, token);
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string name = entry->d_name;
    pid_t pid = 0;
    const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (code != std::errc() || end != name.data() + name.size() || pid == ::getpid()) continue;
    const std::string environment = '\0' + ReadWhole(fmt::format("/proc/{}/environ", pid));
    // Between two zeros: no other value may look like it.
    if (environment.find('\0' + mark + '\0') != std::string::npos) found.push_back(pid);
  }
  return found;
}

int64_t MemoryMib(const std::vector<pid_t>& processes) {
  int64_t kilobytes = 0;
  for (const pid_t pid : processes) {
    kilobytes += Kilobytes(ReadWhole(fmt::format("/proc/{}/status", pid)), "RssAnon");
  }
  return kilobytes / 1024;
}

void Signal(const std::vector<pid_t>& processes, int signal) {
  for (const pid_t pid : processes) ::kill(pid, signal);
}

}  // namespace hearth::runner::local
