#include "session/error_log.h"

#include <algorithm>
#include <utility>

#include "base/uuid.h"

namespace hearth::session {

std::string ErrorLog::Add(std::shared_ptr<const base::Error> error) {
  std::string id = base::RandomUuid();
  std::lock_guard lock(mutex_);
  entries_.push_back({id, std::move(error), clock_.Steady()});
  if (entries_.size() > kLimit) entries_.pop_front();
  return id;
}

std::shared_ptr<const base::Error> ErrorLog::Take(const std::string& id) {
  std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(entries_, id, &Entry::id);
  if (found == entries_.end()) return nullptr;
  std::shared_ptr<const base::Error> error =
      clock_.Steady() - found->since < kLifetime ? found->error : nullptr;
  entries_.erase(found);
  return error;
}

}  // namespace hearth::session
