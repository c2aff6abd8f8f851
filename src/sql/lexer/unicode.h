// What the lexer needs to know of Unicode.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::sql {

struct CodePoint {
  char32_t value = 0;
  uint32_t bytes = 1;  // how many bytes of the text it takes; at least 1
};

// The code point at `offset`; a byte that begins no valid UTF-8 sequence counts as one character, U+FFFD.
CodePoint DecodeCodePoint(std::string_view text, std::size_t offset);

void AppendUtf8(char32_t code_point, std::string* out);

// General category Letter (of any kind), above ASCII.
bool IsUnicodeLetter(char32_t code_point);

// White space above ASCII that separates tokens.
bool IsUnicodeSpace(char32_t code_point);

}  // namespace hearth::sql
