// The table functions of the engine, entered into a database's system catalogue.
#pragma once

#include <duckdb.hpp>

namespace hearth::engine {

void RegisterTableFunctions(duckdb::DatabaseInstance& database);

}  // namespace hearth::engine
