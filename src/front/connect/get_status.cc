#include "front/connect/handlers.h"

namespace hearth::front::connect {
namespace {

using spark::connect::GetStatusRequest;
using spark::connect::GetStatusResponse;
using Wire = GetStatusResponse::OperationStatus;

Wire::OperationState WireState(std::optional<session::OperationState> state) {
  if (!state) return Wire::OPERATION_STATE_UNKNOWN;
  switch (*state) {
    case session::OperationState::kRunning:
      return Wire::OPERATION_STATE_RUNNING;
    case session::OperationState::kTerminating:
      return Wire::OPERATION_STATE_TERMINATING;
    case session::OperationState::kSucceeded:
      return Wire::OPERATION_STATE_SUCCEEDED;
    case session::OperationState::kFailed:
      return Wire::OPERATION_STATE_FAILED;
    case session::OperationState::kCancelled:
      return Wire::OPERATION_STATE_CANCELLED;
  }
  return Wire::OPERATION_STATE_UNKNOWN;
}

}  // namespace

base::Result<GetStatusResponse> GetStatus(Door& door, const GetStatusRequest& request) {
  HEARTH_ASSIGN(const std::shared_ptr<session::Session> session, FindSession(door, request));
  auto response = Answer<GetStatusResponse>(*session);
  if (!request.has_operation_status()) return response;
  std::vector<session::OperationId> ids;
  for (const std::string& id : request.operation_status().operation_ids()) ids.emplace_back(id);
  for (const auto& [id, state] : session->operations().StatusOf(ids)) {
    auto* status = response.add_operation_statuses();
    status->set_operation_id(id.text());
    status->set_state(WireState(state));
  }
  return response;
}

}  // namespace hearth::front::connect
