// Which DuckDB table function reads a file source.
#pragma once

#include <duckdb.hpp>

#include "base/result.h"
#include "plan/catalog.h"

namespace hearth::engine {

// The named parameter through which a scan gets the address of its plan::FileSource.
inline constexpr const char* kSourceParameter = "source";

// kUnsupported for formats that are not read yet, and for options of theirs that would change an answer.
base::Result<const char*> ScanFunctionFor(const plan::FileSource& source);

// Each enters its table function; called by RegisterTableFunctions.
void RegisterParquetScan(duckdb::DatabaseInstance& database);

}  // namespace hearth::engine
