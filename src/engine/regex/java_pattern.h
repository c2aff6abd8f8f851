// java.util.regex patterns as PCRE2 patterns of the same meaning.
//
// What differs and is rewritten here: flags (Java's (?i) is ASCII only unless (?u); so letters become small
// classes and PCRE2 never sees the flag), line terminators in . ^ $ \Z, word boundaries (Unicode letters and
// digits beside an ASCII \w), nested and intersected classes, POSIX and java… properties, octal escapes, back
// references with more digits than groups, and all that Java refuses while PCRE2 takes it literally ("a{",
// "\y").
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::engine {

struct TranslatedPattern {
  std::string text;        // for PCRE2 with UTF on, no other option
  std::string ascii_text;  // the same for subjects of ASCII alone; empty when `text` serves both
};

// An error of kind kIllegalArgument says the pattern is wrong (no condition: the caller knows the function);
// kUnsupported names what has no translation.
base::Result<TranslatedPattern> TranslateJavaPattern(std::string_view pattern);

}  // namespace hearth::engine
