// The explicit list of function families; registry.cc calls each once.
#pragma once

#include "plan/functions/registry.h"

namespace hearth::plan {

void AddOperatorFunctions(FunctionTable& table);
void AddConditionalFunctions(FunctionTable& table);
void AddMathFunctions(FunctionTable& table);
void AddBitwiseFunctions(FunctionTable& table);
void AddAggregateFunctions(FunctionTable& table);
void AddWindowFunctions(FunctionTable& table);
void AddHashFunctions(FunctionTable& table);
void AddContextFunctions(FunctionTable& table);
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
void AddCsvFunctions(FunctionTable& table);
void AddVariantFunctions(FunctionTable& table);
void AddVectorFunctions(FunctionTable& table);
void AddInternalFunctions(FunctionTable& table);

}  // namespace hearth::plan
