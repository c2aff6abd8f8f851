#include "front/connect/artifact_upload.h"

#include <fmt/format.h>
#include <zlib.h>

#include <memory>
#include <mutex>
#include <utility>

#include "front/connect/errors.h"
#include "front/connect/handlers.h"
#include "front/connect/wire.h"
#include "session/errors.h"

namespace hearth::front::connect {
namespace {

using session::Artifacts;
using spark::connect::AddArtifactsRequest;
using spark::connect::AddArtifactsResponse;
using spark::connect::ArtifactStatusesRequest;
using spark::connect::ArtifactStatusesResponse;

bool HasRightChecksum(const AddArtifactsRequest::ArtifactChunk& chunk) {
  const auto* bytes = reinterpret_cast<const Bytef*>(chunk.data().data());
  return static_cast<int64_t>(crc32_z(0, bytes, chunk.data().size())) == chunk.crc();
}

// The state of one stream: what arrived so far. Used by one thread at a time.
class Receiver {
 public:
  explicit Receiver(Door& door) : door_(door) {}

  base::Status Receive(AddArtifactsRequest request) {
    if (!session_) {
      HEARTH_ASSIGN(session_, OpenSession(door_, request));
    } else if (session_->key() != KeyOf(request)) {
      return session::IllegalArgument("All messages of one upload must belong to one session.");
    }
    switch (request.payload_case()) {
      case AddArtifactsRequest::kBatch:
        for (const auto& artifact : request.batch().artifacts()) HEARTH_RETURN_IF_ERROR(AddWhole(artifact));
        return {};
      case AddArtifactsRequest::kBeginChunk:
        return BeginChunks(request.begin_chunk());
      case AddArtifactsRequest::kChunk:
        return AddChunk(request.chunk());
      case AddArtifactsRequest::PAYLOAD_NOT_SET:
        break;
    }
    return session::UnsupportedOperation("The message carries no artifact.");
  }

  base::Result<AddArtifactsResponse> End() {
    if (!session_) return session::IllegalArgument("The upload held no message.");
    if (upload_ || chunks_left_ > 0)
      return session::IllegalArgument("The upload ended in the middle of an artifact.");
    response_.set_session_id(session_->key().session.text());
    response_.set_server_side_session_id(session_->server_side_id());
    return std::move(response_);
  }

  session::Session* session() { return session_.get(); }

 private:
  base::Status AddWhole(const AddArtifactsRequest::SingleChunkArtifact& artifact) {
    if (upload_ || chunks_left_ > 0)
      return session::IllegalArgument("An artifact came in the middle of another one.");
    HEARTH_ASSIGN(auto upload, session_->artifacts().Begin(artifact.name()));
    const bool is_good = HasRightChecksum(artifact.data());
    if (is_good) {
      HEARTH_RETURN_IF_ERROR(upload->Append(artifact.data().data()));
      HEARTH_RETURN_IF_ERROR(Store(std::move(upload)));
    }
    Report(artifact.name(), is_good);
    return {};
  }

  base::Status BeginChunks(const AddArtifactsRequest::BeginChunkedArtifact& begin) {
    if (upload_ || chunks_left_ > 0)
      return session::IllegalArgument("An artifact came in the middle of another one.");
    if (begin.num_chunks() < 1) return session::IllegalArgument("An artifact has at least one chunk.");
    HEARTH_ASSIGN(upload_, session_->artifacts().Begin(begin.name()));
    is_good_ = true;
    chunks_left_ = begin.num_chunks();
    bytes_left_ = begin.total_bytes();
    return AddChunk(begin.initial_chunk());
  }

  base::Status AddChunk(const AddArtifactsRequest::ArtifactChunk& chunk) {
    if (!upload_) return session::IllegalArgument("A chunk came without the beginning of its artifact.");
    is_good_ = is_good_ && HasRightChecksum(chunk);
    if (is_good_) HEARTH_RETURN_IF_ERROR(upload_->Append(chunk.data()));
    bytes_left_ -= static_cast<int64_t>(chunk.data().size());
    if (--chunks_left_ > 0) return {};
    const std::string name = upload_->name();
    auto upload = std::move(upload_);
    if (is_good_ && bytes_left_ != 0) {
      return session::IllegalArgument(
          fmt::format("The artifact {} has another size than was announced.", name));
    }
    if (is_good_) HEARTH_RETURN_IF_ERROR(Store(std::move(upload)));
    Report(name, is_good_);
    return {};
  }

  base::Status Store(std::unique_ptr<Artifacts::Upload> upload) {
    const std::string name = upload->name();
    HEARTH_RETURN_IF_ERROR(session_->artifacts().Commit(std::move(upload)));
    session_->journal().Record(session::JournalAct::kAddArtifact, name);
    return {};
  }

  void Report(const std::string& name, bool is_good) {
    auto* summary = response_.add_artifacts();
    summary->set_name(name);
    summary->set_is_crc_successful(is_good);
  }

  Door& door_;
  std::shared_ptr<session::Session> session_;
  std::unique_ptr<Artifacts::Upload> upload_;
  bool is_good_ = true;
  int64_t chunks_left_ = 0;
  int64_t bytes_left_ = 0;
  AddArtifactsResponse response_;
};

class ArtifactStream final : public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  ArtifactStream(Door& door, grpc::ByteBuffer* response) : door_(door), response_(response), receiver_(door) {
    StartRead(&message_);
  }

  void OnReadDone(bool ok) override {
    // gRPC's thread hands the message over and the next read starts when it is dealt with.
    const bool accepted = door_.requests.Post([this, ok] { ok ? Handle() : Complete(); });
    if (!accepted)
      End({grpc::StatusCode::UNAVAILABLE, "The server has as many requests as it can hold; try again."});
  }
  void OnCancel() override {}  // the pending read fails and ends the stream
  void OnDone() override { delete this; }

 private:
  void Handle() {
    AddArtifactsRequest request;
    if (!ReadMessage(message_, &request))
      return End({grpc::StatusCode::INTERNAL, "The message cannot be read."});
    base::Status status = receiver_.Receive(std::move(request));
    if (!status.ok()) return Fail(std::move(status.error()));
    message_.Clear();
    StartRead(&message_);
  }

  void Complete() {
    base::Result<AddArtifactsResponse> response = receiver_.End();
    if (!response.ok()) return Fail(std::move(response.error()));
    *response_ = WriteMessage(*response);
    End(grpc::Status::OK);
  }

  void Fail(std::unique_ptr<base::Error> error) {
    std::shared_ptr<const base::Error> kept = std::move(error);
    End(ToStatus(*kept, receiver_.session() != nullptr ? receiver_.session()->errors().Add(kept) : ""));
  }

  void End(grpc::Status status) { Finish(std::move(status)); }

  Door& door_;
  grpc::ByteBuffer* const response_;
  grpc::ByteBuffer message_;
  Receiver receiver_;
};

}  // namespace

grpc::ServerReadReactor<grpc::ByteBuffer>* ServeAddArtifacts(Door& door, grpc::ByteBuffer* response) {
  return new ArtifactStream(door, response);
}

base::Result<ArtifactStatusesResponse> ArtifactStatus(Door& door, const ArtifactStatusesRequest& request) {
  HEARTH_ASSIGN(const std::shared_ptr<session::Session> session, OpenSession(door, request));
  auto response = Answer<ArtifactStatusesResponse>(*session);
  for (const std::string& name : request.names()) {
    // As in Spark, only cached data is told of.
    const bool exists = name.starts_with("cache/") && session->artifacts().Has(name);
    (*response.mutable_statuses())[name].set_exists(exists);
  }
  return response;
}

}  // namespace hearth::front::connect
