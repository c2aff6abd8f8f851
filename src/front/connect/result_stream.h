// The result streams of ExecutePlan and ReattachExecute: one message in flight, read from the operation's
// response buffer.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "front/connect/door.h"

namespace hearth::front::connect {

// The reactors delete themselves when gRPC is done with them.
grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeExecutePlan(Door& door, const grpc::ByteBuffer& request);
grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeReattachExecute(Door& door, const grpc::ByteBuffer& request);

}  // namespace hearth::front::connect
