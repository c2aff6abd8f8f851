// `hearth supervise`: between the local backend and one attempt of a job. Not for people.
#pragma once

#include "app/cli/command.h"

namespace hearth::app {

void InstallSupervise(CLI::App& parser, int& exit_code);

inline constexpr Command kSuperviseCommand = {"supervise", "", InstallSupervise};

}  // namespace hearth::app
