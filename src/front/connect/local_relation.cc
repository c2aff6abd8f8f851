#include "front/connect/local_relation.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <fmt/format.h>

#include <utility>

#include "front/connect/plan_message.h"
#include "front/connect/wire.h"

namespace hearth::front::connect {
namespace {

using spark::connect::LocalRelation;
using spark::connect::Relation;

constexpr size_t kMaximumBytes = size_t{2} << 30;  // of one protobuf field

base::Error NotUploaded(const std::string& hash) {
  return InvalidPlan("INVALID_LOCAL_RELATION_HASH",
                     fmt::format("The data cache/{} was not uploaded in this session.", hash),
                     {{"hash", hash}});
}

base::Result<std::string> ReadCached(session::Session& session, const std::string& hash) {
  std::optional<std::string> content = session.artifacts().ReadCached(hash);
  if (!content) return NotUploaded(hash);
  return *std::move(content);
}

base::Error ArrowError(const arrow::Status& status) {
  return InvalidPlan("CANNOT_PARSE", fmt::format("Uploaded rows are no Arrow stream: {}", status.message()),
                     {});
}

// Copies the batches of one stream behind what the writer has; makes the writer for the first.
arrow::Status AppendStream(const std::string& content,
                           const std::shared_ptr<arrow::io::BufferOutputStream>& sink,
                           std::shared_ptr<arrow::ipc::RecordBatchWriter>* writer) {
  arrow::io::BufferReader source(arrow::Buffer::FromString(content));
  ARROW_ASSIGN_OR_RAISE(const auto reader, arrow::ipc::RecordBatchStreamReader::Open(&source));
  if (!*writer) {
    ARROW_ASSIGN_OR_RAISE(*writer, arrow::ipc::MakeStreamWriter(sink, reader->schema()));
  }
  while (true) {
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(reader->ReadNext(&batch));
    if (!batch) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK((*writer)->WriteRecordBatch(*batch));
  }
}

base::Result<std::string> JoinChunks(session::Session& session,
                                     const google::protobuf::RepeatedPtrField<std::string>& hashes) {
  if (hashes.size() == 1) return ReadCached(session, hashes[0]);
  auto sink = arrow::io::BufferOutputStream::Create();
  if (!sink.ok()) return ArrowError(sink.status());
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer;
  for (const std::string& hash : hashes) {
    HEARTH_ASSIGN(const std::string content, ReadCached(session, hash));
    if (const arrow::Status status = AppendStream(content, *sink, &writer); !status.ok())
      return ArrowError(status);
    if (const auto size = (*sink)->Tell(); !size.ok() || static_cast<size_t>(*size) > kMaximumBytes) {
      return base::MakeError(
          base::ErrorKind::kIllegalArgument, "LOCAL_RELATION_SIZE_LIMIT_EXCEEDED",
          fmt::format("A local relation can hold {} bytes.", kMaximumBytes),
          {{"actualSize", std::to_string(size.ValueOr(0))}, {"sizeLimit", std::to_string(kMaximumBytes)}});
    }
  }
  if (!writer) return std::string();
  if (const arrow::Status status = writer->Close(); !status.ok()) return ArrowError(status);
  const auto buffer = (*sink)->Finish();
  if (!buffer.ok()) return ArrowError(buffer.status());
  return (*buffer)->ToString();
}

}  // namespace

base::Status FillLocalRelation(session::Session& session, Relation* relation) {
  LocalRelation local;
  if (relation->has_cached_local_relation()) {
    const std::string& hash = relation->cached_local_relation().hash();
    HEARTH_ASSIGN(const std::string content, ReadCached(session, hash));
    if (!ReadMessage(content, &local)) return NotUploaded(hash);
  } else {
    const auto& chunked = relation->chunked_cached_local_relation();
    HEARTH_ASSIGN(*local.mutable_data(), JoinChunks(session, chunked.datahashes()));
    if (chunked.has_schemahash()) {
      HEARTH_ASSIGN(*local.mutable_schema(), ReadCached(session, chunked.schemahash()));
    }
  }
  *relation->mutable_local_relation() = std::move(local);
  return {};
}

}  // namespace hearth::front::connect
