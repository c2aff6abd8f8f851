// One running plan: its id, tags, state, stop token and responses.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/thread_pool.h"
#include "session/identity.h"
#include "session/response_buffer.h"

namespace hearth::session {

enum class OperationState : uint8_t {
  kRunning,
  kTerminating,  // everything was produced, the client has not released it yet
  kSucceeded,
  kFailed,
  kCancelled,
};

class Operation;

// What an operation does, in steps of its own choice: between two steps the operation may wait for its
// client. Runs on one executor thread at a time and is destroyed on one.
class OperationWork {
 public:
  virtual ~OperationWork() = default;
  // Appends responses; false when it is done. An error ends the operation.
  virtual base::Result<bool> Step(Operation& operation) = 0;
};

struct OperationRequest {
  OperationId id;
  std::vector<std::string> tags;
  std::string
      fingerprint;  // equal for equal requests: a retry of the client is told from a new plan under a used id
  bool is_reattachable = false;
};

// Made and found through Operations. Steps run on the executor given to Start, which outlives the operation.
// Thread-safe.
class Operation : public std::enable_shared_from_this<Operation> {
 public:
  Operation(OperationRequest request, ResponseBuffer::Limits limits, const base::Clock& clock);

  const OperationId& id() const { return request_.id; }
  const std::vector<std::string>& tags() const { return request_.tags; }
  const OperationRequest& request() const { return request_; }
  bool HasTag(std::string_view tag) const;
  ResponseBuffer& responses() { return *responses_; }
  std::stop_token stop_token() const { return stop_.get_token(); }
  OperationState state() const;
  std::chrono::steady_clock::time_point started_at() const { return started_at_; }

  // Begins the work; once. False, and the operation has failed, when the executor is full.
  bool Start(base::ThreadPool& executor, std::unique_ptr<OperationWork> work);
  // The last response, by the work: from here on the operation counts as done, whatever the client does next.
  void Complete(std::string last_response);
  // Ends the work soon; its stream ends with OPERATION_CANCELED. False when it had ended before.
  bool Cancel();
  // The client has all it wants: stops the work, forgets the responses.
  void Close();

 private:
  void Run();
  void Finish(std::unique_ptr<base::Error> failure);

  const OperationRequest request_;
  const std::shared_ptr<ResponseBuffer> responses_;
  const std::chrono::steady_clock::time_point started_at_;
  std::stop_source stop_;
  base::ThreadPool* executor_ = nullptr;
  std::unique_ptr<OperationWork> work_;  // touched by the step that runs, and by nobody else
  std::atomic<OperationState> state_ = OperationState::kRunning;
  std::atomic<bool> is_closed_ = false;
};

}  // namespace hearth::session
