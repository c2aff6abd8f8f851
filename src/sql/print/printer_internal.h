// The printer. Private to src/sql/print: callers use sql/printer.h.
//
// Chains that lean to the left (operators, joins, set operations, pipes) may be thousands of links long: each
// is printed with a loop along its left spine, so the depth of recursion is that of the nesting in the text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/printer.h"

namespace hearth::sql {

class Printer {
 public:
  std::string Take() { return std::move(out_); }

  void Print(const Statement& statement);
  void Print(const Query& query);
  void Print(const Expression& expression);
  void Print(const DataType& type);
  void Print(const StructField& field);

 private:
  // ---- pieces (print_expression.cc)
  template <typename... Parts>
  void Put(const Parts&... parts) {
    (PutOne(parts), ...);
  }
  void PutOne(std::string_view text) { out_ += text; }
  void PutOne(const char* text) { out_ += text; }
  void PutOne(int number) { out_ += std::to_string(number); }
  void PutOne(int64_t number) { out_ += std::to_string(number); }
  void PutOne(const Expression& expression) { Print(expression); }
  void PutOne(const Query& query) { Print(query); }
  void PutOne(const DataType& type) { Print(type); }
  void PutOne(const StructField& field) { Print(field); }
  void PutOne(const Identifier& identifier) { out_ += QuoteIdentifier(identifier.text); }
  void PutOne(const MultipartName& name) { PutName(name.parts); }
  void PutOne(const std::vector<std::string>& parts) { PutName(parts); }
  void PutOne(const ObjectName& name);
  void PutOne(const SortItem& item);
  void PutOne(const WindowSpecification& window);
  void PutOne(const NamedWindow& window);
  void PutOne(const Relation& relation) { PrintRelation(relation); }
  void PutOne(const Option& option);
  void PutOne(const Assignment& assignment);
  void PutOne(const PartitionValue& value);
  void PutOne(const CommonTableExpression& table);
  template <typename T, typename D>
  void PutOne(const std::unique_ptr<T, D>& pointer) {
    PutOne(*pointer);
  }
  template <typename T>
  void PutList(const std::vector<T>& items, std::string_view separator = ", ") {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) Put(separator);
      PutOne(items[i]);
    }
  }
  void PutName(const std::vector<std::string>& parts);
  void PutIf(bool condition, std::string_view text) {
    if (condition) Put(text);
  }
  void PutString(std::string_view value) { out_ += QuoteString(value); }
  // `prefix expression` when there is one.
  void PutClause(std::string_view prefix, const ExpressionPointer& expression);
  void PutStringClause(std::string_view prefix, const std::optional<std::string>& value);

  // ---- expressions (print_expression.cc, print_function.cc)
  void PrintSimple(const Expression& expression);
  void PrintSpecialForm(const Expression& expression);
  void PrintOperand(const Expression& expression);
  void PrintLiteral(const LiteralExpression& literal);
  void PrintInterval(const IntervalExpression& interval);
  void PrintBinary(const BinaryExpression& binary);
  void PrintPostfix(const Expression& expression);
  void PrintPostfixLink(const Expression& expression);
  void PrintIs(const IsExpression& is);
  void PrintLike(const LikeExpression& like);
  void PrintLikeQuantified(const LikeQuantifiedExpression& like);
  void PrintCase(const CaseExpression& expression);
  void PrintStar(const StarExpression& star);
  void PrintAlias(const AliasExpression& alias);
  void PrintLambda(const LambdaExpression& lambda);
  void PrintFunctionCall(const FunctionCallExpression& call);
  void PrintFunctionName(const std::vector<std::string>& name);
  void PrintTableArgument(const TableArgumentExpression& argument);
  void PrintGroupingAnalytics(const GroupingAnalyticsExpression& grouping);
  void PrintFrame(const WindowFrame& frame);
  void PrintFrameBound(const FrameBound& bound);

  // ---- queries and relations (print_query.cc, print_relation.cc)
  void PrintWith(const std::vector<CommonTableExpression>& tables, bool recursive);
  void PrintTerm(const QueryTerm& term);
  void PrintPlainTerm(const QueryTerm& term);
  void PrintSetOperand(const QueryTerm& term, SetOperator parent);
  void PrintSelect(const SelectTerm& select);
  void PrintPipeStep(const PipeTerm& pipe);
  void PrintGroupBy(const GroupByClause& clause);
  void PrintWindows(const std::vector<NamedWindow>& windows);
  void PrintOrganization(const QueryOrganization& organization);
  void PrintSetOperator(const SetOperationTerm& operation);

  void PrintRelation(const Relation& relation);
  void PrintPlainRelation(const Relation& relation);
  void PrintRelationLink(const Relation& relation);
  void PrintTable(const TableRelation& table);
  void PrintTableFunction(const TableFunctionRelation& function);
  void PrintJoin(const JoinRelation& join);
  void PrintLateralView(const LateralViewRelation& view);
  void PrintPivot(const PivotRelation& pivot);
  void PrintUnpivot(const UnpivotRelation& unpivot);
  void PrintAlias(const std::optional<TableAlias>& alias);
  void PrintSample(const std::optional<TableSample>& sample);
  void PrintOptions(std::string_view prefix, const std::vector<Option>& options);

  // ---- statements (print_statement.cc, print_definition.cc, print_manipulation.cc, print_command.cc)
  void PrintSession(const Statement& statement);
  void PrintDefinition(const Statement& statement);
  void PrintManipulation(const Statement& statement);
  void PrintCommand(const Statement& statement);

  void PrintSetConfiguration(const SetConfigurationStatement& set);
  void PrintSetTimeZone(const SetTimeZoneStatement& set);
  void PrintSetVariable(const SetVariableStatement& set);
  void PrintDeclare(const DeclareVariableStatement& declare);
  void PrintExecuteImmediate(const ExecuteImmediateStatement& execute);

  void PrintCreateNamespace(const CreateNamespaceStatement& create);
  void PrintAlterNamespace(const AlterNamespaceStatement& alter);
  void PrintCreateTable(const CreateTableStatement& create);
  void PrintCreateTableLike(const CreateTableLikeStatement& create);
  void PrintTableClauses(const TableClauses& clauses);
  void PrintPartitionField(const PartitionField& field);
  void PrintBuckets(const BucketSpecification& buckets);
  void PrintHiveFormat(const std::optional<HiveFormat>& format);
  void PrintColumn(const ColumnDefinition& column);
  void PrintIdentity(const IdentitySpecification& identity);
  void PrintConstraint(const TableConstraint& constraint, bool of_table);
  void PrintAlterTable(const AlterTableStatement& alter);
  void PrintAlterAction(const AlterTableStatement& alter);
  void PrintColumnChange(const ColumnChange& change);
  void PrintColumnPosition(const std::optional<ColumnPosition>& position);
  void PrintPartition(const std::vector<PartitionValue>& values);
  void PrintCreateView(const CreateViewStatement& view);
  void PrintCreateViewUsing(const CreateViewUsingStatement& view);
  void PrintCreateFunction(const CreateFunctionStatement& function);
  void PrintCommentOn(const CommentOnStatement& comment);
  void PrintCommentValue(const std::optional<std::string>& comment);

  void PrintInsertTarget(const InsertTarget& target);
  void PrintInsert(const InsertStatement& insert);
  void PrintInsertDirectory(const InsertDirectoryStatement& insert);
  void PrintMultiInsert(const MultiInsertStatement& insert);
  void PrintDelete(const DeleteStatement& statement);
  void PrintUpdate(const UpdateStatement& statement);
  void PrintMerge(const MergeStatement& merge);
  void PrintMergeClause(const MergeClause& clause);

  void PrintShow(const ShowStatement& show);
  void PrintDescribeTable(const DescribeTableStatement& describe);
  void PrintAnalyze(const AnalyzeStatement& analyze);
  void PrintRefresh(const RefreshStatement& refresh);

  std::string out_;
};

}  // namespace hearth::sql
