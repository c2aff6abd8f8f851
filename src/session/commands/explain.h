// The texts of EXPLAIN.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "plan/resolved/tree.h"
#include "plan/unresolved/tree.h"
#include "session/session.h"

namespace hearth::session {

enum class ExplainMode : uint8_t { kSimple, kExtended, kCodegen, kCost, kFormatted };

// Spark's headings over our own plans.
base::Result<std::string> ExplainPlan(Session& session, const plan::unresolved::RelationPtr& query,
                                      const plan::RelationPtr& plan, ExplainMode mode);

}  // namespace hearth::session
