// Signed tokens (JWT, RFC 7519) of an identity provider.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "front/identity/identity.h"

namespace hearth::front::identity {

struct JwtOptions {
  std::string key_set;   // a file, or an http:// or https:// address, of a JSON Web Key Set
  std::string issuer;    // "iss" must be this
  std::string audience;  // "aud" must be or hold this
  std::string user_claim = "sub";
  std::string team_claim = "team";  // dots lead into objects: "hearth.team"
  std::string roles_claim = "roles";
  std::chrono::seconds skew{30};  // by which clocks may differ
};

// Reads the text of a key set. Errors: kUnavailable.
using KeySetFetcher = std::function<base::Result<std::string>()>;
// From a file or an address; an address has five seconds and a mebibyte.
KeySetFetcher MakeKeySetFetcher(const std::string& place);

// Keys are fetched at the first call, again when a token names an unknown one (not more often than every ten
// seconds) and when they are an hour old; old keys serve while new ones cannot be had. Errors:
// kIllegalArgument for options that lack key_set, issuer or audience.
base::Result<std::unique_ptr<Authenticator>> MakeJwtAuthenticator(const JwtOptions& options,
                                                                  KeySetFetcher fetch,
                                                                  const base::Clock& clock);

}  // namespace hearth::front::identity
