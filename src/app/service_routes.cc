#include "app/service_routes.h"

#include "front/web/errors.h"

namespace hearth::app {
namespace {

using front::web::HandlerThread;
using front::web::Request;
using front::web::Response;

Response Text(std::string body, const char* type = "text/plain; charset=utf-8") {
  Response response;
  response.content_type = type;
  response.body = std::move(body);
  return response;
}

}  // namespace

std::vector<front::web::Route> ServiceRoutes(observability::Metrics& metrics, runner::Runner& runner,
                                             const std::atomic<bool>& is_ready) {
  return {
      // Answered beside the network, so that a store that hangs does not get the process killed.
      {"GET", "/healthz", [](const Request&) { return Text("ok\n"); }, "", HandlerThread::kNetwork},
      {"GET", "/health",
       [](const Request&) {
         Response response;
         response.body = R"({"status":"healthy"})";
         return response;
       },
       "", HandlerThread::kNetwork},
      {"GET", "/readyz",
       [&runner, &is_ready](const Request&) {
         if (!is_ready) return front::web::ErrorResponse(503, "UNAVAILABLE", "the server stops");
         runner::RunFilter filter;
         filter.limit = 1;
         const auto page = runner.List({}, filter);
         return page.ok() ? Text("ok\n")
                          : front::web::ErrorResponse(503, "UNAVAILABLE", page.error()->message);
       }},
      {"GET", "/metrics",
       [&metrics](const Request&) {
         return Text(metrics.Text(), "text/plain; version=0.0.4; charset=utf-8");
       }},
  };
}

}  // namespace hearth::app
