// From an unresolved plan to rows, with the settings and names of a session.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "plan/analyze/analyzer.h"
#include "plan/executor.h"
#include "plan/from_sql/from_sql.h"
#include "session/session.h"

namespace hearth::session {

plan::SqlOptions SqlOptionsOf(const Session& session);
plan::AnalysisSettings AnalysisSettingsOf(const Session& session);
plan::ExecutionOptions ExecutionOptionsOf(const Session& session);

// Errors of the analyser.
base::Result<plan::RelationPtr> AnalyzeQuery(Session& session, const plan::unresolved::RelationPtr& query,
                                             std::stop_token stop = {});
// As above, with names looked up elsewhere.
base::Result<plan::RelationPtr> AnalyzeQuery(Session& session, const plan::unresolved::RelationPtr& query,
                                             plan::Catalog& names, std::stop_token stop);
base::Result<plan::ExpressionPtr> AnalyzeConstant(Session& session,
                                                  const plan::unresolved::ExpressionPtr& expression);

// All rows of a small result as one Arrow IPC stream.
base::Result<plan::ResultBatch> CollectBatch(Session& session, const plan::RelationPtr& plan,
                                             std::stop_token stop);

// Gives the error's contexts the text of the statement they point into, when they lack it.
base::Error WithStatement(base::Error error, const std::string& statement);

}  // namespace hearth::session
