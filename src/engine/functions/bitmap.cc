// Bitmaps of 4096 bytes: sets of numbers, one bucket of 32768 each.
#include <algorithm>
#include <array>
#include <bit>
#include <string_view>

#include "duckdb/function/aggregate_function.hpp"
#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/row_kernels.h"

namespace hearth::engine {
namespace {

using duckdb::AggregateFunction;
using duckdb::AggregateInputData;
using duckdb::data_ptr_t;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::UnifiedVectorFormat;
using duckdb::Vector;

constexpr int64_t kBytes = 4096;
constexpr int64_t kBits = 8 * kBytes;

int64_t BitPosition(int64_t number) { return number > 0 ? (number - 1) % kBits : -(number % kBits); }
int64_t BucketNumber(int64_t number) { return number > 0 ? 1 + (number - 1) / kBits : number / kBits; }
int64_t CountBits(std::string_view bytes) {
  int64_t count = 0;
  for (const char byte : bytes) count += std::popcount(static_cast<unsigned char>(byte));
  return count;
}

struct State {
  std::array<unsigned char, kBytes> bits;
};

// Sets the bit at the position that a row gives.
struct Construct {
  using Input = int64_t;
  static constexpr unsigned char kStart = 0;
  static constexpr bool kIntersects = false;
  static void Add(State& state, int64_t position) {
    if (position < 0 || position >= kBits) {
      ThrowSpark(base::ErrorKind::kRuntime, "INVALID_BITMAP_POSITION",
                 "The bit position " + std::to_string(position) + " lies outside of the bitmap.",
                 {{"bitPosition", std::to_string(position)},
                  {"bitmapNumBytes", std::to_string(kBytes)},
                  {"bitmapNumBits", std::to_string(kBits)}});
    }
    state.bits[position / 8] |= static_cast<unsigned char>(1U << (position % 8));
  }
};

// Bytes that an input lacks are zero, bytes beyond the bitmap do not count.
struct Unite {
  using Input = duckdb::string_t;
  static constexpr unsigned char kStart = 0;
  static constexpr bool kIntersects = false;
  static void Add(State& state, const duckdb::string_t& bytes) {
    const auto size = std::min<idx_t>(bytes.GetSize(), kBytes);
    for (idx_t i = 0; i < size; ++i) state.bits[i] |= static_cast<unsigned char>(bytes.GetData()[i]);
  }
};
struct Intersect {
  using Input = duckdb::string_t;
  static constexpr unsigned char kStart = 0xff;
  static constexpr bool kIntersects = true;
  static void Add(State& state, const duckdb::string_t& bytes) {
    const auto size = std::min<idx_t>(bytes.GetSize(), kBytes);
    for (idx_t i = 0; i < size; ++i) state.bits[i] &= static_cast<unsigned char>(bytes.GetData()[i]);
    std::fill(state.bits.begin() + static_cast<std::ptrdiff_t>(size), state.bits.end(), 0);
  }
};

idx_t StateSize(const AggregateFunction&) { return sizeof(State); }

template <typename Operation>
void Initialize(const AggregateFunction&, data_ptr_t state) {
  reinterpret_cast<State*>(state)->bits.fill(Operation::kStart);
}

template <typename Operation>
void Update(Vector inputs[], AggregateInputData&, idx_t, Vector& states, idx_t count) {
  UnifiedVectorFormat targets, values;
  states.ToUnifiedFormat(count, targets);
  inputs[0].ToUnifiedFormat(count, values);
  const auto* data = UnifiedVectorFormat::GetData<typename Operation::Input>(values);
  for (idx_t i = 0; i < count; ++i) {
    const auto index = values.sel->get_index(i);
    if (!values.validity.RowIsValid(index)) continue;
    Operation::Add(*UnifiedVectorFormat::GetData<State*>(targets)[targets.sel->get_index(i)], data[index]);
  }
}

template <typename Operation>
void Combine(Vector& sources, Vector& targets, AggregateInputData&, idx_t count) {
  UnifiedVectorFormat from;
  sources.ToUnifiedFormat(count, from);
  auto* into = duckdb::FlatVector::GetData<State*>(targets);
  for (idx_t i = 0; i < count; ++i) {
    const auto& source = *UnifiedVectorFormat::GetData<State*>(from)[from.sel->get_index(i)];
    for (int64_t byte = 0; byte < kBytes; ++byte) {
      if (Operation::kIntersects) {
        into[i]->bits[byte] &= source.bits[byte];
      } else {
        into[i]->bits[byte] |= source.bits[byte];
      }
    }
  }
}

void Finalize(Vector& states, AggregateInputData&, Vector& result, idx_t count, idx_t offset) {
  UnifiedVectorFormat format;
  states.ToUnifiedFormat(count, format);
  auto* out = duckdb::FlatVector::GetData<duckdb::string_t>(result);
  for (idx_t i = 0; i < count; ++i) {
    const auto& state = *UnifiedVectorFormat::GetData<State*>(format)[format.sel->get_index(i)];
    out[offset + i] = duckdb::StringVector::AddStringOrBlob(
        result, reinterpret_cast<const char*>(state.bits.data()), state.bits.size());
  }
}

template <typename Operation>
AggregateFunction Bitmap(const char* name, const LogicalType& input) {
  return AggregateFunction(name, {input}, LogicalType::BLOB, &StateSize, &Initialize<Operation>,
                           &Update<Operation>, &Combine<Operation>, &Finalize,
                           duckdb::FunctionNullHandling::SPECIAL_HANDLING);
}

}  // namespace

void AddBitmap(EngineFunctions& functions) {
  const auto number = LogicalType::BIGINT;
  const auto bytes = LogicalType::BLOB;
  functions.AddScalar(
      Kernel("spark_bitmap_bit_position", {number}, number, ValueKernel<int64_t, int64_t>(BitPosition)));
  functions.AddScalar(
      Kernel("spark_bitmap_bucket_number", {number}, number, ValueKernel<int64_t, int64_t>(BucketNumber)));
  functions.AddScalar(
      Kernel("spark_bitmap_count", {bytes}, number, ValueKernel<int64_t, std::string_view>(CountBits)));
  functions.AddAggregate(Bitmap<Construct>("spark_bitmap_construct_agg", number));
  functions.AddAggregate(Bitmap<Unite>("spark_bitmap_or_agg", bytes));
  functions.AddAggregate(Bitmap<Intersect>("spark_bitmap_and_agg", bytes));
}

}  // namespace hearth::engine
