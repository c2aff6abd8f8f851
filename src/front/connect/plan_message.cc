#include "front/connect/plan_message.h"

#include <fmt/format.h>
#include <google/protobuf/message.h>
#include <zstd.h>

#include <utility>

#include "front/connect/kept_rows.h"
#include "front/connect/local_relation.h"
#include "front/connect/wire.h"

namespace hearth::front::connect {
namespace {

using spark::connect::Plan;

// Stops as soon as the content is larger than `limit`, whatever the header claims.
base::Result<std::string> Decompress(const std::string& data, size_t limit) {
  const std::unique_ptr<ZSTD_DStream, size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(),
                                                                        &ZSTD_freeDStream);
  std::string content;
  ZSTD_inBuffer input{data.data(), data.size(), 0};
  size_t state = 1;
  while (input.pos < input.size || state == 0) {
    if (state == 0) break;
    const size_t start = content.size();
    content.resize(start + ZSTD_DStreamOutSize());
    ZSTD_outBuffer output{content.data() + start, content.size() - start, 0};
    state = ZSTD_decompressStream(stream.get(), &output, &input);
    if (ZSTD_isError(state) != 0)
      return InvalidPlan("CANNOT_PARSE", "The compressed plan cannot be unpacked.", {});
    content.resize(start + output.pos);
    if (content.size() > limit) {
      return InvalidPlan("PLAN_SIZE_LARGER_THAN_MAX",
                         fmt::format("The unpacked plan is larger than {} bytes.", limit),
                         {{"planSize", "unknown"}, {"maxPlanSize", std::to_string(limit)}});
    }
  }
  return content;
}

}  // namespace

base::Error InvalidPlan(std::string_view kind, std::string message,
                        std::map<std::string, std::string> parameters) {
  return base::MakeError(base::ErrorKind::kSpark, fmt::format("CONNECT_INVALID_PLAN.{}", kind),
                         std::move(message), std::move(parameters));
}

base::Error FieldNotSet(std::string_view message_name, std::string_view oneof_name) {
  return InvalidPlan("INVALID_ONE_OF_FIELD_NOT_SET",
                     fmt::format("The message {} lacks its content.", message_name),
                     {{"fullName", std::string(message_name)}, {"name", std::string(oneof_name)}});
}

base::Error UnreadablePlan() {
  return InvalidPlan("CANNOT_PARSE",
                     fmt::format("The plan cannot be read, or nests more than {} levels.", kMaximumNesting),
                     {});
}

base::Status Unpack(const Door& door, Plan* plan) {
  if (!plan->has_compressed_operation()) return {};
  const Plan::CompressedOperation packed = std::move(*plan->mutable_compressed_operation());
  if (packed.compression_codec() != spark::connect::COMPRESSION_CODEC_ZSTD) {
    return InvalidPlan("CANNOT_PARSE", "The plan is compressed in a way that is not known here.", {});
  }
  HEARTH_ASSIGN(const std::string content, Decompress(packed.data(), door.limits.plan_bytes));
  google::protobuf::MessageLite* target = nullptr;
  if (packed.op_type() == Plan::CompressedOperation::OP_TYPE_RELATION) target = plan->mutable_root();
  if (packed.op_type() == Plan::CompressedOperation::OP_TYPE_COMMAND) target = plan->mutable_command();
  if (target == nullptr || !ReadMessage(content, target)) return UnreadablePlan();
  return {};
}

base::Status FillLocalRelations(session::Session& session, google::protobuf::Message* message) {
  if (message->GetDescriptor() == spark::connect::Relation::descriptor()) {
    auto* relation = static_cast<spark::connect::Relation*>(message);
    if (relation->has_cached_local_relation() || relation->has_chunked_cached_local_relation()) {
      return FillLocalRelation(session, relation);
    }
    if (relation->has_cached_remote_relation()) return FillKeptRows(session, relation);
  }
  const google::protobuf::Reflection& reflection = *message->GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(*message, &fields);
  for (const google::protobuf::FieldDescriptor* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      HEARTH_RETURN_IF_ERROR(FillLocalRelations(session, reflection.MutableMessage(message, field)));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
      HEARTH_RETURN_IF_ERROR(
          FillLocalRelations(session, reflection.MutableRepeatedMessage(message, field, i)));
    }
  }
  if (message->GetDescriptor() == spark::connect::Relation::descriptor()) {
    auto* relation = static_cast<spark::connect::Relation*>(message);
    if (relation->has_parse()) return FillParsedText(session, relation);
  }
  return {};
}

}  // namespace hearth::front::connect
