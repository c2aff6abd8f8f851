// Statements by their first words.

#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

StatementPointer Parser::ParseStatement() {
  const std::size_t mark = Mark();
  auto statement = New<QueryStatement>();
  statement->query = ParseQuery();
  return Finish(std::move(statement), mark);
}

}  // namespace hearth::sql
