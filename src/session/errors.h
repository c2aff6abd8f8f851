// Errors of the session protocol: handles, cursors, settings. Conditions and parameters are Spark's.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::session {

// `kind`: FORMAT, SESSION_CHANGED, SESSION_CLOSED, SESSION_NOT_FOUND, OPERATION_ALREADY_EXISTS,
// OPERATION_NOT_FOUND, OPERATION_ABANDONED. Condition INVALID_HANDLE.<kind>.
base::Error InvalidHandle(std::string_view kind, const std::string& handle);

// `kind`: DISCONNECTED, POSITION_NOT_AVAILABLE, POSITION_NOT_FOUND, NOT_REATTACHABLE. Condition
// INVALID_CURSOR.<kind>.
base::Error InvalidCursor(std::string_view kind, const std::string& response_id);

// `kind`: TARGET_SESSION_ID_FORMAT, TARGET_SESSION_ID_ALREADY_EXISTS, TARGET_SESSION_ID_ALREADY_CLOSED.
base::Error InvalidClone(std::string_view kind, const std::string& target);

base::Error OperationCanceled();

// An argument that Spark checks with a plain Java IllegalArgumentException: no condition.
base::Error IllegalArgument(std::string message);
// A plain Java UnsupportedOperationException: no condition.
base::Error UnsupportedOperation(std::string message);

}  // namespace hearth::session
