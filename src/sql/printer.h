// Syntax tree to Spark SQL text: one line, keywords in capitals, every nested operator in parentheses.
// Parsing the text again gives the same tree (parentheses around queries apart), and Spark reads it as it
// reads the original.
#pragma once

#include <string>

#include "sql/syntax/definition.h"
#include "sql/syntax/manipulation.h"

namespace hearth::sql {

std::string ToSql(const Statement& statement);
std::string ToSql(const Query& query);
std::string ToSql(const Expression& expression);
std::string ToSql(const DataType& type);
std::string ToSql(const StructField& field);

// A name, in backquotes when it needs them (odd characters, a keyword, a leading digit).
std::string QuoteIdentifier(std::string_view name);

// A string literal with its quotes and escapes.
std::string QuoteString(std::string_view value);

}  // namespace hearth::sql
