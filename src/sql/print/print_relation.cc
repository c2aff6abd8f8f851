// Relations.

#include "sql/print/printer_internal.h"

namespace hearth::sql {

namespace {

// The relation that a link of a chain extends; null when it is no link.
const Relation* ChainChild(const Relation& relation) {
  switch (relation.kind) {
    case RelationKind::kJoin:
      return As<JoinRelation>(relation).left.get();
    case RelationKind::kLateralView:
      return As<LateralViewRelation>(relation).child.get();
    case RelationKind::kPivot:
      return As<PivotRelation>(relation).child.get();
    case RelationKind::kUnpivot:
      return As<UnpivotRelation>(relation).child.get();
    default:
      return nullptr;
  }
}

bool IsLink(const Relation& relation) {
  return relation.kind == RelationKind::kJoin || relation.kind == RelationKind::kLateralView ||
         relation.kind == RelationKind::kPivot || relation.kind == RelationKind::kUnpivot;
}

}  // namespace

void Printer::PrintRelation(const Relation& relation) {
  std::vector<const Relation*> spine;
  const Relation* first = &relation;
  while (first != nullptr && IsLink(*first)) {
    spine.push_back(first);
    first = ChainChild(*first);
  }
  if (first != nullptr) PrintPlainRelation(*first);
  for (std::size_t i = spine.size(); i-- > 0;) PrintRelationLink(*spine[i]);
}

void Printer::PrintRelationLink(const Relation& relation) {
  switch (relation.kind) {
    case RelationKind::kJoin:
      return PrintJoin(As<JoinRelation>(relation));
    case RelationKind::kLateralView:
      return PrintLateralView(As<LateralViewRelation>(relation));
    case RelationKind::kPivot:
      return PrintPivot(As<PivotRelation>(relation));
    default:
      return PrintUnpivot(As<UnpivotRelation>(relation));
  }
}

void Printer::PrintPlainRelation(const Relation& relation) {
  switch (relation.kind) {
    case RelationKind::kTable:
      return PrintTable(As<TableRelation>(relation));
    case RelationKind::kSubquery: {
      const auto& subquery = As<SubqueryRelation>(relation);
      Put("(", subquery.query, ")");
      PrintSample(subquery.sample);
      return PrintAlias(subquery.alias);
    }
    case RelationKind::kParenthesized: {
      const auto& parenthesized = As<ParenthesizedRelation>(relation);
      Put("(", parenthesized.child, ")");
      PrintSample(parenthesized.sample);
      return PrintAlias(parenthesized.alias);
    }
    case RelationKind::kInlineTable: {
      const auto& table = As<InlineTableRelation>(relation);
      Put("VALUES ");
      for (std::size_t i = 0; i < table.rows.size(); ++i) {
        PutIf(i > 0, ", ");
        const bool row = table.rows[i]->kind == ExpressionKind::kRow;
        PutIf(!row, "(");
        Put(table.rows[i]);
        PutIf(!row, ")");
      }
      return PrintAlias(table.alias);
    }
    case RelationKind::kTableFunction:
      return PrintTableFunction(As<TableFunctionRelation>(relation));
    default:
      return PrintRelation(relation);
  }
}

void Printer::PrintTable(const TableRelation& table) {
  Put(table.name);
  if (table.time_travel.has_value()) {
    PutStringClause(" VERSION AS OF ", table.time_travel->version);
    PutClause(" TIMESTAMP AS OF ", table.time_travel->timestamp);
  }
  PrintOptions(" WITH ", table.options);
  PrintSample(table.sample);
  PrintAlias(table.alias);
}

void Printer::PrintTableFunction(const TableFunctionRelation& function) {
  if (function.name.parts.size() == 1) {
    PrintFunctionName(function.name.parts);
  } else {
    Put(function.name);
  }
  Put("(");
  PutList(function.arguments);
  Put(")");
  PutIf(function.with_ordinality, " WITH ORDINALITY");
  PrintAlias(function.alias);
}

void Printer::PrintAlias(const std::optional<TableAlias>& alias) {
  if (!alias.has_value()) return;
  Put(" AS ", alias->name);
  if (alias->columns.empty()) return;
  Put("(");
  PutList(alias->columns);
  Put(")");
}

void Printer::PrintSample(const std::optional<TableSample>& sample) {
  if (!sample.has_value()) return;
  Put(" TABLESAMPLE (");
  switch (sample->method) {
    case SampleMethod::kPercent:
    case SampleMethod::kBytes:
      Put(sample->percent, " PERCENT");
      break;
    case SampleMethod::kRows:
      PrintOperand(*sample->rows);
      Put(" ROWS");
      break;
    case SampleMethod::kBucket:
      Put("BUCKET ", sample->bucket, " OUT OF ", sample->buckets);
      break;
  }
  Put(")");
  if (sample->seed.has_value()) Put(" REPEATABLE (", *sample->seed, ")");
}

void Printer::PutOne(const Option& option) {
  Put(QuoteString(option.key));
  if (option.expression != nullptr) {
    Put(" = ", option.expression);
  } else {
    PutStringClause(" = ", option.value);
  }
}

void Printer::PrintOptions(std::string_view prefix, const std::vector<Option>& options) {
  if (options.empty()) return;
  Put(prefix, "(");
  PutList(options);
  Put(")");
}

void Printer::PrintJoin(const JoinRelation& join) {
  constexpr const char* kNames[] = {", ",
                                    " JOIN ",
                                    " CROSS JOIN ",
                                    " LEFT OUTER JOIN ",
                                    " RIGHT OUTER JOIN ",
                                    " FULL OUTER JOIN ",
                                    " LEFT SEMI JOIN ",
                                    " LEFT ANTI JOIN "};
  PutIf(join.natural, " NATURAL");
  Put(kNames[static_cast<std::size_t>(join.type)], join.lateral ? "LATERAL " : "", join.right);
  PutClause(" ON ", join.on);
  if (join.using_columns.empty()) return;
  Put(" USING (");
  PutList(join.using_columns);
  Put(")");
}

void Printer::PrintLateralView(const LateralViewRelation& view) {
  Put(" LATERAL VIEW ", view.outer ? "OUTER " : "");
  PrintFunctionName(view.function);
  Put("(");
  PutList(view.arguments);
  Put(") ", view.table_alias);
  if (view.columns.empty()) return;
  Put(" AS ");
  PutList(view.columns);
}

void Printer::PrintPivot(const PivotRelation& pivot) {
  Put(" PIVOT (");
  PutList(pivot.aggregates);
  const bool several = pivot.columns.size() > 1;
  Put(" FOR ", several ? "(" : "");
  PutList(pivot.columns);
  Put(several ? ")" : "", " IN (");
  for (std::size_t i = 0; i < pivot.values.size(); ++i) {
    Put(i > 0 ? ", " : "", pivot.values[i].expression);
    if (pivot.values[i].alias.has_value()) Put(" AS ", *pivot.values[i].alias);
  }
  Put("))");
  if (pivot.alias.has_value()) Put(" AS ", *pivot.alias);
}

void Printer::PrintUnpivot(const UnpivotRelation& unpivot) {
  Put(" UNPIVOT ");
  if (unpivot.include_nulls.has_value()) Put(*unpivot.include_nulls ? "INCLUDE NULLS " : "EXCLUDE NULLS ");
  Put(unpivot.multiple_values ? "((" : "(");
  PutList(unpivot.value_columns);
  Put(unpivot.multiple_values ? ")" : "", " FOR ", unpivot.name_column, " IN (");
  for (std::size_t i = 0; i < unpivot.sources.size(); ++i) {
    const UnpivotRelation::Source& source = unpivot.sources[i];
    Put(i > 0 ? ", " : "", unpivot.multiple_values ? "(" : "");
    PutList(source.columns);
    PutIf(unpivot.multiple_values, ")");
    if (source.alias.has_value()) Put(" AS ", *source.alias);
  }
  Put("))");
  if (unpivot.alias.has_value()) Put(" AS ", *unpivot.alias);
}

}  // namespace hearth::sql
