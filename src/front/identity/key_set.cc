#include "front/identity/key_set.h"

#include <absl/strings/escaping.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "front/identity/digest.h"

namespace hearth::front::identity {
namespace {

constexpr int kFewestRsaBits = 2048;
constexpr size_t kCoordinateBytes = 32;
constexpr size_t kFewestSecretBytes = 32;

template <typename T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* pointer) const { Free(pointer); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY, EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Deleter<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Deleter<OSSL_PARAM, OSSL_PARAM_free>>;
using Number = std::unique_ptr<BIGNUM, Deleter<BIGNUM, BN_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX, EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Deleter<ECDSA_SIG, ECDSA_SIG_free>>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number ToNumber(std::string_view bytes) {
  return Number(::BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

Key MakeKey(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(::OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(::EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || ::EVP_PKEY_fromdata_init(context.get()) <= 0 ||
      ::EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) <= 0)
    return nullptr;
  return Key(key);
}

Key MakeRsaKey(std::string_view modulus, std::string_view exponent) {
  const Number n = ToNumber(modulus);
  const Number e = ToNumber(exponent);
  const Builder builder(::OSSL_PARAM_BLD_new());
  if (modulus.empty() || exponent.empty() || !n || !e || !builder) return nullptr;
  ::OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  ::OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  Key key = MakeKey("RSA", builder.get());
  if (key && ::EVP_PKEY_get_bits(key.get()) < kFewestRsaBits) return nullptr;
  return key;
}

Key MakeEcKey(std::string_view x, std::string_view y) {
  const Builder builder(::OSSL_PARAM_BLD_new());
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes || !builder) return nullptr;
  const std::string point = "\x04" + std::string(x) + std::string(y);  // uncompressed
  ::OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  ::OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return MakeKey("EC", builder.get());
}

// RFC 7518 writes r and s side by side, OpenSSL reads them as ASN.1.
std::optional<std::string> ToAsn1(std::string_view signature) {
  if (signature.size() != 2 * kCoordinateBytes) return std::nullopt;
  const EcSignature pair(::ECDSA_SIG_new());
  Number r = ToNumber(signature.substr(0, kCoordinateBytes));
  Number s = ToNumber(signature.substr(kCoordinateBytes));
  if (!pair || !r || !s || ::ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return std::nullopt;
  (void)r.release();  // owned by the pair now
  (void)s.release();
  unsigned char* text = nullptr;
  const int size = ::i2d_ECDSA_SIG(pair.get(), &text);
  if (size <= 0) return std::nullopt;
  std::string result(reinterpret_cast<char*>(text), static_cast<size_t>(size));
  ::OPENSSL_free(text);
  return result;
}

class PublicKey final : public VerifyingKey {
 public:
  PublicKey(std::string id, std::string_view algorithm, Key key)
      : id_(std::move(id)), algorithm_(algorithm), key_(std::move(key)) {}
  const std::string& id() const override { return id_; }
  std::string_view algorithm() const override { return algorithm_; }
  bool Verify(std::string_view signed_text, std::string_view signature) const override {
    std::string asn1(signature);
    if (algorithm_ == "ES256") {
      auto converted = ToAsn1(signature);
      if (!converted) return false;
      asn1 = std::move(*converted);
    }
    const Digest digest(::EVP_MD_CTX_new());
    return digest &&
           ::EVP_DigestVerifyInit(digest.get(), nullptr, ::EVP_sha256(), nullptr, key_.get()) == 1 &&
           ::EVP_DigestVerify(digest.get(), Bytes(asn1), asn1.size(), Bytes(signed_text),
                              signed_text.size()) == 1;
  }

 private:
  const std::string id_;
  const std::string_view algorithm_;
  const Key key_;
};

class SecretKey final : public VerifyingKey {
 public:
  SecretKey(std::string id, std::string secret) : id_(std::move(id)), secret_(std::move(secret)) {}
  const std::string& id() const override { return id_; }
  std::string_view algorithm() const override { return "HS256"; }
  bool Verify(std::string_view signed_text, std::string_view signature) const override {
    unsigned char code[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (::HMAC(::EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()), Bytes(signed_text),
               signed_text.size(), code, &size) == nullptr)
      return false;
    return EqualInConstantTime(signature, {reinterpret_cast<char*>(code), size});
  }

 private:
  const std::string id_;
  const std::string secret_;
};

std::string TextOf(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::shared_ptr<const VerifyingKey> ReadKey(const nlohmann::json& object) {
  if (!object.is_object()) return nullptr;
  const std::string type = TextOf(object, "kty");
  const std::string use = TextOf(object, "use");
  const std::string algorithm = TextOf(object, "alg");
  const std::string id = TextOf(object, "kid");
  const auto bytes = [&](const char* name) { return Base64UrlDecode(TextOf(object, name)); };
  const auto is_for = [&](std::string_view own) {
    return (use.empty() || use == "sig") && (algorithm.empty() || algorithm == own);
  };
  if (type == "RSA" && is_for("RS256")) {
    if (Key key = MakeRsaKey(bytes("n"), bytes("e")))
      return std::make_shared<PublicKey>(id, "RS256", std::move(key));
  }
  if (type == "EC" && TextOf(object, "crv") == "P-256" && is_for("ES256")) {
    if (Key key = MakeEcKey(bytes("x"), bytes("y")))
      return std::make_shared<PublicKey>(id, "ES256", std::move(key));
  }
  if (type == "oct" && is_for("HS256")) {
    std::string secret = bytes("k");
    if (secret.size() >= kFewestSecretBytes) return std::make_shared<SecretKey>(id, std::move(secret));
  }
  return nullptr;
}

}  // namespace

std::string Base64UrlDecode(std::string_view text) {
  std::string decoded;
  // One text for one value: no padding, no blanks, no bits left over.
  if (!absl::WebSafeBase64Unescape({text.data(), text.size()}, &decoded) ||
      absl::WebSafeBase64Escape(decoded) != text)
    return "";
  return decoded;
}

base::Result<KeySet> ReadKeySet(std::string_view json) {
  const auto document = nlohmann::json::parse(json, nullptr, false);
  KeySet keys;
  if (document.is_object() && document.contains("keys") && document["keys"].is_array()) {
    for (const auto& object : document["keys"])
      if (auto key = ReadKey(object)) keys.push_back(std::move(key));
  }
  if (!keys.empty()) return keys;
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = "this is no JSON Web Key Set with a key for RS256 (2048 bits), ES256 or HS256 (32 bytes)";
  return error;
}

}  // namespace hearth::front::identity
