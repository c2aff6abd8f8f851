// rand, randn, uniform and the row numbers of monotonically_increasing_id. Each thread that works on a query
// is what a partition is to Spark: the first draws from the seed itself, the next from the seed plus one.
#include <array>
#include <atomic>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <string_view>

#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/java_random.h"
#include "engine/functions/kernel.h"

namespace hearth::engine {
namespace {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::ScalarFunction;

// Shared by the copies of one call: hands out partition numbers.
struct RandomBind : duckdb::FunctionData {
  RandomBind(int64_t given_seed, std::shared_ptr<std::atomic<int64_t>> given_partitions)
      : seed(given_seed), partitions(std::move(given_partitions)) {}
  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<RandomBind>(seed, partitions);
  }
  // Two calls are never the same call.
  bool Equals(const duckdb::FunctionData& other) const override {
    return partitions == other.Cast<RandomBind>().partitions;
  }
  int64_t seed;
  std::shared_ptr<std::atomic<int64_t>> partitions;
};

struct RandomState : duckdb::FunctionLocalState {
  RandomState(int64_t seed, int64_t given_partition)
      : random(seed + given_partition), partition(given_partition) {}
  JavaRandom random;
  int64_t partition;
  int64_t rows = 0;
};

// The first argument is the seed, a constant bigint; null is 0.
duckdb::unique_ptr<duckdb::FunctionData> BindRandom(
    duckdb::ClientContext& context, ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  int64_t seed = 0;
  if (!arguments.empty()) {
    const auto value = ConstantArgument(context, *arguments[0]);
    seed = value.IsNull() ? 0 : duckdb::BigIntValue::Get(value);
    duckdb::Function::EraseArgument(function, arguments, 0);
  }
  return duckdb::make_uniq<RandomBind>(seed, std::make_shared<std::atomic<int64_t>>(0));
}

duckdb::unique_ptr<duckdb::FunctionLocalState> InitRandom(duckdb::ExpressionState&,
                                                          const duckdb::BoundFunctionExpression&,
                                                          duckdb::FunctionData* bind) {
  auto& data = bind->Cast<RandomBind>();
  return duckdb::make_uniq<RandomState>(data.seed, data.partitions->fetch_add(1));
}

RandomState& State(duckdb::ExpressionState& state) {
  return duckdb::ExecuteFunctionState::GetFunctionState(state)->Cast<RandomState>();
}

template <typename Out, typename Draw>
void Fill(duckdb::Vector& result, idx_t count, Draw&& draw) {
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  auto* out = duckdb::FlatVector::GetData<Out>(result);
  for (idx_t i = 0; i < count; ++i) out[i] = draw();
}

void RandKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  auto& random = State(state).random;
  Fill<double>(result, arguments.size(), [&] { return random.NextDouble(); });
}

void RandnKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  auto& random = State(state).random;
  Fill<double>(result, arguments.size(), [&] { return random.NextGaussian(); });
}

// The partition in the upper 31 bits, the row within it below.
void RowIdKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  auto& local = State(state);
  Fill<int64_t>(result, arguments.size(), [&] { return (local.partition << 33) + local.rows++; });
}

void PartitionKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto partition = static_cast<int32_t>(State(state).partition);
  Fill<int32_t>(result, arguments.size(), [&] { return partition; });
}

ScalarFunction Volatile(const char* name, duckdb::vector<LogicalType> arguments, const LogicalType& type,
                        duckdb::scalar_function_t kernel) {
  ScalarFunction function(name, std::move(arguments), type, std::move(kernel), &BindRandom);
  function.init_local_state = &InitRandom;
  function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  function.SetVolatile();
  return function;
}

int64_t DrawSeed() {
  std::random_device device;
  return static_cast<int64_t>(static_cast<uint64_t>(device()) << 32 | device());
}

// rand, randn
base::Result<ParsedPtr> LowerRandom(LoweredCall call) {
  auto seed = call.arguments.empty() ? LongConstant(DrawSeed()) : std::move(call.arguments[0]);
  return Call("spark_random_" + call.name(), std::move(seed));
}

// low + (high - low) * rand, in the type of the bounds: integers are cut, decimals rounded half up.
constexpr std::string_view kLetters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

// spark_random_text(seed, length)
void RandomTextKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  auto& random = State(state).random;
  duckdb::UnifiedVectorFormat lengths;
  arguments.data[0].ToUnifiedFormat(arguments.size(), lengths);
  std::string text;
  idx_t row = 0;
  Fill<duckdb::string_t>(result, arguments.size(), [&] {
    const auto index = lengths.sel->get_index(row++);
    text.resize(static_cast<size_t>(duckdb::UnifiedVectorFormat::GetData<int32_t>(lengths)[index]));
    for (auto& letter : text) {
      const int32_t place = random.NextInt() % static_cast<int32_t>(kLetters.size());
      letter = kLetters[static_cast<size_t>(place < 0 ? -place : place)];
    }
    return duckdb::StringVector::AddString(result, text);
  });
}

base::Result<ParsedPtr> LowerRandomText(LoweredCall call) {
  auto seed = call.arguments.size() > 1 ? std::move(call.arguments[1]) : LongConstant(DrawSeed());
  return Call("spark_random_text", std::move(seed), std::move(call.arguments[0]));
}

base::Result<ParsedPtr> LowerUuid(LoweredCall call) {
  auto seed = call.arguments.empty() ? LongConstant(DrawSeed()) : std::move(call.arguments[0]);
  return Call("spark_seeded_uuid", std::move(seed));
}

// A version 4 UUID from two draws of a Mersenne twister, printed in lower case.
std::string DrawUuid(std::mt19937& twister) {
  const auto next = [&] {
    const uint64_t high = twister();
    return high << 32 | twister();
  };
  const uint64_t most = (next() & 0xffffffffffff0fffULL) | 0x4000ULL;
  const uint64_t least = (next() | 0x8000000000000000ULL) & 0xbfffffffffffffffULL;
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (int digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) text += '-';
    const uint64_t half = digit < 16 ? most : least;
    text += kHex[(half >> (60 - 4 * (digit % 16))) & 15];
  }
  return text;
}

struct UuidState : duckdb::FunctionLocalState {
  explicit UuidState(int64_t seed) {
    // The seed's two halves as the key of the generator's array initialization.
    const uint32_t key[] = {static_cast<uint32_t>(static_cast<uint64_t>(seed) >> 32),
                            static_cast<uint32_t>(seed)};
    std::array<uint32_t, 624> words;
    words[0] = 19650218U;
    for (uint32_t i = 1; i < 624; ++i) words[i] = 1812433253U * (words[i - 1] ^ (words[i - 1] >> 30)) + i;
    uint32_t i = 1;
    uint32_t j = 0;
    const auto wrap = [&] {
      if (++i >= 624) {
        words[0] = words[623];
        i = 1;
      }
    };
    for (int k = 0; k < 624; ++k) {
      words[i] = (words[i] ^ ((words[i - 1] ^ (words[i - 1] >> 30)) * 1664525U)) + key[j] + j;
      wrap();
      j = 1 - j;
    }
    for (int k = 0; k < 623; ++k) {
      words[i] = (words[i] ^ ((words[i - 1] ^ (words[i - 1] >> 30)) * 1566083941U)) - i;
      wrap();
    }
    words[0] = 0x80000000U;
    std::stringstream text;
    for (const auto word : words) text << word << ' ';
    text << 624;
    text >> twister;
  }
  std::mt19937 twister;
};

duckdb::unique_ptr<duckdb::FunctionLocalState> InitUuid(duckdb::ExpressionState&,
                                                        const duckdb::BoundFunctionExpression&,
                                                        duckdb::FunctionData* bind) {
  auto& data = bind->Cast<RandomBind>();
  return duckdb::make_uniq<UuidState>(data.seed + data.partitions->fetch_add(1));
}

void UuidKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  auto& twister = duckdb::ExecuteFunctionState::GetFunctionState(state)->Cast<UuidState>().twister;
  Fill<duckdb::string_t>(result, arguments.size(),
                         [&] { return duckdb::StringVector::AddString(result, DrawUuid(twister)); });
}

base::Result<ParsedPtr> LowerUniform(LoweredCall call) {
  const auto& type = call.type();
  auto seed = call.arguments.size() > 2 ? std::move(call.arguments[2]) : LongConstant(DrawSeed());
  auto low = CastTo(std::move(call.arguments[0]), LogicalType::DOUBLE);
  auto high = CastTo(std::move(call.arguments[1]), LogicalType::DOUBLE);
  auto width = Call("-", std::move(high), Copy(low));
  auto drawn =
      Call("+", std::move(low), Call("*", std::move(width), Call("spark_random_rand", std::move(seed))));
  const auto target = ToDuckDB(type);
  if (type.IsIntegral()) drawn = Call("trunc", std::move(drawn));
  return CastTo(std::move(drawn), target);
}

}  // namespace

void AddRandom(EngineFunctions& functions) {
  functions.AddScalar(Volatile("spark_random_rand", {LogicalType::BIGINT}, LogicalType::DOUBLE, &RandKernel));
  functions.AddScalar(
      Volatile("spark_random_randn", {LogicalType::BIGINT}, LogicalType::DOUBLE, &RandnKernel));
  functions.AddScalar(Volatile("spark_monotonically_increasing_id", {}, LogicalType::BIGINT, &RowIdKernel));
  // No file is being read: a query that reads one does not get here (lower/relations.cc).
  functions.AddRule("input_file_name",
                    [](LoweredCall) -> base::Result<ParsedPtr> { return TextConstant(""); });
  for (const char* name : {"input_file_block_start", "input_file_block_length"}) {
    functions.AddRule(name, [](LoweredCall) -> base::Result<ParsedPtr> { return LongConstant(-1); });
  }
  functions.AddScalar(Volatile("spark_spark_partition_id", {}, LogicalType::INTEGER, &PartitionKernel));
  functions.AddScalar(Volatile("spark_random_text", {LogicalType::BIGINT, LogicalType::INTEGER},
                               LogicalType::VARCHAR, &RandomTextKernel));
  auto uuid = Volatile("spark_seeded_uuid", {LogicalType::BIGINT}, LogicalType::VARCHAR, &UuidKernel);
  uuid.init_local_state = &InitUuid;
  functions.AddScalar(std::move(uuid));
  functions.AddRule("randstr", &LowerRandomText);
  functions.AddRule("uuid", &LowerUuid);
  functions.AddRule("rand", &LowerRandom);
  functions.AddRule("randn", &LowerRandom);
  functions.AddRule("uniform", &LowerUniform);
}

}  // namespace hearth::engine
