#include "front/web/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include "front/web/errors.h"

namespace hearth::front::web {
namespace {

using std::chrono::milliseconds;

// A client that can be as rude as it likes.
class RawClient {
 public:
  explicit RawClient(int port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~RawClient() { Close(); }
  void Close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }
  void Send(const std::string& text) { (void)::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL); }
  // What comes until `end` is in it, the connection's end or five seconds.
  std::string ReadUntil(const std::string& end) {
    std::string text;
    char piece[4096];
    while (end.empty() || text.find(end) == std::string::npos) {
      pollfd watched{descriptor_, POLLIN, 0};
      if (::poll(&watched, 1, 5000) <= 0) return text + "<time>";
      const ssize_t size = ::recv(descriptor_, piece, sizeof piece, 0);
      if (size <= 0) return text + "<end>";
      text.append(piece, static_cast<size_t>(size));
    }
    return text;
  }
  std::string ReadAll() { return ReadUntil(""); }

 private:
  int descriptor_;
};

class Counting final : public BodyStream {
 public:
  explicit Counting(std::atomic<int>* asked, int pieces) : asked_(asked), pieces_(pieces) {}
  Piece Next() override {
    const int number = ++*asked_;
    if (number % 2 == 0) return {.wait = milliseconds(5)};
    if (number > pieces_) return {.text = "last\n", .end = true};
    return {.text = "piece\n"};
  }

 private:
  std::atomic<int>* asked_;
  const int pieces_;
};

class Forever final : public BodyStream {
 public:
  explicit Forever(std::atomic<int>* asked) : asked_(asked) {}
  ~Forever() override { *asked_ = -1; }
  Piece Next() override {
    ++*asked_;
    return {.wait = milliseconds(20)};
  }

 private:
  std::atomic<int>* asked_;
};

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() : pool_("test", 4, 8), router_(Routes()) {}
  ~HttpServerTest() override {
    release_.set_value();
    server_.reset();
    pool_.Stop();
  }
  void Start(HttpLimits limits = {}) {
    HttpOptions options;
    options.address = "127.0.0.1:0";
    options.limits = limits;
    options.accepts_host = [](std::string_view host) { return !host.starts_with("evil"); };
    options.observe = [this](const Request&, const std::string& route, int status, auto) {
      std::lock_guard lock(mutex_);
      observed_.push_back(route + " " + std::to_string(status));
    };
    auto started = StartHttpServer(router_, pool_, options);
    ASSERT_TRUE(started.ok()) << started.error()->message;
    server_ = std::move(*started);
  }
  std::string Ask(const std::string& request) {
    RawClient client(server_->port());
    client.Send(request);
    return client.ReadAll();
  }
  std::vector<Route> Routes() {
    return {
        {"GET", "/things/{name}",
         [](const Request& request) {
           Response response;
           response.body = request.path_values.at("name") + "|" + request.query.at("q");
           return response;
         }},
        {"POST", "/things",
         [](const Request& request) {
           Response response;
           response.status = 202;
           response.body = request.body;
           return response;
         },
         "application/json"},
        {"GET", "/stream",
         [this](const Request&) {
           Response response;
           response.stream = std::make_shared<Counting>(&asked_, 4);
           return response;
         }},
        {"GET", "/forever",
         [this](const Request&) {
           Response response;
           response.stream = std::make_shared<Forever>(&asked_);
           return response;
         }},
        {"GET", "/slow",
         [this](const Request&) {
           released_.wait();
           return Response();
         }},
        {"GET", "/throw", [](const Request&) -> Response { throw std::runtime_error("x"); }},
        {"GET", "/live", [](const Request&) { return Response(); }, "", HandlerThread::kNetwork},
    };
  }

  std::promise<void> release_;
  std::shared_future<void> released_{release_.get_future()};
  std::atomic<int> asked_{0};
  std::mutex mutex_;
  std::vector<std::string> observed_;
  base::ThreadPool pool_;
  const Router router_;
  std::unique_ptr<HttpServer> server_;
};

const std::string kHead = " HTTP/1.1\r\nHost: x\r\n";
const std::string kClose = "Connection: close\r\n\r\n";

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
  Start();
  RawClient client(server_->port());
  client.Send("GET /things/a%2Fb?q=1" + kHead + "X-Request-Id: mine-1\r\n\r\n");
  const std::string first = client.ReadUntil("a/b|1");
  EXPECT_TRUE(first.starts_with("HTTP/1.1 200 OK\r\n")) << first;
  EXPECT_NE(first.find("X-Request-Id: mine-1\r\n"), std::string::npos) << first;
  // Two at once, and the end.
  client.Send("GET /things/c?q=2" + kHead + "\r\nPOST /things" + kHead +
              "Content-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n" + kClose + "{}");
  const std::string second = client.ReadAll();
  EXPECT_NE(second.find("c|2HTTP/1.1 202 Accepted"), std::string::npos) << second;
  EXPECT_TRUE(second.ends_with("\r\n\r\n{}<end>")) << second;
}

TEST_F(HttpServerTest, SaysWhyThereIsNoAnswer) {
  Start();
  EXPECT_TRUE(Ask("GET /nothing" + kHead + kClose).starts_with("HTTP/1.1 404"));
  const std::string wrong = Ask("DELETE /things/a" + kHead + kClose);
  EXPECT_TRUE(wrong.starts_with("HTTP/1.1 405")) << wrong;
  EXPECT_NE(wrong.find("Allow: GET, HEAD, OPTIONS"), std::string::npos);
  EXPECT_TRUE(Ask("OPTIONS /things" + kHead + kClose).starts_with("HTTP/1.1 204"));
  EXPECT_TRUE(Ask("POST /things" + kHead + "Content-Type: text/plain\r\nContent-Length: 1\r\n\r\nx")
                  .starts_with("HTTP/1.1 415"));
  EXPECT_TRUE(Ask("GET /throw" + kHead + kClose).starts_with("HTTP/1.1 500"));
  EXPECT_TRUE(Ask("GET /live HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(Ask("GET /live HTTP/1.1\r\nHost: evil:1\r\n\r\n").starts_with("HTTP/1.1 421"));
  EXPECT_TRUE(Ask("GET /live?%" + kHead + kClose).starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(Ask("nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(Ask(std::string(3, '\0') + "\r\n\r\n").starts_with("HTTP/1.1 400"));
  const std::string head = Ask("HEAD /things/a?q=1" + kHead + kClose);
  EXPECT_NE(head.find("Content-Length: 3\r\n"), std::string::npos) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n<end>")) << head;
}

TEST_F(HttpServerTest, HasLimits) {
  HttpLimits limits;
  limits.header_bytes = 1000;
  limits.body_bytes = 1000;
  limits.header_time = milliseconds(100);
  limits.body_time = milliseconds(100);
  limits.idle_time = milliseconds(300);
  Start(limits);
  EXPECT_TRUE(Ask("GET /live" + kHead + "A: " + std::string(100'000, 'a')).starts_with("HTTP/1.1 431"));
  const std::string post = "POST /things" + kHead + "Content-Type: application/json\r\n";
  EXPECT_TRUE(Ask(post + "Content-Length: 1001\r\n\r\n").starts_with("HTTP/1.1 413"));
  EXPECT_TRUE(Ask(post + "Transfer-Encoding: chunked\r\n\r\n800\r\n" + std::string(0x800, 'x') + "\r\n")
                  .starts_with("HTTP/1.1 413"));
  EXPECT_EQ(Ask("GET /li"), "<end>");
  EXPECT_EQ(Ask(post + "Content-Length: 10\r\n\r\n12"), "<end>");
  EXPECT_EQ(Ask(""), "<end>");
  RawClient expecting(server_->port());
  expecting.Send(post + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(expecting.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  expecting.Send("{}");
  EXPECT_TRUE(expecting.ReadUntil("{}").starts_with("HTTP/1.1 202"));
}

TEST_F(HttpServerTest, TurnsTooManyConnectionsAway) {
  HttpLimits limits;
  limits.connections = 1;
  Start(limits);
  RawClient first(server_->port());
  first.Send("GET /live" + kHead + "\r\n");
  EXPECT_TRUE(first.ReadUntil("\r\n\r\n").starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(Ask("").starts_with("HTTP/1.1 503"));
  first.Close();
  std::string answer;
  for (int tries = 0; tries < 100 && !answer.starts_with("HTTP/1.1 200"); ++tries) {
    std::this_thread::sleep_for(milliseconds(10));
    answer = Ask("GET /live" + kHead + kClose);
  }
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
}

TEST_F(HttpServerTest, RefusesWhatTheExecutorCannotHold) {
  Start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int count = 0; count < 20; ++count) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    clients.back()->Send("GET /slow" + kHead + kClose);
  }
  // Four run, eight wait (fewer while threads start), the others are refused; liveness answers all the same.
  EXPECT_TRUE(Ask("GET /live" + kHead + kClose).starts_with("HTTP/1.1 200"));
  for (int tries = 0; tries < 500; ++tries) {
    std::this_thread::sleep_for(milliseconds(10));
    std::lock_guard lock(mutex_);
    if (std::ranges::count(observed_, "/slow 503") >= 8) break;
  }
  std::lock_guard lock(mutex_);
  EXPECT_GE(std::ranges::count(observed_, "/slow 503"), 8);
}

TEST_F(HttpServerTest, Streams) {
  Start();
  const std::string answer = Ask("GET /stream" + kHead + kClose);
  EXPECT_NE(answer.find("Transfer-Encoding: chunked"), std::string::npos);
  EXPECT_NE(answer.find("6\r\npiece\n\r\n6\r\npiece\n\r\n5\r\nlast\n\r\n0\r\n\r\n<end>"), std::string::npos)
      << answer;
  asked_ = 0;
  EXPECT_TRUE(Ask("GET /stream HTTP/1.0\r\n\r\n").ends_with("\r\n\r\npiece\npiece\nlast\n<end>"));
}

TEST_F(HttpServerTest, NoticesThatTheReaderOfAStreamHasGone) {
  Start();
  RawClient client(server_->port());
  client.Send("GET /forever" + kHead + "\r\n");
  client.ReadUntil("\r\n\r\n");
  client.Close();
  for (int tries = 0; tries < 500 && asked_ >= 0; ++tries) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_EQ(asked_, -1);
}

TEST_F(HttpServerTest, StopsInThreePhases) {
  Start();
  RawClient idle(server_->port());
  RawClient waiting(server_->port());
  waiting.Send("GET /forever" + kHead + "\r\n");
  waiting.ReadUntil("\r\n\r\n");
  RawClient running(server_->port());
  running.Send("GET /slow" + kHead + "\r\n");
  std::this_thread::sleep_for(milliseconds(100));
  std::thread stopping([this] { server_->Stop(std::chrono::steady_clock::now() + std::chrono::seconds(5)); });
  EXPECT_EQ(idle.ReadAll(), "<end>");
  EXPECT_EQ(waiting.ReadAll(), "<end>");
  release_.set_value();
  EXPECT_TRUE(running.ReadAll().starts_with("HTTP/1.1 200"));
  stopping.join();
  release_ = std::promise<void>();
}

TEST_F(HttpServerTest, StopsThoughAHandlerHangs) {
  Start();
  RawClient running(server_->port());
  running.Send("GET /slow" + kHead + "\r\n");
  std::this_thread::sleep_for(milliseconds(50));
  server_->Stop(std::chrono::steady_clock::now() + milliseconds(50));
  EXPECT_EQ(running.ReadAll(), "<end>");
}

TEST_F(HttpServerTest, SaysWhyItCannotStart) {
  Start();
  HttpOptions options;
  options.address = server_->address();
  EXPECT_NE(StartHttpServer(router_, pool_, options).error()->message.find("nothing can listen"),
            std::string::npos);
  options.address = "127.0.0.1:0";
  options.certificate_file = "/no/such/file";
  EXPECT_NE(StartHttpServer(router_, pool_, options).error()->message.find("certificate"), std::string::npos);
}

TEST(Errors, BecomeJson) {
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = "\"x\" is wrong";
  error.parameters = {{"field", "config.x"}, {"details", "[1]"}};
  const Response response = ErrorResponse(error);
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(
      response.body,
      R"({"error":{"code":"INVALID_ARGUMENT","message":"\"x\" is wrong","field":"config.x","details":[1]}})");
}

}  // namespace
}  // namespace hearth::front::web
