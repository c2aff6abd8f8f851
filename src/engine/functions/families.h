// The explicit list of function families on the engine's side; registry.cc calls each once.
#pragma once

#include "engine/functions/registry.h"

namespace hearth::engine {

void AddOperators(EngineFunctions& functions);
void AddIntegerArithmetic(EngineFunctions& functions);
void AddDecimalArithmetic(EngineFunctions& functions);
void AddConditional(EngineFunctions& functions);
void AddMath(EngineFunctions& functions);
void AddRounding(EngineFunctions& functions);
void AddNumberText(EngineFunctions& functions);
void AddRandom(EngineFunctions& functions);
void AddBitwise(EngineFunctions& functions);
void AddAggregates(EngineFunctions& functions);
void AddMoments(EngineFunctions& functions);
void AddPercentiles(EngineFunctions& functions);
void AddHyperLogLog(EngineFunctions& functions);
void AddHash(EngineFunctions& functions);
void AddCipher(EngineFunctions& functions);
void AddBitmap(EngineFunctions& functions);
void AddHistogram(EngineFunctions& functions);
void AddCasts(EngineFunctions& functions);
void AddSampling(EngineFunctions& functions);
void AddSortKeys(EngineFunctions& functions);
void AddString(EngineFunctions& functions);
void AddRegexp(EngineFunctions& functions);
void AddUrl(EngineFunctions& functions);
void AddJson(EngineFunctions& functions);
void AddDatetime(EngineFunctions& functions);
void AddInterval(EngineFunctions& functions);
void AddArray(EngineFunctions& functions);
void AddMap(EngineFunctions& functions);
void AddStruct(EngineFunctions& functions);
void AddLambda(EngineFunctions& functions);
void AddGenerator(EngineFunctions& functions);
void AddCsv(EngineFunctions& functions);
void AddVariant(EngineFunctions& functions);
void AddVector(EngineFunctions& functions);
void AddPrettyString(EngineFunctions& functions);

}  // namespace hearth::engine
