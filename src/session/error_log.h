// Errors of a session, kept for a while so that a client can fetch what did not fit into a status.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace hearth::session {

// Thread-safe. At most `kLimit` errors, each for `kLifetime`, each given out once (as in Spark).
class ErrorLog {
 public:
  static constexpr size_t kLimit = 20;
  static constexpr std::chrono::seconds kLifetime{60};

  explicit ErrorLog(const base::Clock& clock) : clock_(clock) {}

  // The id under which the error can be taken.
  std::string Add(std::shared_ptr<const base::Error> error);
  // Null when it is unknown, too old, or was taken.
  std::shared_ptr<const base::Error> Take(const std::string& id);

 private:
  struct Entry {
    std::string id;
    std::shared_ptr<const base::Error> error;
    std::chrono::steady_clock::time_point since;
  };

  const base::Clock& clock_;
  std::mutex mutex_;
  std::deque<Entry> entries_;
};

}  // namespace hearth::session
