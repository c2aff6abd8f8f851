// The dispatcher over expressions, and those that are no operator, call or literal.
#include "plan/from_sql/converter.h"

namespace hearth::plan::from_sql {

using sql::As;
using Kind = sql::ExpressionKind;

base::Result<unresolved::ExpressionPtr> Converter::Expression(const sql::Expression& expression) {
  if (depth_ >= kMaximumDepth) return TooDeep(expression.location);
  ++depth_;
  auto result = ByKind(expression);
  --depth_;
  return result;
}

// One row per expression: a new kind is one line here and one Convert.
base::Result<unresolved::ExpressionPtr> Converter::ByKind(const sql::Expression& node) {
  switch (node.kind) {
    case Kind::kLiteral:
      return Convert(As<sql::LiteralExpression>(node));
    case Kind::kInterval:
      return Convert(As<sql::IntervalExpression>(node));
    case Kind::kColumn:
      return Convert(As<sql::ColumnExpression>(node));
    case Kind::kStar:
      return Convert(As<sql::StarExpression>(node));
    case Kind::kFunctionCall:
      return Convert(As<sql::FunctionCallExpression>(node));
    case Kind::kNamedArgument:
      return Convert(As<sql::NamedArgumentExpression>(node));
    case Kind::kTableArgument:
      return Convert(As<sql::TableArgumentExpression>(node));
    case Kind::kAlias:
      return Convert(As<sql::AliasExpression>(node));
    case Kind::kUnary:
      return Convert(As<sql::UnaryExpression>(node));
    case Kind::kBinary:
      return Convert(As<sql::BinaryExpression>(node));
    case Kind::kBetween:
      return Convert(As<sql::BetweenExpression>(node));
    case Kind::kIn:
      return Convert(As<sql::InExpression>(node));
    case Kind::kInSubquery:
      return Convert(As<sql::InSubqueryExpression>(node));
    case Kind::kExists:
      return Convert(As<sql::ExistsExpression>(node));
    case Kind::kScalarSubquery:
      return Convert(As<sql::ScalarSubqueryExpression>(node));
    case Kind::kLike:
      return Convert(As<sql::LikeExpression>(node));
    case Kind::kLikeQuantified:
      return Convert(As<sql::LikeQuantifiedExpression>(node));
    case Kind::kIs:
      return Convert(As<sql::IsExpression>(node));
    case Kind::kCase:
      return Convert(As<sql::CaseExpression>(node));
    case Kind::kCast:
      return Convert(As<sql::CastExpression>(node));
    case Kind::kSubscript:
      return Convert(As<sql::SubscriptExpression>(node));
    case Kind::kFieldAccess:
      return Convert(As<sql::FieldAccessExpression>(node));
    case Kind::kSemiStructuredExtract:
      return Convert(As<sql::SemiStructuredExtractExpression>(node));
    case Kind::kLambda:
      return Convert(As<sql::LambdaExpression>(node));
    case Kind::kRow:
      return Convert(As<sql::RowExpression>(node));
    case Kind::kCollate:
      return Convert(As<sql::CollateExpression>(node));
    case Kind::kExtract:
      return Convert(As<sql::ExtractExpression>(node));
    case Kind::kSubstring:
      return Convert(As<sql::SubstringExpression>(node));
    case Kind::kTrim:
      return Convert(As<sql::TrimExpression>(node));
    case Kind::kPosition:
      return Convert(As<sql::PositionExpression>(node));
    case Kind::kOverlay:
      return Convert(As<sql::OverlayExpression>(node));
    case Kind::kTimestampAdd:
      return Convert(As<sql::TimestampAddExpression>(node));
    case Kind::kTimestampDiff:
      return Convert(As<sql::TimestampDiffExpression>(node));
    case Kind::kParameter:
      return Convert(As<sql::ParameterExpression>(node));
    case Kind::kIdentifierClause:
      return Convert(As<sql::IdentifierClauseExpression>(node));
    case Kind::kGroupingAnalytics:
      return ParseError(node.location, "PARSE_SYNTAX_ERROR", "Grouping sets stand in GROUP BY only.",
                        {{"error", "'GROUPING SETS'"}, {"hint", ""}});
  }
  return base::InternalError("an expression of an unknown kind");
}

base::Result<unresolved::Expressions> Converter::List(
    const std::vector<sql::ExpressionPointer>& expressions) {
  unresolved::Expressions list;
  list.reserve(expressions.size());
  for (const auto& expression : expressions) {
    HEARTH_ASSIGN(auto converted, Expression(*expression));
    list.push_back(std::move(converted));
  }
  return list;
}

bool Converter::IsLambdaParameter(std::string_view name) const {
  const auto lower = LowerCase(name);
  for (const auto& parameter : lambda_parameters_) {
    if (parameter == lower) return true;
  }
  return false;
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::ColumnExpression& node) {
  if (IsLambdaParameter(node.parts[0])) return Make(unresolved::LambdaVariable{node.parts}, node);
  return Make(unresolved::Attribute{.parts = node.parts}, node);
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::StarExpression& node) {
  unresolved::Star star{.target = node.target};
  for (const auto& name : node.except) star.except.push_back(name.parts);
  return Make(std::move(star), node);
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::AliasExpression& node) {
  HEARTH_ASSIGN(auto child, Expression(*node.child));
  return Make(unresolved::Alias{std::move(child), Texts(node.names), {}}, node);
}

// A cast to CHAR or VARCHAR is one to STRING: Spark keeps lengths for columns of tables only.
base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::CastExpression& node) {
  HEARTH_ASSIGN(auto child, Expression(*node.child));
  auto converted = ConvertType(*node.type, options_.timestamp_ntz_default);
  if (!converted.ok()) return At(node.type->location, std::move(*converted.error()));
  auto type = WithoutLengths(*converted);
  const auto mode = node.is_try ? unresolved::CastMode::kTry : unresolved::CastMode::kSession;
  return Make(unresolved::Cast{std::move(child), std::move(type), mode}, node);
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::LambdaExpression& node) {
  Restored outer(lambda_parameters_);
  for (const auto& parameter : node.parameters) lambda_parameters_.push_back(LowerCase(parameter.text));
  HEARTH_ASSIGN(auto body, Expression(*node.body));
  return Make(unresolved::Lambda{Texts(node.parameters), std::move(body)}, node);
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::RowExpression& node) {
  HEARTH_ASSIGN(auto items, List(node.items));
  return Make(unresolved::Tuple{std::move(items)}, node);
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::SubscriptExpression& node) {
  HEARTH_ASSIGN(auto base, Expression(*node.base));
  HEARTH_ASSIGN(auto index, Expression(*node.index));
  return Make(unresolved::ExtractValue{std::move(base), std::move(index)}, node);
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::FieldAccessExpression& node) {
  HEARTH_ASSIGN(auto base, Expression(*node.base));
  if (const auto* attribute = base->As<unresolved::Attribute>()) {  // (a).b is a.b
    unresolved::Attribute longer = *attribute;
    longer.parts.push_back(node.field.text);
    return Make(std::move(longer), node);
  }
  return Make(unresolved::ExtractValue{std::move(base), unresolved::StringLiteral(node.field.text)}, node);
}

// v:a.b is variant_get(v, '$.a.b', 'variant') under the name of its last step.
base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::SemiStructuredExtractExpression& node) {
  HEARTH_ASSIGN(auto base, Expression(*node.base));
  auto get =
      Call(node, "variant_get",
           {std::move(base), unresolved::StringLiteral(node.path), unresolved::StringLiteral("variant")});
  if (node.name.empty()) return get;
  return Make(unresolved::Alias{std::move(get), {node.name}, {}}, node);
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::CollateExpression& node) {
  HEARTH_ASSIGN(auto child, Expression(*node.child));
  std::string collation;
  for (const auto& part : node.collation) collation += (collation.empty() ? "" : ".") + part;
  return Call(node, "collate", {std::move(child), unresolved::StringLiteral(std::move(collation))});
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::ParameterExpression& node) {
  return Argument(node);
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::IdentifierClauseExpression& node) {
  HEARTH_ASSIGN(auto text, ConstantText(*node.expression));
  HEARTH_ASSIGN(auto parts, ParseName(text));
  parts.insert(parts.end(), node.trailing.begin(), node.trailing.end());
  return Make(unresolved::Attribute{.parts = std::move(parts)}, node);
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::InSubqueryExpression& node) {
  unresolved::Subquery subquery{.kind = unresolved::SubqueryKind::kIn};
  if (const auto* row = sql::TryAs<sql::RowExpression>(node.value.get())) {
    HEARTH_ASSIGN(subquery.values, List(row->items));
  } else {
    HEARTH_ASSIGN(auto value, Expression(*node.value));
    subquery.values.push_back(std::move(value));
  }
  HEARTH_ASSIGN(subquery.plan, Query(*node.query));
  return NegatedIf(node.negated, node, Make(std::move(subquery), node));
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::ExistsExpression& node) {
  HEARTH_ASSIGN(auto plan, Query(*node.query));
  return Make(unresolved::Subquery{unresolved::SubqueryKind::kExists, {}, std::move(plan)}, node);
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::ScalarSubqueryExpression& node) {
  HEARTH_ASSIGN(auto plan, Query(*node.query));
  return Make(unresolved::Subquery{unresolved::SubqueryKind::kScalar, {}, std::move(plan)}, node);
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::NamedArgumentExpression& node) {
  HEARTH_ASSIGN(auto value, Expression(*node.value));
  return Make(unresolved::NamedArgument{node.name.text, std::move(value)}, node);
}

base::Result<unresolved::ExpressionPtr> Converter::Convert(const sql::TableArgumentExpression& node) {
  if (!node.partition_by.empty() || !node.order_by.empty()) {
    return At(node.location, base::NotImplemented("a partitioned table argument"));
  }
  HEARTH_ASSIGN(auto table, Relation(*node.table));
  return Make(unresolved::Subquery{unresolved::SubqueryKind::kTableArgument, {}, std::move(table)}, node);
}

}  // namespace hearth::plan::from_sql
