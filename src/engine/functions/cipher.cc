// AES in the modes that Spark has, and keyed digests.
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>

#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/row_kernels.h"

namespace hearth::engine {
namespace {

using duckdb::LogicalType;
using std::string_view;

constexpr size_t kBlockSize = 16;
constexpr size_t kCounterVectorSize = 12;
constexpr size_t kTagSize = 16;
constexpr const char* kBothNames = "`aes_encrypt`/`aes_decrypt`";

enum class Mode : uint8_t { kEcb, kCbc, kGcm };

struct Cipher {
  Mode mode;
  const EVP_CIPHER* algorithm;
  size_t vector_size;
};

std::string Upper(string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  return upper;
}

[[noreturn]] void ThrowCrypto(std::string detail) {
  ThrowSpark(base::ErrorKind::kRuntime, "INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR",
             "The data could not be encrypted or decrypted: " + detail,
             {{"parameter", "`expr`, `key`"}, {"functionName", kBothNames}, {"detailMessage", detail}});
}

const EVP_CIPHER* AlgorithmOf(Mode mode, size_t key_size) {
  switch (key_size) {
    case 16:
      return mode == Mode::kEcb   ? EVP_aes_128_ecb()
             : mode == Mode::kCbc ? EVP_aes_128_cbc()
                                  : EVP_aes_128_gcm();
    case 24:
      return mode == Mode::kEcb   ? EVP_aes_192_ecb()
             : mode == Mode::kCbc ? EVP_aes_192_cbc()
                                  : EVP_aes_192_gcm();
    case 32:
      return mode == Mode::kEcb   ? EVP_aes_256_ecb()
             : mode == Mode::kCbc ? EVP_aes_256_cbc()
                                  : EVP_aes_256_gcm();
    default:
      return nullptr;
  }
}

Cipher ChooseCipher(string_view key, string_view mode_text, string_view padding_text) {
  if (!AlgorithmOf(Mode::kEcb, key.size())) {
    ThrowSpark(
        base::ErrorKind::kRuntime, "INVALID_PARAMETER_VALUE.AES_KEY_LENGTH",
        "An AES key has 16, 24 or 32 bytes, not " + std::to_string(key.size()) + ".",
        {{"parameter", "`key`"}, {"functionName", kBothNames}, {"actualLength", std::to_string(key.size())}});
  }
  const auto mode = Upper(mode_text);
  const auto padding = Upper(padding_text);
  const bool pads = padding == "PKCS" || padding == "DEFAULT";
  std::optional<Mode> chosen;
  if (mode == "ECB" && pads) chosen = Mode::kEcb;
  if (mode == "CBC" && pads) chosen = Mode::kCbc;
  if (mode == "GCM" && (padding == "NONE" || padding == "DEFAULT")) chosen = Mode::kGcm;
  if (!chosen) {
    ThrowSpark(base::ErrorKind::kRuntime, "UNSUPPORTED_FEATURE.AES_MODE",
               "There is no AES mode " + std::string(mode_text) + " with the padding " +
                   std::string(padding_text) + ".",
               {{"mode", std::string(mode_text)},
                {"padding", std::string(padding_text)},
                {"functionName", kBothNames}});
  }
  const size_t vector_size = *chosen == Mode::kEcb   ? 0
                             : *chosen == Mode::kCbc ? kBlockSize
                                                     : kCounterVectorSize;
  return {*chosen, AlgorithmOf(*chosen, key.size()), vector_size};
}

// One EVP operation, freed at the end.
class Operation {
 public:
  Operation() : context_(EVP_CIPHER_CTX_new()) {}
  ~Operation() { EVP_CIPHER_CTX_free(context_); }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  bool Start(const Cipher& cipher, string_view key, string_view vector, bool encrypts) {
    return EVP_CipherInit_ex(context_, cipher.algorithm, nullptr, Bytes(key),
                             vector.empty() ? nullptr : Bytes(vector), encrypts ? 1 : 0) == 1;
  }
  bool Authenticate(string_view data) {
    int size = 0;
    return EVP_CipherUpdate(context_, nullptr, &size, Bytes(data), static_cast<int>(data.size())) == 1;
  }
  bool ExpectTag(string_view tag) {
    return EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag.size()),
                               const_cast<char*>(tag.data())) == 1;
  }
  bool Run(string_view input, std::string* out) {
    const size_t before = out->size();
    out->resize(before + input.size() + kBlockSize);
    auto* target = reinterpret_cast<unsigned char*>(out->data() + before);
    int size = 0;
    int rest = 0;
    if (EVP_CipherUpdate(context_, target, &size, Bytes(input), static_cast<int>(input.size())) != 1)
      return false;
    if (EVP_CipherFinal_ex(context_, target + size, &rest) != 1) return false;
    out->resize(before + static_cast<size_t>(size + rest));
    return true;
  }
  bool AppendTag(std::string* out) {
    std::array<char, kTagSize> tag;
    if (EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_GCM_GET_TAG, kTagSize, tag.data()) != 1) return false;
    out->append(tag.data(), tag.size());
    return true;
  }

 private:
  static const unsigned char* Bytes(string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  }
  EVP_CIPHER_CTX* context_;
};

[[noreturn]] void ThrowModeTakesNo(const char* condition, const char* what, string_view mode) {
  ThrowSpark(base::ErrorKind::kRuntime, condition,
             "The AES mode " + std::string(mode) + " takes no " + what + ".",
             {{"mode", Upper(mode)}, {"functionName", "`aes_encrypt`"}});
}

// The initialization vector, the encrypted bytes, and for GCM the tag.
void Encrypt(std::string& out, string_view input, string_view key, string_view mode, string_view padding,
             string_view vector, string_view authenticated) {
  const auto cipher = ChooseCipher(key, mode, padding);
  if (!vector.empty()) {
    if (cipher.vector_size == 0)
      ThrowModeTakesNo("UNSUPPORTED_FEATURE.AES_MODE_IV", "initialization vector", mode);
    if (vector.size() != cipher.vector_size) {
      ThrowSpark(base::ErrorKind::kRuntime, "INVALID_PARAMETER_VALUE.AES_IV_LENGTH",
                 "The initialization vector has the wrong length.",
                 {{"mode", Upper(mode)},
                  {"parameter", "`iv`"},
                  {"functionName", "`aes_encrypt`"},
                  {"actualLength", std::to_string(vector.size())}});
    }
  }
  if (!authenticated.empty() && cipher.mode != Mode::kGcm) {
    ThrowModeTakesNo("UNSUPPORTED_FEATURE.AES_MODE_AAD", "additional authenticated data", mode);
  }
  std::array<char, kBlockSize> drawn;
  if (vector.empty() && cipher.vector_size > 0) {
    if (RAND_bytes(reinterpret_cast<unsigned char*>(drawn.data()), static_cast<int>(cipher.vector_size)) !=
        1) {
      ThrowSpark(base::InternalError("no random bytes for an initialization vector"));
    }
    vector = {drawn.data(), cipher.vector_size};
  }
  out.append(vector);
  Operation operation;
  const bool good = operation.Start(cipher, key, vector, true) &&
                    (authenticated.empty() || operation.Authenticate(authenticated)) &&
                    operation.Run(input, &out) && (cipher.mode != Mode::kGcm || operation.AppendTag(&out));
  if (!good) ThrowCrypto("the cipher failed");
}

void Decrypt(std::string& out, string_view input, string_view key, string_view mode, string_view padding,
             string_view authenticated) {
  const auto cipher = ChooseCipher(key, mode, padding);
  if (!authenticated.empty() && cipher.mode != Mode::kGcm) {
    ThrowModeTakesNo("UNSUPPORTED_FEATURE.AES_MODE_AAD", "additional authenticated data", mode);
  }
  if (input.size() < cipher.vector_size) ThrowCrypto("Invalid buffer arguments");
  const auto vector = input.substr(0, cipher.vector_size);
  input.remove_prefix(cipher.vector_size);
  Operation operation;
  if (cipher.mode == Mode::kGcm) {
    if (input.size() < kTagSize)
      ThrowCrypto("Input data too short to contain an expected tag length of 16bytes");
    const auto tag = input.substr(input.size() - kTagSize);
    input.remove_suffix(kTagSize);
    const bool good = operation.Start(cipher, key, vector, false) &&
                      (authenticated.empty() || operation.Authenticate(authenticated)) &&
                      operation.ExpectTag(tag) && operation.Run(input, &out);
    if (!good) ThrowCrypto("Tag mismatch");
    return;
  }
  if (input.size() % kBlockSize != 0) {
    ThrowCrypto("Input length must be multiple of 16 when decrypting with padded cipher");
  }
  // Java gives nothing for nothing.
  if (input.empty()) return;
  if (!operation.Start(cipher, key, vector, false) || !operation.Run(input, &out)) {
    ThrowCrypto(
        "Given final block not properly padded. Such issues can arise if a bad key is used during "
        "decryption.");
  }
}

bool TryDecrypt(std::string& out, string_view input, string_view key, string_view mode, string_view padding,
                string_view authenticated) {
  try {
    Decrypt(out, input, key, mode, padding, authenticated);
    return true;
  } catch (const duckdb::Exception&) {
    return false;
  }
}

void Hmac(std::string& out, string_view key, string_view data, string_view algorithm) {
  auto name = Upper(algorithm);
  name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
  const EVP_MD* digest = name == "MD5"      ? EVP_md5()
                         : name == "SHA1"   ? EVP_sha1()
                         : name == "SHA224" ? EVP_sha224()
                         : name == "SHA256" ? EVP_sha256()
                         : name == "SHA384" ? EVP_sha384()
                         : name == "SHA512" ? EVP_sha512()
                                            : nullptr;
  if (!digest) ThrowSpark(base::NotImplemented("hmac with the algorithm " + std::string(algorithm)));
  std::array<unsigned char, EVP_MAX_MD_SIZE> result;
  unsigned int size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(data.data());
  if (!HMAC(digest, key.data(), static_cast<int>(key.size()), bytes, data.size(), result.data(), &size)) {
    ThrowSpark(base::InternalError("the keyed digest could not be computed"));
  }
  out.append(reinterpret_cast<const char*>(result.data()), size);
}

}  // namespace

void AddCipher(EngineFunctions& functions) {
  using View = string_view;
  const auto bytes = LogicalType::BLOB;
  const auto text = LogicalType::VARCHAR;
  const KernelFlags fallible{.fallible = true};
  // The initialization vector is drawn for every row.
  auto encrypt = Kernel("spark_aes_encrypt", {bytes, bytes, text, text, bytes, bytes}, bytes,
                        TextKernel<View, View, View, View, View, View>(Encrypt), fallible);
  encrypt.SetVolatile();
  functions.AddScalar(std::move(encrypt));
  functions.AddScalar(Kernel("spark_aes_decrypt", {bytes, bytes, text, text, bytes}, bytes,
                             TextKernel<View, View, View, View, View>(Decrypt), fallible));
  functions.AddScalar(Kernel("spark_try_aes_decrypt", {bytes, bytes, text, text, bytes}, bytes,
                             TextKernel<View, View, View, View, View>(TryDecrypt)));
  functions.AddScalar(
      Kernel("spark_hmac", {bytes, bytes, text}, bytes, TextKernel<View, View, View>(Hmac), fallible));
}

}  // namespace hearth::engine
