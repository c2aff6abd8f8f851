// The files of the array family, entered by AddArray.
#pragma once

#include "engine/functions/registry.h"

namespace hearth::engine {

void AddArraySearch(EngineFunctions& functions);
void AddArraySets(EngineFunctions& functions);
void AddArraySlices(EngineFunctions& functions);
void AddArrayItems(EngineFunctions& functions);
void AddArrayOrder(EngineFunctions& functions);
void AddSequence(EngineFunctions& functions);

}  // namespace hearth::engine
