// Function calls, the functions with a grammar of their own, and windows.

#include "sql/lexer/ascii.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

namespace {

bool IsDateTimeUnit(TokenKind kind) {
  switch (kind) {
    case kYear:
    case kQuarter:
    case kMonth:
    case kWeek:
    case kDay:
    case kDayofyear:
    case kHour:
    case kMinute:
    case kSecond:
    case kMillisecond:
    case kMicrosecond:
      return true;
    default:
      return false;
  }
}

}  // namespace

ExpressionPointer Parser::ParseFunctionCall(std::vector<std::string> name, ExpressionPointer name_expression,
                                            std::size_t mark) {
  auto call = New<FunctionCallExpression>();
  call->name = std::move(name);
  call->name_expression = std::move(name_expression);
  Expect(kLeftParenthesis);
  const Nesting nesting(this);
  if (!At(kRightParenthesis)) {
    if (At(kDistinct) && CanStartExpression(1)) {
      call->distinct = Accept(kDistinct);
    } else if (At(kAll) && CanStartExpression(1)) {
      call->all = Accept(kAll);
    }
    do {
      call->arguments.push_back(ParseFunctionArgument());
    } while (Accept(kComma));
    // first(x IGNORE NULLS), last, any_value: Spark's grammar allows the words inside for these alone.
    const bool inside = call->name.size() == 1 && call->arguments.size() == 1 && At(kIgnore) &&
                        At(kNulls, 1) && !call->distinct;
    if (inside) {
      const std::string function = ToLowerAscii(call->name.front());
      if (function == "first" || function == "last" || function == "any_value") {
        Accept(kIgnore, kNulls);
        call->nulls = NullTreatment::kIgnore;
      }
    }
  }
  Expect(kRightParenthesis);
  // Those three take no clause behind when the words stand inside.
  if (call->nulls == NullTreatment::kNone) ParseFunctionSuffixes(call.get());
  return Finish(std::move(call), mark);
}

ExpressionPointer Parser::ParseFunctionArgument() {
  if (!IsIdentifier() || !At(kFatArrow, 1)) return ParseExpression();
  const std::size_t mark = Mark();
  auto argument = New<NamedArgumentExpression>();
  argument->name = ParseIdentifier();
  Expect(kFatArrow);
  argument->value = ParseExpression();
  return Finish(std::move(argument), mark);
}

void Parser::ParseFunctionSuffixes(FunctionCallExpression* call) {
  if (At(kWithin) && At(kGroup, 1) && At(kLeftParenthesis, 2)) {
    Accept(kWithin, kGroup);
    Expect(kLeftParenthesis);
    Expect(kOrder);
    Expect(kBy);
    call->has_within_group = true;
    call->within_group = ParseSortItems();
    Expect(kRightParenthesis);
  }
  if (At(kFilter) && At(kLeftParenthesis, 1) && At(kWhere, 2)) {
    Accept(kFilter, kLeftParenthesis);
    Expect(kWhere);
    call->filter = ParseExpression();
    Expect(kRightParenthesis);
  }
  if (Accept(kIgnore, kNulls)) {
    call->nulls = NullTreatment::kIgnore;
  } else if (Accept(kRespect, kNulls)) {
    call->nulls = NullTreatment::kRespect;
  }
  if (At(kOver) && (At(kLeftParenthesis, 1) || IsIdentifier(1))) {
    Advance();
    call->over = ParseWindowSpecification();
  }
}

// TRIM([BOTH | LEADING | TRAILING] [characters] FROM text); a plain trim(x) stays a call.
ExpressionPointer Parser::ParseTrim() {
  const std::size_t mark = Mark();
  NodePointer<FunctionCallExpression> call = NewCall();
  auto node = New<TrimExpression>();
  const bool from_next = At(kFrom, 2) && CanStartExpression(3) && !At(kFrom, 3) && !At(kAsterisk, 3);
  const bool has_side =
      (At(kBoth, 2) || At(kLeading, 2) || At(kTrailing, 2)) && (At(kFrom, 3) || CanStartExpression(3));
  if (has_side || from_next) {
    Advance();
    Advance();
    if (has_side) {
      node->side = At(kLeading) ? TrimSide::kLeading : At(kTrailing) ? TrimSide::kTrailing : TrimSide::kBoth;
      Advance();
    }
    if (!At(kFrom)) node->characters = ParseValue();
  } else {
    Seed seed;
    if (!ParseFirstArgument(&seed, kFrom)) return ParseCallFromArgument(std::move(call), &seed, mark);
    node->characters = std::move(seed.node);
  }
  Expect(kFrom);
  node->text = ParseValue();
  Expect(kRightParenthesis);
  return Finish(std::move(node), mark);
}

NodePointer<FunctionCallExpression> Parser::NewCall() const {
  auto call = New<FunctionCallExpression>();
  call->name.emplace_back(TokenText());
  return call;
}

// Whether the argument here begins with no value: the special forms have none of these.
bool Parser::StartsPlainArgument() const {
  return AtAny(kNot, kBang, kExists) || (IsIdentifier() && At(kFatArrow, 1));
}

// Reads `name(` and one value. True when `separator` follows, which makes the special form; else the value is
// the beginning of the first argument of an ordinary call. The seed stays empty for `name()` and for an
// argument that begins with no value.
bool Parser::ParseFirstArgument(Seed* seed, TokenKind separator) {
  Advance();
  Expect(kLeftParenthesis);
  if (At(kRightParenthesis) || (At(kDistinct) && CanStartExpression(1)) || StartsPlainArgument())
    return false;
  const Nesting nesting(this);
  seed->mark = Mark();
  seed->node = ParseValue();
  return At(separator);
}

// The rest of a call whose parenthesis, and perhaps the value its next argument begins with, have been read.
ExpressionPointer Parser::ParseCallFromArgument(NodePointer<FunctionCallExpression> call, Seed* seed,
                                                std::size_t mark) {
  if (failed()) return nullptr;
  if (seed->node != nullptr) {
    call->arguments.push_back(ParseExpression(seed));
    while (Accept(kComma)) call->arguments.push_back(ParseFunctionArgument());
  } else if (!At(kRightParenthesis)) {
    call->distinct = At(kDistinct) && CanStartExpression(1) && Accept(kDistinct);
    do {
      call->arguments.push_back(ParseFunctionArgument());
    } while (Accept(kComma));
  }
  Expect(kRightParenthesis);
  ParseFunctionSuffixes(call.get());
  return Finish(std::move(call), mark);
}

// POSITION(needle IN text)
ExpressionPointer Parser::ParsePosition() {
  const std::size_t mark = Mark();
  NodePointer<FunctionCallExpression> call = NewCall();
  Seed seed;
  if (!ParseFirstArgument(&seed, kIn)) return ParseCallFromArgument(std::move(call), &seed, mark);
  auto node = New<PositionExpression>();
  node->needle = std::move(seed.node);
  Expect(kIn);
  node->text = ParseValue();
  Expect(kRightParenthesis);
  return Finish(std::move(node), mark);
}

// SUBSTRING(text FROM start [FOR length]); with commas alone it is a call.
ExpressionPointer Parser::ParseSubstring() {
  const std::size_t mark = Mark();
  NodePointer<FunctionCallExpression> call = NewCall();
  Seed seed;
  const bool from = ParseFirstArgument(&seed, kFrom);
  if (!from && !(At(kComma) && seed.node != nullptr))
    return ParseCallFromArgument(std::move(call), &seed, mark);
  auto node = New<SubstringExpression>();
  node->text = std::move(seed.node);
  Advance();
  seed.mark = Mark();
  if (from || !StartsPlainArgument()) seed.node = ParseValue();
  if (!from && !At(kFor)) {
    // `substring(a, 1 FOR 2)` is the special form as well; this is not.
    call->arguments.push_back(std::move(node->text));
    return ParseCallFromArgument(std::move(call), &seed, mark);
  }
  node->start = std::move(seed.node);
  if (Accept(kFor) || Accept(kComma)) node->length = ParseValue();
  Expect(kRightParenthesis);
  return Finish(std::move(node), mark);
}

// OVERLAY(text PLACING replacement FROM start [FOR length])
ExpressionPointer Parser::ParseOverlay() {
  const std::size_t mark = Mark();
  NodePointer<FunctionCallExpression> call = NewCall();
  Seed seed;
  if (!ParseFirstArgument(&seed, kPlacing)) return ParseCallFromArgument(std::move(call), &seed, mark);
  auto node = New<OverlayExpression>();
  node->text = std::move(seed.node);
  Expect(kPlacing);
  node->replacement = ParseValue();
  Expect(kFrom);
  node->start = ParseValue();
  if (Accept(kFor)) node->length = ParseValue();
  Expect(kRightParenthesis);
  return Finish(std::move(node), mark);
}

// EXTRACT(field FROM source)
ExpressionPointer Parser::ParseExtract() {
  const std::size_t mark = Mark();
  Expect(kExtract);
  Expect(kLeftParenthesis);
  auto node = New<ExtractExpression>();
  node->field = ParseIdentifier().text;
  Expect(kFrom);
  node->source = ParseValue();
  Expect(kRightParenthesis);
  return Finish(std::move(node), mark);
}

// name(UNIT, …: Spark then reads two more arguments. A string in the unit's place is its own error.
bool Parser::AtDateTimeUnit() const {
  return (IsDateTimeUnit(Kind(2)) || IsStringLiteral(2)) && At(kComma, 3);
}

// TIMESTAMPADD(unit, amount, value), TIMESTAMPDIFF(unit, start, end) and their other names. With two
// arguments, the first is a column that happens to be called like a unit.
ExpressionPointer Parser::ParseTimestampFunction() {
  const std::size_t mark = Mark();
  const bool is_add = AtAny(kTimestampadd, kDateadd, kDateAdd);
  const std::string written(TokenText());
  Advance();
  Expect(kLeftParenthesis);
  const Nesting nesting(this);
  const bool quoted = IsStringLiteral();
  const std::string unit(TokenText());
  ExpressionPointer as_argument = quoted ? ParseStringLiteral() : ParseUnitAsColumn();
  std::vector<ExpressionPointer> arguments;
  while (Accept(kComma)) arguments.push_back(ParseExpression());
  Expect(kRightParenthesis);
  if (failed()) return nullptr;
  if (arguments.size() != 2) {
    auto call = New<FunctionCallExpression>();
    call->name.push_back(written);
    call->arguments.push_back(std::move(as_argument));
    for (ExpressionPointer& argument : arguments) call->arguments.push_back(std::move(argument));
    ParseFunctionSuffixes(call.get());
    return Finish(std::move(call), mark);
  }
  if (quoted) {
    Fail("INVALID_PARAMETER_VALUE.DATETIME_UNIT",
         "The unit of " + written + " must be a bare word such as YEAR or DAY, not the string " + unit,
         {{"functionName", "`" + written + "`"}, {"parameter", "`unit`"}, {"invalidValue", unit}}, mark);
    return nullptr;
  }
  if (is_add) {
    auto node = New<TimestampAddExpression>();
    node->function = ToLowerAscii(written);
    node->unit = unit;
    node->amount = std::move(arguments[0]);
    node->value = std::move(arguments[1]);
    return Finish(std::move(node), mark);
  }
  auto node = New<TimestampDiffExpression>();
  node->function = ToLowerAscii(written);
  node->unit = unit;
  node->start = std::move(arguments[0]);
  node->end = std::move(arguments[1]);
  return Finish(std::move(node), mark);
}

ExpressionPointer Parser::ParseUnitAsColumn() {
  const std::size_t mark = Mark();
  auto column = New<ColumnExpression>();
  column->parts.push_back(ParseIdentifier().text);
  return Finish(std::move(column), mark);
}

// STRUCT(1 AS a, b): names are allowed inside.
ExpressionPointer Parser::ParseStruct() {
  const std::size_t mark = Mark();
  auto call = New<FunctionCallExpression>();
  call->name.emplace_back(TokenText());
  Advance();
  Expect(kLeftParenthesis);
  const Nesting nesting(this);
  if (!At(kRightParenthesis)) call->arguments = ParseNamedExpressionSequence();
  Expect(kRightParenthesis);
  return Finish(std::move(call), mark);
}

WindowSpecification Parser::ParseWindowSpecification() {
  const std::size_t mark = Mark();
  WindowSpecification specification;
  if (!At(kLeftParenthesis)) {
    specification.reference = ParseErrorCapturingIdentifier().text;
    specification.location = LocationFrom(mark);
    return specification;
  }
  Expect(kLeftParenthesis);
  if (IsIdentifier() && At(kRightParenthesis, 1)) {
    specification.reference = ParseErrorCapturingIdentifier().text;
  } else {
    if (Accept(kCluster, kBy)) {
      // Only PARTITION BY with another spelling, Spark ignores the order it would imply elsewhere.
      specification.partition_by = ParseExpressionSequence();
    } else {
      if (Accept(kPartition, kBy) || Accept(kDistribute, kBy))
        specification.partition_by = ParseExpressionSequence();
      if (Accept(kOrder, kBy) || Accept(kSort, kBy)) specification.order_by = ParseSortItems();
    }
    specification.frame = ParseWindowFrame();
  }
  Expect(kRightParenthesis);
  specification.location = LocationFrom(mark);
  return specification;
}

std::optional<WindowFrame> Parser::ParseWindowFrame() {
  if (!AtAny(kRows, kRange)) return std::nullopt;
  WindowFrame frame;
  frame.unit = At(kRows) ? FrameUnit::kRows : FrameUnit::kRange;
  Advance();
  frame.between = At(kBetween) && CanStartExpression(1) && Accept(kBetween);
  frame.start = ParseFrameBound();
  if (frame.between) {
    Expect(kAnd);
    frame.end = ParseFrameBound();
  }
  return frame;
}

FrameBound Parser::ParseFrameBound() {
  const std::size_t mark = Mark();
  FrameBound bound;
  if (At(kUnbounded) && (At(kPreceding, 1) || At(kFollowing, 1))) {
    Advance();
    bound.kind = At(kPreceding) ? FrameBoundKind::kUnboundedPreceding : FrameBoundKind::kUnboundedFollowing;
    Advance();
  } else if (Accept(kCurrent, kRow)) {
    bound.kind = FrameBoundKind::kCurrentRow;
  } else {
    // The bound is a value; BETWEEN's own AND must not be taken for a conjunction.
    bound.offset = ParseValue();
    bound.kind = At(kPreceding) ? FrameBoundKind::kPreceding : FrameBoundKind::kFollowing;
    if (!Accept(kPreceding)) Expect(kFollowing);
  }
  bound.location = LocationFrom(mark);
  return bound;
}

NamedWindow Parser::ParseNamedWindow() {
  NamedWindow window;
  window.name = ParseErrorCapturingIdentifier();
  Expect(kAs);
  window.specification = ParseWindowSpecification();
  return window;
}

SortItem Parser::ParseSortItem() {
  const std::size_t mark = Mark();
  SortItem item;
  item.expression = ParseExpression();
  item.direction_written = AtAny(kAsc, kDesc);
  item.ascending = !At(kDesc);
  if (item.direction_written) Advance();
  if (At(kNulls) && (At(kFirst, 1) || At(kLast, 1))) {
    Advance();
    item.nulls = At(kFirst) ? SortItem::Nulls::kFirst : SortItem::Nulls::kLast;
    Advance();
  }
  item.location = LocationFrom(mark);
  return item;
}

std::vector<SortItem> Parser::ParseSortItems() {
  std::vector<SortItem> items;
  do {
    items.push_back(ParseSortItem());
  } while (Accept(kComma));
  return items;
}

}  // namespace hearth::sql
