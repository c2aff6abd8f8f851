// Files and data that a client uploaded into its session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"

namespace hearth::session {

// Kept in a directory of the session's own, which goes when the session goes. Names are relative paths
// ("files/a.txt", "cache/<hash>"). Thread-safe.
class Artifacts {
 public:
  class Upload;

  // `directory` is made when the first artifact comes.
  Artifacts(std::filesystem::path directory, int64_t limit_bytes)
      : directory_(std::move(directory)), limit_bytes_(limit_bytes) {}
  ~Artifacts();
  Artifacts(const Artifacts&) = delete;
  Artifacts& operator=(const Artifacts&) = delete;

  // Nothing is visible before Commit. Error: INVALID_ARTIFACT_PATH.
  base::Result<std::unique_ptr<Upload>> Begin(const std::string& name);
  // The same content twice is fine. Error: ARTIFACT_ALREADY_EXISTS for another one.
  base::Status Commit(std::unique_ptr<Upload> upload);

  bool Has(const std::string& name) const;
  std::optional<std::filesystem::path> Find(const std::string& name) const;
  // The content of cache/<hash>.
  std::optional<std::string> ReadCached(const std::string& hash) const;
  bool empty() const;
  // Does nothing when there is none of that name.
  void Remove(const std::string& name);

  void CopyFrom(const Artifacts& other);

 private:
  base::Status MakeDirectory(const std::filesystem::path& directory);

  const std::filesystem::path directory_;
  const int64_t limit_bytes_;
  mutable std::mutex mutex_;
  std::set<std::string> names_;
  int64_t bytes_ = 0;  // stored and being uploaded
  uint64_t next_upload_ = 0;
};

// One file on its way. Used by one thread at a time; the artifacts outlive it.
class Artifacts::Upload {
 public:
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  const std::string& name() const { return name_; }
  // Errors: kResourceExhausted when the session's artifacts would become too large, or the disk is full.
  base::Status Append(std::string_view bytes);

 private:
  friend class Artifacts;
  Upload(Artifacts& owner, std::string name, std::filesystem::path path, std::FILE* file)
      : owner_(owner), name_(std::move(name)), path_(std::move(path)), file_(file) {}

  Artifacts& owner_;
  const std::string name_;
  const std::filesystem::path path_;
  std::FILE* file_;
  int64_t bytes_ = 0;
};

}  // namespace hearth::session
