#include "front/identity/authenticators.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "front/identity/tokens.h"

namespace hearth::front::identity {
namespace {

class Either final : public Authenticator {
 public:
  Either(std::unique_ptr<Authenticator> plain, std::unique_ptr<Authenticator> signed_tokens)
      : plain_(std::move(plain)), signed_(std::move(signed_tokens)) {}
  base::Result<Caller> Authenticate(std::string_view authorization) override {
    const bool is_signed = std::ranges::count(BearerToken(authorization), '.') == 2;
    return (is_signed ? *signed_ : *plain_).Authenticate(authorization);
  }

 private:
  const std::unique_ptr<Authenticator> plain_;
  const std::unique_ptr<Authenticator> signed_;
};

}  // namespace

base::Result<std::unique_ptr<Authenticator>> MakeAuthenticator(const IdentityOptions& options,
                                                               const base::Clock& clock) {
  std::unique_ptr<Authenticator> plain;
  std::unique_ptr<Authenticator> signed_tokens;
  if (!options.token_file.empty()) {
    HEARTH_ASSIGN(plain, MakeTokenFileAuthenticator(options.token_file, clock));
  }
  if (!options.jwt.key_set.empty()) {
    HEARTH_ASSIGN(signed_tokens,
                  MakeJwtAuthenticator(options.jwt, MakeKeySetFetcher(options.jwt.key_set), clock));
  }
  if (plain && signed_tokens)
    return std::unique_ptr<Authenticator>(
        std::make_unique<Either>(std::move(plain), std::move(signed_tokens)));
  if (plain) return plain;
  if (signed_tokens) return signed_tokens;
  return MakeOpenAuthenticator();
}

base::Status CheckListenAddress(const IdentityOptions& options, const std::string& setting,
                                const std::string& address) {
  if (options.has_tokens() || IsLoopback(address)) return {};
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = fmt::format(
      "{} {}: other machines can reach this address, and without --tokens or --jwt-keys everybody there "
      "could run jobs; "
      "give tokens, or listen at 127.0.0.1",
      setting, address);
  return error;
}

}  // namespace hearth::front::identity
