// What maps check, for the families that build them.
#pragma once

#include "plan/functions/signature.h"

namespace hearth::plan {

// DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE when a key would be or contain a map.
base::Status CheckMapKey(const Function& function, const Expressions& arguments, const DataType& key);

}  // namespace hearth::plan
