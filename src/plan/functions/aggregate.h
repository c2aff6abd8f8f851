// The parts of the aggregate family.
#pragma once

#include "plan/functions/registry.h"

namespace hearth::plan {

// Moments, correlation, regression, percentiles, mode, estimates.
void AddStatisticalAggregates(FunctionTable& table);

}  // namespace hearth::plan
