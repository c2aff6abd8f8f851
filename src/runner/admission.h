// Whose turn it is: limits for each team and backend, fair shares between teams, priority and age within one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runner/policy.h"
#include "runner/run.h"
#include "runner/store/store.h"

namespace hearth::runner {

// What admission counts a spec as: its driver and all its executors, overheads included.
int64_t TotalCores(const manifest::JobSpec& spec);
int64_t TotalMemoryMib(const manifest::JobSpec& spec);

// What is taken, updated as runs are admitted. Not thread-safe.
class Ledger {
 public:
  Ledger(const Policy& policy, const std::vector<Use>& uses);

  // Empty when the run fits; else what it waits for, in a sentence.
  std::string WhatBlocks(const std::string& team, const std::string& backend, int64_t cores,
                         int64_t memory_mib) const;
  // Empty when the run fits once nothing else runs; else which limit forbids it for ever, in a sentence.
  std::string WhatForbids(const std::string& team, const std::string& backend, int64_t cores,
                          int64_t memory_mib) const;
  void Take(const std::string& team, const std::string& backend, int64_t cores, int64_t memory_mib);
  // Runs per weight: the team with the least goes first.
  double Share(const std::string& team) const;

 private:
  struct Taken {
    int64_t runs = 0;
    int64_t cores = 0;
    int64_t memory_mib = 0;
  };
  static std::string Over(const std::string& whose, const Taken& taken, const TeamLimits& limits,
                          int64_t cores, int64_t memory_mib);

  const Policy& policy_;
  std::map<std::string, Taken> teams_;
  std::map<std::string, Taken> backends_;
};

// Gives waiting runs one after another in the order of admission; what was taken in between moves the next
// choice.
class Turns {
 public:
  Turns(std::vector<Run> waiting, const Policy& policy, int64_t now);
  // The next run of the team with the smallest share; false when none waits.
  bool Next(const Ledger& ledger, Run* run);

 private:
  std::map<std::string, std::vector<Run>> teams_;  // of each team the next run last
};

}  // namespace hearth::runner
