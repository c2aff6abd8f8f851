// Errors as HTTP answers: {"error": {"code", "message", "field"?, "details"?}}.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "front/web/message.h"

namespace hearth::front::web {

int HttpStatusOf(base::ErrorKind kind);
// "NOT_FOUND": the names of gRPC's codes, so that both doors say the same.
std::string_view ErrorCodeOf(base::ErrorKind kind);

// `error.parameters["field"]` becomes "field"; a parameter "details" (a JSON text) becomes "details".
Response ErrorResponse(const base::Error& error);
// For what the protocol itself refuses.
Response ErrorResponse(int status, std::string_view code, std::string_view message);

}  // namespace hearth::front::web
