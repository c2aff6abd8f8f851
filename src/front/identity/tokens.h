// Bearer tokens from a file that the platform team keeps.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "front/identity/identity.h"

namespace hearth::front::identity {

// One token a line: TOKEN USER TEAM [ROLE,ROLE…], where TOKEN is the token itself or "sha256:" and its digest
// in hexadecimal digits, and the team "*" is every team. '#' begins a comment. A changed file is read again
// within seconds; one that cannot be read then leaves the old tokens in force. Errors: kIllegalArgument names
// the file and the line, never the token.
base::Result<std::unique_ptr<Authenticator>> MakeTokenFileAuthenticator(const std::string& file,
                                                                        const base::Clock& clock);

}  // namespace hearth::front::identity
