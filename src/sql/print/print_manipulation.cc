// INSERT, DELETE, UPDATE, MERGE and their kin.

#include "sql/print/printer_internal.h"

namespace hearth::sql {

void Printer::PrintManipulation(const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::kInsert:
      return PrintInsert(As<InsertStatement>(statement));
    case StatementKind::kInsertDirectory:
      return PrintInsertDirectory(As<InsertDirectoryStatement>(statement));
    case StatementKind::kMultiInsert:
      return PrintMultiInsert(As<MultiInsertStatement>(statement));
    case StatementKind::kDelete:
      return PrintDelete(As<DeleteStatement>(statement));
    case StatementKind::kUpdate:
      return PrintUpdate(As<UpdateStatement>(statement));
    case StatementKind::kMerge:
      return PrintMerge(As<MergeStatement>(statement));
    case StatementKind::kTruncateTable: {
      const auto& truncate = As<TruncateTableStatement>(statement);
      Put("TRUNCATE TABLE ", truncate.name);
      return PrintPartition(truncate.partition);
    }
    default: {
      const auto& load = As<LoadDataStatement>(statement);
      Put("LOAD DATA ", load.local ? "LOCAL " : "", "INPATH ", QuoteString(load.path),
          load.overwrite ? " OVERWRITE" : "", " INTO TABLE ", load.name);
      return PrintPartition(load.partition);
    }
  }
}

void Printer::PrintInsertTarget(const InsertTarget& target) {
  Put("INSERT ", target.schema_evolution ? "WITH SCHEMA EVOLUTION " : "",
      target.mode == InsertMode::kOverwrite ? "OVERWRITE " : "INTO ", target.table);
  PrintAlias(target.alias);
  PrintOptions(" WITH ", target.options);
  PrintPartition(target.partition);
  PutIf(target.if_not_exists, " IF NOT EXISTS");
  PutIf(target.by_name, " BY NAME");
  const auto put_columns = [&] {
    if (target.columns.empty()) return;
    Put(" (");
    PutList(target.columns);
    Put(")");
  };
  switch (target.mode) {
    case InsertMode::kInto:
    case InsertMode::kOverwrite:
      return put_columns();
    case InsertMode::kReplaceWhere:
      put_columns();
      return Put(" REPLACE WHERE ", target.condition);
    case InsertMode::kReplaceOn:
      put_columns();
      return Put(" REPLACE ON ", target.condition);
    case InsertMode::kReplaceUsing:
      Put(" REPLACE USING");
      return put_columns();
  }
}

void Printer::PrintInsert(const InsertStatement& insert) {
  PrintWith(insert.with, insert.recursive);
  PrintInsertTarget(insert.target);
  Put(" ", insert.query);
  PrintAlias(insert.query_alias);
}

void Printer::PrintInsertDirectory(const InsertDirectoryStatement& insert) {
  PrintWith(insert.with, insert.recursive);
  Put("INSERT OVERWRITE ", insert.local ? "LOCAL " : "", "DIRECTORY");
  PutStringClause(" ", insert.path);
  if (!insert.provider.empty()) Put(" USING ", insert.provider);
  PrintOptions(" OPTIONS ", insert.options);
  PrintHiveFormat(insert.hive);
  Put(" ", insert.query);
}

void Printer::PrintMultiInsert(const MultiInsertStatement& insert) {
  PrintWith(insert.with, insert.recursive);
  Put("FROM ", insert.from);
  for (const MultiInsertStatement::Insert& one : insert.inserts) {
    Put(" ");
    PrintInsertTarget(one.target);
    Put(" ", one.query);
  }
}

void Printer::PrintDelete(const DeleteStatement& statement) {
  PrintWith(statement.with, statement.recursive);
  Put("DELETE FROM ", statement.table);
  PrintAlias(statement.alias);
  PrintOptions(" WITH ", statement.options);
  PutClause(" WHERE ", statement.where);
}

void Printer::PrintUpdate(const UpdateStatement& statement) {
  PrintWith(statement.with, statement.recursive);
  Put("UPDATE ", statement.table);
  PrintAlias(statement.alias);
  PrintOptions(" WITH ", statement.options);
  Put(" SET ");
  PutList(statement.assignments);
  PutClause(" WHERE ", statement.where);
}

void Printer::PrintMerge(const MergeStatement& merge) {
  PrintWith(merge.with, merge.recursive);
  Put("MERGE ", merge.schema_evolution ? "WITH SCHEMA EVOLUTION " : "", "INTO ", merge.table);
  PrintAlias(merge.alias);
  PrintOptions(" WITH ", merge.options);
  Put(" USING ", merge.source, " ON ", merge.condition);
  for (const MergeClause& clause : merge.clauses) PrintMergeClause(clause);
}

void Printer::PrintMergeClause(const MergeClause& clause) {
  constexpr const char* kNames[] = {" WHEN MATCHED", " WHEN NOT MATCHED", " WHEN NOT MATCHED BY SOURCE"};
  Put(kNames[static_cast<std::size_t>(clause.match)]);
  PutClause(" AND ", clause.condition);
  Put(" THEN ");
  switch (clause.action) {
    case MergeActionKind::kDelete:
      return Put("DELETE");
    case MergeActionKind::kUpdateAll:
      return Put("UPDATE SET *");
    case MergeActionKind::kUpdate:
      Put("UPDATE SET ");
      return PutList(clause.assignments);
    case MergeActionKind::kInsertAll:
      return Put("INSERT *");
    case MergeActionKind::kInsert:
      Put("INSERT (");
      PutList(clause.insert_columns);
      Put(") VALUES (");
      PutList(clause.insert_values);
      return Put(")");
  }
}

}  // namespace hearth::sql
