// Queries: WITH, SELECT blocks, set operations and what organises the rows.

#include <set>

#include "sql/lexer/ascii.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

namespace {

// Binding strength of what joins query terms: INTERSECT over UNION and EXCEPT over the pipe operator.
constexpr int kIntersectPrecedence = 4;
constexpr int kUnionPrecedence = 3;
constexpr int kPipePrecedence = 2;

}  // namespace

QueryPointer Parser::ParseQuery() {
  const Nesting nesting(this);
  if (failed()) return nullptr;
  const std::size_t mark = Mark();
  if (!At(kWith)) return ParseQueryFrom(nullptr, mark);
  bool recursive = false;
  std::vector<CommonTableExpression> with = ParseWith(&recursive);
  QueryPointer query = ParseQueryFrom(nullptr, Mark());
  return AttachWith(std::move(query), std::move(with), recursive, mark);
}

QueryPointer Parser::AttachWith(QueryPointer query, std::vector<CommonTableExpression> with, bool recursive,
                                std::size_t mark) {
  if (failed()) return nullptr;
  query->with = std::move(with);
  query->recursive = recursive;
  CheckCommonTableNames(query->with, mark);
  return Finish(std::move(query), mark);
}

void Parser::CheckCommonTableNames(const std::vector<CommonTableExpression>& with, std::size_t mark) {
  std::set<std::string> names;
  for (const CommonTableExpression& table : with) {
    std::string name = ToLowerAscii(table.name.text);
    if (!names.insert(name).second) {
      Fail("DUPLICATED_CTE_NAMES", "WITH defines " + name + " twice", {{"duplicateNames", "`" + name + "`"}},
           mark);
      return;
    }
  }
}

QueryPointer Parser::ParseQueryFrom(QueryTermPointer first, std::size_t mark) {
  auto query = New<Query>();
  query->body = ParseQueryTerm(0, std::move(first), mark);
  query->organization = ParseOrganization();
  return Finish(std::move(query), mark);
}

bool Parser::AtQueryContinuation() const {
  return AtSetOperator() || At(kPipeOperator) || AtSinglePipeOperator() || AtOrganization();
}

std::vector<CommonTableExpression> Parser::ParseWith(bool* recursive) {
  Expect(kWith);
  *recursive = At(kRecursive) && IsIdentifier(1) && !At(kAs, 1) && Accept(kRecursive);
  std::vector<CommonTableExpression> tables;
  do {
    tables.push_back(ParseCommonTableExpression());
  } while (Accept(kComma));
  return tables;
}

CommonTableExpression Parser::ParseCommonTableExpression() {
  const std::size_t mark = Mark();
  CommonTableExpression table;
  table.name = ParseErrorCapturingIdentifier();
  if (At(kLeftParenthesis) && !StartsQuery(BehindParentheses(1))) table.columns = ParseIdentifierList();
  if (At(kMax) && At(kRecursion, 1)) {
    Accept(kMax, kRecursion);
    Expect(kLevel);
    table.maximum_recursion_level = ParseIntegerValue();
  }
  Accept(kAs);
  Expect(kLeftParenthesis);
  table.query = ParseQuery();
  Expect(kRightParenthesis);
  table.location = LocationFrom(mark);
  return table;
}

QueryTermPointer Parser::ParseQueryTerm(int minimum_precedence, QueryTermPointer first, std::size_t mark) {
  QueryTermPointer left = first != nullptr ? std::move(first) : ParseQueryPrimary();
  for (int length = 1; !failed(); ++length) {
    if (!CheckChain(length)) return nullptr;
    if (At(kPipeOperator) || AtSinglePipeOperator()) {
      if (minimum_precedence > kPipePrecedence) return left;
      Advance();
      left = ParsePipe(std::move(left), mark);
      continue;
    }
    const int precedence = At(kIntersect) ? kIntersectPrecedence : kUnionPrecedence;
    if (!AtSetOperator() || precedence < minimum_precedence) return left;
    auto node = New<SetOperationTerm>();
    node->op = TakeSetOperator(&node->all);
    node->left = std::move(left);
    node->right = ParseQueryTerm(precedence + 1, nullptr, Mark());
    left = Finish(std::move(node), mark);
  }
  return nullptr;
}

bool Parser::AtSetOperator() const { return AtAny(kUnion, kExcept, kIntersect, kMinus); }

SetOperator Parser::TakeSetOperator(bool* all) {
  const SetOperator op = At(kUnion)       ? SetOperator::kUnion
                         : At(kIntersect) ? SetOperator::kIntersect
                                          : SetOperator::kExcept;
  Advance();
  *all = Accept(kAll);
  if (!*all) Accept(kDistinct);
  return op;
}

QueryTermPointer Parser::ParseQueryPrimary() {
  const std::size_t mark = Mark();
  switch (Kind()) {
    case kSelect:
      return ParseSelect(nullptr, false);
    case kFrom: {
      Advance();
      RelationPointer from = ParseFromClause(mark);
      return ParseFromTail(std::move(from), mark);
    }
    case kTable: {
      Advance();
      auto term = New<TableTerm>();
      term->name = ParseObjectName();
      return Finish(std::move(term), mark);
    }
    case kValues: {
      auto term = New<InlineTableTerm>();
      term->table = ParseInlineTableNode();
      return Finish(std::move(term), mark);
    }
    case kLeftParenthesis: {
      const Nesting nesting(this);
      Advance();
      auto term = New<ParenthesizedTerm>();
      term->query = ParseQuery();
      Expect(kRightParenthesis);
      return Finish(std::move(term), mark);
    }
    case kMap:
    case kReduce:
      if (CanStartExpression(1)) {
        FailNotImplemented(At(kMap) ? "MAP … USING (TRANSFORM)" : "REDUCE … USING (TRANSFORM)");
        return nullptr;
      }
      break;
    default:
      break;
  }
  FailSyntax("a query");
  return nullptr;
}

// SELECT TRANSFORM(…) USING: TRANSFORM is a function as well, so the word behind its arguments decides.
bool Parser::AtTransform() const {
  if (!At(kTransform) || !At(kLeftParenthesis, 1)) return false;
  int depth = 0;
  constexpr std::size_t kFarthest = 100'000;
  for (std::size_t ahead = 1; !At(kEndOfInput, ahead) && ahead < kFarthest; ++ahead) {
    if (At(kLeftParenthesis, ahead)) ++depth;
    if (At(kRightParenthesis, ahead) && --depth == 0) {
      return (At(kUsing, ahead + 1) && IsStringLiteral(ahead + 2)) ||
             (At(kRow, ahead + 1) && At(kFormat, ahead + 2)) ||
             (At(kRecordwriter, ahead + 1) && IsStringLiteral(ahead + 2));
    }
  }
  return false;
}

// With `from_first` the block stands after its FROM clause, which is `from`.
QueryTermPointer Parser::ParseSelect(RelationPointer from, bool from_first) {
  const std::size_t mark = Mark();
  Expect(kSelect);
  auto select = New<SelectTerm>();
  select->from = std::move(from);
  ParseSelectClause(select.get());
  if (!from_first && At(kFrom)) {
    const std::size_t from_mark = Mark();
    Advance();
    select->from = ParseFromClause(from_mark);
  }
  if (At(kLateral) && At(kView, 1)) select->from = ParseLateralViews(std::move(select->from), Mark());
  ParseSelectTail(select.get());
  return Finish(std::move(select), mark);
}

void Parser::ParseSelectClause(SelectTerm* select) {
  if (AtTransform()) {
    FailNotImplemented("SELECT TRANSFORM");
    return;
  }
  while (At(kHintStart)) {
    for (Hint& hint : ParseHints()) select->hints.push_back(std::move(hint));
  }
  if (AtAny(kDistinct, kAll) && CanStartExpression(1)) {
    select->distinct = At(kDistinct);
    Advance();
  }
  select->items = ParseNamedExpressionSequence();
}

void Parser::ParseSelectTail(SelectTerm* select) {
  if (Accept(kWhere)) select->where = ParseExpression();
  if (At(kGroup) && At(kBy, 1)) select->group_by = ParseGroupBy(false);
  if (Accept(kHaving)) select->having = ParseExpression();
  if (StartsClause() && At(kWindow)) select->windows = ParseWindowClause();
  if (Accept(kQualify)) select->qualify = ParseExpression();
}

// What follows `FROM relation`: one SELECT block, a pipe, or nothing.
QueryTermPointer Parser::ParseFromTail(RelationPointer from, std::size_t mark) {
  if (!At(kSelect)) {
    auto term = New<FromTerm>();
    term->from = std::move(from);
    return Finish(std::move(term), mark);
  }
  QueryTermPointer block = ParseFromBody(std::move(from), mark);
  if (At(kSelect)) FailNotImplemented("FROM with more than one SELECT");
  return block;
}

QueryTermPointer Parser::ParseFromBody(RelationPointer from, std::size_t mark) {
  QueryTermPointer block = ParseSelect(std::move(from), true);
  if (!AtOrganization() || failed()) return block;
  auto query = New<Query>();
  query->body = std::move(block);
  query->organization = ParseOrganization();
  auto term = New<ParenthesizedTerm>();
  term->query = Finish(std::move(query), mark);
  return Finish(std::move(term), mark);
}

std::vector<Hint> Parser::ParseHints() {
  Expect(kHintStart);
  std::vector<Hint> hints;
  do {
    hints.push_back(ParseHint());
    Accept(kComma);
  } while (!At(kHintEnd) && !failed());
  Expect(kHintEnd);
  return hints;
}

Hint Parser::ParseHint() {
  const std::size_t mark = Mark();
  Hint hint;
  hint.name = ParseIdentifier().text;
  if (Accept(kLeftParenthesis)) {
    do {
      hint.arguments.push_back(ParsePrimary());
    } while (Accept(kComma));
    Expect(kRightParenthesis);
  }
  hint.location = LocationFrom(mark);
  return hint;
}

// ---- GROUP BY

GroupByClause Parser::ParseGroupBy(bool aliases_allowed) {
  const std::size_t mark = Mark();
  Expect(kGroup);
  Expect(kBy);
  GroupByClause clause;
  do {
    if (AtGroupingAnalytics()) {
      clause.items.push_back(ParseGroupingAnalytics());
    } else {
      clause.items.push_back(aliases_allowed ? ParseNamedExpression() : ParseExpression());
    }
  } while (Accept(kComma));
  if (Accept(kWith, kRollup)) {
    clause.suffix = GroupByClause::Suffix::kWithRollup;
  } else if (Accept(kWith, kCube)) {
    clause.suffix = GroupByClause::Suffix::kWithCube;
  } else if (Accept(kGrouping, kSets)) {
    clause.suffix = GroupByClause::Suffix::kGroupingSets;
    Expect(kLeftParenthesis);
    do {
      clause.grouping_sets.push_back(ParseGroupingSet());
    } while (Accept(kComma));
    Expect(kRightParenthesis);
  }
  clause.location = LocationFrom(mark);
  return clause;
}

bool Parser::AtGroupingAnalytics() const {
  return (AtAny(kRollup, kCube) && At(kLeftParenthesis, 1)) ||
         (At(kGrouping) && At(kSets, 1) && At(kLeftParenthesis, 2));
}

ExpressionPointer Parser::ParseGroupingAnalytics() {
  const Nesting nesting(this);
  const std::size_t mark = Mark();
  auto node = New<GroupingAnalyticsExpression>();
  node->grouping = At(kRollup) ? GroupingKind::kRollup
                   : At(kCube) ? GroupingKind::kCube
                               : GroupingKind::kGroupingSets;
  if (!Accept(kGrouping, kSets)) Advance();
  Expect(kLeftParenthesis);
  do {
    GroupingAnalyticsExpression::Element element;
    if (node->grouping == GroupingKind::kGroupingSets && AtGroupingAnalytics()) {
      element.nested = ParseGroupingAnalytics();
    } else {
      element.expressions = ParseGroupingSet();
    }
    node->elements.push_back(std::move(element));
  } while (Accept(kComma));
  Expect(kRightParenthesis);
  return Finish(std::move(node), mark);
}

// `(a, b)`, `()` or one expression. A row in parentheses is a set of its members.
std::vector<ExpressionPointer> Parser::ParseGroupingSet() {
  std::vector<ExpressionPointer> expressions;
  if (Accept(kLeftParenthesis, kRightParenthesis)) return expressions;
  ExpressionPointer expression = ParseExpression();
  if (auto* row = TryAs<RowExpression>(expression.get())) return std::move(row->items);
  expressions.push_back(std::move(expression));
  return expressions;
}

// ---- the end of a query

std::vector<NamedWindow> Parser::ParseWindowClause() {
  const std::size_t mark = Mark();
  Expect(kWindow);
  std::vector<NamedWindow> windows;
  std::set<std::string> names;
  do {
    windows.push_back(ParseNamedWindow());
    const std::string& name = windows.back().name.text;
    if (!names.insert(name).second) {
      Fail("INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION", "WINDOW defines " + name + " twice",
           {{"windowName", "`" + name + "`"}}, mark);
    }
  } while (Accept(kComma));
  for (const NamedWindow& window : windows) {
    const std::string& reference = window.specification.reference;
    if (!reference.empty() && names.count(reference) == 0) {
      Fail("INVALID_SQL_SYNTAX.UNRESOLVED_WINDOW_REFERENCE",
           "WINDOW refers to " + reference + ", which it does not define",
           {{"windowName", "`" + reference + "`"}}, mark);
    }
  }
  return windows;
}

bool Parser::AtOrganization() const {
  switch (Kind()) {
    case kOrder:
    case kCluster:
    case kDistribute:
    case kSort:
      return At(kBy, 1);
    case kWindow:
      return IsIdentifier(1) && At(kAs, 2);
    case kLimit:
    case kOffset:
      return CanStartExpression(1);
    default:
      return false;
  }
}

QueryOrganization Parser::ParseOrganization() {
  QueryOrganization organization;
  const std::size_t mark = Mark();
  if (Accept(kOrder, kBy)) organization.order_by = ParseSortItems();
  if (Accept(kCluster, kBy)) organization.cluster_by = ParseExpressionSequence();
  if (Accept(kDistribute, kBy)) organization.distribute_by = ParseExpressionSequence();
  if (Accept(kSort, kBy)) organization.sort_by = ParseSortItems();
  const bool order = !organization.order_by.empty();
  const bool cluster = !organization.cluster_by.empty();
  const bool others = !organization.distribute_by.empty() || !organization.sort_by.empty();
  if (At(kWindow) && AtOrganization()) organization.windows = ParseWindowClause();
  if (At(kLimit) && AtOrganization()) {
    Advance();
    organization.limit_all = Accept(kAll);
    if (!organization.limit_all) organization.limit = ParseExpression();
  }
  if (At(kOffset) && AtOrganization()) {
    Advance();
    organization.offset = ParseExpression();
  }
  if ((order && (cluster || others)) || (cluster && others)) {
    Fail("UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES",
         "ORDER BY, CLUSTER BY, and DISTRIBUTE BY with SORT BY exclude each other", {}, mark);
  }
  return organization;
}

}  // namespace hearth::sql
