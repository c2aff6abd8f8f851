// YAML as JSON: the only file of this backend that knows yaml-cpp.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/result.h"

namespace hearth::runner::kubernetes {

// Plain scalars become numbers, booleans and nulls as in YAML 1.2; quoted ones stay texts. Errors:
// kIllegalArgument with the line.
base::Result<nlohmann::json> JsonOfYaml(const std::string& text, const std::string& file_name);
// Errors: also kIllegalArgument for a file that cannot be read.
base::Result<std::string> ReadWholeFile(const std::string& path);

}  // namespace hearth::runner::kubernetes
