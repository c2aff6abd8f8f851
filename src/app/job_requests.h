// Submissions into specifications: where the control API meets the manifests.
#pragma once

#include <string>

#include "base/clock.h"
#include "front/control/job_service.h"
#include "manifest/platform.h"

namespace hearth::app {

// What manifests leave out, from the platform team's file; empty: what is built in. Errors: kIllegalArgument
// names what is wrong in the file.
base::Result<manifest::Platform> ReadManifestPlatform(const std::string& file);

// `environment`: of requests that name none. The platform and the clock outlive what is returned.
front::control::ReadSpec JobRequestReader(std::string environment, const manifest::Platform& platform,
                                          const base::Clock& clock);

}  // namespace hearth::app
