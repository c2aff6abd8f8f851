// The files of the string family, entered by AddString.
#pragma once

#include "engine/functions/registry.h"

namespace hearth::engine {

void AddStringSlices(EngineFunctions& functions);
void AddStringMeasures(EngineFunctions& functions);
void AddStringTexts(EngineFunctions& functions);
void AddStringJoins(EngineFunctions& functions);
void AddStringEncodings(EngineFunctions& functions);
void AddStringFormats(EngineFunctions& functions);
void AddLike(EngineFunctions& functions);

}  // namespace hearth::engine
