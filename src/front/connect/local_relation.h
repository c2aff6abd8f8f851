// Rows that a client uploaded beforehand, as the local relation they stand for.
#pragma once

#include <spark/connect/relations.pb.h>

#include "base/result.h"
#include "session/session.h"

namespace hearth::front::connect {

// Replaces a CachedLocalRelation (one uploaded LocalRelation message) or a ChunkedCachedLocalRelation
// (uploaded chunks, an Arrow stream each) by the LocalRelation. Error: CONNECT_INVALID_PLAN.LOCAL_RELATION_…
// when something was not uploaded.
base::Status FillLocalRelation(session::Session& session, spark::connect::Relation* relation);

}  // namespace hearth::front::connect
