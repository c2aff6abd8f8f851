#include <algorithm>
#include <set>

#include "duckdb/parser/common_table_expression_info.hpp"
#include "duckdb/parser/expression/columnref_expression.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/query_node/recursive_cte_node.hpp"
#include "duckdb/parser/query_node/set_operation_node.hpp"
#include "duckdb/parser/tableref/basetableref.hpp"
#include "duckdb/parser/tableref/emptytableref.hpp"
#include "duckdb/parser/tableref/subqueryref.hpp"
#include "engine/functions/expressions.h"
#include "engine/lower/lowering.h"
#include "plan/resolved/rewrite.h"

namespace hearth::engine {

using duckdb::make_uniq;

namespace {

std::string CteName(plan::CteId id) { return "cte" + std::to_string(id); }

duckdb::vector<std::string> NamesOf(const std::vector<plan::Column>& columns) {
  duckdb::vector<std::string> names;
  for (const auto& column : columns) names.push_back(ColumnName(column.id));
  return names;
}

// A SELECT needs at least one item.
void FillEmpty(duckdb::SelectNode* node) {
  if (!node->select_list.empty()) return;
  auto placeholder = BooleanConstant(true);
  placeholder->SetAlias("nothing");
  node->select_list.push_back(std::move(placeholder));
}

template <typename Modifier>
bool HasModifier(const duckdb::QueryNode& node, duckdb::ResultModifierType type) {
  return std::any_of(node.modifiers.begin(), node.modifiers.end(),
                     [&](const auto& modifier) { return modifier->type == type; });
}

bool HasAnyModifier(const duckdb::QueryNode& node) { return !node.modifiers.empty(); }

// Do these columns, in this order, make up the select list?
bool SelectsExactly(const duckdb::QueryNode& node, const std::vector<std::string>& names) {
  if (node.type != duckdb::QueryNodeType::SELECT_NODE) return false;
  const auto& list = node.Cast<duckdb::SelectNode>().select_list;
  if (list.size() != names.size()) return false;
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i]->GetAlias() != names[i]) return false;
  }
  return true;
}

}  // namespace

std::string Lowering::NextTableName() { return "t" + std::to_string(next_table_++); }

plan::ColumnId Lowering::Resolve(plan::ColumnId id) const {
  auto found = renames_.find(id);
  return found == renames_.end() ? id : found->second;
}

ParsedPtr Lowering::Column(const plan::Column& column) {
  auto reference = Reference(Resolve(column.id));
  reference->SetAlias(ColumnName(column.id));
  return reference;
}

TableRefPtr Lowering::AsTable(QueryNodePtr node, const std::vector<std::string>& column_names) {
  auto statement = make_uniq<duckdb::SelectStatement>();
  statement->node = std::move(node);
  auto table = make_uniq<duckdb::SubqueryRef>(std::move(statement), NextTableName());
  table->column_name_alias.assign(column_names.begin(), column_names.end());
  return table;
}

Lowering::Lowered Lowering::ToSource(Lowered lowered) {
  if (lowered.node) lowered.from = AsTable(std::move(lowered.node));
  return lowered;
}

duckdb::unique_ptr<duckdb::SelectNode> Lowering::Select(Lowered source) {
  auto node = make_uniq<duckdb::SelectNode>();
  node->from_table = std::move(source.from);
  if (!source.where.empty()) node->where_clause = And(std::move(source.where));
  return node;
}

// A query whose columns are at least `columns`.
QueryNodePtr Lowering::ToQuery(Lowered lowered, const std::vector<plan::Column>& columns) {
  if (lowered.node) return std::move(lowered.node);
  auto node = Select(std::move(lowered));
  for (const auto& column : columns) node->select_list.push_back(Column(column));
  FillEmpty(node.get());
  GiveOwnNames(columns);
  return node;
}

void Lowering::GiveOwnNames(const std::vector<plan::Column>& columns) {
  for (const auto& column : columns) renames_.erase(column.id);
}

// A query whose columns are `columns`, in this order and under these ids.
QueryNodePtr Lowering::Exactly(Lowered lowered, const std::vector<plan::Column>& columns) {
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(ColumnName(column.id));
  if (lowered.node && SelectsExactly(*lowered.node, names)) return std::move(lowered.node);
  return ToQuery(ToSource(std::move(lowered)), columns);
}

base::Result<LoweredPlan> Lowering::Lower(const plan::Relation& relation) { return Lower(relation, {}); }

base::Result<LoweredPlan> Lowering::Lower(const plan::Relation& relation,
                                          const std::vector<std::string>& names) {
  HEARTH_ASSIGN(Lowered lowered, LowerRelation(relation));
  if (reads_files_ && names_files_) return base::NotImplemented("input_file_name and its kin over files");
  LoweredPlan plan;
  plan.statement = make_uniq<duckdb::SelectStatement>();
  plan.statement->node = Exactly(std::move(lowered), relation.output);
  if (!names.empty()) {
    auto outer = make_uniq<duckdb::SelectNode>();
    outer->from_table = AsTable(std::move(plan.statement->node));
    for (size_t i = 0; i < names.size(); ++i) {
      auto item = make_uniq<duckdb::ColumnRefExpression>(ColumnName(relation.output[i].id));
      item->SetAlias(names[i]);
      outer->select_list.push_back(std::move(item));
    }
    plan.statement->node = std::move(outer);
  }
  plan.resources = std::move(resources_);
  return plan;
}

base::Result<Lowering::Lowered> Lowering::LowerRelation(const plan::Relation& relation) {
  struct Visitor {
    Lowering& self;
    const plan::Relation& relation;
    base::Result<Lowered> operator()(const plan::OneRow&) { return self.LowerOneRow(); }
    base::Result<Lowered> operator()(const plan::FileScan& node) {
      return self.LowerFileScan(relation, node);
    }
    base::Result<Lowered> operator()(const plan::LocalRows& node) {
      return self.LowerLocalRows(relation, node);
    }
    base::Result<Lowered> operator()(const plan::InlineRows& node) {
      return self.LowerInlineRows(relation, node);
    }
    base::Result<Lowered> operator()(const plan::Range& node) { return self.LowerRange(relation, node); }
    base::Result<Lowered> operator()(const plan::Project& node) { return self.LowerProject(node); }
    base::Result<Lowered> operator()(const plan::Filter& node) { return self.LowerFilter(node); }
    base::Result<Lowered> operator()(const plan::Join& node) { return self.LowerJoin(node); }
    base::Result<Lowered> operator()(const plan::Aggregate& node) { return self.LowerAggregate(node); }
    base::Result<Lowered> operator()(const plan::Window& node) { return self.LowerWindow(node); }
    base::Result<Lowered> operator()(const plan::Sort& node) { return self.LowerSort(relation, node); }
    base::Result<Lowered> operator()(const plan::Limit& node) { return self.LowerLimit(relation, node); }
    base::Result<Lowered> operator()(const plan::Tail& node) { return self.LowerTail(relation, node); }
    base::Result<Lowered> operator()(const plan::SetOperation& node) {
      return self.LowerSetOperation(relation, node);
    }
    base::Result<Lowered> operator()(const plan::Distinct& node) {
      return self.LowerDistinct(relation, node);
    }
    base::Result<Lowered> operator()(const plan::Deduplicate& node) {
      return self.LowerDeduplicate(relation, node);
    }
    base::Result<Lowered> operator()(const plan::Generate& node) { return self.LowerGenerate(node); }
    base::Result<Lowered> operator()(const plan::Sample& node) { return self.LowerSample(relation, node); }
    base::Result<Lowered> operator()(const plan::With& node) { return self.LowerWith(node); }
    base::Result<Lowered> operator()(const plan::CteReference& node) {
      return self.LowerCteReference(relation, node);
    }
    base::Result<Lowered> operator()(const plan::ShowString&) {
      return base::NotImplemented("showString inside another plan");
    }
    // Metrics are computed beside the query (executor.cc); the rows pass.
    base::Result<Lowered> operator()(const plan::CollectMetrics& node) {
      return self.LowerRelation(*node.input);
    }
  };
  return std::visit(Visitor{*this, relation}, relation.node);
}

base::Result<Lowering::Lowered> Lowering::LowerOneRow() {
  Lowered lowered;
  lowered.from = make_uniq<duckdb::EmptyTableRef>();
  return lowered;
}

base::Result<Lowering::Lowered> Lowering::LowerProject(const plan::Project& project) {
  HEARTH_ASSIGN(Lowered input, LowerRelation(*project.input));
  const bool only_renames = std::all_of(project.items.begin(), project.items.end(), [](const auto& item) {
    const auto* reference = item.expression->template As<plan::ColumnReference>();
    return reference != nullptr && !reference->is_outer;
  });
  if (only_renames) {
    for (const auto& item : project.items) {
      const plan::ColumnId id = Resolve(item.expression->As<plan::ColumnReference>()->id);
      if (id != item.column.id) renames_[item.column.id] = id;
    }
    return input;
  }
  auto node = Select(ToSource(std::move(input)));
  for (const auto& item : project.items) {
    HEARTH_ASSIGN(ParsedPtr expression, LowerExpression(*item.expression));
    expression->SetAlias(ColumnName(item.column.id));
    node->select_list.push_back(std::move(expression));
  }
  // A column that was passed on under its old name has its own from here.
  for (const auto& item : project.items) renames_.erase(item.column.id);
  Lowered lowered;
  lowered.node = std::move(node);
  return lowered;
}

base::Result<Lowering::Lowered> Lowering::LowerFilter(const plan::Filter& filter) {
  HEARTH_ASSIGN(Lowered input, LowerRelation(*filter.input));
  Lowered lowered = ToSource(std::move(input));
  HEARTH_ASSIGN(ParsedPtr condition, LowerCondition(*filter.condition));
  lowered.where.push_back(std::move(condition));
  return lowered;
}

base::Result<Lowering::Lowered> Lowering::LowerSort(const plan::Relation& relation, const plan::Sort& sort) {
  HEARTH_ASSIGN(Lowered input, LowerRelation(*sort.input));
  // A constant key changes nothing, and DuckDB would take an integer for a position in the select list.
  std::vector<plan::SortKey> keys;
  bool plain = true;
  for (const auto& key : sort.keys) {
    if (plan::IsFoldable(*key.expression)) continue;
    plain = plain && key.expression->As<plan::ColumnReference>() != nullptr;
    keys.push_back(key);
  }
  // Plain keys may name the columns of a finished SELECT; others need it as a source.
  if (input.node &&
      (!plain || HasAnyModifier(*input.node) || input.node->type != duckdb::QueryNodeType::SELECT_NODE)) {
    input = ToSource(std::move(input));
  }
  HEARTH_ASSIGN(auto orders, LowerOrder(keys));
  Lowered lowered;
  lowered.node = ToQuery(std::move(input), relation.output);
  if (!orders.empty()) {
    auto modifier = make_uniq<duckdb::OrderModifier>();
    modifier->orders = std::move(orders);
    lowered.node->modifiers.push_back(std::move(modifier));
  }
  return lowered;
}

base::Result<Lowering::Lowered> Lowering::LowerLimit(const plan::Relation& relation,
                                                     const plan::Limit& limit) {
  HEARTH_ASSIGN(Lowered input, LowerRelation(*limit.input));
  if (input.node &&
      HasModifier<duckdb::LimitModifier>(*input.node, duckdb::ResultModifierType::LIMIT_MODIFIER)) {
    input = ToSource(std::move(input));
  }
  Lowered lowered;
  lowered.node = ToQuery(std::move(input), relation.output);
  auto modifier = make_uniq<duckdb::LimitModifier>();
  if (limit.count) modifier->limit = LongConstant(*limit.count);
  if (limit.offset > 0) modifier->offset = LongConstant(limit.offset);
  lowered.node->modifiers.push_back(std::move(modifier));
  return lowered;
}

namespace {

ParsedPtr WindowOverAll(duckdb::ExpressionType type, const char* function, ParsedExpressions arguments) {
  auto window = make_uniq<duckdb::WindowExpression>(type, "system", "main", function);
  window->children = std::move(arguments);
  window->start = duckdb::WindowBoundary::UNBOUNDED_PRECEDING;
  window->end = duckdb::WindowBoundary::UNBOUNDED_FOLLOWING;
  return window;
}

ParsedPtr RowNumber() {
  auto number = WindowOverAll(duckdb::ExpressionType::WINDOW_ROW_NUMBER, "row_number", {});
  number->Cast<duckdb::WindowExpression>().end = duckdb::WindowBoundary::CURRENT_ROW_ROWS;
  return number;
}

ParsedPtr Named(const char* name) { return make_uniq<duckdb::ColumnRefExpression>(name); }

}  // namespace

base::Result<Lowering::Lowered> Lowering::LowerTail(const plan::Relation& relation, const plan::Tail& tail) {
  HEARTH_ASSIGN(Lowered input, LowerRelation(*tail.input));
  auto node = Select(ToSource(std::move(input)));
  for (const auto& column : relation.output) node->select_list.push_back(Column(column));
  GiveOwnNames(relation.output);
  auto number = RowNumber();
  number->SetAlias("row_number");
  auto total = WindowOverAll(duckdb::ExpressionType::WINDOW_AGGREGATE, "count_star", {});
  total->SetAlias("row_count");
  node->select_list.push_back(std::move(number));
  node->select_list.push_back(std::move(total));
  Lowered lowered;
  lowered.from = AsTable(std::move(node));
  lowered.where.push_back(Compare(duckdb::ExpressionType::COMPARE_GREATERTHAN, Named("row_number"),
                                  Call("-", Named("row_count"), LongConstant(tail.count))));
  return lowered;
}

base::Result<Lowering::Lowered> Lowering::LowerSetOperation(const plan::Relation& relation,
                                                            const plan::SetOperation& operation) {
  auto node = make_uniq<duckdb::SetOperationNode>();
  switch (operation.kind) {
    case plan::SetKind::kUnion:
      node->setop_type = duckdb::SetOperationType::UNION;
      break;
    case plan::SetKind::kIntersect:
      node->setop_type = duckdb::SetOperationType::INTERSECT;
      break;
    case plan::SetKind::kExcept:
      node->setop_type = duckdb::SetOperationType::EXCEPT;
      break;
  }
  node->setop_all = operation.is_all;
  // A chain of unions is one node with many inputs.
  std::vector<const plan::Relation*> inputs{operation.right.get()};
  const plan::Relation* first = operation.left.get();
  while (operation.kind == plan::SetKind::kUnion && operation.is_all) {
    const auto* inner = first->As<plan::SetOperation>();
    if (!inner || inner->kind != plan::SetKind::kUnion || !inner->is_all) break;
    inputs.push_back(inner->right.get());
    first = inner->left.get();
  }
  inputs.push_back(first);
  for (auto input = inputs.rbegin(); input != inputs.rend(); ++input) {
    HEARTH_ASSIGN(Lowered lowered, LowerRelation(**input));
    auto child = Exactly(std::move(lowered), (*input)->output);
    // Modifiers and CTEs of an input belong to it alone.
    if (HasAnyModifier(*child) || !child->cte_map.map.empty()) {
      Lowered source;
      source.from = AsTable(std::move(child));
      child = ToQuery(std::move(source), (*input)->output);
    }
    node->children.push_back(std::move(child));
  }
  Lowered lowered;
  const auto names = NamesOf(relation.output);
  lowered.from = AsTable(std::move(node), std::vector<std::string>(names.begin(), names.end()));
  return lowered;
}

base::Result<Lowering::Lowered> Lowering::LowerDistinct(const plan::Relation& relation,
                                                        const plan::Distinct& distinct) {
  HEARTH_ASSIGN(Lowered input, LowerRelation(*distinct.input));
  Lowered lowered;
  lowered.node = ToQuery(ToSource(std::move(input)), relation.output);
  if (!relation.output.empty()) lowered.node->modifiers.push_back(make_uniq<duckdb::DistinctModifier>());
  return lowered;
}

base::Result<Lowering::Lowered> Lowering::LowerDeduplicate(const plan::Relation& relation,
                                                           const plan::Deduplicate& deduplicate) {
  HEARTH_ASSIGN(Lowered input, LowerRelation(*deduplicate.input));
  Lowered lowered;
  lowered.node = ToQuery(ToSource(std::move(input)), relation.output);
  auto modifier = make_uniq<duckdb::DistinctModifier>();
  for (const plan::ColumnId key : deduplicate.keys)
    modifier->distinct_on_targets.push_back(Reference(Resolve(key)));
  lowered.node->modifiers.push_back(std::move(modifier));
  return lowered;
}

// Rows are numbered in their order, and the number decides: the same input gives the same sample, and samples
// of adjoining ranges with one seed have no row in common (randomSplit).
base::Result<Lowering::Lowered> Lowering::LowerSample(const plan::Relation& relation,
                                                      const plan::Sample& sample) {
  HEARTH_ASSIGN(Lowered input, LowerRelation(*sample.input));
  auto node = Select(ToSource(std::move(input)));
  for (const auto& column : relation.output) node->select_list.push_back(Column(column));
  GiveOwnNames(relation.output);
  auto number = RowNumber();
  number->SetAlias("row_number");
  node->select_list.push_back(std::move(number));
  Lowered numbered;
  numbered.from = AsTable(std::move(node));
  if (!sample.with_replacement) {
    numbered.where.push_back(Call("spark_sample_keeps", Named("row_number"), LongConstant(sample.seed),
                                  Constant(duckdb::Value::DOUBLE(sample.lower)),
                                  Constant(duckdb::Value::DOUBLE(sample.upper))));
    return numbered;
  }
  auto outer = Select(std::move(numbered));
  for (const auto& column : relation.output) {
    auto reference = Reference(column.id);
    reference->SetAlias(ColumnName(column.id));
    outer->select_list.push_back(std::move(reference));
  }
  auto copies = Call("spark_sample_copies", Named("row_number"), LongConstant(sample.seed),
                     Constant(duckdb::Value::DOUBLE(sample.upper - sample.lower)));
  auto repeat = make_uniq<duckdb::FunctionExpression>("unnest", List(Call("range", std::move(copies))));
  repeat->SetAlias("copy_number");
  outer->select_list.push_back(std::move(repeat));
  Lowered lowered;
  lowered.node = std::move(outer);
  return lowered;
}

base::Result<Lowering::Lowered> Lowering::LowerWith(const plan::With& with) {
  duckdb::CommonTableExpressionMap definitions;
  for (const auto& definition : with.definitions) {
    auto info = make_uniq<duckdb::CommonTableExpressionInfo>();
    info->query = make_uniq<duckdb::SelectStatement>();
    HEARTH_ASSIGN(Lowered anchor, LowerRelation(*definition.plan));
    info->query->node = Exactly(std::move(anchor), definition.plan->output);
    if (definition.step) {
      auto recursion = make_uniq<duckdb::RecursiveCTENode>();
      recursion->ctename = CteName(definition.id);
      recursion->union_all = true;
      recursion->left = std::move(info->query->node);
      HEARTH_ASSIGN(Lowered step, LowerRelation(*definition.step));
      recursion->right = Exactly(std::move(step), definition.step->output);
      recursion->aliases = NamesOf(definition.plan->output);
      info->query->node = std::move(recursion);
    }
    info->aliases = NamesOf(definition.plan->output);
    definitions.map.insert(CteName(definition.id), std::move(info));
  }
  HEARTH_ASSIGN(Lowered body, LowerRelation(*with.body));
  if (body.node && !body.node->cte_map.map.empty()) body = ToSource(std::move(body));
  Lowered lowered;
  lowered.node = ToQuery(std::move(body), with.body->output);
  lowered.node->cte_map = std::move(definitions);
  return lowered;
}

base::Result<Lowering::Lowered> Lowering::LowerCteReference(const plan::Relation& relation,
                                                            const plan::CteReference& reference) {
  auto table = make_uniq<duckdb::BaseTableRef>();
  table->table_name = CteName(reference.id);
  table->alias = NextTableName();
  table->column_name_alias = NamesOf(relation.output);
  Lowered lowered;
  lowered.from = std::move(table);
  return lowered;
}

}  // namespace hearth::engine
