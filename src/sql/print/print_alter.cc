// ALTER TABLE and ALTER VIEW.

#include "sql/print/printer_internal.h"

namespace hearth::sql {

void Printer::PrintAlterTable(const AlterTableStatement& alter) {
  Put(alter.is_view ? "ALTER VIEW " : "ALTER TABLE ", alter.name);
  const bool partition_first =
      alter.action == AlterTableAction::kRenamePartition || alter.action == AlterTableAction::kSetLocation ||
      alter.action == AlterTableAction::kSetSerde || alter.action == AlterTableAction::kAlterColumns ||
      alter.action == AlterTableAction::kReplaceColumns;
  if (partition_first && !alter.partitions.empty()) PrintPartition(alter.partitions.front().values);
  PrintAlterAction(alter);
}

void Printer::PrintAlterAction(const AlterTableStatement& alter) {
  switch (alter.action) {
    case AlterTableAction::kRename:
      return Put(" RENAME TO ", alter.new_name);
    case AlterTableAction::kRenameColumn:
      return Put(" RENAME COLUMN ", alter.column_names.front(), " TO ", alter.new_column);
    case AlterTableAction::kRenamePartition:
      Put(" RENAME TO");
      return PrintPartition(alter.partitions.back().values);
    case AlterTableAction::kAddColumns:
    case AlterTableAction::kReplaceColumns:
      Put(alter.action == AlterTableAction::kAddColumns ? " ADD COLUMNS (" : " REPLACE COLUMNS (");
      for (std::size_t i = 0; i < alter.columns.size(); ++i) {
        PutIf(i > 0, ", ");
        PrintColumn(alter.columns[i]);
      }
      return Put(")");
    case AlterTableAction::kDropColumns:
      Put(" DROP COLUMNS ", alter.if_exists ? "IF EXISTS " : "", "(");
      PutList(alter.column_names);
      return Put(")");
    case AlterTableAction::kAlterColumns:
      Put(" ALTER COLUMN ");
      for (std::size_t i = 0; i < alter.column_changes.size(); ++i) {
        PutIf(i > 0, ", ");
        PrintColumnChange(alter.column_changes[i]);
      }
      return;
    case AlterTableAction::kSetProperties:
      return PrintOptions(" SET TBLPROPERTIES ", alter.properties);
    case AlterTableAction::kUnsetProperties:
      return PrintOptions(alter.if_exists ? " UNSET TBLPROPERTIES IF EXISTS " : " UNSET TBLPROPERTIES ",
                          alter.properties);
    case AlterTableAction::kAddPartitions:
      Put(" ADD", alter.if_not_exists ? " IF NOT EXISTS" : "");
      for (const PartitionSpecification& partition : alter.partitions) {
        PrintPartition(partition.values);
        PutStringClause(" LOCATION ", partition.location_path);
      }
      return;
    case AlterTableAction::kDropPartitions:
      Put(" DROP", alter.if_exists ? " IF EXISTS" : "");
      for (std::size_t i = 0; i < alter.partitions.size(); ++i) {
        PutIf(i > 0, ",");
        PrintPartition(alter.partitions[i].values);
      }
      return PutIf(alter.purge, " PURGE");
    case AlterTableAction::kSetLocation:
      return Put(" SET LOCATION ", QuoteString(alter.value));
    case AlterTableAction::kSetSerde:
      if (alter.value.empty()) return PrintOptions(" SET SERDEPROPERTIES ", alter.properties);
      Put(" SET SERDE ", QuoteString(alter.value));
      return PrintOptions(" WITH SERDEPROPERTIES ", alter.properties);
    case AlterTableAction::kClusterBy:
      if (alter.column_names.empty()) return Put(" CLUSTER BY NONE");
      Put(" CLUSTER BY (");
      PutList(alter.column_names);
      return Put(")");
    case AlterTableAction::kSetCollation:
      return Put(" DEFAULT COLLATION ", QuoteIdentifier(alter.value));
    case AlterTableAction::kAddConstraint:
      Put(" ADD ");
      return PrintConstraint(*alter.constraint, true);
    case AlterTableAction::kDropConstraint:
      return Put(" DROP CONSTRAINT ", alter.if_exists ? "IF EXISTS " : "", QuoteIdentifier(alter.value),
                 alter.cascade ? " CASCADE" : "");
    case AlterTableAction::kSchemaBinding:
      return Put(" WITH SCHEMA ", alter.value);
  }
}

// One action of ALTER COLUMN, or Hive's whole column.
void Printer::PrintColumnChange(const ColumnChange& change) {
  Put(change.column);
  if (change.type != nullptr) Put(" TYPE ", change.type);
  PutStringClause(" COMMENT ", change.comment);
  if (change.nullable.has_value()) Put(*change.nullable ? " DROP NOT NULL" : " SET NOT NULL");
  PutClause(" SET DEFAULT ", change.default_value);
  PutIf(change.drop_default, " DROP DEFAULT");
  PrintColumnPosition(change.column_position);
}

void Printer::PrintColumnPosition(const std::optional<ColumnPosition>& position) {
  if (!position.has_value()) return;
  if (position->first) return Put(" FIRST");
  Put(" AFTER ", position->after);
}

void Printer::PutOne(const PartitionValue& value) {
  Put(value.column);
  PutIf(value.is_default, " = DEFAULT");
  PutClause(" = ", value.value);
}

void Printer::PrintPartition(const std::vector<PartitionValue>& values) {
  if (values.empty()) return;
  Put(" PARTITION (");
  PutList(values);
  Put(")");
}

}  // namespace hearth::sql
