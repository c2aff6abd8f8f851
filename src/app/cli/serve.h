// `hearth serve`: the server, until it is told to stop.
#pragma once

#include "app/cli/command.h"

namespace hearth::app {

void InstallServe(CLI::App& parser, int& exit_code);

inline constexpr Command kServeCommand = {"serve", "Serve Spark clients", InstallServe};

}  // namespace hearth::app
