// Where sessions may write, for runs that must change nothing else: sandboxes and tests.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/executor.h"

namespace hearth::session {

// Every write of a session asks it: rows through the executor that Guarded returns, tables' folders through
// session/commands/table_files.h. Thread-safe.
class WriteGuard {
 public:
  enum class Mode {
    kSandbox,  // writes elsewhere are errors
    kDry,      // writes elsewhere are left out, and no rows are written anywhere
  };
  // `root` exists.
  WriteGuard(Mode mode, const std::filesystem::path& root);

  Mode mode() const { return mode_; }
  // A path as the file system understands it. True: go on. False: leave it out and tell nobody. Error: the
  // place, named as it was given and, behind links and "..", as it is.
  base::Result<bool> Admit(const std::string& path);
  // As Admit, for the rows that a sink writes; what was admitted is remembered.
  base::Result<bool> AdmitRows(const plan::FileSink& sink);

  // What rows went to, in order, each place once: the last write's format and options.
  std::vector<plan::FileSink> written() const;
  // Places that were refused, each once.
  std::vector<std::string> refused() const;

 private:
  bool Holds(const std::filesystem::path& path) const;
  base::Error Refuse(const std::string& given, const std::filesystem::path& real);

  const Mode mode_;
  const std::filesystem::path root_;
  mutable std::mutex mutex_;
  std::vector<plan::FileSink> written_;
  std::vector<std::string> refused_;
};

// An executor whose writes ask the guard, which may be null.
std::unique_ptr<plan::Executor> Guarded(std::unique_ptr<plan::Executor> executor, WriteGuard* guard);

// The place behind all links and ".." of an absolute path, whether it exists or not; empty for links in a
// circle.
std::filesystem::path RealPlace(const std::filesystem::path& path);

}  // namespace hearth::session
