// A fixed number of named threads behind a bounded queue.
#pragma once

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace hearth::base {

// Threads start when the first task needs them and live until Stop. Tasks start in the order of posting and
// must not throw. Thread-safe. The owner stops the pool before anything that its tasks use is destroyed.
class ThreadPool {
 public:
  using Task = std::function<void()>;
  // Plans are walked recursively and may be nested thousands of levels deep. Only what is touched takes
  // memory.
  static constexpr size_t kStackBytes = size_t{256} << 20;

  // `queue_limit`: how many tasks may wait for a thread.
  ThreadPool(std::string name, int threads, size_t queue_limit);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // New work. False, and the task is dropped, when the queue is full or the pool stopped.
  [[nodiscard]] bool Post(Task task);
  // The next step of work that was admitted before: not counted against the queue limit, because whoever
  // admitted the work bounds how many there are. False only when the pool has stopped.
  bool PostContinuation(Task task);

  // Waits until no task runs or waits; false when the deadline passes first.
  bool WaitUntilIdle(std::chrono::steady_clock::time_point deadline);
  // Drops waiting tasks, waits for running ones, ends the threads. Later posts are refused. Not to be called
  // by a task.
  void Stop();

 private:
  bool Enqueue(Task task, size_t limit);
  void StartThread();
  void Run();

  const std::string name_;
  const size_t maximum_threads_;
  const size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable idle_;
  std::deque<Task> queue_;
  std::vector<pthread_t> threads_;
  size_t waiting_threads_ = 0;
  size_t running_tasks_ = 0;
  bool stopped_ = false;
};

}  // namespace hearth::base
