// CREATE VIEW and CREATE FUNCTION.

#include "sql/lexer/ascii.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

StatementPointer Parser::ParseCreateView(std::size_t mark, bool or_replace, bool temporary, bool global) {
  Expect(kView);
  auto view = New<CreateViewStatement>();
  view->or_replace = or_replace;
  view->temporary = temporary;
  view->global = global;
  view->if_not_exists = AcceptIfNotExists();
  view->name = ParseObjectName();
  if (At(kUsing) || (At(kLeftParenthesis) && AtViewSchema()))
    return ParseCreateViewUsing(std::move(view), mark);
  if (Accept(kLeftParenthesis)) {
    do {
      ViewColumn column;
      column.name = ParseIdentifier();
      if (Accept(kComment)) column.comment = ParseString();
      view->columns.push_back(std::move(column));
    } while (Accept(kComma));
    Expect(kRightParenthesis);
  }
  std::vector<std::string_view> seen;
  while (!failed() && ParseViewClause(view.get(), &seen)) {
  }
  RequirePropertyValues(view->properties, mark);
  if (view->partitioned) {
    NotAllowedOperation("CREATE VIEW ... PARTITIONED ON", mark);
    return nullptr;
  }
  Expect(kAs);
  if (At(kDollarQuotedLiteral)) return Unsupported("CREATE VIEW … WITH METRICS");
  const std::size_t query_mark = Mark();
  view->query = ParseQuery();
  view->query_text = TextFrom(query_mark);
  CheckView(*view, mark);
  return Finish(std::move(view), mark);
}

void Parser::CheckView(const CreateViewStatement& view, std::size_t mark) {
  if (failed()) return;
  const std::vector<std::string>& name = view.name.parts;
  if (view.or_replace && view.if_not_exists) {
    std::string joined;
    for (const std::string& part : name) joined += (joined.empty() ? "" : ".") + part;
    Fail("CREATE_VIEW_WITH_IF_NOT_EXISTS_AND_REPLACE", "OR REPLACE and IF NOT EXISTS exclude each other",
         {{"viewName", joined}}, mark);
  } else if (view.temporary && view.if_not_exists) {
    Fail("_LEGACY_ERROR_TEMP_0053", "A temporary view takes no IF NOT EXISTS", {}, mark);
  } else if (view.temporary && !view.properties.empty()) {
    NotAllowedClause("TBLPROPERTIES can't coexist with CREATE TEMPORARY VIEW", mark);
  } else if (view.temporary && !view.global && name.size() > 1) {
    FailQualifiedTemporary("VIEW", name, mark);
  }
}

// Temporary objects have no catalogue or database of their own.
void Parser::FailQualifiedTemporary(const std::string& type, const std::vector<std::string>& name,
                                    std::size_t mark) {
  std::string qualifier;
  for (std::size_t i = 0; i + 1 < name.size(); ++i) qualifier += (i == 0 ? "`" : ".`") + name[i] + "`";
  Fail("INVALID_TEMP_OBJ_QUALIFIER",
       "The temporary " + ToLowerAscii(type) + " " + name.back() + " takes no qualifier",
       {{"objectType", type}, {"objectName", "`" + name.back() + "`"}, {"qualifier", qualifier}}, mark);
}

// (a INT, …) and not (a COMMENT '…', …)
bool Parser::AtViewSchema() const {
  return !(At(kComma, 2) || At(kRightParenthesis, 2) || At(kComment, 2) || At(kMinusSign, 2));
}

bool Parser::ParseViewClause(CreateViewStatement* view, std::vector<std::string_view>* seen) {
  const std::size_t mark = Mark();
  std::string_view clause;
  if (Accept(kComment)) {
    clause = "COMMENT";
    view->comment = ParseString();
  } else if (Accept(kDefault, kCollation)) {
    clause = "DEFAULT COLLATION";
    view->collation = ParseIdentifier().text;
  } else if (At(kWith) && At(kSchema, 1)) {
    clause = "WITH SCHEMA";
    view->schema_binding = ParseSchemaBinding();
  } else if (At(kPartitioned)) {
    Advance();
    Expect(kOn);
    clause = "PARTITIONED ON";
    ParseIdentifierList();
    view->partitioned = true;
  } else if (Accept(kTblproperties)) {
    clause = "TBLPROPERTIES";
    view->properties = ParsePropertyList();
  } else if ((At(kWith) && At(kMetrics, 1)) || At(kLanguage)) {
    // A metric view: it is refused when its body comes.
    Advance();
    Advance();
    return true;
  } else {
    return false;
  }
  CheckClauseOnce(clause, seen, mark);
  return true;
}

// WITH SCHEMA BINDING | COMPENSATION | EVOLUTION | TYPE EVOLUTION
std::string Parser::ParseSchemaBinding() {
  Expect(kWith);
  Expect(kSchema);
  if (Accept(kType, kEvolution)) return "TYPE EVOLUTION";
  if (!AtAny(kBinding, kCompensation, kEvolution)) {
    FailSyntax("BINDING, COMPENSATION or EVOLUTION");
    return {};
  }
  std::string binding = ToUpperAscii(TokenText());
  Advance();
  return binding;
}

StatementPointer Parser::ParseCreateViewUsing(NodePointer<CreateViewStatement> view, std::size_t mark) {
  auto create = New<CreateViewUsingStatement>();
  create->or_replace = view->or_replace;
  create->global = view->global;
  create->name = std::move(view->name);
  if (!view->temporary) {
    FailSyntax("AS");
    return nullptr;
  }
  if (Accept(kLeftParenthesis)) {
    create->columns = ParseStructFields(false);
    Expect(kRightParenthesis);
  }
  create->provider = ParseProvider();
  if (Accept(kOptions)) create->options = ParsePropertyList();
  if (view->if_not_exists) NotAllowedClause("CREATE TEMPORARY VIEW IF NOT EXISTS", mark);
  return Finish(std::move(create), mark);
}

// ---- functions

StatementPointer Parser::ParseCreateFunction(std::size_t mark, bool or_replace, bool temporary) {
  Expect(kFunction);
  auto function = New<CreateFunctionStatement>();
  function->or_replace = or_replace;
  function->temporary = temporary;
  function->if_not_exists = AcceptIfNotExists();
  function->name = ParseObjectName();
  if (or_replace && function->if_not_exists) {
    while (!At(kEndOfInput)) Advance();
    Fail("INVALID_SQL_SYNTAX.CREATE_ROUTINE_WITH_IF_NOT_EXISTS_AND_REPLACE",
         "OR REPLACE and IF NOT EXISTS exclude each other", {}, mark);
    return nullptr;
  }
  if (At(kLeftParenthesis)) {
    ParseSqlFunction(function.get());
    return Finish(std::move(function), mark);
  }
  Expect(kAs);
  function->class_name = ParseString();
  if (Accept(kUsing)) {
    do {
      FunctionResource resource;
      resource.type = ToUpperAscii(ParseIdentifier().text);
      resource.path = ParseString();
      function->resources.push_back(std::move(resource));
    } while (Accept(kComma));
  }
  return Finish(std::move(function), mark);
}

// (parameters) RETURNS type | TABLE (columns) characteristics RETURN body
void Parser::ParseSqlFunction(CreateFunctionStatement* function) {
  Expect(kLeftParenthesis);
  if (!At(kRightParenthesis)) {
    do {
      function->parameters.push_back(ParseColumnDefinition());
    } while (Accept(kComma));
  }
  Expect(kRightParenthesis);
  if (At(kReturns) && !(At(kNull, 1) && At(kOn, 2))) {
    Advance();
    function->returns_table = At(kTable);
    if (Accept(kTable)) {
      if (Accept(kLeftParenthesis)) {
        function->returned_columns = ParseStructFields(false);
        Expect(kRightParenthesis);
      }
    } else {
      function->returns = ParseDataType();
    }
  }
  while (!failed() && ParseRoutineCharacteristic(function)) {
  }
  Expect(kReturn);
  const std::size_t mark = Mark();
  if (StartsQuery(BehindParentheses())) {
    ParseFunctionQuery(function);
  } else {
    function->body = ParseExpression();
  }
  function->body_text = TextFrom(mark);
}

// RETURN SELECT …, or an expression that begins with a query in parentheses.
void Parser::ParseFunctionQuery(CreateFunctionStatement* function) {
  const std::size_t mark = Mark();
  if (!At(kLeftParenthesis)) {
    function->body_query = ParseQuery();
    return;
  }
  Seed seed;
  seed.mark = mark;
  seed.is_primary = true;
  Parenthesized contents = ParseParenthesized();
  if (failed()) return;
  if (contents.query != nullptr && (At(kEndOfInput) || At(kSemicolon) || AtQueryContinuation())) {
    auto term = New<ParenthesizedTerm>();
    term->query = std::move(contents.query);
    function->body_query = ParseQueryFrom(Finish(std::move(term), mark), mark);
    return;
  }
  seed.node = contents.query != nullptr ? ScalarSubquery(std::move(contents.query), mark)
                                        : FinishRow(std::move(contents.items), mark);
  function->body = ParseExpression(&seed);
}

bool Parser::ParseRoutineCharacteristic(CreateFunctionStatement* function) {
  if (Accept(kLanguage)) {
    function->language = ToUpperAscii(ParseIdentifier().text);
  } else if (Accept(kSpecific)) {
    ParseErrorCapturingIdentifier();
  } else if (Accept(kDeterministic)) {
    function->deterministic = true;
  } else if (Accept(kNot, kDeterministic)) {
    function->deterministic = false;
  } else if (At(kNo) || At(kContains)) {
    Advance();
    Expect(kSql);
    function->contains_sql = true;
  } else if (AtAny(kReads, kModifies)) {
    Advance();
    Expect(kSql);
    Expect(kData);
    function->contains_sql = false;
  } else if (AtAny(kReturns, kCalled)) {
    const bool returns_null = Accept(kReturns);
    if (returns_null) {
      Expect(kNull);
    } else {
      Advance();
    }
    Expect(kOn);
    Expect(kNull);
    Expect(kInput);
  } else if (Accept(kComment)) {
    function->comment = ParseString();
  } else if (Accept(kDefault, kCollation)) {
    function->collation = ParseIdentifier().text;
  } else if (Accept(kSql, kSecurity)) {
    if (!Accept(kInvoker)) Expect(kDefiner);
  } else {
    return false;
  }
  return true;
}

}  // namespace hearth::sql
