// The explicit list of function families; registry.cc calls each once.
#pragma once

#include "plan/functions/registry.h"

namespace hearth::plan {

void AddStringFunctions(FunctionTable& table);
void AddRegexpFunctions(FunctionTable& table);
void AddUrlFunctions(FunctionTable& table);
void AddJsonFunctions(FunctionTable& table);
void AddDatetimeFunctions(FunctionTable& table);
void AddIntervalFunctions(FunctionTable& table);
void AddArrayFunctions(FunctionTable& table);
void AddMapFunctions(FunctionTable& table);
void AddStructFunctions(FunctionTable& table);
void AddLambdaFunctions(FunctionTable& table);
void AddGeneratorFunctions(FunctionTable& table);
void AddInternalFunctions(FunctionTable& table);

}  // namespace hearth::plan
