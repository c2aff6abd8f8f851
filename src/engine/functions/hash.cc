// hash, xxhash64 and the digests.
#include <openssl/evp.h>

#include <array>

#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/kernel.h"
#include "engine/functions/murmur.h"
#include "engine/functions/value_hash.h"

namespace hearth::engine {
namespace {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::ScalarFunction;
using duckdb::string_t;
using duckdb::StringVector;
using duckdb::ValidityMask;
using duckdb::Vector;

template <typename Algorithm>
void HashKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, Vector& result) {
  const idx_t rows = arguments.AllConstant() ? 1 : arguments.size();
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  auto* hashes = duckdb::FlatVector::GetData<typename Algorithm::Hash>(result);
  std::fill_n(hashes, rows, Algorithm::kSeed);
  for (auto& column : arguments.data) FoldHash<Algorithm>(column, rows, hashes);
  if (arguments.AllConstant()) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

template <typename Algorithm>
ScalarFunction HashFunction(const char* name, const LogicalType& type) {
  ScalarFunction function(name, {LogicalType::ANY}, type, &HashKernel<Algorithm>);
  function.varargs = LogicalType::ANY;
  function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  return function;
}

string_t Digest(Vector& result, const EVP_MD* algorithm, string_t bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  if (EVP_Digest(bytes.GetData(), bytes.GetSize(), digest.data(), &size, algorithm, nullptr) != 1) {
    ThrowSpark(base::InternalError("the digest could not be computed"));
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  auto text = StringVector::EmptyString(result, size * 2);
  auto* out = text.GetDataWriteable();
  for (unsigned int i = 0; i < size; ++i) {
    *out++ = kHex[digest[i] >> 4];
    *out++ = kHex[digest[i] & 15];
  }
  text.Finalize();
  return text;
}

template <const EVP_MD* (*algorithm)()>
void DigestKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, Vector& result) {
  duckdb::UnaryExecutor::Execute<string_t, string_t>(
      arguments.data[0], result, arguments.size(),
      [&](string_t bytes) { return Digest(result, algorithm(), bytes); });
}

// By the number of bits; 0 means 256, anything that is no SHA-2 gives null.
const EVP_MD* Sha2(int32_t bits) {
  switch (bits) {
    case 224:
      return EVP_sha224();
    case 0:
    case 256:
      return EVP_sha256();
    case 384:
      return EVP_sha384();
    case 512:
      return EVP_sha512();
    default:
      return nullptr;
  }
}

void Sha2Kernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, Vector& result) {
  duckdb::BinaryExecutor::ExecuteWithNulls<string_t, int32_t, string_t>(
      arguments.data[0], arguments.data[1], result, arguments.size(),
      [&](string_t bytes, int32_t bits, ValidityMask& mask, idx_t row) {
        if (const auto* algorithm = Sha2(bits)) return Digest(result, algorithm, bytes);
        mask.SetInvalid(row);
        return string_t();
      });
}

constexpr std::array<uint32_t, 256> MakeCrcTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? 0xedb88320U ^ (value >> 1) : value >> 1;
    table[i] = value;
  }
  return table;
}

void Crc32Kernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, Vector& result) {
  static constexpr auto kTable = MakeCrcTable();
  duckdb::UnaryExecutor::Execute<string_t, int64_t>(
      arguments.data[0], result, arguments.size(), [](string_t bytes) {
        uint32_t crc = ~0U;
        for (idx_t i = 0; i < bytes.GetSize(); ++i) {
          crc = kTable[(crc ^ static_cast<unsigned char>(bytes.GetData()[i])) & 0xff] ^ (crc >> 8);
        }
        return int64_t{~crc};
      });
}

}  // namespace

void AddHash(EngineFunctions& functions) {
  functions.AddScalar(HashFunction<Murmur>("spark_hash", LogicalType::INTEGER));
  functions.AddScalar(HashFunction<XxHash>("spark_xxhash64", LogicalType::BIGINT));
  functions.AddScalar(
      ScalarFunction("spark_md5", {LogicalType::BLOB}, LogicalType::VARCHAR, &DigestKernel<&EVP_md5>));
  functions.AddScalar(
      ScalarFunction("spark_sha1", {LogicalType::BLOB}, LogicalType::VARCHAR, &DigestKernel<&EVP_sha1>));
  functions.AddScalar(ScalarFunction("spark_sha2", {LogicalType::BLOB, LogicalType::INTEGER},
                                     LogicalType::VARCHAR, &Sha2Kernel));
  functions.AddScalar(ScalarFunction("spark_crc32", {LogicalType::BLOB}, LogicalType::BIGINT, &Crc32Kernel));
}

}  // namespace hearth::engine
