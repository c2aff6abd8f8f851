// One thread that calls short functions at a later time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace hearth::base {

// Callbacks run on the timer's own thread, one after another: they post work elsewhere and return. The thread
// starts with the first callback. Thread-safe.
class Timer {
 public:
  using Id = uint64_t;
  using Callback = std::function<void()>;

  Timer() = default;
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  Id After(std::chrono::steady_clock::duration delay, Callback callback);
  // Calls again and again, the first time after one period; until cancelled.
  Id Every(std::chrono::steady_clock::duration period, Callback callback);
  // True when the callback had not started and never will; a callback that runs is not waited for.
  bool Cancel(Id id);
  // Drops what is pending and waits for a running callback. Not to be called by a callback.
  void Stop();

 private:
  struct Entry {
    Callback callback;
    std::chrono::steady_clock::duration period{0};
  };
  using Key = std::pair<std::chrono::steady_clock::time_point, Id>;

  Id Add(std::chrono::steady_clock::duration delay, Entry entry);
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Key, Entry> pending_;
  std::map<Id, Key> keys_;
  Id next_id_ = 1;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace hearth::base
