#include "session/artifacts.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

namespace hearth::session {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::MakeError;

bool IsSafeName(const std::string& name) {
  const fs::path path(name);
  if (name.empty() || name.size() > 4096 || name.find('\0') != std::string::npos || path.is_absolute())
    return false;
  return std::ranges::none_of(
      path, [](const fs::path& part) { return part == ".." || part == "." || part.empty(); });
}

base::Error DiskError(const fs::path& path, const std::error_code& code) {
  base::Error error;
  error.kind = ErrorKind::kResourceExhausted;
  error.message =
      fmt::format("The artifact {} cannot be stored: {}.", path.filename().string(), code.message());
  return error;
}

bool HaveSameContent(const fs::path& left, const fs::path& right) {
  std::error_code ignored;
  if (fs::file_size(left, ignored) != fs::file_size(right, ignored)) return false;
  std::ifstream first(left, std::ios::binary);
  std::ifstream second(right, std::ios::binary);
  return std::equal(std::istreambuf_iterator<char>(first), std::istreambuf_iterator<char>(),
                    std::istreambuf_iterator<char>(second));
}

}  // namespace

Artifacts::~Artifacts() {
  std::error_code ignored;
  if (bytes_ > 0 || !names_.empty() || next_upload_ > 0) fs::remove_all(directory_, ignored);
}

base::Status Artifacts::MakeDirectory(const fs::path& directory) {
  std::error_code code;
  fs::create_directories(directory, code);
  if (code) return DiskError(directory, code);
  return {};
}

base::Result<std::unique_ptr<Artifacts::Upload>> Artifacts::Begin(const std::string& name) {
  if (!IsSafeName(name)) {
    return MakeError(
        ErrorKind::kRuntime, "INVALID_ARTIFACT_PATH",
        fmt::format(
            "{} is no name for an artifact: it must be a relative path that does not leave its folder.",
            name),
        {{"name", name}});
  }
  fs::path path;
  {
    std::lock_guard lock(mutex_);
    path = directory_ / "uploads" / std::to_string(next_upload_++);
  }
  HEARTH_RETURN_IF_ERROR(MakeDirectory(path.parent_path()));
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return DiskError(path, std::error_code(errno, std::generic_category()));
  return std::unique_ptr<Upload>(new Upload(*this, name, path, file));
}

base::Status Artifacts::Upload::Append(std::string_view bytes) {
  {
    std::lock_guard lock(owner_.mutex_);
    if (owner_.bytes_ + static_cast<int64_t>(bytes.size()) > owner_.limit_bytes_) {
      base::Error error;
      error.kind = ErrorKind::kResourceExhausted;
      error.message = fmt::format("The artifacts of a session can hold {} bytes.", owner_.limit_bytes_);
      return error;
    }
    owner_.bytes_ += static_cast<int64_t>(bytes.size());
  }
  bytes_ += static_cast<int64_t>(bytes.size());
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
    return DiskError(path_, std::error_code(errno, std::generic_category()));
  }
  return {};
}

Artifacts::Upload::~Upload() {
  if (file_ != nullptr) std::fclose(file_);
  std::error_code ignored;
  fs::remove(path_, ignored);
  if (bytes_ == 0) return;
  std::lock_guard lock(owner_.mutex_);
  owner_.bytes_ -= bytes_;
}

base::Status Artifacts::Commit(std::unique_ptr<Upload> upload) {
  if (std::fclose(std::exchange(upload->file_, nullptr)) != 0) {
    return DiskError(upload->path_, std::error_code(errno, std::generic_category()));
  }
  const fs::path target = directory_ / "artifacts" / upload->name_;
  HEARTH_RETURN_IF_ERROR(MakeDirectory(target.parent_path()));
  {
    std::lock_guard lock(mutex_);
    if (names_.contains(upload->name_)) {
      if (HaveSameContent(upload->path_, target)) return {};
      return MakeError(
          ErrorKind::kRuntime, "ARTIFACT_ALREADY_EXISTS",
          fmt::format("There is another artifact {} already, and it cannot be overwritten.", upload->name_),
          {{"normalizedRemoteRelativePath", upload->name_}});
    }
    std::error_code code;
    fs::rename(upload->path_, target, code);
    if (code) return DiskError(target, code);
    names_.insert(upload->name_);
    upload->bytes_ = 0;  // now the store's
  }
  return {};
}

bool Artifacts::Has(const std::string& name) const {
  std::lock_guard lock(mutex_);
  return names_.contains(name);
}

bool Artifacts::empty() const {
  std::lock_guard lock(mutex_);
  return names_.empty();
}

void Artifacts::Remove(const std::string& name) {
  std::lock_guard lock(mutex_);
  if (names_.erase(name) == 0) return;
  const fs::path path = directory_ / "artifacts" / name;
  std::error_code code;
  const auto size = fs::file_size(path, code);
  if (!code) bytes_ = std::max<int64_t>(0, bytes_ - static_cast<int64_t>(size));
  fs::remove(path, code);
}

std::optional<fs::path> Artifacts::Find(const std::string& name) const {
  if (!Has(name)) return std::nullopt;
  return directory_ / "artifacts" / name;
}

std::optional<std::string> Artifacts::ReadCached(const std::string& hash) const {
  const auto path = Find("cache/" + hash);
  if (!path) return std::nullopt;
  std::ifstream file(*path, std::ios::binary);
  std::error_code code;
  std::string content(fs::file_size(*path, code), '\0');
  if (code || !file.read(content.data(), static_cast<std::streamsize>(content.size()))) return std::nullopt;
  return content;
}

void Artifacts::CopyFrom(const Artifacts& other) {
  std::scoped_lock lock(mutex_, other.mutex_);
  for (const std::string& name : other.names_) {
    const fs::path target = directory_ / "artifacts" / name;
    std::error_code code;
    fs::create_directories(target.parent_path(), code);
    fs::create_hard_link(other.directory_ / "artifacts" / name, target, code);
    if (!code) names_.insert(name);
  }
}

}  // namespace hearth::session
