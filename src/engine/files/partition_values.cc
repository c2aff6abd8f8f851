#include "engine/files/partition_values.h"

#include "engine/types.h"

namespace hearth::engine {

duckdb::Value PartitionValueAt(const plan::FileSource& source, size_t file, size_t column) {
  const plan::DataType& type = *source.partition_columns[column].type;
  const auto& text = source.partition_values[file][column];
  if (!text) return duckdb::Value(ToDuckDB(type));
  return duckdb::Value(*text).DefaultCastAs(ToDuckDB(type));
}

}  // namespace hearth::engine
