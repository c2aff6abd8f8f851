// The processes of one attempt.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace hearth::runner::local {

// All below this process. With a supervisor that is their reaper nothing that a job forked is ever anywhere
// else.
std::vector<pid_t> Descendants();

// Those that carry the attempt's mark in their environment: what a dead supervisor has left behind.
std::vector<pid_t> ProcessesOf(const std::string& token);

// Memory that only these processes hold, in MiB.
int64_t MemoryMib(const std::vector<pid_t>& processes);

void Signal(const std::vector<pid_t>& processes, int signal);

}  // namespace hearth::runner::local
