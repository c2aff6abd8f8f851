// The runner and its doors, put together: store, runner, control API over gRPC and HTTP.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "app/server_settings.h"
#include "base/clock.h"
#include "base/result.h"

namespace hearth::app {

class Doors {
 public:
  virtual ~Doors() = default;
  // What to tell the user: "Jobs over REST at http://127.0.0.1:15080", one line each.
  virtual const std::vector<std::string>& notes() const = 0;
  // No new calls; those that run have until the deadline; then the runner stops. What backends run goes on.
  virtual void Stop(std::chrono::system_clock::time_point deadline) = 0;
};

// `warehouse` is absolute; the clock outlives the doors. When no setting speaks of doors or jobs, what cannot
// be opened is only noted. Errors: kIllegalArgument about the settings, a place to listen or a file; those of
// the store.
base::Result<std::unique_ptr<Doors>> OpenDoors(const ServerSettings& settings, const std::string& warehouse,
                                               const base::Clock& clock);

}  // namespace hearth::app
