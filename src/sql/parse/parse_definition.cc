// CREATE, DROP and COMMENT ON by their second words; namespaces.

#include "sql/lexer/ascii.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

bool Parser::AtNamespaceKeyword(std::size_t ahead) const {
  return At(kDatabase, ahead) || At(kSchema, ahead) || At(kNamespace, ahead);
}

bool Parser::AcceptIfNotExists() {
  if (!At(kIf) || !(At(kNot, 1) || At(kBang, 1)) || !At(kExists, 2)) return false;
  Advance();
  AcceptNot();
  Advance();
  return true;
}

bool Parser::AcceptIfExists() { return Accept(kIf, kExists); }

StatementPointer Parser::ParseCreate() {
  const std::size_t mark = Mark();
  if (At(kRole, 1) || (At(kIndex, 1) && At(kEndOfInput, 2))) return NotAllowed(2);
  if (At(kTemporary, 1) && WordIs("MACRO", 2)) return NotAllowed(3);
  if (At(kIndex, 1)) return Unsupported("CREATE INDEX");
  if (At(kMaterialized, 1)) return Unsupported("CREATE MATERIALIZED VIEW");
  if (At(kStreaming, 1)) return Unsupported("CREATE STREAMING TABLE");
  if (At(kFlow, 1)) return Unsupported("CREATE FLOW");
  Expect(kCreate);
  if (AtNamespaceKeyword()) return ParseCreateNamespace(mark);
  const bool or_replace = Accept(kOr, kReplace);
  const bool global = At(kGlobal) && At(kTemporary, 1) && Accept(kGlobal);
  const bool temporary = Accept(kTemporary);
  if (At(kView)) return ParseCreateView(mark, or_replace, temporary, global);
  if (At(kFunction) && !global) return ParseCreateFunction(mark, or_replace, temporary);
  if ((At(kTable) || (At(kExternal) && At(kTable, 1))) && !global) {
    return ParseCreateTable(mark, or_replace, temporary);
  }
  FailSyntax("DATABASE, TABLE, VIEW or FUNCTION");
  return nullptr;
}

StatementPointer Parser::ParseDrop() {
  const std::size_t mark = Mark();
  if (At(kRole, 1)) return NotAllowed(2);
  if (At(kTemporary, 1) && WordIs("MACRO", 2)) return NotAllowed(3);
  if (At(kIndex, 1)) return Unsupported("DROP INDEX");
  Expect(kDrop);
  if (AtNamespaceKeyword()) return ParseDropNamespace(mark);
  if (Accept(kTable)) {
    auto drop = New<DropTableStatement>();
    drop->if_exists = AcceptIfExists();
    drop->name = ParseObjectName();
    drop->purge = Accept(kPurge);
    return Finish(std::move(drop), mark);
  }
  if (Accept(kView)) {
    auto drop = New<DropViewStatement>();
    drop->if_exists = AcceptIfExists();
    drop->name = ParseObjectName();
    return Finish(std::move(drop), mark);
  }
  const bool temporary = Accept(kTemporary);
  if (At(kFunction)) return ParseDropFunction(mark, temporary);
  if (temporary && AtAny(kVariable, kVar)) return ParseDropVariable(mark);
  FailSyntax("DATABASE, TABLE, VIEW, FUNCTION or TEMPORARY VARIABLE");
  return nullptr;
}

StatementPointer Parser::ParseDropFunction(std::size_t mark, bool temporary) {
  Expect(kFunction);
  auto drop = New<DropFunctionStatement>();
  drop->temporary = temporary;
  drop->if_exists = AcceptIfExists();
  drop->name = ParseObjectName();
  return Finish(std::move(drop), mark);
}

StatementPointer Parser::ParseDropVariable(std::size_t mark) {
  Advance();
  auto drop = New<DropVariableStatement>();
  drop->if_exists = AcceptIfExists();
  drop->name = ParseObjectName();
  return Finish(std::move(drop), mark);
}

// ---- namespaces

StatementPointer Parser::ParseCreateNamespace(std::size_t mark) {
  Advance();
  auto create = New<CreateNamespaceStatement>();
  create->if_not_exists = AcceptIfNotExists();
  create->name = ParseObjectName();
  std::vector<std::string_view> seen;
  while (!failed()) {
    const std::size_t clause_mark = Mark();
    std::string_view clause;
    if (Accept(kComment)) {
      clause = "COMMENT";
      create->comment = ParseString();
    } else if (Accept(kLocation)) {
      clause = "LOCATION";
      create->location_path = ParseString();
    } else if (Accept(kDefault, kCollation)) {
      ParseIdentifier();
      FailSchemaCollation(mark);
      return nullptr;
    } else if (Accept(kWith)) {
      clause = "WITH PROPERTIES";
      if (!Accept(kDbproperties)) Expect(kProperties);
      create->properties = ParsePropertyList();
    } else {
      break;
    }
    CheckClauseOnce(clause, &seen, clause_mark);
  }
  RequirePropertyValues(create->properties, mark);
  return Finish(std::move(create), mark);
}

StatementPointer Parser::ParseDropNamespace(std::size_t mark) {
  Advance();
  auto drop = New<DropNamespaceStatement>();
  drop->if_exists = AcceptIfExists();
  drop->name = ParseObjectName();
  drop->cascade = Accept(kCascade);
  if (!drop->cascade) Accept(kRestrict);
  return Finish(std::move(drop), mark);
}

StatementPointer Parser::ParseAlterNamespace(std::size_t mark) {
  Advance();
  auto alter = New<AlterNamespaceStatement>();
  alter->name = ParseObjectName();
  if (Accept(kUnset)) {
    if (!Accept(kDbproperties)) Expect(kProperties);
    alter->action = AlterNamespaceAction::kUnsetProperties;
    alter->properties = ParsePropertyList();
    return Finish(std::move(alter), mark);
  }
  if (Accept(kDefault, kCollation)) {
    ParseIdentifier();
    FailSchemaCollation(mark);
    return nullptr;
  }
  Expect(kSet);
  if (Accept(kLocation)) {
    alter->action = AlterNamespaceAction::kSetLocation;
    alter->value = ParseString();
  } else {
    if (!Accept(kDbproperties)) Expect(kProperties);
    alter->properties = ParsePropertyList();
    RequirePropertyValues(alter->properties, mark);
  }
  return Finish(std::move(alter), mark);
}

// Behind a switch that is off in Spark 4.3.
void Parser::FailSchemaCollation(std::size_t mark) {
  Fail("UNSUPPORTED_FEATURE.SCHEMA_LEVEL_COLLATIONS", "Databases have no default collation", {}, mark);
}

// ---- COMMENT ON

std::optional<std::string> Parser::ParseCommentValue() {
  if (Accept(kNull)) return std::nullopt;
  return ParseString();
}

StatementPointer Parser::ParseCommentOn() {
  const std::size_t mark = Mark();
  Expect(kComment);
  Expect(kOn);
  auto comment = New<CommentOnStatement>();
  if (AtNamespaceKeyword()) {
    Advance();
    comment->target = CommentTarget::kNamespace;
    comment->name = ParseObjectName();
    Expect(kIs);
    comment->comment = ParseCommentValue();
    return Finish(std::move(comment), mark);
  }
  if (Accept(kColumn)) {
    comment->target = CommentTarget::kColumns;
    comment->columns.push_back(ParseColumnComment());
    return Finish(std::move(comment), mark);
  }
  Expect(kTable);
  comment->name = ParseObjectName();
  if (Accept(kColumn)) {
    comment->target = CommentTarget::kColumns;
    Expect(kLeftParenthesis);
    do {
      comment->columns.push_back(ParseColumnComment());
    } while (Accept(kComma));
    Expect(kRightParenthesis);
  } else {
    Expect(kIs);
    comment->comment = ParseCommentValue();
  }
  return Finish(std::move(comment), mark);
}

CommentOnStatement::Column Parser::ParseColumnComment() {
  CommentOnStatement::Column column;
  column.name = ParseMultipartName();
  Expect(kIs);
  column.comment = ParseCommentValue();
  return column;
}

// ---- rules that several statements share

void Parser::CheckClauseOnce(std::string_view clause, std::vector<std::string_view>* seen, std::size_t mark) {
  for (const std::string_view other : *seen) {
    if (other != clause) continue;
    Fail("DUPLICATE_CLAUSES", "The clause " + std::string(clause) + " stands twice",
         {{"clauseName", std::string(clause)}}, mark);
    return;
  }
  seen->push_back(clause);
}

void Parser::RequirePropertyValues(const std::vector<Option>& options, std::size_t mark) {
  std::string missing;
  for (const Option& option : options) {
    if (!option.value.has_value() && option.expression == nullptr)
      missing += (missing.empty() ? "" : ",") + option.key;
  }
  if (missing.empty() || failed()) return;
  Fail("_LEGACY_ERROR_TEMP_0035", "The keys " + missing + " need values",
       {{"message", "Values must be specified for key(s): [" + missing + "]"}}, mark);
}

}  // namespace hearth::sql
