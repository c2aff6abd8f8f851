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

// What follows changes nothing that the session's guard does not admit: sandboxes refuse, tests leave it out.

// A table that is there is changed or dropped, even when no file is touched. Error: the guard's.
base::Status CheckMayChange(const Session& session, const TableRecord& table);
base::Status MakeDirectory(const Session& session, const std::string& path);
bool IsMissingOrEmpty(const std::string& path);
// Of managed tables; external ones keep theirs.
base::Status RemoveTableFiles(const Session& session, const TableRecord& table);
// All data of a table, its folder stays.
base::Status EmptyTableFolder(const Session& session, const TableRecord& table);
// Moves a folder to a place that does not exist yet.
base::Status MoveFolder(const Session& session, const std::string& from, const std::string& to);
// Of a database, when nothing is left in it.
void RemoveEmptyFolder(const Session& session, const std::string& path);
// Puts the folder `from` into the place of `to` at once, where the file system can; what was there is in
// `from` then. Both on one disk.
base::Status ReplaceFolder(const Session& session, const std::string& from, const std::string& to);

}  // namespace hearth::session::commands
