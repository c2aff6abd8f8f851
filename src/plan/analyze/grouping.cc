// GROUP BY in all its forms, HAVING, and what select items become over groups.
#include <fmt/format.h>

#include <algorithm>

#include "plan/analyze/analysis.h"

namespace hearth::plan {
namespace {

using base::Error;
using base::ErrorKind;
using base::MakeError;
using base::Result;
using base::Status;

constexpr size_t kMostGroupingSets = 4096;

using Sets = std::vector<std::vector<size_t>>;

// Every set of the left with every set of the right: GROUP BY a, ROLLUP(b, c).
Sets Product(const Sets& left, const Sets& right) {
  Sets product;
  for (const auto& one : left) {
    for (const auto& other : right) {
      auto set = one;
      for (auto key : other) {
        if (std::find(set.begin(), set.end(), key) == set.end()) set.push_back(key);
      }
      product.push_back(std::move(set));
    }
  }
  return product;
}

std::optional<int64_t> OrdinalOf(const unresolved::ExpressionPtr& expression) {
  const auto* literal = expression->As<unresolved::Literal>();
  if (!literal || !literal->type->Is(TypeKind::kInteger) || literal->value.IsNull()) return std::nullopt;
  return std::get<int64_t>(literal->value.data);
}

Error NoAggregatesInKeys(const Expression& key) {
  auto text = fmt::format("{}", OutputName(key));
  return MakeError(ErrorKind::kAnalysis, "GROUP_BY_AGGREGATE",
                   fmt::format("GROUP BY cannot hold the aggregate function in {}.", text),
                   {{"sqlExpr", text}});
}

std::string ListOf(const Expressions& expressions) {
  std::string text;
  for (const auto& each : expressions) text += (text.empty() ? "" : ",") + OutputName(*each);
  return text;
}

std::string KeyList(const SelectBlock& block) {
  Expressions keys;
  for (const auto& key : block.keys) keys.push_back(key.expression);
  return ListOf(keys);
}

// grouping_id takes every key in order, or nothing, which means the same.
bool CountsAllKeys(const SelectBlock& block, const Expressions& arguments) {
  if (arguments.empty()) return true;
  return arguments.size() == block.keys.size() &&
         std::equal(arguments.begin(), arguments.end(), block.keys.begin(),
                    [](const ExpressionPtr& argument, const GroupingKey& key) {
                      return Fingerprint(*argument) == Fingerprint(*key.expression);
                    });
}

}  // namespace

Result<ExpressionPtr> Analysis::ResolveKey(const unresolved::ExpressionPtr& expression,
                                           const unresolved::Aggregate& aggregate, const Scope& scope) {
  if (auto ordinal = OrdinalOf(expression);
      ordinal && settings().group_by_ordinal && !aggregate.groups_lead_output) {
    // Stars count by what they stand for.
    HEARTH_ASSIGN(auto items, ResolveItems(aggregate.items, scope));
    if (*ordinal < 1 || *ordinal > static_cast<int64_t>(items.size())) {
      return MakeError(
          ErrorKind::kAnalysis, "GROUP_BY_POS_OUT_OF_RANGE",
          fmt::format("GROUP BY position {} is not in the select list (1 to {}).", *ordinal, items.size()),
          {{"index", std::to_string(*ordinal)}, {"size", std::to_string(items.size())}});
    }
    auto item = items[*ordinal - 1].expression;
    if (ContainsAggregate(*item)) {
      return MakeError(ErrorKind::kAnalysis, "GROUP_BY_POS_AGGREGATE",
                       fmt::format("GROUP BY {} is the expression {}, which holds an aggregate function.",
                                   *ordinal, OutputName(*item)),
                       {{"index", std::to_string(*ordinal)}, {"aggExpr", OutputName(*item)}});
    }
    return item;
  }
  auto resolved = AnalyzeExpression(expression, scope);
  if (resolved.ok() || !settings().group_by_aliases) return resolved;
  const auto* attribute = expression->As<unresolved::Attribute>();
  if (!attribute || attribute->parts.size() != 1 || attribute->plan_id) return resolved;
  for (const auto& item : aggregate.items) {
    const auto* alias = item->As<unresolved::Alias>();
    if (alias && alias->names.size() == 1 && SameName(alias->names[0], attribute->parts[0])) {
      auto inner = scope;
      std::vector<NamedExpression> none;
      inner.lateral_aliases = &none;
      return AnalyzeExpression(alias->child, inner);
    }
  }
  return resolved;
}

bool Analysis::IsKey(const SelectBlock& block, const ExpressionPtr& expression) const {
  auto mark = Fingerprint(*expression);
  return std::any_of(block.keys.begin(), block.keys.end(),
                     [&](const auto& key) { return Fingerprint(*key.expression) == mark; });
}

size_t Analysis::KeyIndex(SelectBlock& block, const ExpressionPtr& expression) {
  auto mark = Fingerprint(*expression);
  for (size_t i = 0; i < block.keys.size(); ++i) {
    if (Fingerprint(*block.keys[i].expression) == mark) return i;
  }
  auto named = NameItem(expression);
  for (const auto& column : block.input.output()) {
    if (column.id == named.column.id) named.column.qualifier = column.qualifier;
  }
  block.keys.push_back({named.column, expression});
  return block.keys.size() - 1;
}

Result<size_t> Analysis::AddKey(const unresolved::ExpressionPtr& expression,
                                const unresolved::Aggregate& aggregate, const Scope& scope,
                                SelectBlock& block) {
  HEARTH_ASSIGN(auto key, ResolveKey(expression, aggregate, scope));
  if (ContainsAggregate(*key)) return NoAggregatesInKeys(*key);
  if (ContainsWindow(*key)) {
    return MakeError(ErrorKind::kAnalysis, "UNSUPPORTED_EXPR_FOR_OPERATOR",
                     "GROUP BY cannot hold a window function.",
                     {{"invalidExprSqls", fmt::format("\"{}\"", OutputName(*key))}});
  }
  if (key->type->Is(TypeKind::kVariant)) {
    return MakeError(
        ErrorKind::kAnalysis, "GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE",
        fmt::format("\"{}\" cannot group: its type \"{}\" has no order.", OutputName(*key), key->type->Sql()),
        {{"sqlExpr", fmt::format("\"{}\"", OutputName(*key))},
         {"dataType", fmt::format("\"{}\"", key->type->Sql())}});
  }
  return KeyIndex(block, key);
}

Result<Sets> Analysis::GroupingSetsOf(const unresolved::GroupElement& element,
                                      const unresolved::Aggregate& aggregate, const Scope& scope,
                                      SelectBlock& block) {
  // Each part of ROLLUP and CUBE is one key or, as a tuple, several.
  Sets parts;
  for (const auto& expression : element.expressions) {
    std::vector<size_t> part;
    const auto* tuple = expression->As<unresolved::Tuple>();
    for (const auto& each : tuple ? tuple->items : unresolved::Expressions{expression}) {
      HEARTH_ASSIGN(auto index, AddKey(each, aggregate, scope, block));
      part.push_back(index);
    }
    parts.push_back(std::move(part));
  }
  Sets sets;
  switch (element.kind) {
    case unresolved::GroupKind::kGroupBy:
    case unresolved::GroupKind::kAll:
      sets.push_back({});
      for (const auto& part : parts) sets[0].insert(sets[0].end(), part.begin(), part.end());
      break;
    case unresolved::GroupKind::kRollup:
      for (size_t length = parts.size() + 1; length-- > 0;) {
        sets = length == parts.size() ? Sets{} : std::move(sets);
        std::vector<size_t> set;
        for (size_t i = 0; i < length; ++i) set.insert(set.end(), parts[i].begin(), parts[i].end());
        sets.push_back(std::move(set));
      }
      break;
    case unresolved::GroupKind::kCube:
      if (parts.size() > 12) return base::NotImplemented("CUBE of more than 12 expressions");
      for (size_t mask = size_t{1} << parts.size(); mask-- > 0;) {
        std::vector<size_t> set;
        for (size_t i = 0; i < parts.size(); ++i) {
          if (mask >> (parts.size() - 1 - i) & 1) set.insert(set.end(), parts[i].begin(), parts[i].end());
        }
        sets.push_back(std::move(set));
      }
      break;
    case unresolved::GroupKind::kGroupingSets:
      for (const auto& nested : element.sets) {
        HEARTH_ASSIGN(auto inner, GroupingSetsOf(nested, aggregate, scope, block));
        sets.insert(sets.end(), inner.begin(), inner.end());
      }
      break;
  }
  return sets;
}

Status Analysis::ResolveGroups(const unresolved::Aggregate& aggregate, const Scope& scope,
                               SelectBlock& block) {
  Sets sets{{}};
  for (const auto& element : aggregate.groups) {
    if (element.kind == unresolved::GroupKind::kAll) {
      // GROUP BY ALL: every select item without an aggregate function.
      HEARTH_ASSIGN(auto items, ResolveItems(aggregate.items, scope));
      for (const auto& item : items) {
        if (!ContainsAggregate(*item.expression)) KeyIndex(block, item.expression);
      }
      continue;
    }
    block.has_grouping_analytics |= element.kind != unresolved::GroupKind::kGroupBy;
    HEARTH_ASSIGN(auto element_sets, GroupingSetsOf(element, aggregate, scope, block));
    sets = Product(sets, element_sets);
    if (sets.size() > kMostGroupingSets) {
      return MakeError(ErrorKind::kAnalysis, "GROUPING_SIZE_LIMIT_EXCEEDED",
                       fmt::format("More than {} grouping sets.", kMostGroupingSets),
                       {{"maxSize", std::to_string(kMostGroupingSets)}});
    }
  }
  if (!block.has_grouping_analytics) return {};
  block.grouping_sets = std::move(sets);
  for (size_t i = 0; i < block.keys.size(); ++i) {
    bool in_all = std::all_of(block.grouping_sets.begin(), block.grouping_sets.end(), [&](const auto& set) {
      return std::find(set.begin(), set.end(), i) != set.end();
    });
    if (!in_all) block.keys[i].column.nullable = true;
  }
  return {};
}

Result<Analyzed> Analysis::AnalyzeAggregate(const unresolved::Aggregate& aggregate, const Scope* outer) {
  SelectBlock block;
  block.is_aggregate = true;
  HEARTH_ASSIGN(block.input, AnalyzeInput(aggregate.input, outer));
  auto written = aggregate.items;
  for (const auto& element : aggregate.groups) {
    written.insert(written.end(), element.expressions.begin(), element.expressions.end());
  }
  HEARTH_RETURN_IF_ERROR(AddTimeWindow(written, block.input, outer, &aggregate));
  window_column_ = 0;
  Scope scope{{&block.input}, outer};
  HEARTH_RETURN_IF_ERROR(ResolveGroups(aggregate, scope, block));
  if (aggregate.groups_lead_output) {
    // The client's grouping columns keep the names they were written with.
    for (const auto& element : aggregate.groups) {
      for (const auto& written : element.expressions) {
        std::vector<NamedExpression> named;
        HEARTH_RETURN_IF_ERROR(AddItem(written, scope, named));
        for (auto& item : named) {
          const auto* reference = item.expression->As<ColumnReference>();
          bool passes_through = reference && reference->id == item.column.id;
          auto index = KeyIndex(block, item.expression);
          if (!passes_through) item.column.id = NextId();
          item.column.qualifier = block.keys[index].column.qualifier;
          block.items.push_back(std::move(item));
        }
      }
    }
  }
  HEARTH_ASSIGN(auto items, ResolveItems(aggregate.items, scope));
  block.items.insert(block.items.end(), items.begin(), items.end());
  // A distinct group key used twice in the list is fine; everything else must be computed from keys and
  // aggregates.
  for (auto& item : block.items) {
    HEARTH_ASSIGN(item.expression, OverGroups(block, item.expression));
    item.column.nullable = item.expression->nullable;
    const auto* reference = item.expression->As<ColumnReference>();
    bool same = reference && reference->id == item.column.id;
    if (!same) continue;
    for (const auto& key : block.keys) {
      if (key.column.id == item.column.id) item.column.nullable = key.column.nullable;
    }
  }
  return FinishBlock(std::move(block));
}

Result<ExpressionPtr> Analysis::OverGroups(SelectBlock& block, const ExpressionPtr& expression) {
  Error failure;
  HEARTH_ASSIGN(auto replaced, ReplaceAggregates(block, expression, failure));
  if (!failure.condition.empty()) return failure;
  return replaced;
}

Result<ExpressionPtr> Analysis::ReplaceAggregates(SelectBlock& block, const ExpressionPtr& expression,
                                                  Error& failure) {
  auto is_key = [&](const ExpressionPtr& node) -> const GroupingKey* {
    if (node->As<Literal>()) return nullptr;
    auto mark = Fingerprint(*node);
    for (const auto& key : block.keys) {
      if (Fingerprint(*key.expression) == mark) return &key;
    }
    return nullptr;
  };
  auto is_visible = [&](ColumnId id) {
    return std::any_of(block.keys.begin(), block.keys.end(),
                       [&](const auto& key) { return key.column.id == id; }) ||
           std::any_of(block.calls.begin(), block.calls.end(),
                       [&](const auto& call) { return call.column.id == id; });
  };
  return Rewrite(expression, [&](const ExpressionPtr& node) -> ExpressionPtr {
    if (!failure.condition.empty()) return node;
    if (const auto* key = is_key(node)) {
      const auto* reference = node->As<ColumnReference>();
      auto column = key->column;
      if (reference) column.name = reference->name;
      return MakeReference(column);
    }
    if (const auto* window = node->As<WindowCall>(); window && window->function->As<AggregateCall>()) {
      // The window's aggregate runs over the groups: only what it is computed from is replaced.
      auto copy = *window;
      auto rebuild = [&](const ExpressionPtr& child) {
        auto result = ReplaceAggregates(block, child, failure);
        return result.ok() ? *result : child;
      };
      auto call = *window->function->As<AggregateCall>();
      for (auto& argument : call.arguments) argument = rebuild(argument);
      if (call.filter) call.filter = rebuild(call.filter);
      for (auto& key : call.order) key.expression = rebuild(key.expression);
      auto function = *window->function;
      function.node = std::move(call);
      copy.function = std::make_shared<const Expression>(std::move(function));
      for (auto& each : copy.partition) each = rebuild(each);
      for (auto& key : copy.order) key.expression = rebuild(key.expression);
      auto result = *node;
      result.node = std::move(copy);
      return std::make_shared<const Expression>(std::move(result));
    }
    if (const auto* call = node->As<AggregateCall>()) {
      if (call->function->name == "grouping" || call->function->name == "grouping_id") {
        auto named = *call;
        if (!block.has_grouping_analytics) {
          failure = MakeError(ErrorKind::kAnalysis, "UNSUPPORTED_GROUPING_EXPRESSION",
                              "grouping() and grouping_id() need GROUPING SETS, CUBE or ROLLUP.");
          return node;
        }
        if (call->function->name == "grouping_id" && !CountsAllKeys(block, named.arguments)) {
          failure =
              MakeError(ErrorKind::kAnalysis, "GROUPING_ID_COLUMN_MISMATCH",
                        "The columns of grouping_id are not the grouping columns.",
                        {{"groupingIdColumn", ListOf(named.arguments)}, {"groupByColumns", KeyList(block)}});
          return node;
        }
        if (named.arguments.empty()) {
          for (const auto& key : block.keys) named.arguments.push_back(key.expression);
        }
        for (auto& argument : named.arguments) {
          const auto* key = is_key(argument);
          if (!key) {
            failure = MakeError(ErrorKind::kAnalysis, "GROUPING_COLUMN_MISMATCH",
                                fmt::format("{} is not among the grouping columns.", OutputName(*argument)),
                                {{"grouping", OutputName(*argument)}, {"groupingColumns", KeyList(block)}});
            return node;
          }
          argument = MakeReference(key->column);
        }
        auto copy = *node;
        copy.node = std::move(named);
        auto column = NewColumn("_agg" + std::to_string(block.calls.size()), node->type, node->nullable);
        block.calls.push_back({column, std::make_shared<const Expression>(std::move(copy))});
        return MakeReference(column);
      }
      auto mark = Fingerprint(*node);
      for (const auto& known : block.calls) {
        if (Fingerprint(*known.expression) == mark) return MakeReference(known.column);
      }
      auto column = NewColumn("_agg" + std::to_string(block.calls.size()), node->type, node->nullable);
      block.calls.push_back({column, node});
      return MakeReference(column);
    }
    const auto* reference = node->As<ColumnReference>();
    if (reference && !reference->is_outer && !is_visible(reference->id)) {
      bool from_input = false;
      const auto& physical = block.input.relation->output;
      from_input |= std::any_of(physical.begin(), physical.end(),
                                [&](const auto& column) { return column.id == reference->id; });
      if (from_input) {
        auto name = fmt::format("\"{}\"", reference->name);
        failure =
            block.keys.empty()
                ? MakeError(
                      ErrorKind::kAnalysis, "MISSING_GROUP_BY",
                      fmt::format("The query aggregates without GROUP BY, so {} has no single value.", name))
                : MakeError(ErrorKind::kAnalysis, "MISSING_AGGREGATION",
                            fmt::format("{} is neither grouped by nor inside an aggregate function; "
                                        "any_value({}) takes any.",
                                        name, reference->name),
                            {{"expression", name},
                             {"expressionAnyValue", fmt::format("\"any_value({})\"", reference->name)}});
      }
    }
    return nullptr;
  });
}

RelationPtr Analysis::BuildAggregate(const SelectBlock& block) {
  auto input = block.input.relation;
  bool computes_keys = std::any_of(block.keys.begin(), block.keys.end(), [](const auto& key) {
    return key.expression->template As<ColumnReference>() == nullptr;
  });
  if (computes_keys) {
    std::vector<NamedExpression> items;
    auto output = input->output;
    for (const auto& column : output) items.push_back({column, MakeReference(column)});
    for (const auto& key : block.keys) {
      if (key.expression->As<ColumnReference>()) continue;
      items.push_back({key.column, key.expression});
      output.push_back(key.column);
    }
    input = MakeRelation(Project{input, std::move(items)}, std::move(output));
  }
  std::vector<Column> keys;
  for (const auto& key : block.keys) keys.push_back(key.column);
  auto output = keys;
  for (const auto& call : block.calls) output.push_back(call.column);
  auto relation =
      MakeRelation(Aggregate{input, std::move(keys), block.grouping_sets, block.calls}, std::move(output));
  if (!block.having) return relation;
  auto columns = relation->output;
  return MakeRelation(Filter{relation, block.having}, std::move(columns));
}

Status Analysis::AddHaving(SelectBlock& block, const unresolved::ExpressionPtr& condition,
                           const Analyzed& output, const Scope* outer) {
  auto original = block;
  Scope scope{{&output}, outer};
  scope.having = &original;
  HEARTH_ASSIGN(auto resolved, AnalyzeExpression(condition, scope));
  // Output columns stand for their items; the stand-ins are marked outer until aggregates are replaced.
  std::map<ColumnId, ExpressionPtr> substitutes;
  resolved = Rewrite(resolved, [&](const ExpressionPtr& node) -> ExpressionPtr {
    const auto* reference = node->As<ColumnReference>();
    if (!reference) return nullptr;
    for (const auto& item : block.items) {
      if (item.column.id != reference->id || PassesThrough(item)) continue;
      auto stand_in = NewColumn(item.column.name, item.column.type, item.column.nullable);
      substitutes[stand_in.id] = item.expression;
      return MakeReference(stand_in, true);
    }
    return nullptr;
  });
  HEARTH_ASSIGN(resolved, OverGroups(block, resolved));
  resolved = Rewrite(resolved, [&](const ExpressionPtr& node) -> ExpressionPtr {
    const auto* reference = node->As<ColumnReference>();
    auto found = reference ? substitutes.find(reference->id) : substitutes.end();
    return found == substitutes.end() ? nullptr : found->second;
  });
  HEARTH_ASSIGN(resolved, Condition(resolved, "HAVING"));
  if (block.having) {
    HEARTH_ASSIGN(resolved, Call("and", {block.having, resolved}));
  }
  block.having = resolved;
  return {};
}

Result<Analyzed> Analysis::AnalyzeHaving(const unresolved::Having& having, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(having.input, outer));
  if (!input.block || !input.block->is_aggregate) {
    return AnalyzeFilter(unresolved::Filter{having.input, having.condition}, outer);
  }
  auto block = *input.block;
  HEARTH_RETURN_IF_ERROR(AddHaving(block, having.condition, input, outer));
  HEARTH_ASSIGN(auto relation, BuildBlock(block, block.visible));
  auto result = input;
  result.relation = std::move(relation);
  result.block = std::make_shared<const SelectBlock>(std::move(block));
  return result;
}

}  // namespace hearth::plan
