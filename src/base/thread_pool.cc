#include "base/thread_pool.h"

#include <pthread.h>

#include <limits>
#include <utility>

namespace hearth::base {

ThreadPool::ThreadPool(std::string name, int threads, size_t queue_limit)
    : name_(std::move(name)),
      maximum_threads_(threads > 0 ? static_cast<size_t>(threads) : 1),
      queue_limit_(queue_limit) {
  // Who finds the lock free finds the pool whole, however it was told of it.
  std::lock_guard lock(mutex_);
}

ThreadPool::~ThreadPool() { Stop(); }

bool ThreadPool::Post(Task task) { return Enqueue(std::move(task), queue_limit_); }

bool ThreadPool::PostContinuation(Task task) {
  return Enqueue(std::move(task), std::numeric_limits<size_t>::max());
}

bool ThreadPool::Enqueue(Task task, size_t limit) {
  {
    std::lock_guard lock(mutex_);
    if (stopped_) return false;
    const bool thread_is_free = waiting_threads_ > queue_.size() || threads_.size() < maximum_threads_;
    if (!thread_is_free && queue_.size() >= limit) return false;
    queue_.push_back(std::move(task));
    if (waiting_threads_ < queue_.size() && threads_.size() < maximum_threads_) {
      StartThread();
    }
  }
  // Without the lock, which the woken thread takes first.
  work_.notify_one();
  return true;
}

void ThreadPool::StartThread() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread{};
  auto run = [](void* pool) -> void* {
    static_cast<ThreadPool*>(pool)->Run();
    return nullptr;
  };
  // Without another thread the task waits for one of those that run.
  if (pthread_create(&thread, &attributes, run, this) == 0) threads_.push_back(thread);
  pthread_attr_destroy(&attributes);
}

void ThreadPool::Run() {
  std::unique_lock lock(mutex_);
  pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
  while (true) {
    ++waiting_threads_;
    work_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
    --waiting_threads_;
    if (stopped_) return;
    Task task = std::move(queue_.front());
    queue_.pop_front();
    ++running_tasks_;
    lock.unlock();
    task();
    // What the task captured dies before it counts as done.
    task = nullptr;
    lock.lock();
    --running_tasks_;
    if (running_tasks_ == 0 && queue_.empty()) idle_.notify_all();
  }
}

bool ThreadPool::WaitUntilIdle(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return idle_.wait_until(lock, deadline, [this] { return running_tasks_ == 0 && queue_.empty(); });
}

void ThreadPool::Stop() {
  std::deque<Task> dropped;
  std::vector<pthread_t> threads;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(queue_);
    threads.swap(threads_);
  }
  work_.notify_all();
  idle_.notify_all();
  for (pthread_t thread : threads) pthread_join(thread, nullptr);
}

}  // namespace hearth::base
