#include "session/operations.h"

#include <utility>

#include "session/errors.h"

namespace hearth::session {

base::Result<Operations::Admission> Operations::Admit(OperationRequest request) {
  std::lock_guard lock(mutex_);
  if (is_closed_) return InvalidHandle("SESSION_CLOSED", request.id.text());
  if (const auto found = live_.find(request.id); found != live_.end()) {
    const bool is_retry =
        request.is_reattachable && found->second->request().fingerprint == request.fingerprint;
    if (!is_retry) return InvalidHandle("OPERATION_ALREADY_EXISTS", request.id.text());
    return Admission{found->second, false};
  }
  if (remembered_.contains(request.id)) return InvalidHandle("OPERATION_ABANDONED", request.id.text());
  if (live_.size() >= limits_.live) {
    base::Error error;
    error.kind = base::ErrorKind::kUnavailable;
    error.message = "The session has too many operations; release some, or try again.";
    return error;
  }
  auto operation = std::make_shared<Operation>(std::move(request), limits_.responses, clock_);
  live_.emplace(operation->id(), operation);
  return Admission{std::move(operation), true};
}

base::Result<std::shared_ptr<Operation>> Operations::FindForReattach(const OperationId& id) const {
  std::shared_ptr<Operation> operation = Find(id);
  if (!operation) return InvalidHandle("OPERATION_NOT_FOUND", id.text());
  if (!operation->request().is_reattachable) return InvalidCursor("NOT_REATTACHABLE", "");
  return operation;
}

std::shared_ptr<Operation> Operations::Find(const OperationId& id) const {
  std::lock_guard lock(mutex_);
  const auto found = live_.find(id);
  return found == live_.end() ? nullptr : found->second;
}

void Operations::Remember(const OperationId& id, OperationState state) {
  if (!remembered_.insert_or_assign(id, Remembered{state, clock_.Steady()}).second) return;
  remembered_order_.push_back(id);
  while (remembered_order_.size() > limits_.remembered) {
    remembered_.erase(remembered_order_.front());
    remembered_order_.pop_front();
  }
}

bool Operations::Release(const OperationId& id) {
  std::shared_ptr<Operation> operation;
  {
    std::lock_guard lock(mutex_);
    const auto found = live_.find(id);
    if (found == live_.end()) return false;
    operation = std::move(found->second);
    live_.erase(found);
    const OperationState state = operation->state();
    const bool ran_on = state == OperationState::kRunning;
    Remember(id, ran_on                                  ? OperationState::kCancelled
                 : state == OperationState::kTerminating ? OperationState::kSucceeded
                                                         : state);
  }
  operation->Close();
  return true;
}

template <typename Predicate>
std::vector<OperationId> Operations::Interrupt(Predicate predicate) {
  std::vector<std::shared_ptr<Operation>> chosen;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [id, operation] : live_) {
      if (predicate(*operation)) chosen.push_back(operation);
    }
  }
  std::vector<OperationId> interrupted;
  for (const auto& operation : chosen) {
    if (operation->Cancel()) interrupted.push_back(operation->id());
  }
  return interrupted;
}

std::vector<OperationId> Operations::InterruptAll() {
  return Interrupt([](const Operation&) { return true; });
}

std::vector<OperationId> Operations::InterruptTag(std::string_view tag) {
  return Interrupt([tag](const Operation& operation) { return operation.HasTag(tag); });
}

std::vector<OperationId> Operations::InterruptId(const OperationId& id) {
  return Interrupt([&id](const Operation& operation) { return operation.id() == id; });
}

std::vector<Operations::Status> Operations::StatusOf(const std::vector<OperationId>& ids) const {
  std::vector<Status> result;
  std::lock_guard lock(mutex_);
  const auto state_of = [this](const OperationId& id) -> std::optional<OperationState> {
    if (const auto live = live_.find(id); live != live_.end()) return live->second->state();
    if (const auto past = remembered_.find(id); past != remembered_.end()) return past->second.state;
    return std::nullopt;
  };
  if (!ids.empty()) {
    for (const OperationId& id : ids) result.emplace_back(id, state_of(id));
    return result;
  }
  for (const auto& [id, operation] : live_) result.emplace_back(id, operation->state());
  for (const auto& [id, past] : remembered_) result.emplace_back(id, past.state);
  return result;
}

void Operations::Maintain() {
  const auto now = clock_.Steady();
  std::vector<OperationId> abandoned;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [id, operation] : live_) {
      const auto since = operation->responses().detached_since();
      if (since && now - *since >= limits_.detached) abandoned.push_back(id);
    }
    while (!remembered_order_.empty()) {
      const auto oldest = remembered_.find(remembered_order_.front());
      if (now - oldest->second.since < limits_.remembered_for) break;
      remembered_.erase(oldest);
      remembered_order_.pop_front();
    }
  }
  for (const OperationId& id : abandoned) Release(id);
}

void Operations::CloseAll() {
  std::map<OperationId, std::shared_ptr<Operation>> closing;
  {
    std::lock_guard lock(mutex_);
    is_closed_ = true;
    closing.swap(live_);
  }
  for (const auto& [id, operation] : closing) operation->Close();
}

bool Operations::is_idle() const {
  std::lock_guard lock(mutex_);
  for (const auto& [id, operation] : live_) {
    if (operation->state() == OperationState::kRunning) return false;
  }
  return true;
}

}  // namespace hearth::session
