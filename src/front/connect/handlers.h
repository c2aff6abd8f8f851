// The unary requests, one function and one file each. They run on an executor thread and may block it.
#pragma once

#include <spark/connect/base.pb.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "front/connect/door.h"

namespace hearth::front::connect {

base::Result<spark::connect::AnalyzePlanResponse> AnalyzePlan(
    Door& door, const spark::connect::AnalyzePlanRequest& request);
base::Result<spark::connect::ConfigResponse> Config(Door& door, const spark::connect::ConfigRequest& request);
base::Result<spark::connect::ArtifactStatusesResponse> ArtifactStatus(
    Door& door, const spark::connect::ArtifactStatusesRequest& request);
base::Result<spark::connect::InterruptResponse> Interrupt(Door& door,
                                                          const spark::connect::InterruptRequest& request);
base::Result<spark::connect::ReleaseExecuteResponse> ReleaseExecute(
    Door& door, const spark::connect::ReleaseExecuteRequest& request);
base::Result<spark::connect::ReleaseSessionResponse> ReleaseSession(
    Door& door, const spark::connect::ReleaseSessionRequest& request);
base::Result<spark::connect::FetchErrorDetailsResponse> FetchErrorDetails(
    Door& door, const spark::connect::FetchErrorDetailsRequest& request);
base::Result<spark::connect::CloneSessionResponse> CloneSession(
    Door& door, const spark::connect::CloneSessionRequest& request);
base::Result<spark::connect::GetStatusResponse> GetStatus(Door& door,
                                                          const spark::connect::GetStatusRequest& request);

// ---- What every request has in common.

template <typename Request>
session::SessionKey KeyOf(const Request& request) {
  return {request.user_context().user_id(), session::SessionId(request.session_id())};
}

// The session of a request that may begin one.
template <typename Request>
base::Result<std::shared_ptr<session::Session>> OpenSession(Door& door, const Request& request) {
  return door.sessions.GetOrCreate(KeyOf(request), request.client_observed_server_side_session_id());
}

// The session of a request that makes sense in an old one only.
template <typename Request>
base::Result<std::shared_ptr<session::Session>> FindSession(Door& door, const Request& request) {
  return door.sessions.Get(KeyOf(request), request.client_observed_server_side_session_id());
}

template <typename Response>
Response Answer(const session::Session& session) {
  Response response;
  response.set_session_id(session.key().session.text());
  response.set_server_side_session_id(session.server_side_id());
  return response;
}

}  // namespace hearth::front::connect
