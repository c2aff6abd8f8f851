#include "engine/table_functions.h"

#include "engine/files/file_scan.h"
#include "engine/files/row_format.h"

namespace hearth::engine {

void RegisterTableFunctions(duckdb::DatabaseInstance& database) {
  RegisterParquetScan(database);
  RegisterRowScan(database);
}

}  // namespace hearth::engine
