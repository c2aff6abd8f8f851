// SELECT without FROM: its one row, evaluated at once.
#pragma once

#include <duckdb.hpp>

#include "duckdb/parser/sql_statement.hpp"

namespace hearth::engine {

// The row of a statement that selects expressions of constants alone: neither optimizer nor pipeline runs,
// which for such a statement is most of the work. Null when the statement is of another kind; the ordinary
// way then plans it, and words what is wrong with it. Throws what evaluating throws.
duckdb::unique_ptr<duckdb::DataChunk> EvaluateOneRow(duckdb::ClientContext& context,
                                                     const duckdb::SQLStatement& statement);

}  // namespace hearth::engine
