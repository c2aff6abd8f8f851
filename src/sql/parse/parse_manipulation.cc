// INSERT, DELETE, UPDATE, TRUNCATE, LOAD DATA.

#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

StatementPointer Parser::ParseManipulation(WithClause with) {
  if (with.tables.empty()) with.mark = Mark();
  switch (Kind()) {
    case kInsert:
      return AtInsertDirectory() ? ParseInsertDirectory(std::move(with)) : ParseInsert(std::move(with));
    case kDelete:
      return ParseDelete(std::move(with));
    case kUpdate:
      return ParseUpdate(std::move(with));
    default:
      return ParseMerge(std::move(with));
  }
}

// ---- INSERT

bool Parser::AtInsertDirectory() const {
  if (!At(kInsert) || !At(kOverwrite, 1)) return false;
  const std::size_t ahead = At(kLocal, 2) ? 3 : 2;
  return At(kDirectory, ahead) && (IsStringLiteral(ahead + 1) || At(kUsing, ahead + 1));
}

StatementPointer Parser::ParseInsert(WithClause with) {
  auto insert = New<InsertStatement>();
  insert->recursive = with.recursive;
  insert->with = std::move(with.tables);
  insert->target = ParseInsertTarget();
  const bool parenthesized = At(kLeftParenthesis);
  insert->query = ParseQuery();
  if (parenthesized) insert->query_alias = ParseTableAlias();
  return Finish(std::move(insert), with.mark);
}

// INSERT [WITH SCHEMA EVOLUTION] INTO | OVERWRITE [TABLE] t … up to the query.
InsertTarget Parser::ParseInsertTarget() {
  const std::size_t mark = Mark();
  Expect(kInsert);
  InsertTarget target;
  if (Accept(kWith)) {
    Expect(kSchema);
    Expect(kEvolution);
    target.schema_evolution = true;
  }
  if (Accept(kOverwrite)) {
    target.mode = InsertMode::kOverwrite;
  } else {
    Expect(kInto);
  }
  if (At(kTable) && IsIdentifier(1) && !StartsQuery(1)) Advance();
  target.table = ParseObjectName();
  if (AtReplaceTail()) target.alias = ParseTableAlias();
  if (At(kWith) && At(kLeftParenthesis, 1)) {
    Advance();
    target.options = ParsePropertyList();
  }
  ParseInsertTargetTail(&target, mark);
  target.location = LocationFrom(mark);
  return target;
}

// An alias is allowed only before REPLACE.
bool Parser::AtReplaceTail() const {
  if (At(kAs)) return true;
  return IsStrictIdentifier() && At(kReplace, 1) && (At(kWhere, 2) || At(kOn, 2) || At(kUsing, 2));
}

void Parser::ParseInsertTargetTail(InsertTarget* target, std::size_t mark) {
  if (At(kPartition)) target->partition = ParsePartitionValues();
  target->if_not_exists = AcceptIfNotExists();
  if (target->if_not_exists && target->mode == InsertMode::kInto) {
    Fail("INVALID_STATEMENT_OR_CLAUSE", "INSERT INTO takes no IF NOT EXISTS",
         {{"operation", "INSERT INTO ... IF NOT EXISTS"}}, mark);
  }
  std::string dynamic;
  for (const PartitionValue& value : target->partition) {
    if (value.value == nullptr && !value.is_default)
      dynamic += (dynamic.empty() ? "" : ", ") + value.column.text;
  }
  if (target->if_not_exists && !dynamic.empty()) {
    NotAllowedClause("IF NOT EXISTS with dynamic partitions: " + dynamic, mark);
  }
  if (Accept(kBy)) {
    Expect(kName);
    target->by_name = true;
  } else if (At(kLeftParenthesis) && !StartsQuery(BehindParentheses())) {
    target->columns = ParseIdentifierList();
  }
  if (!At(kReplace) || !StartsClause()) return;
  Advance();
  if (Accept(kUsing)) {
    target->mode = InsertMode::kReplaceUsing;
    target->columns = ParseIdentifierList();
    return;
  }
  target->mode = At(kOn) ? InsertMode::kReplaceOn : InsertMode::kReplaceWhere;
  Advance();
  target->condition = ParseExpression();
}

StatementPointer Parser::ParseInsertDirectory(WithClause with) {
  auto insert = New<InsertDirectoryStatement>();
  insert->recursive = with.recursive;
  insert->with = std::move(with.tables);
  Expect(kInsert);
  Expect(kOverwrite);
  insert->local = Accept(kLocal);
  Expect(kDirectory);
  if (IsStringLiteral()) insert->path = ParseString();
  if (At(kUsing)) {
    insert->provider = ParseProvider();
    if (Accept(kOptions)) insert->options = ParsePropertyList();
  } else {
    HiveFormat format;
    while (AtAny(kRow, kStored) && !failed()) ParseHiveFormat(&format);
    insert->hive = std::move(format);
    CheckHiveFormat(insert->hive, with.mark);
  }
  insert->query = ParseQuery();
  return Finish(std::move(insert), with.mark);
}

StatementPointer Parser::ParseMultiInsert(WithClause with, RelationPointer from) {
  auto statement = New<MultiInsertStatement>();
  statement->recursive = with.recursive;
  statement->with = std::move(with.tables);
  statement->from = std::move(from);
  while (At(kInsert)) {
    if (AtInsertDirectory()) {
      FailNotImplemented("FROM … INSERT OVERWRITE DIRECTORY");
      return nullptr;
    }
    MultiInsertStatement::Insert insert;
    insert.target = ParseInsertTarget();
    const std::size_t mark = Mark();
    insert.query = ParseQueryFrom(ParseSelect(nullptr, true), mark);
    statement->inserts.push_back(std::move(insert));
  }
  return Finish(std::move(statement), with.mark);
}

// ---- DELETE and UPDATE

StatementPointer Parser::ParseDelete(WithClause with) {
  Expect(kDelete);
  Expect(kFrom);
  auto statement = New<DeleteStatement>();
  statement->recursive = with.recursive;
  statement->with = std::move(with.tables);
  statement->table = ParseObjectName();
  statement->alias = ParseTableAlias();
  if (At(kWith) && At(kLeftParenthesis, 1)) {
    Advance();
    statement->options = ParsePropertyList();
  }
  if (Accept(kWhere)) statement->where = ParseExpression();
  return Finish(std::move(statement), with.mark);
}

StatementPointer Parser::ParseUpdate(WithClause with) {
  Expect(kUpdate);
  auto statement = New<UpdateStatement>();
  statement->recursive = with.recursive;
  statement->with = std::move(with.tables);
  statement->table = ParseObjectName();
  statement->alias = ParseTableAlias();
  if (At(kWith) && At(kLeftParenthesis, 1)) {
    Advance();
    statement->options = ParsePropertyList();
  }
  Expect(kSet);
  statement->assignments = ParseAssignments();
  if (Accept(kWhere)) statement->where = ParseExpression();
  return Finish(std::move(statement), with.mark);
}

std::vector<Assignment> Parser::ParseAssignments() {
  std::vector<Assignment> assignments;
  do {
    Assignment assignment;
    assignment.target = ParseMultipartName();
    Expect(kEqualSign);
    assignment.value = ParseExpression();
    assignments.push_back(std::move(assignment));
  } while (Accept(kComma));
  return assignments;
}

// ---- MERGE

StatementPointer Parser::ParseMerge(WithClause with) {
  const std::size_t mark = Mark();
  Expect(kMerge);
  auto merge = New<MergeStatement>();
  merge->recursive = with.recursive;
  merge->with = std::move(with.tables);
  if (Accept(kWith)) {
    Expect(kSchema);
    Expect(kEvolution);
    merge->schema_evolution = true;
  }
  Expect(kInto);
  merge->table = ParseObjectName();
  merge->alias = ParseTableAlias();
  if (At(kWith) && At(kLeftParenthesis, 1)) {
    Advance();
    merge->options = ParsePropertyList();
  }
  Expect(kUsing);
  merge->source = ParseMergeSource();
  Expect(kOn);
  merge->condition = ParseExpression();
  while (At(kWhen)) merge->clauses.push_back(ParseMergeClause());
  if (merge->clauses.empty()) {
    Fail("MERGE_WITHOUT_WHEN", "MERGE needs at least one WHEN clause", {}, mark);
  }
  CheckMergeClauses(merge->clauses, mark);
  return Finish(std::move(merge), with.mark);
}

RelationPointer Parser::ParseMergeSource() {
  const std::size_t mark = Mark();
  if (Accept(kLeftParenthesis)) {
    auto source = New<SubqueryRelation>();
    source->query = ParseQuery();
    Expect(kRightParenthesis);
    source->alias = ParseTableAlias();
    return Finish(std::move(source), mark);
  }
  auto source = New<TableRelation>();
  source->name = ParseObjectName();
  if (At(kWith) && At(kLeftParenthesis, 1)) {
    Advance();
    source->options = ParsePropertyList();
  }
  source->alias = ParseTableAlias();
  return Finish(std::move(source), mark);
}

// WHEN [NOT] MATCHED [BY TARGET | BY SOURCE] [AND condition] THEN action
MergeClause Parser::ParseMergeClause() {
  const std::size_t mark = Mark();
  Expect(kWhen);
  MergeClause clause;
  if (AcceptNot()) {
    Expect(kMatched);
    clause.match = MergeMatch::kNotMatched;
    if (Accept(kBy)) {
      if (Accept(kSource)) {
        clause.match = MergeMatch::kNotMatchedBySource;
      } else {
        Expect(kTarget);
      }
    }
  } else {
    Expect(kMatched);
  }
  if (Accept(kAnd)) clause.condition = ParseExpression();
  Expect(kThen);
  ParseMergeAction(&clause);
  clause.location = LocationFrom(mark);
  return clause;
}

void Parser::ParseMergeAction(MergeClause* clause) {
  if (clause->match == MergeMatch::kNotMatched) {
    Expect(kInsert);
    if (Accept(kAsterisk)) {
      clause->action = MergeActionKind::kInsertAll;
      return;
    }
    clause->action = MergeActionKind::kInsert;
    Expect(kLeftParenthesis);
    clause->insert_columns = ParseMultipartNameList();
    Expect(kRightParenthesis);
    Expect(kValues);
    Expect(kLeftParenthesis);
    clause->insert_values = ParseExpressionSequence();
    Expect(kRightParenthesis);
    return;
  }
  if (Accept(kDelete)) {
    clause->action = MergeActionKind::kDelete;
    return;
  }
  Expect(kUpdate);
  Expect(kSet);
  if (clause->match == MergeMatch::kMatched && Accept(kAsterisk)) {
    clause->action = MergeActionKind::kUpdateAll;
    return;
  }
  clause->action = MergeActionKind::kUpdate;
  clause->assignments = ParseAssignments();
}

// The clauses of one kind stand together, in a fixed order; only the last of a kind may go without a
// condition.
void Parser::CheckMergeClauses(const std::vector<MergeClause>& clauses, std::size_t mark) {
  if (failed()) return;
  for (std::size_t i = 0; i + 1 < clauses.size(); ++i) {
    if (clauses[i].match != clauses[i + 1].match || clauses[i].condition != nullptr) continue;
    switch (clauses[i].match) {
      case MergeMatch::kMatched:
        return Fail("NON_LAST_MATCHED_CLAUSE_OMIT_CONDITION",
                    "Only the last WHEN MATCHED clause may go without a condition", {}, mark);
      case MergeMatch::kNotMatched:
        return Fail("NON_LAST_NOT_MATCHED_BY_TARGET_CLAUSE_OMIT_CONDITION",
                    "Only the last WHEN NOT MATCHED clause may go without a condition", {}, mark);
      case MergeMatch::kNotMatchedBySource:
        return Fail("NON_LAST_NOT_MATCHED_BY_SOURCE_CLAUSE_OMIT_CONDITION",
                    "Only the last WHEN NOT MATCHED BY SOURCE clause may go without a condition", {}, mark);
    }
  }
}

// ---- TRUNCATE and LOAD

StatementPointer Parser::ParseTruncate() {
  const std::size_t mark = Mark();
  Expect(kTruncate);
  Expect(kTable);
  auto statement = New<TruncateTableStatement>();
  statement->name = ParseObjectName();
  if (At(kPartition)) statement->partition = ParsePartitionValues();
  return Finish(std::move(statement), mark);
}

StatementPointer Parser::ParseLoadData() {
  const std::size_t mark = Mark();
  Expect(kLoad);
  Expect(kData);
  auto statement = New<LoadDataStatement>();
  statement->local = Accept(kLocal);
  Expect(kInpath);
  statement->path = ParseString();
  statement->overwrite = Accept(kOverwrite);
  Expect(kInto);
  Expect(kTable);
  statement->name = ParseObjectName();
  if (At(kPartition)) statement->partition = ParsePartitionValues();
  return Finish(std::move(statement), mark);
}

}  // namespace hearth::sql
