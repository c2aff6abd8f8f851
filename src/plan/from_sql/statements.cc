// The dispatcher over statements, and those of the session: SET, RESET, USE.
#include <fmt/format.h>

#include <cstdlib>

#include "base/time_zone.h"
#include "plan/from_sql/converter.h"

namespace hearth::plan::from_sql {
namespace {

using unresolved::Command;
using Kind = sql::StatementKind;

std::string_view ModeName(sql::ExplainMode mode) {
  constexpr std::string_view kNames[] = {"simple", "extended", "codegen", "cost", "formatted"};
  return kNames[static_cast<int>(mode)];
}

// Statements that are read and refused, by the words that begin them.
std::string_view RefusedName(Kind kind) {
  switch (kind) {
    case Kind::kSetVariable:
      return "SET VARIABLE";
    case Kind::kDeclareVariable:
      return "DECLARE VARIABLE";
    case Kind::kDropVariable:
      return "DROP TEMPORARY VARIABLE";
    case Kind::kAlterNamespace:
      return "ALTER DATABASE";
    case Kind::kCreateTableLike:
      return "CREATE TABLE LIKE";
    case Kind::kAlterViewQuery:
      return "ALTER VIEW AS";
    case Kind::kCreateFunction:
      return "CREATE FUNCTION";
    case Kind::kDropFunction:
      return "DROP FUNCTION";
    case Kind::kCommentOn:
      return "COMMENT ON";
    case Kind::kMultiInsert:
      return "INSERT into several tables";
    case Kind::kLoadData:
      return "LOAD DATA";
    case Kind::kRepairTable:
      return "REPAIR TABLE";
    case Kind::kResource:
      return "ADD and LIST of resources";
    case Kind::kCall:
      return "CALL";
    case Kind::kExecuteImmediate:
      return "EXECUTE IMMEDIATE";
    default:
      return "";
  }
}

}  // namespace

base::Result<unresolved::Statement> Converter::Statement(const sql::Statement& statement) {
  if (const auto* query = sql::TryAs<sql::QueryStatement>(&statement)) {
    HEARTH_ASSIGN(auto relation, Query(*query->query));
    return unresolved::Statement(std::move(relation));
  }
  if (const auto* explain = sql::TryAs<sql::ExplainStatement>(&statement)) {
    const auto* query = sql::TryAs<sql::QueryStatement>(explain->statement.get());
    if (query == nullptr)
      return unresolved::Statement(Command{unresolved::UnsupportedCommand{"EXPLAIN of a command"}});
    HEARTH_ASSIGN(auto relation, Query(*query->query));
    return unresolved::Statement(
        Command{unresolved::Explain{std::move(relation), std::string(ModeName(explain->mode))}});
  }
  if (const auto* unsupported = sql::TryAs<sql::UnsupportedStatement>(&statement)) {
    return unresolved::Statement(Command{unresolved::UnsupportedCommand{unsupported->name}});
  }
  if (const auto name = RefusedName(statement.kind); !name.empty()) {
    return unresolved::Statement(Command{unresolved::UnsupportedCommand{std::string(name)}});
  }
  using Reader = base::Result<std::optional<Command>> (Converter::*)(const sql::Statement&);
  constexpr Reader kReaders[] = {&Converter::SessionStatement, &Converter::DefiningStatement,
                                 &Converter::ChangingStatement, &Converter::AlteringStatement,
                                 &Converter::ShowingStatement};
  for (const auto reader : kReaders) {
    HEARTH_ASSIGN(auto command, (this->*reader)(statement));
    if (command) return unresolved::Statement(std::move(*command));
  }
  return base::InternalError("a statement of an unknown kind");
}

base::Result<std::optional<Command>> Converter::SessionStatement(const sql::Statement& statement) {
  switch (statement.kind) {
    case Kind::kSetConfiguration: {
      const auto& set = sql::As<sql::SetConfigurationStatement>(statement);
      return std::optional(Command{unresolved::SetConfiguration{set.key, set.value, set.verbose}});
    }
    case Kind::kResetConfiguration: {
      const auto& reset = sql::As<sql::ResetConfigurationStatement>(statement);
      return std::optional(Command{unresolved::ResetConfiguration{reset.key}});
    }
    case Kind::kSetTimeZone: {
      HEARTH_ASSIGN(auto command, Convert(sql::As<sql::SetTimeZoneStatement>(statement)));
      return std::optional(std::move(command));
    }
    case Kind::kSetCatalog: {
      const auto& set = sql::As<sql::SetCatalogStatement>(statement);
      std::string catalog = set.catalog;
      if (set.expression != nullptr) {
        HEARTH_ASSIGN(catalog, ConstantText(*set.expression));
      }
      return std::optional(Command{unresolved::UseDatabase{{std::move(catalog)}, true}});
    }
    case Kind::kUse: {
      HEARTH_ASSIGN(auto name, ObjectName(sql::As<sql::UseStatement>(statement).name));
      return std::optional(Command{unresolved::UseDatabase{std::move(name), false}});
    }
    default:
      return std::optional<Command>();
  }
}

// The zone is a setting like any other; LOCAL is the server's. An interval is an offset: INTERVAL '02:00'
// HOUR TO MINUTE is +02:00.
base::Result<Command> Converter::Convert(const sql::SetTimeZoneStatement& statement) {
  const std::string key = "spark.sql.session.timeZone";
  if (statement.local) return Command{unresolved::SetConfiguration{.key = key, .is_local_time_zone = true}};
  if (statement.zone) return Command{unresolved::SetConfiguration{key, *statement.zone, false}};
  HEARTH_ASSIGN(auto interval, Expression(*statement.interval));
  const auto* literal = interval->As<unresolved::Literal>();
  constexpr int64_t kMicrosecondsPerSecond = 1'000'000;
  constexpr int64_t kLargestOffset = 18 * 3'600;
  const bool is_day_time = literal != nullptr && literal->type->Is(TypeKind::kDayTimeInterval);
  const int64_t microseconds = is_day_time ? std::get<int64_t>(literal->value.data) : 0;
  const int64_t seconds = microseconds / kMicrosecondsPerSecond;
  if (!is_day_time || seconds > kLargestOffset || seconds < -kLargestOffset ||
      microseconds % kMicrosecondsPerSecond != 0) {
    return ParseError(statement.interval->location, "INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE",
                      "The interval of a time zone lies between -18 and +18 hours, in whole seconds.",
                      {{"input", source_.Fragment(statement.interval->location)}});
  }
  const int64_t size = std::abs(seconds);
  std::string offset = fmt::format("{}{:02}:{:02}", seconds < 0 ? "-" : "+", size / 3'600, size / 60 % 60);
  if (size % 60 != 0) offset += fmt::format(":{:02}", size % 60);
  return Command{unresolved::SetConfiguration{key, std::move(offset), false}};
}

}  // namespace hearth::plan::from_sql
