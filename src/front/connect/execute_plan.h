// What ExecutePlan does, from the message to the rows in the operation's buffer.
#pragma once

#include <spark/connect/base.pb.h>

#include <memory>

#include "front/connect/door.h"
#include "front/connect/plan_message.h"
#include "session/operation.h"

namespace hearth::front::connect {

// The first step reads, analyses and starts the plan, each later step fetches one batch.
std::unique_ptr<session::OperationWork> MakePlanWork(Door& door, std::shared_ptr<session::Session> session,
                                                     spark::connect::ExecutePlanRequest request);

}  // namespace hearth::front::connect
