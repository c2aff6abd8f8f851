// Primary expressions: names, parentheses, CASE, CAST, lambdas, and what may follow a primary.

#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

ExpressionPointer Parser::ParsePrimary(Seed* seed) {
  if (seed != nullptr) return ParsePostfix(std::move(seed->node), seed->mark);
  const std::size_t mark = Mark();
  return ParsePostfix(ParsePrimaryBase(), mark);
}

// `[index]`, `.field`, `::type`, `:path`, `COLLATE name`, any number of them.
ExpressionPointer Parser::ParsePostfix(ExpressionPointer base, std::size_t mark) {
  for (int length = 1; !failed(); ++length) {
    if (!CheckChain(length)) return nullptr;
    if (Accept(kLeftBracket)) {
      auto node = New<SubscriptExpression>();
      node->base = std::move(base);
      const Nesting nesting(this);
      node->index = ParseValue();
      Expect(kRightBracket);
      base = Finish(std::move(node), mark);
    } else if (At(kDot) && IsIdentifier(1)) {
      Advance();
      base = ParseField(std::move(base), mark);
    } else if (Accept(kDoubleColon)) {
      auto node = New<CastExpression>();
      node->by_colons = true;
      node->child = std::move(base);
      node->type = ParseDataType();
      base = Finish(std::move(node), mark);
    } else if (Accept(kColon)) {
      auto node = New<SemiStructuredExtractExpression>();
      node->base = std::move(base);
      ParseSemiStructuredPath(node.get());
      base = Finish(std::move(node), mark);
    } else if (At(kCollate) && IsIdentifier(1)) {
      Advance();
      auto node = New<CollateExpression>();
      node->child = std::move(base);
      node->collation = ParseMultipartName().parts;
      base = Finish(std::move(node), mark);
    } else {
      return base;
    }
  }
  return nullptr;
}

// A field of a name makes a longer name; Spark does so even through parentheses: (a).b is a.b.
ExpressionPointer Parser::ParseField(ExpressionPointer base, std::size_t mark) {
  Identifier field = ParseIdentifier();
  if (failed()) return nullptr;
  if (auto* column = TryAs<ColumnExpression>(base.get())) {
    column->parts.push_back(std::move(field.text));
    column->location = LocationFrom(mark);
    return base;
  }
  auto node = New<FieldAccessExpression>();
  node->base = std::move(base);
  node->field = std::move(field);
  return Finish(std::move(node), mark);
}

// v:a.b[0]['c'], v:['a']
void Parser::ParseSemiStructuredPath(SemiStructuredExtractExpression* extract) {
  const std::size_t mark = Mark();
  extract->path = "$";
  bool name_next = !At(kLeftBracket);
  while (!failed()) {
    if (name_next) {
      extract->name = ParseIdentifier().text;
      extract->path += "." + extract->name;
    } else if (At(kLeftBracket) && (extract->path == "$" || AtPathBracket())) {
      ParsePathBracket(extract);
    } else {
      break;
    }
    name_next = At(kDot) && IsIdentifier(1) && Accept(kDot);
  }
  extract->text = TextFrom(mark);
}

// [0] or ['a']; anything else in brackets is a subscript of what the path finds.
bool Parser::AtPathBracket() const {
  return At(kLeftBracket) && (IsStringLiteral(1) || At(kIntegerLiteral, 1)) && At(kRightBracket, 2);
}

void Parser::ParsePathBracket(SemiStructuredExtractExpression* extract) {
  const std::size_t mark = Mark();
  Expect(kLeftBracket);
  if (IsStringLiteral()) {
    extract->name = StringTokenValue(TokenText(), options_.raw_string_literals);
    Advance();
  } else {
    ParseIntegerValue();
  }
  Expect(kRightBracket);
  extract->path += TextFrom(mark);
}

ExpressionPointer Parser::ParsePrimaryBase() {
  switch (Kind()) {
    case kLeftParenthesis:
      return AtLambdaParameters() ? ParseLambda() : ParseParenthesizedPrimary();
    case kAsterisk:
      return ParseStar();
    case kQuestionMark:
    case kColon:
      return ParseParameter();
    case kStringLiteral:
    case kDoubleQuotedLiteral:
      if (IsStringLiteral()) return ParseStringLiteral();
      break;
    case kMinusSign:
    case kIntegerLiteral:
    case kTinyintLiteral:
    case kSmallintLiteral:
    case kBigintLiteral:
    case kDecimalLiteral:
    case kExponentLiteral:
    case kFloatLiteral:
    case kDoubleLiteral:
    case kBigDecimalLiteral: {
      const std::size_t mark = Mark();
      const bool negative = Accept(kMinusSign);
      return ParseNumber(negative, mark);
    }
    default:
      break;
  }
  if (AtInterval()) return ParseInterval();
  if (AtTypedLiteral()) return ParseTypedLiteral();
  if (IsIdentifier() && At(kArrow, 1)) return ParseLambda();
  if (ExpressionPointer special = ParseSpecialForm()) return special;
  if (failed()) return nullptr;
  return ParseWordOrCall();
}

// The forms that begin with a keyword; null (without an error) when the keyword is a plain name here.
ExpressionPointer Parser::ParseSpecialForm() {
  const bool call = At(kLeftParenthesis, 1);
  switch (Kind()) {
    case kNull:
    case kTrue:
    case kFalse:
      return ParseConstant();
    case kCase:
      return CanStartExpression(1) && !At(kAs, 1) && (!At(kEnd, 1) || At(kWhen, 2)) ? ParseCase() : nullptr;
    case kCast:
    case kTryCast:
      return call ? ParseCast() : nullptr;
    case kIdentifier:
      return call ? ParseIdentifierClause() : nullptr;
    case kExtract:
      return call && At(kFrom, 3) ? ParseExtract() : nullptr;
    case kSubstr:
    case kSubstring:
      return call ? ParseSubstring() : nullptr;
    case kTrim:
      return call ? ParseTrim() : nullptr;
    case kPosition:
      return call ? ParsePosition() : nullptr;
    case kOverlay:
      return call ? ParseOverlay() : nullptr;
    case kStruct:
      return call ? ParseStruct() : nullptr;
    case kTimestampadd:
    case kDateadd:
    case kDateAdd:
    case kTimestampdiff:
    case kDatediff:
    case kDateDiff:
    case kTimediff:
      return call && AtDateTimeUnit() ? ParseTimestampFunction() : nullptr;
    default:
      return nullptr;
  }
}

// A name, a call of it, or a star behind it.
ExpressionPointer Parser::ParseWordOrCall() {
  const std::size_t mark = Mark();
  if (!IsIdentifier()) {
    const bool current = options_.reserved_keywords && IsKeyword(Kind()) && CanStartExpression();
    if (!current) {
      FailSyntax("an expression");
      return nullptr;
    }
    // CURRENT_DATE and its kin, LEFT(…), RIGHT(…), FILTER(…) stay usable when keywords are reserved.
  }
  auto column = New<ColumnExpression>();
  column->parts.push_back(TakeIdentifier().text);
  while (At(kDot) && !failed()) {
    if (At(kAsterisk, 1)) {
      Advance();
      Advance();
      auto star = New<StarExpression>();
      star->target = std::move(column->parts);
      ParseStarExcept(star.get());
      return Finish(std::move(star), mark);
    }
    if (!IsIdentifier(1) || !CheckChain(static_cast<int>(column->parts.size()))) break;
    Advance();
    column->parts.push_back(TakeIdentifier().text);
  }
  if (At(kLeftParenthesis)) return ParseFunctionCall(std::move(column->parts), nullptr, mark);
  return Finish(std::move(column), mark);
}

ExpressionPointer Parser::ParseStar() {
  const std::size_t mark = Mark();
  Expect(kAsterisk);
  auto star = New<StarExpression>();
  ParseStarExcept(star.get());
  return Finish(std::move(star), mark);
}

void Parser::ParseStarExcept(StarExpression* star) {
  if (!At(kExcept) || !At(kLeftParenthesis, 1) || StartsQuery(BehindParentheses(2))) return;
  Advance();
  Advance();
  star->has_except = true;
  star->except = ParseMultipartNameList();
  Expect(kRightParenthesis);
}

// IDENTIFIER('a.b'), IDENTIFIER('f')(1), IDENTIFIER('a').b.
ExpressionPointer Parser::ParseIdentifierClause() {
  const std::size_t mark = Mark();
  Expect(kIdentifier);
  Expect(kLeftParenthesis);
  auto node = New<IdentifierClauseExpression>();
  node->expression = ParseExpression();
  Expect(kRightParenthesis);
  if (At(kLeftParenthesis)) return ParseFunctionCall({}, std::move(node->expression), mark);
  while (At(kDot) && IsIdentifier(1)) {
    if (!CheckChain(static_cast<int>(node->trailing.size()) + 1)) break;
    Advance();
    node->trailing.push_back(TakeIdentifier().text);
  }
  return Finish(std::move(node), mark);
}

ExpressionPointer Parser::ParseCase() {
  const std::size_t mark = Mark();
  Expect(kCase);
  auto node = New<CaseExpression>();
  if (!At(kWhen)) node->operand = ParseExpression();
  do {
    Expect(kWhen);
    CaseExpression::Branch branch;
    branch.condition = ParseExpression();
    Expect(kThen);
    branch.value = ParseExpression();
    node->branches.push_back(std::move(branch));
  } while (At(kWhen));
  if (Accept(kElse)) node->otherwise = ParseExpression();
  Expect(kEnd);
  return Finish(std::move(node), mark);
}

ExpressionPointer Parser::ParseCast() {
  const std::size_t mark = Mark();
  auto node = New<CastExpression>();
  node->is_try = At(kTryCast);
  NodePointer<FunctionCallExpression> call = NewCall();
  Advance();
  Expect(kLeftParenthesis);
  const std::size_t argument_mark = Mark();
  node->child = At(kRightParenthesis) ? nullptr : ParseExpression();
  if (AtAny(kComma, kRightParenthesis)) {
    // A function that happens to be called like this.
    Seed seed;
    seed.node = std::move(node->child);
    seed.mark = argument_mark;
    return ParseCallFromArgument(std::move(call), &seed, mark);
  }
  Expect(kAs);
  node->type = ParseDataType();
  Expect(kRightParenthesis);
  return Finish(std::move(node), mark);
}

ExpressionPointer Parser::ParseExists() {
  const std::size_t mark = Mark();
  Expect(kExists);
  Expect(kLeftParenthesis);
  auto node = New<ExistsExpression>();
  const Nesting nesting(this);
  node->query = ParseQuery();
  Expect(kRightParenthesis);
  return Finish(std::move(node), mark);
}

// (a, b) -> …: two or more names.
bool Parser::AtLambdaParameters() const {
  std::size_t ahead = 1;
  while (IsIdentifier(ahead) && At(kComma, ahead + 1)) ahead += 2;
  return ahead > 1 && IsIdentifier(ahead) && At(kRightParenthesis, ahead + 1) && At(kArrow, ahead + 2);
}

ExpressionPointer Parser::ParseLambda() {
  const std::size_t mark = Mark();
  auto node = New<LambdaExpression>();
  if (Accept(kLeftParenthesis)) {
    do {
      node->parameters.push_back(ParseIdentifier());
    } while (Accept(kComma));
    Expect(kRightParenthesis);
  } else {
    node->parameters.push_back(ParseIdentifier());
  }
  Expect(kArrow);
  node->body = ParseExpression();
  return Finish(std::move(node), mark);
}

ExpressionPointer Parser::ParseParameter() {
  const std::size_t mark = Mark();
  auto node = New<ParameterExpression>();
  if (Accept(kQuestionMark)) {
    node->index = question_marks_++;
  } else {
    Expect(kColon);
    node->name = ParseIdentifier().text;
  }
  return Finish(std::move(node), mark);
}

ExpressionPointer Parser::ScalarSubquery(QueryPointer query, std::size_t mark) {
  auto node = New<ScalarSubqueryExpression>();
  node->query = std::move(query);
  return Finish(std::move(node), mark);
}

ExpressionPointer Parser::ParseParenthesizedPrimary() {
  const std::size_t mark = Mark();
  Parenthesized contents = ParseParenthesized();
  if (failed()) return nullptr;
  if (contents.query != nullptr) return ScalarSubquery(std::move(contents.query), mark);
  return FinishRow(std::move(contents.items), mark);
}

ExpressionPointer Parser::FinishRow(std::vector<ExpressionPointer> items, std::size_t mark) {
  if (failed()) return nullptr;
  if (items.size() > 1) {
    auto row = New<RowExpression>();
    row->items = std::move(items);
    return Finish(std::move(row), mark);
  }
  if (TryAs<AliasExpression>(items.front().get()) == nullptr) return std::move(items.front());
  // (a AS b) is nothing; (a AS b, c) is a row.
  --position_;
  FailSyntax("','");
  return nullptr;
}

Parser::Parenthesized Parser::ParseParenthesized() {
  Expect(kLeftParenthesis);
  Parenthesized contents = ParseInsideParentheses();
  if (!Accept(kRightParenthesis)) FailSyntax("')'");
  return contents;
}

// Only what follows an inner pair of parentheses tells whether ((SELECT 1) … goes on as a query or as an
// expression, so both are read together, without a second try.
Parser::Parenthesized Parser::ParseInsideParentheses() {
  const Nesting nesting(this);
  Parenthesized contents;
  if (failed()) return contents;
  if (StartsQuery()) {
    contents.query = ParseQuery();
    return contents;
  }
  const std::size_t mark = Mark();
  if (!At(kLeftParenthesis) || AtLambdaParameters()) {
    contents.items = ParseNamedExpressionSequence();
    return contents;
  }
  Parenthesized inner = ParseParenthesized();
  if (failed()) return contents;
  Seed seed;
  seed.is_primary = true;
  seed.mark = mark;
  if (inner.query != nullptr) {
    if (AtQueryContinuation() || At(kRightParenthesis)) {
      contents.only_query = At(kRightParenthesis);
      auto term = New<ParenthesizedTerm>();
      term->query = std::move(inner.query);
      contents.query = ParseQueryFrom(Finish(std::move(term), mark), mark);
      return contents;
    }
    seed.node = ScalarSubquery(std::move(inner.query), mark);
  } else {
    seed.node = FinishRow(std::move(inner.items), mark);
    if (failed()) return contents;
  }
  contents.items.push_back(ParseNamedExpression(&seed));
  while (Accept(kComma)) contents.items.push_back(ParseNamedExpression());
  return contents;
}

}  // namespace hearth::sql
