// From a job's specification to the program that runs it.
#pragma once

#include <string>

#include "base/result.h"
#include "runner/backends/local/attempt_directory.h"
#include "runner/run.h"

namespace hearth::runner::local {

struct Programs {
  std::string hearth;      // this program
  std::string spark_home;  // of the PySpark package or a Spark distribution; empty: none
  std::string python;      // "python3"
};

// Where in the attempt's directory the embedded engine notes what it wrote (datasets.h reads it).
inline constexpr const char* kWrittenFile = "written.jsonl";

// `directory`: the attempt's own, absolute. Errors: kIllegalArgument names what the job or this machine
// lacks.
base::Result<Command> CommandFor(const Attempt& attempt, const Programs& programs,
                                 const std::string& directory);

// True for jobs that this machine runs on the embedded engine, without a JVM.
bool RunsOnHearth(const manifest::JobSpec& spec, const Programs& programs);

}  // namespace hearth::runner::local
