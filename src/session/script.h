// A script of SQL statements, run one after another in a session, as a job's own program.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "session/session.h"

namespace hearth::session {

// Gets what people read: the rows of a query as a table (the first 100).
using Printer = std::function<void(const std::string& text)>;

// Stops at the first error, which names its statement's place.
base::Status RunScript(Session& session, const std::string& script, const Printer& print,
                       std::stop_token stop);
base::Status RunStatement(Session& session, const std::string& statement, const Printer& print,
                          std::stop_token stop);

}  // namespace hearth::session
