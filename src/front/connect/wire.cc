#include "front/connect/wire.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message_lite.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include <limits>
#include <memory>

namespace hearth::front::connect {
namespace {

bool ReadFrom(google::protobuf::io::CodedInputStream* stream, google::protobuf::MessageLite* message) {
  stream->SetRecursionLimit(kMaximumNesting);
  stream->SetTotalBytesLimit(std::numeric_limits<int>::max());
  return message->ParseFromCodedStream(stream) && stream->ConsumedEntireMessage();
}

grpc::Slice SharedSlice(const std::shared_ptr<const std::string>& text) {
  using Holder = std::shared_ptr<const std::string>;
  auto* holder = new Holder(text);
  return grpc::Slice(
      const_cast<char*>(text->data()), text->size(), [](void* owned) { delete static_cast<Holder*>(owned); },
      holder);
}

}  // namespace

bool ReadMessage(const grpc::ByteBuffer& bytes, google::protobuf::MessageLite* message) {
  if (!bytes.Valid()) return false;
  // The reader only reads, but takes the buffer by plain pointer.
  grpc::ProtoBufferReader reader(const_cast<grpc::ByteBuffer*>(&bytes));
  if (!reader.status().ok()) return false;
  google::protobuf::io::CodedInputStream stream(&reader);
  return ReadFrom(&stream, message);
}

bool ReadMessage(std::string_view bytes, google::protobuf::MessageLite* message) {
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max())) return false;
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  return ReadFrom(&stream, message);
}

grpc::ByteBuffer WriteMessage(const google::protobuf::MessageLite& message) {
  grpc::Slice slice(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

grpc::ByteBuffer WriteResponse(const session::Response& response) {
  grpc::Slice slices[2] = {grpc::Slice(response.head), grpc::Slice()};
  if (!response.body) return grpc::ByteBuffer(slices, 1);
  slices[1] = SharedSlice(response.body);
  return grpc::ByteBuffer(slices, 2);
}

}  // namespace hearth::front::connect
