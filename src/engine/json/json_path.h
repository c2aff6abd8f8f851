// The paths of get_json_object: $.a['b'][0][*].
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/json/json_cursor.h"

namespace hearth::engine {

class JsonPath {
 public:
  // nullopt when the text is no path: the answer is then null.
  static std::optional<JsonPath> Parse(std::string_view text);
  // Appends what the path finds; false when it finds nothing or the text is no JSON.
  bool Extract(std::string_view json, std::string* out) const;

 private:
  enum class Kind : uint8_t { kName, kAnyName, kIndex, kAnyIndex };
  struct Step {
    Kind kind;
    std::string name;
    int64_t index = 0;
  };
  // How a match is written: strings bare, as JSON, or arrays opened into the surrounding one.
  enum class Style : uint8_t { kRaw, kQuoted, kFlattened };
  // Elements written so far into the array at hand, for commas.
  struct Output {
    std::string text;
    int64_t elements = 0;
    void Separate() {
      if (elements++ > 0) text.push_back(',');
    }
  };

  // False for text that is no JSON; `found` tells whether the path led to something.
  bool Evaluate(JsonCursor& cursor, Output& out, Style style, size_t step, bool* found) const;
  bool Leaf(JsonCursor& cursor, Output& out, Style style, bool* found) const;
  bool Object(JsonCursor& cursor, Output& out, Style style, size_t step, bool* found) const;
  bool Index(JsonCursor& cursor, Output& out, Style style, size_t step, bool* found) const;
  bool AnyIndex(JsonCursor& cursor, Output& out, Style style, size_t step, bool* found) const;
  bool Is(size_t step, Kind kind) const { return step < steps_.size() && steps_[step].kind == kind; }

  std::vector<Step> steps_;
};

}  // namespace hearth::engine
