// The recursive-descent parser. Private to src/sql/parse: callers use sql/parser.h.
//
// Errors: the first one is kept in `error_` and the parser then sees nothing but the end of input, so every
// loop ends and every node comes out null. Methods therefore need no check after each step, only where they
// look into a child. The entry points turn the kept error into a value.
//
// Keywords: without reserved_keywords nearly every keyword is an identifier too. Spark's generated parser
// tries all readings; here a keyword counts as the start of its clause only when the next tokens can go on
// with that clause (StartsClause, StartsQuery, CanStartExpression), else as a name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/lexer/lexer.h"
#include "sql/lexer/text_map.h"
#include "sql/parser.h"

namespace hearth::sql {

// YEAR, MONTH, DAY, HOUR, MINUTE, SECOND.
std::optional<IntervalField> IntervalFieldOf(TokenKind kind);

class Parser {
 public:
  // `text` and `options` must outlive the parser.
  Parser(std::string_view text, std::vector<Token> tokens, const ParserOptions& options);

  StatementPointer SingleStatement();
  QueryPointer SingleQuery();
  ExpressionPointer SingleExpression();
  DataTypePointer SingleDataType();
  std::vector<StructField> SingleTableSchema();
  MultipartName SingleMultipartIdentifier();

  bool failed() const { return error_ != nullptr; }
  std::unique_ptr<base::Error> TakeError() { return std::move(error_); }

 private:
  // ---- tokens (parser_core.cc)
  const Token& Peek(std::size_t ahead = 0) const;
  TokenKind Kind(std::size_t ahead = 0) const { return Peek(ahead).kind; }
  bool At(TokenKind kind, std::size_t ahead = 0) const { return Kind(ahead) == kind; }
  template <typename... Kinds>
  bool AtAny(TokenKind first, Kinds... more) const {
    const TokenKind kind = Kind();
    return kind == first || ((kind == more) || ...);
  }
  std::string_view TokenText(std::size_t ahead = 0) const;
  void Advance();
  bool Accept(TokenKind kind);
  bool Accept(TokenKind first, TokenKind second);
  bool Expect(TokenKind kind);
  // The statement ends here: only the end of input may follow.
  void ExpectEnd();

  // ---- places
  std::size_t Mark() const { return position_; }
  Location LocationFrom(std::size_t mark) const;
  std::string TextFrom(std::size_t mark) const;
  template <typename T>
  static NodePointer<T> New() {
    return std::make_unique<T>();
  }
  // Closes a node that began at the token `mark`; null once the parser has failed.
  template <typename T>
  NodePointer<T> Finish(NodePointer<T> node, std::size_t mark) {
    if (failed()) return nullptr;
    node->location = LocationFrom(mark);
    return node;
  }

  // ---- errors
  void Fail(base::Error error);
  // A condition of Spark's catalogue, with the place from `mark` to here.
  void Fail(std::string condition, std::string message, std::map<std::string, std::string> parameters,
            std::size_t mark);
  // PARSE_SYNTAX_ERROR at the current token. `expected` is for our message: "an expression"; `hint` is
  // Spark's parameter.
  void FailSyntax(std::string_view expected, std::string hint = {});
  void FailNotImplemented(std::string_view thing);
  std::string SyntaxMessage(std::string_view what, const Location& location) const;

  // Counts a level of nesting; false when the text is nested too deeply or the stack is nearly used up.
  class Nesting {
   public:
    explicit Nesting(Parser* parser);
    ~Nesting() { --parser_->depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    Parser* parser_;
  };
  // Counts a link of a chain that makes the tree deeper to the left.
  bool CheckChain(int length);
  void FailTooComplex(std::string_view what);

  // ---- names (parser_core.cc)
  bool IsIdentifier(std::size_t ahead = 0) const;
  bool IsStrictIdentifier(std::size_t ahead = 0) const;
  Identifier ParseIdentifier();
  Identifier ParseStrictIdentifier();
  Identifier TakeIdentifier();
  // With Spark's own error for `a-b`, which wants quotes.
  Identifier ParseErrorCapturingIdentifier();
  void CheckHyphenatedName(std::size_t mark);
  MultipartName ParseMultipartName();
  std::vector<MultipartName> ParseMultipartNameList();
  ObjectName ParseObjectName();
  std::vector<Identifier> ParseIdentifierSequence();
  std::vector<Identifier> ParseIdentifierList();
  bool IsStringLiteral(std::size_t ahead = 0) const;
  // One or more adjacent string literals, joined.
  std::string ParseString();
  int ParseIntegerValue();
  bool WordIs(std::string_view upper_case, std::size_t ahead = 0) const;

  // ---- what may follow (parser_core.cc)
  bool CanStartExpression(std::size_t ahead = 0) const;
  bool StartsClause(std::size_t ahead = 0, bool look_further = true) const;
  bool StartsQuery(std::size_t ahead = 0) const;
  // NOT; a `!` in its place is an error of its own.
  bool AcceptNot();
  // `|` in the place of `|>`.
  bool AtSinglePipeOperator() const;
  // The first token behind any run of left parentheses.
  std::size_t BehindParentheses(std::size_t ahead = 0) const;

  // ---- expressions (parse_expression.cc)
  // The beginning of an expression that a caller has already read.
  struct Seed {
    ExpressionPointer node;
    bool is_primary = false;  // else it is a whole value expression
    std::size_t mark = 0;
  };
  ExpressionPointer ParseExpression(Seed* seed = nullptr);
  ExpressionPointer ParseNamedExpression(Seed* seed = nullptr);
  std::vector<ExpressionPointer> ParseExpressionSequence();
  std::vector<ExpressionPointer> ParseNamedExpressionSequence();
  ExpressionPointer ParseAlias(ExpressionPointer child, std::size_t mark);
  ExpressionPointer ParseOr(Seed* seed);
  ExpressionPointer ParseAnd(Seed* seed);
  ExpressionPointer ParseNot(Seed* seed);
  ExpressionPointer ParsePredicated(Seed* seed);
  ExpressionPointer ParsePredicate(ExpressionPointer value);
  ExpressionPointer ParseBetween(ExpressionPointer value, bool negated, std::size_t mark);
  ExpressionPointer ParseIn(ExpressionPointer value, bool negated, std::size_t mark);
  ExpressionPointer ParseLike(ExpressionPointer value, bool negated, std::size_t mark);
  ExpressionPointer ParseIs(ExpressionPointer value, std::size_t mark);
  ExpressionPointer ParseValue(int minimum_precedence = 1, Seed* seed = nullptr);
  ExpressionPointer ParseUnary();
  ExpressionPointer Balance(BinaryOperator op, std::vector<ExpressionPointer>* operands, std::size_t low,
                            std::size_t high);

  // ---- primary expressions (parse_primary.cc, parse_function.cc)
  ExpressionPointer ParsePrimary(Seed* seed = nullptr);
  ExpressionPointer ParsePostfix(ExpressionPointer base, std::size_t mark);
  ExpressionPointer ParsePrimaryBase();
  ExpressionPointer ParseSpecialForm();
  ExpressionPointer ParseWordOrCall();
  ExpressionPointer ParseStar();
  void ParseStarExcept(StarExpression* star);
  ExpressionPointer ParseIdentifierClause();
  ExpressionPointer ParseCase();
  ExpressionPointer ParseCast();
  ExpressionPointer ParseExists();
  ExpressionPointer ParseLambda();
  bool AtLambdaParameters() const;
  ExpressionPointer ParseParameter();
  void ParseSemiStructuredPath(SemiStructuredExtractExpression* extract);
  bool AtPathBracket() const;
  void ParsePathBracket(SemiStructuredExtractExpression* extract);
  ExpressionPointer ParseField(ExpressionPointer base, std::size_t mark);
  // What stands between parentheses: a query, or one or more expressions.
  struct Parenthesized {
    QueryPointer query;
    std::vector<ExpressionPointer> items;
    bool only_query = false;  // the query stood in parentheses of its own, with nothing around them
  };
  Parenthesized ParseParenthesized();
  Parenthesized ParseInsideParentheses();
  ExpressionPointer ParseParenthesizedPrimary();
  ExpressionPointer ScalarSubquery(QueryPointer query, std::size_t mark);
  // The one expression of a parenthesis, or a row of several.
  ExpressionPointer FinishRow(std::vector<ExpressionPointer> items, std::size_t mark);

  ExpressionPointer ParseFunctionCall(std::vector<std::string> name, ExpressionPointer name_expression,
                                      std::size_t mark);
  ExpressionPointer ParseFunctionArgument();
  void ParseFunctionSuffixes(FunctionCallExpression* call);
  ExpressionPointer ParseTrim();
  ExpressionPointer ParsePosition();
  ExpressionPointer ParseSubstring();
  ExpressionPointer ParseOverlay();
  ExpressionPointer ParseExtract();
  ExpressionPointer ParseTimestampFunction();
  bool AtDateTimeUnit() const;
  ExpressionPointer ParseUnitAsColumn();
  ExpressionPointer ParseStruct();
  bool ParseFirstArgument(Seed* seed, TokenKind separator);
  NodePointer<FunctionCallExpression> NewCall() const;
  bool StartsPlainArgument() const;
  ExpressionPointer ParseCallFromArgument(NodePointer<FunctionCallExpression> call, Seed* seed,
                                          std::size_t mark);
  WindowSpecification ParseWindowSpecification();
  std::optional<WindowFrame> ParseWindowFrame();
  FrameBound ParseFrameBound();
  NamedWindow ParseNamedWindow();
  SortItem ParseSortItem();
  std::vector<SortItem> ParseSortItems();

  // ---- literals (parse_literal.cc)
  bool AtTypedLiteral() const;
  bool AtInterval() const;
  ExpressionPointer ParseTypedLiteral();
  ExpressionPointer ParseStringLiteral();
  ExpressionPointer ParseNumber(bool negative, std::size_t mark);
  void SetInteger(LiteralExpression* literal, const std::string& digits, std::size_t mark);
  void SetSuffixedInteger(LiteralExpression* literal, const std::string& digits, TokenKind kind,
                          std::size_t mark);
  void SetReal(LiteralExpression* literal, const std::string& digits, TokenKind kind, std::size_t mark);
  void SetDecimal(LiteralExpression* literal, std::string digits, std::size_t mark);
  void SetBinary(LiteralExpression* literal, const std::string& hexadecimal, std::size_t mark);
  ExpressionPointer ParseInterval();
  IntervalExpression::Unit ParseIntervalValue();
  std::size_t IntervalValueLength(std::size_t ahead) const;
  bool AtIntervalValueAndUnit() const;
  ExpressionPointer FailIntervalMixture(std::size_t mark);
  void CheckUnitToUnit(const IntervalExpression& interval, std::size_t mark);
  void CheckIntervalUnits(const IntervalExpression& interval, std::size_t mark);
  void FailNumericRange(const std::string& digits, std::string minimum, std::string maximum,
                        std::string_view type, std::size_t mark);
  ExpressionPointer ParseConstant();

  // ---- types (parse_data_type.cc)
  DataTypePointer ParseDataType();
  DataTypePointer ParseNestedType();
  DataTypePointer ParseNamedType();
  DataTypePointer ParseIntervalType();
  void ParseTypeParameters(DataType* type, std::size_t maximum, std::size_t mark);
  DataTypePointer ParseUnknownType(std::size_t mark);
  void FailUnknownType(std::size_t mark);
  void CheckDecimal(const DataType& type, std::size_t mark);
  void ParseTypeCollation(DataType* type);
  void ParseTimestampZone(DataType* type);
  StructField ParseStructField(bool colon_allowed);
  std::vector<StructField> ParseStructFields(bool colon_allowed);
  bool AcceptTypeClose();
  bool AcceptNotNull();

  // ---- queries (parse_query.cc)
  QueryPointer ParseQuery();
  // The query that begins with a term already read.
  QueryPointer ParseQueryFrom(QueryTermPointer first, std::size_t mark);
  QueryPointer AttachWith(QueryPointer query, std::vector<CommonTableExpression> with, bool recursive,
                          std::size_t mark);
  void CheckCommonTableNames(const std::vector<CommonTableExpression>& with, std::size_t mark);
  bool AtQueryContinuation() const;
  std::vector<CommonTableExpression> ParseWith(bool* recursive);
  CommonTableExpression ParseCommonTableExpression();
  QueryTermPointer ParseQueryTerm(int minimum_precedence, QueryTermPointer first, std::size_t mark);
  QueryTermPointer ParseQueryPrimary();
  QueryTermPointer ParseSelect(RelationPointer from, bool from_first);
  void ParseSelectTail(SelectTerm* select);
  void ParseSelectClause(SelectTerm* select);
  QueryTermPointer ParseFromTail(RelationPointer from, std::size_t mark);
  QueryTermPointer ParseFromBody(RelationPointer from, std::size_t mark);
  bool AtTransform() const;
  std::vector<Hint> ParseHints();
  Hint ParseHint();
  GroupByClause ParseGroupBy(bool aliases_allowed);
  ExpressionPointer ParseGroupingAnalytics();
  bool AtGroupingAnalytics() const;
  std::vector<ExpressionPointer> ParseGroupingSet();
  std::vector<NamedWindow> ParseWindowClause();
  QueryOrganization ParseOrganization();
  bool AtOrganization() const;
  bool AtSetOperator() const;
  SetOperator TakeSetOperator(bool* all);

  // ---- pipes (parse_pipe.cc)
  QueryTermPointer ParsePipe(QueryTermPointer input, std::size_t mark);
  void ParsePipeOperator(PipeTerm* pipe, std::size_t mark);
  void ParsePipeSelect(PipeTerm* pipe);
  void ParsePipeSet(PipeTerm* pipe);
  void ParsePipeAggregate(PipeTerm* pipe, std::size_t mark);
  void ParsePipeSetOperation(PipeTerm* pipe);
  void ParsePipeOrganization(PipeTerm* pipe);

  // ---- relations (parse_relation.cc, parse_table_function.cc, parse_join.cc)
  // What follows FROM, whose token is `mark`.
  RelationPointer ParseFromClause(std::size_t mark);
  RelationPointer ParseRelationExtensions(RelationPointer left, std::size_t mark);
  RelationPointer ParseRelationPrimary();
  RelationPointer ParseParenthesizedRelation();
  // What stands between the parentheses of a relation.
  struct ParenthesizedSource {
    QueryPointer query;
    RelationPointer relation;
  };
  ParenthesizedSource ParseInsideRelationParentheses();
  RelationPointer FinishSubquery(QueryPointer query, std::size_t mark);
  RelationPointer FinishParenthesized(RelationPointer child, std::size_t mark);
  RelationPointer ParseInlineTable();
  NodePointer<InlineTableRelation> ParseInlineTableNode();
  RelationPointer ParseTableFunction(ObjectName name, std::size_t mark);
  ExpressionPointer ParseTableFunctionArgument();
  ExpressionPointer ParseTableArgument();
  void ParseTableArgumentPartitioning(TableArgumentExpression* argument);
  std::optional<TimeTravel> ParseTimeTravel();
  std::optional<TimeTravel> ParseVersionTravel();
  std::optional<TableSample> ParseSample();
  void ParseSampleMethod(TableSample* sample, std::size_t mark);
  void ParsePercentSample(TableSample* sample, std::size_t mark);
  void ParseBucketSample(TableSample* sample, std::size_t mark);
  std::optional<TableAlias> ParseTableAlias();
  bool AtTableCalledValues() const;
  void RefuseStreamingClauses();
  bool AtJoin() const;
  RelationPointer ParseJoin(RelationPointer left, std::size_t mark);
  JoinType ParseJoinType();
  void CheckJoin(const JoinRelation& join, std::size_t mark);
  void CheckLateral(const Relation* relation, std::size_t mark);
  RelationPointer ParseLateralViews(RelationPointer child, std::size_t mark);
  RelationPointer ParseLateralView(RelationPointer child, std::size_t mark);
  RelationPointer ParsePivot(RelationPointer child, std::size_t mark);
  RelationPointer ParseUnpivot(RelationPointer child, std::size_t mark);
  void ParseUnpivotSource(UnpivotRelation* unpivot);
  std::optional<Identifier> ParseOptionalAlias();

  // ---- statements (parse_statement.cc)
  StatementPointer ParseStatement();
  StatementPointer ParseCommand();
  StatementPointer ParseRefusedStatement();
  StatementPointer ParseQueryOrManipulation();
  StatementPointer ParseExplain();
  StatementPointer ParseUse();
  StatementPointer ParseDeclare();
  StatementPointer ParseCall();
  StatementPointer ParseExecuteImmediate();
  StatementPointer Unsupported(std::string name);
  StatementPointer NotAllowed(std::size_t words);
  void NotAllowedOperation(std::string operation, std::size_t mark);
  void NotAllowedClause(std::string clause, std::size_t mark);
  bool AtScript() const;

  // ---- session settings (parse_set.cc)
  StatementPointer ParseSet();
  StatementPointer ParseSetCatalog(std::size_t mark);
  StatementPointer ParseSetConfiguration(std::size_t mark);
  StatementPointer ParseSetTimeZone(std::size_t mark);
  StatementPointer ParseSetVariable(std::size_t mark);
  StatementPointer ParseReset();
  std::string_view RawRest();
  std::string TakeConfigurationValue();
  void FailSetSyntax(std::size_t mark);

  // ---- definitions (parse_definition.cc)
  StatementPointer ParseCreate();
  StatementPointer ParseDrop();
  StatementPointer ParseDropNamespace(std::size_t mark);
  StatementPointer ParseDropFunction(std::size_t mark, bool temporary);
  StatementPointer ParseDropVariable(std::size_t mark);
  StatementPointer ParseCreateNamespace(std::size_t mark);
  StatementPointer ParseAlterNamespace(std::size_t mark);
  void FailSchemaCollation(std::size_t mark);
  StatementPointer ParseCommentOn();
  CommentOnStatement::Column ParseColumnComment();
  bool AtNamespaceKeyword(std::size_t ahead = 0) const;
  bool AcceptIfNotExists();
  bool AcceptIfExists();
  std::optional<std::string> ParseCommentValue();
  void CheckClauseOnce(std::string_view clause, std::vector<std::string_view>* seen, std::size_t mark);
  void RequirePropertyValues(const std::vector<Option>& options, std::size_t mark);

  // ---- tables (parse_table.cc, parse_property.cc)
  StatementPointer ParseCreateTable(std::size_t mark, bool or_replace, bool temporary);
  StatementPointer ParseCreateTableLike(NodePointer<CreateTableStatement> create, std::size_t mark);
  StatementPointer ParseReplaceTable();
  void ParseTableBody(CreateTableStatement* statement, std::size_t mark);
  void ParseTableElements(CreateTableStatement* statement);
  ColumnDefinition ParseColumnDefinition();
  bool ParseColumnOption(ColumnDefinition* column, std::vector<std::string_view>* seen);
  void CheckColumnOptionOnce(const MultipartName& column, std::string_view option,
                             std::vector<std::string_view>* seen, std::size_t mark);
  void ParseGenerated(ColumnDefinition* column);
  IdentitySpecification ParseIdentity(bool always);
  bool AtTableConstraint() const;
  TableConstraint ParseConstraint(bool of_table);
  void ParseConstraintBody(TableConstraint* constraint, bool of_table);
  void ParseConstraintCharacteristics(TableConstraint* constraint);
  bool ParseTableClause(TableClauses* clauses, std::vector<std::string_view>* seen);
  PartitionField ParsePartitionField();
  ExpressionPointer ParseTransformArgument();
  BucketSpecification ParseBuckets();
  void ParseHiveFormat(HiveFormat* format);
  void ParseRowFormat(HiveFormat* format);
  void CheckHiveFormat(const std::optional<HiveFormat>& format, std::size_t mark);
  void ParseSkewed();
  std::vector<std::string> ParseProvider();
  std::vector<Option> ParsePropertyList(bool expressions_allowed = false);
  Option ParseProperty(bool expressions_allowed);
  void ParsePropertyValue(Option* option, bool expressions_allowed);
  std::string ParsePropertyKey();

  // ---- ALTER (parse_alter.cc)
  StatementPointer ParseAlter();
  StatementPointer ParseAlterTable(std::size_t mark, bool is_view);
  std::string RefusedAlter() const;
  void ParseAlterAction(AlterTableStatement* alter, std::size_t mark);
  void ParseAlterAdd(AlterTableStatement* alter);
  void ParseAlterDrop(AlterTableStatement* alter);
  void ParseAlterSet(AlterTableStatement* alter);
  void ParseAlterRename(AlterTableStatement* alter);
  void ParseAlterColumns(AlterTableStatement* alter, std::size_t statement_mark);
  void CheckColumnChange(const ColumnChange& change, bool is_action, std::size_t mark);
  bool AtHiveColumn() const;
  void ParseColumnAction(ColumnChange* change);
  void ParseReplaceColumns(AlterTableStatement* alter);
  std::vector<ColumnDefinition> ParsePositionedColumns();
  ColumnDefinition ParsePositionedColumn();
  std::optional<ColumnPosition> ParseColumnPosition();
  std::vector<PartitionValue> ParsePartitionValues();
  void CheckConstant(const Expression* expression, std::size_t mark);

  // ---- views and functions (parse_view.cc)
  StatementPointer ParseCreateView(std::size_t mark, bool or_replace, bool temporary, bool global);
  StatementPointer ParseCreateViewUsing(NodePointer<CreateViewStatement> view, std::size_t mark);
  bool AtViewSchema() const;
  void CheckView(const CreateViewStatement& view, std::size_t mark);
  void FailQualifiedTemporary(const std::string& type, const std::vector<std::string>& name,
                              std::size_t mark);
  bool ParseViewClause(CreateViewStatement* view, std::vector<std::string_view>* seen);
  std::string ParseSchemaBinding();
  StatementPointer ParseCreateFunction(std::size_t mark, bool or_replace, bool temporary);
  void ParseSqlFunction(CreateFunctionStatement* function);
  void ParseFunctionQuery(CreateFunctionStatement* function);
  bool ParseRoutineCharacteristic(CreateFunctionStatement* function);

  // ---- manipulation (parse_manipulation.cc)
  struct WithClause {
    bool recursive = false;
    std::vector<CommonTableExpression> tables;
    std::size_t mark = 0;
  };
  StatementPointer ParseManipulation(WithClause with);
  StatementPointer ParseInsert(WithClause with);
  bool AtInsertDirectory() const;
  StatementPointer ParseInsertDirectory(WithClause with);
  InsertTarget ParseInsertTarget();
  void ParseInsertTargetTail(InsertTarget* target, std::size_t mark);
  bool AtReplaceTail() const;
  StatementPointer ParseMultiInsert(WithClause with, RelationPointer from);
  StatementPointer ParseDelete(WithClause with);
  StatementPointer ParseUpdate(WithClause with);
  StatementPointer ParseMerge(WithClause with);
  RelationPointer ParseMergeSource();
  MergeClause ParseMergeClause();
  void ParseMergeAction(MergeClause* clause);
  void CheckMergeClauses(const std::vector<MergeClause>& clauses, std::size_t mark);
  std::vector<Assignment> ParseAssignments();
  StatementPointer ParseTruncate();
  StatementPointer ParseLoadData();

  // ---- looking and maintaining (parse_show.cc, parse_command.cc)
  StatementPointer ParseShow();
  void ParseShowObject(ShowStatement* show);
  void ParseShowTable(ShowStatement* show);
  void ParseShowFunctions(ShowStatement* show);
  void ParseShowIn(ShowStatement* show);
  void ParseShowPattern(ShowStatement* show);
  StatementPointer ParseDescribe();
  StatementPointer ParseDescribeFunction(std::size_t mark);
  StatementPointer ParseDescribeTable(std::size_t mark);
  StatementPointer ParseCache();
  StatementPointer ParseUncache();
  StatementPointer ParseClearCache();
  StatementPointer ParseRefresh();
  StatementPointer ParseAnalyze();
  StatementPointer ParseRepair();
  StatementPointer ParseResource();

  std::string_view text_;
  std::vector<Token> tokens_;
  const ParserOptions& options_;
  TextMap map_;
  std::size_t position_ = 0;
  int depth_ = 0;
  int question_marks_ = 0;
  const char* stack_base_;
  std::unique_ptr<base::Error> error_;
};

}  // namespace hearth::sql
