// Rows of a DataFrame that the session keeps: checkpoints, and text that spark.read.csv and json read out of
// a DataFrame. They lie among the session's artifacts and go with it.
#pragma once

#include <spark/connect/relations.pb.h>

#include <stop_token>
#include <string>

#include "base/result.h"
#include "session/session.h"

namespace hearth::front::connect {

// Runs the relation and keeps what comes out; answers the name that a CachedRemoteRelation calls it by.
base::Result<std::string> KeepRows(session::Session& session, const spark::connect::Relation& relation,
                                   std::stop_token stop);
// Does nothing when nothing is kept under the name.
void ForgetRows(session::Session& session, const std::string& id);

// Replaces a CachedRemoteRelation by the local relation of its rows. Error:
// CONNECT_INVALID_PLAN.DATAFRAME_NOT_FOUND.
base::Status FillKeptRows(session::Session& session, spark::connect::Relation* relation);

// Replaces Parse by a Read of a file that holds the texts of its input, each text a record. The input, which
// must hold no other reference, runs here. Leaves formats alone that are read from no such text.
base::Status FillParsedText(session::Session& session, spark::connect::Relation* relation);

}  // namespace hearth::front::connect
