#include "engine/write/staging.h"

#include <filesystem>
#include <fstream>
#include <random>
#include <set>

#include "engine/files/paths.h"

namespace hearth::engine {

namespace fs = std::filesystem;

namespace {

base::Error WriteFailed(const std::string& path, const std::error_code& error) {
  return base::MakeError(base::ErrorKind::kSpark, "TASK_WRITE_FAILED",
                         "Writing " + PrintedPath(path) + " failed: " + error.message(),
                         {{"path", PrintedPath(path)}});
}

std::vector<fs::path> FilesBelow(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(directory, error);
       entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->is_regular_file(error)) files.push_back(entry->path());
  }
  return files;
}

}  // namespace

std::string RandomUuid() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::random_device random;
  std::string uuid;
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) uuid.push_back('-');
    unsigned digit = random() & 15U;
    if (i == 12) digit = 4;
    if (i == 16) digit = 8 | (digit & 3U);
    uuid.push_back(kHex[digit]);
  }
  return uuid;
}

base::Result<Staging> Staging::Open(const std::string& target, plan::SaveMode mode) {
  Staging staging;
  staging.target_ = target;
  staging.mode_ = mode;
  std::error_code error;
  if (fs::exists(target, error)) {
    if (mode == plan::SaveMode::kErrorIfExists) {
      return base::MakeError(
          base::ErrorKind::kAnalysis, "PATH_ALREADY_EXISTS",
          "The path " + PrintedPath(target) + " exists already; choose the mode overwrite or append.",
          {{"outputPath", PrintedPath(target)}});
    }
    staging.skips_ = mode == plan::SaveMode::kIgnore;
  } else {
    staging.made_target_ = true;
  }
  if (staging.skips_) return staging;
  staging.directory_ = target + "/_temporary-" + RandomUuid();
  fs::create_directories(staging.directory_, error);
  if (error) return WriteFailed(staging.directory_, error);
  return staging;
}

Staging::Staging(Staging&& other) noexcept
    : target_(std::move(other.target_)),
      directory_(std::exchange(other.directory_, {})),
      mode_(other.mode_),
      skips_(other.skips_),
      made_target_(other.made_target_) {}

Staging::~Staging() { Discard(); }

void Staging::Discard() {
  if (directory_.empty()) return;
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
  // A directory that only this write made; stays when it is not empty.
  if (made_target_) fs::remove(target_, ignored);
  directory_.clear();
}

base::Status Staging::Commit(bool only_written_partitions, bool mark_success) {
  std::error_code error;
  const auto staged = FilesBelow(directory_);
  if (mode_ == plan::SaveMode::kOverwrite) {
    std::set<fs::path> written;
    for (const auto& file : staged)
      written.insert(fs::path(target_) / file.lexically_relative(directory_).parent_path());
    if (only_written_partitions) {
      for (const auto& directory : written) {
        if (directory != fs::path(target_)) fs::remove_all(directory, error);
      }
    } else {
      for (const auto& entry : fs::directory_iterator(target_, error)) {
        if (entry.path() != fs::path(directory_)) fs::remove_all(entry.path(), error);
      }
    }
    if (error) return WriteFailed(target_, error);
  }
  for (const auto& file : staged) {
    const fs::path place = fs::path(target_) / file.lexically_relative(directory_);
    fs::create_directories(place.parent_path(), error);
    if (!error) fs::rename(file, place, error);
    if (error) return WriteFailed(place.string(), error);
  }
  made_target_ = false;
  Discard();
  if (mark_success) std::ofstream(target_ + "/_SUCCESS", std::ios::trunc);
  return {};
}

}  // namespace hearth::engine
