#include "front/web/router.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <utility>

#include "front/web/errors.h"
#include "front/web/target.h"

namespace hearth::front::web {
namespace {

std::vector<std::string> SegmentsOf(std::string_view path) {
  std::vector<std::string> segments;
  path.remove_prefix(1);
  while (true) {
    const size_t slash = path.find('/');
    segments.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool IsName(const std::string& segment) { return segment.size() > 2 && segment.front() == '{'; }

std::optional<std::map<std::string, std::string>> Fit(const std::vector<std::string>& pattern,
                                                      const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  std::map<std::string, std::string> values;
  for (size_t at = 0; at < path.size(); ++at) {
    if (!IsName(pattern[at])) {
      if (pattern[at] != path[at]) return std::nullopt;
      continue;
    }
    auto value = PercentDecode(path[at]);
    if (!value || value->empty()) return std::nullopt;
    values[pattern[at].substr(1, pattern[at].size() - 2)] = std::move(*value);
  }
  return values;
}

}  // namespace

std::string_view Request::Header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers)
    if (name == lower_case_name) return value;
  return {};
}

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
  for (const Route& route : routes_) segments_.push_back(SegmentsOf(route.path));
}

std::variant<RouteMatch, Response> Router::Find(std::string_view method, std::string_view path) const {
  const std::vector<std::string> segments = SegmentsOf(path);
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  std::set<std::string> allowed;
  for (size_t at = 0; at < routes_.size(); ++at) {
    auto values = Fit(segments_[at], segments);
    if (!values) continue;
    if (routes_[at].method == wanted) return RouteMatch{&routes_[at], std::move(*values)};
    allowed.insert(routes_[at].method);
    if (routes_[at].method == "GET") allowed.insert("HEAD");
  }
  if (allowed.empty()) return ErrorResponse(404, "NOT_FOUND", fmt::format("there is nothing at {}", path));
  allowed.insert("OPTIONS");
  const std::string allow = fmt::format("{}", fmt::join(allowed, ", "));
  Response response = ErrorResponse(405, "METHOD_NOT_ALLOWED", fmt::format("{} takes {}", path, allow));
  if (method == "OPTIONS") {
    response = Response();
    response.status = 204;
  }
  response.headers.emplace_back("Allow", allow);
  return response;
}

bool IsContentType(std::string_view header, std::string_view type) {
  header = header.substr(0, header.find(';'));
  while (!header.empty() && header.back() == ' ') header.remove_suffix(1);
  return std::ranges::equal(header, type, [](unsigned char left, unsigned char right) {
    return std::tolower(left) == std::tolower(right);
  });
}

}  // namespace hearth::front::web
