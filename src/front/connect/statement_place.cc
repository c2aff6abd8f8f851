#include "front/connect/statement_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace hearth::front::connect {
namespace {

bool StartsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::vector<std::string_view> Characters(std::string_view text) {
  std::vector<std::string_view> characters;
  for (size_t start = 0; start < text.size();) {
    size_t end = start + 1;
    while (end < text.size() && !StartsCharacter(text[end])) ++end;
    characters.push_back(text.substr(start, end - start));
    start = end;
  }
  return characters;
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  size_t start = 0;
  while (true) {
    const size_t end = std::min(text.find('\n', start), text.size());
    lines.push_back(text.substr(start, end - start));
    if (end == text.size()) return lines;
    start = end + 1;
  }
}

}  // namespace

std::optional<StatementPlace> FindPlace(const base::QueryContext& context) {
  if (!context.text || context.start_index < 0) return std::nullopt;
  StatementPlace place;
  int index = 0;
  for (const char c : *context.text) {
    if (!StartsCharacter(c)) continue;
    if (index++ == context.start_index) return place;
    if (c == '\n') {
      ++place.line;
      place.column = 0;
    } else {
      ++place.column;
    }
  }
  return place;  // the end of the text
}

std::string MarkedText(const base::QueryContext& context, const StatementPlace& place) {
  std::string result;
  int number = 0;
  for (const std::string_view line : Lines(*context.text)) {
    result += fmt::format("{}\n", line);
    if (++number == place.line) result += std::string(static_cast<size_t>(place.column), '-') + "^^^\n";
  }
  return result;
}

std::string UnderlinedLine(const base::QueryContext& context, const StatementPlace& place) {
  constexpr int kExtraCharacters = 32;
  const std::string_view text = *context.text;
  const std::vector<std::string_view> characters = Characters(text);
  const int size = static_cast<int>(characters.size());
  const int start = std::clamp(context.start_index, 0, std::max(0, size - 1));
  const int stop = std::clamp(context.stop_index, start, std::max(start, size - 1));

  int first = start;
  while (first > 0 && start - first < kExtraCharacters && characters[static_cast<size_t>(first) - 1] != "\n")
    --first;
  const bool cut_before = first > 0 && characters[static_cast<size_t>(first) - 1] != "\n";
  int end = std::min(stop + 1, size);
  while (end < size && end - stop <= kExtraCharacters && characters[static_cast<size_t>(end)] != "\n") ++end;
  const bool cut_after = end < size && characters[static_cast<size_t>(end)] != "\n";

  std::string line = cut_before ? "..." : "";
  std::string marks = cut_before ? "   " : "";
  std::string lines;
  for (int i = first; i < end; ++i) {
    const std::string_view character = characters[static_cast<size_t>(i)];
    if (character == "\n") {
      lines += line + "\n" + marks + "\n";
      line.clear();
      marks.clear();
      continue;
    }
    line += character;
    marks += i < start ? " " : i <= stop ? "^" : "";
  }
  if (cut_after) line += "...";
  std::string object;
  if (!context.object_type.empty())
    object = fmt::format(" of {} {}", context.object_type, context.object_name);
  return fmt::format("== SQL{} (line {}, position {}) ==\n{}{}\n{}\n", object, place.line, place.column + 1,
                     lines, line, marks);
}

}  // namespace hearth::front::connect
