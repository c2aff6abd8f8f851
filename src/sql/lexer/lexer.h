// Spark SQL text to tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/lexer/token.h"

namespace hearth::sql {

// All tokens of `text`, the last one kEndOfInput. Fails with UNCLOSED_BRACKETED_COMMENT only; every other odd
// character becomes a kUnrecognized token for the parser to stumble over. The text must be shorter than 4
// GiB.
base::Result<std::vector<Token>> Tokenize(std::string_view text);

// The value of a string token: quotes removed, escapes resolved the way Spark's string literals do. With
// `raw` (spark.sql.parser.escapedStringLiterals) backslashes stand for themselves; r'…' tokens are raw
// anyway.
std::string StringTokenValue(std::string_view token_text, bool raw);

// The name inside backquotes (doubled ones become one).
std::string BackquotedTokenValue(std::string_view token_text);

// The name inside double quotes, when they make identifiers.
std::string DoubleQuotedTokenName(std::string_view token_text);

}  // namespace hearth::sql
