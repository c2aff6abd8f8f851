// Reads one Connect message into the unresolved tree. One Reader per plan: it carries how deep the message
// has nested and the subplans that subquery expressions name.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/from_sql/from_sql.h"
#include "plan/unresolved/command.h"
#include "plan/unresolved/tree.h"
#include "spark/connect/commands.pb.h"
#include "spark/connect/relations.pb.h"

namespace hearth::plan::from_connect {

namespace proto = ::spark::connect;

template <typename T>
using Repeated = google::protobuf::RepeatedPtrField<T>;

class Reader {
 public:
  explicit Reader(const SqlOptions& options) : options_(options) {}

  // A message nested deeper than this is refused: reading recurses.
  static constexpr int kMaximumDepth = 1000;

  base::Result<unresolved::RelationPtr> Relation(const proto::Relation& message);
  base::Result<unresolved::ExpressionPtr> Expression(const proto::Expression& message);
  base::Result<unresolved::Command> Command(const proto::Command& message);
  // A relation that is SQL text at its root, alone or with named DataFrames: the query or the command that
  // the text is.
  base::Result<unresolved::Statement> Statement(const proto::Relation& message);

 private:
  using RelationResult = base::Result<unresolved::RelationPtr>;
  using ExpressionResult = base::Result<unresolved::ExpressionPtr>;
  template <typename Node>
  unresolved::RelationPtr Make(Node node) {
    return unresolved::MakeRelation(std::move(node));
  }

  RelationResult RelationByKind(const proto::Relation& message);

  // relations.cc
  RelationResult Read(const proto::Project& message);
  RelationResult Read(const proto::Filter& message);
  RelationResult Read(const proto::Sort& message);
  RelationResult Read(const proto::Limit& message);
  RelationResult Read(const proto::Offset& message);
  RelationResult Read(const proto::Tail& message);
  RelationResult Read(const proto::Sample& message);
  RelationResult Read(const proto::WithWatermark& message);
  RelationResult Read(const proto::Deduplicate& message);
  RelationResult Read(const proto::SubqueryAlias& message);
  RelationResult Read(const proto::Repartition& message);
  RelationResult Read(const proto::RepartitionByExpression& message);
  RelationResult Read(const proto::ShowString& message);
  RelationResult Read(const proto::HtmlString& message);
  RelationResult Read(const proto::Hint& message);
  RelationResult Read(const proto::CollectMetrics& message);
  RelationResult Read(const proto::Transpose& message);
  RelationResult Read(const proto::WithRelations& message);
  RelationResult Read(const proto::Unpivot& message);

  // columns.cc: what changes columns
  RelationResult Read(const proto::ToDF& message);
  RelationResult Read(const proto::ToSchema& message);
  RelationResult Read(const proto::WithColumns& message);
  RelationResult Read(const proto::WithColumnsRenamed& message);
  RelationResult Read(const proto::Drop& message);

  // sources.cc
  RelationResult Read(const proto::Read& message);
  RelationResult Read(const proto::LocalRelation& message);
  RelationResult Read(const proto::CachedLocalRelation& message);
  RelationResult Read(const proto::ChunkedCachedLocalRelation& message);
  RelationResult Read(const proto::Range& message);
  RelationResult Read(const proto::SQL& message);
  base::Result<unresolved::Statement> Parse(const proto::SQL& message);
  RelationResult Read(const proto::UnresolvedTableValuedFunction& message);
  RelationResult Read(const proto::Parse& message);

  // joins.cc
  RelationResult Read(const proto::Join& message);
  RelationResult Read(const proto::LateralJoin& message);
  RelationResult Read(const proto::SetOperation& message);
  RelationResult Read(const proto::Zip& message);

  // aggregates.cc
  RelationResult Read(const proto::Aggregate& message);
  RelationResult Pivot(const proto::Aggregate& message, unresolved::RelationPtr input);

  // statistics.cc
  RelationResult Read(const proto::NAFill& message);
  RelationResult Read(const proto::NADrop& message);
  RelationResult Read(const proto::NAReplace& message);
  RelationResult Read(const proto::StatSummary& message);
  RelationResult Read(const proto::StatDescribe& message);
  RelationResult Read(const proto::StatCrosstab& message);
  RelationResult Read(const proto::StatCov& message);
  RelationResult Read(const proto::StatCorr& message);
  RelationResult Read(const proto::StatApproxQuantile& message);
  RelationResult Read(const proto::StatFreqItems& message);
  RelationResult Read(const proto::StatSampleBy& message);

  // catalog.cc
  RelationResult Read(const proto::Catalog& message);

  // expressions.cc, functions.cc, window.cc
  ExpressionResult ExpressionByKind(const proto::Expression& message);
  ExpressionResult Read(const proto::Expression::UnresolvedAttribute& message);
  ExpressionResult Read(const proto::Expression::UnresolvedStar& message);
  ExpressionResult Read(const proto::Expression::UnresolvedRegex& message);
  ExpressionResult Read(const proto::Expression::UnresolvedFunction& message);
  ExpressionResult Read(const proto::Expression::Alias& message);
  ExpressionResult Read(const proto::Expression::Cast& message);
  ExpressionResult Read(const proto::Expression::LambdaFunction& message);
  ExpressionResult Read(const proto::Expression::Window& message);
  ExpressionResult Read(const proto::Expression::UnresolvedExtractValue& message);
  ExpressionResult Read(const proto::Expression::UpdateFields& message);
  ExpressionResult Read(const proto::Expression::UnresolvedNamedLambdaVariable& message);
  ExpressionResult Read(const proto::CommonInlineUserDefinedFunction& message);
  ExpressionResult Read(const proto::CallFunction& message);
  ExpressionResult Read(const proto::NamedArgumentExpression& message);
  ExpressionResult Read(const proto::SubqueryExpression& message);
  base::Result<unresolved::SortOrder> Read(const proto::Expression::SortOrder& message);
  base::Result<std::vector<unresolved::SortOrder>> Orders(
      const Repeated<proto::Expression::SortOrder>& messages);
  base::Result<unresolved::FrameBound> Bound(
      const proto::Expression::Window::WindowFrame::FrameBoundary& message, bool is_lower);
  base::Result<unresolved::Frame> Frame(const proto::Expression::Window::WindowFrame& message);
  base::Result<unresolved::Expressions> List(const Repeated<proto::Expression>& messages);

  // commands.cc
  base::Result<unresolved::Command> Read(const proto::WriteOperation& message);
  base::Result<unresolved::Command> Read(const proto::WriteOperationV2& message);
  base::Result<unresolved::Command> Read(const proto::CreateDataFrameViewCommand& message);

  const SqlOptions& options_;
  int depth_ = 0;
  // Plans that subquery expressions refer to, by plan id: the references of the WithRelations around them.
  std::map<int64_t, unresolved::RelationPtr> references_;
};

// literals.cc. Errors: CONNECT_INVALID_PLAN and its sub-conditions.
base::Result<unresolved::ExpressionPtr> ReadLiteral(const proto::Expression::Literal& message);
base::Result<unresolved::Expressions> ReadLiterals(const Repeated<proto::Expression::Literal>& messages);

// attribute_name.cc. "a.`b.c`" as Spark splits a DataFrame's column name: at dots outside of backquotes,
// nothing else is special. Error: INVALID_ATTRIBUTE_NAME_SYNTAX.
base::Result<unresolved::Name> ParseAttributeName(std::string_view text);

// What a message breaks: CONNECT_INVALID_PLAN.<sub-condition>.
base::Error InvalidPlan(std::string_view condition, std::string message,
                        std::map<std::string, std::string> parameters = {});

template <typename Map>
unresolved::Options ReadOptions(const Map& map) {
  return {map.begin(), map.end()};
}

inline std::vector<std::string> Strings(const Repeated<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

}  // namespace hearth::plan::from_connect
