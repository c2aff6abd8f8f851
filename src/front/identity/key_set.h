// Keys that verify signatures: a JSON Web Key Set (RFC 7517) and what of JWS (RFC 7515) uses it. The one
// place that talks to OpenSSL's key functions.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::front::identity {

// "abc-_" without padding. Empty when it is no base64url (or was empty).
std::string Base64UrlDecode(std::string_view text);

// One key and the one algorithm that it is good for.
class VerifyingKey {
 public:
  virtual ~VerifyingKey() = default;
  virtual const std::string& id() const = 0;       // "kid", or empty
  virtual std::string_view algorithm() const = 0;  // "RS256", "ES256", "HS256"
  virtual bool Verify(std::string_view signed_text, std::string_view signature) const = 0;
};
using KeySet = std::vector<std::shared_ptr<const VerifyingKey>>;

// Keys of other types, uses or algorithms are left out. Errors: kIllegalArgument when the text is no key set,
// or holds no key that can be used.
base::Result<KeySet> ReadKeySet(std::string_view json);

}  // namespace hearth::front::identity
