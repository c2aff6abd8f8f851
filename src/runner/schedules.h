// Keeps what is declared going: schedules make a run at each due time, continuous jobs always have one that
// runs as declared.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "runner/breakers.h"
#include "runner/definitions.h"
#include "runner/store/store.h"

namespace hearth::runner {

// Calls of one server at a time (the role "schedules"). What it does is told by idempotency keys, so that a
// crash between a submission and its record makes no second run. All that it is given outlives it.
class ScheduleKeeper {
 public:
  ScheduleKeeper(Definitions& definitions, Store& store, Runner& runner, const manifest::Platform* platform,
                 const base::Clock& clock, BreakerPolicy breakers)
      : definitions_(definitions),
        store_(store),
        runner_(runner),
        platform_(platform),
        clock_(clock),
        policy_(breakers),
        breaker_(definitions, store, policy_, clock) {}

  // Does what is due now.
  void Tick();
  JobBreaker& breaker() { return breaker_; }

 private:
  base::Status KeepSchedule(Definition definition);
  base::Status KeepContinuous(Definition definition);
  base::Status EndUndeclared();
  base::Result<std::optional<Definition>> JobOf(const Definition& definition);
  base::Result<Run> Submit(const Definition& job, const std::string& key, int64_t date,
                           const std::string& zone);
  base::Result<std::optional<Run>> LiveRun(const Definition& definition);

  Definitions& definitions_;
  Store& store_;
  Runner& runner_;
  const manifest::Platform* const platform_;
  const base::Clock& clock_;
  const BreakerPolicy policy_;
  JobBreaker breaker_;
};

}  // namespace hearth::runner
