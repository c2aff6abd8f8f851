// The runner as a running service: its threads, its store and its backends.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "runner/backend.h"
#include "runner/definitions.h"
#include "runner/policy.h"
#include "runner/runner.h"
#include "runner/store/store.h"

namespace hearth::runner {

struct RunnerOptions {
  std::string server;  // unique among the servers of one store
  Policy policy;
  const manifest::Platform* platform =
      nullptr;  // for runs that schedules make; outlives the service; none: what is built in
  int step_threads = 8;
  std::vector<Observer*> observers;  // outlive the service
};

class RunnerService : public Runner {
 public:
  // First no new work is begun, then what is under way may end until the deadline. What backends run goes on:
  // the next server finds it.
  virtual void Stop() = 0;
  // What is declared; the service keeps it going.
  virtual Definitions& definitions() = 0;
};

// Starts. The database, the backends and the clock outlive it. Errors: those of the store.
base::Result<std::unique_ptr<RunnerService>> StartRunner(Database& database,
                                                         std::vector<std::unique_ptr<Backend>> backends,
                                                         RunnerOptions options, const base::Clock& clock);

// A run's id: of the time and chance, so that newer ones sort later.
RunId NewRunId(int64_t now_microseconds);

}  // namespace hearth::runner
