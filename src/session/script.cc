#include "session/script.h"

#include <utility>
#include <vector>

#include "plan/from_sql/from_sql.h"
#include "session/commands/command.h"
#include "session/planning.h"

namespace hearth::session {
namespace {

constexpr int32_t kShownRows = 100;

base::Status Show(Session& session, const plan::unresolved::RelationPtr& query, const Printer& print,
                  std::stop_token stop) {
  plan::unresolved::ShowString show;
  show.input = query;
  show.rows = kShownRows;
  show.truncate = 0;
  HEARTH_ASSIGN(const plan::RelationPtr plan,
                AnalyzeQuery(session, plan::unresolved::MakeRelation(std::move(show)), stop));
  HEARTH_ASSIGN(const auto rows, session.executor().Collect(plan, 1, stop));
  if (!rows.empty() && !rows[0].empty()) {
    if (const auto* text = std::get_if<std::string>(&rows[0][0].data)) print(*text);
  }
  return {};
}

base::Status Run(Session& session, const std::string& text, const Printer& print, std::stop_token stop) {
  HEARTH_ASSIGN(const plan::unresolved::Statement statement,
                plan::ParseStatement(text, SqlOptionsOf(session)));
  if (const auto* query = std::get_if<plan::unresolved::RelationPtr>(&statement)) {
    return Show(session, *query, print, std::move(stop));
  }
  const CommandContext context{.stop = std::move(stop), .form = JournalForm::kSql, .source = text};
  HEARTH_RETURN_IF_ERROR(RunCommand(session, std::get<plan::unresolved::Command>(statement), context));
  return {};
}

}  // namespace

base::Status RunStatement(Session& session, const std::string& statement, const Printer& print,
                          std::stop_token stop) {
  base::Status status = Run(session, statement, print, std::move(stop));
  if (!status.ok()) return WithStatement(std::move(*status.error()), statement);
  return {};
}

base::Status RunScript(Session& session, const std::string& script, const Printer& print,
                       std::stop_token stop) {
  HEARTH_ASSIGN(const std::vector<std::string> statements, plan::SplitStatements(script));
  for (const std::string& statement : statements) {
    HEARTH_RETURN_IF_ERROR(RunStatement(session, statement, print, stop));
  }
  return {};
}

}  // namespace hearth::session
