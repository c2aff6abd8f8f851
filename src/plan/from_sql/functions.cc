// Calls, special call syntax, and windows.
#include <algorithm>

#include "plan/from_sql/converter.h"
#include "sql/parser.h"

namespace hearth::plan::from_sql {
namespace {

bool IsBareStar(const sql::Expression& expression) {
  const auto* star = sql::TryAs<sql::StarExpression>(&expression);
  return star != nullptr && star->target.empty() && !star->has_except;
}

unresolved::NullTreatment ConvertNulls(sql::NullTreatment nulls) {
  switch (nulls) {
    case sql::NullTreatment::kNone:
      return unresolved::NullTreatment::kUnspecified;
    case sql::NullTreatment::kIgnore:
      return unresolved::NullTreatment::kIgnore;
    case sql::NullTreatment::kRespect:
      return unresolved::NullTreatment::kRespect;
  }
  return unresolved::NullTreatment::kUnspecified;
}

unresolved::BoundKind ConvertBoundKind(sql::FrameBoundKind kind) {
  switch (kind) {
    case sql::FrameBoundKind::kUnboundedPreceding:
      return unresolved::BoundKind::kUnboundedPreceding;
    case sql::FrameBoundKind::kPreceding:
      return unresolved::BoundKind::kPreceding;
    case sql::FrameBoundKind::kCurrentRow:
      return unresolved::BoundKind::kCurrentRow;
    case sql::FrameBoundKind::kFollowing:
      return unresolved::BoundKind::kFollowing;
    case sql::FrameBoundKind::kUnboundedFollowing:
      return unresolved::BoundKind::kUnboundedFollowing;
  }
  return unresolved::BoundKind::kCurrentRow;
}

// Spark takes bounds that are constant as soon as they are parsed: literals, and operators and casts over
// them.
bool IsConstant(const unresolved::Expression& expression) {
  if (expression.As<unresolved::Literal>() != nullptr || expression.As<unresolved::Parameter>() != nullptr)
    return true;
  if (const auto* cast = expression.As<unresolved::Cast>()) return IsConstant(*cast->child);
  const auto* function = expression.As<unresolved::Function>();
  if (function == nullptr || !function->is_operator) return false;
  return std::all_of(function->arguments.begin(), function->arguments.end(),
                     [](const auto& argument) { return IsConstant(*argument); });
}

const sql::WindowSpecification* FindDefinition(const std::vector<sql::NamedWindow>& clause,
                                               std::string_view name) {
  for (const auto& window : clause) {
    if (window.name.text == name) return &window.specification;
  }
  return nullptr;
}

}  // namespace

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::FunctionCallExpression& node) {
  unresolved::Function function{
      .name = node.name, .is_distinct = node.distinct, .nulls = ConvertNulls(node.nulls)};
  if (node.name_expression != nullptr) {
    HEARTH_ASSIGN(auto text, ConstantText(*node.name_expression));
    HEARTH_ASSIGN(function.name, ParseName(text));
  }
  // count(*) counts rows, and Spark shows it as count(1).
  const bool counts_rows = function.name.size() == 1 && LowerCase(function.name[0]) == "count" &&
                           !node.distinct && node.arguments.size() == 1 && IsBareStar(*node.arguments[0]);
  if (counts_rows) {
    function.arguments = {unresolved::IntegerLiteral(1)};
  } else {
    HEARTH_ASSIGN(function.arguments, List(node.arguments));
  }
  HEARTH_ASSIGN(function.within_group, Orders(node.within_group));
  if (node.filter != nullptr) {
    HEARTH_ASSIGN(function.filter, Expression(*node.filter));
  }
  if (!node.over) return Make(std::move(function), node);
  auto call = Make(std::move(function), node);
  return Over(std::move(call), *node.over);
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::ExtractExpression& node) {
  HEARTH_ASSIGN(auto source, Expression(*node.source));
  return Call(node, "extract", {unresolved::StringLiteral(node.field), std::move(source)});
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::SubstringExpression& node) {
  HEARTH_ASSIGN(auto text, Expression(*node.text));
  HEARTH_ASSIGN(auto start, Expression(*node.start));
  unresolved::Expressions arguments = {std::move(text), std::move(start)};
  if (node.length != nullptr) {
    HEARTH_ASSIGN(auto length, Expression(*node.length));
    arguments.push_back(std::move(length));
  }
  return Call(node, "substring", std::move(arguments));
}

// The functions take the characters first: trim(characters, text).
base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::TrimExpression& node) {
  unresolved::Expressions arguments;
  if (node.characters != nullptr) {
    HEARTH_ASSIGN(auto characters, Expression(*node.characters));
    arguments.push_back(std::move(characters));
  }
  HEARTH_ASSIGN(auto text, Expression(*node.text));
  arguments.push_back(std::move(text));
  switch (node.side) {
    case sql::TrimSide::kBoth:
      return Call(node, "trim", std::move(arguments));
    case sql::TrimSide::kLeading:
      return Call(node, "ltrim", std::move(arguments));
    case sql::TrimSide::kTrailing:
      return Call(node, "rtrim", std::move(arguments));
  }
  return base::InternalError("a side of TRIM of an unknown kind");
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::PositionExpression& node) {
  HEARTH_ASSIGN(auto needle, Expression(*node.needle));
  HEARTH_ASSIGN(auto text, Expression(*node.text));
  return Call(node, "locate", {std::move(needle), std::move(text)});
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::OverlayExpression& node) {
  HEARTH_ASSIGN(auto text, Expression(*node.text));
  HEARTH_ASSIGN(auto replacement, Expression(*node.replacement));
  HEARTH_ASSIGN(auto start, Expression(*node.start));
  unresolved::Expressions arguments = {std::move(text), std::move(replacement), std::move(start)};
  if (node.length != nullptr) {
    HEARTH_ASSIGN(auto length, Expression(*node.length));
    arguments.push_back(std::move(length));
  }
  return Call(node, "overlay", std::move(arguments));
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::TimestampAddExpression& node) {
  HEARTH_ASSIGN(auto amount, Expression(*node.amount));
  HEARTH_ASSIGN(auto value, Expression(*node.value));
  return Call(node, "timestampadd",
              {unresolved::StringLiteral(node.unit), std::move(amount), std::move(value)});
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::TimestampDiffExpression& node) {
  HEARTH_ASSIGN(auto start, Expression(*node.start));
  HEARTH_ASSIGN(auto end, Expression(*node.end));
  return Call(node, "timestampdiff",
              {unresolved::StringLiteral(node.unit), std::move(start), std::move(end)});
}

// ---- Windows ---------------------------------------------------------------------------------------------

// The definition that OVER w means; inside WINDOW, `v AS w` may name a definition but not another name.
base::Result<const sql::WindowSpecification*> Converter::FindWindow(
    const sql::WindowSpecification& specification) {
  if (specification.reference.empty()) return &specification;
  const auto& name = specification.reference;
  for (auto clause = windows_.rbegin(); clause != windows_.rend(); ++clause) {
    const auto* found = FindDefinition(**clause, name);
    if (found == nullptr) continue;
    if (found->reference.empty()) return found;
    const auto* named = FindDefinition(**clause, found->reference);
    const char* condition = named == nullptr ? "INVALID_SQL_SYNTAX.UNRESOLVED_WINDOW_REFERENCE"
                                             : "INVALID_SQL_SYNTAX.INVALID_WINDOW_REFERENCE";
    if (named != nullptr && named->reference.empty()) return named;
    return ParseError(found->location, condition,
                      "The window " + found->reference + " is no window's definition.",
                      {{"windowName", QuoteIdentifier(found->reference)}});
  }
  return At(specification.location,
            base::MakeError(base::ErrorKind::kAnalysis, "MISSING_WINDOW_SPECIFICATION",
                            "No WINDOW clause defines " + name + ".",
                            {{"windowName", name}, {"docroot", "https://spark.apache.org/docs/latest"}}));
}

base::Result<unresolved::ExpressionPtr> Converter::Over(unresolved::ExpressionPtr function,
                                                        const sql::WindowSpecification& specification) {
  HEARTH_ASSIGN(const auto* definition, FindWindow(specification));
  auto origin = function->origin;
  unresolved::Window window{.function = std::move(function)};
  HEARTH_ASSIGN(window.partition, List(definition->partition_by));
  HEARTH_ASSIGN(window.order, Orders(definition->order_by));
  if (definition->frame) {
    HEARTH_ASSIGN(window.frame, ConvertFrame(*definition->frame));
  }
  return unresolved::Make(std::move(window), std::move(origin));
}

base::Result<unresolved::Frame> Converter::ConvertFrame(const sql::WindowFrame& frame) {
  unresolved::Frame result;
  result.unit =
      frame.unit == sql::FrameUnit::kRows ? unresolved::FrameUnit::kRows : unresolved::FrameUnit::kRange;
  HEARTH_ASSIGN(result.lower, ConvertBound(frame.start));
  if (frame.between) {
    HEARTH_ASSIGN(result.upper, ConvertBound(frame.end));
  }
  return result;
}

base::Result<unresolved::FrameBound> Converter::ConvertBound(const sql::FrameBound& bound) {
  unresolved::FrameBound result{ConvertBoundKind(bound.kind), nullptr};
  if (bound.offset != nullptr) {
    HEARTH_ASSIGN(result.offset, Expression(*bound.offset));
    if (!IsConstant(*result.offset)) {
      return ParseError(bound.location, "INVALID_SQL_SYNTAX.INVALID_WINDOW_FRAME_BOUND",
                        "The bound of a window frame must be a constant.");
    }
  }
  return result;
}

base::Result<unresolved::SortOrder> Converter::Order(const sql::SortItem& item) {
  HEARTH_ASSIGN(auto child, Expression(*item.expression));
  unresolved::SortOrder order{.child = std::move(child)};
  if (!item.ascending) order.direction = unresolved::SortDirection::kDescending;
  if (item.nulls == sql::SortItem::Nulls::kFirst) order.nulls = unresolved::NullOrder::kFirst;
  if (item.nulls == sql::SortItem::Nulls::kLast) order.nulls = unresolved::NullOrder::kLast;
  return order;
}

base::Result<std::vector<unresolved::SortOrder>> Converter::Orders(const std::vector<sql::SortItem>& items) {
  std::vector<unresolved::SortOrder> orders;
  for (const auto& item : items) {
    HEARTH_ASSIGN(auto order, Order(item));
    orders.push_back(std::move(order));
  }
  return orders;
}

}  // namespace hearth::plan::from_sql
