#include "front/web/http_server.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/version.hpp>
#include <cctype>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "base/uuid.h"
#include "front/web/errors.h"
#include "front/web/target.h"

namespace hearth::front::web {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr size_t kReadBytes = 16 << 10;
constexpr size_t kLongestRequestId = 128;
// After an answer to a request that was not read to its end: so much more is read and thrown away, so that
// the client sees the answer before the connection's end.
constexpr size_t kDrainBytes = 16 << 20;
constexpr std::chrono::seconds kDrainTime{2};
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::milliseconds kShortestWait{10};

base::Error Wrong(std::string message) {
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = std::move(message);
  return error;
}

std::string DateHeader() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

bool IsSaneRequestId(std::string_view text) {
  return !text.empty() && text.size() <= kLongestRequestId && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
}

// A Host header always with a port, as addresses are written elsewhere.
std::string HostOf(std::string_view header) {
  const size_t colon = header.rfind(':');
  const bool has_port = colon != std::string_view::npos && header.find(']', colon) == std::string_view::npos;
  return std::string(header) + (has_port ? "" : ":80");
}

class Connection {
 public:
  virtual ~Connection() = default;
  virtual void Start() = 0;
  // No further request is read; what runs goes on.
  virtual void StopInput() = 0;
  virtual void Abort() = 0;
};

// What connections share. Everything but Post and the counters is used on the network thread only.
class Core : public std::enable_shared_from_this<Core> {
 public:
  Core(const Router& router, base::ThreadPool& executor, const HttpOptions& options)
      : router(router), executor(executor), options(options), acceptor(context) {}

  // From any thread. Dropped after the end.
  template <typename Task>
  void Post(Task task) {
    if (!ended.load()) asio::post(context, std::move(task));
  }
  void Enter(const std::shared_ptr<Connection>& connection) {
    connections.insert(connection);
    connection->Start();
  }
  void Leave(const std::shared_ptr<Connection>& connection) {
    if (connections.erase(connection) == 0) return;
    if (is_stopping && connections.empty()) {
      std::lock_guard lock(mutex);
      all_left = true;
      left.notify_all();
    }
  }

  const Router& router;
  base::ThreadPool& executor;
  const HttpOptions options;
  asio::io_context context{1};
  tcp::acceptor acceptor;
  std::unique_ptr<ssl::context> tls;
  std::set<std::shared_ptr<Connection>> connections;
  bool is_stopping = false;
  std::atomic<bool> ended{false};
  std::mutex mutex;
  std::condition_variable left;
  bool all_left = false;  // set while stopping
};

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

// One client: reads a request, has it answered, writes the answer, and again. Held by the core's set and by
// whatever is under way.
template <typename Stream>
class ConnectionOf final : public Connection, public std::enable_shared_from_this<ConnectionOf<Stream>> {
 public:
  static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;

  template <typename... Arguments>
  ConnectionOf(std::shared_ptr<Core> core, Arguments&&... arguments)
      : core_(std::move(core)), stream_(std::forward<Arguments>(arguments)...), timer_(core_->context) {
    error_code ignored;
    const auto peer = Tcp().socket().remote_endpoint(ignored);
    if (!ignored) peer_ = peer.address().to_string();
    Tcp().socket().set_option(tcp::no_delay(true), ignored);
  }

  void Start() override {
    if constexpr (kIsTls) {
      Tcp().expires_after(core_->options.limits.handshake_time);
      stream_.async_handshake(ssl::stream_base::server, [self = this->shared_from_this()](error_code code) {
        self->AfterHandshake(code);
      });
    } else {
      AwaitRequest();
    }
  }

  void StopInput() override {
    if (is_idle_ || is_waiting_) Close();
  }

  void Abort() override { Close(); }

 private:
  beast::tcp_stream& Tcp() { return beast::get_lowest_layer(stream_); }
  const HttpLimits& limits() const { return core_->options.limits; }

  void AfterHandshake(error_code code) {
    if (code) return Close();
    AwaitRequest();
  }

  void Close() {
    error_code ignored;
    timer_.cancel(ignored);
    Tcp().close();
    core_->Leave(this->shared_from_this());
  }

  // Ends the sending side first; what the client still sends is read for a moment and thrown away.
  void Finish() {
    if constexpr (kIsTls) {
      Tcp().expires_after(kDrainTime);
      stream_.async_shutdown([self = this->shared_from_this()](error_code) { self->Close(); });
    } else {
      error_code ignored;
      Tcp().socket().shutdown(tcp::socket::shutdown_send, ignored);
      if (parser_->is_done() && buffer_.size() == 0) return Close();  // nothing can be on its way
      Tcp().expires_after(kDrainTime);
      Drain(0);
    }
  }
  void Drain(size_t drained) {
    buffer_.clear();
    if (drained > kDrainBytes) return Close();
    stream_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = this->shared_from_this(), drained](error_code code, size_t size) {
                              if (code) return self->Close();
                              self->Drain(drained + size);
                            });
  }

  // ---- Reading

  void AwaitRequest() {
    if (core_->is_stopping) return Close();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits().header_bytes));
    parser_->body_limit(limits().body_bytes);
    request_ = Request();
    close_after_ = false;
    if (buffer_.size() > 0) return ReadHeader();
    is_idle_ = true;
    Tcp().expires_after(limits().idle_time);
    stream_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = this->shared_from_this()](error_code code, size_t size) {
                              self->is_idle_ = false;
                              if (code) return self->Close();
                              self->buffer_.commit(size);
                              self->ReadHeader();
                            });
  }

  void ReadHeader() {
    begin_ = std::chrono::steady_clock::now();
    Tcp().expires_after(limits().header_time);
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](error_code code, size_t) { self->AfterHeader(code); });
  }

  void AfterHeader(error_code code) {
    if (code) return Refuse(code);
    const auto& message = parser_->get();
    request_.method = std::string(message.method_string());
    request_.peer = peer_;
    for (const auto& field : message) {
      std::string name(field.name_string());
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
      request_.headers.emplace_back(std::move(name), std::string(field.value()));
    }
    const std::string_view id = request_.Header("x-request-id");
    request_.request_id = IsSaneRequestId(id) ? std::string(id) : base::RandomUuid();
    const auto target = ParseTarget({message.target().data(), message.target().size()});
    if (!target || (message.version() >= 11 && message.count(http::field::host) != 1)) {
      return Protest(
          400, "INVALID_ARGUMENT",
          target ? "a request needs one Host header" : "the address of the request cannot be read");
    }
    if (core_->options.accepts_host && !core_->options.accepts_host(HostOf(request_.Header("host"))))
      return Protest(421, "PERMISSION_DENIED", "this server does not answer under that name");
    request_.path = target->path;
    request_.query = target->query;
    auto found = core_->router.Find(request_.method, request_.path);
    if (auto* refusal = std::get_if<Response>(&found)) {
      close_after_ = !parser_->is_done();
      return Respond(std::move(*refusal));
    }
    auto& match = std::get<RouteMatch>(found);
    route_ = match.route;
    request_.path_values = std::move(match.path_values);
    if (!route_->content_type.empty() &&
        !IsContentType(request_.Header("content-type"), route_->content_type))
      return Protest(415, "INVALID_ARGUMENT", fmt::format("the body must be {}", route_->content_type));
    ReadBody();
  }

  void ReadBody() {
    if (parser_->is_done()) return Handle();
    Tcp().expires_after(limits().body_time);
    const auto expectation = parser_->get()[http::field::expect];
    if (beast::iequals(expectation, "100-continue") && buffer_.size() == 0) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      asio::async_write(stream_, asio::buffer(kContinue),
                        [self = this->shared_from_this()](error_code code, size_t) {
                          if (code) return self->Close();
                          self->ReadRest();
                        });
      return;
    }
    ReadRest();
  }

  void ReadRest() {
    http::async_read(stream_, buffer_, *parser_, [self = this->shared_from_this()](error_code code, size_t) {
      if (code) return self->Refuse(code);
      self->Handle();
    });
  }

  // What cannot be read: an answer when the client may still hear it, then the end.
  void Refuse(error_code code) {
    if (code == http::error::header_limit || code == http::error::buffer_overflow)
      return Protest(431, "INVALID_ARGUMENT",
                     fmt::format("the header is longer than {} bytes", limits().header_bytes));
    if (code == http::error::body_limit)
      return Protest(413, "RESOURCE_EXHAUSTED",
                     fmt::format("the body is longer than {} bytes", limits().body_bytes));
    const bool is_syntax = code.category() == make_error_code(http::error::bad_method).category() &&
                           code != http::error::end_of_stream && code != http::error::partial_message;
    if (is_syntax) return Protest(400, "INVALID_ARGUMENT", "the request is not HTTP/1.1: " + code.message());
    Close();
  }

  void Protest(int status, std::string_view code, std::string_view message) {
    if (request_.request_id.empty()) request_.request_id = base::RandomUuid();
    close_after_ = true;
    Respond(ErrorResponse(status, code, message));
  }

  // ---- Answering

  void Handle() {
    request_.body = std::move(parser_->get().body());
    if (route_->thread == HandlerThread::kNetwork) return Respond(Call(*route_, request_));
    Tcp().expires_never();
    const bool accepted =
        core_->executor.Post([core = core_, self = this->shared_from_this(), route = route_]() mutable {
          // The connection does not touch its request until the answer comes.
          Response response = Call(*route, self->request_);
          Core& shared = *core;
          shared.Post([self = std::move(self), response = std::move(response)]() mutable {
            self->Respond(std::move(response));
          });
        });
    if (!accepted)
      Respond(ErrorResponse(503, "UNAVAILABLE", "the server has as many requests as it can hold; try again"));
  }

  static Response Call(const Route& route, const Request& request) {
    try {
      return route.handler(request);
    } catch (const std::exception& error) {
      return ErrorResponse(500, "INTERNAL", fmt::format("the request failed inside: {}", error.what()));
    }
  }

  void Respond(Response response) {
    if (!Tcp().socket().is_open()) return;  // aborted meanwhile
    if (core_->options.observe) {
      core_->options.observe(
          request_, route_ == nullptr ? "none" : route_->path, response.status,
          std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin_));
    }
    is_http_1_0_ = parser_->is_header_done() && parser_->get().version() < 11;
    const bool keep = parser_->is_done() && parser_->get().keep_alive() && !close_after_ &&
                      !core_->is_stopping && !(response.stream && is_http_1_0_);
    close_after_ = !keep;
    route_ = nullptr;
    if (response.stream) return RespondStream(std::move(response));
    RespondWhole(std::move(response));
  }

  template <typename Body>
  std::shared_ptr<http::response<Body>> Head(const Response& response) {
    auto message = std::make_shared<http::response<Body>>();
    message->version(is_http_1_0_ ? 10 : 11);
    message->result(static_cast<unsigned>(response.status));
    message->set(http::field::server, "hearth");
    message->set(http::field::date, DateHeader());
    message->set("X-Request-Id", request_.request_id);
    message->set(http::field::cache_control, "no-store");
    message->set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : response.headers) message->set(name, value);
    if (!response.content_type.empty() && response.status != 204)
      message->set(http::field::content_type, response.content_type);
    message->keep_alive(!close_after_);
    return message;
  }

  void RespondWhole(Response response) {
    if (request_.method == "HEAD" || response.status == 204) {
      auto message = Head<http::empty_body>(response);
      if (response.status != 204) message->content_length(response.body.size());
      return Write(std::move(message));
    }
    auto message = Head<http::string_body>(response);
    message->body() = std::move(response.body);
    message->content_length(message->body().size());
    Write(std::move(message));
  }

  template <typename Message>
  void Write(std::shared_ptr<Message> message) {
    Tcp().expires_after(limits().write_time);
    http::async_write(stream_, *message, [self = this->shared_from_this(), message](error_code code, size_t) {
      self->AfterAnswer(code);
    });
  }

  void AfterAnswer(error_code code) {
    if (code) return Close();
    if (close_after_) return Finish();
    AwaitRequest();
  }

  // ---- Streams

  void RespondStream(Response response) {
    auto message = Head<http::empty_body>(response);
    if (!is_http_1_0_) message->chunked(true);
    if (request_.method == "HEAD") return Write(std::move(message));
    body_ = std::move(response.stream);
    auto serializer = std::make_shared<http::response_serializer<http::empty_body>>(*message);
    Tcp().expires_after(limits().write_time);
    http::async_write_header(stream_, *serializer,
                             [self = this->shared_from_this(), message, serializer](error_code code, size_t) {
                               if (code && code != http::error::need_buffer) return self->Close();
                               self->AskForPiece();
                             });
  }

  void AskForPiece() {
    Tcp().expires_never();
    const bool accepted =
        core_->executor.PostContinuation([core = core_, self = this->shared_from_this()]() mutable {
          auto piece = std::make_shared<BodyStream::Piece>(NextOf(*self->body_));
          Core& shared = *core;
          shared.Post([self = std::move(self), piece] { self->WritePiece(piece); });
        });
    if (!accepted) Close();
  }

  static BodyStream::Piece NextOf(BodyStream& body) {
    try {
      return body.Next();
    } catch (const std::exception&) {
      return {"", true, true, {}};
    }
  }

  void WritePiece(const std::shared_ptr<BodyStream::Piece>& piece) {
    if (!Tcp().socket().is_open()) return;
    if (piece->broken) return Close();
    if (piece->text.empty()) {
      if (piece->end) return EndStream();
      return AwaitPiece(piece->wait);
    }
    Tcp().expires_after(limits().write_time);
    auto written = [self = this->shared_from_this(), piece](error_code code, size_t) {
      if (code) return self->Close();
      if (piece->end) return self->EndStream();
      self->AskForPiece();
    };
    if (is_http_1_0_) {
      asio::async_write(stream_, asio::buffer(piece->text), std::move(written));
    } else {
      asio::async_write(stream_, http::make_chunk(asio::buffer(piece->text)), std::move(written));
    }
  }

  void AwaitPiece(std::chrono::milliseconds wait) {
    if (core_->is_stopping || PeerIsGone()) return Close();
    is_waiting_ = true;
    timer_.expires_after(std::max(wait, kShortestWait));
    timer_.async_wait([self = this->shared_from_this()](error_code code) {
      self->is_waiting_ = false;
      if (code || !self->Tcp().socket().is_open()) return;
      if (self->PeerIsGone()) return self->Close();
      self->AskForPiece();
    });
  }

  // Nothing is read while a stream is written; a client that went away would otherwise be noticed at the next
  // line only, which may come in hours.
  bool PeerIsGone() {
    pollfd watched{Tcp().socket().native_handle(), POLLRDHUP, 0};
    return ::poll(&watched, 1, 0) > 0 && (watched.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
  }

  void EndStream() {
    body_.reset();
    if (is_http_1_0_) return AfterAnswer({});
    Tcp().expires_after(limits().write_time);
    asio::async_write(
        stream_, http::make_chunk_last(),
        [self = this->shared_from_this()](error_code code, size_t) { self->AfterAnswer(code); });
  }

  const std::shared_ptr<Core> core_;
  Stream stream_;
  asio::steady_timer timer_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::string peer_;
  Request request_;
  SteadyTime begin_;
  const Route* route_ = nullptr;
  std::shared_ptr<BodyStream> body_;
  bool is_idle_ = false;
  bool is_waiting_ = false;
  bool close_after_ = false;
  bool is_http_1_0_ = false;
};

void TurnAway(tcp::socket socket) {
  static constexpr std::string_view kFull =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(kFull), ignored);
}

void Accept(const std::shared_ptr<Core>& core) {
  core->acceptor.async_accept([core](error_code code, tcp::socket socket) {
    if (core->is_stopping || code == asio::error::operation_aborted) return;
    if (code) {  // out of descriptors: some come back soon
      auto pause = std::make_shared<asio::steady_timer>(core->context, kAcceptPause);
      pause->async_wait([core, pause](error_code) { Accept(core); });
      return;
    }
    if (core->connections.size() >= core->options.limits.connections) {
      TurnAway(std::move(socket));
    } else if (core->tls) {
      core->Enter(std::make_shared<ConnectionOf<TlsStream>>(core, std::move(socket), *core->tls));
    } else {
      core->Enter(std::make_shared<ConnectionOf<PlainStream>>(core, std::move(socket)));
    }
    Accept(core);
  });
}

class Server final : public HttpServer {
 public:
  Server(std::shared_ptr<Core> core, const std::string& host)
      : core_(std::move(core)), work_(asio::make_work_guard(core_->context)) {
    port_ = core_->acceptor.local_endpoint().port();
    address_ = fmt::format("{}:{}", host, port_);
    Accept(core_);
    thread_ = std::thread([core = core_] {
      pthread_setname_np(pthread_self(), "http");
      core->context.run();
    });
  }
  ~Server() override { Stop(std::chrono::steady_clock::now()); }

  const std::string& address() const override { return address_; }
  int port() const override { return port_; }

  void Stop(SteadyTime deadline) override {
    if (!thread_.joinable()) return;
    core_->Post([core = core_] {
      core->is_stopping = true;
      error_code ignored;
      core->acceptor.close(ignored);
      ForEach(*core, [](Connection& connection) { connection.StopInput(); });
      NoteIfEmpty(*core);
    });
    AwaitEmpty(deadline);
    core_->Post([core = core_] {
      ForEach(*core, [](Connection& connection) { connection.Abort(); });
      NoteIfEmpty(*core);
    });
    AwaitEmpty(std::chrono::steady_clock::now() + std::chrono::seconds(1));
    core_->ended = true;
    work_.reset();  // nothing is open: the thread ends by itself
    thread_.join();
  }

 private:
  template <typename Action>
  static void ForEach(Core& core, Action action) {
    const auto all = core.connections;
    for (const auto& connection : all) action(*connection);
  }
  static void NoteIfEmpty(Core& core) {
    if (!core.connections.empty()) return;
    std::lock_guard lock(core.mutex);
    core.all_left = true;
    core.left.notify_all();
  }
  void AwaitEmpty(SteadyTime deadline) {
    std::unique_lock lock(core_->mutex);
    core_->left.wait_until(lock, deadline, [this] { return core_->all_left; });
  }

  const std::shared_ptr<Core> core_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::string address_;
  int port_ = 0;
  std::thread thread_;
};

// ---- The one place where Asio's exceptions become values.

base::Result<std::unique_ptr<ssl::context>> MakeTls(const HttpOptions& options) {
  try {
    auto tls = std::make_unique<ssl::context>(ssl::context::tls_server);
    tls->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
    tls->use_certificate_chain_file(options.certificate_file);
    tls->use_private_key_file(options.key_file, ssl::context::pem);
    return tls;
  } catch (const boost::system::system_error& error) {
    return Wrong(fmt::format("the certificate {} with the key {} cannot be used: {}",
                             options.certificate_file, options.key_file, error.code().message()));
  }
}

base::Status Listen(Core& core, const std::string& host, const std::string& port) {
  try {
    tcp::resolver resolver(core.context);
    const auto endpoints = resolver.resolve(host, port, tcp::resolver::passive);
    const tcp::endpoint endpoint = endpoints.begin()->endpoint();
    core.acceptor.open(endpoint.protocol());
    core.acceptor.set_option(asio::socket_base::reuse_address(true));
    core.acceptor.bind(endpoint);
    core.acceptor.listen();
    return {};
  } catch (const boost::system::system_error& error) {
    return Wrong(fmt::format("nothing can listen at {}: {}", core.options.address, error.code().message()));
  }
}

}  // namespace

base::Result<std::unique_ptr<HttpServer>> StartHttpServer(const Router& router, base::ThreadPool& executor,
                                                          const HttpOptions& options) {
  auto core = std::make_shared<Core>(router, executor, options);
  if (!options.certificate_file.empty()) {
    HEARTH_ASSIGN(core->tls, MakeTls(options));
  }
  const size_t colon = options.address.rfind(':');
  if (colon == std::string::npos || colon == 0)
    return Wrong(fmt::format("nothing can listen at {}: it is not HOST:PORT", options.address));
  const std::string host = options.address.substr(0, colon);
  const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  HEARTH_RETURN_IF_ERROR(Listen(*core, is_bracketed ? host.substr(1, host.size() - 2) : host,
                                options.address.substr(colon + 1)));
  return std::unique_ptr<HttpServer>(std::make_unique<Server>(std::move(core), host));
}

}  // namespace hearth::front::web
