// Tokens of Spark SQL.
#pragma once

#include <cstdint>
#include <string_view>

namespace hearth::sql {

enum class TokenKind : uint16_t {
  kEndOfInput,
  kUnrecognized,  // a character that starts no token, or an unclosed quote: always a syntax error
  // words and literals
  kWord,
  kBackquotedWord,
  kStringLiteral,        // '…', r'…', r"…"
  kDoubleQuotedLiteral,  // "…": a string or an identifier, by option
  kDollarQuotedLiteral,  // $$…$$
  kIntegerLiteral,       // 12
  kTinyintLiteral,       // 12Y
  kSmallintLiteral,      // 12S
  kBigintLiteral,        // 12L
  kDecimalLiteral,       // 1.5
  kExponentLiteral,      // 1e3
  kFloatLiteral,         // 1.5F
  kDoubleLiteral,        // 1.5D
  kBigDecimalLiteral,    // 1.5BD
  // signs
  kSemicolon,
  kLeftParenthesis,
  kRightParenthesis,
  kComma,
  kDot,
  kLeftBracket,
  kRightBracket,
  kBang,
  kEqualSign,          // =, ==
  kNullSafeEqualSign,  // <=>
  kNotEqualSign,       // <>
  kBangEqualSign,      // !=
  kLessSign,
  kLessEqualSign,  // <=, !>
  kGreaterSign,
  kGreaterEqualSign,  // >=, !<
  kShiftLeftSign,
  kShiftRightSign,
  kShiftRightUnsignedSign,
  kPlusSign,
  kMinusSign,
  kAsterisk,
  kSlash,
  kPercentSign,
  kTilde,
  kAmpersand,
  kPipeSign,
  kConcatenateSign,  // ||
  kPipeOperator,     // |>
  kHat,
  kColon,
  kDoubleColon,
  kAtSign,
  kAtVersion,  // @v
  kArrow,
  kFatArrow,
  kHintStart,  // /*+
  kHintEnd,    // */
  kQuestionMark,
// keywords
#define HEARTH_SQL_KEYWORD(token, spelling, keyword_class) token,
#include "sql/lexer/keywords.inc"
#undef HEARTH_SQL_KEYWORD
};

// Offsets count bytes from the start of the text; `end` is one past the last byte.
struct Token {
  TokenKind kind = TokenKind::kEndOfInput;
  uint32_t start = 0;
  uint32_t end = 0;
};

// When a keyword may stand for an identifier; see keywords.inc.
enum class KeywordClass : uint8_t { kFree, kReserved, kStrict, kStrictFree };

constexpr bool IsKeyword(TokenKind kind) { return kind > TokenKind::kQuestionMark; }

// The token of a keyword in any case; kWord for other words.
TokenKind LookUpKeyword(std::string_view word);

// Class and upper-case spelling of a keyword token.
KeywordClass ClassOf(TokenKind keyword);
std::string_view SpellingOf(TokenKind keyword);

}  // namespace hearth::sql
