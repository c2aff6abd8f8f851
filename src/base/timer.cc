#include "base/timer.h"

#include <pthread.h>

namespace hearth::base {

Timer::~Timer() { Stop(); }

Timer::Id Timer::After(std::chrono::steady_clock::duration delay, Callback callback) {
  return Add(delay, {.callback = std::move(callback)});
}

Timer::Id Timer::Every(std::chrono::steady_clock::duration period, Callback callback) {
  return Add(period, {.callback = std::move(callback), .period = period});
}

Timer::Id Timer::Add(std::chrono::steady_clock::duration delay, Entry entry) {
  std::lock_guard lock(mutex_);
  const Id id = next_id_++;
  if (stopped_) return id;
  const Key key{std::chrono::steady_clock::now() + delay, id};
  const bool is_next = pending_.empty() || key < pending_.begin()->first;
  pending_.emplace(key, std::move(entry));
  keys_.emplace(id, key);
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  if (is_next) changed_.notify_one();
  return id;
}

bool Timer::Cancel(Id id) {
  Entry dropped;  // destroyed outside the lock: a callback may own things that take locks when they go
  std::lock_guard lock(mutex_);
  const auto found = keys_.find(id);
  if (found == keys_.end()) return false;
  const auto entry = pending_.find(found->second);
  dropped = std::move(entry->second);
  pending_.erase(entry);
  keys_.erase(found);
  return true;
}

void Timer::Run() {
  pthread_setname_np(pthread_self(), "hearth-timer");
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    if (pending_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = pending_.begin();
    const Key key = first->first;
    if (std::chrono::steady_clock::now() < key.first) {
      changed_.wait_until(lock, key.first);
      continue;
    }
    Callback callback;
    if (first->second.period.count() > 0) {
      Entry entry = std::move(first->second);
      callback = entry.callback;
      const Key next{key.first + entry.period, key.second};
      pending_.erase(first);
      pending_.emplace(next, std::move(entry));
      keys_[key.second] = next;
    } else {
      callback = std::move(first->second.callback);
      pending_.erase(first);
      keys_.erase(key.second);
    }
    lock.unlock();
    callback();
    callback = nullptr;
    lock.lock();
  }
}

void Timer::Stop() {
  std::map<Key, Entry> dropped;
  std::thread thread;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(pending_);
    keys_.clear();
    thread.swap(thread_);
  }
  changed_.notify_all();
  if (thread.joinable()) thread.join();
}

}  // namespace hearth::base
