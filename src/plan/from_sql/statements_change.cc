// INSERT in its forms, and the cache.
#include "plan/from_sql/converter.h"

namespace hearth::plan::from_sql {
namespace {

using unresolved::Command;
using Kind = sql::StatementKind;

Command Refused(std::string what) { return {unresolved::UnsupportedCommand{std::move(what)}}; }

std::string RefusedPart(const sql::InsertTarget& target) {
  switch (target.mode) {
    case sql::InsertMode::kReplaceWhere:
      return "INSERT … REPLACE WHERE";
    case sql::InsertMode::kReplaceOn:
      return "INSERT … REPLACE ON";
    case sql::InsertMode::kReplaceUsing:
      return "INSERT … REPLACE USING";
    default:
      return target.schema_evolution ? "INSERT WITH SCHEMA EVOLUTION" : "";
  }
}

}  // namespace

base::Result<std::optional<Command>> Converter::ChangingStatement(const sql::Statement& statement) {
  switch (statement.kind) {
    case Kind::kInsert: {
      HEARTH_ASSIGN(auto command, Convert(sql::As<sql::InsertStatement>(statement)));
      return std::optional(std::move(command));
    }
    case Kind::kInsertDirectory: {
      HEARTH_ASSIGN(auto command, Convert(sql::As<sql::InsertDirectoryStatement>(statement)));
      return std::optional(std::move(command));
    }
    case Kind::kCacheTable: {
      HEARTH_ASSIGN(auto command, Convert(sql::As<sql::CacheTableStatement>(statement)));
      return std::optional(std::move(command));
    }
    case Kind::kUncacheTable: {
      const auto& uncache = sql::As<sql::UncacheTableStatement>(statement);
      HEARTH_ASSIGN(auto name, ObjectName(uncache.name));
      return std::optional(
          Command{unresolved::CacheTable{"uncache", std::move(name), nullptr, uncache.if_exists}});
    }
    case Kind::kClearCache:
      return std::optional(Command{unresolved::CacheTable{.action = "clear"}});
    case Kind::kRefresh: {
      const auto& refresh = sql::As<sql::RefreshStatement>(statement);
      switch (refresh.refresh) {
        case sql::RefreshKind::kFunction:
          return std::optional(Refused("REFRESH FUNCTION"));
        case sql::RefreshKind::kPath:
          return std::optional(
              Command{unresolved::CacheTable{.action = "refresh path", .name = {refresh.path}}});
        case sql::RefreshKind::kTable:
          break;
      }
      HEARTH_ASSIGN(auto name, ObjectName(refresh.name));
      return std::optional(Command{unresolved::CacheTable{.action = "refresh", .name = std::move(name)}});
    }
    default:
      return std::optional<Command>();
  }
}

base::Result<Command> Converter::Convert(const sql::InsertStatement& statement) {
  const auto& target = statement.target;
  if (auto refused = RefusedPart(target); !refused.empty()) return Refused(std::move(refused));
  HEARTH_ASSIGN(auto table, ObjectName(target.table));
  const bool overwrite = target.mode == sql::InsertMode::kOverwrite;
  unresolved::WriteTable write{
      .table = std::move(table),
      .action = unresolved::WriteTable::Action::kInsertInto,
      .mode = overwrite ? unresolved::SaveMode::kOverwrite : unresolved::SaveMode::kAppend,
      .insert_columns = Texts(target.columns),
      .by_name = target.by_name,
      .if_not_exists = target.if_not_exists};
  HEARTH_ASSIGN(write.options, Options(target.options));
  for (const auto& partition : target.partition) {
    unresolved::ExpressionPtr value;
    if (partition.is_default) return Refused("INSERT into a partition DEFAULT");
    if (partition.value != nullptr) {
      HEARTH_ASSIGN(value, Expression(*partition.value));
    }
    write.static_partitions.emplace_back(partition.column.text, std::move(value));
  }
  HEARTH_ASSIGN(auto query, Query(*statement.query));
  query = Aliased(statement.query_alias, std::move(query));
  HEARTH_ASSIGN(write.input, With(statement.with, statement.recursive, std::move(query)));
  return Command{std::move(write)};
}

base::Result<Command> Converter::Convert(const sql::InsertDirectoryStatement& statement) {
  if (statement.hive) return Refused("INSERT OVERWRITE DIRECTORY in Hive's formats");
  unresolved::WriteFiles write{.path = statement.path.value_or(""), .mode = unresolved::SaveMode::kOverwrite};
  for (const auto& part : statement.provider) write.format += (write.format.empty() ? "" : ".") + part;
  HEARTH_ASSIGN(write.options, Options(statement.options));
  HEARTH_ASSIGN(auto query, Query(*statement.query));
  HEARTH_ASSIGN(write.input, With(statement.with, statement.recursive, std::move(query)));
  return Command{std::move(write)};
}

base::Result<Command> Converter::Convert(const sql::CacheTableStatement& statement) {
  HEARTH_ASSIGN(auto name, ObjectName(statement.name));
  unresolved::CacheTable cache{.action = statement.lazy ? "cache lazy" : "cache", .name = std::move(name)};
  if (statement.query != nullptr) {
    HEARTH_ASSIGN(cache.query, Query(*statement.query));
  }
  return Command{std::move(cache)};
}

}  // namespace hearth::plan::from_sql
