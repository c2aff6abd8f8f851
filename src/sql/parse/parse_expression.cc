// Expressions from OR down to unary signs. Precedence, loosest first: OR, AND, NOT, one predicate (IS, IN,
// LIKE, …), comparison, |, ^, &, shifts, + - ||, * / % DIV, signs.

#include "sql/lexer/unicode.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

namespace {

struct BinarySign {
  int precedence = 0;  // 0: no operator
  BinaryOperator op = BinaryOperator::kAdd;
};

BinarySign BinarySignOf(TokenKind kind) {
  switch (kind) {
    case kAsterisk:
      return {7, BinaryOperator::kMultiply};
    case kSlash:
      return {7, BinaryOperator::kDivide};
    case kPercentSign:
      return {7, BinaryOperator::kRemainder};
    case kDiv:
      return {7, BinaryOperator::kIntegralDivide};
    case kPlusSign:
      return {6, BinaryOperator::kAdd};
    case kMinusSign:
      return {6, BinaryOperator::kSubtract};
    case kConcatenateSign:
      return {6, BinaryOperator::kConcatenate};
    case kShiftLeftSign:
      return {5, BinaryOperator::kShiftLeft};
    case kShiftRightSign:
      return {5, BinaryOperator::kShiftRight};
    case kShiftRightUnsignedSign:
      return {5, BinaryOperator::kShiftRightUnsigned};
    case kAmpersand:
      return {4, BinaryOperator::kBitwiseAnd};
    case kHat:
      return {3, BinaryOperator::kBitwiseXor};
    case kPipeSign:
      return {2, BinaryOperator::kBitwiseOr};
    case kEqualSign:
      return {1, BinaryOperator::kEqual};
    case kNullSafeEqualSign:
      return {1, BinaryOperator::kNullSafeEqual};
    case kNotEqualSign:
    case kBangEqualSign:
      return {1, BinaryOperator::kNotEqual};
    case kLessSign:
      return {1, BinaryOperator::kLess};
    case kLessEqualSign:
      return {1, BinaryOperator::kLessOrEqual};
    case kGreaterSign:
      return {1, BinaryOperator::kGreater};
    case kGreaterEqualSign:
      return {1, BinaryOperator::kGreaterOrEqual};
    default:
      return {};
  }
}

bool IsNumber(TokenKind kind) { return kind >= kIntegerLiteral && kind <= kBigDecimalLiteral; }

}  // namespace

ExpressionPointer Parser::ParseExpression(Seed* seed) {
  const Nesting nesting(this);
  if (failed()) return nullptr;
  return ParseOr(seed);
}

ExpressionPointer Parser::ParseNamedExpression(Seed* seed) {
  const std::size_t mark = seed != nullptr ? seed->mark : Mark();
  return ParseAlias(ParseExpression(seed), mark);
}

// `[AS] name`, `[AS] (a, b)` or nothing.
ExpressionPointer Parser::ParseAlias(ExpressionPointer child, std::size_t mark) {
  // `SELECT a AS FROM t`: AS itself is the name when only then the rest makes sense.
  const bool as_is_name = At(kAs) && StartsClause(1) && !StartsClause(2);
  const bool has_as = !as_is_name && Accept(kAs);
  auto alias = New<AliasExpression>();
  if (At(kLeftParenthesis)) {
    alias->names = ParseIdentifierList();
    alias->multiple = true;
  } else if (has_as || as_is_name || (IsIdentifier() && !StartsClause())) {
    alias->names.push_back(ParseErrorCapturingIdentifier());
  } else {
    return child;
  }
  alias->child = std::move(child);
  return Finish(std::move(alias), mark);
}

std::vector<ExpressionPointer> Parser::ParseExpressionSequence() {
  std::vector<ExpressionPointer> expressions;
  do {
    expressions.push_back(ParseExpression());
  } while (Accept(kComma));
  return expressions;
}

std::vector<ExpressionPointer> Parser::ParseNamedExpressionSequence() {
  std::vector<ExpressionPointer> expressions;
  do {
    expressions.push_back(ParseNamedExpression());
  } while (Accept(kComma));
  return expressions;
}

ExpressionPointer Parser::ParseOr(Seed* seed) {
  const std::size_t mark = seed != nullptr ? seed->mark : Mark();
  ExpressionPointer first = ParseAnd(seed);
  if (!At(kOr)) return first;
  std::vector<ExpressionPointer> operands;
  operands.push_back(std::move(first));
  while (Accept(kOr)) operands.push_back(ParseAnd(nullptr));
  const Location location = LocationFrom(mark);
  ExpressionPointer result = Balance(BinaryOperator::kOr, &operands, 0, operands.size() - 1);
  if (failed()) return nullptr;
  result->location = location;
  return result;
}

ExpressionPointer Parser::ParseAnd(Seed* seed) {
  const std::size_t mark = seed != nullptr ? seed->mark : Mark();
  ExpressionPointer first = ParseNot(seed);
  if (!At(kAnd)) return first;
  std::vector<ExpressionPointer> operands;
  operands.push_back(std::move(first));
  while (Accept(kAnd)) operands.push_back(ParseNot(nullptr));
  const Location location = LocationFrom(mark);
  ExpressionPointer result = Balance(BinaryOperator::kAnd, &operands, 0, operands.size() - 1);
  if (failed()) return nullptr;
  result->location = location;
  return result;
}

// Spark splits a chain at (low + high) / 2, so that output names and depth come out the same here.
ExpressionPointer Parser::Balance(BinaryOperator op, std::vector<ExpressionPointer>* operands,
                                  std::size_t low, std::size_t high) {
  if (failed()) return nullptr;
  if (low == high) return std::move((*operands)[low]);
  const std::size_t middle = low + (high - low) / 2;
  auto node = New<BinaryExpression>();
  node->op = op;
  node->left = Balance(op, operands, low, middle);
  node->right = Balance(op, operands, middle + 1, high);
  node->location = node->left->location;
  node->location.stop = node->right->location.stop;
  return node;
}

ExpressionPointer Parser::ParseNot(Seed* seed) {
  if (seed != nullptr) return ParsePredicated(seed);
  const bool is_not = At(kBang) || (At(kNot) && CanStartExpression(1));
  if (is_not) {
    const Nesting nesting(this);
    const std::size_t mark = Mark();
    Advance();
    auto node = New<UnaryExpression>();
    node->op = UnaryOperator::kNot;
    node->operand = ParseNot(nullptr);
    return Finish(std::move(node), mark);
  }
  if (At(kExists) && At(kLeftParenthesis, 1) && StartsQuery(BehindParentheses(2))) return ParseExists();
  return ParsePredicated(nullptr);
}

ExpressionPointer Parser::ParsePredicated(Seed* seed) {
  ExpressionPointer value;
  if (seed != nullptr && !seed->is_primary) {
    value = std::move(seed->node);
  } else {
    value = ParseValue(1, seed);
  }
  return ParsePredicate(std::move(value));
}

// At most one predicate follows a value: `a IS NULL IS NULL` is no expression. Spark's error contexts for a
// predicate begin at its own first word, so its node's location does too.
ExpressionPointer Parser::ParsePredicate(ExpressionPointer value) {
  const std::size_t mark = Mark();
  if (At(kIs) && (At(kNot, 1) || At(kBang, 1) || At(kNull, 1) || At(kTrue, 1) || At(kFalse, 1) ||
                  At(kUnknown, 1) || At(kDistinct, 1))) {
    return ParseIs(std::move(value), mark);
  }
  const bool negated = At(kNot) || At(kBang);
  switch (Kind(negated ? 1 : 0)) {
    case kBetween:
    case kIn:
    case kLike:
    case kIlike:
    case kRlike:
      break;
    default:
      return value;
  }
  if (!negated && !CanStartExpression(1)) return value;  // the word is an alias
  if (negated) AcceptNot();
  if (At(kBetween)) return ParseBetween(std::move(value), negated, mark);
  if (At(kIn)) return ParseIn(std::move(value), negated, mark);
  return ParseLike(std::move(value), negated, mark);
}

ExpressionPointer Parser::ParseBetween(ExpressionPointer value, bool negated, std::size_t mark) {
  Expect(kBetween);
  auto node = New<BetweenExpression>();
  node->negated = negated;
  node->value = std::move(value);
  node->low = ParseValue();
  Expect(kAnd);
  node->high = ParseValue();
  return Finish(std::move(node), mark);
}

ExpressionPointer Parser::ParseIn(ExpressionPointer value, bool negated, std::size_t mark) {
  Expect(kIn);
  const std::size_t contents_mark = Mark();
  Expect(kLeftParenthesis);
  if (Accept(kRightParenthesis)) {
    Fail("INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE", "IN needs at least one value between its parentheses", {},
         mark);
    return nullptr;
  }
  Parenthesized contents = ParseInsideParentheses();
  Expect(kRightParenthesis);
  if (failed()) return nullptr;
  if (contents.query != nullptr && !contents.only_query) {
    auto node = New<InSubqueryExpression>();
    node->negated = negated;
    node->value = std::move(value);
    node->query = std::move(contents.query);
    return Finish(std::move(node), mark);
  }
  auto node = New<InExpression>();
  node->negated = negated;
  node->value = std::move(value);
  if (contents.query != nullptr) {
    // x IN ((SELECT 1)) compares with one scalar subquery: the inner parentheses are its own.
    auto& term = As<ParenthesizedTerm>(*contents.query->body);
    node->items.push_back(ScalarSubquery(std::move(term.query), contents_mark));
  } else {
    node->items = std::move(contents.items);
  }
  return Finish(std::move(node), mark);
}

ExpressionPointer Parser::ParseLike(ExpressionPointer value, bool negated, std::size_t mark) {
  const LikeOperator op = At(kRlike)   ? LikeOperator::kRlike
                          : At(kIlike) ? LikeOperator::kIlike
                                       : LikeOperator::kLike;
  Advance();
  const bool quantified = op != LikeOperator::kRlike && AtAny(kAny, kSome, kAll) && At(kLeftParenthesis, 1);
  if (quantified) {
    auto node = New<LikeQuantifiedExpression>();
    node->op = op;
    node->quantifier = At(kAll) ? LikeQuantifier::kAll : LikeQuantifier::kAny;
    node->negated = negated;
    node->value = std::move(value);
    Advance();
    Expect(kLeftParenthesis);
    if (Accept(kRightParenthesis)) {
      Fail("INVALID_SQL_SYNTAX.EMPTY_QUANTIFIED_PATTERN",
           "LIKE ANY and LIKE ALL need at least one pattern between their parentheses", {}, mark);
      return nullptr;
    }
    node->patterns = ParseExpressionSequence();
    Expect(kRightParenthesis);
    return Finish(std::move(node), mark);
  }
  auto node = New<LikeExpression>();
  node->op = op;
  node->negated = negated;
  node->value = std::move(value);
  node->pattern = ParseValue();
  if (op != LikeOperator::kRlike && At(kEscape) && IsStringLiteral(1)) {
    Advance();
    const std::size_t escape_mark = Mark();
    node->escape = ParseString();
    const bool one_character =
        !node->escape->empty() && DecodeCodePoint(*node->escape, 0).bytes == node->escape->size();
    if (!one_character) {
      Fail("INVALID_ESC", "The escape of LIKE must be a single character",
           {{"invalidEscape", TextFrom(escape_mark)}}, mark);
    }
  }
  return Finish(std::move(node), mark);
}

ExpressionPointer Parser::ParseIs(ExpressionPointer value, std::size_t mark) {
  Expect(kIs);
  auto node = New<IsExpression>();
  node->negated = AcceptNot();
  node->value = std::move(value);
  if (Accept(kNull)) {
    node->test = IsTest::kNull;
  } else if (Accept(kTrue)) {
    node->test = IsTest::kTrue;
  } else if (Accept(kFalse)) {
    node->test = IsTest::kFalse;
  } else if (Accept(kUnknown)) {
    node->test = IsTest::kUnknown;
  } else if (Accept(kDistinct)) {
    node->test = IsTest::kDistinctFrom;
    Expect(kFrom);
    node->other = ParseValue();
  } else {
    FailSyntax("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM");
  }
  return Finish(std::move(node), mark);
}

ExpressionPointer Parser::ParseValue(int minimum_precedence, Seed* seed) {
  const std::size_t mark = seed != nullptr ? seed->mark : Mark();
  ExpressionPointer left;
  if (seed == nullptr) {
    left = ParseUnary();
  } else if (seed->is_primary) {
    left = ParsePostfix(std::move(seed->node), mark);
  } else {
    left = std::move(seed->node);
  }
  for (int length = 1;; ++length) {
    const BinarySign sign = BinarySignOf(Kind());
    if (sign.precedence < minimum_precedence || sign.precedence == 0) return left;
    if (At(kDiv) && !CanStartExpression(1)) return left;
    if (At(kPipeSign) && AtSinglePipeOperator()) return left;
    if (!CheckChain(length)) return nullptr;
    Advance();
    auto node = New<BinaryExpression>();
    node->op = sign.op;
    node->left = std::move(left);
    node->right = ParseValue(sign.precedence + 1);
    left = Finish(std::move(node), mark);
  }
}

ExpressionPointer Parser::ParseUnary() {
  if (!AtAny(kPlusSign, kMinusSign, kTilde) || (At(kMinusSign) && IsNumber(Kind(1)))) return ParsePrimary();
  const Nesting nesting(this);
  const std::size_t mark = Mark();
  auto node = New<UnaryExpression>();
  node->op = At(kPlusSign)    ? UnaryOperator::kPlus
             : At(kMinusSign) ? UnaryOperator::kMinus
                              : UnaryOperator::kBitwiseNot;
  Advance();
  node->operand = ParseUnary();
  return Finish(std::move(node), mark);
}

}  // namespace hearth::sql
