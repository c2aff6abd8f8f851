// The schema in a Parquet file's footer, as Spark reads it.
#pragma once

#include <string>

#include "base/result.h"
#include "plan/types/data_type.h"

namespace hearth::engine {

struct ParquetSchemaOptions {
  bool binary_as_string = false;    // spark.sql.parquet.binaryAsString
  bool int96_as_timestamp = true;   // spark.sql.parquet.int96AsTimestamp
  bool infer_timestamp_ntz = true;  // spark.sql.parquet.inferTimestampNTZ.enabled
};

// The columns as a struct type, nullable throughout: Spark's own schema when the file carries one, else by
// the Parquet types. Errors: FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER; kUnsupported for types that Spark does
// not read.
base::Result<plan::TypePtr> ReadParquetSchema(const std::string& path, const ParquetSchemaOptions& options);

}  // namespace hearth::engine
