#include "front/connect/service.h"

#include <utility>

#include "front/connect/artifact_upload.h"
#include "front/connect/errors.h"
#include "front/connect/handlers.h"
#include "front/connect/result_stream.h"
#include "front/connect/wire.h"

namespace hearth::front::connect {
namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using Spark = spark::connect::SparkConnectService;

template <typename Base>
using Unary1 = Spark::WithRawCallbackMethod_AnalyzePlan<Spark::WithRawCallbackMethod_Config<
    Spark::WithRawCallbackMethod_ArtifactStatus<Spark::WithRawCallbackMethod_Interrupt<Base>>>>;
template <typename Base>
using Unary2 = Spark::WithRawCallbackMethod_ReleaseExecute<
    Spark::WithRawCallbackMethod_ReleaseSession<Spark::WithRawCallbackMethod_FetchErrorDetails<
        Spark::WithRawCallbackMethod_CloneSession<Spark::WithRawCallbackMethod_GetStatus<Base>>>>>;
template <typename Base>
using Streams = Spark::WithRawCallbackMethod_ExecutePlan<
    Spark::WithRawCallbackMethod_ReattachExecute<Spark::WithRawCallbackMethod_AddArtifacts<Base>>>;
using RawService = Streams<Unary1<Unary2<Spark::Service>>>;

grpc::Status Busy() {
  return {grpc::StatusCode::UNAVAILABLE, "The server has as many requests as it can hold; try again."};
}

// The status of an error, kept in the session so that its details can be fetched.
template <typename Request>
grpc::Status Report(Door& door, const Request& request, std::unique_ptr<base::Error> error) {
  const auto session = door.sessions.Peek(KeyOf(request));
  std::shared_ptr<const base::Error> kept = std::move(error);
  return ToStatus(*kept, session ? session->errors().Add(kept) : "");
}

template <typename Request, typename Response>
using Handler = base::Result<Response> (*)(Door&, const Request&);

template <typename Request, typename Response>
grpc::Status Answer(Door& door, Handler<Request, Response> handler, const ByteBuffer& bytes,
                    ByteBuffer* answer) {
  Request request;
  if (!ReadMessage(bytes, &request)) return {grpc::StatusCode::INTERNAL, "The request cannot be read."};
  base::Result<Response> response = handler(door, request);
  if (!response.ok()) return Report(door, request, std::move(response.error()));
  *answer = WriteMessage(*response);
  return grpc::Status::OK;
}

class Service final : public RawService {
 public:
  explicit Service(Door& door) : door_(door) {}

  ServerUnaryReactor* AnalyzePlan(CallbackServerContext* context, const ByteBuffer* request,
                                  ByteBuffer* response) override {
    return Serve(context, request, response, &connect::AnalyzePlan);
  }
  ServerUnaryReactor* Config(CallbackServerContext* context, const ByteBuffer* request,
                             ByteBuffer* response) override {
    return Serve(context, request, response, &connect::Config);
  }
  ServerUnaryReactor* ArtifactStatus(CallbackServerContext* context, const ByteBuffer* request,
                                     ByteBuffer* response) override {
    return Serve(context, request, response, &connect::ArtifactStatus);
  }
  ServerUnaryReactor* Interrupt(CallbackServerContext* context, const ByteBuffer* request,
                                ByteBuffer* response) override {
    return Serve(context, request, response, &connect::Interrupt);
  }
  ServerUnaryReactor* ReleaseExecute(CallbackServerContext* context, const ByteBuffer* request,
                                     ByteBuffer* response) override {
    // Half of all requests and the cheapest: it is over before another thread would have begun.
    ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(Answer(door_, &connect::ReleaseExecute, *request, response));
    return reactor;
  }
  ServerUnaryReactor* ReleaseSession(CallbackServerContext* context, const ByteBuffer* request,
                                     ByteBuffer* response) override {
    return Serve(context, request, response, &connect::ReleaseSession);
  }
  ServerUnaryReactor* FetchErrorDetails(CallbackServerContext* context, const ByteBuffer* request,
                                        ByteBuffer* response) override {
    return Serve(context, request, response, &connect::FetchErrorDetails);
  }
  ServerUnaryReactor* CloneSession(CallbackServerContext* context, const ByteBuffer* request,
                                   ByteBuffer* response) override {
    return Serve(context, request, response, &connect::CloneSession);
  }
  ServerUnaryReactor* GetStatus(CallbackServerContext* context, const ByteBuffer* request,
                                ByteBuffer* response) override {
    return Serve(context, request, response, &connect::GetStatus);
  }
  grpc::ServerWriteReactor<ByteBuffer>* ExecutePlan(CallbackServerContext*,
                                                    const ByteBuffer* request) override {
    return ServeExecutePlan(door_, *request);
  }
  grpc::ServerWriteReactor<ByteBuffer>* ReattachExecute(CallbackServerContext*,
                                                        const ByteBuffer* request) override {
    return ServeReattachExecute(door_, *request);
  }
  grpc::ServerReadReactor<ByteBuffer>* AddArtifacts(CallbackServerContext*, ByteBuffer* response) override {
    return ServeAddArtifacts(door_, response);
  }

 private:
  template <typename Request, typename Response>
  ServerUnaryReactor* Serve(CallbackServerContext* context, const ByteBuffer* request, ByteBuffer* response,
                            Handler<Request, Response> handler) {
    ServerUnaryReactor* reactor = context->DefaultReactor();
    // gRPC keeps the request and the response until Finish.
    const bool accepted = door_.requests.Post([&door = door_, reactor, request, response, handler] {
      reactor->Finish(Answer(door, handler, *request, response));
    });
    if (!accepted) reactor->Finish(Busy());
    return reactor;
  }

  Door& door_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeService(Door& door) { return std::make_unique<Service>(door); }

}  // namespace hearth::front::connect
