#include "runner/backends/kubernetes/attempt_cache.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace hearth::runner::kubernetes {
namespace {

constexpr size_t kMostRetired = 20'000;
constexpr size_t kMostLogs = 2'000;              // the runner stores them; here they only wait for it
constexpr size_t kMostCountedExecutors = 2'000;  // of one attempt

std::string EndOf(const PodView& pod) {
  std::string reason = !pod.pod_reason.empty() ? pod.pod_reason : pod.end_reason;
  if (reason.empty()) reason = pod.phase;
  return pod.exit_code ? fmt::format("exit code {}, {}", *pod.exit_code, reason) : reason;
}

bool IsLive(const std::optional<ApplicationView>& application, bool gone) {
  return application && !gone && application->progress != Progress::kEnded;
}

}  // namespace

AttemptCache::AttemptCache(const Schema& schema, Listener listener)
    : schema_(schema), listener_(std::move(listener)) {}

std::optional<AttemptRecord> AttemptCache::Find(const std::string& attempt) const {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(attempt);
  if (found == entries_.end() || found->second.forgotten) return std::nullopt;
  return found->second.record;
}

void AttemptCache::KeepLog(const std::string& attempt, KeptLog log) {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(attempt);
  if (found == entries_.end()) return;
  if (!found->second.record.log) with_logs_.push_back(attempt);
  found->second.record.log = std::move(log);
  while (with_logs_.size() > kMostLogs) {
    const auto oldest = entries_.find(with_logs_.front());
    if (oldest != entries_.end()) oldest->second.record.log.reset();
    with_logs_.pop_front();
  }
}

void AttemptCache::MarkStopped(const std::string& attempt) {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(attempt);
  if (found != entries_.end()) found->second.record.stopped = true;
}

void AttemptCache::Forget(const std::string& attempt) {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(attempt);
  if (found == entries_.end()) return;
  if (found->second.record.application && !found->second.record.gone) {
    found->second.forgotten = true;  // its deletion is still to be seen
  } else {
    entries_.erase(found);
  }
}

void AttemptCache::SetLive(const std::optional<ApplicationView>& before,
                           const std::optional<ApplicationView>& after, bool was_gone, bool is_gone) {
  live_ += (IsLive(after, is_gone) ? 1 : 0) - (IsLive(before, was_gone) ? 1 : 0);
}

void AttemptCache::Retire(const std::string& attempt) {
  retired_.push_back(attempt);
  while (retired_.size() > kMostRetired) {
    const auto oldest = entries_.find(retired_.front());
    if (oldest != entries_.end() && (oldest->second.record.gone || !oldest->second.record.application)) {
      entries_.erase(oldest);
    }
    retired_.pop_front();
  }
}

void AttemptCache::Tell(const std::optional<Event>& event) {
  if (event && listener_ && !event->token.empty()) listener_(event->attempt, event->token, event->change);
}

void AttemptCache::TakeApplication(ApplicationView view) {
  std::optional<Event> event;
  {
    std::lock_guard lock(mutex_);
    AttemptRecord& record = entries_[view.attempt].record;
    const bool appeared = !record.application || record.gone || record.application->uid != view.uid;
    // The same name with another uid is another object: what was known of the first one says nothing about
    // it.
    if (record.application && record.application->uid != view.uid) {
      SetLive(record.application, std::nullopt, record.gone, true);
      entries_[view.attempt] = Entry{};
    }
    if (!record.application || record.gone || !(*record.application == view)) {
      SetLive(record.application, view, record.gone, false);
      record.token = view.token;
      record.application = view;
      record.gone = false;
      event = Event{view.attempt, view.token, appeared ? Change::kAppeared : Change::kState};
    }
  }
  Tell(event);
}

void AttemptCache::DropApplication(const std::string& attempt, const std::string& uid,
                                   const ApplicationView* last) {
  std::optional<Event> event;
  {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(attempt);
    if (found == entries_.end()) return;
    AttemptRecord& record = found->second.record;
    if (!record.application || record.application->uid != uid || record.gone) return;
    SetLive(record.application, std::nullopt, false, true);
    if (last != nullptr) record.application = *last;
    record.gone = true;
    event = Event{attempt, record.token, Change::kState};
    if (found->second.forgotten) {
      entries_.erase(found);
    } else {
      Retire(attempt);
    }
  }
  Tell(event);
}

bool AttemptCache::CountExecutor(Entry& entry, const PodView& view) {
  if (!view.Over() || entry.counted.size() >= kMostCountedExecutors ||
      !entry.counted.insert(view.uid).second) {
    return false;
  }
  const bool ended_well = view.exit_code == 0 || (!view.exit_code && view.phase == "Succeeded");
  if (!ended_well) ++entry.record.executor_ends[EndOf(view)];
  return !ended_well;
}

void AttemptCache::TakePod(const PodView& view) {
  if (view.attempt.empty()) return;
  std::optional<Event> event;
  {
    std::lock_guard lock(mutex_);
    Entry& entry = entries_[view.attempt];
    if (entry.record.token.empty()) entry.record.token = view.token;
    if (!view.driver) {
      if (CountExecutor(entry, view)) event = Event{view.attempt, entry.record.token, Change::kState};
    } else if (!entry.record.driver || !(*entry.record.driver == view) || entry.record.driver_gone) {
      const bool was_over =
          entry.record.driver && entry.record.driver->uid == view.uid && entry.record.driver->Over();
      // Deleting a pod may take its container's end away again.
      if (!was_over || view.terminated) entry.record.driver = view;
      entry.record.driver_gone = false;
      event = Event{view.attempt, entry.record.token,
                    view.Over() && !was_over ? Change::kDriverOver : Change::kState};
    }
  }
  Tell(event);
}

void AttemptCache::DropPod(const std::string& attempt, const std::string& uid) {
  std::optional<Event> event;
  {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(attempt);
    if (found == entries_.end()) return;
    AttemptRecord& record = found->second.record;
    if (record.driver && record.driver->uid == uid) {
      record.driver_gone = true;
      event = Event{attempt, record.token, Change::kState};
    }
    // Pods may be told of before their application is; or after it, and then they tell nothing more.
    if (!record.application && (!record.driver || record.driver_gone)) Retire(attempt);
  }
  Tell(event);
}

void AttemptCache::ApplicationSink::Upsert(const Json& object) {
  ApplicationView view = ReadApplication(cache_.schema_, object);
  if (view.uid.empty() || view.attempt.empty()) return;
  listed_.insert(view.uid);
  cache_.TakeApplication(std::move(view));
}

void AttemptCache::ApplicationSink::EndList() {
  std::vector<std::pair<std::string, std::string>> missing;
  {
    std::lock_guard lock(cache_.mutex_);
    for (const auto& [attempt, entry] : cache_.entries_) {
      const auto& application = entry.record.application;
      if (application && !entry.record.gone && !listed_.contains(application->uid)) {
        missing.emplace_back(attempt, application->uid);
      }
    }
  }
  for (const auto& [attempt, uid] : missing) cache_.DropApplication(attempt, uid, nullptr);
  listed_.clear();
}

void AttemptCache::ApplicationSink::Delete(const Json& object) {
  ApplicationView last = ReadApplication(cache_.schema_, object);
  const std::string attempt = last.attempt;
  const std::string uid = last.uid;
  listed_.erase(uid);
  cache_.DropApplication(attempt, uid, &last);
}

void AttemptCache::PodSink::Upsert(const Json& object) {
  const PodView view = ReadPod(object);
  if (view.uid.empty()) return;
  listed_.insert(view.uid);
  cache_.TakePod(view);
}

void AttemptCache::PodSink::EndList() {
  std::vector<std::pair<std::string, std::string>> missing;
  {
    std::lock_guard lock(cache_.mutex_);
    for (const auto& [attempt, entry] : cache_.entries_) {
      const auto& driver = entry.record.driver;
      if (driver && !entry.record.driver_gone && !listed_.contains(driver->uid))
        missing.emplace_back(attempt, driver->uid);
    }
  }
  for (const auto& [attempt, uid] : missing) cache_.DropPod(attempt, uid);
  listed_.clear();
}

void AttemptCache::PodSink::Delete(const Json& object) {
  const PodView view = ReadPod(object);
  cache_.TakePod(view);  // the last status, with the exit code
  cache_.DropPod(view.attempt, view.uid);
}

}  // namespace hearth::runner::kubernetes
