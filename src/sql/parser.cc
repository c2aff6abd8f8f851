#include "sql/parser.h"

#include <algorithm>

#include "sql/parse/parser_internal.h"

namespace hearth::sql {

namespace {

constexpr std::string_view kBlanks = " \t\n\v\f\r";

base::Error TextTooLong(std::size_t bytes, std::size_t maximum) {
  return base::MakeError(base::ErrorKind::kParse, "FAILED_TO_PARSE_TOO_COMPLEX",
                         "The text has " + std::to_string(bytes) + " bytes; at most " +
                             std::to_string(maximum) + " are accepted");
}

// Runs one entry point of the parser over the whole text.
template <typename T>
base::Result<T> Parse(std::string_view text, const ParserOptions& options, T (Parser::*entry)()) {
  if (text.size() > options.maximum_text_bytes) return TextTooLong(text.size(), options.maximum_text_bytes);
  HEARTH_ASSIGN(std::vector<Token> tokens, Tokenize(text));
  Parser parser(text, std::move(tokens), options);
  T result = (parser.*entry)();
  if (!parser.failed()) return result;
  std::unique_ptr<base::Error> error = parser.TakeError();
  const bool empty = text.find_first_not_of(kBlanks) == std::string_view::npos;
  if (empty && error->condition == "PARSE_SYNTAX_ERROR") {
    return base::MakeError(base::ErrorKind::kParse, "PARSE_EMPTY_STATEMENT", "The text holds no statement");
  }
  return tl::unexpected<std::unique_ptr<base::Error>>(std::move(error));
}

}  // namespace

base::Result<StatementPointer> ParseStatement(std::string_view text, const ParserOptions& options) {
  return Parse(text, options, &Parser::SingleStatement);
}

base::Result<QueryPointer> ParseQuery(std::string_view text, const ParserOptions& options) {
  return Parse(text, options, &Parser::SingleQuery);
}

base::Result<ExpressionPointer> ParseExpression(std::string_view text, const ParserOptions& options) {
  return Parse(text, options, &Parser::SingleExpression);
}

base::Result<ExpressionPointer> ParseNamedExpression(std::string_view text, const ParserOptions& options) {
  return Parse(text, options, &Parser::SingleExpression);
}

base::Result<DataTypePointer> ParseDataType(std::string_view text, const ParserOptions& options) {
  return Parse(text, options, &Parser::SingleDataType);
}

base::Result<std::vector<StructField>> ParseTableSchema(std::string_view text, const ParserOptions& options) {
  return Parse(text, options, &Parser::SingleTableSchema);
}

base::Result<MultipartName> ParseMultipartIdentifier(std::string_view text, const ParserOptions& options) {
  return Parse(text, options, &Parser::SingleMultipartIdentifier);
}

StatementPointer Parser::SingleStatement() {
  StatementPointer statement = ParseStatement();
  while (Accept(TokenKind::kSemicolon)) {
  }
  ExpectEnd();
  return failed() ? nullptr : std::move(statement);
}

QueryPointer Parser::SingleQuery() {
  QueryPointer query = ParseQuery();
  ExpectEnd();
  return failed() ? nullptr : std::move(query);
}

ExpressionPointer Parser::SingleExpression() {
  ExpressionPointer expression = ParseNamedExpression();
  ExpectEnd();
  return failed() ? nullptr : std::move(expression);
}

DataTypePointer Parser::SingleDataType() {
  DataTypePointer type = ParseDataType();
  ExpectEnd();
  return failed() ? nullptr : std::move(type);
}

std::vector<StructField> Parser::SingleTableSchema() {
  std::vector<StructField> fields = ParseStructFields(true);
  ExpectEnd();
  return fields;
}

MultipartName Parser::SingleMultipartIdentifier() {
  MultipartName name = ParseMultipartName();
  ExpectEnd();
  return name;
}

}  // namespace hearth::sql
