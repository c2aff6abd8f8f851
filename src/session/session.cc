#include "session/session.h"

#include <utility>

#include "base/uuid.h"

namespace hearth::session {

Session::Session(SessionKey key, const SessionEnvironment& environment)
    : key_(std::move(key)),
      server_side_id_(base::RandomUuid()),
      environment_(environment),
      configuration_(environment.server_settings),
      errors_(environment.clock),
      artifacts_(environment.artifact_directory / server_side_id_, environment.artifact_bytes),
      executor_(Guarded(environment.engine.NewExecutor(), environment.write_guard)),
      operations_(environment.operation_limits, environment.clock),
      last_used_(environment.clock.Steady()) {}

void KeptNames::Add(const std::string& name, std::string note) {
  std::lock_guard lock(mutex_);
  // What is kept already stays as it is.
  if (names_.size() < kLimit) names_.emplace(name, std::move(note));
}

bool KeptNames::Remove(const std::string& name) {
  std::lock_guard lock(mutex_);
  return names_.erase(name) > 0;
}

std::optional<std::string> KeptNames::Find(const std::string& name) const {
  std::lock_guard lock(mutex_);
  const auto found = names_.find(name);
  return found == names_.end() ? std::nullopt : std::optional(found->second);
}

void KeptNames::Clear() {
  std::lock_guard lock(mutex_);
  names_.clear();
}

Session::~Session() { Close(); }

base::Status Session::SetSetting(const std::string& key, std::string value) {
  HEARTH_RETURN_IF_ERROR(configuration_.Set(key, value));
  journal_.Record(JournalAct::kSetSetting, key, JournalForm::kText, std::move(value));
  return {};
}

base::Status Session::UnsetSetting(const std::string& key) {
  HEARTH_RETURN_IF_ERROR(configuration_.Unset(key));
  journal_.Record(JournalAct::kUnsetSetting, key);
  return {};
}

void Session::ResetSettings() {
  configuration_.Reset();
  journal_.Record(JournalAct::kResetSettings, "");
}

std::string Session::current_database() const {
  std::lock_guard lock(place_mutex_);
  return current_database_;
}

void Session::UseDatabase(const std::string& name) {
  {
    std::lock_guard lock(place_mutex_);
    current_database_ = LowerCase(name);
  }
  journal_.Record(JournalAct::kUseDatabase, LowerCase(name));
}

std::shared_ptr<NameLookup> Session::Names() {
  NameLookup::Scope scope{views_.Snapshot(), environment_.global_views.Snapshot(), current_database()};
  return std::make_shared<NameLookup>(std::move(scope), environment_.catalog, executor_->files());
}

void Session::CopyFrom(const Session& other) {
  views_.CopyFrom(other.views_);
  artifacts_.CopyFrom(other.artifacts_);
  {
    std::scoped_lock lock(place_mutex_, other.place_mutex_);
    current_database_ = other.current_database_;
  }
  configuration_.CopyFrom(other.configuration_);
  journal_.CopyFrom(other.journal_);
}

void Session::Close() { operations_.CloseAll(); }

}  // namespace hearth::session
