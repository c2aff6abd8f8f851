#include "front/control/grpc_server.h"

#include <fmt/format.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <hearth/control/v1/control.grpc.pb.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <mutex>
#include <utility>

#include "base/uuid.h"
#include "front/control/conversions.h"

namespace hearth::front::control {
namespace {

using grpc::CallbackServerContext;
using grpc::StatusCode;

constexpr size_t kLongestMessage = 2048;  // of a status: gRPC's trailers hold 8 KiB
constexpr int kShortestPingIntervalMilliseconds = 9'000;

StatusCode CodeOf(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::kParse:
    case base::ErrorKind::kAnalysis:
    case base::ErrorKind::kArithmetic:
    case base::ErrorKind::kArrayIndex:
    case base::ErrorKind::kDateTime:
    case base::ErrorKind::kNumberFormat:
    case base::ErrorKind::kIllegalArgument:
    case base::ErrorKind::kSpark:
      return StatusCode::INVALID_ARGUMENT;
    case base::ErrorKind::kNoSuchElement:
      return StatusCode::NOT_FOUND;
    case base::ErrorKind::kUnsupported:
      return StatusCode::UNIMPLEMENTED;
    case base::ErrorKind::kCancelled:
      return StatusCode::CANCELLED;
    case base::ErrorKind::kDeadlineExceeded:
      return StatusCode::DEADLINE_EXCEEDED;
    case base::ErrorKind::kResourceExhausted:
      return StatusCode::RESOURCE_EXHAUSTED;
    case base::ErrorKind::kUnavailable:
      return StatusCode::UNAVAILABLE;
    case base::ErrorKind::kUnauthenticated:
      return StatusCode::UNAUTHENTICATED;
    case base::ErrorKind::kPermissionDenied:
      return StatusCode::PERMISSION_DENIED;
    case base::ErrorKind::kConflict:
      return StatusCode::ALREADY_EXISTS;
    case base::ErrorKind::kUnknownOutcome:
      return StatusCode::UNKNOWN;
    case base::ErrorKind::kRuntime:
    case base::ErrorKind::kInternal:
      return StatusCode::INTERNAL;
  }
  return StatusCode::INTERNAL;
}

// The field of a bad request stands in google.rpc.BadRequest too, for programs.
grpc::Status ToStatus(const base::Error& error) {
  const StatusCode code = CodeOf(error.kind);
  const std::string message = ValidUtf8(std::string_view(error.message).substr(0, kLongestMessage));
  const auto field = error.parameters.find("field");
  if (field == error.parameters.end()) return {code, message};
  google::rpc::BadRequest bad;
  auto* violation = bad.add_field_violations();
  violation->set_field(field->second);
  violation->set_description(message);
  google::rpc::Status details;
  details.set_code(code);
  details.set_message(message);
  details.add_details()->PackFrom(bad);
  return {code, message, details.SerializeAsString()};
}

grpc::Status Busy() {
  return {StatusCode::UNAVAILABLE, "the server has as many requests as it can hold; try again"};
}

std::string Metadata(const CallbackServerContext& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  return found == context.client_metadata().end() ? ""
                                                  : std::string(found->second.data(), found->second.size());
}

// "ipv4:127.0.0.1:1234" -> "127.0.0.1", "ipv6:%5B::1%5D:1234" -> "::1".
std::string HostOf(std::string peer) {
  const size_t scheme = peer.find(':');
  if (scheme == std::string::npos || !peer.starts_with("ip")) return peer;
  peer = peer.substr(scheme + 1, peer.rfind(':') - scheme - 1);
  if (peer.starts_with("%5B") && peer.ends_with("%5D")) peer = peer.substr(3, peer.size() - 6);
  return peer;
}

CallContext ContextOf(const CallbackServerContext& context) {
  std::string request_id = Metadata(context, "x-request-id");
  if (request_id.empty() || request_id.size() > 128) request_id = base::RandomUuid();
  return {Metadata(context, "authorization"), std::move(request_id), Metadata(context, "traceparent"),
          HostOf(context.peer())};
}

// What the log streams of one server share.
struct Streams {
  base::ThreadPool& executor;
  base::Timer& timer;
  std::atomic<bool> is_stopping{false};
};

// One log on its way to a client: a piece is read, written, and only then the next one is read. Deletes
// itself when gRPC is done with it; steps that are under way hold it by count.
class LogReactor final : public grpc::ServerWriteReactor<pb::LogsResponse> {
 public:
  LogReactor(std::shared_ptr<Streams> streams, JobService& service, CallContext context,
             const pb::LogsRequest& request)
      : streams_(std::move(streams)), service_(service), context_(std::move(context)), request_(request) {}

  void Begin() {
    self_.reset(this);
    if (!streams_->executor.Post([self = self_] { self->Open(); })) Finish(Busy());
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return End({StatusCode::CANCELLED, "the client went away"});
    if (is_last_) return End(grpc::Status::OK);
    Continue();
  }
  void OnCancel() override { is_cancelled_ = true; }
  void OnDone() override {
    // Steps that wait for the timer keep the object a little longer.
    const auto last = std::move(self_);
  }

 private:
  void Open() {
    auto reader = service_.Logs(context_, request_);
    if (!reader.ok()) return End(ToStatus(*reader.error()));
    reader_ = std::move(*reader);
    StartSendInitialMetadata();  // the client learns that its request was taken before there is a line
    Step();
  }

  void Step() {
    if (is_cancelled_) return End({StatusCode::CANCELLED, "the client went away"});
    auto piece = reader_->Next();
    if (!piece.ok()) return End(ToStatus(*piece.error()));
    is_last_ = piece->end;
    if (!piece->lines.logs().empty() || piece->end) {
      response_ = std::move(piece->lines);
      StartWrite(&response_);
      return;
    }
    if (streams_->is_stopping) return End({StatusCode::UNAVAILABLE, "the server stops"});
    streams_->timer.After(piece->wait, [self = self_] { self->Continue(); });
  }

  void Continue() {
    if (!streams_->executor.PostContinuation([self = self_] { self->Step(); }))
      End({StatusCode::UNAVAILABLE, "the server stops"});
  }

  void End(const grpc::Status& status) { Finish(status); }

  const std::shared_ptr<Streams> streams_;
  JobService& service_;
  const CallContext context_;
  const pb::LogsRequest request_;
  std::shared_ptr<LogReactor> self_;
  std::unique_ptr<LogReader> reader_;
  pb::LogsResponse response_;
  bool is_last_ = false;
  std::atomic<bool> is_cancelled_{false};
};

class Service final : public pb::JobService::CallbackService {
 public:
  Service(JobService& service, std::shared_ptr<Streams> streams)
      : service_(service), streams_(std::move(streams)) {}

  grpc::ServerUnaryReactor* Submit(CallbackServerContext* context, const pb::SubmitRequest* request,
                                   pb::SubmitResponse* response) override {
    return Serve(context, response,
                 [this, request](const CallContext& call) { return service_.Submit(call, *request); });
  }
  grpc::ServerUnaryReactor* Check(CallbackServerContext* context, const pb::CheckRequest* request,
                                  pb::Job* response) override {
    return Serve(context, response,
                 [this, request](const CallContext& call) { return service_.Check(call, *request); });
  }
  grpc::ServerUnaryReactor* Cancel(CallbackServerContext* context, const pb::CancelRequest* request,
                                   pb::CancelResponse* response) override {
    return Serve(context, response,
                 [this, request](const CallContext& call) { return service_.Cancel(call, *request); });
  }
  grpc::ServerUnaryReactor* List(CallbackServerContext* context, const pb::ListRequest* request,
                                 pb::ListResponse* response) override {
    return Serve(context, response,
                 [this, request](const CallContext& call) { return service_.List(call, *request); });
  }
  grpc::ServerUnaryReactor* Events(CallbackServerContext* context, const pb::EventsRequest* request,
                                   pb::EventsResponse* response) override {
    return Serve(context, response,
                 [this, request](const CallContext& call) { return service_.Events(call, *request); });
  }
  grpc::ServerUnaryReactor* Plan(CallbackServerContext* context, const pb::PlanRequest* request,
                                 pb::ManifestResponse* response) override {
    return Serve(context, response,
                 [this, request](const CallContext& call) { return service_.Plan(call, *request); });
  }
  grpc::ServerUnaryReactor* Apply(CallbackServerContext* context, const pb::ManifestRequest* request,
                                  pb::ManifestResponse* response) override {
    return Serve(context, response,
                 [this, request](const CallContext& call) { return service_.Apply(call, *request); });
  }
  grpc::ServerUnaryReactor* Delete(CallbackServerContext* context, const pb::ManifestRequest* request,
                                   pb::ManifestResponse* response) override {
    return Serve(context, response,
                 [this, request](const CallContext& call) { return service_.Delete(call, *request); });
  }
  grpc::ServerUnaryReactor* Declared(CallbackServerContext* context, const pb::DeclaredRequest* request,
                                     pb::DeclaredResponse* response) override {
    return Serve(context, response,
                 [this, request](const CallContext& call) { return service_.Declared(call, *request); });
  }
  grpc::ServerUnaryReactor* Resume(CallbackServerContext* context, const pb::ResumeRequest* request,
                                   pb::DeclaredResponse* response) override {
    return Serve(context, response,
                 [this, request](const CallContext& call) { return service_.Resume(call, *request); });
  }
  grpc::ServerUnaryReactor* Audit(CallbackServerContext* context, const pb::AuditRequest* request,
                                  pb::AuditResponse* response) override {
    return Serve(context, response,
                 [this, request](const CallContext& call) { return service_.Audit(call, *request); });
  }
  grpc::ServerWriteReactor<pb::LogsResponse>* Logs(CallbackServerContext* context,
                                                   const pb::LogsRequest* request) override {
    auto* reactor = new LogReactor(streams_, service_, ContextOf(*context), *request);
    reactor->Begin();
    return reactor;
  }

 private:
  // gRPC keeps the request and the response until Finish.
  template <typename Response, typename Work>
  grpc::ServerUnaryReactor* Serve(CallbackServerContext* context, Response* response, Work work) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const bool accepted = streams_->executor.Post([reactor, response, work, call = ContextOf(*context)] {
      base::Result<Response> answer = work(call);
      if (!answer.ok()) return reactor->Finish(ToStatus(*answer.error()));
      *response = std::move(*answer);
      reactor->Finish(grpc::Status::OK);
    });
    if (!accepted) reactor->Finish(Busy());
    return reactor;
  }

  JobService& service_;
  const std::shared_ptr<Streams> streams_;
};

class Server final : public GrpcServer {
 public:
  Server(std::string address, int port, std::shared_ptr<Streams> streams, std::unique_ptr<Service> service,
         std::unique_ptr<grpc::Server> server)
      : address_(std::move(address)),
        port_(port),
        streams_(std::move(streams)),
        service_(std::move(service)),
        server_(std::move(server)) {}
  ~Server() override { Stop(std::chrono::system_clock::now()); }

  const std::string& address() const override { return address_; }
  int port() const override { return port_; }
  void Stop(std::chrono::system_clock::time_point deadline) override {
    if (!server_) return;
    streams_->is_stopping = true;
    server_->Shutdown(deadline);
    server_->Wait();
    server_.reset();
  }

 private:
  const std::string address_;
  const int port_;
  const std::shared_ptr<Streams> streams_;
  const std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

base::Error Wrong(std::string message) {
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = std::move(message);
  return error;
}

base::Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || text.empty()) return Wrong(fmt::format("{}: the file cannot be read", path));
  return text;
}

base::Result<std::shared_ptr<grpc::ServerCredentials>> Credentials(const GrpcOptions& options) {
  if (options.certificate_file.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions tls;
  HEARTH_ASSIGN(const std::string certificate, ReadFile(options.certificate_file));
  HEARTH_ASSIGN(const std::string key, ReadFile(options.key_file));
  tls.pem_key_cert_pairs.push_back({key, certificate});
  return grpc::SslServerCredentials(tls);
}

// Both plug-ins belong to the process and reach every server that is built after them.
void EnablePlugins() {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

}  // namespace

base::Result<std::unique_ptr<GrpcServer>> StartGrpcServer(JobService& service, base::ThreadPool& executor,
                                                          base::Timer& timer, const GrpcOptions& options) {
  HEARTH_ASSIGN(const auto credentials, Credentials(options));
  EnablePlugins();
  auto streams = std::make_shared<Streams>(executor, timer);
  auto own = std::make_unique<Service>(service, streams);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.address, credentials, &port);
  builder.RegisterService(own.get());
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kShortestPingIntervalMilliseconds);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server || port == 0)
    return Wrong(
        fmt::format("nothing can listen at {}: the port is taken, the host is not ours, or the certificate "
                    "cannot be used",
                    options.address));
  const std::string host = options.address.substr(0, options.address.rfind(':'));
  return std::unique_ptr<GrpcServer>(std::make_unique<Server>(
      fmt::format("{}:{}", host, port), port, std::move(streams), std::move(own), std::move(server)));
}

}  // namespace hearth::front::control
