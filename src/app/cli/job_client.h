// The REST door of a server, as commands call it.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::app {

struct JobServer {
  std::string address = "http://127.0.0.1:15080";
  std::string token;
  std::string ca_file;  // PEM; empty: the system's
};

// Errors of all calls: kUnavailable when the server cannot be reached; otherwise what the server said, with
// its kind by status (kNoSuchElement, kUnauthenticated, kPermissionDenied, kConflict, kIllegalArgument, …).
class JobClient {
 public:
  explicit JobClient(JobServer server) : server_(std::move(server)) {}

  // `path` with its query: "/api/v1/jobs?team=a"; `body`: JSON, or empty.
  base::Result<nlohmann::ordered_json> Call(const std::string& method, const std::string& path,
                                            const std::string& body = "") const;
  // Gives the answer to `sink` as it comes, without an end in time.
  base::Status Stream(const std::string& path, const std::function<void(std::string_view)>& sink) const;

 private:
  const JobServer server_;
};

}  // namespace hearth::app
