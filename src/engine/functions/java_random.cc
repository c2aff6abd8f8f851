#include "engine/functions/java_random.h"

#include <array>
#include <bit>
#include <cmath>

#include "engine/functions/java_math.h"

namespace hearth::engine {
namespace {

// Scala's Murmur3 over the seed's eight bytes, highest first.
uint32_t Scramble(int64_t seed, uint32_t hash) {
  std::array<unsigned char, 8> bytes;
  for (int i = 0; i < 8; ++i)
    bytes[i] = static_cast<unsigned char>(static_cast<uint64_t>(seed) >> (56 - 8 * i));
  for (int word = 0; word < 8; word += 4) {
    uint32_t key = bytes[word] | bytes[word + 1] << 8 | bytes[word + 2] << 16 |
                   static_cast<uint32_t>(bytes[word + 3]) << 24;
    key = std::rotl(key * 0xcc9e2d51U, 15) * 0x1b873593U;
    hash = std::rotl(hash ^ key, 13) * 5 + 0xe6546b64U;
  }
  hash ^= 8;
  hash = (hash ^ (hash >> 16)) * 0x85ebca6bU;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35U;
  return hash ^ (hash >> 16);
}

}  // namespace

JavaRandom::JavaRandom(int64_t seed) {
  const uint32_t low = Scramble(seed, 0x3c074a61U);
  const uint32_t high = Scramble(seed, low);
  state_ = static_cast<uint64_t>(high) << 32 | low;
}

int32_t JavaRandom::Next(int bits) {
  state_ ^= state_ << 21;
  state_ ^= state_ >> 35;
  state_ ^= state_ << 4;
  return static_cast<int32_t>(state_ & ((uint64_t{1} << bits) - 1));
}

double JavaRandom::NextDouble() {
  const int64_t high = static_cast<int64_t>(Next(26)) << 27;
  return static_cast<double>(high + Next(27)) * 0x1.0p-53;
}

double JavaRandom::NextGaussian() {
  if (has_gaussian_) {
    has_gaussian_ = false;
    return gaussian_;
  }
  double x, y, square;
  do {
    x = 2 * NextDouble() - 1;
    y = 2 * NextDouble() - 1;
    square = x * x + y * y;
  } while (square >= 1 || square == 0);
  const double factor = std::sqrt(-2 * java_math::Log(square) / square);
  gaussian_ = y * factor;
  has_gaussian_ = true;
  return x * factor;
}

}  // namespace hearth::engine
