// What is told of a run that has succeeded: an event of OpenLineage.
#pragma once

#include <string>
#include <vector>

#include "runner/run.h"

namespace hearth::runner {

// The UUID that OpenLineage knows the run by: version 5, of the name "https://hearth.dev/jobs/ID" in the
// namespace of addresses.
std::string LineageRunId(const RunId& id);

// A RunEvent of type COMPLETE as JSON. Outputs: what the attempts wrote; inputs: the sources of CoreETL.
std::string CompletionBody(const Run& run, const std::vector<Attempt>& attempts);

}  // namespace hearth::runner
