// Maps: built with a check of their keys, taken apart by their physical form, a list of key and value.
#include <algorithm>
#include <numeric>
#include <string>
#include <unordered_map>
#include <vector>

#include "duckdb/parser/expression/columnref_expression.hpp"
#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/list_builder.h"
#include "engine/values/order_key.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::LogicalType;
using std::string_view;

namespace {

// Chooses the entries of one map after the other out of joined keys and values, and checks the keys.
class MapBuilder {
 public:
  // `last_wins`: a later equal key replaces the value, else it is an error.
  MapBuilder(duckdb::Vector& result, duckdb::Vector& keys, idx_t count, bool last_wins)
      : result_(result), keys_(keys), encoder_(keys, count), count_(count), last_wins_(last_wins) {}

  void Begin(idx_t row) {
    Entries()[row] = {chosen_keys_.size(), 0};
    places_.clear();
  }
  void Add(idx_t key, idx_t value) {
    if (encoder_.IsNull(key))
      ThrowSpark(base::ErrorKind::kRuntime, "NULL_MAP_KEY", "A map key cannot be null.");
    std::string encoded;
    encoder_.Append(key, &encoded);
    const auto [known, is_new] = places_.emplace(std::move(encoded), chosen_keys_.size());
    if (is_new) {
      chosen_keys_.push_back(static_cast<duckdb::sel_t>(key));
      chosen_values_.push_back(static_cast<duckdb::sel_t>(value));
      return;
    }
    if (!last_wins_) {
      const auto text = keys_.GetValue(key).ToString();
      ThrowSpark(base::ErrorKind::kRuntime, "DUPLICATED_MAP_KEY", "The map key " + text + " appears twice.",
                 {{"key", text}, {"mapKeyDedupPolicy", "\"spark.sql.mapKeyDedupPolicy\""}});
    }
    chosen_values_[known->second] = static_cast<duckdb::sel_t>(value);
  }
  void End(idx_t row) { Entries()[row].length = chosen_keys_.size() - Entries()[row].offset; }

  void Finish(duckdb::Vector& values) {
    const auto size = chosen_keys_.size();
    duckdb::ListVector::Reserve(result_, size);
    if (size > 0) {
      const duckdb::SelectionVector key_selection(chosen_keys_.data());
      const duckdb::SelectionVector value_selection(chosen_values_.data());
      duckdb::VectorOperations::Copy(keys_, duckdb::MapVector::GetKeys(result_), key_selection, size, 0, 0);
      duckdb::VectorOperations::Copy(values, duckdb::MapVector::GetValues(result_), value_selection, size, 0,
                                     0);
    }
    duckdb::ListVector::SetListSize(result_, size);
  }

 private:
  duckdb::list_entry_t* Entries() {
    return reinterpret_cast<duckdb::list_entry_t*>(duckdb::FlatVector::GetData(result_));
  }

  duckdb::Vector& result_;
  duckdb::Vector& keys_;
  OrderKeys encoder_;
  idx_t count_;
  bool last_wins_;
  std::vector<duckdb::sel_t> chosen_keys_;
  std::vector<duckdb::sel_t> chosen_values_;
  std::unordered_map<std::string, size_t> places_;
};

bool LastWins(duckdb::DataChunk& arguments) {
  return ColumnReader<bool>(arguments.data[arguments.ColumnCount() - 1], 1)[0];
}

// spark_map_of_lists(keys, values, last wins)
void MapOfListsKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader keys(arguments.data[0], count);
  const ListReader values(arguments.data[1], count);
  MapBuilder builder(result, keys.elements(), keys.element_count(), LastWins(arguments));
  for (idx_t row = 0; row < count; ++row) {
    if (keys.IsNull(row) || values.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    const auto key_entry = keys[row];
    const auto value_entry = values[row];
    if (key_entry.length != value_entry.length) {
      ThrowSpark(base::ErrorKind::kRuntime, "_LEGACY_ERROR_TEMP_2128",
                 "The key array and the value array must have the same length.");
    }
    builder.Begin(row);
    for (idx_t i = 0; i < key_entry.length; ++i) builder.Add(key_entry.offset + i, value_entry.offset + i);
    builder.End(row);
  }
  builder.Finish(values.elements());
}

// spark_map_of_entries(structs of two, last wins); null when an entry is null.
void MapOfEntriesKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader entries(arguments.data[0], count);
  duckdb::Vector structs(entries.elements().GetType(), std::max<idx_t>(entries.element_count(), 1));
  duckdb::VectorOperations::Copy(entries.elements(), structs, entries.element_count(), 0, 0);
  auto& fields = duckdb::StructVector::GetEntries(structs);
  MapBuilder builder(result, *fields[0], entries.element_count(), LastWins(arguments));
  for (idx_t row = 0; row < count; ++row) {
    bool is_null = entries.IsNull(row);
    const auto entry = is_null ? duckdb::list_entry_t{0, 0} : entries[row];
    for (auto i = entry.offset; i < entry.offset + entry.length; ++i) is_null |= entries.IsNullElement(i);
    if (is_null) {
      SetNull(result, row);
      continue;
    }
    builder.Begin(row);
    for (auto i = entry.offset; i < entry.offset + entry.length; ++i) builder.Add(i, i);
    builder.End(row);
  }
  builder.Finish(*fields[1]);
}

// spark_map_concat(maps…, last wins)
void ConcatKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const auto& type = result.GetType();
  ElementPool keys(duckdb::MapType::KeyType(type));
  ElementPool values(duckdb::MapType::ValueType(type));
  std::vector<ListReader> maps;
  std::vector<idx_t> firsts;
  for (idx_t i = 0; i + 1 < arguments.ColumnCount(); ++i) {
    auto& map = arguments.data[i];
    maps.emplace_back(map, count);
    firsts.push_back(keys.Add(duckdb::MapVector::GetKeys(map), maps.back().element_count()));
    values.Add(duckdb::MapVector::GetValues(map), maps.back().element_count());
  }
  auto all_keys = keys.Join();
  auto all_values = values.Join();
  MapBuilder builder(result, all_keys, keys.size(), LastWins(arguments));
  for (idx_t row = 0; row < count; ++row) {
    const bool is_null =
        std::any_of(maps.begin(), maps.end(), [&](const ListReader& map) { return map.IsNull(row); });
    if (is_null) {
      SetNull(result, row);
      continue;
    }
    builder.Begin(row);
    for (size_t i = 0; i < maps.size(); ++i) {
      const auto entry = maps[i][row];
      for (idx_t j = 0; j < entry.length; ++j)
        builder.Add(firsts[i] + entry.offset + j, firsts[i] + entry.offset + j);
    }
    builder.End(row);
  }
  builder.Finish(all_values);
}

// Keys or values as a list with the map's own entries.
template <bool kKeys>
void PartKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  auto& map = arguments.data[0];
  const ListReader entries(map, count);
  auto* data = reinterpret_cast<duckdb::list_entry_t*>(duckdb::FlatVector::GetData(result));
  for (idx_t row = 0; row < count; ++row) {
    if (entries.IsNull(row)) {
      SetNull(result, row);
    } else {
      data[row] = entries[row];
    }
  }
  auto& part = kKeys ? duckdb::MapVector::GetKeys(map) : duckdb::MapVector::GetValues(map);
  duckdb::ListVector::GetEntry(result).Reference(part);
  duckdb::ListVector::SetListSize(result, entries.element_count());
}

// spark_map_sort: the entries in the order of their keys, so that equal maps have one form.
void SortKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  auto& map = arguments.data[0];
  const ListReader entries(map, count);
  auto& keys = duckdb::MapVector::GetKeys(map);
  const OrderKeys encoder(keys, entries.element_count());
  std::vector<std::string> texts(entries.element_count());
  for (idx_t i = 0; i < entries.element_count(); ++i) encoder.Append(i, &texts[i]);
  ListBuilder sorted(result);
  std::vector<idx_t> order;
  for (idx_t row = 0; row < count; ++row) {
    if (entries.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    const auto entry = entries[row];
    order.resize(entry.length);
    std::iota(order.begin(), order.end(), entry.offset);
    std::sort(order.begin(), order.end(),
              [&](idx_t left, idx_t right) { return texts[left] < texts[right]; });
    sorted.Begin(row);
    for (const auto index : order) sorted.Add(index);
    sorted.End(row);
  }
  sorted.Finish(entries.elements(), entries.element_count());
}

// A map is a list of its entries.
void EntriesKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  auto& map = arguments.data[0];
  const ListReader entries(map, count);
  auto* data = reinterpret_cast<duckdb::list_entry_t*>(duckdb::FlatVector::GetData(result));
  for (idx_t row = 0; row < count; ++row) {
    if (entries.IsNull(row)) {
      SetNull(result, row);
    } else {
      data[row] = entries[row];
    }
  }
  duckdb::ListVector::GetEntry(result).Reference(entries.elements());
  duckdb::ListVector::SetListSize(result, entries.element_count());
}

duckdb::unique_ptr<duckdb::FunctionData> BindEntries(
    duckdb::ClientContext&, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  function.SetReturnType(LogicalType::LIST(duckdb::ListType::GetChildType(arguments[0]->return_type)));
  return nullptr;
}

duckdb::unique_ptr<duckdb::FunctionData> BindMapOfLists(
    duckdb::ClientContext&, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  function.SetReturnType(LogicalType::MAP(duckdb::ListType::GetChildType(arguments[0]->return_type),
                                          duckdb::ListType::GetChildType(arguments[1]->return_type)));
  return nullptr;
}
duckdb::unique_ptr<duckdb::FunctionData> BindMapOfEntries(
    duckdb::ClientContext&, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const auto& fields =
      duckdb::StructType::GetChildTypes(duckdb::ListType::GetChildType(arguments[0]->return_type));
  function.SetReturnType(LogicalType::MAP(fields[0].second, fields[1].second));
  return nullptr;
}
template <bool kKeys>
duckdb::unique_ptr<duckdb::FunctionData> BindPart(
    duckdb::ClientContext&, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const auto& map = arguments[0]->return_type;
  function.SetReturnType(
      LogicalType::LIST(kKeys ? duckdb::MapType::KeyType(map) : duckdb::MapType::ValueType(map)));
  return nullptr;
}

// map(key, value, …, last wins)
base::Result<ParsedPtr> LowerMap(LoweredCall call) {
  auto last_wins = std::move(call.arguments.back());
  call.arguments.pop_back();
  const auto type = ToDuckDB(call.type());
  if (call.arguments.empty()) {
    return Constant(
        duckdb::Value::MAP(duckdb::MapType::KeyType(type), duckdb::MapType::ValueType(type), {}, {}));
  }
  ParsedExpressions keys;
  ParsedExpressions values;
  for (size_t i = 0; i < call.arguments.size(); i += 2) {
    keys.push_back(std::move(call.arguments[i]));
    values.push_back(std::move(call.arguments[i + 1]));
  }
  return Call("spark_map_of_lists", CallWith("list_value", std::move(keys)),
              CallWith("list_value", std::move(values)), std::move(last_wins));
}

base::Result<ParsedPtr> LowerConcat(LoweredCall call) {
  if (call.arguments.size() > 1) return CallWith("spark_map_concat", std::move(call.arguments));
  const auto type = ToDuckDB(call.type());
  return Constant(
      duckdb::Value::MAP(duckdb::MapType::KeyType(type), duckdb::MapType::ValueType(type), {}, {}));
}

// Pairs from text, split at regular expressions: str_to_map(text, between pairs, between key and value, last
// wins).
base::Result<ParsedPtr> LowerStrToMap(LoweredCall call) {
  auto pairs =
      Call("spark_split", std::move(call.arguments[0]), std::move(call.arguments[1]), IntegerConstant(-1));
  auto halves =
      Call("list_transform", std::move(pairs),
           LambdaOf({"pair"},
                    Call("spark_split", ParsedPtr(duckdb::make_uniq<duckdb::ColumnRefExpression>("pair")),
                         std::move(call.arguments[2]), IntegerConstant(2))));
  const auto half = [&](int32_t place) {
    return Call("list_transform", Copy(halves),
                LambdaOf({"half"}, Call("list_extract",
                                        ParsedPtr(duckdb::make_uniq<duckdb::ColumnRefExpression>("half")),
                                        IntegerConstant(place))));
  };
  auto keys = half(1);
  auto values = half(2);
  return Call("spark_map_of_lists", std::move(keys), std::move(values), std::move(call.arguments[3]));
}

}  // namespace

void AddMap(EngineFunctions& functions) {
  const auto any = LogicalType::ANY;
  const auto boolean = LogicalType::BOOLEAN;
  const auto add = [&](const char* name, duckdb::vector<LogicalType> types, duckdb::scalar_function_t kernel,
                       KernelFlags flags) {
    functions.AddScalar(Kernel(name, std::move(types), any, std::move(kernel), flags));
  };
  add("spark_map_of_lists", {any, any, boolean}, MapOfListsKernel,
      {.fallible = true, .bind = BindMapOfLists});
  add("spark_map_of_entries", {any, boolean}, MapOfEntriesKernel,
      {.fallible = true, .bind = BindMapOfEntries});
  auto concat = Kernel("spark_map_concat", {any}, any, ConcatKernel,
                       {.fallible = true, .sees_nulls = true, .bind = BindTypeOf<0>});
  concat.varargs = any;
  functions.AddScalar(std::move(concat));
  add("spark_map_keys", {any}, PartKernel<true>, {.bind = BindPart<true>});
  add("spark_map_values", {any}, PartKernel<false>, {.bind = BindPart<false>});
  functions.AddRule("map", LowerMap);
  functions.AddRule("map_from_arrays", [](LoweredCall call) {
    return base::Result<ParsedPtr>(CallWith("spark_map_of_lists", std::move(call.arguments)));
  });
  functions.AddRule("map_from_entries", [](LoweredCall call) {
    return base::Result<ParsedPtr>(CallWith("spark_map_of_entries", std::move(call.arguments)));
  });
  functions.AddRule("map_concat", LowerConcat);
  functions.AddRule("str_to_map", LowerStrToMap);
  add("spark_map_sort", {any}, SortKernel, {.bind = BindTypeOf<0>});
  add("spark_map_entries", {any}, EntriesKernel, {.bind = BindEntries});
}

}  // namespace hearth::engine
