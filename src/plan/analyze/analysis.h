// One analysis of one plan. Private to plan/analyze; the files of this folder implement it by area:
//   names.cc (columns), expressions.cc, calls.cc (functions, lambdas), windows.cc, select.cc (SELECT blocks),
//   grouping.cc (GROUP BY), relations.cc, joins.cc, sets.cc, reads.cc, columns.cc (withColumns and kin),
//   pivots.cc, statistics.cc (describe, crosstab, …), shows.cc, time_windows.cc.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "plan/analyze/analyzer.h"
#include "plan/resolved/rewrite.h"
#include "plan/types/coercion.h"

namespace hearth::plan {

// Which columns each relation of the client's DataFrames has, as a tree beside the resolved one; answers
// df["a"].
struct PlanIdTree {
  std::optional<int64_t> plan_id;
  std::vector<Column> output;
  std::vector<std::shared_ptr<const PlanIdTree>> children;
};
using PlanIdTreePtr = std::shared_ptr<const PlanIdTree>;

struct SelectBlock;

struct Analyzed {
  RelationPtr relation;
  PlanIdTreePtr plan_ids;
  // Reachable by qualified name only: both sides' keys under USING and NATURAL. While there are any, the
  // relation outputs them too, and `visible` says what the query shows.
  std::vector<Column> hidden;
  std::vector<Column> visible;
  // The select list and what it was computed from, while more columns can still be asked of it (ORDER BY,
  // HAVING, filter).
  std::shared_ptr<const SelectBlock> block;

  const std::vector<Column>& output() const { return hidden.empty() ? relation->output : visible; }
};

struct GroupingKey {
  Column column;
  ExpressionPtr expression;  // over the block's input
};

// SELECT items FROM input GROUP BY keys HAVING having, in parts, so that ORDER BY and HAVING can add to it
// before it is built.
struct SelectBlock {
  Analyzed input;
  bool is_aggregate = false;
  std::vector<GroupingKey> keys;
  std::vector<std::vector<size_t>> grouping_sets;
  bool has_grouping_analytics = false;
  std::vector<NamedExpression> calls;  // AggregateCall each
  ExpressionPtr having;                // over keys and calls
  std::vector<Generate> generators;    // one above the other; their inputs are set when the block is built
  std::vector<NamedExpression> windows;
  std::vector<NamedExpression> items;
  size_t visible = 0;  // items behind these are there for ORDER BY alone
};

// Whether an item is a column of its input as it is.
inline bool PassesThrough(const NamedExpression& item) {
  const auto* source = item.expression->As<ColumnReference>();
  return source && source->id == item.column.id;
}

// A name environment for expressions. Lives on the stack of the caller.
struct Scope {
  // Searched in turn; the first that knows the name wins. Inside aggregate functions the order is reversed.
  std::vector<const Analyzed*> inputs;
  const Scope* outer = nullptr;  // the query around a subquery
  // Items to the left in the same select list; null outside select lists.
  const std::vector<NamedExpression>* lateral_aliases = nullptr;
  bool is_sort = false;                 // ORDER BY over groups
  const SelectBlock* having = nullptr;  // HAVING over this block
};

struct CteBinding {
  CteId id;
  std::string name;
  std::vector<Column> columns;
};

class Analysis {
 public:
  explicit Analysis(AnalyzeContext& context) : context_(context), resolve_context_{context.settings} {}

  base::Result<Analyzed> AnalyzeRelation(const unresolved::RelationPtr& relation, const Scope* outer);
  // The same with hidden columns still there, for callers that resolve names over it.
  base::Result<Analyzed> AnalyzeInput(const unresolved::RelationPtr& relation, const Scope* outer);
  base::Result<ExpressionPtr> AnalyzeExpression(const unresolved::ExpressionPtr& expression,
                                                const Scope& scope);

 private:
  friend class RelationAnalyzer;

  // names.cc
  base::Result<ExpressionPtr> ResolveAttribute(const unresolved::Attribute& attribute, const Scope& scope);
  base::Result<std::optional<ExpressionPtr>> FindByName(const unresolved::Name& parts, const Analyzed& input);
  base::Result<std::optional<ExpressionPtr>> FindByPlanId(const unresolved::Attribute& attribute,
                                                          const Analyzed& input);
  base::Result<std::optional<ExpressionPtr>> FindInScope(const unresolved::Attribute& attribute,
                                                         const Scope& scope);
  base::Result<ExpressionPtr> ExtractField(ExpressionPtr base, const std::string& field);
  base::Result<ExpressionPtr> ExtractFields(ExpressionPtr base, const unresolved::Name& parts, size_t from);
  base::Result<std::vector<ExpressionPtr>> ExpandStar(const unresolved::Star& star, const Scope& scope);
  base::Result<std::vector<ExpressionPtr>> ExpandRegex(const unresolved::Regex& regex, const Scope& scope);
  base::Error UnresolvedColumn(const unresolved::Name& parts, const Scope& scope);
  bool SameName(std::string_view left, std::string_view right) const;

  // expressions.cc
  base::Result<ExpressionPtr> ResolveNode(const unresolved::ExpressionPtr& expression, const Scope& scope);
  base::Result<Expressions> ResolveAll(const unresolved::Expressions& expressions, const Scope& scope);
  base::Result<ExpressionPtr> ResolveLiteral(const unresolved::Literal& literal);
  base::Result<ExpressionPtr> ResolveCast(const unresolved::Cast& cast, const Scope& scope);
  base::Result<ExpressionPtr> ResolveExtractValue(const unresolved::ExtractValue& extract,
                                                  const Scope& scope);
  base::Result<ExpressionPtr> ResolveUpdateField(const unresolved::UpdateField& update, const Scope& scope);
  base::Result<ExpressionPtr> ResolveSubquery(const unresolved::Subquery& subquery, const Scope& scope);
  base::Result<SortKey> ResolveSortOrder(const unresolved::SortOrder& order, const Scope& scope);
  SortKey MakeSortKey(ExpressionPtr expression, const unresolved::SortOrder& order) const;

  // calls.cc
  base::Status CheckPlace(const unresolved::Function& call, const Function& function,
                          const Expressions& arguments, bool over_window, const Scope& scope);
  base::Status CheckCountedStars(const unresolved::Function& call, const Scope& scope);
  base::Result<ExpressionPtr> ResolveFunction(const unresolved::Function& function, const Scope& scope);
  base::Result<ExpressionPtr> ResolveStruct(const unresolved::Function& call, const Scope& scope);
  base::Result<Expressions> ResolveArguments(const unresolved::Function& call, const Function& function,
                                             const Scope& scope);
  base::Result<unresolved::Expressions> PlaceNamedArguments(const unresolved::Function& call,
                                                            const Function& function);
  base::Result<ExpressionPtr> BindLambda(const unresolved::Lambda& lambda, const std::vector<Column>& types,
                                         const Scope& scope);
  std::optional<ExpressionPtr> LiteralFunction(const std::string& name);

  // windows.cc
  base::Result<ExpressionPtr> ResolveWindow(const unresolved::Window& window, const Scope& scope);
  base::Result<FrameBound> ResolveBound(const unresolved::FrameBound& bound,
                                        const std::vector<SortKey>& order, FrameUnit unit,
                                        const Scope& scope);

  // select.cc
  base::Result<std::vector<NamedExpression>> ResolveItems(const unresolved::Expressions& items,
                                                          const Scope& scope);
  base::Status AddItem(const unresolved::ExpressionPtr& item, const Scope& scope,
                       std::vector<NamedExpression>& items);
  NamedExpression NameItem(ExpressionPtr expression);
  base::Result<Analyzed> AnalyzeProject(const unresolved::Project& project, const Scope* outer);
  base::Result<Analyzed> FinishBlock(SelectBlock block);
  base::Result<RelationPtr> BuildBlock(const SelectBlock& block, size_t item_count);
  base::Result<RelationPtr> BuildItems(RelationPtr input, std::vector<NamedExpression> items);
  base::Status ExtractGenerator(SelectBlock& block);
  base::Status ExtractWindows(SelectBlock& block);
  base::Result<Analyzed> AnalyzeQualify(const unresolved::Filter& filter, const Scope* outer);
  base::Result<ExpressionPtr> ExtractWindowCalls(const ExpressionPtr& expression, SelectBlock& block);
  // An expression over the block's output or input as a column of the block; may add a hidden item.
  base::Result<ExpressionPtr> ColumnOfBlock(SelectBlock& block, ExpressionPtr expression);
  base::Result<Analyzed> HideExtraColumns(RelationPtr relation, const Analyzed& original);

  // grouping.cc
  base::Result<Analyzed> AnalyzeAggregate(const unresolved::Aggregate& aggregate, const Scope* outer);
  base::Result<Analyzed> AnalyzeHaving(const unresolved::Having& having, const Scope* outer);
  base::Status AddHaving(SelectBlock& block, const unresolved::ExpressionPtr& condition,
                         const Analyzed& output, const Scope* outer);
  base::Status ResolveGroups(const unresolved::Aggregate& aggregate, const Scope& scope, SelectBlock& block);
  base::Result<std::vector<std::vector<size_t>>> GroupingSetsOf(const unresolved::GroupElement& element,
                                                                const unresolved::Aggregate& aggregate,
                                                                const Scope& scope, SelectBlock& block);
  base::Result<size_t> AddKey(const unresolved::ExpressionPtr& expression,
                              const unresolved::Aggregate& aggregate, const Scope& scope, SelectBlock& block);
  base::Result<ExpressionPtr> ResolveKey(const unresolved::ExpressionPtr& expression,
                                         const unresolved::Aggregate& aggregate, const Scope& scope);
  bool IsKey(const SelectBlock& block, const ExpressionPtr& expression) const;
  size_t KeyIndex(SelectBlock& block, const ExpressionPtr& expression);
  base::Result<ExpressionPtr> OverGroups(SelectBlock& block, const ExpressionPtr& expression);
  base::Result<ExpressionPtr> ReplaceAggregates(SelectBlock& block, const ExpressionPtr& expression,
                                                base::Error& failure);
  RelationPtr BuildAggregate(const SelectBlock& block);

  // relations.cc
  base::Result<Analyzed> Dispatch(const unresolved::Relation& relation, const Scope* outer);
  base::Result<Analyzed> AnalyzeFilter(const unresolved::Filter& filter, const Scope* outer);
  base::Result<Analyzed> AnalyzeSort(const unresolved::Sort& sort, const Scope* outer);
  base::Result<std::vector<SortKey>> SortAllKeys(const unresolved::Sort& sort, const Analyzed& input);
  base::Result<int64_t> ConstantCount(const unresolved::ExpressionPtr& expression, std::string_view clause,
                                      const Analyzed& input, const Scope* outer);
  base::Result<Analyzed> AnalyzeLimit(const unresolved::Limit& limit, const Scope* outer);
  base::Result<Analyzed> AnalyzeOffset(const unresolved::Offset& offset, const Scope* outer);
  base::Result<Analyzed> AnalyzeTail(const unresolved::Tail& tail, const Scope* outer);
  base::Result<Analyzed> AnalyzeDistinct(const unresolved::Distinct& distinct, const Scope* outer);
  base::Result<Analyzed> AnalyzeDeduplicate(const unresolved::Deduplicate& deduplicate, const Scope* outer);
  base::Result<Analyzed> AnalyzeAlias(const unresolved::SubqueryAlias& alias, const Scope* outer);
  base::Result<Analyzed> AnalyzeSample(const unresolved::Sample& sample, const Scope* outer);
  base::Result<Analyzed> AnalyzeGenerate(const unresolved::Generate& generate, const Scope* outer);
  base::Result<Analyzed> AnalyzeWith(const unresolved::With& with, const Scope* outer);
  base::Result<Analyzed> AnalyzeHint(const unresolved::Hint& hint, const Scope* outer);
  base::Result<Analyzed> AnalyzeCollectMetrics(const unresolved::CollectMetrics& metrics, const Scope* outer);
  base::Result<RelationPtr> RecursiveDefinition(const unresolved::CommonTableExpression& definition,
                                                CteBinding& binding, RelationPtr& step);

  // reads.cc
  base::Result<Analyzed> AnalyzeNamedTable(const unresolved::NamedTable& table);
  base::Result<Analyzed> AnalyzeDataSource(const unresolved::DataSource& source);
  base::Result<Analyzed> AnalyzeView(const ViewInfo& view);
  base::Result<Analyzed> ScanOf(std::shared_ptr<const FileSource> source, std::vector<std::string> qualifier);
  // `aliases`: how many columns its alias names, 0 when it names none.
  base::Result<Analyzed> AnalyzeInlineTable(const unresolved::InlineTable& table, const Scope* outer,
                                            size_t aliases = 0);
  base::Result<Analyzed> AnalyzeLocalRelation(const unresolved::LocalRelation& relation);
  base::Result<Analyzed> AnalyzeRange(const unresolved::Range& range);
  base::Result<Analyzed> AnalyzeTableFunction(const unresolved::TableFunction& function, const Scope* outer);
  base::Result<Analyzed> RangeFunction(const unresolved::TableFunction& function, const Scope* outer);
  base::Result<TypePtr> SchemaFromText(const std::string& text);

  // joins.cc
  base::Result<Analyzed> AnalyzeJoin(const unresolved::Join& join, const Scope* outer);
  base::Result<Analyzed> JoinUsing(const unresolved::Join& join, Analyzed left, Analyzed right,
                                   const std::vector<std::string>& names);
  base::Result<ExpressionPtr> JoinCondition(const unresolved::ExpressionPtr& condition, const Analyzed& left,
                                            const Analyzed& right, const Scope* outer);

  // sets.cc
  static base::Status CheckComparable(const std::vector<Column>& columns);
  static base::Error NoSuchField(const std::string& name, const std::vector<Column>& columns);
  base::Result<Analyzed> AnalyzeSetOperation(const unresolved::SetOperation& operation, const Scope* outer);
  base::Result<Analyzed> CombineSets(Analyzed left, Analyzed right, SetKind kind, bool is_all);
  base::Status AlignByName(Analyzed& left, Analyzed& right, bool allow_missing);

  // time_windows.cc
  // Adds the column of the time windows that the expressions call, if any, to the input of their SELECT.
  base::Status AddTimeWindow(const unresolved::Expressions& expressions, Analyzed& input, const Scope* outer,
                             const unresolved::Aggregate* aggregate);
  base::Result<Column> AddSlidingWindow(const Expressions& arguments, Analyzed& input);
  base::Result<Column> AddSessionWindow(const Expressions& arguments, Analyzed& input, const Scope* outer,
                                        const unresolved::Aggregate* aggregate);

  // columns.cc
  base::Result<Analyzed> AnalyzeToDataFrame(const unresolved::ToDataFrame& to, const Scope* outer);
  base::Result<Analyzed> AnalyzeRenameColumns(const unresolved::RenameColumns& rename, const Scope* outer);
  base::Result<Analyzed> AnalyzeDropColumns(const unresolved::DropColumns& drop, const Scope* outer);
  base::Result<Analyzed> AnalyzeWithColumns(const unresolved::WithColumns& with, const Scope* outer);
  base::Result<Analyzed> AnalyzeToSchema(const unresolved::ToSchema& to, const Scope* outer);
  base::Result<Analyzed> AnalyzeFillNulls(const unresolved::FillNulls& fill, const Scope* outer);
  base::Result<Analyzed> AnalyzeDropNulls(const unresolved::DropNulls& drop, const Scope* outer);
  base::Result<Analyzed> AnalyzeReplaceValues(const unresolved::ReplaceValues& replace, const Scope* outer);
  base::Result<Column> FindOutputColumn(const Analyzed& input, const std::string& name);
  // The input with some columns recomputed: replacement null keeps the column.
  base::Result<Analyzed> ProjectOver(const Analyzed& input, std::vector<NamedExpression> items);

  // pivots.cc
  base::Result<Analyzed> AnalyzePivot(const unresolved::Pivot& pivot, const Scope* outer);
  base::Result<Analyzed> AnalyzeUnpivot(const unresolved::Unpivot& unpivot, const Scope* outer);
  // The distinct values of the pivot column, sorted, as pivot values.
  base::Result<std::vector<unresolved::PivotValue>> DistinctPivotValues(const Analyzed& input,
                                                                        const ExpressionPtr& column);
  // What a transpose reads: the index as text, then the other columns under one type, by index.
  base::Result<RelationPtr> TransposeSource(const Analyzed& input, const ExpressionPtr& index,
                                            const std::vector<Column>& others);
  base::Result<Analyzed> AnalyzeTranspose(const unresolved::Transpose& transpose, const Scope* outer);

  // statistics.cc
  base::Result<Analyzed> AnalyzeSummary(const unresolved::Summary& summary, const Scope* outer);
  base::Result<Analyzed> AnalyzeDescribe(const unresolved::Describe& describe, const Scope* outer);
  base::Result<Analyzed> AnalyzeStatistic(const unresolved::Statistic& statistic, const Scope* outer);

  base::Result<Analyzed> AnalyzeQuantiles(const unresolved::Statistic& statistic, const Scope* outer);
  base::Result<Analyzed> AnalyzeFrequentItems(const unresolved::Statistic& statistic, const Scope* outer);
  base::Result<Analyzed> AnalyzeSampleBy(const unresolved::Statistic& statistic, const Scope* outer);
  base::Result<Analyzed> AnalyzeCrosstab(const unresolved::Statistic& statistic, const Scope* outer);

  // shows.cc
  base::Result<Analyzed> AnalyzeShowString(const unresolved::ShowString& show, const Scope* outer);

  // Shared small pieces.
  ColumnId NextId() { return ++last_id_; }
  Column NewColumn(std::string name, TypePtr type, bool nullable) {
    return Column{NextId(), std::move(name), std::move(type), nullable, {}, {}};
  }
  Analyzed Wrap(RelationPtr relation, std::vector<PlanIdTreePtr> children = {}) const;
  // A filter condition of boolean type, without aggregates, windows and generators.
  base::Result<ExpressionPtr> Condition(ExpressionPtr expression, std::string_view clause);
  base::Result<ExpressionPtr> Call(std::string_view name, Expressions arguments) {
    return ResolveCall(name, std::move(arguments), resolve_context_);
  }
  const AnalysisSettings& settings() const { return context_.settings; }

  AnalyzeContext& context_;
  Catalog* catalog_ = &context_.catalog;  // a view may look names up elsewhere
  ResolveContext resolve_context_;
  ColumnId last_id_ = 0;
  CteId last_cte_ = 0;
  int depth_ = 0;
  int view_depth_ = 0;
  int in_aggregate_ = 0;
  int in_window_ = 0;
  bool is_window_function_ = false;  // the next function to resolve stands directly before OVER
  const unresolved::Expression* generator_place_ = nullptr;    // the one expression that may be a generator
  std::vector<std::map<std::string, CteBinding>> cte_scopes_;  // innermost last; keys lower case
  std::vector<std::vector<std::pair<std::string, ExpressionPtr>>> lambda_scopes_;
  std::map<int64_t, unresolved::RelationPtr> references_;       // WithRelations, by plan id
  std::map<const unresolved::Function*, Column> time_windows_;  // calls that stand for a column of the input
  ColumnId window_column_ = 0;  // that column in the SELECT block being resolved: no star shows it
};

std::string LowerCase(std::string_view text);
// The common type where text is not made of anything else: rows of VALUES, values of UNPIVOT.
std::optional<TypePtr> CommonTypeWithoutText(const std::vector<TypePtr>& types,
                                             const AnalysisSettings& settings);

}  // namespace hearth::plan
