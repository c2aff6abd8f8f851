// The process between the runner and a job: it starts the job's program, keeps its log, holds it to its
// limits and writes down how it ended. It outlives the runner, so that a restarted one finds everything.
#pragma once

#include <string>

namespace hearth::runner::local {

// Runs in a process of its own until the job has ended; `directory` is the attempt's. Writes one byte to
// `ready_descriptor` once it holds the attempt's lock. The process's exit code: 0, also when another
// supervisor is at it already.
int Supervise(const std::string& directory, int ready_descriptor);

}  // namespace hearth::runner::local
