#include "runner/backends/kubernetes/cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runner/backends/kubernetes/names.h"

namespace hearth::runner::kubernetes {
namespace {

constexpr auto kProbeDeadline = std::chrono::milliseconds(2000);
constexpr auto kFirstProbe = std::chrono::seconds(3);
constexpr auto kLongestSilence = std::chrono::seconds(10);

std::string SelectorOf(const std::string& instance) {
  return fmt::format("{}={}", kInstanceLabel, LabelValue(instance));
}

std::string LogPath(const PodView& driver) {
  return fmt::format("/api/v1/namespaces/{}/pods/{}/log?container={}", driver.name_space, driver.name,
                     kDriverContainer);
}

ReflectorOptions OptionsOf(std::string path, const std::string& selector, const Settings& settings) {
  ReflectorOptions options;
  options.path = std::move(path);
  options.selector = selector;
  options.watch_length = settings.watch_length;
  options.relist_period = settings.watch_length * 2;
  return options;
}

}  // namespace

Cluster::Cluster(const Settings& settings, ClusterSettings own, AttemptCache::Listener listener)
    : settings_(std::move(own)),
      schema_(*FindSchema(settings_.schema)),
      selector_(SelectorOf(settings.instance)),
      probe_period_(settings.probe_period),
      client_(settings_.endpoint, settings.request_deadline),
      probe_client_(settings_.endpoint, std::min(kProbeDeadline, settings.request_deadline)),
      cache_(schema_, std::move(listener)),
      applications_(client_, cache_.applications(),
                    OptionsOf(ApplicationsPath(schema_, ""), selector_, settings)),
      pods_(client_, cache_.pods(), OptionsOf("/api/v1/pods", selector_, settings)),
      probe_([this] { Probe(); }) {}

Cluster::~Cluster() {
  AskToStop();
  probe_.join();
}

void Cluster::AskToStop() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  applications_.AskToStop();
  pods_.AskToStop();
}

void Cluster::Probe() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    lock.unlock();
    // /readyz answers with a word, not with JSON: only the status counts.
    const auto answer = probe_client_.Read("/readyz", [](std::string_view) { return true; }, kProbeDeadline);
    lock.lock();
    const bool was_down = probed_ && !trouble_.empty();
    trouble_ = answer ? std::string() : fmt::format("does not answer: {}", answer.error().message);
    probed_ = true;
    changed_.notify_all();
    if (was_down && trouble_.empty()) {
      applications_.Hurry();
      pods_.Hurry();
    }
    changed_.wait_for(lock, probe_period_, [this] { return stop_; });
  }
}

std::string Cluster::Trouble() {
  const auto end = made_at_ + kFirstProbe;
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, end, [this] { return probed_ || stop_; });
  while (probed_ && trouble_.empty() && !applications_.Synced() && std::chrono::steady_clock::now() < end &&
         !stop_) {
    changed_.wait_for(lock, std::chrono::milliseconds(50));
  }
  if (!probed_) return "has not answered yet";
  if (!trouble_.empty()) return trouble_;
  if (!applications_.Synced()) return "its SparkApplications cannot be listed";
  return {};
}

bool Cluster::Fresh() const {
  std::lock_guard lock(mutex_);
  return probed_ && trouble_.empty() && applications_.Synced() && applications_.Silence() < kLongestSilence &&
         pods_.Synced() && pods_.Silence() < kLongestSilence;
}

ApiResult<std::optional<ApplicationView>> Cluster::Ask(const std::string& token,
                                                       const std::string& native_id) {
  const NativeId id = ParseNativeId(native_id);
  if (!id.name.empty()) {
    const auto answer = client_.Get(ApplicationsPath(schema_, id.name_space) + "/" + id.name);
    if (answer) {
      ApplicationView view = ReadApplication(schema_, *answer);
      if (view.token != token || (!id.uid.empty() && view.uid != id.uid)) return std::nullopt;
      return view;
    }
    if (answer.error().failure == ApiFailure::kNotFound) return std::nullopt;
    return tl::unexpected(answer.error());
  }
  const std::string selector = fmt::format("{},{}={}", selector_, kAttemptLabel, AttemptLabel(token));
  const auto answer =
      client_.Get(fmt::format("{}?labelSelector={}", ApplicationsPath(schema_, ""), Escaped(selector)));
  if (!answer) return tl::unexpected(answer.error());
  for (const Json& item : FieldAt(*answer, {"items"})) {
    ApplicationView view = ReadApplication(schema_, item);
    if (view.token == token) return view;
  }
  return std::nullopt;
}

ApiResult<void> Cluster::SetHold(const ApplicationView& view, bool hold) {
  const std::string path = ApplicationsPath(schema_, view.name_space) + "/" + view.name;
  ApiError conflict;
  for (int tries = 0; tries < 3; ++tries) {
    const auto object = client_.Get(path);
    if (!object) return tl::unexpected(object.error());
    if (TextAt(*object, {"metadata", "uid"}) != view.uid) {
      return tl::unexpected(ApiError{ApiFailure::kNotFound, 404, "another object has its name"});
    }
    // No finalizer may be added once the deletion has begun.
    if (hold && FieldAt(*object, {"metadata", "deletionTimestamp"}).is_string()) return {};
    Json finalizers = Json::array();
    for (const Json& finalizer : FieldAt(*object, {"metadata", "finalizers"})) {
      if (finalizer != kHoldFinalizer) finalizers.push_back(finalizer);
    }
    if (hold) finalizers.push_back(kHoldFinalizer);
    const Json change = {{"metadata",
                          {{"finalizers", finalizers.empty() ? Json() : finalizers},
                           {"resourceVersion", TextAt(*object, {"metadata", "resourceVersion"})}}}};
    const auto changed = client_.Patch(path, change);
    if (changed) return {};
    if (changed.error().failure != ApiFailure::kConflict) return tl::unexpected(changed.error());
    conflict = changed.error();
  }
  return tl::unexpected(conflict);
}

ApiResult<void> Cluster::Delete(const ApplicationView& view, bool hold) {
  const auto is_gone = [](const ApiError& error) { return error.failure == ApiFailure::kNotFound; };
  if (hold) {
    const auto held = SetHold(view, true);
    if (!held) return is_gone(held.error()) ? ApiResult<void>{} : held;
  }
  const std::string path = ApplicationsPath(schema_, view.name_space) + "/" + view.name;
  const auto deleted = client_.Delete(path, view.uid, /*foreground=*/true);
  if (!deleted) {
    // A conflict is about the uid: another object has the name.
    const bool is_over = is_gone(deleted.error()) || deleted.error().failure == ApiFailure::kConflict;
    return is_over ? ApiResult<void>{} : tl::unexpected(deleted.error());
  }
  if (hold || !view.held) return {};
  const auto released = SetHold(view, false);
  return released || is_gone(released.error()) ? ApiResult<void>{} : released;
}

ApiResult<std::optional<PodView>> Cluster::AskDriver(const std::string& attempt) {
  const std::string selector = fmt::format("{},{}={},spark-role=driver", selector_, kAttemptLabel, attempt);
  const auto answer = client_.Get("/api/v1/pods?labelSelector=" + Escaped(selector));
  if (!answer) return tl::unexpected(answer.error());
  for (const Json& item : FieldAt(*answer, {"items"})) return ReadPod(item);
  return std::nullopt;
}

ApiResult<Cluster::LogPart> Cluster::ReadLog(const PodView& driver, int64_t from, int64_t limit) {
  if (from < 0) return ReadLogEnd(driver, -from, limit);
  // The API knows no offset: what comes before `from` is read and dropped.
  LogPart part;
  int64_t seen = 0;
  bool more = false;
  const auto answer = client_.Read(
      fmt::format("{}&limitBytes={}", LogPath(driver), from + limit + 1),
      [&](std::string_view data) {
        const int64_t begin = seen;
        seen += static_cast<int64_t>(data.size());
        if (seen <= from) return true;
        std::string_view rest = data.substr(static_cast<size_t>(std::max<int64_t>(0, from - begin)));
        const auto room = static_cast<size_t>(limit) - part.text.size();
        more = rest.size() > room;
        part.text.append(rest.substr(0, room));
        return !more;
      },
      client_.deadline());
  if (!answer) return tl::unexpected(answer.error());
  // A node that has begun a new file has less than it had: go on from what there is.
  part.begin = std::min(from, seen);
  part.to_end = !more;
  return part;
}

ApiResult<Cluster::LogPart> Cluster::ReadLogEnd(const PodView& driver, int64_t wanted, int64_t limit) {
  LogPart part;
  int64_t seen = 0;
  const auto keep_end = [&](std::string_view data) {
    seen += static_cast<int64_t>(data.size());
    part.text.append(data);
    const auto most = static_cast<size_t>(2 * wanted + (int64_t{1} << 20));
    if (part.text.size() > most) part.text.erase(0, part.text.size() - static_cast<size_t>(wanted));
    return true;
  };
  // All of it, for only that tells where its end is.
  auto answer = client_.Read(LogPath(driver), keep_end, client_.deadline() / 2);
  if (!answer && seen > 0) {  // too long: the last lines then, as if they followed what was read
    part.text.clear();
    answer = client_.Read(LogPath(driver) + "&tailLines=1000", keep_end, client_.deadline() / 2);
  }
  if (!answer) return tl::unexpected(answer.error());
  if (part.text.size() > static_cast<size_t>(wanted))
    part.text.erase(0, part.text.size() - static_cast<size_t>(wanted));
  part.begin = seen - static_cast<int64_t>(part.text.size());
  part.to_end = part.text.size() <= static_cast<size_t>(limit);
  if (!part.to_end) part.text.resize(static_cast<size_t>(limit));
  return part;
}

}  // namespace hearth::runner::kubernetes
