#include "engine/json/json_path.h"

#include <algorithm>
#include <charconv>

#include "engine/json/json_copy.h"

namespace hearth::engine {

std::optional<JsonPath> JsonPath::Parse(std::string_view text) {
  if (!text.starts_with("$")) return std::nullopt;
  JsonPath path;
  size_t i = 1;
  while (i < text.size()) {
    if (text.substr(i).starts_with(".*")) {
      path.steps_.push_back({Kind::kAnyName, {}});
      i += 2;
    } else if (text[i] == '.') {
      const auto end = std::min(text.find_first_of(".[", i + 1), text.size());
      if (end == i + 1) return std::nullopt;
      path.steps_.push_back({Kind::kName, std::string(text.substr(i + 1, end - i - 1))});
      i = end;
    } else if (text.substr(i).starts_with("['")) {
      const auto end = text.find_first_of("'?", i + 2);
      if (end == std::string_view::npos || end == i + 2 || !text.substr(end).starts_with("']"))
        return std::nullopt;
      const auto name = text.substr(i + 2, end - i - 2);
      path.steps_.push_back({name == "*" ? Kind::kAnyName : Kind::kName, std::string(name)});
      i = end + 2;
    } else if (text[i] == '[') {
      const auto end = text.find(']', i);
      if (end == std::string_view::npos) return std::nullopt;
      const auto inside = text.substr(i + 1, end - i - 1);
      Step step{Kind::kAnyIndex, {}};
      if (inside != "*") {
        step.kind = Kind::kIndex;
        const auto parsed = std::from_chars(inside.data(), inside.data() + inside.size(), step.index);
        if (parsed.ec != std::errc() || parsed.ptr != inside.data() + inside.size() || step.index < 0)
          return std::nullopt;
      }
      path.steps_.push_back(std::move(step));
      i = end + 1;
    } else {
      return std::nullopt;
    }
  }
  return path;
}

bool JsonPath::Extract(std::string_view json, std::string* out) const {
  JsonCursor cursor(json, true);
  Output output;
  bool found = false;
  if (!Evaluate(cursor, output, Style::kRaw, 0, &found) || !found) return false;
  out->append(output.text);
  return true;
}

bool JsonPath::Evaluate(JsonCursor& cursor, Output& out, Style style, size_t step, bool* found) const {
  *found = false;
  if (step == steps_.size()) return Leaf(cursor, out, style, found);
  const auto kind = cursor.Peek();
  if (kind == JsonKind::kObject && Is(step, Kind::kName)) return Object(cursor, out, style, step, found);
  if (kind == JsonKind::kArray && Is(step, Kind::kAnyIndex)) return AnyIndex(cursor, out, style, step, found);
  if (kind == JsonKind::kArray && Is(step, Kind::kIndex)) return Index(cursor, out, style, step, found);
  std::string_view raw;
  return cursor.Skip(&raw);
}

// The value that the whole path leads to.
bool JsonPath::Leaf(JsonCursor& cursor, Output& out, Style style, bool* found) const {
  const auto kind = cursor.Peek();
  if (kind == JsonKind::kString && style == Style::kRaw) {
    *found = true;
    return cursor.ReadString(&out.text);
  }
  if (kind == JsonKind::kArray && style == Style::kFlattened) {
    if (!cursor.EnterArray()) return false;
    bool more = true;
    for (;;) {
      if (!cursor.NextElement(&more)) return false;
      if (!more) return true;
      bool inside = false;
      if (!Leaf(cursor, out, style, &inside)) return false;
      *found |= inside;
    }
  }
  out.Separate();
  *found = true;
  return CopyJsonValue(cursor, &out.text);
}

// The first field of the name that finds something.
bool JsonPath::Object(JsonCursor& cursor, Output& out, Style style, size_t step, bool* found) const {
  if (!cursor.EnterObject()) return false;
  std::string key;
  bool more = true;
  for (;;) {
    key.clear();
    if (!cursor.NextKey(&key, &more)) return false;
    if (!more) return true;
    std::string_view raw;
    const bool wanted = !*found && key == steps_[step].name && cursor.Peek() != JsonKind::kNull;
    const bool valid = wanted ? Evaluate(cursor, out, style, step + 1, found) : cursor.Skip(&raw);
    if (!valid) return false;
  }
}

bool JsonPath::Index(JsonCursor& cursor, Output& out, Style style, size_t step, bool* found) const {
  // Several results may follow: strings keep their quotes.
  const Style inner = Is(step + 1, Kind::kAnyIndex) ? Style::kQuoted : style;
  if (!cursor.EnterArray()) return false;
  bool more = true;
  for (int64_t i = 0;; ++i) {
    if (!cursor.NextElement(&more)) return false;
    if (!more) return true;
    std::string_view raw;
    const bool valid =
        i == steps_[step].index ? Evaluate(cursor, out, inner, step + 1, found) : cursor.Skip(&raw);
    if (!valid) return false;
  }
}

bool JsonPath::AnyIndex(JsonCursor& cursor, Output& out, Style style, size_t step, bool* found) const {
  const bool twice = Is(step + 1, Kind::kAnyIndex);
  const Style inner = twice ? Style::kFlattened : style == Style::kRaw ? Style::kQuoted : style;
  Output elements;
  int64_t matches = 0;
  if (!cursor.EnterArray()) return false;
  bool more = true;
  for (;;) {
    if (!cursor.NextElement(&more)) return false;
    if (!more) break;
    bool matched = false;
    if (!Evaluate(cursor, elements, inner, twice ? step + 2 : step + 1, &matched)) return false;
    matches += matched ? 1 : 0;
  }
  *found = matches > 0;
  const bool as_array = twice || style == Style::kQuoted || matches > 1;
  if (!*found && !as_array) return true;
  // One match stands alone, several as an array.
  out.Separate();
  out.text.append(as_array ? "[" : "").append(elements.text).append(as_array ? "]" : "");
  return true;
}

}  // namespace hearth::engine
