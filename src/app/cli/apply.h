// `hearth plan`, `hearth apply` and `hearth delete`: what manifests declare, made so on a server.
#pragma once

#include "app/cli/command.h"

namespace hearth::app {

void InstallPlan(CLI::App& parser, int& exit_code);
void InstallApply(CLI::App& parser, int& exit_code);
void InstallDelete(CLI::App& parser, int& exit_code);

inline constexpr Command kPlanCommand = {"plan", "What applying manifests would do", InstallPlan};
inline constexpr Command kApplyCommand = {"apply", "Declare jobs, schedules and clusters by manifests",
                                          InstallApply};
inline constexpr Command kDeleteCommand = {"delete", "Remove what manifests declared", InstallDelete};

}  // namespace hearth::app
