// Requests about sessions themselves: ReleaseSession and CloneSession.
#include "front/connect/handlers.h"

namespace hearth::front::connect {

using spark::connect::CloneSessionRequest;
using spark::connect::CloneSessionResponse;
using spark::connect::ReleaseSessionRequest;
using spark::connect::ReleaseSessionResponse;

// An unknown session is a success without a server-side id.
base::Result<ReleaseSessionResponse> ReleaseSession(Door& door, const ReleaseSessionRequest& request) {
  ReleaseSessionResponse response;
  response.set_session_id(request.session_id());
  if (auto id = door.sessions.Release(KeyOf(request), request.allow_reconnect()))
    response.set_server_side_session_id(*std::move(id));
  return response;
}

base::Result<CloneSessionResponse> CloneSession(Door& door, const CloneSessionRequest& request) {
  HEARTH_ASSIGN(const std::shared_ptr<session::Session> session, FindSession(door, request));
  HEARTH_ASSIGN(const std::shared_ptr<session::Session> clone,
                door.sessions.Clone(session->key(), "", request.new_session_id()));
  auto response = Answer<CloneSessionResponse>(*session);
  response.set_new_session_id(clone->key().session.text());
  response.set_new_server_side_session_id(clone->server_side_id());
  return response;
}

}  // namespace hearth::front::connect
