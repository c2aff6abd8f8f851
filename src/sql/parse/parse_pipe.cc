// The pipe operators: query |> OPERATOR ….

#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

// `mark` is where the whole query term begins; the pipe sign has been read.
QueryTermPointer Parser::ParsePipe(QueryTermPointer input, std::size_t mark) {
  auto pipe = New<PipeTerm>();
  pipe->input = std::move(input);
  ParsePipeOperator(pipe.get(), mark);
  return Finish(std::move(pipe), mark);
}

void Parser::ParsePipeOperator(PipeTerm* pipe, std::size_t mark) {
  switch (Kind()) {
    case kSelect:
      ParsePipeSelect(pipe);
      return;
    case kExtend:
      Advance();
      pipe->op = PipeOperator::kExtend;
      pipe->items = ParseNamedExpressionSequence();
      return;
    case kSet:
      ParsePipeSet(pipe);
      return;
    case kDrop:
      Advance();
      pipe->op = PipeOperator::kDrop;
      pipe->columns = ParseMultipartNameList();
      return;
    case kAs:
      Advance();
      pipe->op = PipeOperator::kAs;
      pipe->alias = ParseErrorCapturingIdentifier();
      return;
    case kWhere:
      Advance();
      pipe->op = PipeOperator::kWhere;
      pipe->condition = ParseExpression();
      if (At(kWindow) && AtOrganization()) {
        pipe->windows = ParseWindowClause();
        Fail("NOT_ALLOWED_IN_PIPE_OPERATOR_WHERE.WINDOW_CLAUSE", "|> WHERE takes no WINDOW clause", {}, mark);
      }
      return;
    case kAggregate:
      ParsePipeAggregate(pipe, mark);
      return;
    case kTablesample:
      pipe->op = PipeOperator::kSample;
      pipe->sample = ParseSample();
      return;
    case kUnion:
    case kExcept:
    case kIntersect:
    case kMinus:
      ParsePipeSetOperation(pipe);
      return;
    case kPivot:
    case kUnpivot:
      pipe->op = PipeOperator::kRelation;
      pipe->relation = At(kPivot) ? ParsePivot(nullptr, Mark()) : ParseUnpivot(nullptr, Mark());
      return;
    case kBin:
      FailNotImplemented("BIN BY");
      return;
    default:
      break;
  }
  if (AtJoin()) {
    pipe->op = PipeOperator::kRelation;
    pipe->relation = ParseJoin(nullptr, Mark());
    return;
  }
  ParsePipeOrganization(pipe);
}

void Parser::ParsePipeSelect(PipeTerm* pipe) {
  const std::size_t mark = Mark();
  pipe->op = PipeOperator::kSelect;
  Expect(kSelect);
  auto select = New<SelectTerm>();
  ParseSelectClause(select.get());
  if (At(kGroup) && At(kBy, 1)) select->group_by = ParseGroupBy(false);
  if (At(kWindow) && AtOrganization()) select->windows = ParseWindowClause();
  pipe->select = Finish(std::move(select), mark);
}

void Parser::ParsePipeSet(PipeTerm* pipe) {
  Expect(kSet);
  pipe->op = PipeOperator::kSet;
  do {
    const std::size_t mark = Mark();
    PipeTerm::Assignment assignment;
    assignment.column = ParseErrorCapturingIdentifier();
    const bool multipart = At(kDot);
    while (Accept(kDot)) ParseErrorCapturingIdentifier();
    Expect(kEqualSign);
    assignment.value = ParseExpression();
    if (multipart) {
      Fail("_LEGACY_ERROR_TEMP_0035", "|> SET assigns columns, not fields of columns",
           {{"message",
             "SQL pipe syntax |> SET operator with multi-part assignment key (only single-part keys are "
             "allowed)"}},
           mark);
    }
    pipe->assignments.push_back(std::move(assignment));
  } while (Accept(kComma));
}

void Parser::ParsePipeAggregate(PipeTerm* pipe, std::size_t mark) {
  Expect(kAggregate);
  pipe->op = PipeOperator::kAggregate;
  const bool group_next = At(kGroup) && At(kBy, 1);
  if (!group_next && CanStartExpression() && !AtOrganization()) pipe->items = ParseNamedExpressionSequence();
  if (!(At(kGroup) && At(kBy, 1))) {
    if (pipe->items.empty()) {
      NotAllowedClause(
          "The AGGREGATE clause requires a list of aggregate expressions or a list of grouping expressions, "
          "or both",
          mark);
    }
    return;
  }
  pipe->group_by = ParseGroupBy(true);
  const auto refuse = [&](const std::string& what) {
    Fail("UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE", "|> AGGREGATE takes no " + what,
         {{"case", what}}, mark);
  };
  switch (pipe->group_by->suffix) {
    case GroupByClause::Suffix::kNone:
      break;
    case GroupByClause::Suffix::kWithRollup:
      refuse("GROUP BY ROLLUP");
      break;
    case GroupByClause::Suffix::kWithCube:
      refuse("GROUP BY CUBE");
      break;
    case GroupByClause::Suffix::kGroupingSets:
      refuse("GROUPING SETS");
      break;
  }
}

void Parser::ParsePipeSetOperation(PipeTerm* pipe) {
  const std::size_t mark = Mark();
  pipe->op = PipeOperator::kSetOperation;
  auto operation = New<SetOperationTerm>();
  operation->op = TakeSetOperator(&operation->all);
  operation->right = ParseQueryPrimary();
  pipe->set_operation = Finish(std::move(operation), mark);
}

void Parser::ParsePipeOrganization(PipeTerm* pipe) {
  const std::size_t mark = Mark();
  pipe->op = PipeOperator::kOrganization;
  pipe->organization = ParseOrganization();
  if (failed()) return;
  const QueryOrganization& clauses = pipe->organization;
  const char* first = !clauses.order_by.empty()        ? "ORDER BY"
                      : !clauses.cluster_by.empty()    ? "CLUSTER BY"
                      : !clauses.distribute_by.empty() ? "DISTRIBUTE BY"
                      : !clauses.sort_by.empty()       ? "SORT BY"
                                                       : nullptr;
  const char* second = clauses.limit != nullptr || clauses.limit_all ? "LIMIT"
                       : clauses.offset != nullptr                   ? "OFFSET"
                                                                     : nullptr;
  if (first != nullptr && second != nullptr) {
    Fail("MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS",
         std::string(first) + " and " + second + " need a pipe operator each",
         {{"clause1", first}, {"clause2", second}}, mark);
  }
}

}  // namespace hearth::sql
