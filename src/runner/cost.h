// What an attempt cost: what it reserved, for as long as its driver ran, at the platform team's prices.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runner/policy.h"
#include "runner/run.h"

namespace hearth::runner {

struct Cost {
  double amount = 0;
  std::string currency;
};

// Writes the cost of an attempt that has ended beside its other numbers, as "cost_EUR". Without prices, or
// when its driver never ran, there is none. Cores and memory count as in admission: of dynamic allocation the
// most.
void PutCost(const Prices& prices, Attempt* attempt);

// What was written.
std::optional<Cost> CostOf(const Attempt& attempt);
// All attempts together, in the currency of the newest one that has a cost.
std::optional<Cost> CostOf(const std::vector<Attempt>& attempts);

}  // namespace hearth::runner
