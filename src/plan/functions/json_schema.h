// The type of a JSON text, as schema_of_json infers it with default options.
#pragma once

#include <optional>
#include <string_view>

#include "plan/types/data_type.h"

namespace hearth::plan {

// Objects become structs with fields in name order, arrays unite the types of their elements, whole numbers
// are bigint (decimal when longer), other numbers double, null and what has no type string. nullopt when the
// text is no JSON.
std::optional<TypePtr> InferJsonType(std::string_view text);

}  // namespace hearth::plan
