#include "session/operation.h"

#include <algorithm>
#include <utility>

#include "session/errors.h"

namespace hearth::session {
namespace {

// Nothing is kept for a client that said it will not come back.
ResponseBuffer::Limits LimitsFor(const OperationRequest& request, ResponseBuffer::Limits limits) {
  if (!request.is_reattachable) limits.retained_bytes = 0;
  return limits;
}

}  // namespace

Operation::Operation(OperationRequest request, ResponseBuffer::Limits limits, const base::Clock& clock)
    : request_(std::move(request)),
      responses_(std::make_shared<ResponseBuffer>(LimitsFor(request_, limits), clock)),
      started_at_(clock.Steady()) {}

bool Operation::HasTag(std::string_view tag) const {
  return std::ranges::find(request_.tags, tag) != request_.tags.end();
}

OperationState Operation::state() const {
  const OperationState state = state_.load();
  return state == OperationState::kTerminating && is_closed_.load() ? OperationState::kSucceeded : state;
}

bool Operation::Start(base::ThreadPool& executor, std::unique_ptr<OperationWork> work) {
  executor_ = &executor;
  work_ = std::move(work);
  if (executor.Post([self = shared_from_this()] { self->Run(); })) return true;
  work_.reset();
  base::Error busy;
  busy.kind = base::ErrorKind::kUnavailable;
  busy.message = "The server runs as many operations as it can hold; try again.";
  Finish(std::make_unique<base::Error>(std::move(busy)));
  return false;
}

void Operation::Run() {
  while (true) {
    if (stop_.stop_requested()) return Finish(std::make_unique<base::Error>(OperationCanceled()));
    // The thread goes back to the pool while the client is slow.
    const bool is_parked = responses_->ParkUntilRoom([self = shared_from_this()] {
      if (!self->executor_->PostContinuation([self] { self->Run(); }))
        self->Finish(std::make_unique<base::Error>(OperationCanceled()));
    });
    if (is_parked) {
      // A stop between the look above and the parking would have woken nobody.
      if (stop_.stop_requested()) responses_->WakeProducer();
      return;
    }
    base::Result<bool> more = work_->Step(*this);
    if (!more.ok()) return Finish(std::move(more.error()));
    if (!*more) return Finish(nullptr);
  }
}

void Operation::Finish(std::unique_ptr<base::Error> failure) {
  work_.reset();
  if (responses_->is_closed()) return;  // completed
  OperationState state = OperationState::kTerminating;
  if (failure && stop_.stop_requested()) {
    // Whatever the work stumbled over while it was being stopped, the stop is the reason.
    state = OperationState::kCancelled;
    if (failure->kind != base::ErrorKind::kCancelled) *failure = OperationCanceled();
  } else if (failure) {
    state = OperationState::kFailed;
  }
  state_.store(state);
  responses_->Close(std::move(failure));
}

void Operation::Complete(std::string last_response) {
  // First the state: the client may release the operation as soon as it has the response.
  state_.store(OperationState::kTerminating);
  responses_->AppendLast(std::move(last_response));
}

bool Operation::Cancel() {
  if (state_.load() != OperationState::kRunning) return false;
  if (!stop_.request_stop()) return false;
  responses_->WakeProducer();
  return true;
}

void Operation::Close() {
  is_closed_.store(true);
  Cancel();
  responses_->ReleaseAll();
}

}  // namespace hearth::session
