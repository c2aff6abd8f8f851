// Queries.

#include "sql/print/printer_internal.h"

namespace hearth::sql {

void Printer::PutOne(const CommonTableExpression& table) {
  Put(table.name);
  if (!table.columns.empty()) {
    Put("(");
    PutList(table.columns);
    Put(")");
  }
  if (table.maximum_recursion_level.has_value()) Put(" MAX RECURSION LEVEL ", *table.maximum_recursion_level);
  Put(" AS (", table.query, ")");
}

void Printer::PrintWith(const std::vector<CommonTableExpression>& tables, bool recursive) {
  if (tables.empty()) return;
  Put(recursive ? "WITH RECURSIVE " : "WITH ");
  PutList(tables);
  Put(" ");
}

void Printer::Print(const Query& query) {
  PrintWith(query.with, query.recursive);
  PrintTerm(*query.body);
  PrintOrganization(query.organization);
}

// Set operations and pipes along their left spine.
void Printer::PrintTerm(const QueryTerm& term) {
  std::vector<const QueryTerm*> spine;
  const QueryTerm* first = &term;
  while (true) {
    const QueryTerm* next = nullptr;
    if (const auto* pipe = TryAs<PipeTerm>(first)) next = pipe->input.get();
    if (const auto* operation = TryAs<SetOperationTerm>(first)) {
      next = operation->left.get();
      // An INTERSECT inside a UNION stands in parentheses, to show what binds tighter.
      const auto* left = TryAs<SetOperationTerm>(next);
      const bool tighter = left != nullptr && (left->op == SetOperator::kIntersect) !=
                                                  (operation->op == SetOperator::kIntersect);
      if (tighter) {
        spine.push_back(first);
        Put("(");
        PrintTerm(*next);
        Put(")");
        break;
      }
    }
    if (next == nullptr) {
      PrintPlainTerm(*first);
      break;
    }
    spine.push_back(first);
    first = next;
  }
  for (std::size_t i = spine.size(); i-- > 0;) {
    if (const auto* pipe = TryAs<PipeTerm>(spine[i])) {
      PrintPipeStep(*pipe);
    } else {
      PrintSetOperator(As<SetOperationTerm>(*spine[i]));
    }
  }
}

void Printer::PrintSetOperator(const SetOperationTerm& operation) {
  constexpr const char* kNames[] = {" UNION ", " EXCEPT ", " INTERSECT "};
  Put(kNames[static_cast<std::size_t>(operation.op)], operation.all ? "ALL " : "");
  const bool nested = operation.right->kind == QueryTermKind::kSetOperation;
  PutIf(nested, "(");
  PrintTerm(*operation.right);
  PutIf(nested, ")");
}

void Printer::PrintPlainTerm(const QueryTerm& term) {
  switch (term.kind) {
    case QueryTermKind::kSelect:
      return PrintSelect(As<SelectTerm>(term));
    case QueryTermKind::kFrom:
      return Put("FROM ", As<FromTerm>(term).from);
    case QueryTermKind::kTable:
      return Put("TABLE ", As<TableTerm>(term).name);
    case QueryTermKind::kInlineTable:
      return PrintRelation(*As<InlineTableTerm>(term).table);
    case QueryTermKind::kParenthesized:
      return Put("(", As<ParenthesizedTerm>(term).query, ")");
    case QueryTermKind::kSetOperation:
    case QueryTermKind::kPipe:
      return PrintTerm(term);
  }
}

void Printer::PrintSelect(const SelectTerm& select) {
  Put("SELECT ");
  if (!select.hints.empty()) {
    Put("/*+ ");
    for (std::size_t i = 0; i < select.hints.size(); ++i) {
      const Hint& hint = select.hints[i];
      Put(i > 0 ? ", " : "", QuoteIdentifier(hint.name));
      if (hint.arguments.empty()) continue;
      Put("(");
      PutList(hint.arguments);
      Put(")");
    }
    Put(" */ ");
  }
  PutIf(select.distinct, "DISTINCT ");
  PutList(select.items);
  if (select.from != nullptr) {
    // A lateral view without a relation under it stands behind the list without FROM.
    const Relation* first = select.from.get();
    while (const auto* view = TryAs<LateralViewRelation>(first)) first = view->child.get();
    Put(first == nullptr ? "" : " FROM ", select.from);
  }
  PutClause(" WHERE ", select.where);
  if (select.group_by.has_value()) PrintGroupBy(*select.group_by);
  PutClause(" HAVING ", select.having);
  PrintWindows(select.windows);
  PutClause(" QUALIFY ", select.qualify);
}

void Printer::PrintGroupBy(const GroupByClause& clause) {
  Put(" GROUP BY ");
  PutList(clause.items);
  switch (clause.suffix) {
    case GroupByClause::Suffix::kNone:
      return;
    case GroupByClause::Suffix::kWithRollup:
      return Put(" WITH ROLLUP");
    case GroupByClause::Suffix::kWithCube:
      return Put(" WITH CUBE");
    case GroupByClause::Suffix::kGroupingSets:
      break;
  }
  Put(" GROUPING SETS (");
  for (std::size_t i = 0; i < clause.grouping_sets.size(); ++i) {
    Put(i > 0 ? ", (" : "(");
    PutList(clause.grouping_sets[i]);
    Put(")");
  }
  Put(")");
}

void Printer::PrintWindows(const std::vector<NamedWindow>& windows) {
  if (windows.empty()) return;
  Put(" WINDOW ");
  PutList(windows);
}

void Printer::PrintOrganization(const QueryOrganization& organization) {
  const auto put = [&](std::string_view name, const auto& items) {
    if (items.empty()) return;
    Put(name);
    PutList(items);
  };
  put(" ORDER BY ", organization.order_by);
  put(" CLUSTER BY ", organization.cluster_by);
  put(" DISTRIBUTE BY ", organization.distribute_by);
  put(" SORT BY ", organization.sort_by);
  PrintWindows(organization.windows);
  PutIf(organization.limit_all, " LIMIT ALL");
  PutClause(" LIMIT ", organization.limit);
  PutClause(" OFFSET ", organization.offset);
}

void Printer::PrintPipeStep(const PipeTerm& pipe) {
  Put(" |>");
  switch (pipe.op) {
    case PipeOperator::kSelect:
      Put(" ");
      return PrintSelect(*pipe.select);
    case PipeOperator::kExtend:
      Put(" EXTEND ");
      return PutList(pipe.items);
    case PipeOperator::kSet:
      Put(" SET ");
      for (std::size_t i = 0; i < pipe.assignments.size(); ++i) {
        Put(i > 0 ? ", " : "", pipe.assignments[i].column, " = ", pipe.assignments[i].value);
      }
      return;
    case PipeOperator::kDrop:
      Put(" DROP ");
      return PutList(pipe.columns);
    case PipeOperator::kAs:
      return Put(" AS ", pipe.alias);
    case PipeOperator::kWhere:
      Put(" WHERE ", pipe.condition);
      return PrintWindows(pipe.windows);
    case PipeOperator::kRelation:
      return PrintRelationLink(*pipe.relation);
    case PipeOperator::kSample:
      return PrintSample(pipe.sample);
    case PipeOperator::kSetOperation:
      return PrintSetOperator(*pipe.set_operation);
    case PipeOperator::kOrganization:
      return PrintOrganization(pipe.organization);
    case PipeOperator::kAggregate:
      Put(" AGGREGATE", pipe.items.empty() ? "" : " ");
      PutList(pipe.items);
      if (pipe.group_by.has_value()) PrintGroupBy(*pipe.group_by);
      return;
  }
}

std::string ToSql(const Query& query) {
  Printer printer;
  printer.Print(query);
  return printer.Take();
}

}  // namespace hearth::sql
