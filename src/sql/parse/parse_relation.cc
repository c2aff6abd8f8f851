// Relations: tables, subqueries, inline tables, and the FROM clause that joins them.

#include <charconv>
#include <cmath>

#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

// `relation, relation, … LATERAL VIEW … PIVOT …`. What extends a relation behind a comma extends all of them:
// Spark reads `a, b JOIN c` as `(a, b) JOIN c`.
RelationPointer Parser::ParseFromClause(std::size_t mark) {
  const std::size_t first = Mark();
  RelationPointer left;
  for (int length = 1; !failed(); ++length) {
    if (!CheckChain(length)) return nullptr;
    const bool lateral = At(kLateral) && !At(kView, 1) && Accept(kLateral);
    RelationPointer right = ParseRelationPrimary();
    if (left == nullptr) {
      left = std::move(right);
    } else {
      if (lateral) CheckLateral(right.get(), mark);
      auto join = New<JoinRelation>();
      join->type = JoinType::kComma;
      join->lateral = lateral;
      join->left = std::move(left);
      join->right = std::move(right);
      left = Finish(std::move(join), first);
    }
    left = ParseRelationExtensions(std::move(left), first);
    if (!Accept(kComma)) break;
  }
  if (!(At(kLateral) && At(kView, 1))) return left;
  left = ParseLateralViews(std::move(left), first);
  if (At(kPivot) && StartsClause()) {
    ParsePivot(nullptr, first);
    Fail("NOT_ALLOWED_IN_FROM.LATERAL_WITH_PIVOT", "FROM cannot hold both LATERAL VIEW and PIVOT behind it",
         {}, mark);
  } else if (At(kUnpivot) && StartsClause()) {
    ParseUnpivot(nullptr, first);
    Fail("NOT_ALLOWED_IN_FROM.LATERAL_WITH_UNPIVOT",
         "FROM cannot hold both LATERAL VIEW and UNPIVOT behind it", {}, mark);
  }
  return left;
}

RelationPointer Parser::ParseRelationExtensions(RelationPointer left, std::size_t mark) {
  for (int length = 1; !failed(); ++length) {
    if (!CheckChain(length)) return nullptr;
    if (AtJoin()) {
      left = ParseJoin(std::move(left), mark);
    } else if (At(kPivot) && At(kLeftParenthesis, 1)) {
      left = ParsePivot(std::move(left), mark);
    } else if (At(kUnpivot) && StartsClause()) {
      left = ParseUnpivot(std::move(left), mark);
    } else if (At(kBin) && At(kBy, 1)) {
      FailNotImplemented("BIN BY");
    } else {
      return left;
    }
  }
  return nullptr;
}

RelationPointer Parser::ParseRelationPrimary() {
  const std::size_t mark = Mark();
  if (At(kLeftParenthesis)) return ParseParenthesizedRelation();
  if (At(kValues) && StartsQuery() && !AtTableCalledValues()) return ParseInlineTable();
  if (At(kJsonTable) && At(kLeftParenthesis, 1)) {
    FailNotImplemented("JSON_TABLE");
    return nullptr;
  }
  const bool stream = At(kStream) && (At(kLeftParenthesis, 1) || (IsIdentifier(1) && !At(kAs, 1) &&
                                                                  !StartsClause(1) && IsStrictIdentifier(1)));
  if (stream) {
    FailNotImplemented("STREAM relations");
    return nullptr;
  }
  const bool call_of_clause = At(kIdentifier) && At(kLeftParenthesis, 1);
  if (!IsIdentifier() && !call_of_clause) {
    FailSyntax("a table, a function or a query in parentheses");
    return nullptr;
  }
  ObjectName name = ParseObjectName();
  if (At(kLeftParenthesis)) return ParseTableFunction(std::move(name), mark);
  auto table = New<TableRelation>();
  table->name = std::move(name);
  table->time_travel = ParseTimeTravel();
  if (At(kWith) && At(kLeftParenthesis, 1)) {
    Advance();
    table->options = ParsePropertyList();
  }
  table->sample = ParseSample();
  RefuseStreamingClauses();
  table->alias = ParseTableAlias();
  return Finish(std::move(table), mark);
}

// `FROM values v` is a table and its alias, `FROM values (v)` an inline table.
bool Parser::AtTableCalledValues() const {
  if (!IsStrictIdentifier(1)) return false;
  return At(kComma, 2) || At(kRightParenthesis, 2) || At(kSemicolon, 2) || At(kEndOfInput, 2) ||
         StartsClause(2);
}

void Parser::RefuseStreamingClauses() {
  if (At(kChanges) && StartsClause()) FailNotImplemented("CHANGES FROM");
  if (At(kWatermark) && StartsClause()) FailNotImplemented("WATERMARK");
  if (At(kIdentified) && At(kBy, 1)) FailNotImplemented("IDENTIFIED BY");
}

// ---- parentheses

// As with expressions, only what follows an inner pair of parentheses tells a query from a relation.
Parser::ParenthesizedSource Parser::ParseInsideRelationParentheses() {
  const Nesting nesting(this);
  ParenthesizedSource source;
  if (failed()) return source;
  if (StartsQuery()) {
    source.query = ParseQuery();
    return source;
  }
  const std::size_t mark = Mark();
  if (At(kLateral) && !At(kView, 1)) Advance();  // it says nothing where nothing stands before it
  if (!At(kLeftParenthesis)) {
    source.relation = ParseRelationExtensions(ParseRelationPrimary(), mark);
    return source;
  }
  Advance();
  ParenthesizedSource inner = ParseInsideRelationParentheses();
  Expect(kRightParenthesis);
  if (failed()) return source;
  if (inner.query != nullptr && (AtQueryContinuation() || At(kRightParenthesis))) {
    auto term = New<ParenthesizedTerm>();
    term->query = std::move(inner.query);
    source.query = ParseQueryFrom(Finish(std::move(term), mark), mark);
    return source;
  }
  RelationPointer first = inner.query != nullptr ? FinishSubquery(std::move(inner.query), mark)
                                                 : FinishParenthesized(std::move(inner.relation), mark);
  source.relation = ParseRelationExtensions(std::move(first), mark);
  return source;
}

RelationPointer Parser::ParseParenthesizedRelation() {
  const std::size_t mark = Mark();
  Expect(kLeftParenthesis);
  ParenthesizedSource source = ParseInsideRelationParentheses();
  Expect(kRightParenthesis);
  if (failed()) return nullptr;
  if (source.query != nullptr) return FinishSubquery(std::move(source.query), mark);
  return FinishParenthesized(std::move(source.relation), mark);
}

RelationPointer Parser::FinishSubquery(QueryPointer query, std::size_t mark) {
  auto subquery = New<SubqueryRelation>();
  subquery->query = std::move(query);
  subquery->sample = ParseSample();
  RefuseStreamingClauses();
  subquery->alias = ParseTableAlias();
  return Finish(std::move(subquery), mark);
}

RelationPointer Parser::FinishParenthesized(RelationPointer child, std::size_t mark) {
  auto relation = New<ParenthesizedRelation>();
  relation->child = std::move(child);
  relation->sample = ParseSample();
  RefuseStreamingClauses();
  relation->alias = ParseTableAlias();
  return Finish(std::move(relation), mark);
}

// ---- inline tables and aliases

RelationPointer Parser::ParseInlineTable() { return ParseInlineTableNode(); }

NodePointer<InlineTableRelation> Parser::ParseInlineTableNode() {
  const std::size_t mark = Mark();
  Expect(kValues);
  auto table = New<InlineTableRelation>();
  do {
    table->rows.push_back(ParseExpression());
    // Behind the comma there may be another relation instead of a row.
    const bool relation_next = (At(kValues, 1) && StartsQuery(1)) || (At(kLateral, 1) && !At(kView, 2));
    if (relation_next) break;
  } while (Accept(kComma));
  table->alias = ParseTableAlias();
  return Finish(std::move(table), mark);
}

std::optional<TableAlias> Parser::ParseTableAlias() {
  TableAlias alias;
  if (Accept(kAs)) {
    alias.name = ParseStrictIdentifier();
  } else if (IsStrictIdentifier() && !StartsClause()) {
    alias.name = ParseStrictIdentifier();
  } else {
    return std::nullopt;
  }
  if (At(kLeftParenthesis)) alias.columns = ParseIdentifierList();
  return alias;
}

std::optional<Identifier> Parser::ParseOptionalAlias() {
  if (Accept(kAs)) return ParseErrorCapturingIdentifier();
  if (IsStrictIdentifier() && !StartsClause()) return ParseErrorCapturingIdentifier();
  return std::nullopt;
}

// ---- time travel

// `VERSION AS OF v`, `TIMESTAMP AS OF t`, each with FOR and SYSTEM_ spellings; `@v3`, `@20240101000000000`.
std::optional<TimeTravel> Parser::ParseTimeTravel() {
  if (Accept(kAtVersion)) return ParseVersionTravel();
  if (At(kAtSign)) {
    FailNotImplemented("time travel by table@timestamp");
    return std::nullopt;
  }
  const std::size_t ahead = At(kFor) ? 1 : 0;
  if (!At(kAs, ahead + 1) || !At(kOf, ahead + 2)) return std::nullopt;
  const bool version = At(kVersion, ahead) || At(kSystemVersion, ahead);
  if (!version && !At(kTimestamp, ahead) && !At(kSystemTime, ahead)) return std::nullopt;
  Accept(kFor);
  Advance();
  Accept(kAs, kOf);
  if (version) return ParseVersionTravel();
  TimeTravel travel;
  travel.timestamp = ParseValue();
  return travel;
}

std::optional<TimeTravel> Parser::ParseVersionTravel() {
  TimeTravel travel;
  if (At(kIntegerLiteral)) {
    travel.version = std::string(TokenText());
    Advance();
  } else {
    travel.version = ParseString();
  }
  return travel;
}

// ---- samples

std::optional<TableSample> Parser::ParseSample() {
  if (!At(kTablesample) || !StartsClause()) return std::nullopt;
  const std::size_t mark = Mark();
  Advance();
  if (AtAny(kSystem, kBernoulli)) Advance();
  Expect(kLeftParenthesis);
  TableSample sample;
  ParseSampleMethod(&sample, mark);
  Expect(kRightParenthesis);
  if (At(kRepeatable) && At(kLeftParenthesis, 1)) {
    Advance();
    Advance();
    sample.seed = ParseIntegerValue();
    Expect(kRightParenthesis);
  }
  sample.location = LocationFrom(mark);
  return sample;
}

void Parser::ParseSampleMethod(TableSample* sample, std::size_t mark) {
  const std::size_t sign = At(kMinusSign) ? 1 : 0;
  const bool number = At(kIntegerLiteral, sign) || At(kDecimalLiteral, sign);
  if (number && At(kPercent, sign + 1)) {
    ParsePercentSample(sample, mark);
  } else if (At(kBucket) && At(kIntegerLiteral, 1)) {
    ParseBucketSample(sample, mark);
  } else if (At(kRightParenthesis)) {
    Advance();
    Fail("_LEGACY_ERROR_TEMP_0014", "TABLESAMPLE needs a size between its parentheses", {}, mark);
  } else {
    const std::size_t bytes_mark = Mark();
    ExpressionPointer size = ParseExpression();
    if (Accept(kRows)) {
      sample->method = SampleMethod::kRows;
      sample->rows = std::move(size);
      return;
    }
    const std::string bytes = TextFrom(bytes_mark);
    Expect(kRightParenthesis);
    const bool has_unit = !bytes.empty() && (bytes.back() == 'B' || bytes.back() == 'b');
    Fail(has_unit ? "_LEGACY_ERROR_TEMP_0015" : "_LEGACY_ERROR_TEMP_0016",
         "TABLESAMPLE does not take a size in bytes",
         has_unit ? std::map<std::string, std::string>{{"msg", "byteLengthLiteral"}}
                  : std::map<std::string, std::string>{{"bytesStr", bytes}},
         mark);
  }
}

void Parser::ParsePercentSample(TableSample* sample, std::size_t mark) {
  const std::size_t number_mark = Mark();
  sample->method = SampleMethod::kPercent;
  Accept(kMinusSign);
  Advance();
  sample->percent = TextFrom(number_mark);
  std::erase_if(sample->percent, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
  Accept(kPercent);
  double percent = 0;
  std::from_chars(sample->percent.data(), sample->percent.data() + sample->percent.size(), percent);
  // Spark allows for rounding of the fraction.
  constexpr double kEpsilon = 1e-6;
  const double fraction = percent / 100;
  if (fraction < 0 - kEpsilon || fraction > 1 + kEpsilon) {
    Expect(kRightParenthesis);
    std::string text(32, '\0');
    text.resize(static_cast<std::size_t>(std::to_chars(text.data(), text.data() + text.size(), fraction).ptr -
                                         text.data()));
    Fail("INVALID_TABLESAMPLE_FRACTION", "TABLESAMPLE takes between 0 and 100 percent", {{"fraction", text}},
         mark);
  }
}

void Parser::ParseBucketSample(TableSample* sample, std::size_t mark) {
  Expect(kBucket);
  sample->method = SampleMethod::kBucket;
  sample->bucket = ParseIntegerValue();
  Expect(kOut);
  Expect(kOf);
  sample->buckets = ParseIntegerValue();
  if (!Accept(kOn)) return;
  ParseMultipartName();
  const bool function = Accept(kLeftParenthesis, kRightParenthesis);
  Expect(kRightParenthesis);
  Fail("_LEGACY_ERROR_TEMP_0015", "TABLESAMPLE by bucket does not take ON",
       {{"msg", function ? "BUCKET x OUT OF y ON function" : "BUCKET x OUT OF y ON colname"}}, mark);
}

}  // namespace hearth::sql
