// One client session: identity, settings, journal, views, current place in the catalogue, artifacts,
// operations, and the engine that answers it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/thread_pool.h"
#include "plan/executor.h"
#include "session/artifacts.h"
#include "session/catalog_store.h"
#include "session/configuration.h"
#include "session/error_log.h"
#include "session/identity.h"
#include "session/journal.h"
#include "session/name_lookup.h"
#include "session/operations.h"
#include "session/temporary_views.h"
#include "session/write_guard.h"

namespace hearth::session {

// A bounded set of texts, each with a note. Thread-safe.
class KeptNames {
 public:
  void Add(const std::string& name, std::string note = {});
  bool Remove(const std::string& name);
  bool Has(const std::string& name) const { return Find(name).has_value(); }
  std::optional<std::string> Find(const std::string& name) const;
  void Clear();

 private:
  static constexpr size_t kLimit = 10000;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> names_;
};

// What all sessions of a process share. Everything here outlives every session.
struct SessionEnvironment {
  plan::Engine& engine;
  CatalogStore& catalog;
  TemporaryViews& global_views;
  base::ThreadPool& executor;  // steps of operations
  const base::Clock& clock;
  Configuration::Values server_settings;
  Operations::Limits operation_limits;
  std::filesystem::path artifact_directory;   // one folder a session below it
  std::string process_user;                   // who owns what sessions make, and current_user()
  int64_t artifact_bytes = int64_t{4} << 30;  // of one session
  WriteGuard* write_guard = nullptr;          // null: writes go anywhere
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
  Artifacts& artifacts() { return artifacts_; }
  plan::Executor& executor() { return *executor_; }
  base::ThreadPool& threads() { return environment_.executor; }
  const std::string& process_user() const { return environment_.process_user; }
  const base::Clock& clock() const { return environment_.clock; }
  WriteGuard* write_guard() const { return environment_.write_guard; }

  TemporaryViews& views() { return views_; }
  TemporaryViews& global_views() { return environment_.global_views; }
  CatalogStore& catalog() { return environment_.catalog; }
  std::string current_database() const;
  // The database exists; the caller has looked.
  void UseDatabase(const std::string& name);
  // Names as they are now.
  std::shared_ptr<NameLookup> Names();
  // What the user asked to keep in memory (persist, CACHE TABLE): remembered and told back, nothing more,
  // because the engine needs no such hint. Keys are full names, or the fingerprints of relations.
  KeptNames& kept() { return kept_; }

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
  TemporaryViews views_;
  KeptNames kept_;
  mutable std::mutex place_mutex_;
  std::string current_database_{kDefaultDatabase};
  ErrorLog errors_;
  Artifacts artifacts_;
  const std::unique_ptr<plan::Executor> executor_;
  Operations operations_;
  std::atomic<std::chrono::steady_clock::time_point> last_used_;
};

}  // namespace hearth::session
