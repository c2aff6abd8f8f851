// Commands of ExecutePlan: carried out once, at once.
#pragma once

#include <spark/connect/commands.pb.h>

#include <stop_token>

#include "base/result.h"
#include "front/connect/response_writer.h"
#include "session/session.h"

namespace hearth::front::connect {

// Writes what the command answers; most answer nothing. The end of the stream is the caller's.
base::Status ExecuteCommand(session::Session& session, const spark::connect::Command& command,
                            ResponseWriter& writer, std::stop_token stop);

}  // namespace hearth::front::connect
