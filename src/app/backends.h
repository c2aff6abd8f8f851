// Which backends this server runs jobs on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/platform.h"
#include "app/server_settings.h"
#include "base/result.h"
#include "runner/backend.h"

namespace hearth::app {

// `directory`: the jobs' folder. Errors: what keeps a backend from starting.
base::Result<std::vector<std::unique_ptr<runner::Backend>>> OpenBackends(const ServerSettings& settings,
                                                                         const Platform& platform,
                                                                         const std::string& directory);

}  // namespace hearth::app
