// `hearth version`: what this build is and which Spark it speaks.
#pragma once

#include <string>

#include "app/cli/command.h"

namespace hearth::app {

// "hearth 0.1.0 (Spark 4.3.0)"
std::string VersionText();

void InstallVersion(CLI::App& parser, int& exit_code);

inline constexpr Command kVersionCommand = {"version", "Print the version", InstallVersion};

}  // namespace hearth::app
