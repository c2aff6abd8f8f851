#include "session/temporary_views.h"

#include <fmt/format.h>

#include <utility>

#include "session/catalog_store.h"

namespace hearth::session {

std::shared_ptr<const TemporaryViewMap> TemporaryViews::Snapshot() const {
  std::lock_guard lock(mutex_);
  return views_;
}

TemporaryViewPtr TemporaryViews::Find(const std::string& name) const {
  const auto views = Snapshot();
  const auto found = views->find(LowerCase(name));
  return found == views->end() ? nullptr : found->second;
}

base::Status TemporaryViews::Create(const std::string& name, TemporaryViewPtr view, bool replace) {
  const std::string key = LowerCase(name);
  std::lock_guard lock(mutex_);
  if (!replace && views_->contains(key)) {
    const std::string quoted = plan::QuoteIdentifiers(view->info.name);
    return base::MakeError(
        base::ErrorKind::kAnalysis, "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS",
        fmt::format("The temporary view {} exists already; OR REPLACE replaces it.", quoted),
        {{"relationName", quoted}});
  }
  auto next = std::make_shared<TemporaryViewMap>(*views_);
  next->insert_or_assign(key, std::move(view));
  views_ = std::move(next);
  return {};
}

bool TemporaryViews::Drop(const std::string& name) {
  const std::string key = LowerCase(name);
  std::lock_guard lock(mutex_);
  if (!views_->contains(key)) return false;
  auto next = std::make_shared<TemporaryViewMap>(*views_);
  next->erase(key);
  views_ = std::move(next);
  return true;
}

void TemporaryViews::CopyFrom(const TemporaryViews& other) {
  auto views = other.Snapshot();
  std::lock_guard lock(mutex_);
  views_ = std::move(views);
}

}  // namespace hearth::session
