#include "runner/admission.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace hearth::runner {
namespace {

constexpr int64_t kMicroseconds = 1000000;

int64_t Overhead(const manifest::ProcessSize& size) {
  return size.overhead_mib.value_or(std::max<int64_t>(384, size.memory_mib / 10));
}

int64_t Executors(const manifest::Resources& resources) {
  return std::max(resources.executor_instances, resources.maximum_instances.value_or(0));
}

}  // namespace

int64_t TotalCores(const manifest::JobSpec& spec) {
  return spec.resources.driver.cores + Executors(spec.resources) * spec.resources.executor.cores;
}

int64_t TotalMemoryMib(const manifest::JobSpec& spec) {
  const manifest::Resources& resources = spec.resources;
  return resources.driver.memory_mib + Overhead(resources.driver) +
         Executors(resources) * (resources.executor.memory_mib + Overhead(resources.executor));
}

const EnvironmentPolicy& Policy::Environment(const std::string& name) const {
  static const EnvironmentPolicy kDefault;
  const auto found = environments.find(name);
  return found == environments.end() ? kDefault : found->second;
}

const TeamLimits& Policy::Team(const std::string& name) const {
  const auto found = teams.find(name);
  return found == teams.end() ? other_teams : found->second;
}

Ledger::Ledger(const Policy& policy, const std::vector<Use>& uses) : policy_(policy) {
  for (const Use& use : uses) {
    for (Taken* taken : {&teams_[use.team], &backends_[use.backend]}) {
      taken->runs += use.runs;
      taken->cores += use.cores;
      taken->memory_mib += use.memory_mib;
    }
  }
}

std::string Ledger::Over(const std::string& whose, const Taken& taken, const TeamLimits& limits,
                         int64_t cores, int64_t memory_mib) {
  if (limits.runs > 0 && taken.runs + 1 > limits.runs) {
    return fmt::format("{}: {} of {} runs are taken", whose, taken.runs, limits.runs);
  }
  if (limits.cores > 0 && taken.cores + cores > limits.cores) {
    return fmt::format("{}: {} of {} cores are taken, {} are asked for", whose, taken.cores, limits.cores,
                       cores);
  }
  if (limits.memory_mib > 0 && taken.memory_mib + memory_mib > limits.memory_mib) {
    return fmt::format("{}: {} of {} memory is taken, {} is asked for", whose,
                       manifest::MemoryText(taken.memory_mib), manifest::MemoryText(limits.memory_mib),
                       manifest::MemoryText(memory_mib));
  }
  return "";
}

std::string Ledger::WhatBlocks(const std::string& team, const std::string& backend, int64_t cores,
                               int64_t memory_mib) const {
  const auto taken = [](const std::map<std::string, Taken>& all, const std::string& name) {
    const auto found = all.find(name);
    return found == all.end() ? Taken() : found->second;
  };
  std::string blocked =
      Over(fmt::format("team {}", team), taken(teams_, team), policy_.Team(team), cores, memory_mib);
  const auto limits = policy_.backends.find(backend);
  if (!blocked.empty() || limits == policy_.backends.end()) return blocked;
  return Over(fmt::format("backend {}", backend), taken(backends_, backend), limits->second, cores,
              memory_mib);
}

std::string Ledger::WhatForbids(const std::string& team, const std::string& backend, int64_t cores,
                                int64_t memory_mib) const {
  const auto over = [&](const std::string& whose, const TeamLimits& limits) -> std::string {
    if (limits.cores > 0 && cores > limits.cores) {
      return fmt::format("it asks for {} cores, and {} may have {}", cores, whose, limits.cores);
    }
    if (limits.memory_mib > 0 && memory_mib > limits.memory_mib) {
      return fmt::format("it asks for {} memory, and {} may have {}", manifest::MemoryText(memory_mib), whose,
                         manifest::MemoryText(limits.memory_mib));
    }
    return "";
  };
  std::string forbidden = over("team " + team, policy_.Team(team));
  const auto limits = policy_.backends.find(backend);
  if (!forbidden.empty() || limits == policy_.backends.end()) return forbidden;
  return over("backend " + backend, limits->second);
}

void Ledger::Take(const std::string& team, const std::string& backend, int64_t cores, int64_t memory_mib) {
  for (Taken* taken : {&teams_[team], &backends_[backend]}) {
    ++taken->runs;
    taken->cores += cores;
    taken->memory_mib += memory_mib;
  }
}

double Ledger::Share(const std::string& team) const {
  const auto found = teams_.find(team);
  const double cores = found == teams_.end() ? 0 : static_cast<double>(found->second.cores);
  return cores / std::max(policy_.Team(team).weight, 1e-9);
}

Turns::Turns(std::vector<Run> waiting, const Policy& policy, int64_t now) {
  const double step = static_cast<double>(std::max<int64_t>(policy.ageing_seconds, 1) * kMicroseconds);
  const auto rank = [&](const Run& run) {
    return run.spec.priority + static_cast<double>(now - run.created_at) / step;
  };
  for (Run& run : waiting) teams_[run.team].push_back(std::move(run));
  for (auto& [team, runs] : teams_) {
    std::ranges::stable_sort(runs, [&](const Run& a, const Run& b) {
      return std::make_pair(rank(a), b.created_at) < std::make_pair(rank(b), a.created_at);
    });
  }
}

bool Turns::Next(const Ledger& ledger, Run* run) {
  const auto next = std::ranges::min_element(
      teams_, {}, [&](const auto& entry) { return std::make_pair(ledger.Share(entry.first), entry.first); });
  if (next == teams_.end()) return false;
  *run = std::move(next->second.back());
  next->second.pop_back();
  if (next->second.empty()) teams_.erase(next);
  return true;
}

}  // namespace hearth::runner
