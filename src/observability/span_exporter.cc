#include "observability/span_exporter.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

namespace hearth::observability {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kBatch = 512;
constexpr milliseconds kCallTime{10'000};
constexpr milliseconds kFirstPause{500};
constexpr milliseconds kLongestPause{10'000};
constexpr std::chrono::seconds kPatience{60};
constexpr int kInternalKind = 1;

size_t Discard(char*, size_t size, size_t count, void*) { return size * count; }

std::string Nanoseconds(int64_t microseconds) { return fmt::format("{}000", microseconds); }

json Attribute(const std::string& key, json value) { return {{"key", key}, {"value", std::move(value)}}; }

json ToJson(const Span& span) {
  json attributes = json::array();
  for (const auto& [key, value] : span.attributes) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      attributes.push_back(Attribute(key, {{"stringValue", *text}}));
    } else if (const auto* number = std::get_if<int64_t>(&value)) {
      attributes.push_back(Attribute(key, {{"intValue", fmt::format("{}", *number)}}));
    } else {
      attributes.push_back(Attribute(key, {{"doubleValue", std::get<double>(value)}}));
    }
  }
  json object = {{"traceId", span.trace_id},
                 {"spanId", span.span_id},
                 {"name", span.name},
                 {"kind", kInternalKind},
                 {"startTimeUnixNano", Nanoseconds(span.start)},
                 {"endTimeUnixNano", Nanoseconds(std::max(span.start, span.end))},
                 {"attributes", std::move(attributes)}};
  if (!span.parent_id.empty()) object["parentSpanId"] = span.parent_id;
  if (span.status != SpanStatus::kUnset) {
    json status = {{"code", static_cast<int>(span.status)}};
    if (!span.status_message.empty()) status["message"] = span.status_message;
    object["status"] = std::move(status);
  }
  return object;
}

struct Freer {
  void operator()(CURL* handle) const { ::curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
};

// One connection, kept between calls.
class Collector {
 public:
  enum class Answer { kTaken, kRefused, kLater };

  explicit Collector(const SpanExporterOptions& options) : handle_(::curl_easy_init()) {
    std::string url = options.endpoint;
    while (url.ends_with('/')) url.pop_back();
    url += "/v1/traces";
    curl_slist* headers = ::curl_slist_append(nullptr, "Content-Type: application/json");
    headers = ::curl_slist_append(headers, "Expect:");
    for (const auto& [name, value] : options.headers)
      headers = ::curl_slist_append(headers, fmt::format("{}: {}", name, value).c_str());
    headers_.reset(headers);
    ::curl_easy_setopt(handle_.get(), CURLOPT_URL, url.c_str());
    ::curl_easy_setopt(handle_.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    ::curl_easy_setopt(handle_.get(), CURLOPT_HTTPHEADER, headers_.get());
    ::curl_easy_setopt(handle_.get(), CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(handle_.get(), CURLOPT_FOLLOWLOCATION, 0L);
    ::curl_easy_setopt(handle_.get(), CURLOPT_WRITEFUNCTION, &Discard);
    ::curl_easy_setopt(handle_.get(), CURLOPT_USERAGENT, "hearth");
  }

  Answer Post(const std::string& body, milliseconds limit) {
    ::curl_easy_setopt(handle_.get(), CURLOPT_POSTFIELDS, body.data());
    ::curl_easy_setopt(handle_.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    ::curl_easy_setopt(handle_.get(), CURLOPT_TIMEOUT_MS,
                       static_cast<long>(std::max<int64_t>(1, limit.count())));
    if (::curl_easy_perform(handle_.get()) != CURLE_OK) return Answer::kLater;
    long status = 0;
    ::curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && status < 300) return Answer::kTaken;
    const bool is_passing = status == 429 || status == 502 || status == 503 || status == 504;
    return is_passing ? Answer::kLater : Answer::kRefused;
  }

 private:
  const std::unique_ptr<CURL, Freer> handle_;
  std::unique_ptr<curl_slist, Freer> headers_;
};

class Exporter final : public SpanExporter {
 public:
  explicit Exporter(SpanExporterOptions options) : options_(std::move(options)) {
    ::curl_global_init(CURL_GLOBAL_DEFAULT);
    thread_ = std::thread([this] { Run(); });
  }
  ~Exporter() override { Stop(steady_clock::now()); }

  void Add(Span span) override {
    bool is_full = false;
    {
      std::lock_guard lock(mutex_);
      is_full = is_stopped_ || queue_.size() >= options_.queue_limit;
      if (!is_full) queue_.push_back(std::move(span));
    }
    if (is_full) Tell("dropped", 1);
  }

  void Stop(steady_clock::time_point deadline) override {
    {
      std::lock_guard lock(mutex_);
      if (!is_stopped_) deadline_ = deadline;
      is_stopped_ = true;
    }
    stop_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void Tell(std::string_view result, size_t count) const {
    if (options_.observe && count > 0) options_.observe(result, count);
  }

  void Run() {
    Collector collector(options_);
    while (true) {
      const bool is_stopped = Pause(options_.period);
      while (SendBatch(collector)) {
      }
      if (is_stopped) return;
    }
  }

  // True when the exporter stops.
  bool Pause(milliseconds time) {
    std::unique_lock lock(mutex_);
    return stop_.wait_for(lock, time, [this] { return is_stopped_; });
  }

  // How long a call may take; none is left when the exporter stops and its deadline has passed.
  milliseconds TimeLeft() {
    std::lock_guard lock(mutex_);
    if (!is_stopped_) return kCallTime;
    return std::min(kCallTime, std::chrono::duration_cast<milliseconds>(deadline_ - steady_clock::now()));
  }

  // False when nothing waits.
  bool SendBatch(Collector& collector) {
    std::vector<Span> batch;
    {
      std::lock_guard lock(mutex_);
      const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(kBatch, queue_.size()));
      batch.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
      queue_.erase(queue_.begin(), end);
    }
    if (batch.empty()) return false;
    Tell(Deliver(collector, OtlpJson(batch, options_.resource)) ? "sent" : "failed", batch.size());
    return true;
  }

  bool Deliver(Collector& collector, const std::string& body) {
    const auto begun = steady_clock::now();
    for (milliseconds pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
      const milliseconds left = TimeLeft();
      if (left.count() <= 0) return false;
      const Collector::Answer answer = collector.Post(body, left);
      if (answer != Collector::Answer::kLater) return answer == Collector::Answer::kTaken;
      if (steady_clock::now() - begun > kPatience || Pause(pause)) return false;
    }
  }

  const SpanExporterOptions options_;
  std::mutex mutex_;
  std::condition_variable stop_;
  std::deque<Span> queue_;
  bool is_stopped_ = false;
  steady_clock::time_point deadline_;
  std::thread thread_;
};

}  // namespace

std::string OtlpJson(const std::vector<Span>& spans,
                     const std::vector<std::pair<std::string, std::string>>& resource) {
  json attributes = json::array();
  for (const auto& [key, value] : resource) attributes.push_back(Attribute(key, {{"stringValue", value}}));
  json list = json::array();
  for (const Span& span : spans) list.push_back(ToJson(span));
  const json scope = {{"scope", {{"name", "hearth"}}}, {"spans", std::move(list)}};
  const json body = {
      {"resourceSpans", {{{"resource", {{"attributes", std::move(attributes)}}}, {"scopeSpans", {scope}}}}}};
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::unique_ptr<SpanExporter> StartSpanExporter(SpanExporterOptions options) {
  return std::make_unique<Exporter>(std::move(options));
}

}  // namespace hearth::observability
