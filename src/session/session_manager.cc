#include "session/session_manager.h"

#include <utility>

#include "base/uuid.h"
#include "session/errors.h"

namespace hearth::session {
namespace {

base::Error Busy(std::string message) {
  base::Error error;
  error.kind = base::ErrorKind::kUnavailable;
  error.message = std::move(message);
  return error;
}

}  // namespace

SessionManager::SessionManager(SessionEnvironment environment, Limits limits)
    : environment_(std::move(environment)), limits_(limits) {}

SessionManager::~SessionManager() { Stop(); }

base::Result<std::shared_ptr<Session>> SessionManager::Check(std::shared_ptr<Session> session,
                                                             const std::string& observed) const {
  session->Touch();
  if (!observed.empty() && observed != session->server_side_id()) {
    return InvalidHandle("SESSION_CHANGED", session->key().session.text());
  }
  return session;
}

base::Result<std::shared_ptr<Session>> SessionManager::GetOrCreate(const SessionKey& key,
                                                                   const std::string& observed) {
  if (!base::IsUuid(key.session.text())) return InvalidHandle("FORMAT", key.session.text());
  if (std::shared_ptr<Session> session = Peek(key)) return Check(std::move(session), observed);
  // Made outside the lock: an engine session is not free.
  auto made = std::make_shared<Session>(key, environment_);
  HEARTH_ASSIGN(std::shared_ptr<Session> session, Insert(key, std::move(made)));
  return Check(std::move(session), observed);
}

base::Result<std::shared_ptr<Session>> SessionManager::Insert(const SessionKey& key,
                                                              std::shared_ptr<Session> session) {
  std::lock_guard lock(mutex_);
  if (is_stopped_) return Busy("The server is stopping.");
  if (closed_.contains(key)) return InvalidHandle("SESSION_CLOSED", key.session.text());
  if (const auto found = sessions_.find(key); found != sessions_.end())
    return found->second;  // another request was faster
  if (sessions_.size() >= limits_.sessions)
    return Busy("The server has as many sessions as it can hold; try again.");
  sessions_.emplace(key, session);
  return session;
}

base::Result<std::shared_ptr<Session>> SessionManager::Get(const SessionKey& key,
                                                           const std::string& observed) {
  if (!base::IsUuid(key.session.text())) return InvalidHandle("FORMAT", key.session.text());
  if (std::shared_ptr<Session> session = Peek(key)) return Check(std::move(session), observed);
  std::lock_guard lock(mutex_);
  return InvalidHandle(closed_.contains(key) ? "SESSION_CLOSED" : "SESSION_NOT_FOUND", key.session.text());
}

std::shared_ptr<Session> SessionManager::Peek(const SessionKey& key) const {
  std::lock_guard lock(mutex_);
  const auto found = sessions_.find(key);
  return found == sessions_.end() ? nullptr : found->second;
}

void SessionManager::RememberClosed(const SessionKey& key) {
  if (!closed_.insert(key).second) return;
  closed_order_.push_back(key);
  if (closed_order_.size() <= limits_.closed) return;
  closed_.erase(closed_order_.front());
  closed_order_.pop_front();
}

std::optional<std::string> SessionManager::Release(const SessionKey& key, bool may_come_back) {
  std::shared_ptr<Session> session;
  {
    std::lock_guard lock(mutex_);
    const auto found = sessions_.find(key);
    if (found == sessions_.end()) return std::nullopt;
    session = std::move(found->second);
    sessions_.erase(found);
    if (!may_come_back) RememberClosed(key);
  }
  session->Close();
  return session->server_side_id();
}

base::Result<std::shared_ptr<Session>> SessionManager::Clone(const SessionKey& key,
                                                             const std::string& observed,
                                                             const std::string& target) {
  HEARTH_ASSIGN(std::shared_ptr<Session> source, Get(key, observed));
  if (!target.empty() && !base::IsUuid(target)) return InvalidClone("TARGET_SESSION_ID_FORMAT", target);
  const SessionKey target_key{key.user, SessionId(target.empty() ? base::RandomUuid() : target)};
  auto copy = std::make_shared<Session>(target_key, environment_);
  copy->CopyFrom(*source);
  {
    std::lock_guard lock(mutex_);
    if (closed_.contains(target_key)) return InvalidClone("TARGET_SESSION_ID_ALREADY_CLOSED", target);
    if (sessions_.contains(target_key)) return InvalidClone("TARGET_SESSION_ID_ALREADY_EXISTS", target);
  }
  return Insert(target_key, std::move(copy));
}

std::vector<std::shared_ptr<Session>> SessionManager::All() const {
  std::vector<std::shared_ptr<Session>> all;
  std::lock_guard lock(mutex_);
  all.reserve(sessions_.size());
  for (const auto& [key, session] : sessions_) all.push_back(session);
  return all;
}

void SessionManager::Maintain() {
  const auto now = environment_.clock.Steady();
  for (const std::shared_ptr<Session>& session : All()) {
    session->operations().Maintain();
    if (now - session->last_used() >= limits_.idle) Release(session->key(), false);
  }
}

void SessionManager::Stop() {
  std::map<SessionKey, std::shared_ptr<Session>> closing;
  {
    std::lock_guard lock(mutex_);
    is_stopped_ = true;
    closing.swap(sessions_);
  }
  for (const auto& [key, session] : closing) session->Close();
}

size_t SessionManager::size() const {
  std::lock_guard lock(mutex_);
  return sessions_.size();
}

}  // namespace hearth::session
