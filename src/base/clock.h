// Time as a thing that is handed in, so that tests move it by hand.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace hearth::base {

class Clock {
 public:
  virtual ~Clock() = default;
  // Microseconds since 1970-01-01 UTC.
  virtual int64_t NowMicroseconds() const = 0;
  // Never goes back; for timeouts and ages.
  virtual std::chrono::steady_clock::time_point Steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  int64_t NowMicroseconds() const override {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  std::chrono::steady_clock::time_point Steady() const override { return std::chrono::steady_clock::now(); }
};

// Stands still until it is moved. Thread-safe.
class ManualClock final : public Clock {
 public:
  int64_t NowMicroseconds() const override {
    std::lock_guard lock(mutex_);
    return std::chrono::duration_cast<std::chrono::microseconds>(steady_.time_since_epoch()).count();
  }
  std::chrono::steady_clock::time_point Steady() const override {
    std::lock_guard lock(mutex_);
    return steady_;
  }
  void Advance(std::chrono::steady_clock::duration step) {
    std::lock_guard lock(mutex_);
    steady_ += step;
  }

 private:
  mutable std::mutex mutex_;
  std::chrono::steady_clock::time_point steady_{std::chrono::hours(1)};
};

}  // namespace hearth::base
