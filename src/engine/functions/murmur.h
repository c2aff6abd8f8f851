// Murmur3 and xxHash as Spark computes them over its values, seed in and hash out.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace hearth::engine {

// 32-bit Murmur3. Trailing bytes are mixed one by one as signed integers, which is Spark's own way.
struct Murmur {
  using Hash = int32_t;
  static constexpr Hash kSeed = 42;

  static Hash OfInt(int32_t value, Hash seed) { return Finish(MixHash(seed, MixKey(value)), 4); }
  static Hash OfLong(int64_t value, Hash seed) {
    auto hash = MixHash(seed, MixKey(static_cast<int32_t>(value)));
    hash = MixHash(hash, MixKey(static_cast<int32_t>(value >> 32)));
    return Finish(hash, 8);
  }
  static Hash OfBytes(const char* bytes, size_t size, Hash seed) {
    auto hash = static_cast<uint32_t>(seed);
    const size_t aligned = size - size % 4;
    for (size_t i = 0; i < aligned; i += 4) {
      int32_t word;
      std::memcpy(&word, bytes + i, sizeof(word));
      hash = MixHash(static_cast<Hash>(hash), MixKey(word));
    }
    for (size_t i = aligned; i < size; ++i) {
      hash = MixHash(static_cast<Hash>(hash), MixKey(static_cast<signed char>(bytes[i])));
    }
    return Finish(hash, static_cast<uint32_t>(size));
  }

 private:
  static uint32_t MixKey(int32_t key) {
    return std::rotl(static_cast<uint32_t>(key) * 0xcc9e2d51U, 15) * 0x1b873593U;
  }
  static uint32_t MixHash(Hash hash, uint32_t key) { return MixHash(static_cast<uint32_t>(hash), key); }
  static uint32_t MixHash(uint32_t hash, uint32_t key) { return std::rotl(hash ^ key, 13) * 5 + 0xe6546b64U; }
  static Hash Finish(uint32_t hash, uint32_t length) {
    hash ^= length;
    hash = (hash ^ (hash >> 16)) * 0x85ebca6bU;
    hash = (hash ^ (hash >> 13)) * 0xc2b2ae35U;
    return static_cast<Hash>(hash ^ (hash >> 16));
  }
};

// 64-bit xxHash.
struct XxHash {
  using Hash = int64_t;
  static constexpr Hash kSeed = 42;

  static Hash OfInt(int32_t value, Hash seed) {
    uint64_t hash = static_cast<uint64_t>(seed) + kPrime5 + 4;
    hash ^= static_cast<uint32_t>(value) * kPrime1;
    return Finish(std::rotl(hash, 23) * kPrime2 + kPrime3);
  }
  static Hash OfLong(int64_t value, Hash seed) {
    uint64_t hash = static_cast<uint64_t>(seed) + kPrime5 + 8;
    hash ^= std::rotl(static_cast<uint64_t>(value) * kPrime2, 31) * kPrime1;
    return Finish(std::rotl(hash, 27) * kPrime1 + kPrime4);
  }
  static Hash OfBytes(const char* bytes, size_t size, Hash seed) {
    const char* const end = bytes + size;
    uint64_t hash =
        size >= 32 ? Stripes(bytes, end, static_cast<uint64_t>(seed)) : static_cast<uint64_t>(seed) + kPrime5;
    hash += size;
    for (; end - bytes >= 8; bytes += 8) {
      hash ^= std::rotl(Read<uint64_t>(bytes) * kPrime2, 31) * kPrime1;
      hash = std::rotl(hash, 27) * kPrime1 + kPrime4;
    }
    if (end - bytes >= 4) {
      hash ^= Read<uint32_t>(bytes) * kPrime1;
      hash = std::rotl(hash, 23) * kPrime2 + kPrime3;
      bytes += 4;
    }
    for (; bytes != end; ++bytes) {
      hash ^= static_cast<unsigned char>(*bytes) * kPrime5;
      hash = std::rotl(hash, 11) * kPrime1;
    }
    return Finish(hash);
  }

 private:
  static constexpr uint64_t kPrime1 = 0x9E3779B185EBCA87ULL;
  static constexpr uint64_t kPrime2 = 0xC2B2AE3D27D4EB4FULL;
  static constexpr uint64_t kPrime3 = 0x165667B19E3779F9ULL;
  static constexpr uint64_t kPrime4 = 0x85EBCA77C2B2AE63ULL;
  static constexpr uint64_t kPrime5 = 0x27D4EB2F165667C5ULL;

  template <typename T>
  static uint64_t Read(const char* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof(value));
    return value;
  }
  // Leaves `bytes` behind the last whole stripe of 32.
  static uint64_t Stripes(const char*& bytes, const char* end, uint64_t seed) {
    uint64_t lanes[4] = {seed + kPrime1 + kPrime2, seed + kPrime2, seed, seed - kPrime1};
    for (; end - bytes >= 32; bytes += 32) {
      for (int i = 0; i < 4; ++i)
        lanes[i] = std::rotl(lanes[i] + Read<uint64_t>(bytes + 8 * i) * kPrime2, 31) * kPrime1;
    }
    uint64_t hash =
        std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) + std::rotl(lanes[3], 18);
    for (auto lane : lanes) hash = (hash ^ (std::rotl(lane * kPrime2, 31) * kPrime1)) * kPrime1 + kPrime4;
    return hash;
  }
  static Hash Finish(uint64_t hash) {
    hash = (hash ^ (hash >> 33)) * kPrime2;
    hash = (hash ^ (hash >> 29)) * kPrime3;
    return static_cast<Hash>(hash ^ (hash >> 32));
  }
};

}  // namespace hearth::engine
