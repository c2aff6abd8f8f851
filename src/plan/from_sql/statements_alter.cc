// ALTER TABLE and ALTER VIEW, TRUNCATE, ANALYZE, and the row changes that tables of files refuse.
#include "plan/from_sql/converter.h"

namespace hearth::plan::from_sql {
namespace {

using unresolved::AlterTable;
using unresolved::Command;
using Action = sql::AlterTableAction;
using Kind = sql::StatementKind;

Command Refused(std::string what) { return {unresolved::UnsupportedCommand{std::move(what)}}; }

// The words of an action that is read and refused.
std::string_view RefusedAction(Action action) {
  switch (action) {
    case Action::kReplaceColumns:
      return "ALTER TABLE … REPLACE COLUMNS";
    case Action::kAddPartitions:
      return "ALTER TABLE … ADD PARTITION";
    case Action::kDropPartitions:
      return "ALTER TABLE … DROP PARTITION";
    case Action::kRenamePartition:
      return "ALTER TABLE … PARTITION … RENAME TO PARTITION";
    case Action::kSetLocation:
      return "ALTER TABLE … SET LOCATION";
    case Action::kSetSerde:
      return "ALTER TABLE … SET SERDE";
    case Action::kClusterBy:
      return "ALTER TABLE … CLUSTER BY";
    case Action::kSetCollation:
      return "ALTER TABLE … DEFAULT COLLATION";
    case Action::kAddConstraint:
    case Action::kDropConstraint:
      return "constraints of ALTER TABLE";
    case Action::kSchemaBinding:
      return "ALTER VIEW … WITH SCHEMA";
    default:
      return "";
  }
}

std::string Joined(const sql::MultipartName& name) {
  std::string text;
  for (const auto& part : name.parts) text += (text.empty() ? "" : ".") + part;
  return text;
}

}  // namespace

base::Result<std::optional<Command>> Converter::AlteringStatement(const sql::Statement& statement) {
  const auto refuse = [&](const sql::ObjectName& table,
                          const char* operation) -> base::Result<std::optional<Command>> {
    HEARTH_ASSIGN(auto name, ObjectName(table));
    return std::optional(Command{unresolved::RefusedOperation{std::move(name), operation}});
  };
  switch (statement.kind) {
    case Kind::kAlterTable: {
      HEARTH_ASSIGN(auto command, Convert(sql::As<sql::AlterTableStatement>(statement)));
      return std::optional(std::move(command));
    }
    case Kind::kTruncateTable: {
      const auto& truncate = sql::As<sql::TruncateTableStatement>(statement);
      if (!truncate.partition.empty()) return std::optional(Refused("TRUNCATE TABLE … PARTITION"));
      HEARTH_ASSIGN(auto name, ObjectName(truncate.name));
      return std::optional(Command{unresolved::TruncateTable{std::move(name)}});
    }
    case Kind::kAnalyze: {
      const auto& analyze = sql::As<sql::AnalyzeStatement>(statement);
      if (analyze.all_tables || !analyze.name) return std::optional(Refused("ANALYZE TABLES"));
      HEARTH_ASSIGN(auto name, ObjectName(*analyze.name));
      return std::optional(Command{unresolved::AnalyzeTable{std::move(name)}});
    }
    case Kind::kDelete:
      return refuse(sql::As<sql::DeleteStatement>(statement).table, "DELETE");
    case Kind::kUpdate:
      return refuse(sql::As<sql::UpdateStatement>(statement).table, "UPDATE TABLE");
    case Kind::kMerge:
      return refuse(sql::As<sql::MergeStatement>(statement).table, "MERGE INTO TABLE");
    default:
      return std::optional<Command>();
  }
}

base::Result<Command> Converter::Convert(const sql::AlterTableStatement& statement) {
  if (const auto refused = RefusedAction(statement.action); !refused.empty())
    return Refused(std::string(refused));
  AlterTable alter{.is_view = statement.is_view};
  HEARTH_ASSIGN(alter.name, ObjectName(statement.name));
  switch (statement.action) {
    case Action::kRename:
      alter.new_name = statement.new_name.parts;
      return Command{std::move(alter)};
    case Action::kDropColumns:
      return Command{unresolved::RefusedOperation{std::move(alter.name), "DROP COLUMN"}};
    case Action::kRenameColumn:
      return Command{unresolved::RefusedOperation{std::move(alter.name), "RENAME COLUMN"}};
    case Action::kAddColumns:
      alter.action = AlterTable::Action::kAddColumns;
      for (const auto& column : statement.columns) {
        if (column.name.parts.size() > 1) return Refused("ALTER TABLE … ADD COLUMNS of a struct's field");
        if (column.default_value != nullptr) return Refused("ALTER TABLE … ADD COLUMNS with DEFAULT");
        auto type = ConvertType(*column.type, options_.timestamp_ntz_default);
        if (!type.ok()) return At(column.location, std::move(*type.error()));
        alter.columns.push_back({.name = Joined(column.name),
                                 .type = std::move(*type),
                                 .nullable = column.nullable,
                                 .comment = column.comment.value_or("")});
      }
      return Command{std::move(alter)};
    case Action::kAlterColumns: {
      const auto& changes = statement.column_changes;
      const bool is_comment = changes.size() == 1 && changes[0].comment && !changes[0].type &&
                              !changes[0].new_name && changes[0].column.parts.size() == 1;
      if (!is_comment) return Refused("ALTER TABLE … ALTER COLUMN but for a comment");
      alter.action = AlterTable::Action::kCommentColumn;
      alter.columns.push_back({.name = Joined(changes[0].column), .comment = *changes[0].comment});
      return Command{std::move(alter)};
    }
    case Action::kSetProperties:
    case Action::kUnsetProperties: {
      alter.action = statement.action == Action::kSetProperties ? AlterTable::Action::kSetProperties
                                                                : AlterTable::Action::kUnsetProperties;
      HEARTH_ASSIGN(alter.properties, Options(statement.properties));
      return Command{std::move(alter)};
    }
    default:
      return Refused("ALTER TABLE");
  }
}

}  // namespace hearth::plan::from_sql
