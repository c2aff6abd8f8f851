// Upsert by key into Parquet files or a table of them.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/unresolved/command.h"
#include "session/session.h"

namespace hearth::session {

struct MergeRequest {
  std::string view;                            // whose rows come
  std::vector<std::string> keys;               // columns that tell rows apart; null is a value like others
  std::string path;                            // the folder, or
  plan::unresolved::Name table;                // the table
  std::vector<std::string> partition_columns;  // of the folder; of a table that does not exist yet
  plan::unresolved::Options options;           // of the write
  std::string result_path;                     // where the result goes; empty: into the place of the target
};

// Rows of the target whose keys the view has are replaced by the view's, the view's other rows are added. The
// columns have the target's names, in any order, and get its types (CAST). A target that does not exist is
// made. The result is written beside the target, which it then replaces at once. Errors:
// MERGE_CARDINALITY_VIOLATION when the view has a key twice, INCOMPATIBLE_DATA_FOR_TABLE.*,
// UNRESOLVED_COLUMN; "not implemented" for tables of other formats.
base::Status MergeRows(Session& session, const MergeRequest& request, std::stop_token stop);

}  // namespace hearth::session
