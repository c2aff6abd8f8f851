// The files of the date and time family, entered by AddDatetime.
#pragma once

#include "engine/functions/registry.h"

namespace hearth::engine {

void AddDatetimeFields(EngineFunctions& functions);
void AddDatetimeArithmetic(EngineFunctions& functions);
void AddDatetimeTruncation(EngineFunctions& functions);
void AddDatetimeFormats(EngineFunctions& functions);
void AddDatetimeMakers(EngineFunctions& functions);

}  // namespace hearth::engine
