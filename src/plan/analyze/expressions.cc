// Every kind of expression but functions and windows (calls.cc) and columns (names.cc).
#include <fmt/format.h>

#include "base/time_zone.h"
#include "plan/analyze/analysis.h"
#include "plan/resolved/literal_text.h"
#include "plan/types/datetime_text.h"

namespace hearth::plan {
namespace {

using base::ErrorKind;
using base::MakeError;
using base::Result;

constexpr int kMostNestedExpressions = 2000;

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

// Leaves its level again on every way out.
struct Depth {
  explicit Depth(int& level) : level_(level) { ++level_; }
  ~Depth() { --level_; }
  int& level_;
};

// 'now', 'today', 'epoch' and their like are dates and timestamps where they are constant.
std::optional<int64_t> SpecialDateTime(const Expression& child, const TypePtr& type,
                                       const AnalysisSettings& settings) {
  const auto* literal = child.As<Literal>();
  if (!literal || literal->value.IsNull() || !child.type->IsString()) return std::nullopt;
  if (!type->Is(TypeKind::kDate) && !type->Is(TypeKind::kTimestamp) && !type->Is(TypeKind::kTimestampNtz)) {
    return std::nullopt;
  }
  const auto& text = std::get<std::string>(literal->value.data);
  const DateTimeContext context{base::FindTimeZone(settings.time_zone).value_or(absl::UTCTimeZone()),
                                settings.now_microseconds};
  if (type->Is(TypeKind::kDate)) return SpecialDate(text, context);
  return type->Is(TypeKind::kTimestamp) ? SpecialTimestamp(text, context)
                                        : SpecialTimestampNtz(text, context);
}

}  // namespace

Result<ExpressionPtr> Analysis::AnalyzeExpression(const unresolved::ExpressionPtr& expression,
                                                  const Scope& scope) {
  Depth depth(depth_);
  if (depth_ > kMostNestedExpressions) {
    return MakeError(
        ErrorKind::kAnalysis, "EXCEED_LIMIT_LENGTH",
        fmt::format("The expression is nested more than {} levels deep.", kMostNestedExpressions));
  }
  auto result = ResolveNode(expression, scope);
  if (!result.ok() && expression->origin && result.error()->contexts.empty()) {
    result.error()->contexts.push_back(*expression->origin);
  }
  return result;
}

Result<ExpressionPtr> Analysis::ResolveNode(const unresolved::ExpressionPtr& expression, const Scope& scope) {
  using R = Result<ExpressionPtr>;
  return std::visit(
      Overloaded{
          [&](const unresolved::Literal& literal) -> R { return ResolveLiteral(literal); },
          [&](const unresolved::Attribute& attribute) -> R { return ResolveAttribute(attribute, scope); },
          [&](const unresolved::Star&) -> R {
            return MakeError(ErrorKind::kAnalysis, "INVALID_USAGE_OF_STAR_OR_REGEX",
                             "A star stands where one value is needed.",
                             {{"elem", "'*'"}, {"prettyName", "expression"}});
          },
          [&](const unresolved::Regex&) -> R {
            return MakeError(ErrorKind::kAnalysis, "INVALID_USAGE_OF_STAR_OR_REGEX",
                             "A column pattern stands where one value is needed.",
                             {{"elem", "regular expression"}, {"prettyName", "expression"}});
          },
          [&](const unresolved::Function& function) -> R { return ResolveFunction(function, scope); },
          [&](const unresolved::Cast& cast) -> R { return ResolveCast(cast, scope); },
          [&](const unresolved::Alias& alias) -> R {
            HEARTH_ASSIGN(auto child, AnalyzeExpression(alias.child, scope));
            return alias.names.size() == 1 ? WithDisplay(child, alias.names[0]) : child;
          },
          [&](const unresolved::SortOrder& order) -> R { return AnalyzeExpression(order.child, scope); },
          [&](const unresolved::Window& window) -> R { return ResolveWindow(window, scope); },
          [&](const unresolved::Lambda&) -> R {
            return MakeError(ErrorKind::kAnalysis, "INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION",
                             "A lambda stands where no function takes one.");
          },
          [&](const unresolved::LambdaVariable& variable) -> R {
            return ResolveAttribute(unresolved::Attribute{variable.parts, std::nullopt, false}, scope);
          },
          [&](const unresolved::ExtractValue& extract) -> R { return ResolveExtractValue(extract, scope); },
          [&](const unresolved::UpdateField& update) -> R { return ResolveUpdateField(update, scope); },
          [&](const unresolved::Subquery& subquery) -> R { return ResolveSubquery(subquery, scope); },
          [&](const unresolved::NamedArgument& argument) -> R {
            return AnalyzeExpression(argument.value, scope);
          },
          [&](const unresolved::Parameter& parameter) -> R {
            auto name = parameter.name.empty() ? "_" + std::to_string(parameter.position) : parameter.name;
            return MakeError(ErrorKind::kAnalysis, "UNBOUND_SQL_PARAMETER",
                             fmt::format("No value was given for the parameter {}.", name), {{"name", name}});
          },
          [&](const unresolved::Tuple& tuple) -> R {
            HEARTH_ASSIGN(auto items, ResolveAll(tuple.items, scope));
            return Call("struct", std::move(items));
          },
          [&](const unresolved::UserDefinedFunction& function) -> R {
            return base::NotImplemented(
                fmt::format("the {} user-defined function {}", function.language, function.name));
          },
      },
      expression->node);
}

Result<Expressions> Analysis::ResolveAll(const unresolved::Expressions& expressions, const Scope& scope) {
  Expressions resolved;
  resolved.reserve(expressions.size());
  for (const auto& expression : expressions) {
    if (const auto* star = expression->As<unresolved::Star>()) {
      HEARTH_ASSIGN(auto columns, ExpandStar(*star, scope));
      resolved.insert(resolved.end(), columns.begin(), columns.end());
      continue;
    }
    HEARTH_ASSIGN(auto each, AnalyzeExpression(expression, scope));
    resolved.push_back(std::move(each));
  }
  return resolved;
}

Result<ExpressionPtr> Analysis::ResolveLiteral(const unresolved::Literal& literal) {
  auto resolved = MakeLiteral(literal.value, literal.type);
  if (!literal.text.empty()) return WithDisplay(resolved, literal.text);
  if (!literal.type->Is(TypeKind::kTimestamp) || literal.value.IsNull()) return resolved;
  // Names show the instant on the session's clock.
  const auto zone = base::FindTimeZone(settings().time_zone).value_or(absl::UTCTimeZone());
  const auto instant = std::get<int64_t>(literal.value.data);
  const int64_t offset = zone.At(absl::FromUnixMicros(instant)).offset;
  if (offset == 0) return resolved;
  return WithDisplay(resolved, fmt::format("TIMESTAMP '{}'", TimestampText(instant + offset * 1'000'000)));
}

Result<ExpressionPtr> Analysis::ResolveCast(const unresolved::Cast& cast, const Scope& scope) {
  HEARTH_ASSIGN(auto child, AnalyzeExpression(cast.child, scope));
  auto behavior = CastBehavior::kAnsi;
  switch (cast.mode) {
    case unresolved::CastMode::kSession:
      behavior = settings().ansi ? CastBehavior::kAnsi : CastBehavior::kLegacy;
      break;
    case unresolved::CastMode::kAnsi:
      behavior = CastBehavior::kAnsi;
      break;
    case unresolved::CastMode::kLegacy:
      behavior = CastBehavior::kLegacy;
      break;
    case unresolved::CastMode::kTry:
      behavior = CastBehavior::kTry;
      break;
  }
  if (cast.type->Is(TypeKind::kTime)) {
    return MakeError(ErrorKind::kAnalysis, "UNSUPPORTED_TIME_TYPE", "The type TIME is not enabled.");
  }
  if (auto special = SpecialDateTime(*child, cast.type, settings())) {
    auto resolved = *MakeLiteral(Value{*special}, cast.type);
    resolved.nullable = true;
    resolved.display = fmt::format("{}({} AS {})", behavior == CastBehavior::kTry ? "TRY_CAST" : "CAST",
                                   OutputName(*child), cast.type->Sql());
    return std::make_shared<const Expression>(std::move(resolved));
  }
  return MakeCast(std::move(child), cast.type, behavior, false);
}

Result<ExpressionPtr> Analysis::ResolveExtractValue(const unresolved::ExtractValue& extract,
                                                    const Scope& scope) {
  HEARTH_ASSIGN(auto child, AnalyzeExpression(extract.child, scope));
  const auto* literal = extract.key->As<unresolved::Literal>();
  bool is_name = literal && literal->type->IsString() && !literal->value.IsNull();
  bool has_fields = child->type->Is(TypeKind::kStruct) ||
                    (child->type->Is(TypeKind::kArray) && child->type->element()->Is(TypeKind::kStruct));
  if (is_name && has_fields) return ExtractField(child, std::get<std::string>(literal->value.data));
  HEARTH_ASSIGN(auto key, AnalyzeExpression(extract.key, scope));
  if (child->type->Is(TypeKind::kArray)) return Call("array_item", {child, key});
  if (child->type->Is(TypeKind::kMap)) return Call("map_item", {child, key});
  if (child->type->Is(TypeKind::kStruct)) {
    return MakeError(
        ErrorKind::kAnalysis, "INVALID_EXTRACT_FIELD_TYPE",
        fmt::format("A struct field is named by a string constant, not by \"{}\".", OutputName(*key)),
        {{"extraction", fmt::format("\"{}\"", OutputName(*key))}});
  }
  return ExtractField(child, OutputName(*key));
}

Result<ExpressionPtr> Analysis::ResolveUpdateField(const unresolved::UpdateField& update,
                                                   const Scope& scope) {
  HEARTH_ASSIGN(auto child, AnalyzeExpression(update.child, scope));
  if (!child->type->Is(TypeKind::kStruct)) {
    return MakeError(ErrorKind::kAnalysis, "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
                     fmt::format("withField and dropFields need a struct, not \"{}\".", child->type->Sql()));
  }
  // "a.b" changes field b of the struct in field a.
  auto dot = update.field.find('.');
  if (dot != std::string::npos) {
    auto head = update.field.substr(0, dot);
    auto inner = unresolved::Make(unresolved::ExtractValue{update.child, unresolved::StringLiteral(head)});
    auto nested =
        unresolved::Make(unresolved::UpdateField{inner, update.field.substr(dot + 1), update.value});
    return ResolveUpdateField(unresolved::UpdateField{update.child, head, nested}, scope);
  }
  Expressions arguments;
  bool found = false;
  ExpressionPtr value;
  if (update.value) {
    HEARTH_ASSIGN(value, AnalyzeExpression(update.value, scope));
  }
  for (const auto& field : child->type->fields()) {
    bool same = SameName(field.name, update.field);
    found |= same;
    if (same && !value) continue;
    arguments.push_back(StringLiteral(field.name));
    if (same) {
      arguments.push_back(value);
    } else {
      HEARTH_ASSIGN(auto kept, ExtractField(child, field.name));
      arguments.push_back(std::move(kept));
    }
  }
  if (!found && value) {
    arguments.push_back(StringLiteral(update.field));
    arguments.push_back(value);
  }
  if (arguments.empty()) {
    return MakeError(ErrorKind::kAnalysis, "DATATYPE_MISMATCH.CANNOT_DROP_ALL_FIELDS",
                     "A struct cannot lose all its fields.");
  }
  auto name = fmt::format("update_fields({}, {})", OutputName(*child),
                          value ? "WithField(" + OutputName(*value) + ")" : "dropfield()");
  HEARTH_ASSIGN(auto rebuilt, Call("named_struct", std::move(arguments)));
  if (!child->nullable) return WithDisplay(rebuilt, name);
  HEARTH_ASSIGN(auto is_null, Call("isnull", {child}));
  HEARTH_ASSIGN(auto guarded, Call("if", {is_null, NullLiteral(rebuilt->type), rebuilt}));
  return WithDisplay(guarded, name);
}

Result<ExpressionPtr> Analysis::ResolveSubquery(const unresolved::Subquery& subquery, const Scope& scope) {
  if (subquery.kind == unresolved::SubqueryKind::kTableArgument)
    return base::NotImplemented("table arguments of functions");
  HEARTH_ASSIGN(auto values, ResolveAll(subquery.values, scope));
  // A tuple on the left of IN counts its items.
  if (subquery.values.size() == 1) {
    if (const auto* tuple = subquery.values[0]->As<unresolved::Tuple>()) {
      HEARTH_ASSIGN(values, ResolveAll(tuple->items, scope));
    }
  }
  auto saved_lambdas = std::move(lambda_scopes_);
  lambda_scopes_.clear();
  int saved_aggregate = std::exchange(in_aggregate_, 0);
  int saved_window = std::exchange(in_window_, 0);
  auto analyzed = AnalyzeRelation(subquery.plan, &scope);
  in_aggregate_ = saved_aggregate;
  in_window_ = saved_window;
  lambda_scopes_ = std::move(saved_lambdas);
  HEARTH_ASSIGN(auto plan, std::move(analyzed));
  const auto& output = plan.output();
  if (subquery.kind == unresolved::SubqueryKind::kScalar) {
    if (output.size() != 1) {
      return MakeError(ErrorKind::kAnalysis,
                       "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN",
                       fmt::format("A scalar subquery gives one column, this one {}.", output.size()),
                       {{"number", std::to_string(output.size())}});
    }
    return std::make_shared<const Expression>(
        Expression{Subquery{SubqueryKind::kScalar, {}, plan.relation}, output[0].type, true, {}});
  }
  if (subquery.kind == unresolved::SubqueryKind::kExists) {
    return std::make_shared<const Expression>(
        Expression{Subquery{SubqueryKind::kExists, {}, plan.relation}, DataType::Boolean(), false, {}});
  }
  if (output.size() != values.size()) {
    return MakeError(
        ErrorKind::kAnalysis, "DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH",
        fmt::format("The left side of IN has {} values, the subquery {} columns.", values.size(),
                    output.size()),
        {{"leftLength", std::to_string(values.size())}, {"rightLength", std::to_string(output.size())}});
  }
  std::vector<NamedExpression> casts;
  bool nullable = false;
  bool any_cast = false;
  for (size_t i = 0; i < values.size(); ++i) {
    auto reference = MakeReference(output[i]);
    auto common = FindComparisonType(*values[i], *reference, settings());
    if (!common) {
      return MakeError(
          ErrorKind::kAnalysis, "DATATYPE_MISMATCH.IN_SUBQUERY_DATA_TYPE_MISMATCH",
          fmt::format("IN compares \"{}\" with \"{}\".", values[i]->type->Sql(), output[i].type->Sql()),
          {{"leftType", fmt::format("\"{}\"", values[i]->type->Sql())},
           {"rightType", fmt::format("\"{}\"", output[i].type->Sql())}});
    }
    nullable |= values[i]->nullable || output[i].nullable;
    values[i] = CoerceTo(values[i], *common, settings());
    auto cast = CoerceTo(reference, *common, settings());
    any_cast |= cast != reference;
    casts.push_back(
        {cast == reference ? output[i] : NewColumn(output[i].name, *common, cast->nullable), cast});
  }
  auto relation = plan.relation;
  if (any_cast) {
    std::vector<Column> columns;
    for (const auto& item : casts) columns.push_back(item.column);
    relation = MakeRelation(Project{relation, casts}, columns);
  }
  return std::make_shared<const Expression>(
      Expression{Subquery{SubqueryKind::kIn, values, relation}, DataType::Boolean(), nullable, {}});
}

SortKey Analysis::MakeSortKey(ExpressionPtr expression, const unresolved::SortOrder& order) const {
  bool ascending = order.direction == unresolved::SortDirection::kAscending;
  bool nulls_first = order.nulls == unresolved::NullOrder::kUnspecified
                         ? ascending
                         : order.nulls == unresolved::NullOrder::kFirst;
  return SortKey{std::move(expression), ascending, nulls_first};
}

Result<SortKey> Analysis::ResolveSortOrder(const unresolved::SortOrder& order, const Scope& scope) {
  HEARTH_ASSIGN(auto expression, AnalyzeExpression(order.child, scope));
  if (!IsOrderable(*expression->type)) {
    return MakeError(ErrorKind::kAnalysis, "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE",
                     fmt::format("Values of type \"{}\" have no order.", expression->type->Sql()),
                     {{"functionName", "`sortorder`"},
                      {"dataType", fmt::format("\"{}\"", expression->type->Sql())},
                      {"sqlExpr", fmt::format("\"{}\"", OutputName(*expression))}});
  }
  return MakeSortKey(std::move(expression), order);
}

Result<ExpressionPtr> Analysis::Condition(ExpressionPtr expression, std::string_view clause) {
  bool is_join = clause == "JOIN";
  if (is_join && (ContainsAggregate(*expression) || ContainsWindow(*expression))) {
    return MakeError(ErrorKind::kAnalysis, "UNSUPPORTED_EXPR_FOR_OPERATOR",
                     fmt::format("A join condition cannot compute \"{}\".", OutputName(*expression)),
                     {{"invalidExprSqls", fmt::format("\"{}\"", OutputName(*expression))}});
  }
  if (ContainsWindow(*expression)) {
    return MakeError(ErrorKind::kAnalysis, "WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE",
                     fmt::format("A window function cannot stand in the {} clause.", clause),
                     {{"clauseName", std::string(clause)}});
  }
  if (ContainsAggregate(*expression) || ContainsWindow(*expression) || ContainsGenerator(*expression)) {
    return MakeError(
        ErrorKind::kAnalysis, "INVALID_WHERE_CONDITION",
        fmt::format(
            "The condition \"{}\" holds an aggregate, window or generator function, which {} cannot use.",
            OutputName(*expression), clause),
        {{"condition", fmt::format("\"{}\"", OutputName(*expression))},
         {"expressionList", OutputName(*expression)}});
  }
  if (expression->type->Is(TypeKind::kNull) && clause == "HAVING") {
    return CoerceTo(expression, DataType::Boolean(), settings());
  }
  if (!expression->type->Is(TypeKind::kBoolean)) {
    return MakeError(ErrorKind::kAnalysis, "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN",
                     fmt::format("A condition must be boolean; \"{}\" is \"{}\".", OutputName(*expression),
                                 expression->type->Sql()),
                     {{"sqlExpr", fmt::format("\"{}\"", OutputName(*expression))},
                      {"filter", fmt::format("\"{}\"", OutputName(*expression))},
                      {"type", fmt::format("\"{}\"", expression->type->Sql())}});
  }
  return expression;
}

}  // namespace hearth::plan
