#include <limits>
#include <map>
#include <type_traits>

#include "engine/functions/expressions.h"
#include "engine/lower/lowering.h"
#include "plan/resolved/rewrite.h"

namespace hearth::engine {

using duckdb::ExpressionType;
using duckdb::make_uniq;
using duckdb::WindowBoundary;
using plan::BoundKind;
using plan::FrameUnit;
using plan::TypeKind;

namespace {

// Window functions of Spark that DuckDB has with the same meaning.
struct Ranking {
  ExpressionType type;
  const char* name;
};
const std::map<std::string, Ranking, std::less<>>& Rankings() {
  static const std::map<std::string, Ranking, std::less<>> rankings = {
      {"row_number", {ExpressionType::WINDOW_ROW_NUMBER, "row_number"}},
      {"rank", {ExpressionType::WINDOW_RANK, "rank"}},
      {"dense_rank", {ExpressionType::WINDOW_RANK_DENSE, "dense_rank"}},
      {"percent_rank", {ExpressionType::WINDOW_PERCENT_RANK, "percent_rank"}},
      {"cume_dist", {ExpressionType::WINDOW_CUME_DIST, "cume_dist"}},
      {"ntile", {ExpressionType::WINDOW_NTILE, "ntile"}},
      {"lag", {ExpressionType::WINDOW_LAG, "lag"}},
      {"lead", {ExpressionType::WINDOW_LEAD, "lead"}},
      {"nth_value", {ExpressionType::WINDOW_NTH_VALUE, "nth_value"}},
  };
  return rankings;
}

// Aggregates that mean a row's value when they stand over a window.
const std::map<std::string, Ranking, std::less<>>& FrameValues() {
  static const std::map<std::string, Ranking, std::less<>> values = {
      {"first", {ExpressionType::WINDOW_FIRST_VALUE, "first_value"}},
      {"first_value", {ExpressionType::WINDOW_FIRST_VALUE, "first_value"}},
      {"any_value", {ExpressionType::WINDOW_FIRST_VALUE, "first_value"}},
      {"last", {ExpressionType::WINDOW_LAST_VALUE, "last_value"}},
      {"last_value", {ExpressionType::WINDOW_LAST_VALUE, "last_value"}},
  };
  return values;
}

WindowBoundary Boundary(BoundKind kind, FrameUnit unit) {
  const bool rows = unit == FrameUnit::kRows;
  switch (kind) {
    case BoundKind::kUnboundedPreceding:
      return WindowBoundary::UNBOUNDED_PRECEDING;
    case BoundKind::kPreceding:
      return rows ? WindowBoundary::EXPR_PRECEDING_ROWS : WindowBoundary::EXPR_PRECEDING_RANGE;
    case BoundKind::kCurrentRow:
      return rows ? WindowBoundary::CURRENT_ROW_ROWS : WindowBoundary::CURRENT_ROW_RANGE;
    case BoundKind::kFollowing:
      return rows ? WindowBoundary::EXPR_FOLLOWING_ROWS : WindowBoundary::EXPR_FOLLOWING_RANGE;
    case BoundKind::kUnboundedFollowing:
      return WindowBoundary::UNBOUNDED_FOLLOWING;
  }
  return WindowBoundary::INVALID;
}

// A constant below zero: "-1 FOLLOWING" is "1 PRECEDING".
bool IsNegative(const plan::Expression& offset) {
  if (const auto* cast = offset.As<plan::Cast>()) return IsNegative(*cast->child);
  const auto* literal = offset.As<plan::Literal>();
  if (literal == nullptr) return false;
  return std::visit(
      [](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, int64_t>)
          return value < 0 && value != std::numeric_limits<int64_t>::min();
        if constexpr (std::is_floating_point_v<T> || std::is_same_v<T, plan::Int128>) return value < T{0};
        return false;
      },
      literal->value.data);
}

// DuckDB adds an INTERVAL to dates and timestamps where Spark adds its own interval types.
ParsedPtr RangeOffset(ParsedPtr offset, const plan::DataType& type, const plan::DataType& order_type) {
  if (type.Is(TypeKind::kDayTimeInterval) && !order_type.Is(TypeKind::kDayTimeInterval)) {
    return Call("to_microseconds", std::move(offset));
  }
  if (type.Is(TypeKind::kYearMonthInterval) && !order_type.Is(TypeKind::kYearMonthInterval)) {
    return Call("to_months", std::move(offset));
  }
  return offset;
}

duckdb::unique_ptr<duckdb::WindowExpression> MakeWindow(const Ranking& ranking, const WindowClause& clause) {
  auto window = make_uniq<duckdb::WindowExpression>(ranking.type, "system", "main", ranking.name);
  for (const auto& partition : clause.partitions) window->partitions.push_back(partition->Copy());
  for (const auto& order : clause.orders) {
    window->orders.emplace_back(order.type, order.null_order, order.expression->Copy());
  }
  window->start = clause.start;
  window->end = clause.end;
  if (clause.start_offset) window->start_expr = clause.start_offset->Copy();
  if (clause.end_offset) window->end_expr = clause.end_offset->Copy();
  return window;
}

bool IsTrueLiteral(const plan::Expression& expression) {
  const auto* literal = expression.As<plan::Literal>();
  return literal && std::holds_alternative<bool>(literal->value.data) && std::get<bool>(literal->value.data);
}

}  // namespace

base::Result<WindowClause> Lowering::LowerWindowClause(const plan::WindowCall& call) {
  WindowClause clause;
  HEARTH_ASSIGN(clause.partitions, LowerAll(call.partition));
  std::vector<plan::SortKey> keys = call.order;
  HEARTH_ASSIGN(clause.orders, LowerOrder(keys));
  const bool has_offset = call.lower.offset || call.upper.offset;
  const plan::DataType* order_type = call.order.size() == 1 ? call.order[0].expression->type.get() : nullptr;
  const bool by_range = call.unit == FrameUnit::kRange && has_offset && order_type;
  // DuckDB has arithmetic on local timestamps only (the zoned kind needs ICU); the order is the same.
  if (by_range && order_type->Is(TypeKind::kTimestamp)) {
    clause.orders[0].expression =
        CastTo(std::move(clause.orders[0].expression), duckdb::LogicalType::TIMESTAMP);
  }
  // DuckDB refuses to go backwards by a range.
  const auto turned = [&](const plan::FrameBound& bound) {
    return by_range && bound.kind == BoundKind::kFollowing && bound.offset && IsNegative(*bound.offset);
  };
  const auto boundary = [&](const plan::FrameBound& bound) {
    return Boundary(turned(bound) ? BoundKind::kPreceding : bound.kind, call.unit);
  };
  clause.start = boundary(call.lower);
  clause.end = boundary(call.upper);
  const auto lower_offset = [&](const plan::FrameBound& bound) -> base::Result<ParsedPtr> {
    if (!bound.offset) return ParsedPtr();
    HEARTH_ASSIGN(ParsedPtr offset, LowerExpression(*bound.offset));
    if (turned(bound)) offset = Call("-", std::move(offset));
    return by_range ? RangeOffset(std::move(offset), *bound.offset->type, *order_type) : std::move(offset);
  };
  HEARTH_ASSIGN(clause.start_offset, lower_offset(call.lower));
  HEARTH_ASSIGN(clause.end_offset, lower_offset(call.upper));
  return clause;
}

base::Result<ParsedPtr> Lowering::LowerWindowFunction(const plan::Expression& expression,
                                                      const plan::Call& call, const WindowClause& clause) {
  const auto found = Rankings().find(call.function->name);
  if (found == Rankings().end()) return base::NotImplemented("window function " + call.function->name);
  HEARTH_ASSIGN(ParsedExpressions arguments, LowerAll(call.arguments));
  auto window = MakeWindow(found->second, clause);
  const size_t count = arguments.size();
  switch (found->second.type) {
    case ExpressionType::WINDOW_LAG:
    case ExpressionType::WINDOW_LEAD:
      if (count > 0) window->children.push_back(std::move(arguments[0]));
      if (count > 1) window->offset_expr = CastTo(std::move(arguments[1]), duckdb::LogicalType::BIGINT);
      if (count > 2) window->default_expr = std::move(arguments[2]);
      window->ignore_nulls = call.ignore_nulls;
      break;
    case ExpressionType::WINDOW_NTH_VALUE:
      if (count > 0) window->children.push_back(std::move(arguments[0]));
      if (count > 1) window->children.push_back(CastTo(std::move(arguments[1]), duckdb::LogicalType::BIGINT));
      window->ignore_nulls = call.ignore_nulls;
      break;
    case ExpressionType::WINDOW_NTILE:
      if (count > 0) window->children.push_back(CastTo(std::move(arguments[0]), duckdb::LogicalType::BIGINT));
      break;
    case ExpressionType::WINDOW_RANK:
    case ExpressionType::WINDOW_RANK_DENSE:
    case ExpressionType::WINDOW_PERCENT_RANK:
      // Spark's arguments repeat the ORDER BY.
      break;
    default:
      break;
  }
  return CastTo(std::move(window), ToDuckDB(*expression.type));
}

base::Result<ParsedPtr> Lowering::LowerWindowCall(const plan::Expression& expression,
                                                  const plan::WindowCall& call) {
  HEARTH_ASSIGN(WindowClause clause, LowerWindowClause(call));
  if (const auto* function = call.function->As<plan::Call>()) {
    return LowerWindowFunction(expression, *function, clause);
  }
  const auto* aggregate = call.function->As<plan::AggregateCall>();
  if (!aggregate) return base::InternalError("a window item that is no call");
  const auto value = FrameValues().find(aggregate->function->name);
  if (value != FrameValues().end() && !aggregate->filter && !aggregate->arguments.empty()) {
    auto window = MakeWindow(value->second, clause);
    HEARTH_ASSIGN(ParsedPtr argument, LowerExpression(*aggregate->arguments[0]));
    window->children.push_back(std::move(argument));
    window->ignore_nulls = aggregate->ignore_nulls ||
                           (aggregate->arguments.size() > 1 && IsTrueLiteral(*aggregate->arguments[1]));
    return ParsedPtr(std::move(window));
  }
  return LowerAggregateCall(*call.function, *aggregate, &clause);
}

base::Result<Lowering::Lowered> Lowering::LowerWindow(const plan::Window& window) {
  HEARTH_ASSIGN(Lowered input, LowerRelation(*window.input));
  auto node = Select(ToSource(std::move(input)));
  for (const auto& column : window.input->output) node->select_list.push_back(Column(column));
  for (const auto& item : window.items) {
    const auto* call = item.expression->As<plan::WindowCall>();
    if (!call) return base::InternalError("a window relation computes something other than a window call");
    HEARTH_ASSIGN(ParsedPtr expression, LowerWindowCall(*item.expression, *call));
    expression->SetAlias(ColumnName(item.column.id));
    node->select_list.push_back(std::move(expression));
  }
  GiveOwnNames(window.input->output);
  Lowered lowered;
  lowered.node = std::move(node);
  return lowered;
}

}  // namespace hearth::engine
