// What several commands need to know of databases, tables and views; private to session/commands.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "session/catalog_store.h"
#include "session/name_lookup.h"
#include "session/session.h"

namespace hearth::session::commands {

// The database that a name of one or two parts (catalogue first) means. Errors: SCHEMA_NOT_FOUND when it does
// not exist.
base::Result<DatabaseRecord> FindDatabase(Session& session, const std::vector<std::string>& name);
// The name alone, existing or not.
base::Result<std::string> DatabaseName(Session& session, const std::vector<std::string>& name);

// A table or persistent view. Error: TABLE_OR_VIEW_NOT_FOUND.
base::Result<TablePtr> FindTable(Session& session, const std::vector<std::string>& name);

// The columns of a temporary view or of files, from their plan; comments in the fields' metadata.
base::Result<plan::TypePtr> ViewSchema(Session& session, const std::vector<std::string>& name);

// The name under which a session remembers that a table or view is to be kept in memory.
std::string KeptKey(Session& session, const std::vector<std::string>& name);

// "file:/tmp/warehouse/t", as Spark prints places.
std::string PrintedLocation(const std::string& path);
// The path of "file:/x", "file:///x" or "/x".
std::string LocalPath(const std::string& location);

}  // namespace hearth::session::commands
