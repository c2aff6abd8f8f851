#include "sql/lexer/lexer.h"

#include <gtest/gtest.h>

#include "sql/lexer/text_map.h"
#include "sql/lexer/unicode.h"

namespace hearth::sql {
namespace {

// The texts of the tokens, joined by bars.
std::string Cut(std::string_view text) {
  std::string out;
  const auto tokens = Tokenize(text);
  for (const Token& token : *tokens) {
    if (token.kind == TokenKind::kEndOfInput) break;
    out += (out.empty() ? "" : "|") + std::string(text.substr(token.start, token.end - token.start));
  }
  return out;
}

TokenKind First(std::string_view text) { return Tokenize(text)->front().kind; }

TEST(Keywords, AreFoundInAnyCase) {
  EXPECT_EQ(LookUpKeyword("select"), TokenKind::kSelect);
  EXPECT_EQ(LookUpKeyword("SeLeCt"), TokenKind::kSelect);
  EXPECT_EQ(LookUpKeyword("temp"), TokenKind::kTemporary);
  EXPECT_EQ(LookUpKeyword("REGEXP"), TokenKind::kRlike);
  EXPECT_EQ(LookUpKeyword("selec"), TokenKind::kWord);
  EXPECT_EQ(LookUpKeyword(""), TokenKind::kWord);
  EXPECT_EQ(LookUpKeyword(std::string(1000, 'a')), TokenKind::kWord);
}

TEST(Keywords, EveryRowFindsItself) {
#define HEARTH_SQL_KEYWORD(token, spelling, keyword_class) \
  EXPECT_EQ(LookUpKeyword(spelling), TokenKind::token);    \
  EXPECT_EQ(SpellingOf(TokenKind::token), spelling);       \
  EXPECT_EQ(ClassOf(TokenKind::token), KeywordClass::k##keyword_class);
#include "sql/lexer/keywords.inc"
#undef HEARTH_SQL_KEYWORD
}

TEST(Numbers, EndWhereSparkEndsThem) {
  EXPECT_EQ(Cut("1.5 1. .5 1e3 1.e+3 1.5e-3 1L 1bd 1.5BD 1e3f"),
            "1.5|1.|.5|1e3|1.e+3|1.5e-3|1L|1bd|1.5BD|1e3f");
  EXPECT_EQ(Cut("1a 12_ 1e3x 1_000"), "1a|12_|1e3x|1_000");
  EXPECT_EQ(Cut("1.5a t.1b 1..2"), "1|.|5a|t|.|1b|1.|.2");
  EXPECT_EQ(First("1e3"), TokenKind::kExponentLiteral);
  EXPECT_EQ(First("1e3d"), TokenKind::kDoubleLiteral);
  EXPECT_EQ(First("1a"), TokenKind::kWord);
  EXPECT_EQ(First("12S"), TokenKind::kSmallintLiteral);
}

TEST(Signs, AreAsLongAsTheyCanBe) {
  EXPECT_EQ(Cut("a<=>b<>c!=d!<e!>f==g"), "a|<=>|b|<>|c|!=|d|!<|e|!>|f|==|g");
  EXPECT_EQ(Cut("a>>>b>>c<<d||e|f|>g::h=>i->j@v1"), "a|>>>|b|>>|c|<<|d||||e|||f||>|g|::|h|=>|i|->|j|@v|1");
}

TEST(Comments, NestAndCarryOn) {
  EXPECT_EQ(Cut("a -- b\nc"), "a|c");
  EXPECT_EQ(Cut("a -- b\\\nc\nd"), "a|d");
  EXPECT_EQ(Cut("a /* b /* c */ d */ e"), "a|e");
  EXPECT_EQ(Cut("a /*+ b */ c"), "a|/*+|b|*/|c");
  EXPECT_FALSE(Tokenize("a /* b /* c */").has_value());
}

TEST(Quotes, EndAndDouble) {
  EXPECT_EQ(Cut("'a''b' 'c\\'d' \"e\" `f``g` r'h\\' R\"i\""), "'a''b'|'c\\'d'|\"e\"|`f``g`|r'h\\'|R\"i\"");
  EXPECT_EQ(First("'abc"), TokenKind::kUnrecognized);
  EXPECT_EQ(First("`abc"), TokenKind::kUnrecognized);
  EXPECT_EQ(First("$$a b$$"), TokenKind::kDollarQuotedLiteral);
  EXPECT_EQ(BackquotedTokenValue("`f``g`"), "f`g");
}

TEST(Words, HoldLettersOfAnyScript) {
  EXPECT_EQ(Cut("größe 名前 a\u00A0b"), "größe|名前|a|b");
  EXPECT_EQ(Cut("s3://bucket/a-b.jar c"), "s3|:|/|/|bucket|/|a|-|b|.|jar|c");
  EXPECT_EQ(Cut("hdfs://host/a-b.jar c"), "hdfs://host/a-b.jar|c");
  EXPECT_EQ(First("\xFF"), TokenKind::kUnrecognized);
  EXPECT_TRUE(IsUnicodeLetter(U'é'));
  EXPECT_FALSE(IsUnicodeLetter(U'€'));
}

TEST(TextMap, CountsCharactersAcrossBlocks) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "é";
  text += "\nx";
  const TextMap map(text);
  const Location location = map.Between(201, 202);
  EXPECT_EQ(location.start, 101);
  EXPECT_EQ(location.stop, 101);
  EXPECT_EQ(location.line, 2);
  EXPECT_EQ(location.position, 0);
  EXPECT_EQ(map.Between(200, 201).line, 1);
}

}  // namespace
}  // namespace hearth::sql
