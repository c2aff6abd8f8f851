#include "front/web/errors.h"

#include <nlohmann/json.hpp>

namespace hearth::front::web {
namespace {

constexpr auto kReplaceInvalid = nlohmann::json::error_handler_t::replace;

struct Code {
  int status;
  std::string_view name;
};

Code CodeOf(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::kParse:
    case base::ErrorKind::kAnalysis:
    case base::ErrorKind::kArithmetic:
    case base::ErrorKind::kArrayIndex:
    case base::ErrorKind::kDateTime:
    case base::ErrorKind::kNumberFormat:
    case base::ErrorKind::kIllegalArgument:
    case base::ErrorKind::kSpark:
      return {400, "INVALID_ARGUMENT"};
    case base::ErrorKind::kNoSuchElement:
      return {404, "NOT_FOUND"};
    case base::ErrorKind::kUnsupported:
      return {501, "UNIMPLEMENTED"};
    case base::ErrorKind::kCancelled:
      return {503, "CANCELLED"};
    case base::ErrorKind::kDeadlineExceeded:
      return {504, "DEADLINE_EXCEEDED"};
    case base::ErrorKind::kResourceExhausted:
      return {429, "RESOURCE_EXHAUSTED"};
    case base::ErrorKind::kUnavailable:
      return {503, "UNAVAILABLE"};
    case base::ErrorKind::kUnauthenticated:
      return {401, "UNAUTHENTICATED"};
    case base::ErrorKind::kPermissionDenied:
      return {403, "PERMISSION_DENIED"};
    case base::ErrorKind::kConflict:
      return {409, "ALREADY_EXISTS"};
    case base::ErrorKind::kUnknownOutcome:
      return {500, "UNKNOWN"};
    case base::ErrorKind::kRuntime:
    case base::ErrorKind::kInternal:
      return {500, "INTERNAL"};
  }
  return {500, "INTERNAL"};
}

}  // namespace

int HttpStatusOf(base::ErrorKind kind) { return CodeOf(kind).status; }
std::string_view ErrorCodeOf(base::ErrorKind kind) { return CodeOf(kind).name; }

Response ErrorResponse(const base::Error& error) {
  const Code code = CodeOf(error.kind);
  nlohmann::ordered_json body;
  body["error"]["code"] = code.name;
  body["error"]["message"] = error.message;
  if (const auto field = error.parameters.find("field"); field != error.parameters.end())
    body["error"]["field"] = field->second;
  if (const auto details = error.parameters.find("details"); details != error.parameters.end()) {
    auto parsed = nlohmann::ordered_json::parse(details->second, nullptr, false);
    if (!parsed.is_discarded()) body["error"]["details"] = std::move(parsed);
  }
  Response response;
  response.status = code.status;
  response.body = body.dump(-1, ' ', false, kReplaceInvalid);
  if (code.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"hearth\"");
  if (code.status == 429 || code.status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

Response ErrorResponse(int status, std::string_view code, std::string_view message) {
  nlohmann::ordered_json body;
  body["error"]["code"] = code;
  body["error"]["message"] = message;
  Response response;
  response.status = status;
  response.body = body.dump(-1, ' ', false, kReplaceInvalid);
  if (status == 429 || status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace hearth::front::web
