#include "session/journal.h"

#include <set>
#include <utility>

namespace hearth::session {
namespace {

// Acts of one group and subject replace one another, whatever stands between them. Views and functions are
// not among them: what was made in between may have been built on the older one.
std::string ReplacementGroup(const JournalEntry& entry) {
  switch (entry.act) {
    case JournalAct::kSetSetting:
    case JournalAct::kUnsetSetting:
      return "setting:" + entry.subject;
    case JournalAct::kUseDatabase:
      return "database";
    case JournalAct::kUseCatalog:
      return "catalog";
    case JournalAct::kResetSettings:
    case JournalAct::kCreateView:
    case JournalAct::kDropView:
    case JournalAct::kRegisterFunction:
    case JournalAct::kAddArtifact:
      return "";
  }
  return "";
}

}  // namespace

void Journal::Record(JournalAct act, std::string subject, JournalForm form, std::string payload) {
  std::lock_guard lock(mutex_);
  if (!is_complete_) return;
  entries_.push_back({next_number_++, act, std::move(subject), form, std::move(payload)});
  bytes_ += entries_.back().bytes();
  if (!IsFull()) return;
  Compact();
  if (!IsFull()) return;
  bytes_ -= entries_.back().bytes();
  entries_.pop_back();
  is_complete_ = false;
}

void Journal::Compact() {
  std::set<std::string> replaced;
  std::deque<JournalEntry> kept;
  bytes_ = 0;
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    const std::string group = ReplacementGroup(*entry);
    if (!group.empty() && !replaced.insert(group).second) continue;
    bytes_ += entry->bytes();
    kept.push_front(std::move(*entry));
  }
  entries_ = std::move(kept);
}

std::vector<JournalEntry> Journal::Entries() const {
  std::lock_guard lock(mutex_);
  return {entries_.begin(), entries_.end()};
}

bool Journal::is_complete() const {
  std::lock_guard lock(mutex_);
  return is_complete_;
}

void Journal::CopyFrom(const Journal& other) {
  std::scoped_lock lock(mutex_, other.mutex_);
  entries_ = other.entries_;
  bytes_ = other.bytes_;
  next_number_ = other.next_number_;
  is_complete_ = other.is_complete_;
}

}  // namespace hearth::session
