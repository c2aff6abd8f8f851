#include "plan/from_connect/reader.h"

namespace hearth::plan::from_connect {
namespace {

base::Error InvalidName(std::string_view text) {
  return base::MakeError(base::ErrorKind::kAnalysis, "INVALID_ATTRIBUTE_NAME_SYNTAX",
                         "The column name '" + std::string(text) +
                             "' is not well formed: look for unmatched backquotes and empty parts.",
                         {{"name", std::string(text)}});
}

}  // namespace

base::Result<unresolved::Name> ParseAttributeName(std::string_view text) {
  unresolved::Name parts;
  std::string part;
  bool quoted = false;
  for (size_t index = 0; index < text.size(); ++index) {
    const char character = text[index];
    const bool last = index + 1 == text.size();
    if (quoted) {
      if (character != '`') {
        part += character;
      } else if (!last && text[index + 1] == '`') {
        part += '`';
        ++index;
      } else {
        quoted = false;
        if (!last && text[index + 1] != '.') return InvalidName(text);
      }
    } else if (character == '`') {
      if (!part.empty()) return InvalidName(text);
      quoted = true;
    } else if (character == '.') {
      if (index == 0 || text[index - 1] == '.' || last) return InvalidName(text);
      parts.push_back(std::move(part));
      part.clear();
    } else {
      part += character;
    }
  }
  if (quoted) return InvalidName(text);
  parts.push_back(std::move(part));
  return parts;
}

}  // namespace hearth::plan::from_connect
