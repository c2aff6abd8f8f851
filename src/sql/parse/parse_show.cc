// SHOW and DESCRIBE.

#include "sql/lexer/ascii.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

namespace {

bool IsDescribableOperator(TokenKind kind) {
  switch (kind) {
    case kAnd:
    case kOr:
    case kNot:
    case kIn:
    case kDiv:
    case kBang:
    case kEqualSign:
    case kNullSafeEqualSign:
    case kNotEqualSign:
    case kBangEqualSign:
    case kLessSign:
    case kLessEqualSign:
    case kGreaterSign:
    case kGreaterEqualSign:
    case kPlusSign:
    case kMinusSign:
    case kAsterisk:
    case kSlash:
    case kPercentSign:
    case kTilde:
    case kAmpersand:
    case kPipeSign:
    case kConcatenateSign:
    case kHat:
    case kShiftLeftSign:
    case kShiftRightSign:
    case kShiftRightUnsignedSign:
      return true;
    default:
      return false;
  }
}

}  // namespace

StatementPointer Parser::ParseShow() {
  const std::size_t mark = Mark();
  switch (Kind(1)) {
    case kGrant:
    case kPrincipals:
    case kRoles:
    case kCompactions:
    case kTransactions:
    case kIndexes:
    case kLocks:
      return NotAllowed(2);
    case kRole:
      return NotAllowed(At(kGrant, 2) ? 3 : 2);
    default:
      break;
  }
  if (At(kCurrent, 1) && At(kRoles, 2)) return NotAllowed(3);
  Expect(kShow);
  auto show = New<ShowStatement>();
  ParseShowObject(show.get());
  return Finish(std::move(show), mark);
}

void Parser::ParseShowObject(ShowStatement* show) {
  const bool functions = At(kFunctions) || (IsIdentifier() && At(kFunctions, 1));
  if (functions) {
    ParseShowFunctions(show);
    return;
  }
  switch (Kind()) {
    case kDatabases:
    case kSchemas:
    case kNamespaces:
      Advance();
      show->show = ShowKind::kNamespaces;
      ParseShowIn(show);
      ParseShowPattern(show);
      return;
    case kTables:
    case kViews:
      show->show = At(kTables) ? ShowKind::kTables : ShowKind::kViews;
      Advance();
      ParseShowIn(show);
      ParseShowPattern(show);
      if (show->show == ShowKind::kTables) show->as_json = Accept(kAs, kJson);
      return;
    case kCatalogs:
    case kCollations:
      show->show = At(kCatalogs) ? ShowKind::kCatalogs : ShowKind::kCollations;
      Advance();
      ParseShowPattern(show);
      return;
    case kProcedures:
      Advance();
      show->show = ShowKind::kProcedures;
      ParseShowIn(show);
      return;
    case kCurrent:
      Advance();
      show->show = ShowKind::kCurrentNamespace;
      if (!AtNamespaceKeyword()) FailSyntax("NAMESPACE, DATABASE or SCHEMA");
      Advance();
      return;
    default:
      ParseShowTable(show);
  }
}

// The forms about one table.
void Parser::ParseShowTable(ShowStatement* show) {
  if (Accept(kTable)) {
    Expect(kExtended);
    show->show = ShowKind::kTableExtended;
    ParseShowIn(show);
    Expect(kLike);
    show->pattern = ParseString();
    if (At(kPartition)) show->partition = ParsePartitionValues();
    show->as_json = Accept(kAs, kJson);
  } else if (Accept(kTblproperties)) {
    show->show = ShowKind::kTableProperties;
    show->object = ParseObjectName();
    if (Accept(kLeftParenthesis)) {
      show->property_key = ParsePropertyKey();
      Expect(kRightParenthesis);
    }
  } else if (Accept(kColumns)) {
    show->show = ShowKind::kColumns;
    if (!Accept(kFrom)) Expect(kIn);
    show->object = ParseObjectName();
    if (Accept(kFrom) || Accept(kIn)) {
      ObjectName in;
      MultipartName name = ParseMultipartName();
      in.parts = std::move(name.parts);
      in.location = name.location;
      show->in = std::move(in);
    }
  } else if (Accept(kPartitions)) {
    show->show = ShowKind::kPartitions;
    show->object = ParseObjectName();
    if (At(kPartition)) show->partition = ParsePartitionValues();
    show->as_json = Accept(kAs, kJson);
  } else if (Accept(kCreate)) {
    Expect(kTable);
    show->show = ShowKind::kCreateTable;
    show->object = ParseObjectName();
    show->as_serde = Accept(kAs, kSerde);
  } else {
    FailSyntax("what to show");
  }
}

// SHOW [USER | SYSTEM | ALL] FUNCTIONS [IN namespace] [[LIKE] name | 'pattern']
void Parser::ParseShowFunctions(ShowStatement* show) {
  const std::size_t mark = Mark();
  show->show = ShowKind::kFunctions;
  if (!At(kFunctions) || At(kFunctions, 1)) {
    const std::string scope = ToUpperAscii(TokenText());
    Advance();
    if (scope != "USER" && scope != "SYSTEM" && scope != "ALL") {
      Advance();
      Fail("INVALID_SQL_SYNTAX.SHOW_FUNCTIONS_INVALID_SCOPE",
           "SHOW FUNCTIONS knows the scopes USER, SYSTEM and ALL",
           {{"scope", "`" + ToLowerAscii(scope) + "`"}}, mark);
      return;
    }
    show->function_scope = scope;
  }
  Expect(kFunctions);
  ParseShowIn(show);
  const bool like = Accept(kLike);
  if (IsStringLiteral()) {
    show->pattern = ParseString();
  } else if (like || IsIdentifier()) {
    show->function_name = ParseMultipartName();
    const std::vector<std::string>& parts = show->function_name->parts;
    if (show->in.has_value() && parts.size() > 1) {
      std::string pattern;
      for (const std::string& part : parts) pattern += (pattern.empty() ? "`" : ".`") + part + "`";
      Fail("INVALID_SQL_SYNTAX.SHOW_FUNCTIONS_INVALID_PATTERN",
           "The pattern " + pattern + " names a database again", {{"pattern", pattern}}, mark);
    }
  }
}

void Parser::ParseShowIn(ShowStatement* show) {
  if (Accept(kFrom) || Accept(kIn)) show->in = ParseObjectName();
}

void Parser::ParseShowPattern(ShowStatement* show) {
  if (Accept(kLike) || IsStringLiteral()) show->pattern = ParseString();
}

// ---- DESCRIBE

StatementPointer Parser::ParseDescribe() {
  const std::size_t mark = Mark();
  Advance();
  const bool named = IsIdentifier(1) || At(kStringLiteral, 1) || IsDescribableOperator(Kind(1));
  if (At(kFunction) && named) return ParseDescribeFunction(mark);
  if (At(kProcedure) && IsIdentifier(1)) return Unsupported("DESCRIBE PROCEDURE");
  if (AtNamespaceKeyword() && IsIdentifier(1)) {
    Advance();
    auto describe = New<DescribeNamespaceStatement>();
    describe->extended = At(kExtended) && IsIdentifier(1) && Accept(kExtended);
    describe->name = ParseObjectName();
    return Finish(std::move(describe), mark);
  }
  const bool query_word = At(kQuery) && StartsQuery(BehindParentheses(1));
  const bool query = query_word || At(kLeftParenthesis) || (StartsQuery() && !At(kTable));
  if (!query) return ParseDescribeTable(mark);
  if (query_word) Advance();
  auto describe = New<DescribeQueryStatement>();
  const std::size_t query_mark = Mark();
  describe->query = ParseQuery();
  describe->query_text = TextFrom(query_mark);
  return Finish(std::move(describe), mark);
}

StatementPointer Parser::ParseDescribeFunction(std::size_t mark) {
  Expect(kFunction);
  auto describe = New<DescribeFunctionStatement>();
  const bool another = IsIdentifier(1) || At(kStringLiteral, 1) || IsDescribableOperator(Kind(1)) ||
                       At(kDoubleQuotedLiteral, 1);
  describe->extended = At(kExtended) && another && Accept(kExtended);
  if (IsStringLiteral()) {
    const std::size_t name_mark = Mark();
    describe->name.parts.push_back(ParseString());
    describe->name.location = LocationFrom(name_mark);
  } else if (IsDescribableOperator(Kind())) {
    const std::size_t name_mark = Mark();
    describe->name.parts.emplace_back(TokenText());
    Advance();
    describe->name.location = LocationFrom(name_mark);
  } else {
    describe->name = ParseObjectName();
  }
  return Finish(std::move(describe), mark);
}

StatementPointer Parser::ParseDescribeTable(std::size_t mark) {
  auto describe = New<DescribeTableStatement>();
  if (At(kTable) && (IsIdentifier(1))) Advance();
  if (AtAny(kExtended, kFormatted) && IsIdentifier(1) && !(At(kAs, 1) && At(kJson, 2))) {
    Advance();
    describe->extended = true;
  }
  describe->name = ParseObjectName();
  if (At(kPartition) && At(kLeftParenthesis, 1)) describe->partition = ParsePartitionValues();
  if (IsIdentifier() && !(At(kAs) && At(kJson, 1))) describe->column = ParseMultipartName().parts;
  describe->as_json = Accept(kAs, kJson);
  if (describe->as_json && !describe->extended) {
    std::string name;
    for (const std::string& part : describe->name.parts) name += (name.empty() ? "" : ".") + part;
    Fail("DESCRIBE_JSON_NOT_EXTENDED", "AS JSON needs EXTENDED", {{"tableName", name}}, mark);
  }
  return Finish(std::move(describe), mark);
}

}  // namespace hearth::sql
