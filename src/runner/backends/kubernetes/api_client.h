// Calls of the Kubernetes API, and the one place where its refusals get a meaning.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/result.h"
#include "runner/backends/kubernetes/http_client.h"
#include "runner/backends/kubernetes/json_fields.h"

namespace hearth::runner::kubernetes {

enum class ApiFailure {
  kNotFound,       // 404
  kAlreadyExists,  // 409, of a creation
  kConflict,       // 409, of a precondition or an old version
  kExpired,        // 410: list again
  kQuota,          // 403, a quota of the namespace
  kForbidden,      // 401 or 403, rights
  kAdmission,      // 400 or 403, a webhook or policy refused
  kInvalid,        // 400, 415 or 422
  kThrottled,      // 429
  kUnavailable,    // nothing was done: not reached, or 503
  kUnknown,        // the request may or may not have been carried out
};

struct ApiError {
  ApiFailure failure = ApiFailure::kUnknown;
  int status = 0;
  std::string message;
  int retry_after_seconds = 0;
  bool stopped = false;
};

template <typename T>
using ApiResult = tl::expected<T, ApiError>;

// What a refusal means for the caller of a backend.
base::Error ToError(const ApiError& error, const std::string& cluster);

// What an answer of `status` with this body (a Status object, or any text) means; `writes`: of a request that
// changes.
ApiError RefusalOf(int status, std::string_view body, int retry_after_seconds, bool writes);

// Thread-safe.
class ApiClient {
 public:
  ApiClient(Endpoint endpoint, std::chrono::milliseconds deadline)
      : http_(std::move(endpoint)), deadline_(deadline) {}

  ApiResult<Json> Get(const std::string& path);
  // 429 is waited for once when the deadline allows.
  ApiResult<Json> Create(const std::string& path, const Json& object);
  // A JSON merge patch; with metadata.resourceVersion in it a conflict when somebody else was faster.
  ApiResult<Json> Patch(const std::string& path, const Json& change);
  // Only the object of that uid; empty: whatever has the name. `grace_seconds` below 0: the object's own.
  ApiResult<Json> Delete(const std::string& path, const std::string& uid, bool foreground,
                         int grace_seconds = -1);
  // The text behind a path as it comes, until the sink has enough.
  ApiResult<void> Read(const std::string& path, const HttpClient::Sink& sink,
                       std::chrono::milliseconds deadline);
  // Lines of a watch, until the stream ends, `stop` is set or the sink refuses one.
  ApiResult<void> Watch(const std::string& path, const std::function<bool(std::string_view line)>& sink,
                        std::chrono::milliseconds deadline, const std::atomic<bool>& stop);

  std::chrono::milliseconds deadline() const { return deadline_; }

 private:
  ApiResult<Json> Call(const HttpRequest& request);

  HttpClient http_;
  const std::chrono::milliseconds deadline_;
};

}  // namespace hearth::runner::kubernetes
