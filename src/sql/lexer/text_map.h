// From byte offsets of a text to the characters, lines and columns that people and Spark count in.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sql/syntax/node.h"

namespace hearth::sql {

// Holds a view of the text: the text must outlive it. Not for sharing between threads (it remembers the last
// line).
class TextMap {
 public:
  explicit TextMap(std::string_view text);

  // The stretch of the bytes [start, end), end > start; an empty one lies at `start` with stop = start - 1.
  Location Between(uint32_t start, uint32_t end) const;

 private:
  int CharacterOffset(uint32_t byte) const;

  std::string_view text_;
  bool ascii_;
  std::vector<uint32_t> line_starts_;        // byte offset of each line
  std::vector<uint32_t> characters_before_;  // of each block of bytes; empty when the text is ASCII
  mutable std::size_t last_line_ = 0;
};

}  // namespace hearth::sql
