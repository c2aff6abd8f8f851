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
  return {std::string(request.Header("authorization")), request.request_id,
          std::string(request.Header("traceparent")), request.peer};
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

// A call whose request stands in the query and the path.
template <typename Reply, typename Message>
Response AskByQuery(JobService& service, const Request& request,
                    base::Result<Reply> (JobService::*call)(const CallContext&, const Message&)) {
  const auto message = ReadRequest<Message>(request);
  if (!message.ok()) return web::ErrorResponse(*message.error());
  return Answer(200, (service.*call)(ContextOf(request), *message));
}

// A call whose request is the body.
template <typename Reply, typename Message>
Response AskByBody(JobService& service, const Request& request,
                   base::Result<Reply> (JobService::*call)(const CallContext&, const Message&)) {
  Message message;
  const base::Status status = FromJson(request.body, &message);
  if (!status.ok()) return web::ErrorResponse(*status.error());
  return Answer(200, (service.*call)(ContextOf(request), message));
}

template <auto kCall>
Response ByQuery(JobService& service, const Request& request) {
  return AskByQuery(service, request, kCall);
}

template <auto kCall>
Response ByBody(JobService& service, const Request& request) {
  return AskByBody(service, request, kCall);
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

constexpr RestRow kRows[] = {
    {"POST", "/api/v1/jobs", "Submit", 202, RequestPlace::kBody,
     "Submit a job; the same idempotency key and request again give the same ids", Submit},
    {"GET", "/api/v1/jobs", "List", 200, RequestPlace::kQuery, "Jobs, newest first",
     ByQuery<&JobService::List>},
    {"GET", "/api/v1/jobs/{job_id}", "Check", 200, RequestPlace::kQuery,
     "One job, with its attempts and what was decided about them", ByQuery<&JobService::Check>},
    {"DELETE", "/api/v1/jobs/{job_id}", "Cancel", 200, RequestPlace::kQuery,
     "Cancel a job; one that has ended keeps its state", ByQuery<&JobService::Cancel>},
    {"GET", "/api/v1/jobs/{job_id}/events", "Events", 200, RequestPlace::kQuery,
     "What happened to a job, oldest first", ByQuery<&JobService::Events>},
    {"GET", "/api/v1/jobs/{job_id}/logs", "Logs", 200, RequestPlace::kQuery,
     "The driver's log; with follow=true or Accept: text/plain as text that goes on until the end", Logs},
    {"POST", "/api/v1/manifests/plan", "Plan", 200, RequestPlace::kBody,
     "What applying manifests would do, and nothing else", ByBody<&JobService::Plan>},
    {"POST", "/api/v1/manifests", "Apply", 200, RequestPlace::kBody,
     "Make what is declared the same as the manifests say", ByBody<&JobService::Apply>},
    {"POST", "/api/v1/manifests/delete", "Delete", 200, RequestPlace::kBody,
     "Remove what the manifests declared", ByBody<&JobService::Delete>},
    {"GET", "/api/v1/manifests", "Declared", 200, RequestPlace::kQuery,
     "What is declared: jobs, schedules, continuous jobs, clusters", ByQuery<&JobService::Declared>},
    {"POST", "/api/v1/manifests/resume", "Resume", 200, RequestPlace::kBody,
     "Let a suspended schedule or continuous job go on", ByBody<&JobService::Resume>},
    {"GET", "/api/v1/audit", "Audit", 200, RequestPlace::kQuery, "Who called what, newest first",
     ByQuery<&JobService::Audit>},
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
