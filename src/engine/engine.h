// The embedded engine behind plan::Engine. No DuckDB header is visible from here.
#pragma once

#include <memory>

#include "base/result.h"
#include "plan/executor.h"

namespace hearth::engine {

// Opens an engine in memory: no file of its own but the spill directory, no network, no extension loading.
// Errors: kIllegalArgument for a memory limit that is no size, kRuntime for a spill directory that cannot be
// made.
base::Result<std::unique_ptr<plan::Engine>> OpenEngine(const plan::EngineOptions& options);

}  // namespace hearth::engine
