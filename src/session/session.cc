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
      executor_(environment.engine.NewExecutor()),
      operations_(environment.operation_limits, environment.clock),
      last_used_(environment.clock.Steady()) {}

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

void Session::CopyFrom(const Session& other) {
  configuration_.CopyFrom(other.configuration_);
  journal_.CopyFrom(other.journal_);
}

void Session::Close() { operations_.CloseAll(); }

}  // namespace hearth::session
