#include <fmt/format.h>

#include "front/connect/handlers.h"

namespace hearth::front::connect {

using spark::connect::InterruptRequest;
using spark::connect::InterruptResponse;

base::Result<InterruptResponse> Interrupt(Door& door, const InterruptRequest& request) {
  HEARTH_ASSIGN(const std::shared_ptr<session::Session> session, OpenSession(door, request));
  session::Operations& operations = session->operations();
  std::vector<session::OperationId> interrupted;
  switch (request.interrupt_type()) {
    case InterruptRequest::INTERRUPT_TYPE_ALL:
      interrupted = operations.InterruptAll();
      break;
    case InterruptRequest::INTERRUPT_TYPE_TAG:
      interrupted = operations.InterruptTag(request.operation_tag());
      break;
    case InterruptRequest::INTERRUPT_TYPE_OPERATION_ID:
      interrupted = operations.InterruptId(session::OperationId(request.operation_id()));
      break;
    default:
      return base::MakeError(
          base::ErrorKind::kSpark, "UNSUPPORTED_FEATURE.INTERRUPT_TYPE",
          fmt::format("There is no interrupt of type {}.", request.interrupt_type()),
          {{"interruptType", InterruptRequest::InterruptType_Name(request.interrupt_type())}});
  }
  auto response = Answer<InterruptResponse>(*session);
  for (const session::OperationId& id : interrupted) response.add_interrupted_ids(id.text());
  return response;
}

}  // namespace hearth::front::connect
