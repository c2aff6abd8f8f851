#include "session/commands/command.h"

#include "session/commands/handlers.h"

namespace hearth::session {

base::Result<plan::RelationPtr> RunCommand(Session& session, const plan::unresolved::Command& command,
                                           const CommandContext& context) {
  return std::visit([&](const auto& node) { return commands::Run(session, node, context); }, command.node);
}

namespace commands {

Answer Run(Session&, const unresolved::UnsupportedCommand& command, const CommandContext&) {
  return base::NotImplemented(command.what);
}

}  // namespace commands
}  // namespace hearth::session
