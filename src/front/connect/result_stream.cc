#include "front/connect/result_stream.h"

#include <fmt/format.h>

#include <memory>
#include <mutex>
#include <utility>

#include "base/uuid.h"
#include "front/connect/errors.h"
#include "front/connect/execute_plan.h"
#include "front/connect/handlers.h"
#include "front/connect/wire.h"
#include "session/errors.h"

namespace hearth::front::connect {
namespace {

using session::Operation;
using session::ResponseBuffer;
using spark::connect::ExecutePlanRequest;
using spark::connect::ReattachExecuteRequest;

// What a stream reads from.
struct Source {
  std::shared_ptr<session::Session> session;
  std::shared_ptr<Operation> operation;
  std::optional<std::string> after;  // response id behind which it starts
};

// Lives until gRPC is done (OnDone). Pump may be called from any thread; whoever finds the stream idle moves
// it on.
class ResultStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                           public std::enable_shared_from_this<ResultStream> {
 public:
  static std::shared_ptr<ResultStream> Make(Door& door) {
    auto stream = std::make_shared<ResultStream>(door);
    stream->self_ = stream;
    return stream;
  }
  explicit ResultStream(Door& door) : door_(door) {}

  // Once, on an executor thread.
  void Open(Source source);
  void Fail(const base::Error& error, const std::shared_ptr<session::Session>& session);
  void End(grpc::Status status);
  void Pump();

  void OnWriteDone(bool ok) override;
  void OnCancel() override { End(grpc::Status(grpc::StatusCode::CANCELLED, "The client is gone.")); }
  void OnDone() override;

 private:
  void LetGo();
  bool HasSentEnough() const { return is_out_of_time_ || bytes_sent_ >= door_.limits.stream_bytes; }

  Door& door_;
  std::shared_ptr<ResultStream> self_;  // until OnDone

  std::mutex mutex_;
  Source source_;
  std::unique_ptr<ResponseBuffer::Reader> reader_;
  grpc::ByteBuffer message_;  // in flight
  bool is_writing_ = false;
  bool is_finished_ = false;
  bool is_out_of_time_ = false;
  bool is_done_ = false;
  int64_t bytes_sent_ = 0;
  base::Timer::Id end_timer_ = 0;
};

void ResultStream::Open(Source source) {
  const std::weak_ptr<ResultStream> weak = weak_from_this();
  auto wake = [weak] {
    if (const auto stream = weak.lock()) stream->Pump();
  };
  auto reader = source.operation->responses().Attach(source.after, std::move(wake));
  if (!reader.ok()) return Fail(*reader.error(), source.session);
  bool is_done = false;
  {
    std::lock_guard lock(mutex_);
    source_ = std::move(source);
    reader_ = std::move(*reader);
    is_done = is_done_;
    // Spark ends streams after a while, so that intermediaries need not keep them for hours; the client
    // reattaches.
    if (!is_done && source_.operation->request().is_reattachable) {
      end_timer_ = door_.timer.After(door_.limits.stream_time, [weak] {
        const auto stream = weak.lock();
        if (!stream) return;
        {
          std::lock_guard stream_lock(stream->mutex_);
          stream->is_out_of_time_ = true;
        }
        stream->Pump();
      });
    }
  }
  // The client may have gone in the meantime.
  if (is_done) return LetGo();
  Pump();
}

void ResultStream::Pump() {
  enum class Step { kNone, kWrite, kWriteLast, kEnd } step = Step::kNone;
  std::unique_ptr<base::Error> failure;
  std::shared_ptr<session::Session> session;
  {
    std::lock_guard lock(mutex_);
    if (is_writing_ || is_finished_ || !reader_) return;
    if (HasSentEnough() && source_.operation->request().is_reattachable) {
      step = Step::kEnd;
      is_finished_ = true;
    } else {
      ResponseBuffer::Reader::Item item = reader_->Next();
      switch (item.kind) {
        case ResponseBuffer::Reader::Kind::kPending:
          return;
        case ResponseBuffer::Reader::Kind::kEnd:
          failure = std::move(item.failure);
          session = source_.session;
          step = Step::kEnd;
          is_finished_ = true;
          break;
        case ResponseBuffer::Reader::Kind::kResponse:
          message_ = WriteResponse(item.response);
          bytes_sent_ += static_cast<int64_t>(item.response.bytes());
          is_writing_ = true;
          is_finished_ = item.is_last;
          step = item.is_last ? Step::kWriteLast : Step::kWrite;
          break;
      }
    }
  }
  // Outside the lock: gRPC may call back on this thread.
  if (step == Step::kWrite) {
    StartWrite(&message_);
  } else if (step == Step::kWriteLast) {
    StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
  } else if (failure) {
    std::shared_ptr<const base::Error> kept = std::move(failure);
    Finish(ToStatus(*kept, session->errors().Add(kept)));
  } else {
    Finish(grpc::Status::OK);
  }
}

void ResultStream::OnWriteDone(bool ok) {
  {
    std::lock_guard lock(mutex_);
    is_writing_ = false;
  }
  if (ok) {
    Pump();
  } else {
    End(grpc::Status(grpc::StatusCode::CANCELLED, "The client is gone."));
  }
}

void ResultStream::Fail(const base::Error& error, const std::shared_ptr<session::Session>& session) {
  const auto kept = std::make_shared<const base::Error>(error);
  End(ToStatus(*kept, session ? session->errors().Add(kept) : ""));
}

void ResultStream::End(grpc::Status status) {
  {
    std::lock_guard lock(mutex_);
    if (is_finished_) return;
    is_finished_ = true;
  }
  Finish(std::move(status));
}

void ResultStream::OnDone() {
  {
    std::lock_guard lock(mutex_);
    is_done_ = true;
  }
  LetGo();
  const std::shared_ptr<ResultStream> last = std::move(self_);
}

void ResultStream::LetGo() {
  Source source;
  std::unique_ptr<ResponseBuffer::Reader> reader;
  {
    std::lock_guard lock(mutex_);
    source = std::exchange(source_, Source());
    reader = std::move(reader_);
    if (end_timer_ != 0) door_.timer.Cancel(std::exchange(end_timer_, 0));
  }
  reader.reset();
  // Nobody can come back for what is not reattachable.
  if (source.operation && !source.operation->request().is_reattachable) {
    source.session->operations().Release(source.operation->id());
  }
}

// ---- ExecutePlan

// Tells a repeated request from another plan under the same id. Of large plans only the size is looked at:
// hashing them would cost more than the question is worth.
std::string FingerprintOf(const spark::connect::Plan& plan) {
  constexpr size_t kHashedBytes = 4 << 20;
  const size_t size = plan.ByteSizeLong();
  const size_t hash = size <= kHashedBytes ? std::hash<std::string>()(plan.SerializeAsString()) : 0;
  return fmt::format("{}:{:x}", size, hash);
}

base::Status CheckTags(const ExecutePlanRequest& request) {
  for (const std::string& tag : request.tags()) {
    if (tag.empty()) return session::IllegalArgument("A tag of an operation cannot be empty.");
    if (tag.find(',') != std::string::npos)
      return session::IllegalArgument("A tag of an operation cannot contain ','.");
  }
  return {};
}

base::Result<session::OperationRequest> ReadOperation(const ExecutePlanRequest& request) {
  HEARTH_RETURN_IF_ERROR(CheckTags(request));
  session::OperationRequest operation;
  operation.id =
      session::OperationId(request.operation_id().empty() ? base::RandomUuid() : request.operation_id());
  if (!base::IsUuid(operation.id.text())) return session::InvalidHandle("FORMAT", operation.id.text());
  operation.tags = {request.tags().begin(), request.tags().end()};
  for (const auto& option : request.request_options()) {
    if (option.has_reattach_options()) operation.is_reattachable = option.reattach_options().reattachable();
  }
  if (operation.is_reattachable) operation.fingerprint = FingerprintOf(request.plan());
  return operation;
}

base::Result<Source> BeginOperation(Door& door, const std::shared_ptr<session::Session>& session,
                                    ExecutePlanRequest request) {
  HEARTH_ASSIGN(session::OperationRequest wanted, ReadOperation(request));
  HEARTH_ASSIGN(const session::Operations::Admission admission,
                session->operations().Admit(std::move(wanted)));
  if (admission.is_new) {
    admission.operation->Start(door.operations, MakePlanWork(door, session, std::move(request)));
  }
  return Source{session, admission.operation, std::nullopt};
}

void OpenExecutePlan(Door& door, ResultStream& stream, const grpc::ByteBuffer& bytes) {
  ExecutePlanRequest request;
  if (!ReadMessage(bytes, &request)) return stream.Fail(UnreadablePlan(), nullptr);
  auto session = OpenSession(door, request);
  if (!session.ok()) return stream.Fail(*session.error(), door.sessions.Peek(KeyOf(request)));
  auto source = BeginOperation(door, *session, std::move(request));
  if (!source.ok()) return stream.Fail(*source.error(), *session);
  stream.Open(std::move(*source));
}

// ---- ReattachExecute

void OpenReattachExecute(Door& door, ResultStream& stream, const grpc::ByteBuffer& bytes) {
  ReattachExecuteRequest request;
  if (!ReadMessage(bytes, &request))
    return stream.End({grpc::StatusCode::INTERNAL, "The request cannot be read."});
  auto session = FindSession(door, request);
  if (!session.ok()) return stream.Fail(*session.error(), door.sessions.Peek(KeyOf(request)));
  auto operation = (*session)->operations().FindForReattach(session::OperationId(request.operation_id()));
  if (!operation.ok()) return stream.Fail(*operation.error(), *session);
  Source source{*session, *operation, std::nullopt};
  if (request.has_last_response_id()) source.after = request.last_response_id();
  stream.Open(std::move(source));
}

// Requests up to this size are read on gRPC's own thread: that takes less time than waking another, and they
// cannot be nested deeper than its stack bears.
constexpr size_t kReadAtOnceBytes = 8 << 10;

using OpenFunction = void (*)(Door&, ResultStream&, const grpc::ByteBuffer&);

grpc::ServerWriteReactor<grpc::ByteBuffer>* Serve(Door& door, const grpc::ByteBuffer& request,
                                                  OpenFunction open) {
  const std::shared_ptr<ResultStream> stream = ResultStream::Make(door);
  if (request.Length() <= kReadAtOnceBytes) {
    open(door, *stream, request);
    return stream.get();
  }
  // A copy of a byte buffer shares the bytes; gRPC's own ends with the call.
  const bool accepted =
      door.requests.Post([&door, stream, bytes = request, open] { open(door, *stream, bytes); });
  if (!accepted)
    stream->End(
        {grpc::StatusCode::UNAVAILABLE, "The server has as many requests as it can hold; try again."});
  return stream.get();
}

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeExecutePlan(Door& door, const grpc::ByteBuffer& request) {
  return Serve(door, request, &OpenExecutePlan);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeReattachExecute(Door& door,
                                                                 const grpc::ByteBuffer& request) {
  return Serve(door, request, &OpenReattachExecute);
}

}  // namespace hearth::front::connect
