#include "front/control/rest.h"

#include <memory>
#include <utility>

#include "front/control/json.h"
#include "front/web/errors.h"

namespace hearth::front::control {
namespace {

namespace pb = hearth::control::v1;
using web::Request;
using web::Response;

constexpr size_t kLongestLogAnswer = size_t{4} << 20;
constexpr std::string_view kTextType = "text/plain; charset=utf-8";

CallContext ContextOf(const Request& request) {
  return {std::string(request.Header("authorization")), request.request_id};
}

Response Answer(int status, const google::protobuf::Message& message) {
  Response response;
  response.status = status;
  response.body = ToJson(message);
  return response;
}

template <typename Message>
Response Answer(int status, const base::Result<Message>& result) {
  return result.ok() ? Answer(status, *result) : web::ErrorResponse(*result.error());
}

// Reads the query, then the segment of the path.
template <typename Message>
base::Result<Message> ReadRequest(const Request& request) {
  Message message;
  if (request.query.contains("job_id")) {
    const base::Status twice = FromQuery({{"job_id in the query", ""}}, &message);
    return base::Error(*twice.error());
  }
  HEARTH_RETURN_IF_ERROR(FromQuery(request.query, &message));
  HEARTH_RETURN_IF_ERROR(FromQuery(request.path_values, &message));
  return message;
}

Response Submit(JobService& service, const Request& request) {
  pb::SubmitRequest message;
  const base::Status status = FromJson(request.body, &message);
  if (!status.ok())
    return web::ErrorResponse(service.BetterError(ContextOf(request), request.body, *status.error()));
  return Answer(202, service.Submit(ContextOf(request), std::move(message)));
}

Response List(JobService& service, const Request& request) {
  const auto message = ReadRequest<pb::ListRequest>(request);
  if (!message.ok()) return web::ErrorResponse(*message.error());
  return Answer(200, service.List(ContextOf(request), *message));
}

Response Check(JobService& service, const Request& request) {
  const auto message = ReadRequest<pb::CheckRequest>(request);
  if (!message.ok()) return web::ErrorResponse(*message.error());
  return Answer(200, service.Check(ContextOf(request), *message));
}

Response Cancel(JobService& service, const Request& request) {
  const auto message = ReadRequest<pb::CancelRequest>(request);
  if (!message.ok()) return web::ErrorResponse(*message.error());
  return Answer(200, service.Cancel(ContextOf(request), *message));
}

Response Events(JobService& service, const Request& request) {
  const auto message = ReadRequest<pb::EventsRequest>(request);
  if (!message.ok()) return web::ErrorResponse(*message.error());
  return Answer(200, service.Events(ContextOf(request), *message));
}

class LogBody final : public web::BodyStream {
 public:
  explicit LogBody(std::unique_ptr<LogReader> reader) : reader_(std::move(reader)) {}
  Piece Next() override {
    auto piece = reader_->Next();
    if (!piece.ok()) return {.broken = true};
    return {.text = std::move(*piece->lines.mutable_logs()), .end = piece->end, .wait = piece->wait};
  }

 private:
  const std::unique_ptr<LogReader> reader_;
};

Response WholeLog(LogReader& reader) {
  pb::LogsResponse all;
  while (true) {
    auto piece = reader.Next();
    if (!piece.ok()) return web::ErrorResponse(*piece.error());
    std::string logs = std::move(*all.mutable_logs()) + piece->lines.logs();
    all = std::move(piece->lines);
    all.set_logs(std::move(logs));
    if (piece->end || all.logs().size() >= kLongestLogAnswer) return Answer(200, all);
  }
}

// JSON, unless the client follows or asks for text.
Response Logs(JobService& service, const Request& request) {
  const auto message = ReadRequest<pb::LogsRequest>(request);
  if (!message.ok()) return web::ErrorResponse(*message.error());
  auto reader = service.Logs(ContextOf(request), *message);
  if (!reader.ok()) return web::ErrorResponse(*reader.error());
  if (!message->follow() && !request.Header("accept").starts_with("text/plain")) return WholeLog(**reader);
  Response response;
  response.content_type = kTextType;
  response.stream = std::make_shared<LogBody>(std::move(*reader));
  return response;
}

// A JSON body read as the message, then the call.
template <typename Message, typename Work>
Response FromBody(const Request& request, Work work) {
  Message message;
  const base::Status status = FromJson(request.body, &message);
  return status.ok() ? Answer(200, work(message)) : web::ErrorResponse(*status.error());
}

Response Plan(JobService& service, const Request& request) {
  return FromBody<pb::PlanRequest>(
      request, [&](const pb::PlanRequest& message) { return service.Plan(ContextOf(request), message); });
}

Response Apply(JobService& service, const Request& request) {
  return FromBody<pb::ManifestRequest>(request, [&](const pb::ManifestRequest& message) {
    return service.Apply(ContextOf(request), message);
  });
}

Response Delete(JobService& service, const Request& request) {
  return FromBody<pb::ManifestRequest>(request, [&](const pb::ManifestRequest& message) {
    return service.Delete(ContextOf(request), message);
  });
}

Response Declared(JobService& service, const Request& request) {
  const auto message = ReadRequest<pb::DeclaredRequest>(request);
  if (!message.ok()) return web::ErrorResponse(*message.error());
  return Answer(200, service.Declared(ContextOf(request), *message));
}

constexpr RestRow kRows[] = {
    {"POST", "/api/v1/jobs", "Submit", 202, RequestPlace::kBody,
     "Submit a job; the same idempotency key and request again give the same ids", Submit},
    {"GET", "/api/v1/jobs", "List", 200, RequestPlace::kQuery, "Jobs, newest first", List},
    {"GET", "/api/v1/jobs/{job_id}", "Check", 200, RequestPlace::kQuery,
     "One job, with its attempts and what was decided about them", Check},
    {"DELETE", "/api/v1/jobs/{job_id}", "Cancel", 200, RequestPlace::kQuery,
     "Cancel a job; one that has ended keeps its state", Cancel},
    {"GET", "/api/v1/jobs/{job_id}/events", "Events", 200, RequestPlace::kQuery,
     "What happened to a job, oldest first", Events},
    {"GET", "/api/v1/jobs/{job_id}/logs", "Logs", 200, RequestPlace::kQuery,
     "The driver's log; with follow=true or Accept: text/plain as text that goes on until the end", Logs},
    {"POST", "/api/v1/manifests/plan", "Plan", 200, RequestPlace::kBody,
     "What applying manifests would do, and nothing else", Plan},
    {"POST", "/api/v1/manifests", "Apply", 200, RequestPlace::kBody,
     "Make what is declared the same as the manifests say", Apply},
    {"POST", "/api/v1/manifests/delete", "Delete", 200, RequestPlace::kBody,
     "Remove what the manifests declared", Delete},
    {"GET", "/api/v1/manifests", "Declared", 200, RequestPlace::kQuery,
     "What is declared: jobs, schedules, continuous jobs, clusters", Declared},
};

}  // namespace

std::span<const RestRow> RestRows() { return kRows; }

std::vector<web::Route> RestRoutes(JobService& service) {
  std::vector<web::Route> routes;
  for (const RestRow& row : kRows) {
    web::Route route;
    route.method = row.method;
    route.path = row.path;
    route.handler = [&service, &row](const Request& request) { return row.handle(service, request); };
    if (row.place == RequestPlace::kBody) route.content_type = "application/json";
    routes.push_back(std::move(route));
  }
  web::Route description;
  description.method = "GET";
  description.path = "/api/v1/openapi.json";
  description.handler = [document = OpenApiDocument()](const Request&) {
    Response response;
    response.body = document;
    return response;
  };
  routes.push_back(std::move(description));
  return routes;
}

}  // namespace hearth::front::control
