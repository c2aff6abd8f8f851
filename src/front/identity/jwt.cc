#include "front/identity/jwt.h"

#include <fmt/format.h>

#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "front/identity/key_set.h"

namespace hearth::front::identity {
namespace {

using Json = nlohmann::json;

constexpr size_t kLongestToken = size_t{16} << 10;
constexpr std::chrono::seconds kFetchFloor{10};
constexpr std::chrono::hours kOldest{1};

base::Error Refused(std::string message) {
  base::Error error;
  error.kind = base::ErrorKind::kUnauthenticated;
  error.message = std::move(message);
  return error;
}

struct Parts {
  Json header;
  Json claims;
  std::string_view signed_text;
  std::string signature;
};

std::optional<Parts> Split(std::string_view token) {
  const size_t first = token.find('.');
  const size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    return std::nullopt;
  Parts parts;
  parts.header = Json::parse(Base64UrlDecode(token.substr(0, first)), nullptr, false);
  parts.claims = Json::parse(Base64UrlDecode(token.substr(first + 1, second - first - 1)), nullptr, false);
  parts.signed_text = token.substr(0, second);
  parts.signature = Base64UrlDecode(token.substr(second + 1));
  if (!parts.header.is_object() || !parts.claims.is_object() || parts.signature.empty()) return std::nullopt;
  return parts;
}

std::string TextOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// The claim at "a.b"; null when there is none. A name with a dot in it is looked for first.
const Json* ClaimAt(const Json& claims, std::string_view path) {
  const Json* place = &claims;
  while (place->is_object()) {
    if (const auto whole = place->find(std::string(path)); whole != place->end()) return &*whole;
    const size_t dot = path.find('.');
    if (dot == std::string_view::npos) return nullptr;
    const auto found = place->find(std::string(path.substr(0, dot)));
    if (found == place->end()) return nullptr;
    place = &*found;
    path.remove_prefix(dot + 1);
  }
  return nullptr;
}

std::string TextAt(const Json& claims, const std::string& path) {
  const Json* claim = ClaimAt(claims, path);
  return claim != nullptr && claim->is_string() ? claim->get<std::string>() : "";
}

bool Holds(const Json& claim, const std::string& wanted) {
  if (claim.is_string()) return claim.get_ref<const std::string&>() == wanted;
  if (!claim.is_array()) return false;
  for (const Json& item : claim)
    if (item.is_string() && item.get_ref<const std::string&>() == wanted) return true;
  return false;
}

// Keys, fetched when they are needed.
class Keys {
 public:
  Keys(KeySetFetcher fetch, const base::Clock& clock) : fetch_(std::move(fetch)), clock_(clock) {}

  base::Result<KeySet> For(const std::string& id) {
    std::unique_lock lock(mutex_);
    const auto now = clock_.Steady();
    const bool may_fetch = !tried_ || now - *tried_ >= kFetchFloor;
    const bool wants = keys_.empty() || now - fetched_ >= kOldest || (!id.empty() && !Knows(id));
    if (wants && may_fetch && !is_fetching_) {
      is_fetching_ = true;
      tried_ = now;
      lock.unlock();
      auto keys = Fetch();
      lock.lock();
      is_fetching_ = false;
      if (keys.ok()) {
        keys_ = std::move(*keys);
        fetched_ = now;
      }
    }
    if (!keys_.empty()) return keys_;
    base::Error error;
    error.kind = base::ErrorKind::kUnavailable;
    error.message = "the keys that verify tokens cannot be had now";
    return error;
  }

 private:
  bool Knows(const std::string& id) const {
    for (const auto& key : keys_)
      if (key->id() == id) return true;
    return false;
  }
  base::Result<KeySet> Fetch() const {
    HEARTH_ASSIGN(const std::string text, fetch_());
    return ReadKeySet(text);
  }

  const KeySetFetcher fetch_;
  const base::Clock& clock_;
  std::mutex mutex_;
  KeySet keys_;
  std::chrono::steady_clock::time_point fetched_;
  std::optional<std::chrono::steady_clock::time_point> tried_;
  bool is_fetching_ = false;
};

class JwtAuthenticator final : public Authenticator {
 public:
  JwtAuthenticator(JwtOptions options, KeySetFetcher fetch, const base::Clock& clock)
      : options_(std::move(options)), clock_(clock), keys_(std::move(fetch), clock) {}

  base::Result<Caller> Authenticate(std::string_view authorization) override {
    const std::string_view token = BearerToken(authorization);
    if (token.empty()) return Refused("a token is needed: Authorization: Bearer TOKEN");
    if (token.size() > kLongestToken) return Refused("the token is too long");
    const auto parts = Split(token);
    if (!parts) return Refused("the token is not known");
    if (parts->header.contains("crit")) return Refused("the token asks for extensions that are not known");
    HEARTH_RETURN_IF_ERROR(CheckSignature(*parts));
    HEARTH_RETURN_IF_ERROR(CheckClaims(parts->claims));
    return CallerOf(parts->claims);
  }

 private:
  base::Status CheckSignature(const Parts& parts) {
    const std::string id = TextOf(parts.header, "kid");
    const std::string algorithm = TextOf(parts.header, "alg");
    HEARTH_ASSIGN(const KeySet keys, keys_.For(id));
    for (const auto& key : keys) {
      // The key says what it is good for; the token's word only chooses among keys.
      if (key->algorithm() != algorithm || (!id.empty() && key->id() != id)) continue;
      if (key->Verify(parts.signed_text, parts.signature)) return {};
    }
    return Refused("no key of the identity provider has signed this token");
  }

  base::Status CheckClaims(const Json& claims) const {
    const auto seconds = [&](const char* name) -> std::optional<double> {
      const auto found = claims.find(name);
      if (found == claims.end() || !found->is_number()) return std::nullopt;
      return found->get<double>();
    };
    const double now = static_cast<double>(clock_.NowMicroseconds()) / 1e6;
    const auto skew = static_cast<double>(options_.skew.count());
    if (TextOf(claims, "iss") != options_.issuer) return Refused("the token comes from another issuer");
    if (!claims.contains("aud") || !Holds(claims["aud"], options_.audience))
      return Refused("the token is meant for another audience");
    const auto end = seconds("exp");
    if (!end) return Refused("the token has no end (exp)");
    if (now >= *end + skew) return Refused("the token has expired");
    if (claims.contains("nbf") && now < seconds("nbf").value_or(1e300) - skew)
      return Refused("the token is not valid yet");
    return {};
  }

  base::Result<Caller> CallerOf(const Json& claims) const {
    Caller caller;
    caller.user = TextAt(claims, options_.user_claim);
    caller.team = TextAt(claims, options_.team_claim);
    if (caller.user.empty()) return Refused(fmt::format("the token names no user ({})", options_.user_claim));
    if (caller.team.empty()) return Refused(fmt::format("the token names no team ({})", options_.team_claim));
    if (const Json* roles = ClaimAt(claims, options_.roles_claim); roles != nullptr && roles->is_array()) {
      for (const Json& role : *roles)
        if (role.is_string()) caller.roles.insert(role.get<std::string>());
    }
    return caller;
  }

  const JwtOptions options_;
  const base::Clock& clock_;
  Keys keys_;
};

}  // namespace

base::Result<std::unique_ptr<Authenticator>> MakeJwtAuthenticator(const JwtOptions& options,
                                                                  KeySetFetcher fetch,
                                                                  const base::Clock& clock) {
  if (options.key_set.empty() || options.issuer.empty() || options.audience.empty()) {
    base::Error error;
    error.kind = base::ErrorKind::kIllegalArgument;
    error.message = "signed tokens need a key set, an issuer and an audience together";
    return error;
  }
  return std::unique_ptr<Authenticator>(std::make_unique<JwtAuthenticator>(options, std::move(fetch), clock));
}

}  // namespace hearth::front::identity
