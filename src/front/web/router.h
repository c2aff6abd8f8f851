// The table of routes: which handler answers which method and path.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "front/web/message.h"

namespace hearth::front::web {

// Where a handler runs. What answers at once and from memory may run beside the network; it then answers even
// when every executor thread waits for a store.
enum class HandlerThread { kExecutor, kNetwork };

struct Route {
  std::string method;  // "GET"
  std::string path;    // "/api/v1/jobs/{job_id}"; a name in braces stands for one segment
  std::function<Response(const Request&)> handler;
  // What the body must be; empty: bodies are read and ignored.
  std::string content_type = {};
  HandlerThread thread = HandlerThread::kExecutor;
};

struct RouteMatch {
  const Route* route = nullptr;
  std::map<std::string, std::string> path_values;
};

// Immutable once made. Routes later in the list win over none: the first that fits is taken.
class Router {
 public:
  explicit Router(std::vector<Route> routes);

  // The route, or the answer that says why there is none: 404, 405 with Allow, 204 with Allow for OPTIONS.
  std::variant<RouteMatch, Response> Find(std::string_view method, std::string_view path) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
  std::vector<std::vector<std::string>> segments_;  // of each route's path
};

// Whether a Content-Type header names this type, with or without parameters.
bool IsContentType(std::string_view header, std::string_view type);

}  // namespace hearth::front::web
