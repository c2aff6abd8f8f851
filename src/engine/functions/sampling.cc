// Which rows a sample takes, by their number in the input: what Spark's samplers decide for a single
// partition.
#include <cmath>

#include "engine/functions/registry.h"

namespace hearth::engine {

namespace {

using duckdb::LogicalType;

uint32_t Rotate(uint32_t value, int bits) { return (value << bits) | (value >> (32 - bits)); }

// MurmurHash3 (32 bits) of a seed's bytes, high byte first, in two rounds: how XORShiftRandom spreads its
// seed.
uint32_t MurmurOfBytes(const uint8_t* bytes, size_t size, uint32_t seed) {
  uint32_t hash = seed;
  size_t i = 0;
  const auto mix = [](uint32_t block) { return Rotate(block * 0xCC9E2D51U, 15) * 0x1B873593U; };
  for (; i + 4 <= size; i += 4) {
    const uint32_t block =
        bytes[i] | bytes[i + 1] << 8 | bytes[i + 2] << 16 | static_cast<uint32_t>(bytes[i + 3]) << 24;
    hash = Rotate(hash ^ mix(block), 13) * 5 + 0xE6546B64U;
  }
  hash ^= static_cast<uint32_t>(size);
  hash = (hash ^ (hash >> 16)) * 0x85EBCA6BU;
  hash = (hash ^ (hash >> 13)) * 0xC2B2AE35U;
  return hash ^ (hash >> 16);
}

class XorShift {
 public:
  explicit XorShift(int64_t seed) {
    // The hash runs over 64 bytes of which the seed fills the first eight.
    uint8_t bytes[64] = {};
    for (int i = 0; i < 8; ++i) bytes[i] = static_cast<uint8_t>(static_cast<uint64_t>(seed) >> (56 - 8 * i));
    const uint32_t low = MurmurOfBytes(bytes, sizeof(bytes), 0x3C074A61U);
    const uint32_t high = MurmurOfBytes(bytes, sizeof(bytes), low);
    state_ = static_cast<uint64_t>(high) << 32 | low;
  }
  double NextDouble() {
    const uint64_t high = Next(26);
    return static_cast<double>((high << 27) + Next(27)) * 0x1.0p-53;
  }

 private:
  uint64_t Next(int bits) {
    uint64_t next = state_ ^ (state_ << 21);
    next ^= next >> 35;
    next ^= next << 4;
    state_ = next;
    return next & ((uint64_t{1} << bits) - 1);
  }
  uint64_t state_;
};

// The generator as of a row. Rows come in order from one numbering operator, so that a step forward is the
// rule.
struct Position : public duckdb::FunctionLocalState {
  int64_t seed = 0;
  int64_t row = -1;
  double value = 0;
  XorShift generator{0};

  double At(int64_t wanted_seed, int64_t wanted_row) {
    if (row < 0 || seed != wanted_seed || wanted_row < row) {
      seed = wanted_seed;
      generator = XorShift(seed);
      row = 0;
    }
    while (row < wanted_row) {
      value = generator.NextDouble();
      ++row;
    }
    return value;
  }
};

duckdb::unique_ptr<duckdb::FunctionLocalState> Init(duckdb::ExpressionState&,
                                                    const duckdb::BoundFunctionExpression&,
                                                    duckdb::FunctionData*) {
  return duckdb::make_uniq<Position>();
}

Position& StateOf(duckdb::ExpressionState& state) {
  return duckdb::ExecuteFunctionState::GetFunctionState(state)->Cast<Position>();
}

void Keeps(duckdb::DataChunk& input, duckdb::ExpressionState& state, duckdb::Vector& result) {
  auto& position = StateOf(state);
  const double lower = duckdb::ConstantVector::GetData<double>(input.data[2])[0];
  const double upper = duckdb::ConstantVector::GetData<double>(input.data[3])[0];
  duckdb::BinaryExecutor::Execute<int64_t, int64_t, bool>(input.data[0], input.data[1], result, input.size(),
                                                          [&](int64_t row, int64_t seed) {
                                                            const double value = position.At(seed, row);
                                                            return value >= lower && value < upper;
                                                          });
}

// A Poisson count by inversion of one uniform number.
void Copies(duckdb::DataChunk& input, duckdb::ExpressionState& state, duckdb::Vector& result) {
  auto& position = StateOf(state);
  const double mean = duckdb::ConstantVector::GetData<double>(input.data[2])[0];
  duckdb::BinaryExecutor::Execute<int64_t, int64_t, int64_t>(
      input.data[0], input.data[1], result, input.size(), [&](int64_t row, int64_t seed) {
        const double value = position.At(seed, row);
        double probability = std::exp(-mean);
        double total = probability;
        int64_t count = 0;
        while (value >= total && count < 1000) {
          ++count;
          probability *= mean / static_cast<double>(count);
          total += probability;
        }
        return count;
      });
}

}  // namespace

void AddSampling(EngineFunctions& functions) {
  duckdb::ScalarFunction keeps(
      "spark_sample_keeps",
      {LogicalType::BIGINT, LogicalType::BIGINT, LogicalType::DOUBLE, LogicalType::DOUBLE},
      LogicalType::BOOLEAN, Keeps);
  keeps.SetInitStateCallback(Init);
  duckdb::ScalarFunction copies("spark_sample_copies",
                                {LogicalType::BIGINT, LogicalType::BIGINT, LogicalType::DOUBLE},
                                LogicalType::BIGINT, Copies);
  copies.SetInitStateCallback(Init);
  functions.AddScalar(std::move(keeps));
  functions.AddScalar(std::move(copies));
}

}  // namespace hearth::engine
