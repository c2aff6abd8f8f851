// When a keyword is a keyword: Spark lets nearly every one stand for a name, and so decides by what follows.

#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

bool Parser::CanStartExpression(std::size_t ahead) const {
  switch (Kind(ahead)) {
    case kStringLiteral:
    case kDoubleQuotedLiteral:
    case kIntegerLiteral:
    case kTinyintLiteral:
    case kSmallintLiteral:
    case kBigintLiteral:
    case kDecimalLiteral:
    case kExponentLiteral:
    case kFloatLiteral:
    case kDoubleLiteral:
    case kBigDecimalLiteral:
    case kLeftParenthesis:
    case kAsterisk:
    case kPlusSign:
    case kMinusSign:
    case kTilde:
    case kBang:
    case kQuestionMark:
    case kColon:
      return true;
    default:
      break;
  }
  if (options_.reserved_keywords) {
    switch (Kind(ahead)) {
      case kNot:
      case kCase:
      case kCast:
      case kExists:
      case kNull:
      case kTrue:
      case kFalse:
      case kTime:
      case kCurrentDate:
      case kCurrentPath:
      case kCurrentTime:
      case kCurrentTimestamp:
      case kCurrentUser:
      case kLocaltime:
      case kSessionUser:
      case kUser:
      case kFilter:
      case kLeft:
      case kRight:
        return true;
      default:
        break;
    }
  }
  return IsIdentifier(ahead);
}

bool Parser::AcceptNot() {
  if (Accept(kNot)) return true;
  if (!At(kBang)) return false;
  const std::size_t mark = Mark();
  Advance();
  Fail("SYNTAX_DISCONTINUED.BANG_EQUALS_NOT",
       "Write NOT here: the sign ! stands only before a boolean expression", {{"clause", "!"}}, mark);
  return true;
}

bool Parser::AtSinglePipeOperator() const {
  if (!At(kPipeSign)) return false;
  switch (Kind(1)) {
    case kSelect:
    case kExtend:
    case kSet:
    case kDrop:
    case kAs:
    case kWhere:
    case kPivot:
    case kUnpivot:
    case kTablesample:
    case kInner:
    case kCross:
    case kLeft:
    case kRight:
    case kFull:
    case kSemi:
    case kAnti:
    case kNatural:
    case kJoin:
    case kUnion:
    case kExcept:
    case kMinus:
    case kIntersect:
    case kOrder:
    case kSort:
    case kCluster:
    case kDistribute:
    case kLimit:
    case kOffset:
    case kAggregate:
    case kWindow:
    case kLateral:
      return true;
    default:
      return false;
  }
}

std::size_t Parser::BehindParentheses(std::size_t ahead) const {
  while (At(kLeftParenthesis, ahead)) ++ahead;
  return ahead;
}

// Whether the keyword at `ahead` begins a query: (SELECT …) is one, (select + 1) is a sum.
bool Parser::StartsQuery(std::size_t ahead) const {
  switch (Kind(ahead)) {
    case kSelect:
      return At(kHintStart, ahead + 1) || CanStartExpression(ahead + 1);
    case kFrom:
      return At(kLeftParenthesis, ahead + 1) || IsIdentifier(ahead + 1);
    case kWith:
      return IsIdentifier(ahead + 1);
    case kValues:
      // `values * 2` is a product.
      return At(kAsterisk, ahead + 1) ? !CanStartExpression(ahead + 2) : CanStartExpression(ahead + 1);
    case kTable:
      return IsIdentifier(ahead + 1);
    default:
      return false;
  }
}

// Whether the keyword at `ahead` goes on with the statement, so that it is no alias. Only words that may
// follow a place where an alias is allowed need a rule.
bool Parser::StartsClause(std::size_t ahead, bool look_further) const {
  const auto next_is = [&](TokenKind kind) { return At(kind, ahead + 1); };
  const auto expression_follows = [&] {
    return CanStartExpression(ahead + 1) && !(look_further && StartsClause(ahead + 1, false));
  };
  switch (Kind(ahead)) {
    case kFrom:
      return next_is(kLeftParenthesis) || IsIdentifier(ahead + 1) || options_.reserved_keywords;
    case kWhere:
    case kHaving:
    case kQualify:
    case kOffset:
      return expression_follows() || options_.reserved_keywords;
    case kOn:
    case kLimit:
    case kSelect:
      return expression_follows();
    case kGroup:
    case kOrder:
    case kSort:
    case kCluster:
    case kDistribute:
    case kPartition:
    case kIdentified:
    case kBin:
      return next_is(kBy);
    case kUnion:
    case kExcept:
    case kIntersect:
    case kMinus:
      return next_is(kAll) || next_is(kDistinct) || next_is(kLeftParenthesis) || StartsQuery(ahead + 1);
    case kWindow:
      return IsIdentifier(ahead + 1) && At(kAs, ahead + 2);
    case kLateral:
      return next_is(kView);
    case kTablesample:
      return next_is(kLeftParenthesis) || next_is(kBernoulli) || next_is(kSystem);
    case kPivot:
      return next_is(kLeftParenthesis);
    case kUnpivot:
      return next_is(kLeftParenthesis) || ((next_is(kInclude) || next_is(kExclude)) && At(kNulls, ahead + 2));
    case kWith:
      return next_is(kLeftParenthesis) || next_is(kRollup) || next_is(kCube);
    case kGrouping:
      return next_is(kSets);
    case kSet:
      return IsIdentifier(ahead + 1) && (At(kEqualSign, ahead + 2) || At(kDot, ahead + 2));
    case kInsert:
      return next_is(kInto) || next_is(kOverwrite) || next_is(kWith);
    case kVersion:
    case kTimestamp:
    case kSystemVersion:
    case kSystemTime:
      return next_is(kAs) && At(kOf, ahead + 2);
    case kFor:
      return StartsClause(ahead + 1, false) || next_is(kLeftParenthesis) ||
             (IsIdentifier(ahead + 1) && At(kIn, ahead + 2)) || next_is(kOrdinality);
    case kChanges:
      return next_is(kFrom);
    case kWatermark:
      return At(kDelay, ahead + 2);
    case kAsof:
      return next_is(kJoin);
    case kApprox:
    case kExact:
      return next_is(kNearest);
    case kReplace:
      return next_is(kWhere) || next_is(kOn) || next_is(kUsing);
    default:
      return false;
  }
}

}  // namespace hearth::sql
