// The operations of one session, running and remembered.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "session/operation.h"

namespace hearth::session {

// Thread-safe. Ended operations stay until they are released or abandoned by their client; then their id and
// last state are remembered, so that they never run twice.
class Operations {
 public:
  struct Limits {
    size_t live = 1000;                                       // operations at once
    size_t remembered = 1000;                                 // released or abandoned ids
    std::chrono::seconds detached = std::chrono::minutes(5);  // without a client
    std::chrono::seconds remembered_for = std::chrono::minutes(30);
    ResponseBuffer::Limits responses;
  };

  Operations(Limits limits, const base::Clock& clock) : limits_(limits), clock_(clock) {}

  struct Admission {
    std::shared_ptr<Operation> operation;
    bool is_new = true;  // false: the client repeats a request, its operation runs or has run already
  };
  // Errors: INVALID_HANDLE.OPERATION_ALREADY_EXISTS, .OPERATION_ABANDONED; kUnavailable when there are too
  // many.
  base::Result<Admission> Admit(OperationRequest request);
  // Errors: INVALID_HANDLE.OPERATION_NOT_FOUND, INVALID_CURSOR.NOT_REATTACHABLE.
  base::Result<std::shared_ptr<Operation>> FindForReattach(const OperationId& id) const;
  std::shared_ptr<Operation> Find(const OperationId& id) const;

  // Ends an operation for good; false when there is none.
  bool Release(const OperationId& id);
  // Ids of what was really stopped.
  std::vector<OperationId> InterruptAll();
  std::vector<OperationId> InterruptTag(std::string_view tag);
  std::vector<OperationId> InterruptId(const OperationId& id);

  using Status = std::pair<OperationId, std::optional<OperationState>>;  // none: unknown
  // All operations, running and remembered, when `ids` is empty.
  std::vector<Status> StatusOf(const std::vector<OperationId>& ids) const;

  // Ends what no client has read for too long, forgets what was remembered long enough.
  void Maintain();
  // Ends everything; nothing is admitted any more.
  void CloseAll();
  bool is_idle() const;

 private:
  struct Remembered {
    OperationState state;
    std::chrono::steady_clock::time_point since;
  };

  template <typename Predicate>
  std::vector<OperationId> Interrupt(Predicate predicate);
  void Remember(const OperationId& id, OperationState state);

  const Limits limits_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::map<OperationId, std::shared_ptr<Operation>> live_;
  std::map<OperationId, Remembered> remembered_;
  std::deque<OperationId> remembered_order_;
  bool is_closed_ = false;
};

}  // namespace hearth::session
