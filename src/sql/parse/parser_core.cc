// Tokens, errors and names.

#include <algorithm>
#include <charconv>

#include "sql/lexer/ascii.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

namespace {

const char* StackAddress() { return static_cast<const char*>(__builtin_frame_address(0)); }

bool IsPlainWord(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string_view SpellingOfExpected(TokenKind kind) {
  if (IsKeyword(kind)) return SpellingOf(kind);
  switch (kind) {
    case TokenKind::kLeftParenthesis:
      return "'('";
    case TokenKind::kRightParenthesis:
      return "')'";
    case TokenKind::kComma:
      return "','";
    case TokenKind::kRightBracket:
      return "']'";
    case TokenKind::kEqualSign:
      return "'='";
    case TokenKind::kLessSign:
      return "'<'";
    case TokenKind::kGreaterSign:
      return "'>'";
    case TokenKind::kHintEnd:
      return "'*/'";
    case TokenKind::kDot:
      return "'.'";
    case TokenKind::kArrow:
      return "'->'";
    case TokenKind::kFatArrow:
      return "'=>'";
    case TokenKind::kEndOfInput:
      return "the end of the statement";
    default:
      return "something else";
  }
}

}  // namespace

Parser::Parser(std::string_view text, std::vector<Token> tokens, const ParserOptions& options)
    : text_(text), tokens_(std::move(tokens)), options_(options), map_(text), stack_base_(StackAddress()) {}

const Token& Parser::Peek(std::size_t ahead) const {
  return tokens_[std::min(position_ + ahead, tokens_.size() - 1)];
}

std::string_view Parser::TokenText(std::size_t ahead) const {
  const Token& token = Peek(ahead);
  return text_.substr(token.start, token.end - token.start);
}

void Parser::Advance() {
  if (position_ + 1 < tokens_.size()) ++position_;
}

bool Parser::Accept(TokenKind kind) {
  if (!At(kind)) return false;
  Advance();
  return true;
}

bool Parser::Accept(TokenKind first, TokenKind second) {
  if (!At(first) || !At(second, 1)) return false;
  Advance();
  Advance();
  return true;
}

bool Parser::Expect(TokenKind kind) {
  if (Accept(kind)) return true;
  const bool missing = At(TokenKind::kEndOfInput) &&
                       (kind == TokenKind::kRightParenthesis || kind == TokenKind::kRightBracket);
  FailSyntax(SpellingOfExpected(kind), missing ? ": missing " + std::string(SpellingOfExpected(kind)) : "");
  return false;
}

void Parser::ExpectEnd() {
  if (!At(TokenKind::kEndOfInput)) FailSyntax(SpellingOfExpected(TokenKind::kEndOfInput));
}

Location Parser::LocationFrom(std::size_t mark) const {
  const Token& first = tokens_[mark];
  const uint32_t end = position_ > mark ? tokens_[position_ - 1].end : first.start;
  return map_.Between(first.start, end);
}

std::string Parser::TextFrom(std::size_t mark) const {
  if (failed() || position_ <= mark) return {};
  return std::string(text_.substr(tokens_[mark].start, tokens_[position_ - 1].end - tokens_[mark].start));
}

void Parser::Fail(base::Error error) {
  if (failed()) return;
  error_ = std::make_unique<base::Error>(std::move(error));
  position_ = tokens_.size() - 1;
}

void Parser::Fail(std::string condition, std::string message, std::map<std::string, std::string> parameters,
                  std::size_t mark) {
  if (failed()) return;
  base::Error error = base::MakeError(base::ErrorKind::kParse, std::move(condition), std::move(message),
                                      std::move(parameters));
  const std::size_t last = position_ > mark ? position_ - 1 : mark;
  const Location location = map_.Between(tokens_[mark].start, tokens_[last].end);
  base::QueryContext context;
  context.fragment = std::string(text_.substr(tokens_[mark].start, tokens_[last].end - tokens_[mark].start));
  context.start_index = location.start;
  context.stop_index = location.stop;
  error.contexts.push_back(std::move(context));
  error.message +=
      " (line " + std::to_string(location.line) + ", pos " + std::to_string(location.position) + ")";
  Fail(std::move(error));
}

// The message with its place and the line it points into, as Spark lays it out.
std::string Parser::SyntaxMessage(std::string_view what, const Location& location) const {
  std::string message(what);
  message += " (line " + std::to_string(location.line) + ", pos " + std::to_string(location.position) +
             ")\n\n== SQL ==\n";
  constexpr std::size_t kLongestExcerpt = 4096;
  std::size_t begin = 0;
  for (int line = 1; begin <= text_.size(); ++line) {
    const std::size_t end = std::min(text_.find('\n', begin), text_.size());
    const bool near = line > location.line - 20 && line < location.line + 20;
    if (near && message.size() < kLongestExcerpt) {
      message += std::string(text_.substr(begin, std::min<std::size_t>(end - begin, kLongestExcerpt))) + "\n";
      if (line == location.line && location.position < 1000) {
        message += std::string(static_cast<std::size_t>(location.position), '-') + "^^^\n";
      }
    }
    if (line > location.line + 20) break;
    begin = end + 1;
  }
  return message;
}

void Parser::FailSyntax(std::string_view expected, std::string hint) {
  if (failed()) return;
  const bool at_end = At(TokenKind::kEndOfInput);
  const std::string found = at_end ? "end of input" : "'" + std::string(TokenText()) + "'";
  // Spark speaks of extra input when the text would go on well without this token; the case it meets most is
  // the last token of the text or of a pair of parentheses.
  const bool extra = !at_end && ((expected == "')'" && At(TokenKind::kRightParenthesis, 1)) ||
                                 (expected == "the end of the statement" && At(TokenKind::kEndOfInput, 1)));
  const Token& token = Peek();
  const Location location = map_.Between(token.start, token.end);
  const std::string what = "Unexpected " + found + ", expected " + std::string(expected);
  base::Error error =
      base::MakeError(base::ErrorKind::kParse, "PARSE_SYNTAX_ERROR", SyntaxMessage(what, location),
                      {{"error", found}, {"hint", extra ? ": extra input " + found : std::move(hint)}});
  Fail(std::move(error));
}

void Parser::FailNotImplemented(std::string_view thing) { Fail(base::NotImplemented(thing)); }

Parser::Nesting::Nesting(Parser* parser) : parser_(parser) {
  const auto used = static_cast<std::size_t>(std::abs(parser_->stack_base_ - StackAddress()));
  ++parser_->depth_;
  if (parser_->depth_ > parser_->options_.maximum_depth || used > parser_->options_.maximum_stack_bytes) {
    parser_->FailTooComplex("nested too deeply");
  }
}

bool Parser::CheckChain(int length) {
  if (length > options_.maximum_chain) FailTooComplex("a chain of too many parts");
  return !failed();
}

void Parser::FailTooComplex(std::string_view what) {
  if (failed()) return;
  const Token& token = Peek();
  const Location location = map_.Between(token.start, token.end);
  Fail(base::MakeError(base::ErrorKind::kParse, "FAILED_TO_PARSE_TOO_COMPLEX",
                       "The text is " + std::string(what) + " (line " + std::to_string(location.line) +
                           ", pos " + std::to_string(location.position) + ")"));
}

// ---- names

bool Parser::IsStrictIdentifier(std::size_t ahead) const {
  const TokenKind kind = Kind(ahead);
  if (kind == TokenKind::kWord || kind == TokenKind::kBackquotedWord) return true;
  if (kind == TokenKind::kDoubleQuotedLiteral) return options_.double_quoted_identifiers;
  if (!IsKeyword(kind)) return false;
  const KeywordClass keyword_class = ClassOf(kind);
  if (keyword_class == KeywordClass::kFree) return true;
  return options_.reserved_keywords ? keyword_class == KeywordClass::kStrictFree
                                    : keyword_class == KeywordClass::kReserved;
}

bool Parser::IsIdentifier(std::size_t ahead) const {
  return IsStrictIdentifier(ahead) || (!options_.reserved_keywords && IsKeyword(Kind(ahead)));
}

Identifier Parser::TakeIdentifier() {
  const std::size_t mark = Mark();
  Identifier identifier;
  if (At(TokenKind::kIdentifier) && At(TokenKind::kLeftParenthesis, 1) && IsStringLiteral(2)) {
    Advance();
    Advance();
    auto name = ParseMultipartIdentifier(ParseString(), options_);
    Expect(TokenKind::kRightParenthesis);
    if (!name.has_value()) {
      Fail(std::move(*name.error()));
      return identifier;
    }
    if (name->parts.size() != 1) {
      std::string quoted;
      for (const std::string& part : name->parts) quoted += (quoted.empty() ? "`" : ".`") + part + "`";
      Fail("IDENTIFIER_TOO_MANY_NAME_PARTS", "The name " + quoted + " must have a single part",
           {{"identifier", quoted}, {"limit", "1"}}, mark);
      return identifier;
    }
    identifier.text = std::move(name->parts.front());
    identifier.location = LocationFrom(mark);
    return identifier;
  }
  const std::string_view text = TokenText();
  if (At(TokenKind::kBackquotedWord)) {
    identifier.text = BackquotedTokenValue(text);
  } else if (At(TokenKind::kDoubleQuotedLiteral)) {
    identifier.text = DoubleQuotedTokenName(text);
  } else {
    identifier.text = std::string(text);
    if (At(TokenKind::kWord) && !IsPlainWord(text)) {
      Advance();
      const Location location = LocationFrom(mark);
      Fail(base::MakeError(
          base::ErrorKind::kParse, "INVALID_IDENTIFIER",
          SyntaxMessage("The name " + identifier.text + " must stand in backquotes", location),
          {{"ident", identifier.text}}));
      return identifier;
    }
  }
  Advance();
  identifier.location = LocationFrom(mark);
  return identifier;
}

Identifier Parser::ParseIdentifier() {
  if (IsIdentifier()) return TakeIdentifier();
  FailSyntax("a name");
  return {};
}

Identifier Parser::ParseStrictIdentifier() {
  if (IsStrictIdentifier()) return TakeIdentifier();
  FailSyntax("a name");
  return {};
}

void Parser::CheckHyphenatedName(std::size_t mark) {
  if (!At(TokenKind::kMinusSign) || !IsIdentifier(1)) return;
  while (At(TokenKind::kMinusSign) && IsIdentifier(1)) {
    Advance();
    Advance();
  }
  std::string name = TextFrom(mark);
  Fail(base::MakeError(base::ErrorKind::kParse, "INVALID_IDENTIFIER",
                       SyntaxMessage("The name " + name + " must stand in backquotes", LocationFrom(mark)),
                       {{"ident", name}}));
}

Identifier Parser::ParseErrorCapturingIdentifier() {
  const std::size_t mark = Mark();
  Identifier identifier = ParseIdentifier();
  CheckHyphenatedName(mark);
  return identifier;
}

MultipartName Parser::ParseMultipartName() {
  const std::size_t mark = Mark();
  MultipartName name;
  name.parts.push_back(ParseErrorCapturingIdentifier().text);
  while (Accept(TokenKind::kDot)) {
    if (!CheckChain(static_cast<int>(name.parts.size()))) break;
    name.parts.push_back(ParseErrorCapturingIdentifier().text);
  }
  name.location = LocationFrom(mark);
  return name;
}

std::vector<MultipartName> Parser::ParseMultipartNameList() {
  std::vector<MultipartName> names;
  do {
    names.push_back(ParseMultipartName());
  } while (Accept(TokenKind::kComma));
  return names;
}

ObjectName Parser::ParseObjectName() {
  const std::size_t mark = Mark();
  ObjectName name;
  if (Accept(TokenKind::kIdentifier, TokenKind::kLeftParenthesis)) {
    name.identifier_expression = ParseExpression();
    Expect(TokenKind::kRightParenthesis);
  } else {
    name.parts = ParseMultipartName().parts;
  }
  name.location = LocationFrom(mark);
  return name;
}

std::vector<Identifier> Parser::ParseIdentifierSequence() {
  std::vector<Identifier> identifiers;
  do {
    identifiers.push_back(ParseErrorCapturingIdentifier());
  } while (Accept(TokenKind::kComma));
  return identifiers;
}

std::vector<Identifier> Parser::ParseIdentifierList() {
  Expect(TokenKind::kLeftParenthesis);
  std::vector<Identifier> identifiers = ParseIdentifierSequence();
  Expect(TokenKind::kRightParenthesis);
  return identifiers;
}

bool Parser::IsStringLiteral(std::size_t ahead) const {
  return At(TokenKind::kStringLiteral, ahead) ||
         (At(TokenKind::kDoubleQuotedLiteral, ahead) && !options_.double_quoted_identifiers);
}

std::string Parser::ParseString() {
  if (!IsStringLiteral()) {
    FailSyntax("a string");
    return {};
  }
  std::string value;
  while (IsStringLiteral()) {
    value += StringTokenValue(TokenText(), options_.raw_string_literals);
    Advance();
  }
  return value;
}

int Parser::ParseIntegerValue() {
  int value = 0;
  const std::string_view text = TokenText();
  if (!At(TokenKind::kIntegerLiteral)) {
    FailSyntax("a whole number");
  } else if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) {
    FailSyntax("a smaller number");
  }
  Advance();
  return value;
}

bool Parser::WordIs(std::string_view upper_case, std::size_t ahead) const {
  const std::string_view text = TokenText(ahead);
  return (At(TokenKind::kWord, ahead) || IsKeyword(Kind(ahead))) &&
         std::equal(text.begin(), text.end(), upper_case.begin(), upper_case.end(),
                    [](char a, char b) { return ToUpperAscii(a) == b; });
}

}  // namespace hearth::sql
