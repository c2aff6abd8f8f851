// The texts of EXPLAIN, and plans as text that is equal for equal plans.
#pragma once

#include <spark/connect/base.pb.h>

#include <string>

#include "base/result.h"
#include "session/session.h"

namespace hearth::front::connect {

base::Result<std::string> ExplainText(session::Session& session, const spark::connect::Relation& relation,
                                      spark::connect::AnalyzePlanRequest::Explain::ExplainMode mode);

// The plan without the names that its columns happen to have.
std::string SemanticText(const plan::Relation& relation);

}  // namespace hearth::front::connect
