// The client stream of AddArtifacts.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "front/connect/door.h"

namespace hearth::front::connect {

// The reactor deletes itself. Messages are handled on an executor, one at a time: a client that sends faster
// waits.
grpc::ServerReadReactor<grpc::ByteBuffer>* ServeAddArtifacts(Door& door, grpc::ByteBuffer* response);

}  // namespace hearth::front::connect
