// The authenticator that the server's settings ask for.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "front/identity/identity.h"
#include "front/identity/jwt.h"

namespace hearth::front::identity {

struct IdentityOptions {
  std::string token_file;  // empty: none
  JwtOptions jwt;          // key_set empty: no signed tokens
  bool has_tokens() const { return !token_file.empty() || !jwt.key_set.empty(); }
};

// Neither tokens nor signed tokens: everybody may call, and act for every team. Both: what has the form of a
// signed token is one. Errors: those of MakeTokenFileAuthenticator and MakeJwtAuthenticator.
base::Result<std::unique_ptr<Authenticator>> MakeAuthenticator(const IdentityOptions& options,
                                                               const base::Clock& clock);

// Without tokens only loopback may listen. Error: kIllegalArgument says what to do. `setting`: as users write
// it,
// "--http".
base::Status CheckListenAddress(const IdentityOptions& options, const std::string& setting,
                                const std::string& address);

}  // namespace hearth::front::identity
