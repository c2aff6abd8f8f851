// SELECT lists: stars, names, lateral aliases, windows and generators, and the relation that computes them.
#include <fmt/format.h>

#include <algorithm>

#include "plan/analyze/analysis.h"

namespace hearth::plan {
namespace {

using base::ErrorKind;
using base::MakeError;
using base::Result;
using base::Status;

std::vector<Column> ColumnsOf(const std::vector<NamedExpression>& items) {
  std::vector<Column> columns;
  columns.reserve(items.size());
  for (const auto& item : items) columns.push_back(item.column);
  return columns;
}

std::vector<NamedExpression> PassThrough(const std::vector<Column>& columns) {
  std::vector<NamedExpression> items;
  items.reserve(columns.size());
  for (const auto& column : columns) items.push_back({column, MakeReference(column)});
  return items;
}

bool IsGenerator(const ExpressionPtr& expression) {
  const auto* call = expression->As<plan::Call>();
  return call && call->function->kind == FunctionKind::kGenerator;
}

}  // namespace

NamedExpression Analysis::NameItem(ExpressionPtr expression) {
  if (const auto* reference = expression->As<ColumnReference>(); reference && !reference->is_outer) {
    return {Column{reference->id, reference->name, expression->type, expression->nullable, {}, {}},
            expression};
  }
  std::string name;
  const auto* cast = expression->As<Cast>();
  const auto* cast_column =
      cast && expression->display.empty() ? cast->child->As<ColumnReference>() : nullptr;
  if (cast_column && !cast_column->is_outer) {
    name = cast_column->name;
  } else {
    name = OutputName(*expression);
  }
  return {NewColumn(std::move(name), expression->type, expression->nullable), expression};
}

// Adds the item, or the several that a star, a pattern or a generator stands for.
Status Analysis::AddItem(const unresolved::ExpressionPtr& item, const Scope& scope,
                         std::vector<NamedExpression>& items) {
  if (const auto* star = item->As<unresolved::Star>()) {
    HEARTH_ASSIGN(auto columns, ExpandStar(*star, scope));
    for (auto& column : columns) items.push_back(NameItem(std::move(column)));
    return {};
  }
  if (const auto* regex = item->As<unresolved::Regex>()) {
    HEARTH_ASSIGN(auto columns, ExpandRegex(*regex, scope));
    for (auto& column : columns) items.push_back(NameItem(std::move(column)));
    return {};
  }
  if (item->As<unresolved::Lambda>() || item->As<unresolved::SortOrder>()) {
    return MakeError(ErrorKind::kSpark, "INTERNAL_ERROR",
                     "A lambda or a sort order stands in a select list.");
  }
  const auto* alias = item->As<unresolved::Alias>();
  generator_place_ = alias ? alias->child.get() : item.get();
  if (!alias) {
    HEARTH_ASSIGN(auto resolved, AnalyzeExpression(item, scope));
    // A nested field written as a.b.c is named by its last part as written.
    const auto* attribute = item->As<unresolved::Attribute>();
    bool is_field = attribute && !resolved->As<ColumnReference>() && attribute->parts.size() > 1;
    if (is_field) {
      items.push_back({NewColumn(attribute->parts.back(), resolved->type, resolved->nullable), resolved});
    } else {
      items.push_back(NameItem(std::move(resolved)));
    }
    return {};
  }
  HEARTH_ASSIGN(auto resolved, AnalyzeExpression(alias->child, scope));
  if (alias->names.size() != 1 && !IsGenerator(resolved)) {
    return MakeError(ErrorKind::kAnalysis, "MULTI_ALIAS_WITHOUT_GENERATOR",
                     fmt::format("Several aliases ({}) need a generator function, \"{}\" is none.",
                                 fmt::join(alias->names, ", "), OutputName(*resolved)),
                     {{"expr", fmt::format("\"{}\"", OutputName(*resolved))},
                      {"names", fmt::format("{}", fmt::join(alias->names, ", "))}});
  }
  auto column =
      NewColumn(fmt::format("{}", fmt::join(alias->names, "\x1f")), resolved->type, resolved->nullable);
  column.metadata = alias->metadata;
  if (IsGenerator(resolved)) column.same_as = column.id;  // named by the query
  items.push_back({std::move(column), std::move(resolved)});
  return {};
}

Result<std::vector<NamedExpression>> Analysis::ResolveItems(const unresolved::Expressions& items,
                                                            const Scope& scope) {
  std::vector<NamedExpression> resolved;
  auto inner = scope;
  inner.lateral_aliases = &resolved;
  for (const auto& item : items) HEARTH_RETURN_IF_ERROR(AddItem(item, inner, resolved));
  // Plain columns keep their qualifier and metadata, so that t.a still names them above.
  for (auto& item : resolved) {
    const auto* reference = item.expression->As<ColumnReference>();
    if (!reference || reference->id != item.column.id) continue;
    for (const auto* input : scope.inputs) {
      if (!input->relation) continue;
      for (const auto& column : input->relation->output) {
        if (column.id != item.column.id) continue;
        item.column.qualifier = column.qualifier;
        item.column.metadata = column.metadata;
      }
    }
  }
  return resolved;
}

// Gives the second appearance of a column an id of its own.
static void SeparateDuplicates(std::vector<NamedExpression>& items, const auto& next_id) {
  std::set<ColumnId> seen;
  for (auto& item : items) {
    if (seen.insert(item.column.id).second) continue;
    item.column.same_as = item.column.origin();
    item.column.id = next_id();
    seen.insert(item.column.id);
  }
}

Result<Analyzed> Analysis::AnalyzeProject(const unresolved::Project& project, const Scope* outer) {
  SelectBlock block;
  HEARTH_ASSIGN(block.input, AnalyzeInput(project.input, outer));
  HEARTH_RETURN_IF_ERROR(AddTimeWindow(project.items, block.input, outer, nullptr));
  Scope scope{{&block.input}, outer};
  auto resolved_items = ResolveItems(project.items, scope);
  window_column_ = 0;
  HEARTH_ASSIGN(block.items, std::move(resolved_items));
  bool aggregates = std::any_of(block.items.begin(), block.items.end(),
                                [](const auto& item) { return ContainsAggregate(*item.expression); });
  if (aggregates) {
    block.is_aggregate = true;
    for (auto& item : block.items) {
      HEARTH_ASSIGN(item.expression, OverGroups(block, item.expression));
    }
  }
  return FinishBlock(std::move(block));
}

Result<Analyzed> Analysis::FinishBlock(SelectBlock block) {
  HEARTH_RETURN_IF_ERROR(ExtractGenerator(block));
  HEARTH_RETURN_IF_ERROR(ExtractWindows(block));
  SeparateDuplicates(block.items, [this] { return NextId(); });
  block.visible = block.items.size();
  HEARTH_ASSIGN(auto relation, BuildBlock(block, block.visible));
  auto analyzed = Wrap(std::move(relation), {block.input.plan_ids});
  analyzed.block = std::make_shared<const SelectBlock>(std::move(block));
  return analyzed;
}

Status Analysis::ExtractGenerator(SelectBlock& block) {
  std::vector<NamedExpression> items;
  for (auto& item : block.items) {
    if (!ContainsGenerator(*item.expression)) {
      items.push_back(std::move(item));
      continue;
    }
    if (!IsGenerator(item.expression)) {
      auto text = fmt::format("\"{}\"", OutputName(*item.expression));
      return MakeError(ErrorKind::kAnalysis, "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS",
                       fmt::format("A generator function cannot stand inside the expression {}.", text),
                       {{"expression", text}});
    }
    Generate generate;
    generate.generator = item.expression;
    const auto& name = item.expression->As<plan::Call>()->function->name;
    generate.is_outer = name.ends_with("_outer");
    const auto& fields = item.expression->type->fields();
    std::vector<std::string> names;
    if (item.column.same_as != 0) {
      for (size_t from = 0; from <= item.column.name.size();) {
        auto to = std::min(item.column.name.find('\x1f', from), item.column.name.size());
        names.push_back(item.column.name.substr(from, to - from));
        from = to + 1;
      }
      if (names.size() != fields.size()) {
        return MakeError(
            ErrorKind::kAnalysis, "UDTF_ALIAS_NUMBER_MISMATCH",
            fmt::format("The generator gives {} columns, {} aliases are given.", fields.size(), names.size()),
            {{"aliasesSize", std::to_string(names.size())},
             {"aliasesNames", fmt::format("{}", fmt::join(names, ","))}});
      }
    }
    for (size_t i = 0; i < fields.size(); ++i) {
      auto column = NewColumn(names.empty() ? fields[i].name : names[i], fields[i].type,
                              fields[i].nullable || generate.is_outer);
      if (fields.size() == 1) column.id = item.column.id;  // lateral references know it by this id
      generate.columns.push_back(column);
      items.push_back({column, MakeReference(column)});
    }
    block.generators.push_back(std::move(generate));
  }
  block.items = std::move(items);
  return {};
}

// Windows inside windows come first in the block, so that each finds what it reads below it.
Result<ExpressionPtr> Analysis::ExtractWindowCalls(const ExpressionPtr& expression, SelectBlock& block) {
  return Rewrite(expression, [&](const ExpressionPtr& node) -> ExpressionPtr {
    if (!node->As<WindowCall>()) return nullptr;
    auto call = Rewrite(node, [&](const ExpressionPtr& inner) -> ExpressionPtr {
      if (inner == node || !inner->As<WindowCall>()) return nullptr;
      auto extracted = ExtractWindowCalls(inner, block);
      return extracted.ok() ? *extracted : nullptr;
    });
    auto mark = Fingerprint(*call);
    for (const auto& window : block.windows) {
      if (Fingerprint(*window.expression) == mark && IsDeterministic(*call))
        return MakeReference(window.column);
    }
    auto column = NewColumn("_w" + std::to_string(block.windows.size()), call->type, call->nullable);
    block.windows.push_back({column, call});
    return MakeReference(column);
  });
}

Status Analysis::ExtractWindows(SelectBlock& block) {
  for (auto& item : block.items) {
    HEARTH_ASSIGN(item.expression, ExtractWindowCalls(item.expression, block));
  }
  return {};
}

Result<RelationPtr> Analysis::BuildBlock(const SelectBlock& block, size_t item_count) {
  auto relation = block.is_aggregate ? BuildAggregate(block) : block.input.relation;
  // Keys of a USING join that only qualified names reach are real columns below; the join exposes them when
  // asked.
  for (auto generate : block.generators) {
    auto output = relation->output;
    output.insert(output.end(), generate.columns.begin(), generate.columns.end());
    generate.input = relation;
    relation = MakeRelation(std::move(generate), std::move(output));
  }
  // One relation for windows that read none of each other.
  for (size_t from = 0; from < block.windows.size();) {
    std::set<ColumnId> here;
    auto to = from;
    for (; to < block.windows.size(); ++to) {
      auto reads = ReferencedColumns(*block.windows[to].expression);
      if (std::any_of(reads.begin(), reads.end(), [&](ColumnId id) { return here.contains(id); })) break;
      here.insert(block.windows[to].column.id);
    }
    std::vector<NamedExpression> layer(block.windows.begin() + static_cast<long>(from),
                                       block.windows.begin() + static_cast<long>(to));
    auto output = relation->output;
    for (const auto& window : layer) output.push_back(window.column);
    relation = MakeRelation(Window{relation, std::move(layer)}, std::move(output));
    from = to;
  }
  std::vector<NamedExpression> items(block.items.begin(),
                                     block.items.begin() + static_cast<long>(item_count));
  return BuildItems(std::move(relation), std::move(items));
}

// One Project, or a chain of them where items read earlier items (lateral aliases).
Result<RelationPtr> Analysis::BuildItems(RelationPtr input, std::vector<NamedExpression> items) {
  std::map<ColumnId, size_t> place;
  for (size_t i = 0; i < items.size(); ++i) {
    if (!PassesThrough(items[i])) place[items[i].column.id] = i;
  }
  std::vector<size_t> level(items.size(), 0);
  size_t deepest = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    for (auto id : ReferencedColumns(*items[i].expression)) {
      auto found = place.find(id);
      if (found != place.end() && found->second < i) level[i] = std::max(level[i], level[found->second] + 1);
    }
    deepest = std::max(deepest, level[i]);
  }
  auto relation = std::move(input);
  for (size_t stage = 0; stage < deepest; ++stage) {
    auto lower = PassThrough(relation->output);
    for (size_t i = 0; i < items.size(); ++i) {
      if (level[i] != stage || !place.contains(items[i].column.id)) continue;
      lower.push_back(items[i]);
      items[i].expression = MakeReference(items[i].column);
    }
    auto columns = ColumnsOf(lower);
    relation = MakeRelation(Project{relation, std::move(lower)}, std::move(columns));
  }
  auto columns = ColumnsOf(items);
  return MakeRelation(Project{relation, std::move(items)}, std::move(columns));
}

Result<ExpressionPtr> Analysis::ColumnOfBlock(SelectBlock& block, ExpressionPtr expression) {
  // References to the block's own output stand for the items' expressions.
  bool only_output = !ContainsAggregate(*expression) && !ContainsWindow(*expression);
  for (auto id : ReferencedColumns(*expression)) {
    only_output &= std::any_of(block.items.begin(), block.items.begin() + static_cast<long>(block.visible),
                               [&](const auto& item) { return item.column.id == id; });
  }
  if (only_output) return expression;
  std::map<ColumnId, ExpressionPtr> substitutes;
  auto inlined = Rewrite(expression, [&](const ExpressionPtr& node) -> ExpressionPtr {
    const auto* reference = node->As<ColumnReference>();
    if (!reference) return nullptr;
    for (const auto& item : block.items) {
      if (item.column.id == reference->id && !PassesThrough(item)) {
        // Kept apart from the input's columns until aggregates are replaced.
        auto stand_in = NewColumn(item.column.name, item.column.type, item.column.nullable);
        substitutes[stand_in.id] = item.expression;
        auto outer_reference = MakeReference(stand_in, true);
        return outer_reference;
      }
    }
    return nullptr;
  });
  if (block.is_aggregate) {
    HEARTH_ASSIGN(inlined, OverGroups(block, inlined));
  }
  inlined = Rewrite(inlined, [&](const ExpressionPtr& node) -> ExpressionPtr {
    const auto* reference = node->As<ColumnReference>();
    if (!reference) return nullptr;
    auto found = substitutes.find(reference->id);
    return found == substitutes.end() ? nullptr : found->second;
  });
  HEARTH_ASSIGN(inlined, ExtractWindowCalls(inlined, block));
  auto mark = Fingerprint(*inlined);
  for (const auto& item : block.items) {
    if (Fingerprint(*item.expression) == mark) return MakeReference(item.column);
  }
  NamedExpression hidden{
      NewColumn("_sort" + std::to_string(block.items.size()), inlined->type, inlined->nullable), inlined};
  if (const auto* reference = inlined->As<ColumnReference>(); reference && !reference->is_outer) {
    hidden.column.id = reference->id;
  }
  block.items.push_back(hidden);
  return MakeReference(hidden.column);
}

// Projects back to the columns the original had.
Result<Analyzed> Analysis::HideExtraColumns(RelationPtr relation, const Analyzed& original) {
  auto result = original;
  result.relation =
      MakeRelation(Project{std::move(relation), PassThrough(original.output())}, original.output());
  result.block = nullptr;
  return result;
}

Analyzed Analysis::Wrap(RelationPtr relation, std::vector<PlanIdTreePtr> children) const {
  Analyzed analyzed;
  std::erase(children, nullptr);
  analyzed.plan_ids =
      std::make_shared<const PlanIdTree>(PlanIdTree{std::nullopt, relation->output, std::move(children)});
  analyzed.relation = std::move(relation);
  return analyzed;
}

}  // namespace hearth::plan
