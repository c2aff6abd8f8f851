// Rows into tables: which columns they fill, which casts that takes, and the write itself; private to
// session/commands.
#pragma once

#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "plan/executor.h"
#include "plan/resolved/tree.h"
#include "plan/unresolved/command.h"
#include "session/catalog_store.h"
#include "session/session.h"

namespace hearth::session::commands {

// How the columns of a query find those of a table.
struct InsertShape {
  bool by_name = false;
  std::vector<std::string> columns;  // INSERT INTO t (a, b); empty: all, in order
  std::vector<std::pair<std::string, plan::ExpressionPtr>> static_partitions;  // constants
};

// The query's rows as rows of the table: its columns, in its order, of its types. Errors:
// INSERT_COLUMN_ARITY_MISMATCH.*, INCOMPATIBLE_DATA_FOR_TABLE.*, UNRESOLVED_COLUMN.
base::Result<plan::RelationPtr> FitToTable(Session& session, const plan::RelationPtr& query,
                                           const TableRecord& table, const InsertShape& shape);

// Error: UNSUPPORTED_OVERWRITE.TABLE when the query reads files of the table that it is about to replace.
base::Status CheckNotReadFrom(const plan::Relation& query, const TableRecord& table);

// Writes rows that fit. `overwrite`: in the place of what is there; of partitions, only those that the rows
// touch, when `dynamic`.
base::Status WriteRowsToTable(Session& session, const plan::RelationPtr& rows, const TableRecord& table,
                              bool overwrite, bool dynamic, std::stop_token stop);

// The record of a table that takes the query's columns, all nullable, the partition columns moved to the end.
// Error: COLUMN_NOT_DEFINED_IN_TABLE.
base::Result<std::vector<plan::TableColumnInfo>> ColumnsOf(const plan::Relation& query,
                                                           const std::string& table,
                                                           const std::vector<std::string>& partition_columns);
base::Status MovePartitionColumns(const std::string& table, const std::vector<std::string>& partition_columns,
                                  std::vector<plan::TableColumnInfo>* columns);

}  // namespace hearth::session::commands
