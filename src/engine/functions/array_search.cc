// Looking for a value in arrays: array_contains, array_position, array_remove, and the item of a map.
#include <bit>
#include <cmath>
#include <string>

#include "engine/functions/array_families.h"
#include "engine/functions/list_builder.h"
#include "engine/functions/registry.h"
#include "engine/values/order_key.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::PhysicalType;

namespace {

// Calls found(row, place) for the first element equal to the row's needle (place counts from 0 in the list),
// and missing(row, has_null) when there is none. Rows with a null list or needle are set to null.
template <typename T, typename Found, typename Missing>
void SearchPlain(duckdb::Vector& lists, duckdb::Vector& elements_of, idx_t count, duckdb::Vector& needles,
                 duckdb::Vector& result, Found&& found, Missing&& missing) {
  const ListReader list(lists, count);
  const ColumnReader<T> elements(elements_of, list.element_count());
  const ColumnReader<T> needle(needles, count);
  for (idx_t row = 0; row < count; ++row) {
    if (list.IsNull(row) || needle.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    const auto entry = list[row];
    const T wanted = needle[row];
    bool has_null = false;
    idx_t place = 0;
    for (; place < entry.length; ++place) {
      if (elements.IsNull(entry.offset + place)) {
        has_null = true;
      } else if (elements[entry.offset + place] == wanted) {
        break;
      }
    }
    if (place < entry.length) {
      found(row, place);
    } else {
      missing(row, has_null);
    }
  }
}

// The same by order keys, for every type.
template <typename Found, typename Missing>
void SearchByKey(duckdb::Vector& lists, duckdb::Vector& elements_of, idx_t count, duckdb::Vector& needles,
                 duckdb::Vector& result, Found&& found, Missing&& missing) {
  const ListReader list(lists, count);
  const OrderKeys elements(elements_of, list.element_count());
  const OrderKeys needle(needles, count);
  std::string wanted;
  std::string key;
  for (idx_t row = 0; row < count; ++row) {
    if (list.IsNull(row) || needle.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    wanted.clear();
    needle.Append(row, &wanted);
    const auto entry = list[row];
    bool has_null = false;
    idx_t place = 0;
    for (; place < entry.length; ++place) {
      if (elements.IsNull(entry.offset + place)) {
        has_null = true;
        continue;
      }
      key.clear();
      elements.Append(entry.offset + place, &key);
      if (key == wanted) break;
    }
    if (place < entry.length) {
      found(row, place);
    } else {
      missing(row, has_null);
    }
  }
}

template <typename Found, typename Missing>
void Search(duckdb::Vector& lists, duckdb::Vector& elements, idx_t count, duckdb::Vector& needles,
            duckdb::Vector& result, Found&& found, Missing&& missing) {
  const auto run = [&](auto tag) {
    SearchPlain<decltype(tag)>(lists, elements, count, needles, result, found, missing);
  };
  switch (elements.GetType().InternalType()) {
    case PhysicalType::BOOL:
      run(bool{});
      return;
    case PhysicalType::INT8:
      run(int8_t{});
      return;
    case PhysicalType::INT16:
      run(int16_t{});
      return;
    case PhysicalType::INT32:
      run(int32_t{});
      return;
    case PhysicalType::INT64:
      run(int64_t{});
      return;
    case PhysicalType::VARCHAR:
      run(std::string_view{});
      return;
    default:
      SearchByKey(lists, elements, count, needles, result, found, missing);
  }
}

void ContainsKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  auto* data = reinterpret_cast<bool*>(duckdb::FlatVector::GetData(result));
  auto& lists = arguments.data[0];
  Search(
      lists, duckdb::ListVector::GetEntry(lists), count, arguments.data[1], result,
      [&](idx_t row, idx_t) { data[row] = true; },
      [&](idx_t row, bool has_null) {
        data[row] = false;
        if (has_null) SetNull(result, row);
      });
}

void PositionKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  auto* data = reinterpret_cast<int64_t*>(duckdb::FlatVector::GetData(result));
  auto& lists = arguments.data[0];
  Search(
      lists, duckdb::ListVector::GetEntry(lists), count, arguments.data[1], result,
      [&](idx_t row, idx_t place) { data[row] = static_cast<int64_t>(place) + 1; },
      [&](idx_t row, bool) { data[row] = 0; });
}

// spark_map_item(map, key): the value, or null.
void MapItemKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  auto& maps = arguments.data[0];
  const ListReader entries(maps, count);
  ValuePicker values(result, count);
  // Nulls found by the search are the picker's business: it starts from nulls.
  Search(
      maps, duckdb::MapVector::GetKeys(maps), count, arguments.data[1], result,
      [&](idx_t row, idx_t place) { values.Pick(row, entries[row].offset + place); }, [](idx_t, bool) {});
  values.Finish(duckdb::MapVector::GetValues(maps), entries.element_count());
}

void MapContainsKeyKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  auto* data = reinterpret_cast<bool*>(duckdb::FlatVector::GetData(result));
  auto& maps = arguments.data[0];
  Search(
      maps, duckdb::MapVector::GetKeys(maps), count, arguments.data[1], result,
      [&](idx_t row, idx_t) { data[row] = true; }, [&](idx_t row, bool) { data[row] = false; });
}

// Every element but those equal to the value; nulls stay.
void RemoveKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader lists(arguments.data[0], count);
  const OrderKeys elements(lists.elements(), lists.element_count());
  const OrderKeys needles(arguments.data[1], count);
  ListBuilder builder(result);
  std::string wanted;
  std::string key;
  for (idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row) || needles.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    wanted.clear();
    needles.Append(row, &wanted);
    const auto entry = lists[row];
    builder.Begin(row);
    for (auto i = entry.offset; i < entry.offset + entry.length; ++i) {
      key.clear();
      elements.Append(i, &key);
      if (key != wanted) builder.Add(i);
    }
    builder.End(row);
  }
  builder.Finish(lists.elements(), lists.element_count());
}

duckdb::unique_ptr<duckdb::FunctionData> BindMapValue(
    duckdb::ClientContext&, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  function.SetReturnType(duckdb::MapType::ValueType(arguments[0]->return_type));
  return nullptr;
}

}  // namespace

void AddArraySearch(EngineFunctions& functions) {
  const auto any = LogicalType::ANY;
  functions.AddScalar(Kernel("spark_array_contains", {any, any}, LogicalType::BOOLEAN, ContainsKernel));
  functions.AddScalar(Kernel("spark_array_position", {any, any}, LogicalType::BIGINT, PositionKernel));
  functions.AddScalar(Kernel("spark_array_remove", {any, any}, any, RemoveKernel, {.bind = BindTypeOf<0>}));
  functions.AddScalar(Kernel("spark_map_item", {any, any}, any, MapItemKernel, {.bind = BindMapValue}));
  functions.AddScalar(
      Kernel("spark_map_contains_key", {any, any}, LogicalType::BOOLEAN, MapContainsKeyKernel));
}

}  // namespace hearth::engine
