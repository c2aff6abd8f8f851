// mode() as Spark chooses among equally frequent values.
#pragma once

#include "engine/functions/registry.h"

namespace hearth::engine {

// spark_mode_of(MAP of value to count).
void AddMode(EngineFunctions& functions);

}  // namespace hearth::engine
