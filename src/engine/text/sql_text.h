// Text as SQL prints it.
#pragma once

#include <string>
#include <string_view>

namespace hearth::engine {

// 'it\'s', with backslashes doubled: how error parameters show strings.
inline std::string SqlLiteralText(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + "'";
}

}  // namespace hearth::engine
