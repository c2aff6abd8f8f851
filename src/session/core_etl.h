// CoreETL on the embedded engine: sources become views, SQL steps run in order, sinks are written.
#pragma once

#include <stop_token>
#include <string>

#include "base/result.h"
#include "session/script.h"
#include "session/session.h"

namespace hearth::session {

// `specification`: JSON of sources, transformations and sinks, as manifests print it (coreEtl.jobSpec). Each
// step's view has its name; a sink writes the last step's unless it names one. Errors: those of the step,
// whose name the message ends with; "not implemented" names a kind of source, sink or mode that the embedded
// engine does not have.
base::Status RunCoreEtl(Session& session, const std::string& specification, const Printer& print,
                        std::stop_token stop);

}  // namespace hearth::session
