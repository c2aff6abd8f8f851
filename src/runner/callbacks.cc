#include "runner/callbacks.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "runner/completion.h"

namespace hearth::runner {
namespace {

constexpr int64_t kSecond = 1000000;
constexpr std::chrono::milliseconds kPeriod{500};
constexpr long kConnectSeconds = 5;
constexpr long kAnswerSeconds = 15;
constexpr int32_t kAtOnce = 8;
// 2, 4, 8 … seconds, at most 15 minutes apart: about two hours in all.
constexpr int32_t kTries = 16;
constexpr int64_t kLongestPause = 900;
constexpr size_t kLongestAnswer = 500;
constexpr std::string_view kEndKind = "end";
constexpr std::string_view kSlaKind = "sla";
constexpr std::string_view kCompletionKind = "completion";

size_t Discard(char*, size_t size, size_t count, void*) { return size * count; }

struct Answer {
  long status = 0;
  std::string error;
};

Answer Post(const std::string& url, const std::string& body, const std::string& signature) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), curl_easy_cleanup);
  if (!handle) return {0, "no memory"};
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  if (!signature.empty()) {
    headers = curl_slist_append(headers, fmt::format("X-Hearth-Signature: {}", signature).c_str());
  }
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> owned(headers, curl_slist_free_all);
  curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(handle.get(), CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, kAnswerSeconds);
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, Discard);
  curl_easy_setopt(handle.get(), CURLOPT_USERAGENT, "hearth");
  const CURLcode code = curl_easy_perform(handle.get());
  if (code != CURLE_OK) return {0, curl_easy_strerror(code)};
  Answer answer;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

std::string BodyOf(const Callback& callback, const Run& run) {
  nlohmann::json body = {{"job_id", run.id.text()},
                         {"execution_id", run.id.text()},
                         {"name", run.name},
                         {"team", run.team},
                         {"environment", run.environment},
                         {"status", std::string(StateName(run.state))},
                         {"message", run.cause},
                         {"attempts", run.attempts},
                         {"ended_at_ms", run.ended_at / 1000}};
  if (callback.kind != kEndKind) {
    body["event"] = callback.kind == kSlaKind ? "sla_missed" : callback.kind;
    body["channel"] = callback.channel;
    // What chat programs show.
    body["text"] = callback.kind == kSlaKind
                       ? fmt::format("{} of team {} ({}) is late: not succeeded {} s after its submission",
                                     run.name, run.team, run.id.text(), *run.spec.alerting.sla_seconds)
                       : fmt::format("{} of team {} ({}) is {}: {}", run.name, run.team, run.id.text(),
                                     StateName(run.state), run.cause);
  }
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Why there is nothing to tell of any more; empty: there is.
std::string WhyNot(const Callback& callback, const Run& run) {
  if (callback.kind != kSlaKind) return "";
  if (run.state == RunState::kCancelled) return "the run was cancelled";
  const bool is_in_time = run.state == RunState::kSucceeded && run.ended_at <= SlaEnd(run);
  return is_in_time || !run.spec.alerting.sla_seconds ? "the run succeeded in time" : "";
}

}  // namespace

std::string SignBody(const std::string& secret, const std::string& body) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest, &size);
  std::string text = "sha256=";
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

Callbacks::Callbacks(Store& store, const Policy& policy, const base::Clock& clock,
                     std::vector<Observer*> observers)
    : store_(store), policy_(policy), clock_(clock), observers_(std::move(observers)) {}

Callbacks::~Callbacks() { Stop(); }

base::Status Callbacks::Start() {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  thread_ = std::thread([this] { Run(); });
  return {};
}

void Callbacks::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Callbacks::Run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (stop_.wait_for(lock, kPeriod, [this] { return stopped_; })) return;
    }
    const int64_t now = clock_.NowMicroseconds();
    // Claimed for longer than a whole round can take, so that no other server sends the same one meanwhile.
    const int64_t claim = now + (kAtOnce + 1) * kAnswerSeconds * kSecond;
    const auto due = store_.DueCallbacks(now, kAtOnce, claim);
    if (!due.ok()) continue;
    for (const Callback& callback : *due) Deliver(callback);
  }
}

void Callbacks::Deliver(const Callback& callback) {
  const auto run = store_.Find(callback.run);
  if (!run.ok()) return;  // comes up again when the claim is over
  if (!*run) {
    (void)store_.SaveCallback(callback, 0, "the run's record is gone");
    return;
  }
  if (const std::string reason = WhyNot(callback, **run); !reason.empty()) {
    (void)store_.SaveCallback(callback, 0, reason);
    return;
  }
  const std::string url = AddressOf(callback);
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    (void)store_.SaveCallback(callback, 0, "the platform's file gives this channel no address");
    for (Observer* observer : observers_) observer->OnCallback(callback.kind, CallbackEnd::kGivenUp);
    return;
  }
  if (callback.kind != kCompletionKind) return Send(callback, BodyOf(callback, **run), url);
  const auto attempts = store_.Attempts(callback.run);
  if (attempts.ok()) Send(callback, CompletionBody(**run, *attempts), url);
}

std::string Callbacks::AddressOf(const Callback& callback) const {
  if (callback.kind == kCompletionKind) return policy_.completion_url;
  const auto named = policy_.alert_channels.find(callback.channel);
  return named == policy_.alert_channels.end() ? callback.channel : named->second;
}

void Callbacks::Send(const Callback& callback, const std::string& body, const std::string& url) {
  const std::string& secret = policy_.callback_secret;
  const Answer answer = Post(url, body, secret.empty() ? "" : SignBody(secret, body));
  const bool is_taken = answer.status >= 200 && answer.status < 300;
  const std::string text =
      (answer.error.empty() ? fmt::format("HTTP {}", answer.status) : answer.error).substr(0, kLongestAnswer);
  int64_t next = 0;
  if (!is_taken && callback.tries < kTries) {
    const int64_t pause = std::min(int64_t{1} << std::min(callback.tries, 10), kLongestPause);
    next = clock_.NowMicroseconds() + pause * kSecond;
  }
  (void)store_.SaveCallback(callback, next, text);
  CallbackEnd end = next > 0 ? CallbackEnd::kToBeTriedAgain : CallbackEnd::kGivenUp;
  if (is_taken) end = CallbackEnd::kTaken;
  for (Observer* observer : observers_) observer->OnCallback(callback.kind, end);
}

}  // namespace hearth::runner
