// The dispatcher over relations, and those that keep their input's columns.
#include <fmt/format.h>

#include <algorithm>

#include "plan/analyze/analysis.h"
#include "plan/from_sql/from_sql.h"

namespace hearth::plan {
namespace {

using base::ErrorKind;
using base::MakeError;
using base::Result;

constexpr int kMostNestedRelations = 2000;

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

struct Depth {
  explicit Depth(int& level) : level_(level) { ++level_; }
  ~Depth() { --level_; }
  int& level_;
};

// Replaces the relation, keeps everything else that was known of the input.
Analyzed Over(const Analyzed& input, RelationPtr relation) {
  auto result = input;
  result.relation = std::move(relation);
  result.block = nullptr;
  return result;
}

}  // namespace

Result<Analyzed> Analysis::AnalyzeRelation(const unresolved::RelationPtr& relation, const Scope* outer) {
  HEARTH_ASSIGN(auto analyzed, AnalyzeInput(relation, outer));
  if (analyzed.hidden.empty()) return analyzed;
  auto block = analyzed.block;
  HEARTH_ASSIGN(auto trimmed, HideExtraColumns(analyzed.relation, analyzed));
  trimmed.hidden.clear();
  return trimmed;
}

Result<Analyzed> Analysis::AnalyzeInput(const unresolved::RelationPtr& relation, const Scope* outer) {
  Depth depth(depth_);
  if (depth_ > kMostNestedRelations) {
    return MakeError(ErrorKind::kAnalysis, "EXCEED_LIMIT_LENGTH",
                     fmt::format("The plan is nested more than {} levels deep.", kMostNestedRelations));
  }
  auto result = Dispatch(*relation, outer);
  if (!result.ok()) {
    if (relation->origin && result.error()->contexts.empty())
      result.error()->contexts.push_back(*relation->origin);
    return result;
  }
  if (relation->plan_id) {
    result->plan_ids = std::make_shared<const PlanIdTree>(
        PlanIdTree{relation->plan_id, result->output(),
                   result->plan_ids ? std::vector{result->plan_ids} : std::vector<PlanIdTreePtr>{}});
  }
  return result;
}

Result<Analyzed> Analysis::Dispatch(const unresolved::Relation& relation, const Scope* outer) {
  using R = Result<Analyzed>;
  return std::visit(
      Overloaded{
          [&](const unresolved::NamedTable& node) -> R { return AnalyzeNamedTable(node); },
          [&](const unresolved::DataSource& node) -> R { return AnalyzeDataSource(node); },
          [&](const unresolved::OneRow&) -> R { return Wrap(MakeRelation(OneRow{}, {})); },
          [&](const unresolved::Project& node) -> R { return AnalyzeProject(node, outer); },
          [&](const unresolved::Filter& node) -> R { return AnalyzeFilter(node, outer); },
          [&](const unresolved::Having& node) -> R { return AnalyzeHaving(node, outer); },
          [&](const unresolved::Join& node) -> R { return AnalyzeJoin(node, outer); },
          [&](const unresolved::SetOperation& node) -> R { return AnalyzeSetOperation(node, outer); },
          [&](const unresolved::Sort& node) -> R { return AnalyzeSort(node, outer); },
          [&](const unresolved::Limit& node) -> R { return AnalyzeLimit(node, outer); },
          [&](const unresolved::Offset& node) -> R { return AnalyzeOffset(node, outer); },
          [&](const unresolved::Tail& node) -> R { return AnalyzeTail(node, outer); },
          [&](const unresolved::Aggregate& node) -> R { return AnalyzeAggregate(node, outer); },
          [&](const unresolved::Pivot& node) -> R { return AnalyzePivot(node, outer); },
          [&](const unresolved::Unpivot& node) -> R { return AnalyzeUnpivot(node, outer); },
          [&](const unresolved::LocalRelation& node) -> R { return AnalyzeLocalRelation(node); },
          [&](const unresolved::InlineTable& node) -> R { return AnalyzeInlineTable(node, outer); },
          [&](const unresolved::Range& node) -> R { return AnalyzeRange(node); },
          [&](const unresolved::Sample& node) -> R { return AnalyzeSample(node, outer); },
          [&](const unresolved::Deduplicate& node) -> R { return AnalyzeDeduplicate(node, outer); },
          [&](const unresolved::Distinct& node) -> R { return AnalyzeDistinct(node, outer); },
          [&](const unresolved::SubqueryAlias& node) -> R { return AnalyzeAlias(node, outer); },
          [&](const unresolved::Repartition& node) -> R { return AnalyzeInput(node.input, outer); },
          [&](const unresolved::RepartitionByExpression& node) -> R {
            HEARTH_ASSIGN(auto input, AnalyzeInput(node.input, outer));
            Scope scope{{&input}, outer};
            HEARTH_RETURN_IF_ERROR(ResolveAll(node.expressions, scope));
            return input;
          },
          [&](const unresolved::ToDataFrame& node) -> R { return AnalyzeToDataFrame(node, outer); },
          [&](const unresolved::RenameColumns& node) -> R { return AnalyzeRenameColumns(node, outer); },
          [&](const unresolved::ShowString& node) -> R { return AnalyzeShowString(node, outer); },
          [&](const unresolved::DropColumns& node) -> R { return AnalyzeDropColumns(node, outer); },
          [&](const unresolved::WithColumns& node) -> R { return AnalyzeWithColumns(node, outer); },
          [&](const unresolved::Hint& node) -> R { return AnalyzeHint(node, outer); },
          [&](const unresolved::ToSchema& node) -> R { return AnalyzeToSchema(node, outer); },
          [&](const unresolved::FillNulls& node) -> R { return AnalyzeFillNulls(node, outer); },
          [&](const unresolved::DropNulls& node) -> R { return AnalyzeDropNulls(node, outer); },
          [&](const unresolved::ReplaceValues& node) -> R { return AnalyzeReplaceValues(node, outer); },
          [&](const unresolved::Summary& node) -> R { return AnalyzeSummary(node, outer); },
          [&](const unresolved::Describe& node) -> R { return AnalyzeDescribe(node, outer); },
          [&](const unresolved::Statistic& node) -> R { return AnalyzeStatistic(node, outer); },
          [&](const unresolved::Transpose& node) -> R { return AnalyzeTranspose(node, outer); },
          [&](const unresolved::TableFunction& node) -> R { return AnalyzeTableFunction(node, outer); },
          [&](const unresolved::Generate& node) -> R { return AnalyzeGenerate(node, outer); },
          [&](const unresolved::With& node) -> R { return AnalyzeWith(node, outer); },
          [&](const unresolved::WithRelations& node) -> R {
            for (const auto& reference : node.references) {
              if (reference->plan_id) references_[*reference->plan_id] = reference;
            }
            return AnalyzeInput(node.root, outer);
          },
          [&](const unresolved::SqlQuery&) -> R {
            return base::InternalError("SQL text reached the analyser unparsed");
          },
          [&](const unresolved::CachedLocalRelation& node) -> R {
            auto known = context_.cached_relations ? context_.cached_relations->find(node.hash)
                                                   : decltype(context_.cached_relations->end()){};
            if (!context_.cached_relations || known == context_.cached_relations->end()) {
              return MakeError(ErrorKind::kSpark, "INTERNAL_ERROR",
                               fmt::format("No cached local relation {} in this session.", node.hash));
            }
            return AnalyzeInput(known->second, outer);
          },
          [&](const unresolved::CollectMetrics& node) -> R { return AnalyzeCollectMetrics(node, outer); },
          [&](const unresolved::Parse&) -> R {
            return base::NotImplemented("reading CSV or JSON out of a DataFrame of strings");
          },
          [&](const unresolved::Zip&) -> R { return base::NotImplemented("DataFrame.zip"); },
          [&](const unresolved::CatalogCall& node) -> R {
            // The client made the table when it made the DataFrame.
            const auto table = node.arguments.find("table_name");
            if (node.name.starts_with("create_") && table != node.arguments.end()) {
              HEARTH_ASSIGN(auto name, ParseName(table->second));
              return AnalyzeInput(unresolved::MakeRelation(unresolved::NamedTable{.name = std::move(name)}),
                                  outer);
            }
            return base::NotImplemented("the catalog call " + node.name + " inside a query");
          },
          [&](const unresolved::Unsupported& node) -> R { return base::NotImplemented(node.what); },
      },
      relation.node);
}

// QUALIFY filters the rows of a select list by its windows; it may name the list's columns, those below it,
// and compute windows of its own.
Result<Analyzed> Analysis::AnalyzeQualify(const unresolved::Filter& filter, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeInput(filter.input, outer));
  if (!input.block) return base::InternalError("QUALIFY without a select list");
  auto block = *input.block;
  Scope scope{{&input}, outer};
  if (!block.is_aggregate) scope.inputs.push_back(&block.input);
  HEARTH_ASSIGN(auto condition, AnalyzeExpression(filter.condition, scope));
  if (block.windows.empty() && !ContainsWindow(*condition)) {
    return MakeError(ErrorKind::kAnalysis, "QUALIFY_REQUIRES_WINDOW_FUNCTION",
                     "QUALIFY needs a window function in its condition or in the select list.");
  }
  HEARTH_ASSIGN(condition, ColumnOfBlock(block, condition));
  HEARTH_ASSIGN(condition, Condition(condition, "QUALIFY"));
  HEARTH_ASSIGN(auto relation, BuildBlock(block, block.items.size()));
  auto columns = relation->output;
  return HideExtraColumns(MakeRelation(Filter{relation, condition}, std::move(columns)), input);
}

Result<Analyzed> Analysis::AnalyzeFilter(const unresolved::Filter& filter, const Scope* outer) {
  if (filter.is_qualify) return AnalyzeQualify(filter, outer);
  HEARTH_ASSIGN(auto input, AnalyzeInput(filter.input, outer));
  Scope scope{{&input}, outer};
  auto resolved = AnalyzeExpression(filter.condition, scope);
  bool asks_more = input.block && (!resolved.ok() || ContainsAggregate(**resolved));
  if (asks_more && !(resolved.ok() && !input.block->is_aggregate)) {
    // DataFrame.filter may name what the select list left out, or aggregate over the groups below.
    auto block = *input.block;
    if (block.is_aggregate) {
      HEARTH_RETURN_IF_ERROR(AddHaving(block, filter.condition, input, outer));
      HEARTH_ASSIGN(auto relation, BuildBlock(block, block.visible));
      auto result = input;
      result.relation = std::move(relation);
      result.block = std::make_shared<const SelectBlock>(std::move(block));
      return result;
    }
    Scope wide{{&input, &block.input}, outer};
    auto again = AnalyzeExpression(filter.condition, wide);
    if (!again.ok()) return std::move(resolved).Fail();
    HEARTH_ASSIGN(auto condition, ColumnOfBlock(block, *again));
    HEARTH_ASSIGN(auto checked, Condition(condition, "WHERE"));
    HEARTH_ASSIGN(auto relation, BuildBlock(block, block.items.size()));
    auto columns = relation->output;
    return HideExtraColumns(MakeRelation(Filter{relation, checked}, std::move(columns)), input);
  }
  HEARTH_ASSIGN(auto condition, std::move(resolved));
  HEARTH_ASSIGN(auto checked, Condition(condition, "WHERE"));
  return Over(input, MakeRelation(Filter{input.relation, checked}, input.relation->output));
}

Result<std::vector<SortKey>> Analysis::SortAllKeys(const unresolved::Sort& sort, const Analyzed& input) {
  std::vector<SortKey> keys;
  for (const auto& column : input.output())
    keys.push_back(MakeSortKey(MakeReference(column), sort.all_order));
  return keys;
}

Result<Analyzed> Analysis::AnalyzeSort(const unresolved::Sort& sort, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeInput(sort.input, outer));
  std::vector<SortKey> keys;
  if (sort.all) {
    HEARTH_ASSIGN(keys, SortAllKeys(sort, input));
    return Over(input, MakeRelation(Sort{input.relation, std::move(keys)}, input.relation->output));
  }
  auto block = input.block ? std::optional(*input.block) : std::nullopt;
  Scope scope{{&input}, outer};
  if (block) {
    scope.inputs.push_back(&block->input);
    scope.is_sort = block->is_aggregate;
  }
  for (const auto& order : sort.orders) {
    const auto* literal = order.child->As<unresolved::Literal>();
    if (literal && literal->type->Is(TypeKind::kInteger) && !literal->value.IsNull() &&
        settings().order_by_ordinal) {
      auto ordinal = std::get<int64_t>(literal->value.data);
      if (ordinal < 1 || ordinal > static_cast<int64_t>(input.output().size())) {
        return MakeError(
            ErrorKind::kAnalysis, "ORDER_BY_POS_OUT_OF_RANGE",
            fmt::format("ORDER BY position {} is not in the select list (1 to {}).", ordinal,
                        input.output().size()),
            {{"index", std::to_string(ordinal)}, {"size", std::to_string(input.output().size())}});
      }
      keys.push_back(MakeSortKey(MakeReference(input.output()[ordinal - 1]), order));
      continue;
    }
    auto resolved = ResolveSortOrder(order, scope);
    const auto* named = order.child->As<unresolved::Attribute>();
    if (!resolved.ok() && named && resolved.error()->condition == "AMBIGUOUS_REFERENCE") {
      return UnresolvedColumn(named->parts, Scope{{&input}, outer});
    }
    HEARTH_ASSIGN(auto key, std::move(resolved));
    if (block) {
      HEARTH_ASSIGN(key.expression, ColumnOfBlock(*block, key.expression));
    } else if (ContainsAggregate(*key.expression) || ContainsWindow(*key.expression)) {
      return MakeError(ErrorKind::kAnalysis, "UNSUPPORTED_EXPR_FOR_OPERATOR",
                       fmt::format("ORDER BY cannot compute \"{}\" here.", OutputName(*key.expression)),
                       {{"invalidExprSqls", fmt::format("\"{}\"", OutputName(*key.expression))}});
    }
    keys.push_back(std::move(key));
  }
  bool extended =
      block && (block->items.size() > block->visible || block->windows.size() > input.block->windows.size());
  if (!extended) {
    auto result = Over(input, MakeRelation(Sort{input.relation, std::move(keys)}, input.relation->output));
    return result;
  }
  HEARTH_ASSIGN(auto relation, BuildBlock(*block, block->items.size()));
  auto columns = relation->output;
  return HideExtraColumns(MakeRelation(Sort{relation, std::move(keys)}, std::move(columns)), input);
}

Result<int64_t> Analysis::ConstantCount(const unresolved::ExpressionPtr& expression, std::string_view clause,
                                        const Analyzed& input, const Scope* outer) {
  Scope scope{{&input}, outer};
  HEARTH_ASSIGN(auto resolved, AnalyzeExpression(expression, scope));
  auto name = std::string(clause);
  auto text = fmt::format("\"{}\"", OutputName(*resolved));
  if (!IsFoldable(*resolved)) {
    return MakeError(ErrorKind::kAnalysis, "INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE",
                     fmt::format("The {} expression {} is not constant.", name, text),
                     {{"name", name}, {"expr", text}});
  }
  if (!resolved->type->Is(TypeKind::kInteger) && !resolved->type->IsIntegral()) {
    return MakeError(
        ErrorKind::kAnalysis, "INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE",
        fmt::format("The {} expression {} is \"{}\", not an integer.", name, text, resolved->type->Sql()),
        {{"name", name}, {"expr", text}, {"dataType", fmt::format("\"{}\"", resolved->type->Sql())}});
  }
  // Constants may be wrapped in casts and simple arithmetic.
  std::function<std::optional<int64_t>(const Expression&)> fold =
      [&](const Expression& node) -> std::optional<int64_t> {
    if (const auto* literal = node.As<Literal>()) {
      if (const auto* number = std::get_if<int64_t>(&literal->value.data)) return *number;
      return std::nullopt;
    }
    if (const auto* cast = node.As<Cast>())
      return cast->child->type->IsIntegral() ? fold(*cast->child) : std::nullopt;
    const auto* call = node.As<plan::Call>();
    if (!call) return std::nullopt;
    if (call->function->name == "negative") {
      auto value = fold(*call->arguments[0]);
      return value ? std::optional(-*value) : std::nullopt;
    }
    if (call->arguments.size() != 2) return std::nullopt;
    auto left = fold(*call->arguments[0]);
    auto right = fold(*call->arguments[1]);
    if (!left || !right) return std::nullopt;
    if (call->function->name == "+") return *left + *right;
    if (call->function->name == "-") return *left - *right;
    if (call->function->name == "*") return *left * *right;
    return std::nullopt;
  };
  if (const auto* literal = resolved->As<Literal>(); literal && literal->value.IsNull()) {
    return MakeError(ErrorKind::kAnalysis, "INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL",
                     fmt::format("The {} expression {} is null.", name, text),
                     {{"name", name}, {"expr", text}});
  }
  auto value = fold(*resolved);
  if (!value) return base::NotImplemented(fmt::format("the constant expression {} as {}", text, name));
  if (*value < 0) {
    return MakeError(ErrorKind::kAnalysis, "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE",
                     fmt::format("The {} expression {} is {}, below zero.", name, text, *value),
                     {{"name", name}, {"expr", text}, {"v", std::to_string(*value)}});
  }
  return *value;
}

Result<Analyzed> Analysis::AnalyzeLimit(const unresolved::Limit& limit, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(limit.input, outer));
  HEARTH_ASSIGN(auto count, ConstantCount(limit.count, "limit", input, outer));
  // LIMIT over OFFSET is one node.
  if (const auto* below = input.relation->As<Limit>(); below && !below->count) {
    return Over(input, MakeRelation(Limit{below->input, count, below->offset}, input.relation->output));
  }
  return Over(input, MakeRelation(Limit{input.relation, count, 0}, input.relation->output));
}

Result<Analyzed> Analysis::AnalyzeOffset(const unresolved::Offset& offset, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(offset.input, outer));
  HEARTH_ASSIGN(auto count, ConstantCount(offset.count, "offset", input, outer));
  return Over(input, MakeRelation(Limit{input.relation, std::nullopt, count}, input.relation->output));
}

Result<Analyzed> Analysis::AnalyzeTail(const unresolved::Tail& tail, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(tail.input, outer));
  HEARTH_ASSIGN(auto count, ConstantCount(tail.count, "tail", input, outer));
  return Over(input, MakeRelation(Tail{input.relation, count}, input.relation->output));
}

Result<Analyzed> Analysis::AnalyzeDistinct(const unresolved::Distinct& distinct, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(distinct.input, outer));
  HEARTH_RETURN_IF_ERROR(CheckComparable(input.output()));
  return Over(input, MakeRelation(Distinct{input.relation}, input.relation->output));
}

Result<Analyzed> Analysis::AnalyzeDeduplicate(const unresolved::Deduplicate& deduplicate,
                                              const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(deduplicate.input, outer));
  std::vector<ColumnId> keys;
  for (const auto& name : deduplicate.columns) {
    size_t before = keys.size();
    for (const auto& column : input.output()) {
      if (SameName(column.name, name)) keys.push_back(column.id);
    }
    if (keys.size() == before) return NoSuchField(name, input.output());
  }
  HEARTH_RETURN_IF_ERROR(CheckComparable(input.output()));
  if (keys.empty()) return Over(input, MakeRelation(Distinct{input.relation}, input.relation->output));
  return Over(input, MakeRelation(Deduplicate{input.relation, std::move(keys)}, input.relation->output));
}

Result<Analyzed> Analysis::AnalyzeAlias(const unresolved::SubqueryAlias& alias, const Scope* outer) {
  const auto* rows = alias.input->As<unresolved::InlineTable>();
  auto analyzed = rows ? AnalyzeInlineTable(*rows, outer, alias.column_aliases.size())
                       : AnalyzeRelation(alias.input, outer);
  if (!analyzed.ok() && alias.input->origin && analyzed.error()->contexts.empty())
    analyzed.error()->contexts.push_back(*alias.input->origin);
  HEARTH_ASSIGN(auto input, std::move(analyzed));
  auto columns = input.output();
  if (!alias.column_aliases.empty() && alias.column_aliases.size() != columns.size()) {
    return MakeError(
        ErrorKind::kAnalysis, "ASSIGNMENT_ARITY_MISMATCH",
        fmt::format("{} column aliases for {} columns.", alias.column_aliases.size(), columns.size()),
        {{"numExpr", std::to_string(columns.size())},
         {"numTarget", std::to_string(alias.column_aliases.size())}});
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!alias.alias.empty()) columns[i].qualifier = {alias.alias};
    if (!alias.column_aliases.empty()) columns[i].name = alias.column_aliases[i];
  }
  // The same columns under another qualifier: only the description changes.
  auto relation = std::make_shared<Relation>(*input.relation);
  relation->output = columns;
  auto result = Wrap(std::move(relation), {input.plan_ids});
  return result;
}

Result<Analyzed> Analysis::AnalyzeSample(const unresolved::Sample& sample, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(sample.input, outer));
  if (sample.row_count) {
    HEARTH_ASSIGN(auto count, ConstantCount(sample.row_count, "limit", input, outer));
    return Over(input, MakeRelation(Limit{input.relation, count, 0}, input.relation->output));
  }
  const double fraction = sample.upper - sample.lower;
  if (fraction < 0 || (fraction > 1 && !sample.with_replacement)) {
    return MakeError(
        ErrorKind::kIllegalArgument, "",
        fmt::format("requirement failed: a sample cannot be the fraction {} of its input.", fraction));
  }
  if (sample.with_replacement && fraction > 0) return base::NotImplemented("sampling with replacement");
  return Over(input,
              MakeRelation(Sample{input.relation, sample.lower, sample.upper, false, sample.seed.value_or(0)},
                           input.relation->output));
}

Result<Analyzed> Analysis::AnalyzeGenerate(const unresolved::Generate& generate, const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(generate.input, outer));
  Scope scope{{&input}, outer};
  generator_place_ = generate.generator.get();
  HEARTH_ASSIGN(auto generator, AnalyzeExpression(generate.generator, scope));
  const auto* call = generator->As<plan::Call>();
  if (!call || call->function->kind != FunctionKind::kGenerator) {
    auto text = OutputName(*generator);
    return MakeError(ErrorKind::kAnalysis, "NOT_A_TABLE_FUNCTION",
                     fmt::format("{} is no generator function.", text), {{"functionName", text}});
  }
  const auto& fields = generator->type->fields();
  if (!generate.column_aliases.empty() && generate.column_aliases.size() != fields.size()) {
    return MakeError(ErrorKind::kAnalysis, "UDTF_ALIAS_NUMBER_MISMATCH",
                     fmt::format("The generator gives {} columns, {} aliases are given.", fields.size(),
                                 generate.column_aliases.size()),
                     {{"aliasesSize", std::to_string(generate.column_aliases.size())},
                      {"aliasesNames", fmt::format("{}", fmt::join(generate.column_aliases, ","))}});
  }
  bool is_outer = generate.is_outer || call->function->name.ends_with("_outer");
  Generate node{input.relation, generator, is_outer, {}};
  auto output = input.relation->output;
  for (size_t i = 0; i < fields.size(); ++i) {
    auto column = NewColumn(generate.column_aliases.empty() ? fields[i].name : generate.column_aliases[i],
                            fields[i].type, fields[i].nullable || is_outer);
    if (!generate.alias.empty()) column.qualifier = {generate.alias};
    node.columns.push_back(column);
    output.push_back(std::move(column));
  }
  return Wrap(MakeRelation(std::move(node), std::move(output)), {input.plan_ids});
}

Result<Analyzed> Analysis::AnalyzeHint(const unresolved::Hint& hint, const Scope* outer) {
  // Join strategies and partition counts mean nothing to one process; Spark ignores unknown hints with a
  // warning.
  HEARTH_ASSIGN(auto input, AnalyzeInput(hint.input, outer));
  static constexpr std::string_view kTakeColumns[] = {"repartition", "repartition_by_range", "rebalance"};
  if (std::ranges::find(kTakeColumns, LowerCase(hint.name)) == std::end(kTakeColumns)) return input;
  Scope scope{{&input}, outer};
  for (const auto& parameter : hint.parameters) {
    const auto* text = parameter->As<unresolved::Literal>();
    auto column = parameter;
    if (text && text->type->IsString() && !text->value.IsNull()) {
      column = unresolved::Make(
          unresolved::Attribute{{std::get<std::string>(text->value.data)}, std::nullopt, false});
    }
    HEARTH_ASSIGN(auto resolved, AnalyzeExpression(column, scope));
  }
  return input;
}

Result<Analyzed> Analysis::AnalyzeCollectMetrics(const unresolved::CollectMetrics& metrics,
                                                 const Scope* outer) {
  HEARTH_ASSIGN(auto input, AnalyzeRelation(metrics.input, outer));
  Scope scope{{&input}, outer};
  HEARTH_ASSIGN(auto items, ResolveItems(metrics.metrics, scope));
  for (const auto& item : items) {
    if (ContainsAggregate(*item.expression)) continue;
    return MakeError(ErrorKind::kAnalysis, "INVALID_OBSERVED_METRICS.NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE",
                     fmt::format("The observed metric \"{}\" is no aggregate.", OutputName(*item.expression)),
                     {{"expr", fmt::format("\"{}\"", OutputName(*item.expression))}});
  }
  return Over(input, MakeRelation(CollectMetrics{input.relation, metrics.name, std::move(items)},
                                  input.relation->output));
}

Result<RelationPtr> Analysis::RecursiveDefinition(const unresolved::CommonTableExpression& definition,
                                                  CteBinding& binding, RelationPtr& step) {
  const unresolved::Relation* plan = definition.plan.get();
  std::vector<std::string> aliases = definition.column_aliases;
  if (const auto* alias = plan->As<unresolved::SubqueryAlias>()) plan = alias->input.get();
  const auto* united = plan->As<unresolved::SetOperation>();
  if (united && united->kind == unresolved::SetKind::kUnion && !united->is_all) {
    return MakeError(ErrorKind::kAnalysis, "UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE",
                     "A recursive query needs UNION ALL between its anchor and its step.");
  }
  if (!united || united->kind != unresolved::SetKind::kUnion) {
    return base::NotImplemented("a recursive query that is not an anchor UNION ALL a step");
  }
  HEARTH_ASSIGN(auto anchor, AnalyzeRelation(united->left, nullptr));
  binding.columns = anchor.output();
  for (size_t i = 0; i < binding.columns.size(); ++i) {
    binding.columns[i].nullable = true;
    if (i < aliases.size()) binding.columns[i].name = aliases[i];
  }
  cte_scopes_.back()[LowerCase(definition.name)] = binding;
  HEARTH_ASSIGN(auto recursive, AnalyzeRelation(united->right, nullptr));
  if (recursive.output().size() != binding.columns.size()) {
    return MakeError(ErrorKind::kAnalysis, "NUM_COLUMNS_MISMATCH",
                     "The anchor and the step of the recursive query differ in columns.");
  }
  std::vector<NamedExpression> casts;
  std::vector<Column> columns;
  for (size_t i = 0; i < binding.columns.size(); ++i) {
    auto cast = CoerceTo(MakeReference(recursive.output()[i]), binding.columns[i].type, settings());
    columns.push_back(NewColumn(binding.columns[i].name, binding.columns[i].type, true));
    casts.push_back({columns.back(), cast});
  }
  step = MakeRelation(Project{recursive.relation, std::move(casts)}, std::move(columns));
  return anchor.relation;
}

Result<Analyzed> Analysis::AnalyzeWith(const unresolved::With& with, const Scope* outer) {
  cte_scopes_.emplace_back();
  struct Pop {
    std::vector<std::map<std::string, CteBinding>>& scopes;
    ~Pop() { scopes.pop_back(); }
  } pop{cte_scopes_};
  With node;
  for (const auto& definition : with.definitions) {
    auto key = LowerCase(definition.name);
    if (cte_scopes_.back().contains(key)) {
      return MakeError(ErrorKind::kAnalysis, "DUPLICATED_CTE_NAMES",
                       fmt::format("WITH defines {} twice.", QuoteIdentifier(definition.name)),
                       {{"duplicateNames", QuoteIdentifier(definition.name)}});
    }
    CteBinding binding{++last_cte_, definition.name, {}};
    CteDefinition resolved{binding.id, nullptr, nullptr};
    if (with.is_recursive) {
      // Only a definition that names itself is recursive.
      auto plain = AnalyzeRelation(definition.plan, outer);
      if (plain.ok()) {
        resolved.plan = plain->relation;
        binding.columns = plain->output();
      } else {
        HEARTH_ASSIGN(resolved.plan, RecursiveDefinition(definition, binding, resolved.step));
      }
    } else {
      HEARTH_ASSIGN(auto plan, AnalyzeRelation(definition.plan, outer));
      resolved.plan = plan.relation;
      binding.columns = plan.output();
    }
    if (!definition.column_aliases.empty()) {
      if (definition.column_aliases.size() != binding.columns.size()) {
        return MakeError(ErrorKind::kAnalysis, "ASSIGNMENT_ARITY_MISMATCH",
                         fmt::format("{} column aliases for {} columns.", definition.column_aliases.size(),
                                     binding.columns.size()),
                         {{"numExpr", std::to_string(binding.columns.size())},
                          {"numTarget", std::to_string(definition.column_aliases.size())}});
      }
      for (size_t i = 0; i < binding.columns.size(); ++i)
        binding.columns[i].name = definition.column_aliases[i];
    }
    cte_scopes_.back()[key] = std::move(binding);
    node.definitions.push_back(std::move(resolved));
  }
  HEARTH_ASSIGN(auto body, AnalyzeInput(with.body, outer));
  node.body = body.relation;
  auto columns = body.relation->output;
  auto result = Over(body, MakeRelation(std::move(node), std::move(columns)));
  return result;
}

}  // namespace hearth::plan
