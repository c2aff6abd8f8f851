#include <CLI/CLI.hpp>

#include "app/cli/commands.h"
#include "app/cli/version.h"

int main(int argument_count, char** arguments) {
  CLI::App parser("Hearth: the Spark platform in one native binary", "hearth");
  parser.set_version_flag("--version", [] { return hearth::app::VersionText(); });
  parser.require_subcommand(1);
  int exit_code = 0;
  for (const hearth::app::Command& command : hearth::app::Commands()) {
    command.install(*parser.add_subcommand(command.name, command.summary), exit_code);
  }
  try {
    parser.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    return parser.exit(error);
  }
  return exit_code;
}
