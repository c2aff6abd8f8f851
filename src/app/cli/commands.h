// Every sub-command of the `hearth` program.
#pragma once

#include <span>

#include "app/cli/command.h"

namespace hearth::app {

std::span<const Command> Commands();

}  // namespace hearth::app
