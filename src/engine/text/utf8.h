// UTF-8 by characters (code points), tolerant of invalid bytes: a byte that starts no sequence counts as one
// character.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace hearth::engine {

inline bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// The length of a sequence by its first byte.
inline size_t SequenceLength(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte < 0xC0) return 1;
  if (byte < 0xE0) return 2;
  if (byte < 0xF0) return 3;
  return byte < 0xF8 ? 4 : 1;
}

// Is every byte ASCII? Then characters are bytes.
inline bool IsAscii(std::string_view text) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if (word & 0x8080808080808080ULL) return false;
  }
  for (; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) >= 0x80) return false;
  }
  return true;
}

inline size_t NextCharacter(std::string_view text, size_t position) {
  const size_t next = position + SequenceLength(text[position]);
  return next < text.size() ? next : text.size();
}

inline int64_t CountCharacters(std::string_view text) {
  if (IsAscii(text)) return static_cast<int64_t>(text.size());
  int64_t count = 0;
  for (size_t i = 0; i < text.size(); i = NextCharacter(text, i)) ++count;
  return count;
}

// The byte at which character `index` (from 0) starts; the size of the text when there are fewer.
inline size_t ByteOfCharacter(std::string_view text, int64_t index) {
  size_t position = 0;
  for (; index > 0 && position < text.size(); --index) position = NextCharacter(text, position);
  return position;
}

// The characters from `start` to `end` (exclusive), counted from 0; out-of-range ends are clipped.
inline std::string_view SliceCharacters(std::string_view text, int64_t start, int64_t end) {
  if (end <= start || end <= 0) return {};
  if (start < 0) start = 0;
  const size_t first = ByteOfCharacter(text, start);
  const auto rest = text.substr(first);
  if (end - start >= static_cast<int64_t>(rest.size())) return rest;
  return rest.substr(0, ByteOfCharacter(rest, end - start));
}

// Reads the code point at `position` and moves behind it; an invalid byte gives U+FFFD.
inline uint32_t ReadCodePoint(std::string_view text, size_t& position) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
  const uint32_t first = byte(position);
  const size_t length = SequenceLength(text[position]);
  if (first < 0x80) {
    ++position;
    return first;
  }
  if (length == 1 || position + length > text.size()) {
    ++position;
    return 0xFFFD;
  }
  uint32_t value = first & (0xFFU >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[position + i])) {
      ++position;
      return 0xFFFD;
    }
    value = value << 6 | (byte(position + i) & 0x3F);
  }
  position += length;
  return value;
}

inline void AppendCodePoint(uint32_t code_point, std::string* out) {
  if (code_point < 0x80) {
    out->push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out->push_back(static_cast<char>(0xC0 | code_point >> 6));
    out->push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  } else if (code_point < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | code_point >> 12));
    out->push_back(static_cast<char>(0x80 | (code_point >> 6 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | code_point >> 18));
    out->push_back(static_cast<char>(0x80 | (code_point >> 12 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code_point >> 6 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  }
}

// The length of the valid sequence at `position`, 0 when the bytes are invalid (overlong forms, surrogates,
// too large).
size_t ValidSequence(std::string_view text, size_t position);
bool IsValidUtf8(std::string_view text);
// Invalid bytes replaced as Java decodes them: one U+FFFD for each maximal part of a broken sequence.
void AppendValidUtf8(std::string_view text, std::string* out);

// Java's String.toUpperCase and toLowerCase in the root locale: full mappings ("ß" is "SS"), final sigma.
void AppendUpper(std::string_view text, std::string* out);
void AppendLower(std::string_view text, std::string* out);
// The title-case form of one character.
uint32_t TitleCase(uint32_t code_point);

}  // namespace hearth::engine
