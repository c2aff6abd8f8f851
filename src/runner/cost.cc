#include "runner/cost.h"

#include <algorithm>

#include "runner/admission.h"

namespace hearth::runner {
namespace {

constexpr std::string_view kPrefix = "cost_";
constexpr double kMicrosecondsPerHour = 3600e6;
constexpr double kMibPerGib = 1024;

}  // namespace

void PutCost(const Prices& prices, Attempt* attempt) {
  if (prices.currency.empty() || attempt->started_at == 0) return;
  const double hours = static_cast<double>(std::max<int64_t>(0, attempt->ended_at - attempt->started_at)) /
                       kMicrosecondsPerHour;
  const double cores = static_cast<double>(TotalCores(attempt->spec));
  const double gib = static_cast<double>(TotalMemoryMib(attempt->spec)) / kMibPerGib;
  attempt->outcome.metrics[std::string(kPrefix) + prices.currency] =
      hours * (cores * prices.core_hour + gib * prices.gib_hour);
}

std::optional<Cost> CostOf(const Attempt& attempt) {
  const auto& metrics = attempt.outcome.metrics;
  const auto found = metrics.lower_bound(std::string(kPrefix));
  if (found == metrics.end() || !found->first.starts_with(kPrefix)) return std::nullopt;
  return Cost{found->second, found->first.substr(kPrefix.size())};
}

std::optional<Cost> CostOf(const std::vector<Attempt>& attempts) {
  std::optional<Cost> sum;
  for (auto attempt = attempts.rbegin(); attempt != attempts.rend(); ++attempt) {
    const auto cost = CostOf(*attempt);
    if (!cost) continue;
    if (!sum) {
      sum = cost;
    } else if (sum->currency == cost->currency) {
      sum->amount += cost->amount;
    }
  }
  return sum;
}

}  // namespace hearth::runner
