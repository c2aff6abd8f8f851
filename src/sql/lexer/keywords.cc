#include <algorithm>
#include <array>

#include "sql/lexer/ascii.h"
#include "sql/lexer/token.h"

namespace hearth::sql {

namespace {

struct Keyword {
  std::string_view spelling;
  TokenKind kind;
  KeywordClass keyword_class;
};

constexpr Keyword kKeywords[] = {
#define HEARTH_SQL_KEYWORD(token, spelling, keyword_class) \
  {spelling, TokenKind::token, KeywordClass::k##keyword_class},
#include "sql/lexer/keywords.inc"
#undef HEARTH_SQL_KEYWORD
    // Second spellings, after the rows that token numbers index.
    {"REGEXP", TokenKind::kRlike, KeywordClass::kFree},
    {"TEMP", TokenKind::kTemporary, KeywordClass::kFree},
};

constexpr std::size_t kLongestKeyword =
    std::max_element(std::begin(kKeywords), std::end(kKeywords), [](const Keyword& a, const Keyword& b) {
      return a.spelling.size() < b.spelling.size();
    })->spelling.size();

constexpr std::size_t kSlots = 2048;
static_assert(std::size(kKeywords) * 4 < kSlots);

constexpr uint32_t HashWord(std::string_view word) {
  uint32_t hash = 2166136261U;
  for (char c : word) hash = (hash ^ static_cast<unsigned char>(ToUpperAscii(c))) * 16777619U;
  return hash ^ (hash >> 15);
}

// Open addressing, filled at compile time; 0 marks a free slot, else index + 1.
constexpr std::array<uint16_t, kSlots> kSlotOfKeyword = [] {
  std::array<uint16_t, kSlots> slots{};
  for (std::size_t i = 0; i < std::size(kKeywords); ++i) {
    std::size_t slot = HashWord(kKeywords[i].spelling) % kSlots;
    while (slots[slot] != 0) slot = (slot + 1) % kSlots;
    slots[slot] = static_cast<uint16_t>(i + 1);
  }
  return slots;
}();

constexpr std::size_t IndexOf(TokenKind keyword) {
  return static_cast<std::size_t>(keyword) - static_cast<std::size_t>(TokenKind::kQuestionMark) - 1;
}

bool EqualsKeyword(std::string_view word, std::string_view spelling) {
  return std::equal(word.begin(), word.end(), spelling.begin(), spelling.end(),
                    [](char a, char b) { return ToUpperAscii(a) == b; });
}

}  // namespace

TokenKind LookUpKeyword(std::string_view word) {
  if (word.size() > kLongestKeyword) return TokenKind::kWord;
  for (std::size_t slot = HashWord(word) % kSlots; kSlotOfKeyword[slot] != 0; slot = (slot + 1) % kSlots) {
    const Keyword& keyword = kKeywords[kSlotOfKeyword[slot] - 1];
    if (EqualsKeyword(word, keyword.spelling)) return keyword.kind;
  }
  return TokenKind::kWord;
}

KeywordClass ClassOf(TokenKind keyword) { return kKeywords[IndexOf(keyword)].keyword_class; }

std::string_view SpellingOf(TokenKind keyword) { return kKeywords[IndexOf(keyword)].spelling; }

}  // namespace hearth::sql
