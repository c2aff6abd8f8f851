#include "runner/backends/kubernetes/api_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace hearth::runner::kubernetes {
namespace {

constexpr size_t kLongestLine = size_t{16} << 20;

ApiError NotAnswered(const TransportError& error, bool writes) {
  ApiError failure;
  failure.failure = error.sent && writes ? ApiFailure::kUnknown : ApiFailure::kUnavailable;
  failure.message = error.message;
  failure.stopped = error.stopped;
  return failure;
}

ApiFailure OfForbidden(const std::string& message) {
  if (message.find("exceeded quota") != std::string::npos) return ApiFailure::kQuota;
  if (message.find("admission webhook") != std::string::npos ||
      message.find("ValidatingAdmissionPolicy") != std::string::npos) {
    return ApiFailure::kAdmission;
  }
  return ApiFailure::kForbidden;
}

ApiFailure FailureOf(int status, const std::string& reason, const std::string& message, bool writes) {
  switch (status) {
    case 400:
      return OfForbidden(message) == ApiFailure::kAdmission ? ApiFailure::kAdmission : ApiFailure::kInvalid;
    case 401:
      return ApiFailure::kForbidden;
    case 403:
      return OfForbidden(message);
    case 404:
      return ApiFailure::kNotFound;
    case 409:
      return reason == "AlreadyExists" ? ApiFailure::kAlreadyExists : ApiFailure::kConflict;
    case 410:
      return ApiFailure::kExpired;
    case 413:
    case 415:
    case 422:
      return ApiFailure::kInvalid;
    case 429:
      return ApiFailure::kThrottled;
    default:
      break;
  }
  // The server's own 503 comes before anything is done; that of something in between tells nothing.
  if (status == 503 && reason == "ServiceUnavailable") return ApiFailure::kUnavailable;
  return writes ? ApiFailure::kUnknown : ApiFailure::kUnavailable;
}

}  // namespace

ApiError RefusalOf(int status, std::string_view body, int retry_after_seconds, bool writes) {
  const Json answer = ParseJson(body);
  ApiError error;
  error.status = status;
  error.retry_after_seconds = retry_after_seconds;
  error.message = TextAt(answer, {"message"});
  if (error.message.empty()) error.message = fmt::format("HTTP status {}", status);
  error.failure = FailureOf(status, TextAt(answer, {"reason"}), error.message, writes);
  return error;
}

base::Error ToError(const ApiError& error, const std::string& cluster) {
  using base::ErrorKind;
  const std::string message = fmt::format("cluster {}: {}", cluster, error.message);
  switch (error.failure) {
    case ApiFailure::kNotFound:
      return base::MakeError(ErrorKind::kNoSuchElement, "KUBERNETES_NOT_FOUND", message);
    case ApiFailure::kAlreadyExists:
    case ApiFailure::kConflict:
      return base::MakeError(ErrorKind::kConflict, "KUBERNETES_CONFLICT", message);
    case ApiFailure::kQuota:
      return base::MakeError(ErrorKind::kResourceExhausted, "KUBERNETES_QUOTA", message);
    case ApiFailure::kForbidden:
      return base::MakeError(ErrorKind::kPermissionDenied, "KUBERNETES_FORBIDDEN", message);
    case ApiFailure::kAdmission:
      return base::MakeError(ErrorKind::kPermissionDenied, "KUBERNETES_ADMISSION", message);
    case ApiFailure::kInvalid:
      return base::MakeError(ErrorKind::kIllegalArgument, "KUBERNETES_INVALID", message);
    case ApiFailure::kExpired:
    case ApiFailure::kThrottled:
    case ApiFailure::kUnavailable:
      return base::MakeError(ErrorKind::kUnavailable, "KUBERNETES_UNAVAILABLE", message);
    case ApiFailure::kUnknown:
      return base::MakeError(ErrorKind::kUnknownOutcome, "KUBERNETES_UNKNOWN_OUTCOME", message);
  }
  return base::InternalError("a failure of the Kubernetes API without a meaning");
}

ApiResult<Json> ApiClient::Call(const HttpRequest& request) {
  const bool writes = request.method != "GET";
  auto response = http_.Send(request);
  if (!response) return tl::unexpected(NotAnswered(response.error(), writes));
  if (response->status < 200 || response->status > 299) {
    return tl::unexpected(RefusalOf(response->status, response->body, response->retry_after_seconds, writes));
  }
  Json answer = ParseJson(response->body);
  if (answer.is_discarded()) {
    return tl::unexpected(ApiError{writes ? ApiFailure::kUnknown : ApiFailure::kUnavailable, response->status,
                                   "the answer is no JSON"});
  }
  return answer;
}

ApiResult<Json> ApiClient::Get(const std::string& path) {
  return Call({.method = "GET", .path = path, .deadline = deadline_});
}

ApiResult<Json> ApiClient::Create(const std::string& path, const Json& object) {
  HttpRequest request{.method = "POST", .path = path, .body = WriteJson(object), .deadline = deadline_};
  const auto end = std::chrono::steady_clock::now() + deadline_;
  auto answer = Call(request);
  if (answer || answer.error().failure != ApiFailure::kThrottled) return answer;
  const auto wait = std::chrono::seconds(std::max(1, answer.error().retry_after_seconds));
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now() - wait);
  if (left < deadline_ / 4) return answer;
  std::this_thread::sleep_for(wait);
  request.deadline = left;
  return Call(request);
}

ApiResult<Json> ApiClient::Patch(const std::string& path, const Json& change) {
  return Call({.method = "PATCH",
               .path = path,
               .body = WriteJson(change),
               .content_type = "application/merge-patch+json",
               .deadline = deadline_});
}

ApiResult<Json> ApiClient::Delete(const std::string& path, const std::string& uid, bool foreground,
                                  int grace_seconds) {
  Json options = {{"apiVersion", "v1"},
                  {"kind", "DeleteOptions"},
                  {"propagationPolicy", foreground ? "Foreground" : "Background"}};
  if (!uid.empty()) options["preconditions"] = {{"uid", uid}};
  if (grace_seconds >= 0) options["gracePeriodSeconds"] = grace_seconds;
  return Call({.method = "DELETE", .path = path, .body = WriteJson(options), .deadline = deadline_});
}

ApiResult<void> ApiClient::Read(const std::string& path, const HttpClient::Sink& sink,
                                std::chrono::milliseconds deadline) {
  static const std::atomic<bool> kNever{false};
  auto response = http_.Stream({.method = "GET", .path = path, .deadline = deadline}, sink, kNever);
  if (!response) return tl::unexpected(NotAnswered(response.error(), false));
  if (response->status != 200) {
    return tl::unexpected(RefusalOf(response->status, response->body, response->retry_after_seconds, false));
  }
  return {};
}

ApiResult<void> ApiClient::Watch(const std::string& path,
                                 const std::function<bool(std::string_view line)>& sink,
                                 std::chrono::milliseconds deadline, const std::atomic<bool>& stop) {
  std::string rest;  // of a line that is not complete yet
  const auto take = [&](std::string_view data) {
    while (!data.empty()) {
      const size_t end = data.find('\n');
      if (end == std::string_view::npos) {
        rest.append(data);
        return rest.size() <= kLongestLine;
      }
      bool wanted = true;
      if (rest.empty()) {
        wanted = sink(data.substr(0, end));
      } else {
        rest.append(data.substr(0, end));
        wanted = sink(rest);
        rest.clear();
      }
      if (!wanted) return false;
      data.remove_prefix(end + 1);
    }
    return true;
  };
  auto response = http_.Stream({.method = "GET", .path = path, .deadline = deadline}, take, stop);
  if (!response) return tl::unexpected(NotAnswered(response.error(), false));
  if (response->status != 200) {
    return tl::unexpected(RefusalOf(response->status, response->body, response->retry_after_seconds, false));
  }
  return {};
}

}  // namespace hearth::runner::kubernetes
