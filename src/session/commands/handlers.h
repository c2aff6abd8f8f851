// One function for each kind of command; private to session/commands.
#pragma once

#include <string>

#include "base/result.h"
#include "plan/resolved/tree.h"
#include "plan/unresolved/command.h"
#include "session/commands/command.h"
#include "session/session.h"

namespace hearth::session::commands {

using Answer = base::Result<plan::RelationPtr>;
namespace unresolved = plan::unresolved;

// views.cc
Answer Run(Session& session, const unresolved::CreateView& command, const CommandContext& context);
Answer Run(Session& session, const unresolved::DropView& command, const CommandContext& context);
// tables.cc
Answer Run(Session& session, const unresolved::CreateTable& command, const CommandContext& context);
Answer Run(Session& session, const unresolved::DropTable& command, const CommandContext& context);
// alterations.cc
Answer Run(Session& session, const unresolved::AlterTable& command, const CommandContext& context);
Answer Run(Session& session, const unresolved::TruncateTable& command, const CommandContext& context);
Answer Run(Session& session, const unresolved::AnalyzeTable& command, const CommandContext& context);
Answer Run(Session& session, const unresolved::RefusedOperation& command, const CommandContext& context);
// writes.cc
Answer Run(Session& session, const unresolved::WriteFiles& command, const CommandContext& context);
Answer Run(Session& session, const unresolved::WriteTable& command, const CommandContext& context);
// databases.cc
Answer Run(Session& session, const unresolved::CreateDatabase& command, const CommandContext& context);
Answer Run(Session& session, const unresolved::DropDatabase& command, const CommandContext& context);
Answer Run(Session& session, const unresolved::UseDatabase& command, const CommandContext& context);
Answer Run(Session& session, const unresolved::DescribeDatabase& command, const CommandContext& context);
// settings.cc
Answer Run(Session& session, const unresolved::SetConfiguration& command, const CommandContext& context);
Answer Run(Session& session, const unresolved::ResetConfiguration& command, const CommandContext& context);
// shows.cc
Answer Run(Session& session, const unresolved::Show& command, const CommandContext& context);
// describes.cc
Answer Run(Session& session, const unresolved::DescribeTable& command, const CommandContext& context);
Answer Run(Session& session, const unresolved::DescribeQuery& command, const CommandContext& context);
Answer Run(Session& session, const unresolved::DescribeFunction& command, const CommandContext& context);
// explain.cc
Answer Run(Session& session, const unresolved::Explain& command, const CommandContext& context);
// caching.cc
Answer Run(Session& session, const unresolved::CacheTable& command, const CommandContext& context);
// command.cc
Answer Run(Session& session, const unresolved::UnsupportedCommand& command, const CommandContext& context);

}  // namespace hearth::session::commands
