#include "session/write_guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "session/passing_executor.h"

namespace hearth::session {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;  // as the kernel

// As the engine reads the path of a sink: "file:/x" and "file:///x" are /x, ".." goes before links are
// followed. Empty: another file system.
fs::path SinkPlace(const std::string& path) {
  const size_t colon = path.find(':');
  const size_t slash = path.find('/');
  std::string rest = path;
  if (colon != std::string::npos && colon > 0 && slash == colon + 1) {
    if (path.substr(0, colon) != "file") return {};
    rest = path.substr(colon + 1);
    rest.erase(0, std::min(rest.find_first_not_of('/'), rest.size()));
    rest.insert(0, 1, '/');
  }
  std::error_code code;
  return fs::absolute(rest.empty() ? "." : rest, code).lexically_normal();
}

class GuardedExecutor final : public PassingExecutor {
 public:
  GuardedExecutor(std::unique_ptr<plan::Executor> executor, WriteGuard& guard)
      : PassingExecutor(std::move(executor)), guard_(guard) {}

  base::Result<int64_t> Write(const plan::RelationPtr& plan, const plan::FileSink& sink,
                              const plan::ExecutionOptions& options, std::stop_token stop) override {
    if (guard_.mode() == WriteGuard::Mode::kDry) return int64_t{0};
    if (sink.format != "noop") HEARTH_RETURN_IF_ERROR(guard_.AdmitRows(sink));
    return PassingExecutor::Write(plan, sink, options, std::move(stop));
  }

 private:
  WriteGuard& guard_;
};

}  // namespace

fs::path RealPlace(const fs::path& path) {
  std::deque<std::string> open;
  for (const fs::path& part : path) open.push_back(part.string());
  fs::path place = "/";
  int links = 0;
  while (!open.empty()) {
    const std::string part = open.front();
    open.pop_front();
    if (part.empty() || part == "." || part == "/") continue;
    if (part == "..") {
      place = place.parent_path();
      continue;
    }
    std::error_code code;
    const fs::path next = place / part;
    if (!fs::is_symlink(fs::symlink_status(next, code))) {
      place = next;
      continue;
    }
    if (++links > kMostLinks) return {};
    const fs::path target = fs::read_symlink(next, code);
    if (code) return {};
    if (target.is_absolute()) place = "/";
    std::deque<std::string> parts;
    for (const fs::path& piece : target) parts.push_back(piece.string());
    open.insert(open.begin(), parts.begin(), parts.end());
  }
  return place;
}

WriteGuard::WriteGuard(Mode mode, const fs::path& root) : mode_(mode), root_(RealPlace(fs::absolute(root))) {}

bool WriteGuard::Holds(const fs::path& path) const {
  const auto [end, other] = std::mismatch(root_.begin(), root_.end(), path.begin(), path.end());
  (void)other;
  return end == root_.end();
}

base::Error WriteGuard::Refuse(const std::string& given, const fs::path& real) {
  {
    std::lock_guard lock(mutex_);
    if (std::ranges::find(refused_, given) == refused_.end()) refused_.push_back(given);
  }
  const std::string behind = real.empty() || real == given ? "" : fmt::format(" ({})", real.string());
  return base::MakeError(
      base::ErrorKind::kAnalysis, "",
      fmt::format("The sandbox refuses to write to {}{}: a sandbox run writes only below {}.", given, behind,
                  root_.string()));
}

base::Result<bool> WriteGuard::Admit(const std::string& path) {
  std::error_code code;
  const fs::path real = RealPlace(fs::absolute(path, code));
  if (!real.empty() && Holds(real)) return true;
  if (mode_ == Mode::kDry) return false;
  return Refuse(path, real);
}

base::Result<bool> WriteGuard::AdmitRows(const plan::FileSink& sink) {
  const fs::path place = SinkPlace(sink.path);
  if (place.empty()) return Refuse(sink.path, {});
  const fs::path real = RealPlace(place);
  if (real.empty() || !Holds(real)) return Refuse(sink.path, real);
  // Partitions and files are moved into what is there: a link inside must not lead out.
  std::error_code code;
  for (fs::recursive_directory_iterator entry(real, code), end; !code && entry != end;
       entry.increment(code)) {
    if (!entry->is_symlink(code)) continue;
    const fs::path behind = RealPlace(entry->path());
    if (behind.empty() || !Holds(behind)) return Refuse(entry->path().string(), behind);
  }
  std::lock_guard lock(mutex_);
  std::erase_if(written_, [&](const plan::FileSink& other) { return other.path == real.string(); });
  written_.push_back(sink);
  written_.back().path = real.string();
  return true;
}

std::vector<plan::FileSink> WriteGuard::written() const {
  std::lock_guard lock(mutex_);
  return written_;
}

std::vector<std::string> WriteGuard::refused() const {
  std::lock_guard lock(mutex_);
  return refused_;
}

std::unique_ptr<plan::Executor> Guarded(std::unique_ptr<plan::Executor> executor, WriteGuard* guard) {
  if (guard == nullptr) return executor;
  return std::make_unique<GuardedExecutor>(std::move(executor), *guard);
}

}  // namespace hearth::session
