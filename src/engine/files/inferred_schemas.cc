#include "engine/files/inferred_schemas.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

namespace hearth::engine {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostKept = 16;
constexpr size_t kMostFiles = 1000;
constexpr uint64_t kQuicklyReadBytes = uint64_t{256} << 10;
// Longer than the step of any file system's clock.
constexpr std::chrono::seconds kSettled{3};

}  // namespace

std::optional<std::string> InferredSchemas::KeyOf(const std::string& format,
                                                  const std::vector<std::string>& paths,
                                                  const FileOptions& options) {
  if (paths.size() > kMostFiles) return std::nullopt;
  // Lengths tell where each text ends, whatever it holds.
  std::string key = format;
  const auto add = [&key](const std::string& text) { key += fmt::format("\n{}:{}", text.size(), text); };
  for (const auto& [name, value] : options) {
    add(name);
    add(value);
  }
  uint64_t bytes = 0;
  const auto settled = fs::file_time_type::clock::now() - kSettled;
  for (const std::string& path : paths) {
    std::error_code failure;
    const uint64_t size = fs::file_size(path, failure);
    if (failure) return std::nullopt;
    const auto changed = fs::last_write_time(path, failure);
    if (failure || changed > settled) return std::nullopt;
    bytes += size;
    add(path);
    key += fmt::format(" {} {}", size, changed.time_since_epoch().count());
  }
  if (bytes < kQuicklyReadBytes) return std::nullopt;
  return key;
}

plan::TypePtr InferredSchemas::Find(const std::string& key) {
  std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(kept_, key, [](const auto& entry) { return entry.first; });
  if (found == kept_.end()) return nullptr;
  std::rotate(kept_.begin(), found, found + 1);
  return kept_.front().second;
}

void InferredSchemas::Keep(std::string key, plan::TypePtr schema) {
  std::lock_guard lock(mutex_);
  kept_.emplace_front(std::move(key), std::move(schema));
  if (kept_.size() > kMostKept) kept_.pop_back();
}

}  // namespace hearth::engine
