// The generator behind Spark's rand, randn and uniform: an XORShift seeded through scrambling, read as
// java.util.Random reads.
#pragma once

#include <cstdint>

namespace hearth::engine {

class JavaRandom {
 public:
  explicit JavaRandom(int64_t seed);

  int32_t NextInt() { return Next(32); }
  double NextDouble();    // [0, 1)
  double NextGaussian();  // mean 0, deviation 1; polar method, two at a time

 private:
  int32_t Next(int bits);

  uint64_t state_;
  bool has_gaussian_ = false;
  double gaussian_ = 0;
};

}  // namespace hearth::engine
