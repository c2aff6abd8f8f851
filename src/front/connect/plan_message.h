// The Plan message of ExecutePlan and AnalyzePlan: unpacked, and with uploaded local relations put in.
#pragma once

#include <spark/connect/base.pb.h>

#include <string>

#include "base/result.h"
#include "front/connect/door.h"
#include "session/session.h"

namespace hearth::front::connect {

// Replaces `plan` by the operation that it carries compressed. Errors: CONNECT_INVALID_PLAN.CANNOT_PARSE,
// which tells 4.1 and later clients to stop compressing.
base::Status Unpack(const Door& door, spark::connect::Plan* plan);

// Puts uploaded data in the place of references to it, at any depth.
base::Status FillLocalRelations(session::Session& session, google::protobuf::Message* message);

base::Error InvalidPlan(std::string_view kind, std::string message,
                        std::map<std::string, std::string> parameters);
base::Error FieldNotSet(std::string_view message_name, std::string_view oneof_name);
// The bytes are no request, or nest too deeply.
base::Error UnreadablePlan();

}  // namespace hearth::front::connect
