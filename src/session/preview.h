// What lies in a place after a write: how many rows, of what types, and the first of them.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/executor.h"
#include "session/session.h"

namespace hearth::session {

inline constexpr int32_t kPreviewRows = 100;

struct Preview {
  int64_t rows = 0;
  std::string schema;                  // as Spark prints types; empty: no rows, no types
  std::string table;                   // the first rows, as Spark shows them
  std::vector<std::string> json_rows;  // the same rows, one JSON object each
};

// `place`: path, format and options, as for the write. Errors: those of reading.
base::Result<Preview> PreviewFiles(Session& session, const plan::FileSink& place, std::stop_token stop);

}  // namespace hearth::session
