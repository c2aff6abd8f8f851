#include "plan/from_sql/converter.h"

namespace hearth::plan::from_sql {
namespace {

// Spark's registry name; empty for <> which is NOT (a = b).
std::string_view OperatorName(sql::BinaryOperator op) {
  using enum sql::BinaryOperator;
  switch (op) {
    case kOr:
      return "or";
    case kAnd:
      return "and";
    case kEqual:
      return "==";
    case kNullSafeEqual:
      return "<=>";
    case kNotEqual:
      return "";
    case kLess:
      return "<";
    case kLessOrEqual:
      return "<=";
    case kGreater:
      return ">";
    case kGreaterOrEqual:
      return ">=";
    case kBitwiseOr:
      return "|";
    case kBitwiseXor:
      return "^";
    case kBitwiseAnd:
      return "&";
    case kShiftLeft:
      return "<<";
    case kShiftRight:
      return ">>";
    case kShiftRightUnsigned:
      return ">>>";
    case kAdd:
      return "+";
    case kSubtract:
      return "-";
    case kConcatenate:
      return "concat";
    case kMultiply:
      return "*";
    case kDivide:
      return "/";
    case kIntegralDivide:
      return "div";
    case kRemainder:
      return "%";
  }
  return "";
}

std::string_view LikeName(sql::LikeOperator op) {
  switch (op) {
    case sql::LikeOperator::kLike:
      return "like";
    case sql::LikeOperator::kIlike:
      return "ilike";
    case sql::LikeOperator::kRlike:
      return "rlike";
  }
  return "";
}

}  // namespace

unresolved::ExpressionPtr Converter::Operator(const sql::Expression& node, std::string name,
                                              unresolved::Expressions arguments) {
  return Make(
      unresolved::Function{.name = {std::move(name)}, .arguments = std::move(arguments), .is_operator = true},
      node);
}

unresolved::ExpressionPtr Converter::NegatedIf(bool negated, const sql::Expression& node,
                                               unresolved::ExpressionPtr expression) {
  return negated ? Operator(node, "not", {std::move(expression)}) : std::move(expression);
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::UnaryExpression& node) {
  HEARTH_ASSIGN(auto operand, Expression(*node.operand));
  switch (node.op) {
    case sql::UnaryOperator::kPlus:
      return Operator(node, "+", {std::move(operand)});
    case sql::UnaryOperator::kMinus:
      return Operator(node, "-", {std::move(operand)});
    case sql::UnaryOperator::kBitwiseNot:
      return Operator(node, "~", {std::move(operand)});
    case sql::UnaryOperator::kNot:
      return Operator(node, "not", {std::move(operand)});
  }
  return base::InternalError("a unary operator of an unknown kind");
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::BinaryExpression& node) {
  HEARTH_ASSIGN(auto left, Expression(*node.left));
  HEARTH_ASSIGN(auto right, Expression(*node.right));
  if (node.op == sql::BinaryOperator::kNotEqual) {
    return Operator(node, "not", {Operator(node, "==", {std::move(left), std::move(right)})});
  }
  return Operator(node, std::string(OperatorName(node.op)), {std::move(left), std::move(right)});
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::BetweenExpression& node) {
  HEARTH_ASSIGN(auto value, Expression(*node.value));
  HEARTH_ASSIGN(auto low, Expression(*node.low));
  HEARTH_ASSIGN(auto high, Expression(*node.high));
  return NegatedIf(node.negated, node,
                   Operator(node, "between", {std::move(value), std::move(low), std::move(high)}));
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::InExpression& node) {
  if (node.items.empty()) {
    return ParseError(node.location, "INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE", "IN needs at least one value.");
  }
  unresolved::Expressions arguments;
  HEARTH_ASSIGN(auto value, Expression(*node.value));
  arguments.push_back(std::move(value));
  HEARTH_ASSIGN(auto items, List(node.items));
  arguments.insert(arguments.end(), items.begin(), items.end());
  return NegatedIf(node.negated, node, Operator(node, "in", std::move(arguments)));
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::LikeExpression& node) {
  HEARTH_ASSIGN(auto value, Expression(*node.value));
  HEARTH_ASSIGN(auto pattern, Expression(*node.pattern));
  unresolved::Expressions arguments = {std::move(value), std::move(pattern)};
  if (node.escape) arguments.push_back(unresolved::StringLiteral(*node.escape));
  return NegatedIf(node.negated, node, Operator(node, std::string(LikeName(node.op)), std::move(arguments)));
}

// NOT LIKE ANY is "not like at least one of them", which is no negation of LIKE ANY: the four forms are four
// functions. ILIKE compares in lower case.
base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::LikeQuantifiedExpression& node) {
  if (node.patterns.empty()) {
    return ParseError(node.location, "INVALID_SQL_SYNTAX.EMPTY_QUANTIFIED_PATTERN",
                      "LIKE ANY and ALL need a pattern.");
  }
  const bool lower = node.op == sql::LikeOperator::kIlike;
  const auto folded = [&](unresolved::ExpressionPtr expression) {
    return lower ? Call(node, "lower", {std::move(expression)}) : expression;
  };
  HEARTH_ASSIGN(auto value, Expression(*node.value));
  unresolved::Expressions arguments = {folded(std::move(value))};
  HEARTH_ASSIGN(auto patterns, List(node.patterns));
  for (auto& pattern : patterns) arguments.push_back(folded(std::move(pattern)));
  std::string name = node.quantifier == sql::LikeQuantifier::kAny ? "likeany" : "likeall";
  if (node.negated) name = "not" + name;
  return Operator(node, std::move(name), std::move(arguments));
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::IsExpression& node) {
  HEARTH_ASSIGN(auto value, Expression(*node.value));
  switch (node.test) {
    case sql::IsTest::kNull:
    case sql::IsTest::kUnknown:
      return Operator(node, node.negated ? "isnotnull" : "isnull", {std::move(value)});
    case sql::IsTest::kTrue:
    case sql::IsTest::kFalse: {
      const bool truth = node.test == sql::IsTest::kTrue;
      auto constant = unresolved::Make(unresolved::Literal{{truth}, DataType::Boolean(), {}});
      return NegatedIf(node.negated, node, Operator(node, "<=>", {std::move(value), std::move(constant)}));
    }
    case sql::IsTest::kDistinctFrom: {
      HEARTH_ASSIGN(auto other, Expression(*node.other));
      return NegatedIf(!node.negated, node, Operator(node, "<=>", {std::move(value), std::move(other)}));
    }
  }
  return base::InternalError("an IS test of an unknown kind");
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::CaseExpression& node) {
  unresolved::ExpressionPtr operand;
  if (node.operand != nullptr) {
    HEARTH_ASSIGN(operand, Expression(*node.operand));
  }
  unresolved::Expressions arguments;
  for (const auto& branch : node.branches) {
    HEARTH_ASSIGN(auto condition, Expression(*branch.condition));
    if (operand != nullptr) condition = Operator(node, "==", {operand, std::move(condition)});
    HEARTH_ASSIGN(auto value, Expression(*branch.value));
    arguments.push_back(std::move(condition));
    arguments.push_back(std::move(value));
  }
  if (node.otherwise != nullptr) {
    HEARTH_ASSIGN(auto otherwise, Expression(*node.otherwise));
    arguments.push_back(std::move(otherwise));
  }
  return Operator(node, "when", std::move(arguments));
}

}  // namespace hearth::plan::from_sql
