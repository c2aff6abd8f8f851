// What the runner is told about an attempt, from all that is known of it. The tables of states are in the
// schemas' files.
#pragma once

#include <string>
#include <string_view>

#include "runner/backend.h"
#include "runner/backends/kubernetes/attempt_cache.h"

namespace hearth::runner::kubernetes {

Observation ObservationOf(const AttemptRecord& record);

// Spark's condition in the text of an exception: "[TABLE_OR_VIEW_NOT_FOUND] …"; empty when there is none.
std::string ConditionIn(std::string_view text);

}  // namespace hearth::runner::kubernetes
