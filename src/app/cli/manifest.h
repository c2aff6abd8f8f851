// `hearth manifest`: check, print, compare and describe manifests. Needs no server.
#pragma once

#include "app/cli/command.h"

namespace hearth::app {

void InstallManifest(CLI::App& parser, int& exit_code);

inline constexpr Command kManifestCommand = {
    "manifest", "Check, print and compare manifests of jobs and clusters", InstallManifest};

}  // namespace hearth::app
