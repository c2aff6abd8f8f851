// Spark SQL text to syntax tree. The language is that of Spark 4.3 (SqlBaseParser), default keyword
// behaviour.
//
// All entry points return kParse errors: PARSE_SYNTAX_ERROR (42601) with the parameters `error` (the
// offending token in quotes, or "end of input") and `hint`, PARSE_EMPTY_STATEMENT, and the other conditions
// Spark raises while parsing. Every error carries one QueryContext with the place. They never throw and never
// exhaust the stack, whatever the text.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "sql/syntax/definition.h"
#include "sql/syntax/expression.h"
#include "sql/syntax/manipulation.h"
#include "sql/syntax/query.h"
#include "sql/syntax/statement.h"

namespace hearth::sql {

struct ParserOptions {
  // spark.sql.ansi.enabled together with spark.sql.ansi.enforceReservedKeywords: keywords Spark reserves in
  // ANSI mode are no identifiers.
  bool reserved_keywords = false;
  // spark.sql.ansi.doubleQuotedIdentifiers: "x" is an identifier, not a string.
  bool double_quoted_identifiers = false;
  // spark.sql.parser.escapedStringLiterals: backslashes in strings stand for themselves.
  bool raw_string_literals = false;
  // A longer text is refused.
  std::size_t maximum_text_bytes = std::size_t{16} << 20;
  // Nested parentheses, subqueries, CASEs, types; each level may take a few stack frames of the parser.
  int maximum_depth = 1000;
  // The parser stops with an error when it has used this much of the caller's stack, whatever the depth.
  std::size_t maximum_stack_bytes = std::size_t{3} << 20;
  // Length of a chain such as `a + b + …`, `q UNION q …`, `a.b[0]…`, `t JOIN t …`. AND and OR chains have no
  // limit.
  int maximum_chain = 20000;
};

// One statement; semicolons at the end are allowed.
base::Result<StatementPointer> ParseStatement(std::string_view text, const ParserOptions& options = {});

// A query and nothing else.
base::Result<QueryPointer> ParseQuery(std::string_view text, const ParserOptions& options = {});

// One expression, as for filter("…"). A name (`a AS b`) is allowed, as in Spark: then it is an
// AliasExpression.
base::Result<ExpressionPointer> ParseExpression(std::string_view text, const ParserOptions& options = {});

// The same grammar, kept apart for callers of selectExpr: stars and names are expected there.
base::Result<ExpressionPointer> ParseNamedExpression(std::string_view text,
                                                     const ParserOptions& options = {});

// `INT`, `STRUCT<a: INT>`, `DECIMAL(10, 2)`.
base::Result<DataTypePointer> ParseDataType(std::string_view text, const ParserOptions& options = {});

// The columns of a DDL schema: `a INT, b STRING NOT NULL COMMENT 'x'`; also `a: INT`.
base::Result<std::vector<StructField>> ParseTableSchema(std::string_view text,
                                                        const ParserOptions& options = {});

// `a`, `db.t`, `` `a b`.c ``.
base::Result<MultipartName> ParseMultipartIdentifier(std::string_view text,
                                                     const ParserOptions& options = {});

}  // namespace hearth::sql
