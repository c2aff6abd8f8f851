#include "front/identity/identity.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "front/identity/audit_log.h"
#include "front/identity/authenticators.h"
#include "front/identity/digest.h"
#include "front/identity/key_set.h"

namespace hearth::front::identity {
namespace {

using Json = nlohmann::json;

std::string Encode(std::string_view text) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string encoded;
  uint32_t bits = 0;
  int count = 0;
  for (const char character : text) {
    bits = bits << 8 | static_cast<unsigned char>(character);
    for (count += 8; count >= 6; count -= 6) encoded += kDigits[bits >> (count - 6) & 63];
  }
  if (count > 0) encoded += kDigits[bits << (6 - count) & 63];
  return encoded;
}

std::string NumberOf(EVP_PKEY* key, const char* name, int bytes) {
  BIGNUM* number = nullptr;
  EXPECT_EQ(::EVP_PKEY_get_bn_param(key, name, &number), 1);
  std::string text(static_cast<size_t>(bytes > 0 ? bytes : BN_num_bytes(number)), '\0');
  ::BN_bn2binpad(number, reinterpret_cast<unsigned char*>(text.data()), static_cast<int>(text.size()));
  ::BN_free(number);
  return Encode(text);
}

std::string Sign(EVP_PKEY* key, const std::string& text, bool is_ec) {
  EVP_MD_CTX* context = ::EVP_MD_CTX_new();
  size_t size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  ::EVP_DigestSignInit(context, nullptr, ::EVP_sha256(), nullptr, key);
  ::EVP_DigestSign(context, nullptr, &size, bytes, text.size());
  std::string signature(size, '\0');
  ::EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, text.size());
  signature.resize(size);
  ::EVP_MD_CTX_free(context);
  if (!is_ec) return signature;
  const auto* at = reinterpret_cast<const unsigned char*>(signature.data());
  ECDSA_SIG* pair = ::d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(signature.size()));
  std::string flat(64, '\0');
  ::BN_bn2binpad(::ECDSA_SIG_get0_r(pair), reinterpret_cast<unsigned char*>(flat.data()), 32);
  ::BN_bn2binpad(::ECDSA_SIG_get0_s(pair), reinterpret_cast<unsigned char*>(flat.data()) + 32, 32);
  ::ECDSA_SIG_free(pair);
  return flat;
}

class JwtTest : public testing::Test {
 protected:
  JwtTest() : rsa_(EVP_RSA_gen(2048)), ec_(EVP_EC_gen("P-256")), secret_(32, 's') {
    keys_ = {{"keys",
              {{{"kty", "RSA"},
                {"kid", "r"},
                {"use", "sig"},
                {"n", NumberOf(rsa_, "n", 0)},
                {"e", NumberOf(rsa_, "e", 0)}},
               {{"kty", "EC"},
                {"kid", "e"},
                {"crv", "P-256"},
                {"x", NumberOf(ec_, "qx", 32)},
                {"y", NumberOf(ec_, "qy", 32)}},
               {{"kty", "oct"}, {"kid", "h"}, {"alg", "HS256"}, {"k", Encode(secret_)}},
               {{"kty", "OKP"}, {"kid", "o"}}}}};
    clock_.Advance(std::chrono::hours(1000));
    options_ = {
        .key_set = "x", .issuer = "https://issuer", .audience = "hearth", .team_claim = "hearth.team"};
    Reset();
  }
  ~JwtTest() override {
    ::EVP_PKEY_free(rsa_);
    ::EVP_PKEY_free(ec_);
  }
  void Reset() {
    auto made = MakeJwtAuthenticator(
        options_,
        [this]() -> base::Result<std::string> {
          ++fetched_;
          if (is_down_) return base::InternalError("down");
          return keys_.dump();
        },
        clock_);
    ASSERT_TRUE(made.ok());
    authenticator_ = std::move(*made);
  }
  double Now() const { return static_cast<double>(clock_.NowMicroseconds()) / 1e6; }
  Json Claims() const {
    return {{"iss", "https://issuer"}, {"aud", {"other", "hearth"}}, {"exp", Now() + 100},
            {"sub", "anna"},           {"hearth", {{"team", "a"}}},  {"roles", {"x"}}};
  }
  std::string Token(const Json& claims, const std::string& algorithm, const std::string& id) {
    const Json header = {{"alg", algorithm}, {"kid", id}};
    const std::string text = Encode(header.dump()) + "." + Encode(claims.dump());
    std::string signature = "none";
    if (algorithm == "RS256") signature = Sign(rsa_, text, false);
    if (algorithm == "ES256") signature = Sign(ec_, text, true);
    if (algorithm == "HS256") signature = Mac(secret_, text);
    return "Bearer " + text + "." + Encode(signature);
  }
  static std::string Mac(const std::string& secret, const std::string& text) {
    std::string code(32, '\0');
    ::HMAC(::EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           reinterpret_cast<unsigned char*>(code.data()), nullptr);
    return code;
  }
  std::string Ask(const std::string& authorization) {
    auto caller = authenticator_->Authenticate(authorization);
    if (caller.ok()) return caller->user + "/" + caller->team + "/" + std::to_string(caller->roles.size());
    EXPECT_EQ(caller.error()->message.find("eyJ"), std::string::npos);  // never a token
    return (caller.error()->kind == base::ErrorKind::kUnauthenticated ? "no: " : "later: ") +
           caller.error()->message;
  }
  std::string AskWith(const std::string& name, const Json& value) {
    Json claims = Claims();
    claims[name] = value;
    return Ask(Token(claims, "ES256", "e"));
  }

  EVP_PKEY* rsa_;
  EVP_PKEY* ec_;
  std::string secret_;
  Json keys_;
  int fetched_ = 0;
  bool is_down_ = false;
  base::ManualClock clock_;
  JwtOptions options_;
  std::unique_ptr<Authenticator> authenticator_;
};

TEST_F(JwtTest, TakesSignedTokens) {
  EXPECT_EQ(Ask(Token(Claims(), "RS256", "r")), "anna/a/1");
  EXPECT_EQ(Ask(Token(Claims(), "ES256", "e")), "anna/a/1");
  EXPECT_EQ(Ask(Token(Claims(), "HS256", "h")), "anna/a/1");
  EXPECT_EQ(Ask(Token(Claims(), "RS256", "")), "anna/a/1");
  EXPECT_EQ(fetched_, 1);
}

TEST_F(JwtTest, RefusesOtherSignatures) {
  const std::string refusal = "no: no key of the identity provider has signed this token";
  EXPECT_EQ(Ask(Token(Claims(), "none", "r")), refusal);
  EXPECT_EQ(Ask(Token(Claims(), "RS256", "e")), refusal);
  EXPECT_EQ(Ask(Token(Claims(), "HS256", "r")), refusal);
  std::string token = Token(Claims(), "RS256", "r");
  token[token.size() - 10] = token[token.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_EQ(Ask(token), refusal);
  // A secret that is somebody's public key.
  const Json header = {{"alg", "HS256"}, {"kid", "r"}};
  const std::string text = Encode(header.dump()) + "." + Encode(Claims().dump());
  EXPECT_EQ(Ask("Bearer " + text + "." + Encode(Mac(keys_["keys"][0]["n"], text))), refusal);
  for (const char* wrong : {"", "Basic abc", "Bearer ", "Bearer a.b", "Bearer a.b.c", "Bearer a.b.c.d",
                            "Bearer ..", "Bearer abc"})
    EXPECT_TRUE(Ask(wrong).starts_with("no: ")) << wrong;
  EXPECT_TRUE(Ask("Bearer " + std::string(100'000, 'a')).starts_with("no: "));
}

TEST_F(JwtTest, ReadsClaims) {
  EXPECT_EQ(AskWith("iss", "https://other"), "no: the token comes from another issuer");
  EXPECT_EQ(AskWith("aud", "other"), "no: the token is meant for another audience");
  EXPECT_EQ(AskWith("aud", "hearth"), "anna/a/1");
  EXPECT_EQ(AskWith("exp", Now() - 29), "anna/a/1");
  EXPECT_EQ(AskWith("exp", Now() - 31), "no: the token has expired");
  EXPECT_EQ(AskWith("exp", "x"), "no: the token has no end (exp)");
  EXPECT_EQ(AskWith("nbf", Now() + 29), "anna/a/1");
  EXPECT_EQ(AskWith("nbf", Now() + 31), "no: the token is not valid yet");
  EXPECT_EQ(AskWith("sub", 5), "no: the token names no user (sub)");
  EXPECT_EQ(AskWith("hearth", "x"), "no: the token names no team (hearth.team)");
  EXPECT_EQ(AskWith("hearth.team", "b"), "anna/b/1");
}

TEST_F(JwtTest, FetchesKeysWhenNeeded) {
  is_down_ = true;
  EXPECT_TRUE(Ask(Token(Claims(), "RS256", "r")).starts_with("later: "));
  is_down_ = false;
  EXPECT_TRUE(Ask(Token(Claims(), "RS256", "r")).starts_with("later: "));
  EXPECT_EQ(fetched_, 1);
  clock_.Advance(std::chrono::seconds(11));
  EXPECT_EQ(Ask(Token(Claims(), "RS256", "r")), "anna/a/1");
  // An unknown key is looked for, but not at every call.
  for (int count = 0; count < 5; ++count)
    EXPECT_TRUE(Ask(Token(Claims(), "RS256", "new")).starts_with("no: "));
  clock_.Advance(std::chrono::seconds(11));
  keys_["keys"][0]["kid"] = "new";
  EXPECT_EQ(Ask(Token(Claims(), "RS256", "new")), "anna/a/1");
  EXPECT_EQ(fetched_, 3);
  // Old keys serve while new ones cannot be had.
  is_down_ = true;
  clock_.Advance(std::chrono::hours(2));
  EXPECT_EQ(Ask(Token(Claims(), "RS256", "new")), "anna/a/1");
  EXPECT_EQ(fetched_, 4);
}

TEST(KeySet, IsStrict) {
  for (const char* wrong :
       {"", "[]", R"({"keys":[]})", R"({"keys":[{"kty":"oct","k":"c2hvcnQ"}]})",
        R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]})", R"({"keys":[{"kty":"EC","crv":"P-256"}]})"})
    EXPECT_FALSE(ReadKeySet(wrong).ok()) << wrong;
  EXPECT_EQ(Base64UrlDecode("aGk"), "hi");
  for (const char* wrong : {"a", "aGl", "aG+", "aGk="}) EXPECT_EQ(Base64UrlDecode(wrong), "") << wrong;
}

class TokenFileTest : public testing::Test {
 protected:
  std::string Write(const std::string& text) {
    std::ofstream(path_) << text;
    return path_;
  }
  const std::string path_ = testing::TempDir() + "hearth_tokens";
  base::ManualClock clock_;
};

TEST_F(TokenFileTest, KnowsTokensAndDigests) {
  Write("# people\nplain-token-0123456789 anna team-a admin,dev\nsha256:" +
        Sha256Hex("other-token-0123456789") + " ben * # everything\n");
  auto made = MakeAuthenticator({.token_file = path_}, clock_);
  ASSERT_TRUE(made.ok()) << made.error()->message;
  const auto anna = (*made)->Authenticate("bearer  plain-token-0123456789 ");
  EXPECT_EQ(anna->team, "team-a");
  EXPECT_EQ(anna->roles, (std::set<std::string>{"admin", "dev"}));
  EXPECT_EQ((*made)->Authenticate("Bearer other-token-0123456789")->team, "");
  for (const char* wrong : {"", "Bearer ", "Bearer nobody", "plain-token-0123456789"})
    EXPECT_EQ((*made)->Authenticate(wrong).error()->kind, base::ErrorKind::kUnauthenticated) << wrong;
  // Read again when it changed; kept when it broke.
  Write("new-token-0123456789 carl team-c\n");
  std::filesystem::last_write_time(path_,
                                   std::filesystem::file_time_type::clock::now() + std::chrono::seconds(5));
  clock_.Advance(std::chrono::seconds(3));
  EXPECT_EQ((*made)->Authenticate("Bearer new-token-0123456789")->user, "carl");
  EXPECT_FALSE((*made)->Authenticate("Bearer plain-token-0123456789").ok());
  Write("broken\n");
  std::filesystem::last_write_time(path_,
                                   std::filesystem::file_time_type::clock::now() + std::chrono::seconds(9));
  clock_.Advance(std::chrono::seconds(3));
  EXPECT_TRUE((*made)->Authenticate("Bearer new-token-0123456789").ok());
}

TEST_F(TokenFileTest, SaysWhatIsWrong) {
  const auto message = [&](const std::string& text) {
    return MakeAuthenticator({.token_file = Write(text)}, clock_).error()->message;
  };
  EXPECT_NE(message("\nsecret-token-0123456789\n").find("hearth_tokens:2: a line is TOKEN USER TEAM"),
            std::string::npos);
  EXPECT_EQ(message("secret-token-0123456789 x\n").find("secret-token"), std::string::npos);
  EXPECT_NE(message("short u t").find("shorter than"), std::string::npos);
  EXPECT_NE(message("sha256:12 u t").find("hexadecimal"), std::string::npos);
  EXPECT_NE(message("# none").find("holds no token"), std::string::npos);
  EXPECT_NE(MakeAuthenticator({.token_file = "/no/such"}, clock_).error()->message.find("cannot be read"),
            std::string::npos);
  IdentityOptions options;
  options.jwt.key_set = "x";
  EXPECT_NE(MakeAuthenticator(options, clock_).error()->message.find("issuer"), std::string::npos);
}

TEST(Loopback, IsKnown) {
  for (const char* inside : {"127.0.0.1:1", "127.9.9.9:0", "[::1]:15080", "localhost:1"})
    EXPECT_TRUE(IsLoopback(inside)) << inside;
  for (const char* outside : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "host:1", ":1", "127.0.0.1.example:1"})
    EXPECT_FALSE(IsLoopback(outside)) << outside;
  EXPECT_TRUE(CheckListenAddress({}, "--http", "localhost:1").ok());
  EXPECT_NE(CheckListenAddress({}, "--http", "0.0.0.0:1").error()->message.find("--tokens"),
            std::string::npos);
  EXPECT_TRUE(CheckListenAddress({.token_file = "x"}, "--http", "0.0.0.0:1").ok());
}

TEST(AuditLog, IsBounded) {
  const std::string path = testing::TempDir() + "hearth_audit";
  std::filesystem::remove(path);
  std::filesystem::remove(path + ".1");
  auto log = OpenAuditLog(path, 1000);
  ASSERT_TRUE(log.ok());
  for (int count = 0; count < 100; ++count) (*log)->Record({count, "u", "t", "Submit", "x\"\xff", "OK", "r"});
  EXPECT_LE(std::filesystem::file_size(path), 1000u);
  EXPECT_LE(std::filesystem::file_size(path + ".1"), 1000u);
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) EXPECT_TRUE(Json::accept(line)) << line;
  EXPECT_FALSE(OpenAuditLog("/no/such/folder/x", 1).ok());
}

}  // namespace
}  // namespace hearth::front::identity
