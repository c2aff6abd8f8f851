// What the runner is told about an attempt, from all that is known of it. The tables of states are in the
// schemas' files.
#pragma once

#include "runner/backend.h"
#include "runner/backends/kubernetes/attempt_cache.h"

namespace hearth::runner::kubernetes {

Observation ObservationOf(const AttemptRecord& record);

}  // namespace hearth::runner::kubernetes
