// Commands in a session: carried out once, answering rows.
#pragma once

#include <stop_token>
#include <string>

#include "base/result.h"
#include "plan/resolved/tree.h"
#include "plan/unresolved/command.h"
#include "session/journal.h"
#include "session/session.h"

namespace hearth::session {

struct CommandContext {
  std::stop_token stop;
  // How the command was written, for the journal.
  JournalForm form = JournalForm::kNone;
  std::string source;
};

// The answer is a plan of literal rows (plan::InlineRows), of no columns for commands that answer nothing.
base::Result<plan::RelationPtr> RunCommand(Session& session, const plan::unresolved::Command& command,
                                           const CommandContext& context);

// The calls of spark.catalog. Clients read the rows by position.
base::Result<plan::RelationPtr> RunCatalogCall(Session& session, const plan::unresolved::CatalogCall& call,
                                               const CommandContext& context);

}  // namespace hearth::session
