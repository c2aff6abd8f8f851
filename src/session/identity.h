// Who a session belongs to and what names it.
#pragma once

#include <compare>
#include <string>

#include "base/strong_id.h"

namespace hearth::session {

using SessionId = base::StrongId<struct SessionIdTag>;      // chosen by the client, a UUID
using OperationId = base::StrongId<struct OperationIdTag>;  // chosen by the client or the server, a UUID

// Spark's key of a session: the same session id under two users names two sessions. The user may be empty.
struct SessionKey {
  std::string user;
  SessionId session;
  auto operator<=>(const SessionKey&) const = default;
};

}  // namespace hearth::session
