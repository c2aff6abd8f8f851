#include "front/connect/response_writer.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <utility>

#include "front/connect/literals.h"
#include "plan/from_connect/from_connect.h"

namespace hearth::front::connect {
namespace {

using google::protobuf::internal::WireFormatLite;
using spark::connect::ExecutePlanResponse;

// Opens a length-delimited field: its tag and size.
void WriteFieldHeader(google::protobuf::io::CodedOutputStream* stream, int field, size_t size) {
  stream->WriteTag(WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED));
  stream->WriteVarint64(size);
}

size_t FieldHeaderSize(int field, size_t size) {
  using google::protobuf::io::CodedOutputStream;
  return CodedOutputStream::VarintSize32(
             WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED)) +
         CodedOutputStream::VarintSize64(size);
}

// Everything of the message but the bytes of the batch, which follow right behind it.
std::string EncodeHead(const ExecutePlanResponse& message, const ExecutePlanResponse::ArrowBatch& batch,
                       size_t data_size) {
  std::string head = message.SerializeAsString();
  const std::string fields = batch.SerializeAsString();
  const size_t batch_size = fields.size() +
                            FieldHeaderSize(ExecutePlanResponse::ArrowBatch::kDataFieldNumber, data_size) +
                            data_size;
  std::string tail;
  {
    google::protobuf::io::StringOutputStream sink(&tail);
    google::protobuf::io::CodedOutputStream stream(&sink);
    WriteFieldHeader(&stream, ExecutePlanResponse::kArrowBatchFieldNumber, batch_size);
    stream.WriteString(fields);
    WriteFieldHeader(&stream, ExecutePlanResponse::ArrowBatch::kDataFieldNumber, data_size);
  }
  return head + tail;
}

}  // namespace

ResponseWriter::ResponseWriter(const session::Session& session, session::Operation& operation,
                               size_t chunk_bytes)
    : session_id_(session.key().session.text()),
      server_side_session_id_(session.server_side_id()),
      operation_(operation),
      chunk_bytes_(chunk_bytes) {}

void ResponseWriter::FillIds(ExecutePlanResponse* message) const {
  message->set_session_id(session_id_);
  message->set_server_side_session_id(server_side_session_id_);
  message->set_operation_id(operation_.id().text());
  message->set_response_id(operation_.responses().NextId());
}

void ResponseWriter::WriteBatch(const plan::TypePtr& schema, plan::ResultBatch batch) {
  const plan::TypePtr* first_schema = std::exchange(is_schema_written_, true) ? nullptr : &schema;
  const size_t size = batch.ipc_stream.size();
  if (chunk_bytes_ == 0 || size <= chunk_bytes_) {
    auto data = std::make_shared<const std::string>(std::move(batch.ipc_stream));
    WriteChunk(first_schema, batch.row_count, std::move(data), 0, 0);
  } else {
    const auto count = static_cast<int64_t>((size + chunk_bytes_ - 1) / chunk_bytes_);
    for (int64_t i = 0; i < count; ++i) {
      auto piece = std::make_shared<const std::string>(
          batch.ipc_stream.substr(static_cast<size_t>(i) * chunk_bytes_, chunk_bytes_));
      WriteChunk(i == 0 ? first_schema : nullptr, batch.row_count, std::move(piece), i, count);
    }
  }
  rows_ += batch.row_count;
}

void ResponseWriter::WriteChunk(const plan::TypePtr* schema, int64_t row_count,
                                std::shared_ptr<const std::string> data, int64_t index, int64_t count) {
  ExecutePlanResponse message;
  FillIds(&message);
  if (schema != nullptr) plan::ToConnect(**schema, message.mutable_schema());
  ExecutePlanResponse::ArrowBatch fields;
  fields.set_row_count(row_count);
  fields.set_start_offset(rows_);
  if (count > 0) {
    fields.set_chunk_index(index);
    fields.set_num_chunks_in_batch(count);
  }
  std::string head = EncodeHead(message, fields, data->size());
  operation_.responses().Append(std::move(head), std::move(data));
}

void ResponseWriter::WriteMessage(ExecutePlanResponse message) {
  FillIds(&message);
  operation_.responses().Append(message.SerializeAsString());
}

void ResponseWriter::WriteEnd(const std::vector<plan::ObservedMetrics>& observed) {
  ExecutePlanResponse message;
  for (const plan::ObservedMetrics& metrics : observed) {
    auto* entry = message.add_observed_metrics();
    entry->set_name(metrics.name);
    for (size_t i = 0; i < metrics.values.size(); ++i) {
      entry->add_keys(metrics.keys[i]);
      WriteLiteral(metrics.values[i], *metrics.types[i], entry->add_values());
    }
  }
  FillIds(&message);
  if (operation_.request().is_reattachable) {
    message.mutable_result_complete();
    operation_.Complete(message.SerializeAsString());
  } else if (!observed.empty()) {
    operation_.Complete(message.SerializeAsString());
  }
}

}  // namespace hearth::front::connect
