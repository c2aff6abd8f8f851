#include "app/cli/job_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <memory>
#include <utility>

namespace hearth::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr long kConnectMilliseconds = 5000;
constexpr long kCallMilliseconds = 60000;

struct Freer {
  void operator()(CURL* request) const { ::curl_easy_cleanup(request); }
  void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
};

base::Error Fail(base::ErrorKind kind, std::string message) {
  base::Error error;
  error.kind = kind;
  error.message = std::move(message);
  return error;
}

base::ErrorKind KindOf(long status) {
  switch (status) {
    case 401:
      return base::ErrorKind::kUnauthenticated;
    case 403:
      return base::ErrorKind::kPermissionDenied;
    case 404:
      return base::ErrorKind::kNoSuchElement;
    case 409:
      return base::ErrorKind::kConflict;
    case 429:
      return base::ErrorKind::kResourceExhausted;
    case 501:
      return base::ErrorKind::kUnsupported;
    case 502:
    case 503:
    case 504:
      return base::ErrorKind::kUnavailable;
    default:
      return status < 500 ? base::ErrorKind::kIllegalArgument : base::ErrorKind::kInternal;
  }
}

// The server's words; every wrong field on a line of its own.
base::Error ErrorOf(long status, const std::string& body) {
  const Json answer = Json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("error"))
    return Fail(KindOf(status), fmt::format("the server answered with HTTP status {}", status));
  const Json& error = answer["error"];
  std::string message = error.value("message", "");
  if (error.contains("details") && error["details"].is_array() && !error["details"].empty()) {
    message.clear();
    for (const Json& detail : error["details"]) {
      const std::string value = detail.value("value", "");
      message += fmt::format("{}{}: {}{}", message.empty() ? "" : "\n", detail.value("field", ""),
                             value.empty() ? "" : "'" + value + "': ", detail.value("message", ""));
    }
  }
  return Fail(KindOf(status), message);
}

struct Exchange {
  CURL* request = nullptr;
  std::string body;  // of answers that are kept, and of refusals
  const std::function<void(std::string_view)>* sink = nullptr;
};

size_t Take(char* data, size_t size, size_t count, void* target) {
  auto* exchange = static_cast<Exchange*>(target);
  long status = 0;
  ::curl_easy_getinfo(exchange->request, CURLINFO_RESPONSE_CODE, &status);
  if (exchange->sink != nullptr && status < 300) {
    (*exchange->sink)({data, size * count});
  } else {
    exchange->body.append(data, size * count);
  }
  return size * count;
}

struct Call {
  std::string method;
  std::string path;
  std::string body;
  bool is_endless = false;
};

base::Status Perform(const JobServer& server, const Call& call, Exchange* exchange) {
  const std::unique_ptr<CURL, Freer> request(::curl_easy_init());
  if (!request) return Fail(base::ErrorKind::kInternal, "no HTTP client can be made");
  exchange->request = request.get();
  curl_slist* headers = ::curl_slist_append(nullptr, "Content-Type: application/json");
  headers = ::curl_slist_append(headers, "Expect:");
  if (call.is_endless) headers = ::curl_slist_append(headers, "Accept: text/plain");
  if (!server.token.empty())
    headers = ::curl_slist_append(headers, fmt::format("Authorization: Bearer {}", server.token).c_str());
  const std::unique_ptr<curl_slist, Freer> owned(headers);
  const std::string url = server.address + call.path;
  ::curl_easy_setopt(request.get(), CURLOPT_URL, url.c_str());
  ::curl_easy_setopt(request.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  ::curl_easy_setopt(request.get(), CURLOPT_HTTPHEADER, headers);
  ::curl_easy_setopt(request.get(), CURLOPT_CUSTOMREQUEST, call.method.c_str());
  if (call.method == "POST") {
    ::curl_easy_setopt(request.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    ::curl_easy_setopt(request.get(), CURLOPT_POSTFIELDS, call.body.data());
  }
  if (!server.ca_file.empty()) ::curl_easy_setopt(request.get(), CURLOPT_CAINFO, server.ca_file.c_str());
  ::curl_easy_setopt(request.get(), CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(request.get(), CURLOPT_CONNECTTIMEOUT_MS, kConnectMilliseconds);
  if (!call.is_endless) ::curl_easy_setopt(request.get(), CURLOPT_TIMEOUT_MS, kCallMilliseconds);
  ::curl_easy_setopt(request.get(), CURLOPT_WRITEFUNCTION, &Take);
  ::curl_easy_setopt(request.get(), CURLOPT_WRITEDATA, exchange);
  const CURLcode code = ::curl_easy_perform(request.get());
  if (code != CURLE_OK)
    return Fail(base::ErrorKind::kUnavailable, fmt::format("the server at {} did not answer: {}",
                                                           server.address, ::curl_easy_strerror(code)));
  long status = 0;
  ::curl_easy_getinfo(request.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status >= 300) return ErrorOf(status, exchange->body);
  return {};
}

}  // namespace

base::Result<Json> JobClient::Call(const std::string& method, const std::string& path,
                                   const std::string& body) const {
  Exchange exchange;
  HEARTH_RETURN_IF_ERROR(Perform(server_, {method, path, body}, &exchange));
  Json answer = Json::parse(exchange.body, nullptr, false);
  if (answer.is_discarded()) return Fail(base::ErrorKind::kInternal, "the server's answer is no JSON");
  return answer;
}

base::Status JobClient::Stream(const std::string& path,
                               const std::function<void(std::string_view)>& sink) const {
  Exchange exchange;
  exchange.sink = &sink;
  return Perform(server_, {"GET", path, "", true}, &exchange);
}

}  // namespace hearth::app
