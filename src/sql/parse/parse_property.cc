// Lists of keys and values: OPTIONS (…), TBLPROPERTIES (…), WITH (…).

#include <set>

#include "sql/lexer/ascii.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

std::vector<Option> Parser::ParsePropertyList(bool expressions_allowed) {
  const std::size_t mark = Mark();
  Expect(kLeftParenthesis);
  std::vector<Option> options;
  std::set<std::string> keys;
  do {
    options.push_back(ParseProperty(expressions_allowed));
    const std::string& key = options.back().key;
    if (!keys.insert(key).second && !failed()) {
      Fail("DUPLICATE_KEY", "The key " + key + " stands twice in the list", {{"keyColumn", "`" + key + "`"}},
           mark);
    }
  } while (Accept(kComma));
  Expect(kRightParenthesis);
  return options;
}

Option Parser::ParseProperty(bool expressions_allowed) {
  const std::size_t mark = Mark();
  Option option;
  option.key = ParsePropertyKey();
  const bool has_sign = Accept(kEqualSign);
  const bool has_value = has_sign || !(At(kComma) || At(kRightParenthesis));
  if (has_value) ParsePropertyValue(&option, expressions_allowed);
  option.location = LocationFrom(mark);
  return option;
}

std::string Parser::ParsePropertyKey() {
  if (IsStringLiteral()) {
    // Without the sign a string behind the key is its value, so only one literal makes the key.
    std::string key = StringTokenValue(TokenText(), options_.raw_string_literals);
    Advance();
    while (IsStringLiteral() && (IsStringLiteral(1) || At(kEqualSign, 1))) {
      key += StringTokenValue(TokenText(), options_.raw_string_literals);
      Advance();
    }
    return key;
  }
  std::string key;
  for (const std::string& part : ParseMultipartName().parts) key += (key.empty() ? "" : ".") + part;
  return key;
}

void Parser::ParsePropertyValue(Option* option, bool expressions_allowed) {
  const bool ends = At(kComma, 1) || At(kRightParenthesis, 1);
  if (AtAny(kIntegerLiteral, kDecimalLiteral) && ends) {
    option->value = std::string(TokenText());
    Advance();
  } else if (AtAny(kTrue, kFalse) && ends) {
    option->value = ToLowerAscii(TokenText());
    Advance();
  } else if (!expressions_allowed) {
    option->value = ParseString();
  } else {
    option->expression = ParseExpression();
    if (const auto* literal = TryAs<LiteralExpression>(option->expression.get())) {
      if (literal->type == LiteralType::kString) {
        option->value = literal->text;
        option->expression = nullptr;
      }
    }
  }
}

}  // namespace hearth::sql
