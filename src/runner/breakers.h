// What stops tries that cannot help: a job whose runs end alike again and again, a class of failure that ends
// many runs at once. When is data: BreakerPolicy.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "runner/definitions.h"
#include "runner/policy.h"
#include "runner/store/store.h"

namespace hearth::runner {

// Many runs that one class of infrastructure failure ended within a short time are an outage: their next
// attempts wait until it may be over. What is known is kept in the store, so that the next server knows it
// too. Thread-safe. The store and the policy outlive it.
class SpikeBreaker {
 public:
  SpikeBreaker(Store& store, const Policy& policy) : store_(store), policy_(policy) {}

  // Looks, at most every few seconds, whether a pause has to begin. Never stands in the way: without an
  // answer of the store what was known holds.
  void Refresh(int64_t now);
  // Why runs that this class ended are not tried again now, and until when; none: they may be.
  std::optional<Pause> WhatPauses(const std::string& failure_class, int64_t now) const;

 private:
  Store& store_;
  const Policy& policy_;
  mutable std::mutex mutex_;
  int64_t looked_at_ = 0;
  std::map<std::string, Pause> pauses_;  // by class
};

// The schedule or the continuous job whose newest runs all ended with the same class of failure makes no more
// of them until somebody applies a change or resumes it.
class JobBreaker {
 public:
  // Everything outlives it.
  JobBreaker(Definitions& definitions, Store& store, const BreakerPolicy& policy, const base::Clock& clock)
      : definitions_(definitions), store_(store), policy_(policy), clock_(clock) {}

  // Suspends it when it is time to. True: it is suspended now.
  base::Result<bool> Judge(const Definition& definition);
  // Judges what is declared under the name of a run that has failed.
  base::Status JudgeAfter(const Run& run);

 private:
  Definitions& definitions_;
  Store& store_;
  const BreakerPolicy& policy_;
  const base::Clock& clock_;
};

}  // namespace hearth::runner
