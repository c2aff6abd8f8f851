// Random UUIDs (version 4) and their text form.
#pragma once

#include <string>
#include <string_view>

namespace hearth::base {

// "00112233-4455-4677-8899-aabbccddeeff" from the system's random source.
std::string RandomUuid();

// Five groups of hexadecimal digits, 8-4-4-4-12, upper or lower case.
bool IsUuid(std::string_view text);

}  // namespace hearth::base
