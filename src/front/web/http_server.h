// An HTTP/1.1 server: one thread for the network, handlers on an executor, no thread for each client.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/thread_pool.h"
#include "front/web/message.h"
#include "front/web/router.h"

namespace hearth::front::web {

struct HttpLimits {
  size_t header_bytes = size_t{16} << 10;  // then 431
  size_t body_bytes = size_t{4} << 20;     // then 413
  size_t connections = 1024;               // then 503
  std::chrono::milliseconds handshake_time{10'000};
  std::chrono::milliseconds header_time{10'000};  // from a request's first byte to the end of its header
  std::chrono::milliseconds body_time{60'000};    // from there to the end of its body
  std::chrono::milliseconds idle_time{75'000};    // between requests
  std::chrono::milliseconds write_time{30'000};   // for each answer, or each piece of a stream
};

struct HttpOptions {
  std::string address;           // "host:port", "[::1]:0"; port 0: one of the kernel's choice
  std::string certificate_file;  // PEM, the whole chain; empty: no TLS
  std::string key_file;          // PEM
  HttpLimits limits = {};
  // Whether the Host header may be this; otherwise 421. Empty: anything may.
  std::function<bool(std::string_view host)> accepts_host = {};
  // Called once for each answered request, from any thread; `route` is a template of the table or "none".
  std::function<void(const Request& request, const std::string& route, int status,
                     std::chrono::microseconds taken)>
      observe = {};
};

class HttpServer {
 public:
  virtual ~HttpServer() = default;
  // Where it listens: "127.0.0.1:15080".
  virtual const std::string& address() const = 0;
  virtual int port() const = 0;
  // First no new connections or requests; requests that run have until the deadline; then everything is
  // closed. A stream that only waits for more is cut at once, without its last chunk.
  virtual void Stop(std::chrono::steady_clock::time_point deadline) = 0;
};

// `router` and `executor` outlive the server. Errors: kIllegalArgument when nothing can listen there or the
// certificate cannot be used.
base::Result<std::unique_ptr<HttpServer>> StartHttpServer(const Router& router, base::ThreadPool& executor,
                                                          const HttpOptions& options);

}  // namespace hearth::front::web
