// Arrays as sets: distinct, union, intersect, except, overlap. The first of equal elements stays, in the
// order of appearance.
#include <string>
#include <unordered_set>

#include "engine/functions/array_families.h"
#include "engine/functions/list_builder.h"
#include "engine/functions/registry.h"
#include "engine/values/order_key.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::LogicalType;

namespace {

using KeySet = std::unordered_set<std::string>;

std::string KeyOf(const OrderKeys& keys, idx_t element) {
  std::string key;
  keys.Append(element, &key);
  return key;
}

void Collect(const OrderKeys& keys, duckdb::list_entry_t entry, KeySet* set) {
  for (auto i = entry.offset; i < entry.offset + entry.length; ++i) set->insert(KeyOf(keys, i));
}

void DistinctKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader lists(arguments.data[0], count);
  const OrderKeys keys(lists.elements(), lists.element_count());
  ListBuilder builder(result);
  KeySet seen;
  for (idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    seen.clear();
    const auto entry = lists[row];
    builder.Begin(row);
    for (auto i = entry.offset; i < entry.offset + entry.length; ++i) {
      if (seen.insert(KeyOf(keys, i)).second) builder.Add(i);
    }
    builder.End(row);
  }
  builder.Finish(lists.elements(), lists.element_count());
}

void UnionKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader left(arguments.data[0], count);
  const ListReader right(arguments.data[1], count);
  ElementPool pool(duckdb::ListType::GetChildType(result.GetType()));
  pool.Add(left.elements(), left.element_count());
  const auto first_right = pool.Add(right.elements(), right.element_count());
  auto elements = pool.Join();
  const OrderKeys keys(elements, pool.size());
  ListBuilder builder(result);
  KeySet seen;
  for (idx_t row = 0; row < count; ++row) {
    if (left.IsNull(row) || right.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    seen.clear();
    builder.Begin(row);
    const auto take = [&](duckdb::list_entry_t entry, idx_t first) {
      for (auto i = first + entry.offset; i < first + entry.offset + entry.length; ++i) {
        if (seen.insert(KeyOf(keys, i)).second) builder.Add(i);
      }
    };
    take(left[row], 0);
    take(right[row], first_right);
    builder.End(row);
  }
  builder.Finish(elements, pool.size());
}

// Elements of the left that the right has (kKeep) or lacks, once each.
template <bool kKeep>
void FilterKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader left(arguments.data[0], count);
  const ListReader right(arguments.data[1], count);
  const OrderKeys left_keys(left.elements(), left.element_count());
  const OrderKeys right_keys(right.elements(), right.element_count());
  ListBuilder builder(result);
  KeySet others;
  KeySet seen;
  for (idx_t row = 0; row < count; ++row) {
    if (left.IsNull(row) || right.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    others.clear();
    seen.clear();
    Collect(right_keys, right[row], &others);
    const auto entry = left[row];
    builder.Begin(row);
    for (auto i = entry.offset; i < entry.offset + entry.length; ++i) {
      auto key = KeyOf(left_keys, i);
      if ((others.count(key) > 0) == kKeep && seen.insert(std::move(key)).second) builder.Add(i);
    }
    builder.End(row);
  }
  builder.Finish(left.elements(), left.element_count());
}

// True for a common element that is not null; null when only a null could be one.
void OverlapKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader left(arguments.data[0], count);
  const ListReader right(arguments.data[1], count);
  const OrderKeys left_keys(left.elements(), left.element_count());
  const OrderKeys right_keys(right.elements(), right.element_count());
  auto* data = reinterpret_cast<bool*>(duckdb::FlatVector::GetData(result));
  KeySet others;
  for (idx_t row = 0; row < count; ++row) {
    if (left.IsNull(row) || right.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    others.clear();
    const auto entry = left[row];
    const auto other = right[row];
    Collect(right_keys, other, &others);
    bool has_null = others.count(std::string(1, '\0')) > 0;
    bool found = false;
    for (auto i = entry.offset; i < entry.offset + entry.length && !found; ++i) {
      if (left_keys.IsNull(i)) {
        has_null = true;
      } else {
        found = others.count(KeyOf(left_keys, i)) > 0;
      }
    }
    data[row] = found;
    if (!found && has_null && entry.length > 0 && other.length > 0) SetNull(result, row);
  }
}

}  // namespace

void AddArraySets(EngineFunctions& functions) {
  const auto any = LogicalType::ANY;
  const KernelFlags same{.bind = BindTypeOf<0>};
  functions.AddScalar(Kernel("spark_array_distinct", {any}, any, DistinctKernel, same));
  functions.AddScalar(Kernel("spark_array_union", {any, any}, any, UnionKernel, same));
  functions.AddScalar(Kernel("spark_array_intersect", {any, any}, any, FilterKernel<true>, same));
  functions.AddScalar(Kernel("spark_array_except", {any, any}, any, FilterKernel<false>, same));
  functions.AddScalar(Kernel("spark_arrays_overlap", {any, any}, LogicalType::BOOLEAN, OverlapKernel));
}

}  // namespace hearth::engine
