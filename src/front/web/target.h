// What stands in a request line: path, query, percent signs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::front::web {

// "%41b" -> "Ab"; `plus_is_space` as in queries. None when a percent sign is followed by no two digits, or
// the result holds a NUL.
std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space = false);
// Every byte that is not unreserved becomes %XX.
std::string PercentEncode(std::string_view text);

struct Target {
  std::string path;  // still encoded, begins with '/'
  std::map<std::string, std::string> query;
};
// "/jobs?team=a" or "http://host/jobs?team=a". None when it is neither, or cannot be decoded.
std::optional<Target> ParseTarget(std::string_view text);

}  // namespace hearth::front::web
