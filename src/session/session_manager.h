// All sessions of the process: created on first use, closed by request or for idleness, remembered as closed.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "session/session.h"

namespace hearth::session {

// Thread-safe.
class SessionManager {
 public:
  struct Limits {
    size_t sessions = 10000;
    size_t closed = 1000;  // remembered keys
    std::chrono::seconds idle = std::chrono::hours(1);
  };

  SessionManager(SessionEnvironment environment, Limits limits);
  ~SessionManager();
  SessionManager(const SessionManager&) = delete;
  SessionManager& operator=(const SessionManager&) = delete;

  // The session of the key, made when there is none. `observed`: the server-side id that the client saw
  // before, maybe empty. Errors: INVALID_HANDLE.FORMAT, .SESSION_CLOSED, .SESSION_CHANGED; kUnavailable when
  // there are too many or the server stops.
  base::Result<std::shared_ptr<Session>> GetOrCreate(const SessionKey& key, const std::string& observed);
  // The session of the key. Errors: as above, and INVALID_HANDLE.SESSION_NOT_FOUND.
  base::Result<std::shared_ptr<Session>> Get(const SessionKey& key, const std::string& observed);
  // The session of the key if it lives, without counting as use; null otherwise.
  std::shared_ptr<Session> Peek(const SessionKey& key) const;
  // Closes the session, for good unless it `may_come_back`; its server-side id, none when there was no such
  // session.
  std::optional<std::string> Release(const SessionKey& key, bool may_come_back);
  // A new session with the state of an old one. `target` empty: a random id. Errors: as Get, and
  // INVALID_CLONE_SESSION_REQUEST.*.
  base::Result<std::shared_ptr<Session>> Clone(const SessionKey& key, const std::string& observed,
                                               const std::string& target);

  // Closes idle sessions and abandoned operations; to be called every few seconds.
  void Maintain();
  // Refuses new sessions and closes all; waits for nothing.
  void Stop();
  size_t size() const;

 private:
  base::Result<std::shared_ptr<Session>> Check(std::shared_ptr<Session> session,
                                               const std::string& observed) const;
  base::Result<std::shared_ptr<Session>> Insert(const SessionKey& key, std::shared_ptr<Session> session);
  void RememberClosed(const SessionKey& key);
  std::vector<std::shared_ptr<Session>> All() const;

  const SessionEnvironment environment_;
  const Limits limits_;
  mutable std::mutex mutex_;
  std::map<SessionKey, std::shared_ptr<Session>> sessions_;
  std::set<SessionKey> closed_;
  std::deque<SessionKey> closed_order_;
  bool is_stopped_ = false;
};

}  // namespace hearth::session
