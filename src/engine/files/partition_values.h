// The values that directory names such as year=2024 give to the rows of a file.
#pragma once

#include <duckdb.hpp>

#include "plan/catalog.h"

namespace hearth::engine {

// The constant of partition column `column` in file `file`, of type ToDuckDB(its type).
duckdb::Value PartitionValueAt(const plan::FileSource& source, size_t file, size_t column);

}  // namespace hearth::engine
