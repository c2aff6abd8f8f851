#include "engine/json/json_copy.h"

#include <cstdlib>

#include "engine/text/json_text.h"
#include "engine/text/value_text.h"

namespace hearth::engine {

namespace {

bool CopyAt(JsonCursor& cursor, int level, std::string* out);

bool CopyObject(JsonCursor& cursor, int level, std::string* out) {
  if (!cursor.EnterObject()) return false;
  out->push_back('{');
  std::string key;
  bool more = true;
  for (bool first = true;; first = false) {
    key.clear();
    if (!cursor.NextKey(&key, &more)) return false;
    if (!more) break;
    if (!first) out->push_back(',');
    AppendJsonString(key, out);
    out->push_back(':');
    if (!CopyAt(cursor, level + 1, out)) return false;
  }
  out->push_back('}');
  return true;
}

bool CopyArray(JsonCursor& cursor, int level, std::string* out) {
  if (!cursor.EnterArray()) return false;
  out->push_back('[');
  bool more = true;
  for (bool first = true;; first = false) {
    if (!cursor.NextElement(&more)) return false;
    if (!more) break;
    if (!first) out->push_back(',');
    if (!CopyAt(cursor, level + 1, out)) return false;
  }
  out->push_back(']');
  return true;
}

bool CopyNumber(JsonCursor& cursor, std::string* out) {
  std::string_view raw;
  bool is_integer = false;
  if (!cursor.ReadNumber(&raw, &is_integer)) return false;
  if (is_integer) {
    out->append(raw == "-0" ? "0" : raw);
  } else {
    AppendDouble(std::strtod(std::string(raw).c_str(), nullptr), out);
  }
  return true;
}

bool CopyAt(JsonCursor& cursor, int level, std::string* out) {
  if (level > JsonCursor::kMostLevels) return false;
  const auto word = [&](std::string_view text) {
    out->append(text);
    return cursor.ReadWord(text);
  };
  switch (cursor.Peek()) {
    case JsonKind::kNull:
      return word("null");
    case JsonKind::kTrue:
      return word("true");
    case JsonKind::kFalse:
      return word("false");
    case JsonKind::kNumber:
      return CopyNumber(cursor, out);
    case JsonKind::kString: {
      std::string text;
      if (!cursor.ReadString(&text)) return false;
      AppendJsonString(text, out);
      return true;
    }
    case JsonKind::kArray:
      return CopyArray(cursor, level, out);
    case JsonKind::kObject:
      return CopyObject(cursor, level, out);
    case JsonKind::kEnd:
    case JsonKind::kInvalid:
      return false;
  }
  return false;
}

}  // namespace

bool CopyJsonValue(JsonCursor& cursor, std::string* out) { return CopyAt(cursor, 0, out); }

}  // namespace hearth::engine
