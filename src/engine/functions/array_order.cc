// Arrays in order: sort_array, array_sort, array_max, array_min, shuffle.
#include <algorithm>
#include <array>
#include <numeric>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "duckdb/parser/expression/lambda_expression.hpp"
#include "engine/errors.h"
#include "engine/functions/array_families.h"
#include "engine/functions/expressions.h"
#include "engine/functions/list_builder.h"
#include "engine/values/order_key.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::LogicalType;

namespace {

// Elements of a list with their keys.
struct Keyed {
  std::string key;
  idx_t element;
};

// spark_sort_array(array, ascending, nulls last)
void SortKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader lists(arguments.data[0], count);
  const ColumnReader<bool> ascending(arguments.data[1], count);
  const ColumnReader<bool> nulls_last(arguments.data[2], count);
  const OrderKeys keys(lists.elements(), lists.element_count());
  ListBuilder builder(result);
  std::vector<Keyed> items;
  for (idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row) || ascending.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    const auto entry = lists[row];
    items.clear();
    std::vector<idx_t> nulls;
    for (auto i = entry.offset; i < entry.offset + entry.length; ++i) {
      if (lists.IsNullElement(i)) {
        nulls.push_back(i);
        continue;
      }
      items.push_back({{}, i});
      keys.Append(i, &items.back().key);
    }
    const bool up = ascending[row];
    std::stable_sort(items.begin(), items.end(),
                     [up](const Keyed& a, const Keyed& b) { return up ? a.key < b.key : b.key < a.key; });
    builder.Begin(row);
    if (!nulls_last[row])
      for (const auto null : nulls) builder.Add(null);
    for (const auto& item : items) builder.Add(item.element);
    if (nulls_last[row])
      for (const auto null : nulls) builder.Add(null);
    builder.End(row);
  }
  builder.Finish(lists.elements(), lists.element_count());
}

template <bool kLargest>
void ExtremeKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader lists(arguments.data[0], count);
  const OrderKeys keys(lists.elements(), lists.element_count());
  ValuePicker values(result, count);
  std::string best;
  std::string key;
  for (idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row)) continue;
    const auto entry = lists[row];
    bool any = false;
    for (auto i = entry.offset; i < entry.offset + entry.length; ++i) {
      if (lists.IsNullElement(i)) continue;
      key.clear();
      keys.Append(i, &key);
      if (any && (kLargest ? key <= best : key >= best)) continue;
      any = true;
      best.swap(key);
      values.Pick(row, i);
    }
  }
  values.Finish(lists.elements(), lists.element_count());
}

// Sorts by a comparator: spark_sort_by_matrix(array, answers) with the comparator's answers for every pair of
// elements. A merge sort, stable as Java's.
void SortByMatrixKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader lists(arguments.data[0], count);
  const ListReader matrices(arguments.data[1], count);
  const ListReader lines(matrices.elements(), matrices.element_count());
  const ColumnReader<int32_t> answers(lines.elements(), lines.element_count());
  ListBuilder builder(result);
  std::vector<idx_t> order;
  for (idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    const auto entry = lists[row];
    const auto matrix = matrices[row];
    order.resize(entry.length);
    std::iota(order.begin(), order.end(), 0);
    // An inconsistent comparator must not break the sort: std::stable_sort only reads inside the range.
    std::stable_sort(order.begin(), order.end(), [&](idx_t left, idx_t right) {
      const auto place = lines[matrix.offset + left].offset + right;
      if (answers.IsNull(place)) {
        ThrowSpark(base::ErrorKind::kSpark, "COMPARATOR_RETURNS_NULL", "The comparator gave no number.");
      }
      return answers[place] < 0;
    });
    builder.Begin(row);
    for (const auto place : order) builder.Add(entry.offset + place);
    builder.End(row);
  }
  builder.Finish(lists.elements(), lists.element_count());
}

// ---- shuffle
// ---------------------------------------------------------------------------------------------------

// The Mersenne Twister seeded by an array of two words, as commons-math seeds it from a long.
std::mt19937 SeededTwister(int64_t seed) {
  constexpr size_t kSize = 624;
  std::array<uint32_t, kSize> state{};
  state[0] = 19650218U;
  for (size_t i = 1; i < kSize; ++i) {
    state[i] = 1812433253U * (state[i - 1] ^ (state[i - 1] >> 30)) + static_cast<uint32_t>(i);
  }
  const std::array<uint32_t, 2> words = {static_cast<uint32_t>(static_cast<uint64_t>(seed) >> 32),
                                         static_cast<uint32_t>(seed)};
  size_t i = 1;
  size_t j = 0;
  for (size_t k = kSize; k > 0; --k) {
    state[i] =
        (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1664525U)) + words[j] + static_cast<uint32_t>(j);
    if (++i == kSize) {
      state[0] = state[kSize - 1];
      i = 1;
    }
    if (++j == words.size()) j = 0;
  }
  for (size_t k = kSize - 1; k > 0; --k) {
    state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1566083941U)) - static_cast<uint32_t>(i);
    if (++i == kSize) {
      state[0] = state[kSize - 1];
      i = 1;
    }
  }
  state[0] = 0x80000000U;
  // std::mt19937 takes its state from a seed sequence word by word only through text.
  std::string text;
  for (const auto word : state) text += std::to_string(word) + " ";
  text += std::to_string(kSize);
  std::istringstream stream(text);
  std::mt19937 twister;
  stream >> twister;
  return twister;
}

// A number below `bound`, as commons-math draws it.
int32_t NextBelow(std::mt19937& twister, int32_t bound) {
  const auto next31 = [&] { return static_cast<int32_t>(twister() >> 1); };
  if ((bound & -bound) == bound) return static_cast<int32_t>((static_cast<int64_t>(bound) * next31()) >> 31);
  for (;;) {
    const int32_t bits = next31();
    const int32_t value = bits % bound;
    if (static_cast<int64_t>(bits) - value + (bound - 1) <= INT32_MAX) return value;
  }
}

// spark_shuffle(array, seed)
void ShuffleKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = arguments.size();
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  const ListReader lists(arguments.data[0], count);
  const ColumnReader<int64_t> seeds(arguments.data[1], count);
  auto twister = seeds.IsNull(0) ? std::mt19937(std::random_device{}()) : SeededTwister(seeds[0]);
  ListBuilder builder(result);
  std::vector<idx_t> order;
  for (idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    const auto entry = lists[row];
    order.resize(entry.length);
    for (idx_t i = 0; i < entry.length; ++i) {
      const auto j = static_cast<idx_t>(NextBelow(twister, static_cast<int32_t>(i) + 1));
      if (j != i) order[i] = order[j];
      order[j] = i;
    }
    builder.Begin(row);
    for (const auto place : order) builder.Add(entry.offset + place);
    builder.End(row);
  }
  builder.Finish(lists.elements(), lists.element_count());
}

base::Result<ParsedPtr> LowerSortArray(LoweredCall call) {
  auto descending = Not(Copy(call.arguments[1]));
  call.arguments.push_back(std::move(descending));
  return CallWith("spark_sort_array", std::move(call.arguments));
}

// Without a comparator: ascending, nulls last. With one: the answers for all pairs are computed by nested
// lambdas.
base::Result<ParsedPtr> LowerArraySort(LoweredCall call) {
  if (call.arguments.size() == 1) {
    return Call("spark_sort_array", std::move(call.arguments[0]), BooleanConstant(true),
                BooleanConstant(true));
  }
  const auto& comparator = *call.plan_arguments()[1]->As<plan::Lambda>();
  const auto name = [&](size_t index) {
    return LambdaVariableName(comparator.parameters[index]->As<plan::LambdaVariable>()->id);
  };
  auto body = std::move(call.arguments[1]->Cast<duckdb::LambdaExpression>().expr);
  auto line = Call("list_transform", Copy(call.arguments[0]), LambdaOf({name(1)}, std::move(body)));
  auto matrix = Call("list_transform", Copy(call.arguments[0]), LambdaOf({name(0)}, std::move(line)));
  return Call("spark_sort_by_matrix", std::move(call.arguments[0]), std::move(matrix));
}

base::Result<ParsedPtr> LowerShuffle(LoweredCall call) {
  auto seed = call.arguments.size() == 2 ? CastTo(std::move(call.arguments[1]), LogicalType::BIGINT)
                                         : NullOf(LogicalType::BIGINT);
  return Call("spark_shuffle", std::move(call.arguments[0]), std::move(seed));
}

}  // namespace

void AddArrayOrder(EngineFunctions& functions) {
  const auto any = LogicalType::ANY;
  const auto boolean = LogicalType::BOOLEAN;
  const KernelFlags same{.bind = BindTypeOf<0>};
  functions.AddScalar(Kernel("spark_sort_array", {any, boolean, boolean}, any, SortKernel, same));
  functions.AddScalar(Kernel("spark_array_max", {any}, any, ExtremeKernel<true>, {.bind = BindElementOf<0>}));
  functions.AddScalar(
      Kernel("spark_array_min", {any}, any, ExtremeKernel<false>, {.bind = BindElementOf<0>}));
  const auto matrix = LogicalType::LIST(LogicalType::LIST(LogicalType::INTEGER));
  functions.AddScalar(Kernel("spark_sort_by_matrix", {any, matrix}, any, SortByMatrixKernel,
                             {.fallible = true, .bind = BindTypeOf<0>}));
  auto shuffle = Kernel("spark_shuffle", {any, LogicalType::BIGINT}, any, ShuffleKernel,
                        {.sees_nulls = true, .bind = BindTypeOf<0>});
  shuffle.SetVolatile();
  functions.AddScalar(std::move(shuffle));
  functions.AddRule("sort_array", LowerSortArray);
  functions.AddRule("array_sort", LowerArraySort);
  functions.AddRule("shuffle", LowerShuffle);
}

}  // namespace hearth::engine
