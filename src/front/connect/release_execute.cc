#include "front/connect/handlers.h"
#include "session/errors.h"

namespace hearth::front::connect {

using spark::connect::ReleaseExecuteRequest;
using spark::connect::ReleaseExecuteResponse;

// Sent by clients after every response: cheap, and a success when there is nothing (more) to release.
base::Result<ReleaseExecuteResponse> ReleaseExecute(Door& door, const ReleaseExecuteRequest& request) {
  HEARTH_ASSIGN(const std::shared_ptr<session::Session> session, door.sessions.Get(KeyOf(request), ""));
  auto response = Answer<ReleaseExecuteResponse>(*session);
  const session::OperationId id(request.operation_id());
  switch (request.release_case()) {
    case ReleaseExecuteRequest::kReleaseAll:
      if (session->operations().Release(id)) response.set_operation_id(id.text());
      return response;
    case ReleaseExecuteRequest::kReleaseUntil:
      if (const auto operation = session->operations().Find(id)) {
        HEARTH_RETURN_IF_ERROR(operation->responses().Release(request.release_until().response_id()));
        response.set_operation_id(id.text());
      }
      return response;
    case ReleaseExecuteRequest::RELEASE_NOT_SET:
      break;
  }
  return session::UnsupportedOperation("The request says neither what nor until where to release.");
}

}  // namespace hearth::front::connect
