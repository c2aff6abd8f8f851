// Audit rows as lines of a file.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "front/identity/identity.h"

namespace hearth::front::identity {

// One JSON object a line. At `limit_bytes` the file becomes FILE.1 (the one before is dropped) and a new one
// begins. An empty path keeps nothing. Errors: kIllegalArgument when the file cannot be written.
base::Result<std::unique_ptr<AuditSink>> OpenAuditLog(const std::string& path, size_t limit_bytes);

}  // namespace hearth::front::identity
