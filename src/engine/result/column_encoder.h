// DuckDB's vectors to Arrow buffers, one column at a time.
#pragma once

#include <duckdb.hpp>

#include "engine/result/column_buffers.h"
#include "plan/types/data_type.h"

namespace hearth::engine {

// Prepares children for a column of this type.
void PrepareColumn(const plan::DataType& type, ColumnBuffers* column);

// Appends rows [offset, offset + count) of a vector that holds `vector_size` rows and has type
// ToDuckDB(type). Nested vectors are flattened in place.
void AppendColumn(const plan::DataType& type, duckdb::Vector& vector, duckdb::idx_t vector_size,
                  duckdb::idx_t offset, duckdb::idx_t count, bool large, ColumnBuffers* column);

}  // namespace hearth::engine
