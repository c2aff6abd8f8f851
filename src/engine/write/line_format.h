// One row as one line of CSV, JSON or plain text; of engine/write and of to_csv.
#pragma once

#include <duckdb.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/executor.h"

namespace hearth::engine {

class LineFormat {
 public:
  virtual ~LineFormat() = default;
  // What every file starts with; empty for nothing.
  virtual std::string Header() const { return {}; }
  // The rows to come; the data columns lead the chunk.
  virtual void Bind(duckdb::DataChunk& chunk) = 0;
  // The line of a row with its end.
  virtual void Append(duckdb::idx_t row, std::string* out) const = 0;
};

// `columns` outlive the format. Options by Spark's names, lower case; kUnsupported names those that are not
// served.
base::Result<std::unique_ptr<LineFormat>> MakeLineFormat(const std::vector<plan::Column>& columns,
                                                         const plan::FileSink& sink,
                                                         const std::string& time_zone);

}  // namespace hearth::engine
