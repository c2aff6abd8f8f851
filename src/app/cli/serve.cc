#include "app/cli/serve.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "app/server.h"
#include "app/server_settings.h"

namespace hearth::app {
namespace {

struct ServeOptions {
  std::map<std::string, std::string> flags;
  std::string file;
};

// SIGTERM and SIGINT as a readable descriptor. Blocked here, before any thread starts, so that no thread is
// interrupted.
int OpenStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

// Returns at a stop signal or, when asked for, at the end of standard input. A second signal during the stop
// ends the process at once.
void WaitForStop(int signals, bool until_stdin_closes) {
  pollfd watched[2] = {{signals, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  const nfds_t count = until_stdin_closes ? 2 : 1;
  while (true) {
    if (::poll(watched, count, -1) < 0) continue;
    if (watched[0].revents != 0) return;
    if (count == 2 && watched[1].revents != 0) {
      char ignored[256];
      if (::read(STDIN_FILENO, ignored, sizeof ignored) <= 0) return;
    }
  }
}

int Fail(const base::Error& error) {
  fmt::print(stderr, "hearth serve: {}\n", error.message);
  return 2;
}

int Serve(const ServeOptions& options) {
  const auto variable = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  const std::string file = options.file.empty() ? variable("HEARTH_CONFIG").value_or("") : options.file;
  const auto settings = ReadServerSettings(options.flags, variable, file);
  if (!settings.ok()) return Fail(*settings.error());
  const int signals = OpenStopSignals();
  auto process = StartServerProcess(*settings);
  if (!process.ok()) return Fail(*process.error());
  fmt::print("Hearth listens at {}\n", (*process)->address());
  for (const std::string& note : (*process)->notes()) fmt::print("{}\n", note);
  std::fflush(stdout);
  WaitForStop(signals, settings->until_stdin_closes);
  // Whoever asks twice does not want to wait: the pending signal is taken, the next one ends the process.
  signalfd_siginfo taken;
  [[maybe_unused]] const ssize_t size = ::read(signals, &taken, sizeof taken);
  sigset_t impatient;
  sigemptyset(&impatient);
  sigaddset(&impatient, SIGINT);
  pthread_sigmask(SIG_UNBLOCK, &impatient, nullptr);
  (*process)->Stop();
  return 0;
}

}  // namespace

void InstallServe(CLI::App& parser, int& exit_code) {
  const auto options = std::make_shared<ServeOptions>();
  for (const SettingRow& row : SettingRows()) {
    const std::string name = row.name;
    if (*row.value == '\0') {
      parser.add_flag_callback("--" + name, [options, name] { options->flags[name] = "true"; }, row.meaning);
    } else {
      parser
          .add_option_function<std::string>(
              "--" + name, [options, name](const std::string& text) { options->flags[name] = text; },
              row.meaning)
          ->type_name(row.value);
    }
  }
  parser
      .add_option("--config", options->file,
                  "Read settings from a YAML file; flags and HEARTH_… variables win over it")
      ->type_name("FILE");
  parser.callback([options, &exit_code] { exit_code = Serve(*options); });
}

}  // namespace hearth::app
