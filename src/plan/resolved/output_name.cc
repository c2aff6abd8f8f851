// The names Spark gives to output columns that the query leaves unnamed.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "plan/functions/registry.h"
#include "plan/resolved/literal_text.h"
#include "plan/resolved/tree.h"

namespace hearth::plan {
namespace {

std::string CommaList(const Expressions& expressions) {
  std::string text;
  for (size_t i = 0; i < expressions.size(); ++i) {
    if (i > 0) text += ", ";
    text += OutputName(*expressions[i]);
  }
  return text;
}

// Operators that stand between two operands, as Spark spells them.
std::string_view InfixSymbol(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kSymbols = {{
      {"+", "+"},   {"-", "-"},     {"*", "*"},     {"/", "/"},   {"%", "%"},   {"div", "div"},
      {"==", "="},  {"=", "="},     {"<=>", "<=>"}, {"<", "<"},   {"<=", "<="}, {">", ">"},
      {">=", ">="}, {"and", "AND"}, {"or", "OR"},   {"&", "&"},   {"|", "|"},   {"^", "^"},
      {"<<", "<<"}, {">>", ">>"},   {">>>", ">>>"}, {"mod", "%"}, {"!=", "!="}, {"<>", "<>"},
  }};
  for (const auto& [key, symbol] : kSymbols) {
    if (key == name) return symbol;
  }
  return {};
}

std::string CaseName(const Expressions& arguments) {
  std::string text = "CASE";
  size_t i = 0;
  for (; i + 1 < arguments.size(); i += 2) {
    text += fmt::format(" WHEN {} THEN {}", OutputName(*arguments[i]), OutputName(*arguments[i + 1]));
  }
  if (i < arguments.size()) text += " ELSE " + OutputName(*arguments[i]);
  return text + " END";
}

std::string ItemName(const Expressions& arguments) {
  return fmt::format("{}[{}]", OutputName(*arguments[0]), OutputName(*arguments[1]));
}

std::string FieldName(const Expressions& arguments) {
  const auto& fields = arguments[0]->type->fields();
  auto ordinal = std::get<int64_t>(arguments[1]->As<Literal>()->value.data);
  return fmt::format("{}.{}", OutputName(*arguments[0]), fields[ordinal].name);
}

std::string CallName(const Call& call) {
  const auto& name = call.function->name;
  const auto& arguments = call.arguments;
  // An operator called by another name prints as a call: shiftleft(a, 1).
  bool is_renamed = !call.function->display_name.empty();
  if (auto symbol = InfixSymbol(name); !symbol.empty() && arguments.size() == 2 && !is_renamed) {
    return fmt::format("({} {} {})", OutputName(*arguments[0]), symbol, OutputName(*arguments[1]));
  }
  if (name == "when") return CaseName(arguments);
  if (name == "if") return fmt::format("(IF({}))", CommaList(arguments));
  if (name == "not" || name == "!") return fmt::format("(NOT {})", OutputName(*arguments[0]));
  if (name == "isnull") return fmt::format("({} IS NULL)", OutputName(*arguments[0]));
  if (name == "isnotnull") return fmt::format("({} IS NOT NULL)", OutputName(*arguments[0]));
  if (name == "negative" && !is_renamed) return fmt::format("(- {})", OutputName(*arguments[0]));
  if (name == "positive") return fmt::format("(+ {})", OutputName(*arguments[0]));
  if (name == "~") return "~" + OutputName(*arguments[0]);
  if (name == "in") {
    return fmt::format("({} IN ({}))", OutputName(*arguments[0]),
                       CommaList({arguments.begin() + 1, arguments.end()}));
  }
  if (name == "like" || name == "ilike") {
    auto text = name == "like"
                    ? fmt::format("{} LIKE {}", OutputName(*arguments[0]), OutputName(*arguments[1]))
                    : fmt::format("ilike({}, {})", OutputName(*arguments[0]), OutputName(*arguments[1]));
    return text;
  }
  if (name == "array_item" || name == "map_item") return ItemName(arguments);
  if (name == "get_struct_field") return FieldName(arguments);
  const auto& shown = call.function->display_name.empty() ? name : call.function->display_name;
  return fmt::format("{}({})", shown, CommaList(arguments));
}

std::string SortText(const SortKey& key) {
  return fmt::format("{} {} NULLS {}", OutputName(*key.expression), key.ascending ? "ASC" : "DESC",
                     key.nulls_first ? "FIRST" : "LAST");
}

std::string SortText(const std::vector<SortKey>& keys) {
  std::string text;
  for (const auto& key : keys) text += (text.empty() ? "" : ", ") + SortText(key);
  return text;
}

std::string AggregateName(const AggregateCall& call) {
  const auto& shown = call.function->display_name.empty() ? call.function->name : call.function->display_name;
  auto text = fmt::format("{}({}{})", shown, call.distinct ? "DISTINCT " : "", CommaList(call.arguments));
  if (!call.order.empty()) text += fmt::format(" WITHIN GROUP (ORDER BY {})", SortText(call.order));
  if (call.filter) text += fmt::format(" FILTER (WHERE {})", OutputName(*call.filter));
  return text;
}

std::string BoundText(const FrameBound& bound) {
  // Spark negates the offset first and casts it afterwards, and then no longer sees that it was a PRECEDING.
  bool cast_away = bound.kind == BoundKind::kPreceding && bound.offset->As<Cast>();
  if (cast_away) return fmt::format("(- {}) FOLLOWING", OutputName(*bound.offset));
  switch (bound.kind) {
    case BoundKind::kUnboundedPreceding:
      return "UNBOUNDED PRECEDING";
    case BoundKind::kPreceding:
      return OutputName(*bound.offset) + " PRECEDING";
    case BoundKind::kCurrentRow:
      return "CURRENT ROW";
    case BoundKind::kFollowing:
      return OutputName(*bound.offset) + " FOLLOWING";
    case BoundKind::kUnboundedFollowing:
      return "UNBOUNDED FOLLOWING";
  }
  return {};
}

std::string WindowName(const WindowCall& call) {
  std::string specification;
  if (!call.partition.empty()) specification += "PARTITION BY " + CommaList(call.partition) + " ";
  if (!call.order.empty()) specification += "ORDER BY " + SortText(call.order) + " ";
  return fmt::format("{} OVER ({}{} BETWEEN {} AND {})", OutputName(*call.function), specification,
                     call.unit == FrameUnit::kRows ? "ROWS" : "RANGE", BoundText(call.lower),
                     BoundText(call.upper));
}

std::string SubqueryName(const Subquery& subquery) {
  switch (subquery.kind) {
    case SubqueryKind::kScalar:
      return "scalarsubquery()";
    case SubqueryKind::kExists:
      return "exists()";
    case SubqueryKind::kIn: {
      auto values = CommaList(subquery.values);
      if (subquery.values.size() > 1) values = fmt::format("({})", values);
      return fmt::format("({} IN (listquery()))", values);
    }
  }
  return {};
}

}  // namespace

std::string OutputName(const Expression& expression) {
  if (!expression.display.empty()) return expression.display;
  if (const auto* literal = expression.As<Literal>()) return LiteralDisplay(literal->value, *expression.type);
  if (const auto* reference = expression.As<ColumnReference>()) {
    return reference->is_outer ? fmt::format("outer({})", reference->name) : reference->name;
  }
  if (const auto* call = expression.As<Call>()) return CallName(*call);
  if (const auto* cast = expression.As<Cast>()) {
    // Spark leaves out casts to arrays, maps and structs as well.
    if (cast->implicit || expression.type->IsNested()) return OutputName(*cast->child);
    return fmt::format("{}({} AS {})", cast->behavior == CastBehavior::kTry ? "TRY_CAST" : "CAST",
                       OutputName(*cast->child), expression.type->Sql());
  }
  if (const auto* call = expression.As<AggregateCall>()) return AggregateName(*call);
  if (const auto* call = expression.As<WindowCall>()) return WindowName(*call);
  if (expression.As<LambdaVariable>()) return "namedlambdavariable()";
  if (const auto* lambda = expression.As<Lambda>()) {
    auto text = "lambdafunction(" + OutputName(*lambda->body);
    for (size_t i = 0; i < lambda->parameters.size(); ++i) text += ", namedlambdavariable()";
    return text + ")";
  }
  return SubqueryName(*expression.As<Subquery>());
}

}  // namespace hearth::plan
