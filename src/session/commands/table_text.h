// Tables as SHOW CREATE TABLE, DESCRIBE EXTENDED and SHOW TABLE EXTENDED print them; private to
// session/commands.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "session/catalog_store.h"

namespace hearth::session::commands {

std::string CreateTableText(const TableRecord& table);
std::string CreateViewText(const TableRecord& view);

// "Catalog" → "spark_catalog", "Database" → …, in Spark's order.
std::vector<std::pair<std::string, std::string>> TableFacts(const TableRecord& table);

}  // namespace hearth::session::commands
