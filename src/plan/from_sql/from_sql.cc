#include "plan/from_sql/from_sql.h"

#include "plan/from_sql/converter.h"
#include "plan/from_sql/variables.h"
#include "sql/lexer/lexer.h"
#include "sql/parser.h"

namespace hearth::plan {
namespace {

sql::ParserOptions ParserOptionsOf(const SqlOptions& options) {
  return {.double_quoted_identifiers = options.double_quoted_identifiers,
          .raw_string_literals = options.raw_string_literals};
}

std::string_view Trimmed(std::string_view text) {
  const auto is_blank = [](char character) { return static_cast<unsigned char>(character) <= ' '; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// A list of columns, as one struct.
base::Result<TypePtr> ParseColumns(std::string_view text) {
  HEARTH_ASSIGN(auto columns, sql::ParseTableSchema(text));
  HEARTH_ASSIGN(auto fields, from_sql::ConvertFields(columns, false));
  return DataType::Struct(std::move(fields));
}

}  // namespace

base::Result<unresolved::Statement> ParseStatement(std::string_view written, const SqlOptions& options) {
  HEARTH_ASSIGN(const std::string text, from_sql::SubstituteVariables(written, options));
  HEARTH_ASSIGN(auto statement, sql::ParseStatement(text, ParserOptionsOf(options)));
  return from_sql::Converter(text, options).Statement(*statement);
}

base::Result<unresolved::RelationPtr> ParseQuery(std::string_view text, const SqlOptions& options) {
  HEARTH_ASSIGN(auto query, sql::ParseQuery(text, ParserOptionsOf(options)));
  return from_sql::Converter(text, options).Query(*query);
}

base::Result<unresolved::ExpressionPtr> ParseExpression(std::string_view text, const SqlOptions& options) {
  HEARTH_ASSIGN(auto expression, sql::ParseNamedExpression(text, ParserOptionsOf(options)));
  return from_sql::Converter(text, options).Expression(*expression);
}

base::Result<TypePtr> ParseType(std::string_view text) {
  HEARTH_ASSIGN(auto type, sql::ParseDataType(text));
  return from_sql::ConvertType(*type, false);
}

// Spark tries the forms in this order and reports the first error.
base::Result<TypePtr> ParseSchema(std::string_view text) {
  const auto trimmed = Trimmed(text);
  if (trimmed.starts_with('{') || trimmed.starts_with('"')) return TypeFromJson(trimmed);
  auto columns = ParseColumns(text);
  if (columns.ok()) return columns;
  if (auto type = ParseType(text); type.ok()) return type;
  if (auto fields = ParseType("struct<" + std::string(trimmed) + ">"); fields.ok()) return fields;
  return columns;
}

base::Result<unresolved::Name> ParseName(std::string_view text) {
  HEARTH_ASSIGN(auto name, sql::ParseMultipartIdentifier(text));
  return std::move(name.parts);
}

base::Result<std::vector<std::string>> SplitStatements(std::string_view script) {
  HEARTH_ASSIGN(const std::vector<sql::Token> tokens, sql::Tokenize(script));
  std::vector<std::string> statements;
  size_t begin = 0;
  bool is_empty = true;
  for (const sql::Token& token : tokens) {
    const bool is_end = token.kind == sql::TokenKind::kSemicolon || token.kind == sql::TokenKind::kEndOfInput;
    if (!is_end) {
      is_empty = false;
      continue;
    }
    const size_t end = token.kind == sql::TokenKind::kEndOfInput ? script.size() : token.start;
    if (!is_empty) statements.emplace_back(Trimmed(script.substr(begin, end - begin)));
    begin = end + 1;
    is_empty = true;
  }
  return statements;
}

}  // namespace hearth::plan
