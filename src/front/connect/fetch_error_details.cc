#include "front/connect/errors.h"
#include "front/connect/handlers.h"

namespace hearth::front::connect {

using spark::connect::FetchErrorDetailsRequest;
using spark::connect::FetchErrorDetailsResponse;

// An unknown id gives an empty answer, no error.
base::Result<FetchErrorDetailsResponse> FetchErrorDetails(Door& door,
                                                          const FetchErrorDetailsRequest& request) {
  HEARTH_ASSIGN(const std::shared_ptr<session::Session> session, OpenSession(door, request));
  auto response = Answer<FetchErrorDetailsResponse>(*session);
  if (const auto error = session->errors().Take(request.error_id())) WriteErrorDetails(*error, &response);
  return response;
}

}  // namespace hearth::front::connect
