// Output files appear only when all of them are complete: they are written to a hidden directory inside the
// target and moved at the end.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "plan/executor.h"

namespace hearth::engine {

// A random version 4 UUID.
std::string RandomUuid();

class Staging {
 public:
  // Prepares writing to `target` (a local path) under a save mode. PATH_ALREADY_EXISTS when the mode forbids
  // it.
  static base::Result<Staging> Open(const std::string& target, plan::SaveMode mode);
  Staging(Staging&& other) noexcept;
  Staging& operator=(Staging&&) = delete;
  // Without a Commit nothing of the write remains.
  ~Staging();

  // The mode says that an existing target is left alone: there is nothing to do.
  bool skips() const { return skips_; }
  const std::string& directory() const { return directory_; }
  // Moves every staged file to its place under the target. With kOverwrite the old content goes first: all of
  // it, or, for `only_written_partitions`, that of the directories that get files. Then writes _SUCCESS, if
  // asked.
  base::Status Commit(bool only_written_partitions, bool mark_success);

 private:
  Staging() = default;
  void Discard();

  std::string target_;
  std::string directory_;
  plan::SaveMode mode_ = plan::SaveMode::kErrorIfExists;
  bool skips_ = false;
  bool made_target_ = false;
};

}  // namespace hearth::engine
