// Turns one parsed text into the unresolved tree. Parsing checked the grammar; the rules that Spark applies
// while it builds its own tree are applied here: literals get their values, operators their function names,
// clauses their order.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/from_sql/from_sql.h"
#include "sql/syntax/definition.h"
#include "sql/syntax/expression.h"
#include "sql/syntax/manipulation.h"
#include "sql/syntax/query.h"
#include "sql/syntax/relation.h"
#include "sql/syntax/statement.h"

namespace hearth::plan::from_sql {

// The statement's text, and the stretches that errors point at.
class SourceText {
 public:
  explicit SourceText(std::string_view text);
  base::QueryContext At(const sql::Location& location) const;
  std::string Fragment(const sql::Location& location) const;

 private:
  size_t ByteOf(int character) const;

  std::shared_ptr<const std::string> text_;
  std::vector<uint32_t> byte_of_character_;  // empty when every character is one byte
};

// types.cc. Errors: DATATYPE_MISSING_SIZE, DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION and the like.
base::Result<TypePtr> ConvertType(const sql::DataType& type, bool timestamp_ntz_default);
base::Result<std::vector<Field>> ConvertFields(const std::vector<sql::StructField>& fields,
                                               bool timestamp_ntz_default);

// STRING in place of CHAR and VARCHAR, at any depth.
TypePtr WithoutLengths(const TypePtr& type);

class Converter {
 public:
  using RelationResult = base::Result<unresolved::RelationPtr>;
  using ExpressionResult = base::Result<unresolved::ExpressionPtr>;
  using CommandResult = base::Result<unresolved::Command>;

  Converter(std::string_view text, const SqlOptions& options) : source_(text), options_(options) {}

  // Levels of nesting that are converted; deeper text is refused. Chains of operators and of UNION count one
  // level each.
  static constexpr int kMaximumDepth = 1000;

  RelationResult Query(const sql::Query& query);
  ExpressionResult Expression(const sql::Expression& expression);
  base::Result<unresolved::Statement> Statement(const sql::Statement& statement);

 private:
  // ---- expressions.cc
  ExpressionResult ByKind(const sql::Expression& expression);
  base::Result<unresolved::Expressions> List(const std::vector<sql::ExpressionPointer>& expressions);
  ExpressionResult Convert(const sql::ColumnExpression& node);
  ExpressionResult Convert(const sql::StarExpression& node);
  ExpressionResult Convert(const sql::AliasExpression& node);
  ExpressionResult Convert(const sql::CastExpression& node);
  ExpressionResult Convert(const sql::LambdaExpression& node);
  ExpressionResult Convert(const sql::RowExpression& node);
  ExpressionResult Convert(const sql::SubscriptExpression& node);
  ExpressionResult Convert(const sql::FieldAccessExpression& node);
  ExpressionResult Convert(const sql::SemiStructuredExtractExpression& node);
  ExpressionResult Convert(const sql::CollateExpression& node);
  ExpressionResult Convert(const sql::ParameterExpression& node);
  ExpressionResult Convert(const sql::IdentifierClauseExpression& node);
  ExpressionResult Convert(const sql::InSubqueryExpression& node);
  ExpressionResult Convert(const sql::ExistsExpression& node);
  ExpressionResult Convert(const sql::ScalarSubqueryExpression& node);
  ExpressionResult Convert(const sql::NamedArgumentExpression& node);
  ExpressionResult Convert(const sql::TableArgumentExpression& node);

  // ---- operators.cc
  ExpressionResult Convert(const sql::UnaryExpression& node);
  ExpressionResult Convert(const sql::BinaryExpression& node);
  ExpressionResult Convert(const sql::BetweenExpression& node);
  ExpressionResult Convert(const sql::InExpression& node);
  ExpressionResult Convert(const sql::LikeExpression& node);
  ExpressionResult Convert(const sql::LikeQuantifiedExpression& node);
  ExpressionResult Convert(const sql::IsExpression& node);
  ExpressionResult Convert(const sql::CaseExpression& node);
  unresolved::ExpressionPtr Operator(const sql::Expression& node, std::string name,
                                     unresolved::Expressions arguments);
  unresolved::ExpressionPtr NegatedIf(bool negated, const sql::Expression& node,
                                      unresolved::ExpressionPtr expression);

  // ---- functions.cc
  ExpressionResult Convert(const sql::FunctionCallExpression& node);
  ExpressionResult Convert(const sql::ExtractExpression& node);
  ExpressionResult Convert(const sql::SubstringExpression& node);
  ExpressionResult Convert(const sql::TrimExpression& node);
  ExpressionResult Convert(const sql::PositionExpression& node);
  ExpressionResult Convert(const sql::OverlayExpression& node);
  ExpressionResult Convert(const sql::TimestampAddExpression& node);
  ExpressionResult Convert(const sql::TimestampDiffExpression& node);
  ExpressionResult Over(unresolved::ExpressionPtr function, const sql::WindowSpecification& specification);
  base::Result<const sql::WindowSpecification*> FindWindow(const sql::WindowSpecification& specification);
  base::Result<unresolved::Frame> ConvertFrame(const sql::WindowFrame& frame);
  base::Result<unresolved::FrameBound> ConvertBound(const sql::FrameBound& bound);
  base::Result<unresolved::SortOrder> Order(const sql::SortItem& item);
  base::Result<std::vector<unresolved::SortOrder>> Orders(const std::vector<sql::SortItem>& items);

  // ---- literals.cc
  ExpressionResult Convert(const sql::LiteralExpression& node);
  ExpressionResult Convert(const sql::IntervalExpression& node);
  ExpressionResult Typed(const sql::LiteralExpression& node);
  ExpressionResult UnitInterval(const sql::IntervalExpression& node);
  ExpressionResult FieldInterval(const sql::IntervalExpression& node);
  ExpressionResult TextInterval(const sql::LiteralExpression& node);

  // ---- queries.cc, select.cc, pipes.cc
  RelationResult Term(const sql::QueryTerm& term);
  RelationResult Convert(const sql::SelectTerm& term);
  RelationResult Convert(const sql::SetOperationTerm& term);
  RelationResult Convert(const sql::PipeTerm& term);
  RelationResult Select(const sql::SelectTerm& term, unresolved::RelationPtr from);
  RelationResult With(const std::vector<sql::CommonTableExpression>& definitions, bool is_recursive,
                      unresolved::RelationPtr body);
  RelationResult Organize(const sql::QueryOrganization& organization, unresolved::RelationPtr input);
  RelationResult Hinted(const std::vector<sql::Hint>& hints, unresolved::RelationPtr input);
  base::Result<std::vector<unresolved::GroupElement>> Groups(const sql::GroupByClause& clause);
  base::Result<unresolved::GroupElement> Analytics(const sql::GroupingAnalyticsExpression& node);
  RelationResult PipeAggregate(const sql::PipeTerm& term, unresolved::RelationPtr input);
  RelationResult PipeSet(const sql::PipeTerm& term, unresolved::RelationPtr input);
  static unresolved::RelationPtr Closed(unresolved::RelationPtr input);
  RelationResult PipeRelation(const sql::Relation& relation, unresolved::RelationPtr input);

  // ---- relations.cc, pivots.cc
  RelationResult Relation(const sql::Relation& relation);
  RelationResult Convert(const sql::TableRelation& relation);
  RelationResult Convert(const sql::SubqueryRelation& relation);
  RelationResult Convert(const sql::ParenthesizedRelation& relation);
  RelationResult Convert(const sql::InlineTableRelation& relation);
  RelationResult Convert(const sql::TableFunctionRelation& relation);
  RelationResult Convert(const sql::LateralViewRelation& relation);
  RelationResult Join(const sql::JoinRelation& relation, unresolved::RelationPtr left);
  RelationResult Pivot(const sql::PivotRelation& relation, unresolved::RelationPtr input);
  RelationResult Unpivot(const sql::UnpivotRelation& relation, unresolved::RelationPtr input);
  RelationResult Sampled(const std::optional<sql::TableSample>& sample, unresolved::RelationPtr input);
  unresolved::RelationPtr Aliased(const std::optional<sql::TableAlias>& alias, unresolved::RelationPtr input);

  // ---- names.cc: names, IDENTIFIER(…) and constants that must be known at once
  base::Result<unresolved::Name> ObjectName(const sql::ObjectName& name);
  base::Result<std::string> ConstantText(const sql::Expression& expression);
  base::Result<unresolved::Options> Options(const std::vector<sql::Option>& options);
  ExpressionResult Argument(const sql::ParameterExpression& node);

  // ---- statements.cc, statements_define.cc, statements_show.cc, statements_change.cc
  base::Result<std::optional<unresolved::Command>> SessionStatement(const sql::Statement& statement);
  base::Result<std::optional<unresolved::Command>> DefiningStatement(const sql::Statement& statement);
  base::Result<std::optional<unresolved::Command>> ShowingStatement(const sql::Statement& statement);
  base::Result<std::optional<unresolved::Command>> ChangingStatement(const sql::Statement& statement);
  // ALTER, TRUNCATE, ANALYZE, DELETE, UPDATE, MERGE.
  base::Result<std::optional<unresolved::Command>> AlteringStatement(const sql::Statement& statement);
  CommandResult Convert(const sql::AlterTableStatement& statement);
  CommandResult Convert(const sql::SetTimeZoneStatement& statement);
  CommandResult Convert(const sql::CreateTableStatement& statement);
  CommandResult Convert(const sql::CreateViewStatement& statement);
  CommandResult Convert(const sql::CreateViewUsingStatement& statement);
  CommandResult Convert(const sql::InsertStatement& statement);
  CommandResult Convert(const sql::InsertDirectoryStatement& statement);
  CommandResult Convert(const sql::ShowStatement& statement);
  CommandResult Convert(const sql::CacheTableStatement& statement);
  base::Status TableColumns(const sql::CreateTableStatement& statement, unresolved::CreateTable& table);

  template <typename Node>
  unresolved::ExpressionPtr Make(Node node, const sql::Expression& place) {
    return unresolved::Make(std::move(node), source_.At(place.location));
  }
  unresolved::ExpressionPtr Call(const sql::Expression& place, std::string name,
                                 unresolved::Expressions arguments) {
    return Make(unresolved::Function{.name = {std::move(name)}, .arguments = std::move(arguments)}, place);
  }
  // An error that points at the place, unless it points somewhere already.
  base::Error At(const sql::Location& location, base::Error error) const;
  base::Error ParseError(const sql::Location& location, std::string condition, std::string message,
                         std::map<std::string, std::string> parameters = {}) const;
  base::Error TooDeep(const sql::Location& location) const;
  bool IsLambdaParameter(std::string_view name) const;

  SourceText source_;
  const SqlOptions& options_;
  int depth_ = 0;
  // The WINDOW clauses in reach, innermost last.
  std::vector<const std::vector<sql::NamedWindow>*> windows_;
  // Names of the lambda parameters around the expression, in lower case.
  std::vector<std::string> lambda_parameters_;
};

// Restores a value at the end of a scope.
template <typename T>
class Restored {
 public:
  explicit Restored(T& place) : place_(place), saved_(place) {}
  ~Restored() { place_ = std::move(saved_); }
  Restored(const Restored&) = delete;
  Restored& operator=(const Restored&) = delete;

 private:
  T& place_;
  T saved_;
};

std::string LowerCase(std::string_view text);
// ORDER BY ALL and GROUP BY ALL are one word that the grammar takes for a column.
bool IsAll(const sql::Expression& expression);
std::vector<std::string> Texts(const std::vector<sql::Identifier>& identifiers);

}  // namespace hearth::plan::from_sql
