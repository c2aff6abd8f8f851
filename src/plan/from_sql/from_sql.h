// Spark SQL text to the unresolved tree.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/types/data_type.h"
#include "plan/unresolved/command.h"
#include "plan/unresolved/tree.h"

namespace hearth::plan {

struct SqlOptions {
  bool double_quoted_identifiers = false;  // spark.sql.ansi.doubleQuotedIdentifiers under ANSI
  bool raw_string_literals = false;        // spark.sql.parser.escapedStringLiterals
  bool timestamp_ntz_default = false;      // spark.sql.timestampType = TIMESTAMP_NTZ
  std::string time_zone = "UTC";           // for TIMESTAMP '…' literals
  int64_t now_microseconds = 0;            // for DATE 'today' and its siblings
  // The value of a setting, empty when it has none, for ${name} in statements. Null: they stay as written.
  std::function<base::Result<std::string>(const std::string& name)> variable;
  // What :name and ? stand for; null or short when they stay open (then Parameter nodes remain). Outlive the
  // call.
  const std::map<std::string, unresolved::ExpressionPtr>* named_arguments = nullptr;
  const unresolved::Expressions* positional_arguments = nullptr;
};

// Errors: kParse with PARSE_SYNTAX_ERROR or a sibling, and the place in the text.
base::Result<unresolved::Statement> ParseStatement(std::string_view text, const SqlOptions& options);
base::Result<unresolved::RelationPtr> ParseQuery(std::string_view text, const SqlOptions& options);
// expr("…"), filter("…"): no alias; selectExpr("…"): with one, or a star.
base::Result<unresolved::ExpressionPtr> ParseExpression(std::string_view text, const SqlOptions& options);
base::Result<TypePtr> ParseType(std::string_view text);
// "a INT, b STRING NOT NULL", "struct<a:int>", one type, or the JSON form: what schema arguments accept.
base::Result<TypePtr> ParseSchema(std::string_view text);
base::Result<unresolved::Name> ParseName(std::string_view text);

// The statements of a script, which semicolons end; empty ones are left out. Errors: kParse for text that is
// no tokens.
base::Result<std::vector<std::string>> SplitStatements(std::string_view script);

}  // namespace hearth::plan
