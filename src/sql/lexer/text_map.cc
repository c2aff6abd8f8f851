#include "sql/lexer/text_map.h"

#include <algorithm>

namespace hearth::sql {

namespace {

constexpr uint32_t kBlock = 64;

// Bytes that begin a character: all but UTF-8 continuation bytes.
bool BeginsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

}  // namespace

TextMap::TextMap(std::string_view text)
    : text_(text), ascii_(std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x80;
      })) {
  line_starts_.push_back(0);
  uint32_t characters = 0;
  for (uint32_t i = 0; i < text.size(); ++i) {
    if (!ascii_ && i % kBlock == 0) characters_before_.push_back(characters);
    if (BeginsCharacter(text[i])) ++characters;
    if (text[i] == '\n') line_starts_.push_back(i + 1);
  }
  if (!ascii_ && text.size() % kBlock == 0) characters_before_.push_back(characters);
}

int TextMap::CharacterOffset(uint32_t byte) const {
  if (ascii_) return static_cast<int>(byte);
  const uint32_t block = byte / kBlock;
  const std::string_view rest = text_.substr(block * kBlock, byte - block * kBlock);
  return static_cast<int>(characters_before_[block] +
                          std::count_if(rest.begin(), rest.end(), BeginsCharacter));
}

Location TextMap::Between(uint32_t start, uint32_t end) const {
  // Nodes are built in text order more or less: the last line is nearly always the right one or near it.
  const bool in_last_line = line_starts_[last_line_] <= start &&
                            (last_line_ + 1 == line_starts_.size() || start < line_starts_[last_line_ + 1]);
  if (!in_last_line) {
    const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), start);
    last_line_ = static_cast<std::size_t>(after - line_starts_.begin()) - 1;
  }
  Location location;
  location.start = CharacterOffset(start);
  location.stop = (end > start ? CharacterOffset(end) : location.start) - 1;
  location.line = static_cast<int>(last_line_) + 1;
  location.position = location.start - CharacterOffset(line_starts_[last_line_]);
  return location;
}

}  // namespace hearth::sql
