// The folders of databases and managed tables; private to session/commands.
#pragma once

#include <string>

#include "base/result.h"
#include "session/catalog_store.h"
#include "session/session.h"

namespace hearth::session::commands {

// The folder of the default database, without a slash at the end.
std::string WarehouseOf(const Session& session);
// Where a managed table goes.
std::string TableLocation(const DatabaseRecord& database, const std::string& table);

base::Status MakeDirectory(const std::string& path);
bool IsMissingOrEmpty(const std::string& path);
// Of managed tables; external ones keep theirs.
base::Status RemoveTableFiles(const TableRecord& table);
// All data of a table, its folder stays.
base::Status EmptyTableFolder(const TableRecord& table);
// Moves a folder to a place that does not exist yet.
base::Status MoveFolder(const std::string& from, const std::string& to);

}  // namespace hearth::session::commands
