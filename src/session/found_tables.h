// Tables that lie in a warehouse on disk, for a process whose catalogue is new.
#pragma once

#include <string>

#include "base/result.h"
#include "session/session.h"

namespace hearth::session {

// Each folder NAME, or DATABASE.db/NAME, that holds Parquet files becomes a managed table, as Spark lays them
// out. Databases that are made for them keep new tables in the session's own warehouse. Names that the
// catalogue has are left alone, and so are folders that cannot be read. At most 10,000 tables.
void FindTables(Session& session, const std::string& warehouse);

}  // namespace hearth::session
