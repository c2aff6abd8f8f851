// SHA-256 and comparison that takes the same time whatever differs.
#pragma once

#include <string>
#include <string_view>

namespace hearth::front::identity {

// 64 hexadecimal digits in lower case.
std::string Sha256Hex(std::string_view text);
bool EqualInConstantTime(std::string_view left, std::string_view right);

}  // namespace hearth::front::identity
