// A script of SQL statements, run one after another in a session, as a job's own program.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

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

// What is known of one statement without running the script.
struct StatementCheck {
  int line = 0;  // where it begins or, with an error that has a place, that place; of the script, from 1
  std::string statement;             // its first line
  std::string schema;                // of queries, as Spark prints types
  std::string not_checked;           // why nothing can be said here; empty: it was checked
  std::optional<base::Error> error;  // syntax, names, types
};

// Analyses the statements in order; commands are carried out, so that later statements see tables, views and
// settings of earlier ones: the session's guard must be one of mode kDry. A statement that needs what one
// with an error would have made is not checked. Error: kParse for a script that is no statements.
base::Result<std::vector<StatementCheck>> CheckScript(Session& session, const std::string& script,
                                                      std::stop_token stop);

}  // namespace hearth::session
