// Single items of arrays and maps, and sizes.
#include "engine/errors.h"
#include "engine/functions/array_families.h"
#include "engine/functions/expressions.h"
#include "engine/functions/list_builder.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::LogicalType;

namespace {

// a[i] from 0. Outside: an error when strict, else null.
template <bool kStrict>
void ItemKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader lists(arguments.data[0], count);
  const ColumnReader<int64_t> indexes(arguments.data[1], count);
  ValuePicker values(result, count);
  for (idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row) || indexes.IsNull(row)) continue;
    const auto entry = lists[row];
    const int64_t index = indexes[row];
    if (index >= 0 && index < static_cast<int64_t>(entry.length)) {
      values.Pick(row, entry.offset + static_cast<idx_t>(index));
    } else if (kStrict) {
      ThrowSpark(base::ErrorKind::kArrayIndex, "INVALID_ARRAY_INDEX",
                 "The index " + std::to_string(index) + " is outside the array of " +
                     std::to_string(entry.length) + " elements.",
                 {{"indexValue", std::to_string(index)}, {"arraySize", std::to_string(entry.length)}});
    }
  }
  values.Finish(lists.elements(), lists.element_count());
}

// element_at(array, i) from 1, or from the end when negative.
template <bool kStrict>
void ElementAtKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader lists(arguments.data[0], count);
  const ColumnReader<int32_t> indexes(arguments.data[1], count);
  ValuePicker values(result, count);
  for (idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row) || indexes.IsNull(row)) continue;
    const auto entry = lists[row];
    const int64_t index = indexes[row];
    const auto size = static_cast<int64_t>(entry.length);
    if (index > size || index < -size) {
      if (!kStrict) continue;
      ThrowSpark(base::ErrorKind::kArrayIndex, "INVALID_ARRAY_INDEX_IN_ELEMENT_AT",
                 "The index " + std::to_string(index) + " is outside the array of " + std::to_string(size) +
                     " elements.",
                 {{"indexValue", std::to_string(index)}, {"arraySize", std::to_string(size)}});
    }
    if (index == 0) {
      ThrowSpark(base::ErrorKind::kRuntime, "INVALID_INDEX_OF_ZERO", "Elements are counted from 1, not 0.");
    }
    values.Pick(row, entry.offset + static_cast<idx_t>(index > 0 ? index - 1 : size + index));
  }
  values.Finish(lists.elements(), lists.element_count());
}

void SizeKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  MapRows<int32_t, duckdb::list_entry_t>(
      arguments, result, [](duckdb::list_entry_t entry) { return static_cast<int32_t>(entry.length); });
}

base::Result<ParsedPtr> LowerElementAt(LoweredCall call) {
  if (call.argument_type(0).Is(plan::TypeKind::kMap))
    return CallWith("spark_map_item", std::move(call.arguments));
  return CallWith(call.ansi() ? "spark_element_of_array" : "spark_element_of_array_legacy",
                  std::move(call.arguments));
}

// size(NULL) is null, or -1 in the legacy mode, which the plan tells by `ansi`.
base::Result<ParsedPtr> LowerSize(LoweredCall call) {
  const bool is_void = call.argument_type(0).Is(plan::TypeKind::kNull);
  auto size = is_void ? NullOf(LogicalType::INTEGER) : CallWith("spark_size_of", std::move(call.arguments));
  return call.ansi() ? std::move(size) : Coalesce(List(std::move(size), IntegerConstant(-1)));
}

}  // namespace

void AddArrayItems(EngineFunctions& functions) {
  const auto any = LogicalType::ANY;
  const KernelFlags element{.bind = BindElementOf<0>};
  const KernelFlags fallible{.fallible = true, .bind = BindElementOf<0>};
  functions.AddScalar(
      Kernel("spark_array_item", {any, LogicalType::BIGINT}, any, ItemKernel<true>, fallible));
  functions.AddScalar(
      Kernel("spark_array_item_legacy", {any, LogicalType::BIGINT}, any, ItemKernel<false>, element));
  functions.AddRule("get", [](LoweredCall call) {
    return base::Result<ParsedPtr>(CallWith("spark_array_item_legacy", std::move(call.arguments)));
  });
  functions.AddScalar(
      Kernel("spark_element_of_array", {any, LogicalType::INTEGER}, any, ElementAtKernel<true>, fallible));
  functions.AddScalar(Kernel("spark_element_of_array_legacy", {any, LogicalType::INTEGER}, any,
                             ElementAtKernel<false>, fallible));
  functions.AddRule("element_at", LowerElementAt);
  functions.AddRule("try_element_at", LowerElementAt);
  functions.AddScalar(Kernel("spark_size_of", {any}, LogicalType::INTEGER, SizeKernel));
  functions.AddRule("size", LowerSize);
  functions.AddRule("array_size", LowerSize);
}

}  // namespace hearth::engine
