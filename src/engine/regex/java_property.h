// \p{…} of java.util.regex.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::engine {

// The content of a PCRE2 class (without brackets) for a property name. `unicode` is Java's (?U), under which
// the POSIX names mean Unicode properties; `ignore_case` widens Lower and Upper. kIllegalArgument when Java
// has no such property, kUnsupported when PCRE2 has none.
base::Result<std::string> FindJavaProperty(std::string_view name, bool unicode, bool ignore_case);

}  // namespace hearth::engine
