// SET and RESET. Their keys and values are raw text between the words, not tokens.

#include "sql/lexer/ascii.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

namespace {

constexpr std::string_view kBlanks = " \t\n\v\f\r";

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool IsBackquoted(std::string_view text) {
  return text.size() >= 2 && text.front() == '`' && text.find('`', 1) == text.size() - 1;
}

bool IsConfigurationKey(std::string_view text) {
  if (text.empty()) return false;
  for (char c : text) {
    const bool word = (ToLowerAscii(c) >= 'a' && ToLowerAscii(c) <= 'z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '.' || c == ':' || c == '\\';
    if (!word) return false;
  }
  return true;
}

}  // namespace

// The text behind the last token taken, up to its end or its closing semicolons; the tokens are passed over.
std::string_view Parser::RawRest() {
  if (failed()) return {};
  const std::size_t begin = position_ == 0 ? 0 : tokens_[position_ - 1].end;
  std::string_view rest = Trim(text_.substr(begin));
  while (!rest.empty() && rest.back() == ';') rest = Trim(rest.substr(0, rest.size() - 1));
  while (!At(kEndOfInput)) Advance();
  return rest;
}

StatementPointer Parser::ParseSet() {
  const std::size_t mark = Mark();
  Expect(kSet);
  if (At(kTime) && At(kZone, 1)) return ParseSetTimeZone(mark);
  if (At(kRole) && !At(kEqualSign, 1)) {
    --position_;
    return NotAllowed(2);
  }
  if (AtAny(kVariable, kVar) && (At(kLeftParenthesis, 1) || IsIdentifier(1))) return ParseSetVariable(mark);
  if (At(kCatalog) && CanStartExpression(1)) return ParseSetCatalog(mark);
  if (At(kPath) && At(kEqualSign, 1)) return Unsupported("SET PATH");
  return ParseSetConfiguration(mark);
}

StatementPointer Parser::ParseSetCatalog(std::size_t mark) {
  Expect(kCatalog);
  auto set = New<SetCatalogStatement>();
  ExpressionPointer name = ParseExpression();
  if (failed()) return nullptr;
  const auto* literal = TryAs<LiteralExpression>(name.get());
  const auto* column = TryAs<ColumnExpression>(name.get());
  if (literal != nullptr && literal->type == LiteralType::kString) {
    set->catalog = literal->text;
  } else if (column != nullptr && column->parts.size() == 1) {
    set->catalog = column->parts.front();
  } else {
    set->expression = std::move(name);
  }
  return Finish(std::move(set), mark);
}

StatementPointer Parser::ParseSetTimeZone(std::size_t mark) {
  Expect(kTime);
  Expect(kZone);
  auto set = New<SetTimeZoneStatement>();
  if (AtInterval()) {
    set->interval = ParseInterval();
  } else if (Accept(kLocal)) {
    set->local = true;
  } else if (IsStringLiteral()) {
    set->zone = ParseString();
  } else {
    while (!At(kEndOfInput)) Advance();
    Fail("_LEGACY_ERROR_TEMP_0045", "SET TIME ZONE takes LOCAL, a string or an interval", {}, mark);
  }
  return Finish(std::move(set), mark);
}

StatementPointer Parser::ParseSetVariable(std::size_t mark) {
  Advance();
  auto set = New<SetVariableStatement>();
  if (Accept(kLeftParenthesis)) {
    set->targets = ParseMultipartNameList();
    Expect(kRightParenthesis);
    Expect(kEqualSign);
    Expect(kLeftParenthesis);
    set->query = ParseQuery();
    Expect(kRightParenthesis);
  } else {
    set->assignments = ParseAssignments();
  }
  return Finish(std::move(set), mark);
}

// SET | SET -v | SET key | SET key = value; keys and values with odd characters stand in backquotes.
StatementPointer Parser::ParseSetConfiguration(std::size_t mark) {
  auto set = New<SetConfigurationStatement>();
  if (At(kBackquotedWord) && (At(kEqualSign, 1) || At(kEndOfInput, 1) || At(kSemicolon, 1))) {
    set->key = TakeIdentifier().text;
    if (Accept(kEqualSign)) set->value = TakeConfigurationValue();
    return Finish(std::move(set), mark);
  }
  const std::string_view rest = RawRest();
  if (rest.empty()) return Finish(std::move(set), mark);
  if (rest == "-v") {
    set->verbose = true;
    return Finish(std::move(set), mark);
  }
  const std::size_t sign = rest.find('=');
  const std::string_view key = Trim(rest.substr(0, sign));
  if (!IsConfigurationKey(key)) {
    const std::string_view value =
        sign == std::string_view::npos ? std::string_view() : Trim(rest.substr(sign + 1));
    if (!IsBackquoted(value)) {
      FailSetSyntax(mark);
    } else {
      Fail("INVALID_PROPERTY_KEY", "The key " + std::string(key) + " must stand in backquotes",
           {{"invalidPropertyKey", "\"" + std::string(key) + "\""},
            {"value", "\"" + std::string(value) + "\""}},
           mark);
    }
    return nullptr;
  }
  set->key = std::string(key);
  if (sign != std::string_view::npos) {
    std::string_view value = Trim(rest.substr(sign + 1));
    if (IsBackquoted(value)) {
      value = value.substr(1, value.size() - 2);
    } else if (value.find(';') != std::string_view::npos) {
      FailSetSyntax(mark);
    }
    set->value = std::string(value);
  }
  return Finish(std::move(set), mark);
}

void Parser::FailSetSyntax(std::size_t mark) {
  Fail("INVALID_SET_SYNTAX",
       "SET takes a key, or a key and a value with = between them; odd ones in backquotes", {}, mark);
}

std::string Parser::TakeConfigurationValue() {
  if (At(kBackquotedWord)) return TakeIdentifier().text;
  return std::string(RawRest());
}

StatementPointer Parser::ParseReset() {
  const std::size_t mark = Mark();
  Expect(kReset);
  auto reset = New<ResetConfigurationStatement>();
  if (At(kBackquotedWord)) {
    reset->key = TakeIdentifier().text;
    return Finish(std::move(reset), mark);
  }
  const std::string_view rest = RawRest();
  if (rest.empty()) return Finish(std::move(reset), mark);
  if (!IsConfigurationKey(rest)) {
    Fail("INVALID_RESET_COMMAND_FORMAT", "RESET takes one key", {}, mark);
    return nullptr;
  }
  reset->key = std::string(rest);
  return Finish(std::move(reset), mark);
}

}  // namespace hearth::sql
