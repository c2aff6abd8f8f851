// The Spark schema of an Arrow IPC stream, for local data that comes without one.
#pragma once

#include <string>

#include "base/result.h"
#include "plan/types/data_type.h"

namespace hearth::plan {

// A struct type with the stream's columns; every type that Spark's own client would produce. Errors:
// kUnsupported naming the Arrow type, kIllegalArgument for bytes that are no stream.
base::Result<TypePtr> SchemaOfArrowStream(const std::string& ipc);

}  // namespace hearth::plan
