// The control API over HTTP: one row for each route, and its description.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "front/control/job_service.h"
#include "front/web/router.h"

namespace hearth::front::control {

// Where a field of the request message comes from, other than from the path's template.
enum class RequestPlace { kQuery, kBody };

struct RestRow {
  const char* method;
  const char* path;
  const char* call;  // method of JobService in control.proto: gives the messages
  int success;       // HTTP status
  RequestPlace place;
  const char* summary;
  web::Response (*handle)(JobService& service, const web::Request& request);
};
std::span<const RestRow> RestRows();

// `service` outlives the routes.
std::vector<web::Route> RestRoutes(JobService& service);

// The routes as an OpenAPI 3.1 document in JSON: paths from the rows, schemas from the messages.
std::string OpenApiDocument();

}  // namespace hearth::front::control
