// Schemas as the texts that clients ask for.
#pragma once

#include <optional>
#include <string>

#include "plan/types/data_type.h"

namespace hearth::front::connect {

// "root\n |-- a: integer (nullable = false)\n…", as printSchema prints it; `level`: how deep, none for all.
std::string TreeString(const plan::DataType& type, std::optional<int> level = std::nullopt);

// "a INT NOT NULL,b STRING COMMENT 'x'"
std::string DdlText(const plan::DataType& type);

}  // namespace hearth::front::connect
