// What the runner changes before it tries a failed job again: one row for each remedy that failures.tsv
// names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "manifest/job_spec.h"

namespace hearth::runner {

// Changes the spec and says how ("driver memory 1g -> 2g"; empty: nothing needed to change). None when the
// remedy has no further step to take, or the name is no remedy.
std::optional<std::string> ApplyRemedy(std::string_view name, manifest::JobSpec* spec);

}  // namespace hearth::runner
