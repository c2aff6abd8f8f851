// Relations of the wire, read and analysed in a session.
#pragma once

#include <spark/connect/relations.pb.h>

#include <stop_token>
#include <string>

#include "base/result.h"
#include "plan/resolved/tree.h"
#include "session/session.h"

namespace hearth::front::connect {

// Catalogue calls are carried out: their rows are the plan.
base::Result<plan::RelationPtr> ReadAndAnalyze(session::Session& session,
                                               const spark::connect::Relation& relation,
                                               std::stop_token stop = {});

// The SQL text of a relation that is SQL at its root, directly or with named subplans; null for others.
const std::string* SqlTextOf(const spark::connect::Relation& relation);

}  // namespace hearth::front::connect
