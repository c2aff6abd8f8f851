// `hearth job`: submit, watch and cancel jobs on a server.
#pragma once

#include "app/cli/command.h"

namespace hearth::app {

void InstallJob(CLI::App& parser, int& exit_code);

inline constexpr Command kJobCommand = {"job", "Submit, watch and cancel jobs", InstallJob};

}  // namespace hearth::app
