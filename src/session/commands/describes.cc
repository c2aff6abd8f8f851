// DESCRIBE of tables, views, queries and functions.
#include <fmt/format.h>

#include "plan/functions/registry.h"
#include "plan/types/field_metadata.h"
#include "session/commands/handlers.h"
#include "session/commands/objects.h"
#include "session/commands/rows.h"
#include "session/commands/table_text.h"
#include "session/planning.h"

namespace hearth::session::commands {
namespace {

using base::ErrorKind;
using base::MakeError;
using unresolved::DescribeTable;

Rows ColumnRows() { return Rows({{"col_name"}, {"data_type"}, {"comment", true}}); }

void AddColumns(const plan::DataType& schema, Rows* rows) {
  for (const plan::Field& field : schema.fields()) {
    rows->Add({field.name, field.type->CatalogString(), TextOrNull(plan::CommentOf(field).value_or(""))});
  }
}

void AddHeading(const std::string& text, Rows* rows) { rows->Add({text, std::string(), std::string()}); }

void AddPartitions(const TableRecord& table, Rows* rows) {
  if (table.partition_columns().empty()) return;
  AddHeading("# Partition Information", rows);
  rows->Add({std::string("# col_name"), std::string("data_type"), std::string("comment")});
  for (const plan::TableColumnInfo& column : table.info.columns) {
    if (column.is_partition)
      rows->Add({column.field.name, column.field.type->CatalogString(), TextOrNull(column.comment)});
  }
}

Answer DescribeColumn(const plan::DataType& schema, const std::string& name) {
  for (const plan::Field& field : schema.fields()) {
    if (LowerCase(field.name) != LowerCase(name)) continue;
    Rows rows({{"info_name"}, {"info_value"}});
    rows.Add({std::string("col_name"), field.name});
    rows.Add({std::string("data_type"), field.type->CatalogString()});
    rows.Add({std::string("comment"), plan::CommentOf(field).value_or("NULL")});
    return rows.Build();
  }
  return MakeError(
      ErrorKind::kAnalysis, "COLUMN_NOT_FOUND",
      fmt::format("There is no column {}.", plan::QuoteIdentifier(name)),
      {{"colName", plan::QuoteIdentifier(name)}, {"caseSensitiveConfig", "\"spark.sql.caseSensitive\""}});
}

}  // namespace

Answer Run(Session& session, const DescribeTable& command, const CommandContext&) {
  Rows rows = ColumnRows();
  if (session.Names()->FindTemporary(command.name)) {
    HEARTH_ASSIGN(const plan::TypePtr schema, ViewSchema(session, command.name));
    if (!command.column.empty()) return DescribeColumn(*schema, command.column);
    AddColumns(*schema, &rows);
    return rows.Build();
  }
  const auto found = FindTable(session, command.name);
  if (!found.ok()) {
    // Files by format and path have columns too.
    const auto schema = ViewSchema(session, command.name);
    if (!schema.ok()) return base::Error(*found.error());
    AddColumns(**schema, &rows);
    return rows.Build();
  }
  const TableRecord& table = **found;
  if (!command.column.empty()) return DescribeColumn(*table.schema(), command.column);
  AddColumns(*table.schema(), &rows);
  AddPartitions(table, &rows);
  if (command.extended) {
    AddHeading("", &rows);
    AddHeading("# Detailed Table Information", &rows);
    for (const auto& [name, value] : TableFacts(table)) rows.Add({name, value, std::string()});
  }
  return rows.Build();
}

Answer Run(Session& session, const unresolved::DescribeQuery& command, const CommandContext& context) {
  HEARTH_ASSIGN(const plan::RelationPtr plan, AnalyzeQuery(session, command.query, context.stop));
  Rows rows = ColumnRows();
  AddColumns(*plan::SchemaOf(*plan), &rows);
  return rows.Build();
}

Answer Run(Session& session, const unresolved::DescribeFunction& command, const CommandContext&) {
  const plan::Function* function =
      command.name.size() == 1 ? plan::FunctionTable::BuiltIn().Find(command.name[0]) : nullptr;
  if (function == nullptr) {
    const std::string quoted = plan::QuoteIdentifiers(command.name);
    return MakeError(ErrorKind::kAnalysis, "UNRESOLVED_ROUTINE",
                     fmt::format("There is no function {}.", quoted),
                     {{"routineName", quoted}, {"searchPath", session.Names()->SearchPath()}});
  }
  Rows rows({{"function_desc"}});
  rows.Add({fmt::format("Function: {}", function->name)});
  return rows.Build();
}

}  // namespace hearth::session::commands
