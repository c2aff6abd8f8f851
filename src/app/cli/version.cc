#include "app/cli/version.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/version.h"

namespace hearth::app {

std::string VersionText() {
  return fmt::format("hearth {} (Spark {})", base::kHearthVersion, base::kSparkVersion);
}

void InstallVersion(CLI::App& parser, int& exit_code) {
  parser.callback([&exit_code] {
    fmt::print("{}\n", VersionText());
    exit_code = 0;
  });
}

}  // namespace hearth::app
