// A JSON value written again: without blanks, strings with Jackson's escapes, numbers as Java prints them.
#pragma once

#include <string>

#include "engine/json/json_cursor.h"

namespace hearth::engine {

// Takes the next value of the cursor. False for text that is no JSON.
bool CopyJsonValue(JsonCursor& cursor, std::string* out);

}  // namespace hearth::engine
