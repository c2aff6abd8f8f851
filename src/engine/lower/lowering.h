// The resolved tree as a DuckDB query tree. Nothing is decided here about names, types or nulls.
//
// Every column is called c<id>. A relation is lowered to one of two forms: a source (FROM and WHERE, its
// columns reachable by name) or a query (a whole SELECT). Sources of inner joins stay flat, so that DuckDB's
// join ordering sees one join tree; a SELECT in FROM is a wall to it.
#pragma once

#include <duckdb.hpp>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "duckdb/parser/tableref.hpp"
#include "engine/functions/registry.h"
#include "plan/resolved/tree.h"

namespace hearth::engine {

using QueryNodePtr = duckdb::unique_ptr<duckdb::QueryNode>;
using TableRefPtr = duckdb::unique_ptr<duckdb::TableRef>;
using SelectPtr = duckdb::unique_ptr<duckdb::SelectStatement>;

// Things that a lowered plan points at by address; they live as long as its query runs.
using Resources = std::vector<std::shared_ptr<const void>>;

struct LoweredPlan {
  SelectPtr statement;  // columns in the order of the relation's output, called c<id>
  Resources resources;
};

// Lowers one plan, then is spent.
class Lowering {
 public:
  explicit Lowering(const LowerSettings& settings) : settings_(settings) {}
  Lowering(const Lowering&) = delete;

  base::Result<LoweredPlan> Lower(const plan::Relation& relation);
  // The same with other names for the output columns (a writer wants Spark's).
  base::Result<LoweredPlan> Lower(const plan::Relation& relation, const std::vector<std::string>& names);

 private:
  struct Lowered {
    TableRefPtr from;         // source form when set
    ParsedExpressions where;  // with the source form
    QueryNodePtr node;        // query form when set
  };

  // relations.cc
  base::Result<Lowered> LowerRelation(const plan::Relation& relation);
  Lowered ToSource(Lowered lowered);
  QueryNodePtr ToQuery(Lowered lowered, const std::vector<plan::Column>& columns);
  QueryNodePtr Exactly(Lowered lowered, const std::vector<plan::Column>& columns);
  TableRefPtr AsTable(QueryNodePtr node, const std::vector<std::string>& column_names = {});
  duckdb::unique_ptr<duckdb::SelectNode> Select(Lowered source);
  ParsedPtr Column(const plan::Column& column);
  std::string NextTableName();

  base::Result<Lowered> LowerOneRow();
  base::Result<Lowered> LowerProject(const plan::Project& project);
  base::Result<Lowered> LowerFilter(const plan::Filter& filter);
  base::Result<Lowered> LowerSort(const plan::Relation& relation, const plan::Sort& sort);
  base::Result<Lowered> LowerLimit(const plan::Relation& relation, const plan::Limit& limit);
  base::Result<Lowered> LowerTail(const plan::Relation& relation, const plan::Tail& tail);
  base::Result<Lowered> LowerSetOperation(const plan::Relation& relation,
                                          const plan::SetOperation& operation);
  base::Result<Lowered> LowerDistinct(const plan::Relation& relation, const plan::Distinct& distinct);
  base::Result<Lowered> LowerDeduplicate(const plan::Relation& relation,
                                         const plan::Deduplicate& deduplicate);
  base::Result<Lowered> LowerSample(const plan::Relation& relation, const plan::Sample& sample);
  base::Result<Lowered> LowerWith(const plan::With& with);
  base::Result<Lowered> LowerCteReference(const plan::Relation& relation,
                                          const plan::CteReference& reference);

  // join.cc
  base::Result<Lowered> LowerJoin(const plan::Join& join);
  // aggregate.cc
  base::Result<Lowered> LowerAggregate(const plan::Aggregate& aggregate);
  base::Result<ParsedPtr> LowerAggregateCall(const plan::Expression& expression,
                                             const plan::AggregateCall& call, const WindowClause* window);
  // window.cc
  base::Result<Lowered> LowerWindow(const plan::Window& window);
  base::Result<ParsedPtr> LowerWindowCall(const plan::Expression& expression, const plan::WindowCall& call);
  base::Result<ParsedPtr> LowerWindowFunction(const plan::Expression& expression, const plan::Call& call,
                                              const WindowClause& clause);
  base::Result<WindowClause> LowerWindowClause(const plan::WindowCall& call);
  // generate.cc
  base::Result<Lowered> LowerGenerate(const plan::Generate& generate);
  // scan.cc
  // From here on the columns stand under their own names, whatever renamed them below.
  void GiveOwnNames(const std::vector<plan::Column>& columns);
  // A relation of its columns and no rows.
  Lowered LowerNoRows(const plan::Relation& relation);
  base::Result<Lowered> LowerFileScan(const plan::Relation& relation, const plan::FileScan& scan);
  base::Result<Lowered> LowerLocalRows(const plan::Relation& relation, const plan::LocalRows& rows);
  base::Result<Lowered> LowerInlineRows(const plan::Relation& relation, const plan::InlineRows& rows);
  base::Result<Lowered> LowerRange(const plan::Relation& relation, const plan::Range& range);

  // expressions.cc
  base::Result<ParsedPtr> LowerExpression(const plan::Expression& expression);
  base::Result<ParsedExpressions> LowerAll(const plan::Expressions& expressions);
  base::Result<ParsedPtr> LowerCall(const plan::Expression& expression, const plan::Call& call);
  base::Result<ParsedPtr> LowerConjunction(const plan::Expression& expression, const plan::Call& call);
  base::Result<ParsedPtr> LowerLambda(const plan::Lambda& lambda);
  base::Result<duckdb::vector<duckdb::OrderByNode>> LowerOrder(const std::vector<plan::SortKey>& keys);
  // subquery.cc
  base::Result<ParsedPtr> LowerSubquery(const plan::Subquery& subquery);
  base::Result<ParsedPtr> LowerMembership(const plan::Subquery& subquery, bool negated, bool in_filter);
  base::Result<ParsedPtr> LowerRowMembership(const plan::Subquery& subquery, bool negated);
  base::Result<ParsedPtr> LowerCondition(const plan::Expression& expression);
  // The id under which the column stands in the lowered query.
  plan::ColumnId Resolve(plan::ColumnId id) const;

  const LowerSettings settings_;
  // Columns that a projection only renamed, by new id: such a projection is not lowered at all.
  std::unordered_map<plan::ColumnId, plan::ColumnId> renames_;
  Resources resources_;
  bool reads_files_ = false;
  bool names_files_ = false;  // input_file_name() or its kin is called
  int next_table_ = 0;
};

// The IN (SELECT ...) below a NOT; null when the call is anything else.
const plan::Subquery* NegatedMembership(const plan::Call& call);

}  // namespace hearth::engine
