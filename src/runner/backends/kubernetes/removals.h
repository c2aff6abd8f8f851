// Attempts that were removed: a creation that comes late is undone. Remembered for as long as a request can
// be under way.
#pragma once

#include <chrono>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace hearth::runner::kubernetes {

// Thread-safe.
class Removals {
 public:
  void Forbid(const std::string& token) {
    std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    forbidden_[token] = now;
    order_.emplace_back(now, token);
    while (!order_.empty() && (now - order_.front().first > kAge || order_.size() > kMost)) {
      const auto found = forbidden_.find(order_.front().second);
      if (found != forbidden_.end() && found->second == order_.front().first) forbidden_.erase(found);
      order_.pop_front();
    }
  }
  // Somebody asks for it anew.
  void Allow(const std::string& token) {
    std::lock_guard lock(mutex_);
    forbidden_.erase(token);
  }
  bool IsForbidden(const std::string& token) const {
    std::lock_guard lock(mutex_);
    return forbidden_.contains(token);
  }

 private:
  static constexpr auto kAge = std::chrono::minutes(15);
  static constexpr size_t kMost = 100'000;

  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::chrono::steady_clock::time_point> forbidden_;
  std::deque<std::pair<std::chrono::steady_clock::time_point, std::string>> order_;
};

}  // namespace hearth::runner::kubernetes
