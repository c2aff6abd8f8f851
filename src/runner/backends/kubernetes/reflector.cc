#include "runner/backends/kubernetes/reflector.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace hearth::runner::kubernetes {
namespace {

int64_t SteadyMilliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Reflector::Reflector(ApiClient& client, ReflectorSink& sink, ReflectorOptions options)
    : client_(client),
      sink_(sink),
      options_(std::move(options)),
      random_(std::random_device{}()),
      last_contact_(SteadyMilliseconds()),
      thread_([this] { Run(); }) {}

Reflector::~Reflector() {
  AskToStop();
  thread_.join();
}

void Reflector::AskToStop() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
}

std::chrono::milliseconds Reflector::Silence() const {
  if (watching_) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds(SteadyMilliseconds() - last_contact_.load());
}

void Reflector::Hurry() {
  {
    std::lock_guard lock(mutex_);
    hurry_ = true;
  }
  wake_.notify_all();
}

void Reflector::Run() {
  Next next = Next::kList;
  while (!stop_) {
    if (next == Next::kList) {
      if (!List()) {
        BackOff();
        continue;
      }
    }
    next = WatchOnce();
    if (failures_ > 0 && !stop_) BackOff();
  }
}

bool Reflector::List() {
  sink_.BeginList();
  std::string page_token;
  do {
    std::string path = fmt::format("{}?labelSelector={}&limit={}", options_.path, Escaped(options_.selector),
                                   options_.page_size);
    if (!page_token.empty()) path += "&continue=" + Escaped(page_token);
    const auto page = client_.Get(path);
    if (stop_) return false;
    if (!page) {
      ++failures_;
      retry_after_ = page.error().retry_after_seconds;
      return false;  // also for 410: the rest of an old list may lack what the beginning had
    }
    for (const Json& item : FieldAt(*page, {"items"})) sink_.Upsert(item);
    version_ = TextAt(*page, {"metadata", "resourceVersion"});
    page_token = TextAt(*page, {"metadata", "continue"});
  } while (!page_token.empty());
  sink_.EndList();
  ++lists_;
  failures_ = 0;
  listed_at_ = SteadyMilliseconds();
  last_contact_ = listed_at_;
  synced_ = true;
  return true;
}

Reflector::Next Reflector::WatchOnce() {
  const auto seconds = options_.watch_length.count();
  const int64_t length = seconds + static_cast<int64_t>(random_() % static_cast<uint32_t>(seconds / 4 + 1));
  const std::string path = fmt::format(
      "{}?labelSelector={}&watch=true&allowWatchBookmarks=true&timeoutSeconds={}&resourceVersion={}",
      options_.path, Escaped(options_.selector), length, Escaped(version_));
  Next next = Next::kWatch;
  ++watches_;
  const int64_t begun = SteadyMilliseconds();
  watching_ = true;  // a server that does not answer is found out by the cluster's probe
  // The server ends the watch by itself; the deadline is for streams that were cut without a word.
  const auto answer = client_.Watch(
      path, [&](std::string_view line) { return TakeEvent(line, next); }, std::chrono::seconds(length + 15),
      stop_);
  watching_ = false;
  const int64_t ended = SteadyMilliseconds();
  if (answer || ended - begun > 1000) last_contact_ = ended;
  if (stop_) return next;
  if (!answer) {
    if (answer.error().failure == ApiFailure::kExpired) return Next::kList;
    failures_ = ended - begun > 10'000 ? 1 : failures_ + 1;
    retry_after_ = answer.error().retry_after_seconds;
  } else {
    // A stream that ends at once, again and again, is a failure too.
    failures_ = ended - begun < 1000 ? failures_ + 1 : 0;
    if (ended - listed_at_ > options_.relist_period.count() * 1000) next = Next::kList;
  }
  return next;
}

bool Reflector::TakeEvent(std::string_view line, Next& next) {
  if (line.empty()) return true;
  const Json event = ParseJson(line);
  const std::string type = TextAt(event, {"type"});
  const Json& object = FieldAt(event, {"object"});
  if (type == "ERROR" || type.empty()) {
    next = Next::kList;  // 410 Expired, or something that is better not guessed at
    return false;
  }
  if (type == "ADDED" || type == "MODIFIED") {
    sink_.Upsert(object);
  } else if (type == "DELETED") {
    sink_.Delete(object);
  }
  if (std::string version = TextAt(object, {"metadata", "resourceVersion"}); !version.empty()) {
    version_ = std::move(version);
  }
  return true;
}

void Reflector::BackOff() {
  const int doublings = std::min(failures_ > 0 ? failures_ - 1 : 0, 10);
  auto delay = std::min(options_.first_delay * (1 << doublings), options_.longest_delay);
  delay = std::max<std::chrono::milliseconds>(delay, std::chrono::seconds(std::min(retry_after_, 60)));
  retry_after_ = 0;
  delay = delay / 2 + std::chrono::milliseconds(random_() % static_cast<uint32_t>(delay.count() / 2 + 1));
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, delay, [this] { return stop_.load() || hurry_; });
  hurry_ = false;
}

}  // namespace hearth::runner::kubernetes
