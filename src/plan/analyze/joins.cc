// Joins: conditions, USING and NATURAL, nullability of outer sides, LATERAL.
#include <fmt/format.h>

#include <algorithm>

#include "plan/analyze/analysis.h"

namespace hearth::plan {
namespace {

using base::ErrorKind;
using base::MakeError;
using base::Result;

JoinType ToResolved(unresolved::JoinType type) { return static_cast<JoinType>(type); }

std::vector<Column> Nullable(std::vector<Column> columns) {
  for (auto& column : columns) column.nullable = true;
  return columns;
}

void Append(std::vector<Column>& target, const std::vector<Column>& more) {
  target.insert(target.end(), more.begin(), more.end());
}

// What a join outputs of one list of columns per side.
std::vector<Column> JoinColumns(std::vector<Column> left, std::vector<Column> right, JoinType type) {
  if (type == JoinType::kRight || type == JoinType::kFull) left = Nullable(std::move(left));
  if (type == JoinType::kLeft || type == JoinType::kFull) right = Nullable(std::move(right));
  if (type == JoinType::kLeftSemi || type == JoinType::kLeftAnti) return left;
  Append(left, right);
  return left;
}

}  // namespace

Result<ExpressionPtr> Analysis::JoinCondition(const unresolved::ExpressionPtr& condition,
                                              const Analyzed& left, const Analyzed& right,
                                              const Scope* outer) {
  // Both sides as one input: a name that both have is ambiguous.
  Analyzed both;
  auto columns = left.output();
  Append(columns, right.output());
  both.relation = MakeRelation(OneRow{}, columns);
  both.hidden = left.hidden;
  Append(both.hidden, right.hidden);
  both.visible = columns;
  both.plan_ids = std::make_shared<const PlanIdTree>(PlanIdTree{std::nullopt, columns, {}});
  std::vector<PlanIdTreePtr> children;
  if (left.plan_ids) children.push_back(left.plan_ids);
  if (right.plan_ids) children.push_back(right.plan_ids);
  both.plan_ids = std::make_shared<const PlanIdTree>(PlanIdTree{std::nullopt, columns, std::move(children)});
  Scope scope{{&both}, outer};
  HEARTH_ASSIGN(auto resolved, AnalyzeExpression(condition, scope));
  if (!resolved->type->Is(TypeKind::kBoolean)) {
    auto text = fmt::format("\"{}\"", OutputName(*resolved));
    return MakeError(
        ErrorKind::kAnalysis, "JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE",
        fmt::format("The join condition {} is \"{}\", not boolean.", text, resolved->type->Sql()),
        {{"joinCondition", text}, {"conditionType", fmt::format("\"{}\"", resolved->type->Sql())}});
  }
  return Condition(resolved, "JOIN");
}

Result<Analyzed> Analysis::AnalyzeJoin(const unresolved::Join& join, const Scope* outer) {
  HEARTH_ASSIGN(auto left, AnalyzeInput(join.left, outer));
  Scope left_scope{{&left}, outer};
  HEARTH_ASSIGN(auto right, AnalyzeInput(join.right, join.is_lateral ? &left_scope : outer));
  auto names = join.using_columns;
  if (join.is_natural) {
    for (const auto& column : left.output()) {
      bool shared = std::any_of(right.output().begin(), right.output().end(),
                                [&](const Column& other) { return SameName(column.name, other.name); });
      if (shared) names.push_back(column.name);
    }
  }
  if (!names.empty()) return JoinUsing(join, std::move(left), std::move(right), names);
  auto type = ToResolved(join.type);
  ExpressionPtr condition;
  if (join.condition) {
    HEARTH_ASSIGN(condition, JoinCondition(join.condition, left, right, outer));
  }
  if (type == JoinType::kInner && !condition) type = JoinType::kCross;
  if (type == JoinType::kCross && condition) type = JoinType::kInner;
  auto output = JoinColumns(left.relation->output, right.relation->output, type);
  auto result = Wrap(
      MakeRelation(Join{left.relation, right.relation, type, condition, join.is_lateral}, std::move(output)),
      {left.plan_ids, right.plan_ids});
  result.hidden = JoinColumns(left.hidden, right.hidden, type);
  if (!result.hidden.empty()) result.visible = JoinColumns(left.output(), right.output(), type);
  return result;
}

Result<Analyzed> Analysis::JoinUsing(const unresolved::Join& join, Analyzed left, Analyzed right,
                                     const std::vector<std::string>& names) {
  auto type = ToResolved(join.type);
  if (type == JoinType::kCross) type = JoinType::kInner;
  ExpressionPtr condition;
  std::vector<std::pair<Column, Column>> keys;
  auto find = [&](const Analyzed& side, const std::string& name, const char* which) -> Result<Column> {
    std::vector<Column> matches;
    for (const auto& column : side.output()) {
      if (SameName(column.name, name)) matches.push_back(column);
    }
    // Spark takes the first where a side has several.
    if (!matches.empty()) return matches[0];
    auto quoted = QuoteIdentifier(name);
    std::vector<std::string> known;
    for (const auto& column : side.output()) known.push_back(QuoteIdentifier(column.name));
    std::sort(known.begin(), known.end());
    auto list = fmt::format("{}", fmt::join(known, ", "));
    return MakeError(ErrorKind::kAnalysis, "UNRESOLVED_USING_COLUMN_FOR_JOIN",
                     fmt::format("The USING column {} is not on the {} side of the join, which has [{}].",
                                 quoted, which, list),
                     {{"colName", quoted}, {"side", which}, {"suggestion", list}});
  };
  for (const auto& name : names) {
    HEARTH_ASSIGN(auto left_key, find(left, name, "left"));
    HEARTH_ASSIGN(auto right_key, find(right, name, "right"));
    HEARTH_ASSIGN(auto equal, Call("==", {MakeReference(left_key), MakeReference(right_key)}));
    if (condition) {
      HEARTH_ASSIGN(equal, Call("and", {condition, equal}));
    }
    condition = equal;
    keys.emplace_back(left_key, right_key);
  }
  auto physical = JoinColumns(left.relation->output, right.relation->output, type);
  auto relation =
      MakeRelation(Join{left.relation, right.relation, type, condition, join.is_lateral}, physical);
  auto now = [&](const Column& column) {
    return *std::find_if(physical.begin(), physical.end(),
                         [&](const Column& other) { return other.id == column.id; });
  };
  auto is_key = [&](const Column& column) {
    return std::any_of(keys.begin(), keys.end(), [&](const auto& key) {
      return key.first.id == column.id || key.second.id == column.id;
    });
  };
  bool left_only = type == JoinType::kLeftSemi || type == JoinType::kLeftAnti;
  std::vector<NamedExpression> items;
  std::vector<Column> hidden;
  for (const auto& [left_key, right_key] : keys) {
    if (type == JoinType::kFull) {
      HEARTH_ASSIGN(auto either,
                    Call("coalesce", {MakeReference(now(left_key)), MakeReference(now(right_key))}));
      items.push_back({NewColumn(left_key.name, either->type, either->nullable), either});
      hidden.push_back(now(left_key));
      hidden.push_back(now(right_key));
    } else if (type == JoinType::kRight) {
      items.push_back({now(right_key), MakeReference(now(right_key))});
      hidden.push_back(now(left_key));
    } else {
      items.push_back({now(left_key), MakeReference(now(left_key))});
      if (!left_only) hidden.push_back(now(right_key));
    }
  }
  for (const auto& column : left.output()) {
    if (!is_key(column)) items.push_back({now(column), MakeReference(now(column))});
  }
  if (!left_only) {
    for (const auto& column : right.output()) {
      if (!is_key(column)) items.push_back({now(column), MakeReference(now(column))});
    }
  }
  Append(hidden, left.hidden);
  if (!left_only) Append(hidden, right.hidden);
  std::vector<Column> visible;
  for (const auto& item : items) visible.push_back(item.column);
  auto output = visible;
  for (auto& column : hidden) {
    column = now(column);
    bool shown =
        std::any_of(output.begin(), output.end(), [&](const Column& other) { return other.id == column.id; });
    if (shown) continue;
    items.push_back({column, MakeReference(column)});
    output.push_back(column);
  }
  auto result = Wrap(MakeRelation(Project{relation, std::move(items)}, std::move(output)),
                     {left.plan_ids, right.plan_ids});
  result.hidden = std::move(hidden);
  result.visible = std::move(visible);
  return result;
}

}  // namespace hearth::plan
