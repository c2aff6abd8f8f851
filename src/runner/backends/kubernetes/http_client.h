// HTTP to one server through libcurl: the only file that knows that library. Connections are kept and used
// again.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace hearth::runner::kubernetes {

// How to reach a server and who we are there. Certificates and keys are PEM texts.
struct Endpoint {
  std::string server;  // "https://127.0.0.1:6443", without a slash at its end
  std::string authority;
  std::string certificate;
  std::string key;
  std::string token;
  std::string token_file;  // read again every minute: tokens of service accounts change
};

struct HttpRequest {
  std::string method = "GET";
  std::string path;  // with query
  std::string body;
  std::string content_type = "application/json";
  std::chrono::milliseconds deadline{5000};
};

struct HttpResponse {
  int status = 0;
  std::string body;
  int retry_after_seconds = 0;  // 0: not told
};

// Why no answer came.
struct TransportError {
  bool sent = false;       // the server may have seen the request
  bool timed_out = false;  // our deadline ended it
  bool stopped = false;    // the caller ended it
  std::string message;
};

template <typename T>
using Transported = tl::expected<T, TransportError>;

// Thread-safe: each call takes a connection of its own and gives it back.
class HttpClient {
 public:
  explicit HttpClient(Endpoint endpoint);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Bodies above 256 MiB are refused.
  Transported<HttpResponse> Send(const HttpRequest& request);

  // Gives the body of a 200 to `sink` as it comes, until the sink says false (no error), the body ends,
  // `stop` is set (noticed within a second) or the deadline is over. Another status comes back with its body.
  using Sink = std::function<bool(std::string_view)>;
  Transported<HttpResponse> Stream(const HttpRequest& request, const Sink& sink,
                                   const std::atomic<bool>& stop);

  const std::string& server() const { return endpoint_.server; }

 private:
  class Connection;
  std::unique_ptr<Connection> Take();
  void GiveBack(std::unique_ptr<Connection> connection);
  std::string Token();

  const Endpoint endpoint_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::string token_;
  std::chrono::steady_clock::time_point token_read_;
};

// A text as a part of a query.
std::string Escaped(std::string_view text);

}  // namespace hearth::runner::kubernetes
