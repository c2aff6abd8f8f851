#include "session/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
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

int LineAt(std::string_view text, size_t offset) {
  return 1 + static_cast<int>(std::ranges::count(text.substr(0, std::min(offset, text.size())), '\n'));
}

// The name that a command would have made.
std::string MadeBy(const plan::unresolved::Command& command) {
  const auto last = [](const plan::unresolved::Name& name) {
    return name.empty() ? std::string() : LowerCase(name.back());
  };
  if (const auto* table = std::get_if<plan::unresolved::CreateTable>(&command.node)) return last(table->name);
  if (const auto* view = std::get_if<plan::unresolved::CreateView>(&command.node)) return last(view->name);
  if (const auto* write = std::get_if<plan::unresolved::WriteTable>(&command.node)) return last(write->table);
  return "";
}

// One script, statement after statement.
class ScriptCheck {
 public:
  ScriptCheck(Session& session, std::stop_token stop) : session_(session), stop_(std::move(stop)) {}

  StatementCheck Check(const std::string& text) {
    StatementCheck check;
    check.statement = text.substr(0, text.find('\n'));
    auto statement = plan::ParseStatement(text, SqlOptionsOf(session_));
    if (!statement.ok()) {
      Judge(std::move(*statement.error()), text, "", &check);
    } else if (const auto* query = std::get_if<plan::unresolved::RelationPtr>(&*statement)) {
      auto plan = AnalyzeQuery(session_, *query, stop_);
      if (plan.ok()) {
        check.schema = plan::SchemaOf(**plan)->CatalogString();
      } else {
        Judge(std::move(*plan.error()), text, "", &check);
      }
    } else {
      const auto& command = std::get<plan::unresolved::Command>(*statement);
      auto done = RunCommand(session_, command, {.stop = stop_, .form = JournalForm::kSql, .source = text});
      if (!done.ok()) Judge(std::move(*done.error()), text, MadeBy(command), &check);
    }
    return check;
  }

 private:
  void Judge(base::Error error, const std::string& text, const std::string& made, StatementCheck* check) {
    if (!made.empty()) unknown_.insert(made);
    std::string missing;
    if (const auto name = error.parameters.find("relationName"); name != error.parameters.end()) {
      missing = LowerCase(name->second.substr(name->second.rfind('.') + 1));
      std::erase(missing, '`');
    }
    if (error.condition == base::kNotImplementedCondition) {
      check->not_checked = error.message;
    } else if (error.condition == "TABLE_OR_VIEW_NOT_FOUND" && unknown_.contains(missing)) {
      check->not_checked = fmt::format("it needs {}", missing);
    } else {
      if (!error.contexts.empty() && error.contexts.front().start_index > 0) {
        check->line = LineAt(text, static_cast<size_t>(error.contexts.front().start_index)) - 1;
      }
      check->error = WithStatement(std::move(error), text);
    }
  }

  Session& session_;
  const std::stop_token stop_;
  std::set<std::string> unknown_;  // what statements with errors would have made
};

}  // namespace

base::Result<std::vector<StatementCheck>> CheckScript(Session& session, const std::string& script,
                                                      std::stop_token stop) {
  HEARTH_ASSIGN(const std::vector<std::string> statements, plan::SplitStatements(script));
  ScriptCheck checker(session, std::move(stop));
  std::vector<StatementCheck> checks;
  size_t offset = 0;
  for (const std::string& statement : statements) {
    const size_t found = script.find(statement, offset);
    const size_t begin = found == std::string::npos ? offset : found;
    offset = begin + statement.size();
    StatementCheck check = checker.Check(statement);
    check.line += LineAt(script, begin);
    checks.push_back(std::move(check));
  }
  return checks;
}

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
