#include "runner/backends/kubernetes/event_folder.h"

#include <system_error>
#include <utility>

#include "runner/backends/kubernetes/names.h"
#include "runner/event_log.h"

namespace hearth::runner::kubernetes {
namespace {

namespace fs = std::filesystem;

// As long as a look at an attempt may take.
constexpr std::chrono::seconds kReadTime{4};

}  // namespace

EventFolder::EventFolder(const ClusterSettings& cluster, const std::string& token) {
  if (!cluster.event_log.path.empty()) path_ = fs::path(cluster.event_log.path) / AttemptLabel(token);
}

bool EventFolder::Make() const {
  if (path_.empty()) return false;
  std::error_code code;
  fs::create_directory(path_, code);
  // Drivers are other users. Their logs are for them and their group, which is that of this folder: ours.
  if (!code) fs::permissions(path_, fs::perms::all | fs::perms::set_gid, code);
  return !code;
}

void EventFolder::RemoveIfEmpty() const {
  std::error_code ignored;
  if (!path_.empty()) fs::remove(path_, ignored);
}

void EventFolder::Remove() const {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

void EventFolder::ReadInto(Outcome* outcome) const {
  if (path_.empty()) return;
  EventLog log = ReadEventLogs(path_, kReadTime);
  outcome->metrics.merge(log.metrics);
  outcome->written = std::move(log.written);
}

}  // namespace hearth::runner::kubernetes
