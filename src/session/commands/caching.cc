// CACHE, UNCACHE, REFRESH: remembered and told back; the engine keeps what is worth keeping by itself.
#include "session/commands/handlers.h"
#include "session/commands/objects.h"
#include "session/commands/rows.h"
#include "session/planning.h"

namespace hearth::session::commands {
namespace {

// Fails as Spark does when there is no such table or view.
base::Status CheckExists(Session& session, const std::vector<std::string>& name) {
  const auto names = session.Names();
  HEARTH_ASSIGN(const auto found, names->Lookup(name));
  return {};
}

}  // namespace

Answer Run(Session& session, const unresolved::CacheTable& command, const CommandContext& context) {
  const std::string action = LowerCase(command.action);
  if (action.starts_with("clear")) {
    session.kept().Clear();
    return Rows::None();
  }
  const bool is_cache = action.starts_with("cache");  // now or, lazily, later: all one here
  if (is_cache && command.query) {
    unresolved::CreateView view;
    view.name = command.name;
    view.input = command.query;
    view.sql_text = context.form == JournalForm::kSql ? context.source : "";
    HEARTH_ASSIGN(const plan::RelationPtr done, Run(session, view, context));
  }
  const bool is_path = action == "refresh path" || command.name.empty();
  if (!is_path && !(command.if_exists && !CheckExists(session, command.name).ok())) {
    HEARTH_RETURN_IF_ERROR(CheckExists(session, command.name));
  }
  if (is_cache) session.kept().Add(KeptKey(session, command.name));
  if (action == "uncache") session.kept().Remove(KeptKey(session, command.name));
  return Rows::None();
}

}  // namespace hearth::session::commands
