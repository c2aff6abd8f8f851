// Schemas that nobody gave and that reading the files told, kept for as long as the files stay as they are:
// every step of a client names the files again, and reading them all each time would cost more than the
// query.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/files/format.h"

namespace hearth::engine {

// Those of one session. Thread-safe.
class InferredSchemas {
 public:
  // Names the answer by format, options and each file's path, size and time of change. None for files that
  // are read quickly, that are many, or that changed so lately that their time may not tell the next change.
  static std::optional<std::string> KeyOf(const std::string& format, const std::vector<std::string>& paths,
                                          const FileOptions& options);

  // Null when it is not kept.
  plan::TypePtr Find(const std::string& key);
  void Keep(std::string key, plan::TypePtr schema);

 private:
  std::mutex mutex_;
  std::deque<std::pair<std::string, plan::TypePtr>> kept_;  // newest first
};

}  // namespace hearth::engine
