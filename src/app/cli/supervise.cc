#include "app/cli/supervise.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "runner/backends/local/supervisor.h"

namespace hearth::app {

void InstallSupervise(CLI::App& parser, int& exit_code) {
  // The backend opens it.
  constexpr int kReadyDescriptor = 3;
  const auto directory = std::make_shared<std::string>();
  parser.add_option("directory", *directory)->required();
  parser.group("");
  parser.callback([directory, &exit_code] {
    // Whoever started us waits for this process only: the one that goes on is nobody's child.
    const pid_t child = ::fork();
    if (child != 0) ::_exit(child < 0 ? 1 : 0);
    exit_code = runner::local::Supervise(*directory, kReadyDescriptor);
  });
}

}  // namespace hearth::app
