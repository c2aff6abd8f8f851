// The driver's log of a run, piece by piece, for both doors.
#pragma once

#include <hearth/control/v1/control.pb.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "runner/runner.h"

namespace hearth::front::control {

struct LogPiece {
  hearth::control::v1::LogsResponse lines;  // may hold none
  bool end = false;                         // nothing to read now (or, when following, ever)
  std::chrono::milliseconds wait{0};        // no lines and no end: ask again after so long
};

// Used by one thread at a time; the runner outlives it.
class LogReader {
 public:
  virtual ~LogReader() = default;
  virtual base::Result<LogPiece> Next() = 0;
};

// `request` is checked already. Following, it goes from one attempt to the next until the run has ended,
// unless the request names an attempt. Errors: those of Runner::Check and Runner::Log.
base::Result<std::unique_ptr<LogReader>> OpenLog(runner::Runner& runner, const runner::Caller& caller,
                                                 const hearth::control::v1::LogsRequest& request,
                                                 const std::string& public_url);

}  // namespace hearth::front::control
