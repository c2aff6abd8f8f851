// One client session: identity, settings, journal, views, current place in the catalogue, artifacts, operations, and the engine
// that answers it.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/thread_pool.h"
#include "plan/executor.h"
#include "session/configuration.h"
#include "session/error_log.h"
#include "session/identity.h"
#include "session/journal.h"
#include "session/operations.h"

namespace hearth::session {

// What all sessions of a process share. Everything here outlives every session.
struct SessionEnvironment {
  plan::Engine& engine;
  base::ThreadPool& executor;  // steps of operations
  const base::Clock& clock;
  Configuration::Values server_settings;
  Operations::Limits operation_limits;
};

// Made by SessionManager, shared by the requests and operations that use it. Thread-safe.
class Session {
 public:
  Session(SessionKey key, const SessionEnvironment& environment);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const SessionKey& key() const { return key_; }
  // Chosen by the server at creation: a client that sees another one knows that its session is gone.
  const std::string& server_side_id() const { return server_side_id_; }

  Configuration& configuration() { return configuration_; }
  const Configuration& configuration() const { return configuration_; }
  Journal& journal() { return journal_; }
  Operations& operations() { return operations_; }
  ErrorLog& errors() { return errors_; }
  plan::Executor& executor() { return *executor_; }
  base::ThreadPool& threads() { return environment_.executor; }
  const base::Clock& clock() const { return environment_.clock; }

  // Settings go through here so that the journal knows of them.
  base::Status SetSetting(const std::string& key, std::string value);
  base::Status UnsetSetting(const std::string& key);
  void ResetSettings();

  // Some request of the client arrived.
  void Touch() { last_used_.store(environment_.clock.Steady()); }
  std::chrono::steady_clock::time_point last_used() const { return last_used_.load(); }

  // Takes over the state of another session; before anybody else sees this one.
  void CopyFrom(const Session& other);
  // Ends every operation; the session is not used for new ones.
  void Close();

 private:
  const SessionKey key_;
  const std::string server_side_id_;
  const SessionEnvironment& environment_;
  Configuration configuration_;
  Journal journal_;
  ErrorLog errors_;
  const std::unique_ptr<plan::Executor> executor_;
  Operations operations_;
  std::atomic<std::chrono::steady_clock::time_point> last_used_;
};

}  // namespace hearth::session
