// What extends a relation: joins, LATERAL VIEW, PIVOT, UNPIVOT; and table-valued functions.

#include "sql/lexer/ascii.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

// ---- joins

bool Parser::AtJoin() const {
  if (AtAny(kJoin, kInner, kCross, kLeft, kRight, kFull, kSemi, kAnti, kNatural)) return true;
  return At(kAsof) && At(kJoin, 1);
}

JoinType Parser::ParseJoinType() {
  if (Accept(kInner)) return JoinType::kInner;
  if (Accept(kCross)) return JoinType::kCross;
  if (Accept(kSemi)) return JoinType::kLeftSemi;
  if (Accept(kAnti)) return JoinType::kLeftAnti;
  if (Accept(kLeft)) {
    if (Accept(kSemi)) return JoinType::kLeftSemi;
    if (Accept(kAnti)) return JoinType::kLeftAnti;
    Accept(kOuter);
    return JoinType::kLeftOuter;
  }
  if (Accept(kRight)) {
    Accept(kOuter);
    return JoinType::kRightOuter;
  }
  if (Accept(kFull)) {
    Accept(kOuter);
    return JoinType::kFullOuter;
  }
  return JoinType::kInner;
}

RelationPointer Parser::ParseJoin(RelationPointer left, std::size_t mark) {
  const std::size_t join_mark = Mark();
  auto join = New<JoinRelation>();
  join->left = std::move(left);
  join->natural = Accept(kNatural);
  join->type = ParseJoinType();
  if (At(kAsof)) {
    FailNotImplemented("ASOF JOIN");
    return nullptr;
  }
  Expect(kJoin);
  join->lateral = At(kLateral) && !At(kView, 1) && Accept(kLateral);
  join->right = ParseRelationPrimary();
  if (AtAny(kApprox, kExact) && At(kNearest, 1)) {
    FailNotImplemented("JOIN … NEAREST BY");
    return nullptr;
  }
  if (!join->natural && Accept(kOn)) {
    join->on = ParseExpression();
  } else if (!join->natural && Accept(kUsing)) {
    join->using_columns = ParseIdentifierList();
  }
  CheckJoin(*join, join_mark);
  return Finish(std::move(join), mark);
}

void Parser::CheckJoin(const JoinRelation& join, std::size_t mark) {
  if (failed()) return;
  const auto incompatible = [&](const std::string& first, const std::string& second) {
    Fail("INCOMPATIBLE_JOIN_TYPES", first + " and " + second + " exclude each other in a join",
         {{"joinType1", first}, {"joinType2", second}}, mark);
  };
  if (join.natural && join.type == JoinType::kCross) return incompatible("NATURAL", "CROSS");
  if (!join.lateral) return;
  CheckLateral(join.right.get(), mark);
  if (join.natural) return incompatible("LATERAL", "NATURAL");
  if (!join.using_columns.empty()) {
    Fail("UNSUPPORTED_FEATURE.LATERAL_JOIN_USING", "JOIN LATERAL takes no USING", {}, mark);
    return;
  }
  const char* refused = join.type == JoinType::kRightOuter  ? "RIGHT OUTER"
                        : join.type == JoinType::kFullOuter ? "FULL OUTER"
                        : join.type == JoinType::kLeftSemi  ? "LEFT SEMI"
                        : join.type == JoinType::kLeftAnti  ? "LEFT ANTI"
                                                            : nullptr;
  if (refused != nullptr) {
    Fail("INVALID_LATERAL_JOIN_TYPE", "There is no LATERAL join of the type " + std::string(refused),
         {{"joinType", refused}}, mark);
  }
}

// LATERAL stands before a subquery or a table-valued function only.
void Parser::CheckLateral(const Relation* relation, std::size_t mark) {
  if (failed() || relation == nullptr) return;
  if (relation->kind == RelationKind::kSubquery || relation->kind == RelationKind::kTableFunction) return;
  Fail("INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC",
       "LATERAL stands before a subquery or a table-valued function only", {}, mark);
}

// ---- LATERAL VIEW

RelationPointer Parser::ParseLateralViews(RelationPointer child, std::size_t mark) {
  for (int length = 1; At(kLateral) && At(kView, 1); ++length) {
    if (!CheckChain(length)) return nullptr;
    child = ParseLateralView(std::move(child), mark);
  }
  return child;
}

RelationPointer Parser::ParseLateralView(RelationPointer child, std::size_t mark) {
  Expect(kLateral);
  Expect(kView);
  auto view = New<LateralViewRelation>();
  view->child = std::move(child);
  view->outer = At(kOuter) && !At(kLeftParenthesis, 1) && Accept(kOuter);
  view->function.push_back(ParseIdentifier().text);
  while (Accept(kDot)) view->function.push_back(ParseIdentifier().text);
  Expect(kLeftParenthesis);
  if (!At(kRightParenthesis)) view->arguments = ParseExpressionSequence();
  Expect(kRightParenthesis);
  view->table_alias = ParseIdentifier();
  if (Accept(kAs) || (IsIdentifier() && !StartsClause())) {
    do {
      view->columns.push_back(ParseIdentifier());
    } while (Accept(kComma));
  }
  return Finish(std::move(view), mark);
}

// ---- PIVOT and UNPIVOT

// PIVOT (aggregates FOR column | (columns) IN (values))
RelationPointer Parser::ParsePivot(RelationPointer child, std::size_t mark) {
  Expect(kPivot);
  Expect(kLeftParenthesis);
  auto pivot = New<PivotRelation>();
  pivot->child = std::move(child);
  pivot->aggregates = ParseNamedExpressionSequence();
  Expect(kFor);
  if (At(kLeftParenthesis)) {
    pivot->columns = ParseIdentifierList();
  } else {
    pivot->columns.push_back(ParseErrorCapturingIdentifier());
  }
  Expect(kIn);
  Expect(kLeftParenthesis);
  do {
    PivotRelation::Value value;
    value.expression = ParseExpression();
    if (Accept(kAs) || IsIdentifier()) value.alias = ParseErrorCapturingIdentifier();
    pivot->values.push_back(std::move(value));
  } while (Accept(kComma));
  Expect(kRightParenthesis);
  Expect(kRightParenthesis);
  pivot->alias = ParseOptionalAlias();
  return Finish(std::move(pivot), mark);
}

// UNPIVOT [INCLUDE | EXCLUDE NULLS] (value FOR name IN (columns)), or ((values) FOR name IN ((columns), …))
RelationPointer Parser::ParseUnpivot(RelationPointer child, std::size_t mark) {
  Expect(kUnpivot);
  auto unpivot = New<UnpivotRelation>();
  unpivot->child = std::move(child);
  if (AtAny(kInclude, kExclude)) {
    unpivot->include_nulls = At(kInclude);
    Advance();
    Expect(kNulls);
  }
  Expect(kLeftParenthesis);
  unpivot->multiple_values = At(kLeftParenthesis);
  if (unpivot->multiple_values) {
    unpivot->value_columns = ParseIdentifierList();
  } else {
    unpivot->value_columns.push_back(ParseIdentifier());
  }
  Expect(kFor);
  unpivot->name_column = ParseIdentifier();
  Expect(kIn);
  Expect(kLeftParenthesis);
  do {
    ParseUnpivotSource(unpivot.get());
  } while (Accept(kComma));
  Expect(kRightParenthesis);
  Expect(kRightParenthesis);
  unpivot->alias = ParseOptionalAlias();
  return Finish(std::move(unpivot), mark);
}

void Parser::ParseUnpivotSource(UnpivotRelation* unpivot) {
  UnpivotRelation::Source source;
  if (unpivot->multiple_values) {
    Expect(kLeftParenthesis);
    source.columns = ParseMultipartNameList();
    Expect(kRightParenthesis);
  } else {
    source.columns.push_back(ParseMultipartName());
  }
  if (Accept(kAs) || IsIdentifier()) source.alias = ParseErrorCapturingIdentifier();
  unpivot->sources.push_back(std::move(source));
}

// ---- table-valued functions

RelationPointer Parser::ParseTableFunction(ObjectName name, std::size_t mark) {
  auto function = New<TableFunctionRelation>();
  const bool unnest = name.parts.size() == 1 && ToLowerAscii(name.parts.front()) == "unnest";
  function->name = std::move(name);
  Expect(kLeftParenthesis);
  if (!At(kRightParenthesis)) {
    do {
      function->arguments.push_back(ParseTableFunctionArgument());
    } while (Accept(kComma));
  }
  Expect(kRightParenthesis);
  function->with_ordinality = unnest && Accept(kWith, kOrdinality);
  RefuseStreamingClauses();
  function->alias = ParseTableAlias();
  return Finish(std::move(function), mark);
}

ExpressionPointer Parser::ParseTableFunctionArgument() {
  const bool named = IsIdentifier() && At(kFatArrow, 1);
  const std::size_t value = named ? 2 : 0;
  const bool table = At(kTable, value) && (At(kLeftParenthesis, value + 1) || IsIdentifier(value + 1));
  if (!table) return ParseFunctionArgument();
  if (!named) return ParseTableArgument();
  const std::size_t mark = Mark();
  auto argument = New<NamedArgumentExpression>();
  argument->name = ParseIdentifier();
  Expect(kFatArrow);
  argument->value = ParseTableArgument();
  return Finish(std::move(argument), mark);
}

// TABLE (t) or TABLE (query), perhaps partitioned.
ExpressionPointer Parser::ParseTableArgument() {
  const std::size_t mark = Mark();
  Expect(kTable);
  if (!At(kLeftParenthesis)) {
    const std::string name = [&] {
      const std::size_t name_mark = Mark();
      ParseObjectName();
      return TextFrom(name_mark);
    }();
    Fail("INVALID_SQL_SYNTAX.INVALID_TABLE_FUNCTION_IDENTIFIER_ARGUMENT_MISSING_PARENTHESES",
         "The table argument must be written TABLE(" + name + ")", {{"argumentName", "`" + name + "`"}},
         mark);
    return nullptr;
  }
  Expect(kLeftParenthesis);
  const std::size_t inner_mark = Mark();
  auto argument = New<TableArgumentExpression>();
  if (StartsQuery(BehindParentheses())) {
    auto subquery = New<SubqueryRelation>();
    subquery->query = ParseQuery();
    argument->table = Finish(std::move(subquery), inner_mark);
  } else {
    auto table = New<TableRelation>();
    table->name = ParseObjectName();
    argument->table = Finish(std::move(table), inner_mark);
  }
  Expect(kRightParenthesis);
  ParseTableArgumentPartitioning(argument.get());
  return Finish(std::move(argument), mark);
}

void Parser::ParseTableArgumentPartitioning(TableArgumentExpression* argument) {
  if (At(kWith) && At(kSingle, 1) && At(kPartition, 2)) {
    Accept(kWith, kSingle);
    Accept(kPartition);
    argument->with_single_partition = true;
  } else if (AtAny(kPartition, kDistribute) && At(kBy, 1)) {
    Advance();
    Advance();
    // Inside an argument list commas separate arguments: several expressions need parentheses, which make a
    // row.
    ExpressionPointer expression = ParseExpression();
    if (auto* row = TryAs<RowExpression>(expression.get())) {
      argument->partition_by = std::move(row->items);
    } else {
      argument->partition_by.push_back(std::move(expression));
    }
  } else {
    return;
  }
  if (!Accept(kOrder, kBy) && !Accept(kSort, kBy)) return;
  if (Accept(kLeftParenthesis)) {
    argument->order_by = ParseSortItems();
    Expect(kRightParenthesis);
  } else {
    argument->order_by.push_back(ParseSortItem());
  }
}

}  // namespace hearth::sql
