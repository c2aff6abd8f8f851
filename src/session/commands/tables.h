// Making tables; private to session/commands.
#pragma once

#include <stop_token>
#include <string>

#include "base/result.h"
#include "plan/unresolved/command.h"
#include "session/catalog_store.h"
#include "session/session.h"

namespace hearth::session::commands {

// A record without columns. Errors: SCHEMA_NOT_FOUND, DATA_SOURCE_NOT_FOUND.
base::Result<TableRecord> NewTable(Session& session, const plan::unresolved::Name& name,
                                   const std::string& format, const plan::unresolved::Options& options,
                                   const std::string& location);

// Creates the table and writes the query's rows; when that fails there is no table. Errors:
// TABLE_OR_VIEW_ALREADY_EXISTS, LOCATION_ALREADY_EXISTS.
base::Status CreateAndFill(Session& session, TableRecord record, const plan::RelationPtr& query,
                           std::stop_token stop);

// Drops a table, together with its managed files, that the query is going to replace. Error:
// UNSUPPORTED_OVERWRITE.TABLE when the query reads it. `query` may be null.
base::Status DropExisting(Session& session, const TableRecord& table, const plan::RelationPtr& query);

}  // namespace hearth::session::commands
