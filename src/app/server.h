// The server process, put together: engine, catalogue, sessions, doors; started in order, stopped in three
// phases.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "app/server_settings.h"
#include "base/result.h"
#include "session/session_manager.h"
#include "session/write_notes.h"

namespace hearth::app {

class ServerProcess {
 public:
  virtual ~ServerProcess() = default;
  virtual const std::string& address() const = 0;
  virtual session::SessionManager& sessions() = 0;
  // What else to tell the user, one line each: the doors for jobs.
  virtual const std::vector<std::string>& notes() const = 0;
  // First no new input, then running work has its time, then everything is destroyed. Returns when all is
  // gone.
  virtual void Stop() = 0;
};

// Errors: kIllegalArgument when the place to listen is taken, or a directory cannot be made.
// `guard`, `notes`: of the writes of all its sessions, which they outlive; null: any, and nobody asks.
base::Result<std::unique_ptr<ServerProcess>> StartServerProcess(const ServerSettings& settings,
                                                                session::WriteGuard* guard = nullptr,
                                                                session::WriteNotes* notes = nullptr);

}  // namespace hearth::app
