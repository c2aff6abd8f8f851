// Statements by their first words, and the small ones.

#include "sql/lexer/ascii.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

StatementPointer Parser::ParseStatement() {
  const Nesting nesting(this);
  if (failed()) return nullptr;
  if (AtScript()) return Unsupported("BEGIN … END (SQL scripting)");
  switch (Kind()) {
    case kSelect:
    case kFrom:
    case kWith:
    case kValues:
    case kTable:
    case kLeftParenthesis:
    case kMap:
    case kReduce:
      return ParseQueryOrManipulation();
    case kInsert:
    case kDelete:
    case kUpdate:
    case kMerge:
      return ParseManipulation({});
    case kCreate:
      return ParseCreate();
    case kReplace:
      return ParseReplaceTable();
    case kDrop:
      return ParseDrop();
    case kAlter:
      return ParseAlter();
    case kSet:
      return ParseSet();
    case kReset:
      return ParseReset();
    case kUse:
      return ParseUse();
    default:
      return ParseCommand();
  }
}

StatementPointer Parser::ParseCommand() {
  switch (Kind()) {
    case kExplain:
      return ParseExplain();
    case kShow:
      return ParseShow();
    case kDesc:
    case kDescribe:
      return ParseDescribe();
    case kComment:
      return ParseCommentOn();
    case kCache:
      return ParseCache();
    case kUncache:
      return ParseUncache();
    case kClear:
      return ParseClearCache();
    case kRefresh:
      return ParseRefresh();
    case kAnalyze:
      return ParseAnalyze();
    case kMsck:
    case kRepair:
      return ParseRepair();
    case kTruncate:
      return ParseTruncate();
    case kLoad:
      return ParseLoadData();
    case kAdd:
    case kList:
      return ParseResource();
    case kDeclare:
      return ParseDeclare();
    case kCall:
      return ParseCall();
    case kExecute:
      return ParseExecuteImmediate();
    default:
      return ParseRefusedStatement();
  }
}

// Statements that Spark knows by name and refuses, and those that only Hearth refuses.
StatementPointer Parser::ParseRefusedStatement() {
  switch (Kind()) {
    case kGrant:
    case kRevoke:
      return NotAllowed(At(kRole, 1) ? 2 : 1);
    case kExport:
    case kImport:
      if (At(kTable, 1)) return NotAllowed(2);
      break;
    case kLock:
    case kUnlock:
      if (At(kTable, 1) || At(kDatabase, 1)) return NotAllowed(2);
      break;
    case kStart:
      if (At(kTransaction, 1)) return NotAllowed(2);
      break;
    case kCommit:
    case kRollback:
    case kDfs:
      return NotAllowed(1);
    case kOpen:
    case kFetch:
    case kClose:
      Fail("UNSUPPORTED_FEATURE.SQL_CURSOR", "There are no cursors", {}, Mark());
      return nullptr;
    default:
      break;
  }
  FailSyntax("a statement");
  return nullptr;
}

// BEGIN … END, alone or behind a label.
bool Parser::AtScript() const {
  if (At(kBegin)) return true;
  return IsStrictIdentifier() && At(kColon, 1) && At(kBegin, 2);
}

// Passes over the rest of the text: the statement is known by name alone.
StatementPointer Parser::Unsupported(std::string name) {
  const std::size_t mark = Mark();
  auto statement = New<UnsupportedStatement>();
  statement->name = std::move(name);
  while (!At(kEndOfInput)) Advance();
  return Finish(std::move(statement), mark);
}

// Spark's own refusal of a statement of Hive, named by its first words.
StatementPointer Parser::NotAllowed(std::size_t words) {
  const std::size_t mark = Mark();
  std::string name;
  for (std::size_t i = 0; i < words; ++i) {
    name += (i == 0 ? "" : " ") + std::string(TokenText(i));
  }
  NotAllowedOperation(ToUpperAscii(name), mark);
  return nullptr;
}

StatementPointer Parser::ParseQueryOrManipulation() {
  const std::size_t mark = Mark();
  WithClause with;
  with.mark = mark;
  if (At(kWith)) {
    with.tables = ParseWith(&with.recursive);
    CheckCommonTableNames(with.tables, mark);
    if (AtAny(kInsert, kDelete, kUpdate, kMerge)) return ParseManipulation(std::move(with));
  }
  QueryTermPointer first;
  const std::size_t term_mark = Mark();
  if (At(kFrom)) {
    Advance();
    RelationPointer from = ParseFromClause(term_mark);
    if (At(kInsert)) return ParseMultiInsert(std::move(with), std::move(from));
    first = ParseFromTail(std::move(from), term_mark);
  }
  auto statement = New<QueryStatement>();
  statement->query = ParseQueryFrom(std::move(first), term_mark);
  if (!with.tables.empty()) {
    statement->query = AttachWith(std::move(statement->query), std::move(with.tables), with.recursive, mark);
  }
  return Finish(std::move(statement), mark);
}

StatementPointer Parser::ParseExplain() {
  const std::size_t mark = Mark();
  Expect(kExplain);
  auto explain = New<ExplainStatement>();
  if (Accept(kExtended)) {
    explain->mode = ExplainMode::kExtended;
  } else if (Accept(kCodegen)) {
    explain->mode = ExplainMode::kCodegen;
  } else if (Accept(kCost)) {
    explain->mode = ExplainMode::kCost;
  } else if (Accept(kFormatted)) {
    explain->mode = ExplainMode::kFormatted;
  } else if (At(kLogical)) {
    Advance();
    NotAllowedOperation("EXPLAIN LOGICAL", mark);
  }
  explain->statement = ParseStatement();
  return Finish(std::move(explain), mark);
}

// A whole statement, or a clause of one, that Spark reads to its end and then refuses by name.
void Parser::NotAllowedOperation(std::string operation, std::size_t mark) {
  while (!At(kEndOfInput)) Advance();
  Fail("INVALID_STATEMENT_OR_CLAUSE", operation + " is not allowed", {{"operation", operation}}, mark);
}

// A combination that Spark's grammar accepts and its next step refuses.
void Parser::NotAllowedClause(std::string clause, std::size_t mark) {
  Fail("_LEGACY_ERROR_TEMP_0035", clause + " is not allowed", {{"message", clause}}, mark);
}

StatementPointer Parser::ParseUse() {
  const std::size_t mark = Mark();
  Expect(kUse);
  auto use = New<UseStatement>();
  if (AtNamespaceKeyword() && IsIdentifier(1)) {
    Advance();
    use->is_namespace = true;
  }
  use->name = ParseObjectName();
  return Finish(std::move(use), mark);
}

// DECLARE [OR REPLACE] [VARIABLE | VAR] names [type] [DEFAULT | = expression]
StatementPointer Parser::ParseDeclare() {
  const std::size_t mark = Mark();
  if (At(kCursor, 2) || At(kCursor, 3)) return Unsupported("DECLARE CURSOR");
  Expect(kDeclare);
  auto declare = New<DeclareVariableStatement>();
  declare->or_replace = Accept(kOr, kReplace);
  if (AtAny(kVariable, kVar) && IsIdentifier(1) && !At(kDefault, 1)) Advance();
  do {
    declare->names.push_back(ParseObjectName());
  } while (Accept(kComma));
  if (!AtAny(kDefault, kEqualSign, kSemicolon, kEndOfInput)) declare->type = ParseDataType();
  if (Accept(kDefault) || Accept(kEqualSign)) {
    const std::size_t default_mark = Mark();
    declare->default_value = ParseExpression();
    declare->default_text = TextFrom(default_mark);
  }
  if (declare->type == nullptr && declare->default_value == nullptr) {
    Fail("INVALID_SQL_SYNTAX.VARIABLE_TYPE_OR_DEFAULT_REQUIRED", "DECLARE needs a type, a default or both",
         {}, mark);
  }
  return Finish(std::move(declare), mark);
}

StatementPointer Parser::ParseCall() {
  const std::size_t mark = Mark();
  Expect(kCall);
  auto call = New<CallStatement>();
  call->name = ParseObjectName();
  Expect(kLeftParenthesis);
  if (!At(kRightParenthesis)) {
    do {
      call->arguments.push_back(ParseFunctionArgument());
    } while (Accept(kComma));
  }
  Expect(kRightParenthesis);
  return Finish(std::move(call), mark);
}

// EXECUTE IMMEDIATE text [INTO variables] [USING expressions]
StatementPointer Parser::ParseExecuteImmediate() {
  const std::size_t mark = Mark();
  Expect(kExecute);
  Expect(kImmediate);
  auto execute = New<ExecuteImmediateStatement>();
  execute->text = ParseExpression();
  if (Accept(kInto)) execute->into = ParseMultipartNameList();
  if (Accept(kUsing)) {
    const bool parenthesized = At(kLeftParenthesis) && Accept(kLeftParenthesis);
    execute->arguments = ParseNamedExpressionSequence();
    if (parenthesized) Expect(kRightParenthesis);
  }
  return Finish(std::move(execute), mark);
}

}  // namespace hearth::sql
