// Protobuf messages to and from gRPC's buffers, with the limits of the protocol.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include "session/response_buffer.h"

namespace google::protobuf {
class MessageLite;
}

namespace hearth::front::connect {

// The Spark server reads this many nested messages; a chain of a few hundred withColumn calls needs several
// hundred.
inline constexpr int kMaximumNesting = 1024;

// False when the bytes are no such message, or nest too deeply.
bool ReadMessage(const grpc::ByteBuffer& bytes, google::protobuf::MessageLite* message);
bool ReadMessage(std::string_view bytes, google::protobuf::MessageLite* message);

grpc::ByteBuffer WriteMessage(const google::protobuf::MessageLite& message);
// The body is shared, not copied.
grpc::ByteBuffer WriteResponse(const session::Response& response);

}  // namespace hearth::front::connect
