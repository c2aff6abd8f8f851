// CREATE and DROP of databases, tables and views.
#include "plan/from_sql/converter.h"
#include "plan/types/field_metadata.h"

namespace hearth::plan::from_sql {
namespace {

using unresolved::Command;
using Kind = sql::StatementKind;

Command Refused(std::string what) { return {unresolved::UnsupportedCommand{std::move(what)}}; }

// a.b as one format name
std::string Joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ".") + part;
  return text;
}

// The clause of CREATE TABLE that is refused by name; empty when there is none.
std::string RefusedClause(const sql::CreateTableStatement& statement) {
  if (statement.temporary) return "CREATE TEMPORARY TABLE";
  if (statement.replace && !statement.or_create) return "REPLACE TABLE";
  if (!statement.constraints.empty()) return "table constraints";
  if (statement.clauses.buckets) return "CLUSTERED BY … INTO … BUCKETS";
  if (!statement.clauses.clustered_by.empty()) return "CLUSTER BY in CREATE TABLE";
  if (statement.clauses.skewed) return "SKEWED BY";
  const auto& hive = statement.clauses.hive;
  if (hive && (hive->file_format.empty() || !hive->serde.empty() || hive->delimited))
    return "Hive's ROW FORMAT and STORED BY";
  for (const auto& column : statement.columns) {
    if (column.generated_as != nullptr) return "generated columns";
    if (column.identity) return "identity columns";
    if (!column.constraints.empty()) return "column constraints";
  }
  for (const auto& partition : statement.clauses.partitioned_by) {
    if (!partition.column && !partition.identity) return "PARTITIONED BY a transform";
  }
  return "";
}

}  // namespace

base::Result<std::optional<Command>> Converter::DefiningStatement(const sql::Statement& statement) {
  switch (statement.kind) {
    case Kind::kCreateNamespace: {
      const auto& create = sql::As<sql::CreateNamespaceStatement>(statement);
      HEARTH_ASSIGN(auto name, ObjectName(create.name));
      unresolved::CreateDatabase command{std::move(name), create.if_not_exists,
                                         create.location_path.value_or(""), create.comment.value_or("")};
      HEARTH_ASSIGN(command.properties, Options(create.properties));
      return std::optional(Command{std::move(command)});
    }
    case Kind::kDropNamespace: {
      const auto& drop = sql::As<sql::DropNamespaceStatement>(statement);
      HEARTH_ASSIGN(auto name, ObjectName(drop.name));
      return std::optional(Command{unresolved::DropDatabase{std::move(name), drop.if_exists, drop.cascade}});
    }
    case Kind::kCreateTable: {
      HEARTH_ASSIGN(auto command, Convert(sql::As<sql::CreateTableStatement>(statement)));
      return std::optional(std::move(command));
    }
    case Kind::kDropTable: {
      const auto& drop = sql::As<sql::DropTableStatement>(statement);
      HEARTH_ASSIGN(auto name, ObjectName(drop.name));
      return std::optional(Command{unresolved::DropTable{std::move(name), drop.if_exists, drop.purge}});
    }
    case Kind::kCreateView: {
      HEARTH_ASSIGN(auto command, Convert(sql::As<sql::CreateViewStatement>(statement)));
      return std::optional(std::move(command));
    }
    case Kind::kCreateViewUsing: {
      HEARTH_ASSIGN(auto command, Convert(sql::As<sql::CreateViewUsingStatement>(statement)));
      return std::optional(std::move(command));
    }
    case Kind::kDropView: {
      const auto& drop = sql::As<sql::DropViewStatement>(statement);
      HEARTH_ASSIGN(auto name, ObjectName(drop.name));
      return std::optional(Command{unresolved::DropView{std::move(name), drop.if_exists}});
    }
    default:
      return std::optional<Command>();
  }
}

base::Status Converter::TableColumns(const sql::CreateTableStatement& statement,
                                     unresolved::CreateTable& table) {
  for (const auto& column : statement.columns) {
    auto type = ConvertType(*column.type, options_.timestamp_ntz_default);
    if (!type.ok()) return At(column.location, std::move(*type.error()));
    unresolved::TableColumn result{.name = Joined(column.name.parts),
                                   .type = std::move(*type),
                                   .nullable = column.nullable,
                                   .comment = column.comment.value_or("")};
    if (column.default_value != nullptr) {
      HEARTH_ASSIGN(result.default_value, Expression(*column.default_value));
    }
    table.columns.push_back(std::move(result));
  }
  for (const auto& partition : statement.clauses.partitioned_by) {
    if (partition.identity) {
      const auto* column = sql::TryAs<sql::ColumnExpression>(partition.arguments[0].get());
      if (column == nullptr)
        return At(partition.location, base::NotImplemented("PARTITIONED BY a transform"));
      table.partition_columns.push_back(Joined(column->parts));
      continue;
    }
    // Hive's form: the partition columns, with their types, come after the others.
    HEARTH_ASSIGN(auto type, ConvertType(*partition.column->type, options_.timestamp_ntz_default));
    table.partition_columns.push_back(partition.column->name.text);
    table.columns.push_back({.name = partition.column->name.text,
                             .type = std::move(type),
                             .nullable = partition.column->nullable,
                             .comment = partition.column->comment.value_or("")});
  }
  return {};
}

base::Result<Command> Converter::Convert(const sql::CreateTableStatement& statement) {
  if (auto refused = RefusedClause(statement); !refused.empty()) return Refused(std::move(refused));
  HEARTH_ASSIGN(auto name, ObjectName(statement.name));
  const auto& clauses = statement.clauses;
  unresolved::CreateTable table{.name = std::move(name),
                                .format = clauses.hive ? clauses.hive->file_format : Joined(clauses.provider),
                                .location = clauses.location_path.value_or(""),
                                .comment = clauses.comment.value_or(""),
                                .if_not_exists = statement.if_not_exists,
                                .replace = statement.replace};
  HEARTH_RETURN_IF_ERROR(TableColumns(statement, table));
  HEARTH_ASSIGN(table.options, Options(clauses.options));
  HEARTH_ASSIGN(table.properties, Options(clauses.properties));
  if (statement.query != nullptr) {
    HEARTH_ASSIGN(table.query, Query(*statement.query));
  }
  return Command{std::move(table)};
}

base::Result<Command> Converter::Convert(const sql::CreateViewStatement& statement) {
  if (statement.schema_binding) return Refused("CREATE VIEW … WITH SCHEMA " + *statement.schema_binding);
  HEARTH_ASSIGN(auto name, ObjectName(statement.name));
  HEARTH_ASSIGN(auto query, Query(*statement.query));
  unresolved::CreateView view{.name = std::move(name),
                              .input = std::move(query),
                              .is_temporary = statement.temporary,
                              .is_global = statement.global,
                              .replace = statement.or_replace,
                              .if_not_exists = statement.if_not_exists,
                              .comment = statement.comment.value_or(""),
                              .sql_text = statement.query_text};
  for (const auto& column : statement.columns) {
    view.column_aliases.push_back(column.name.text);
    view.column_comments.push_back(column.comment.value_or(""));
  }
  return Command{std::move(view)};
}

base::Result<Command> Converter::Convert(const sql::CreateViewUsingStatement& statement) {
  HEARTH_ASSIGN(auto name, ObjectName(statement.name));
  unresolved::DataSource source{.format = Joined(statement.provider)};
  HEARTH_ASSIGN(source.options, Options(statement.options));
  if (!statement.columns.empty()) {
    HEARTH_ASSIGN(auto fields, ConvertFields(statement.columns, options_.timestamp_ntz_default));
    source.schema = DataType::Struct(std::move(fields))->Json();
  }
  return Command{unresolved::CreateView{.name = std::move(name),
                                        .input = unresolved::MakeRelation(std::move(source)),
                                        .is_global = statement.global,
                                        .replace = statement.or_replace}};
}

}  // namespace hearth::plan::from_sql
