// The gRPC service: turns calls into tasks on our executors, so that no work happens on gRPC's own threads.
#pragma once

#include <spark/connect/base.grpc.pb.h>

#include <memory>

#include "front/connect/door.h"

namespace hearth::front::connect {

// Every method takes raw bytes: requests are read on an executor with the protocol's own limits, and results
// leave without being copied into a message. The door outlives the service, the service outlives its server.
std::unique_ptr<grpc::Service> MakeService(Door& door);

}  // namespace hearth::front::connect
