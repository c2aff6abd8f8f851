// `hearth run`: one program on the embedded engine, from start to end: a Python program, or SQL.
#pragma once

#include "app/cli/command.h"

namespace hearth::app {

void InstallRun(CLI::App& parser, int& exit_code);

inline constexpr Command kRunCommand = {
    "run", "Run a PySpark program or SQL statements on the embedded engine", InstallRun};

}  // namespace hearth::app
