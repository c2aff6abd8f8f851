// CoreETL on the embedded engine: sources become views, SQL steps run in order, sinks are written.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "session/script.h"
#include "session/session.h"

namespace hearth::session {

// `specification`: JSON of sources, transformations and sinks, as manifests print it (coreEtl.jobSpec). Each
// step's view has its name; a sink writes the last step's unless it names one. Errors: those of the step,
// whose name the message ends with; "not implemented" names a kind of source, sink or mode that the embedded
// engine does not have.
// `sandbox`: when given, a sink writes files into the folder of its own name below it, and nothing where it
// would; a merge still starts from what its target holds.
base::Status RunCoreEtl(Session& session, const std::string& specification, const Printer& print,
                        std::stop_token stop, const std::string& sandbox = "");

// What is known of one source, step or sink without running anything.
struct CoreEtlCheck {
  std::string kind;  // "source", "transformation", "sink"
  std::string name;
  std::string schema;                // of sources and steps, as Spark prints types; empty: not known
  std::string not_checked;           // why nothing can be said here; empty: it was checked
  std::optional<base::Error> error;  // names, types, syntax, a path that is not there
  int line = 0;                      // of the error within the query or filter, from 1; 0: none
};

// Reads the sources' schemas, analyses every step and asks what sinks need of it; writes nothing and runs no
// step. A step that reads one with an error, or one that cannot be checked, is not checked.
base::Result<std::vector<CoreEtlCheck>> CheckCoreEtl(Session& session, const std::string& specification,
                                                     std::stop_token stop);

}  // namespace hearth::session
