// SHOW and DESCRIBE: statements that answer with rows about names.
#include "plan/from_sql/converter.h"

namespace hearth::plan::from_sql {
namespace {

using unresolved::Command;
using Kind = sql::StatementKind;

std::string_view ShowName(sql::ShowKind kind) {
  switch (kind) {
    case sql::ShowKind::kNamespaces:
      return "databases";
    case sql::ShowKind::kTables:
      return "tables";
    case sql::ShowKind::kTableExtended:
      return "table extended";
    case sql::ShowKind::kViews:
      return "views";
    case sql::ShowKind::kColumns:
      return "columns";
    case sql::ShowKind::kFunctions:
      return "functions";
    case sql::ShowKind::kTableProperties:
      return "tblproperties";
    case sql::ShowKind::kCreateTable:
      return "create table";
    case sql::ShowKind::kPartitions:
      return "partitions";
    case sql::ShowKind::kCatalogs:
      return "catalogs";
    case sql::ShowKind::kCollations:
      return "collations";
    case sql::ShowKind::kProcedures:
      return "procedures";
    case sql::ShowKind::kCurrentNamespace:
      return "current namespace";
  }
  return "";
}

std::string Joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ".") + part;
  return text;
}

}  // namespace

base::Result<std::optional<Command>> Converter::ShowingStatement(const sql::Statement& statement) {
  switch (statement.kind) {
    case Kind::kShow: {
      HEARTH_ASSIGN(auto command, Convert(sql::As<sql::ShowStatement>(statement)));
      return std::optional(std::move(command));
    }
    case Kind::kDescribeTable: {
      const auto& describe = sql::As<sql::DescribeTableStatement>(statement);
      if (describe.as_json)
        return std::optional(Command{unresolved::UnsupportedCommand{"DESCRIBE … AS JSON"}});
      if (!describe.partition.empty())
        return std::optional(Command{unresolved::UnsupportedCommand{"DESCRIBE of a partition"}});
      HEARTH_ASSIGN(auto name, ObjectName(describe.name));
      return std::optional(
          Command{unresolved::DescribeTable{std::move(name), describe.extended, Joined(describe.column)}});
    }
    case Kind::kDescribeQuery: {
      HEARTH_ASSIGN(auto query, Query(*sql::As<sql::DescribeQueryStatement>(statement).query));
      return std::optional(Command{unresolved::DescribeQuery{std::move(query)}});
    }
    case Kind::kDescribeFunction: {
      const auto& describe = sql::As<sql::DescribeFunctionStatement>(statement);
      HEARTH_ASSIGN(auto name, ObjectName(describe.name));
      return std::optional(Command{unresolved::DescribeFunction{std::move(name), describe.extended}});
    }
    case Kind::kDescribeNamespace: {
      const auto& describe = sql::As<sql::DescribeNamespaceStatement>(statement);
      HEARTH_ASSIGN(auto name, ObjectName(describe.name));
      return std::optional(Command{unresolved::DescribeDatabase{std::move(name), describe.extended}});
    }
    default:
      return std::optional<Command>();
  }
}

// `name` is the object asked about, or the namespace that is searched; flags say the rest.
base::Result<Command> Converter::Convert(const sql::ShowStatement& statement) {
  if (!statement.partition.empty()) return Command{unresolved::UnsupportedCommand{"SHOW of a partition"}};
  if (statement.as_json) return Command{unresolved::UnsupportedCommand{"SHOW … AS JSON"}};
  unresolved::Show show{.what = std::string(ShowName(statement.show)),
                        .pattern = statement.pattern.value_or("")};
  if (statement.object) {
    HEARTH_ASSIGN(show.name, ObjectName(*statement.object));
    // SHOW COLUMNS IN t IN db
    if (statement.in) {
      HEARTH_ASSIGN(auto in, ObjectName(*statement.in));
      show.name.insert(show.name.begin(), in.begin(), in.end());
    }
  } else if (statement.in) {
    HEARTH_ASSIGN(show.name, ObjectName(*statement.in));
  }
  if (statement.function_name) show.pattern = Joined(statement.function_name->parts);
  if (!statement.function_scope.empty()) show.flags["scope"] = LowerCase(statement.function_scope);
  if (statement.property_key) show.flags["key"] = *statement.property_key;
  if (statement.as_serde) show.flags["as serde"] = "true";
  return Command{std::move(show)};
}

}  // namespace hearth::plan::from_sql
