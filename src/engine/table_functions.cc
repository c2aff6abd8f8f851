#include "engine/table_functions.h"

#include "engine/files/file_scan.h"

namespace hearth::engine {

void RegisterTableFunctions(duckdb::DatabaseInstance& database) { RegisterParquetScan(database); }

}  // namespace hearth::engine
