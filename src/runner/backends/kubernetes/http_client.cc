#include "runner/backends/kubernetes/http_client.h"

#include <curl/curl.h>
#include <signal.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <utility>

namespace hearth::runner::kubernetes {
namespace {

constexpr size_t kIdleConnections = 16;
constexpr size_t kLongestBody = size_t{256} << 20;
constexpr auto kTokenAge = std::chrono::seconds(60);

// What the callbacks of one transfer work on.
struct Transfer {
  CURL* handle = nullptr;
  HttpResponse response;
  const HttpClient::Sink* sink = nullptr;
  const std::atomic<bool>* stop = nullptr;
  bool enough = false;    // the sink wants no more
  bool too_long = false;  // the body is over its limit
};

size_t TakeBody(char* data, size_t size, size_t count, void* opaque) {
  auto* transfer = static_cast<Transfer*>(opaque);
  const size_t length = size * count;
  long status = 0;
  curl_easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &status);
  if (transfer->sink != nullptr && status == 200) {
    if ((*transfer->sink)(std::string_view(data, length))) return length;
    transfer->enough = true;
    return 0;
  }
  if (transfer->response.body.size() + length > kLongestBody) {
    transfer->too_long = true;
    return 0;
  }
  transfer->response.body.append(data, length);
  return length;
}

int Progress(void* opaque, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto* transfer = static_cast<Transfer*>(opaque);
  return transfer->stop != nullptr && transfer->stop->load() ? 1 : 0;
}

// A server that goes away while TLS writes must not end this process. The disposition of the signal belongs
// to the program, and its children inherit it: only this thread's mask is changed, and what came meanwhile is
// taken away.
class WithoutPipeSignal {
 public:
  WithoutPipeSignal() {
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~WithoutPipeSignal() {
    const timespec at_once{};
    if (!was_pending_) sigtimedwait(&pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutPipeSignal(const WithoutPipeSignal&) = delete;
  WithoutPipeSignal& operator=(const WithoutPipeSignal&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

curl_blob BlobOf(const std::string& text) {
  curl_blob blob{};
  blob.data = const_cast<char*>(text.data());
  blob.len = text.size();
  blob.flags = CURL_BLOB_COPY;
  return blob;
}

bool ConnectionFailed(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
      return true;
    default:
      return false;
  }
}

}  // namespace

class HttpClient::Connection {
 public:
  explicit Connection(const Endpoint& endpoint) : handle_(curl_easy_init()) {
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle_, CURLOPT_USERAGENT, "hearth");
    curl_easy_setopt(handle_, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(handle_, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(handle_, CURLOPT_TCP_KEEPIDLE, 30L);
    curl_easy_setopt(handle_, CURLOPT_TCP_KEEPINTVL, 10L);
    curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, message_);
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &TakeBody);
    curl_easy_setopt(handle_, CURLOPT_XFERINFOFUNCTION, &Progress);
    curl_easy_setopt(handle_, CURLOPT_NOPROGRESS, 0L);
    if (!endpoint.authority.empty()) {
      curl_blob blob = BlobOf(endpoint.authority);
      curl_easy_setopt(handle_, CURLOPT_CAINFO_BLOB, &blob);
    }
    if (!endpoint.certificate.empty()) {
      curl_blob certificate = BlobOf(endpoint.certificate);
      curl_easy_setopt(handle_, CURLOPT_SSLCERT_BLOB, &certificate);
      curl_easy_setopt(handle_, CURLOPT_SSLCERTTYPE, "PEM");
      curl_blob key = BlobOf(endpoint.key);
      curl_easy_setopt(handle_, CURLOPT_SSLKEY_BLOB, &key);
      curl_easy_setopt(handle_, CURLOPT_SSLKEYTYPE, "PEM");
    }
  }
  ~Connection() { curl_easy_cleanup(handle_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Transported<HttpResponse> Perform(const HttpRequest& request, const std::string& url,
                                    const std::string& token, Transfer& transfer) {
    transfer.handle = handle_;
    curl_slist* headers = curl_slist_append(nullptr, "Accept: application/json, */*");
    headers = curl_slist_append(headers, "Expect:");
    if (!token.empty()) headers = curl_slist_append(headers, ("Authorization: Bearer " + token).c_str());
    if (!request.body.empty()) {
      headers = curl_slist_append(headers, ("Content-Type: " + request.content_type).c_str());
    }
    curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle_, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (!request.body.empty()) {
      curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, request.body.c_str());
    }
    curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(request.deadline.count()));
    curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(std::min<int64_t>(request.deadline.count(), 5000)));
    curl_easy_setopt(handle_, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(handle_, CURLOPT_XFERINFODATA, &transfer);
    message_[0] = '\0';
    const WithoutPipeSignal guard;
    const CURLcode code = curl_easy_perform(handle_);
    curl_slist_free_all(headers);
    return Answer(code, transfer);
  }

 private:
  Transported<HttpResponse> Answer(CURLcode code, Transfer& transfer) {
    if (code == CURLE_OK || transfer.enough) {
      long status = 0;
      curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
      curl_off_t wait = 0;
      curl_easy_getinfo(handle_, CURLINFO_RETRY_AFTER, &wait);
      transfer.response.status = static_cast<int>(status);
      transfer.response.retry_after_seconds = static_cast<int>(wait);
      return std::move(transfer.response);
    }
    curl_off_t before_sending = 0;
    curl_easy_getinfo(handle_, CURLINFO_PRETRANSFER_TIME_T, &before_sending);
    TransportError error;
    error.sent = !ConnectionFailed(code) && before_sending > 0;
    error.timed_out = code == CURLE_OPERATION_TIMEDOUT;
    error.stopped = code == CURLE_ABORTED_BY_CALLBACK;
    error.message = transfer.too_long     ? "the answer is too long"
                    : message_[0] != '\0' ? std::string(message_)
                                          : std::string(curl_easy_strerror(code));
    return tl::unexpected(std::move(error));
  }

  CURL* handle_;
  char message_[CURL_ERROR_SIZE] = {};
};

HttpClient::HttpClient(Endpoint endpoint) : endpoint_(std::move(endpoint)) {
  static std::once_flag initialised;
  std::call_once(initialised, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

HttpClient::~HttpClient() = default;

std::unique_ptr<HttpClient::Connection> HttpClient::Take() {
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  return std::make_unique<Connection>(endpoint_);
}

void HttpClient::GiveBack(std::unique_ptr<Connection> connection) {
  std::lock_guard lock(mutex_);
  if (idle_.size() < kIdleConnections) idle_.push_back(std::move(connection));
}

std::string HttpClient::Token() {
  if (endpoint_.token_file.empty()) return endpoint_.token;
  std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (token_.empty() || now - token_read_ > kTokenAge) {
    std::ifstream file(endpoint_.token_file);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    if (!text.empty()) token_ = std::move(text);
    token_read_ = now;
  }
  return token_;
}

Transported<HttpResponse> HttpClient::Send(const HttpRequest& request) {
  Transfer transfer;
  auto connection = Take();
  auto response = connection->Perform(request, endpoint_.server + request.path, Token(), transfer);
  GiveBack(std::move(connection));
  return response;
}

Transported<HttpResponse> HttpClient::Stream(const HttpRequest& request, const Sink& sink,
                                             const std::atomic<bool>& stop) {
  Transfer transfer;
  transfer.sink = &sink;
  transfer.stop = &stop;
  auto connection = Take();
  auto response = connection->Perform(request, endpoint_.server + request.path, Token(), transfer);
  GiveBack(std::move(connection));
  return response;
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (std::isalnum(byte) != 0 || character == '-' || character == '_' || character == '.' ||
        character == '~') {
      escaped += character;
    } else {
      escaped += '%';
      escaped += kDigits[byte >> 4];
      escaped += kDigits[byte & 15];
    }
  }
  return escaped;
}

}  // namespace hearth::runner::kubernetes
