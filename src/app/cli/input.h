// What people give to commands: texts in files or on standard input, and NAME=VALUE.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::app {

// The whole text of a file; "-" is standard input. Errors: kIllegalArgument for a file that cannot be read or
// is larger than any manifest, statement or request may be.
base::Result<std::string> ReadInput(const std::string& file);

// The values that an option which may be given several times names. Errors: kIllegalArgument with the option.
base::Result<std::map<std::string, std::string>> ReadNamedValues(std::string_view option,
                                                                 const std::vector<std::string>& given);

}  // namespace hearth::app
