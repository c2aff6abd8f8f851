// Arrays out of parts of arrays: slices, joints, insertions, flattening.
#include <algorithm>
#include <vector>

#include "engine/errors.h"
#include "engine/functions/array_families.h"
#include "engine/functions/expressions.h"
#include "engine/functions/list_builder.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::LogicalType;
using std::string_view;

namespace {

constexpr int64_t kMaximumLength = 2147483632;

[[noreturn]] void ThrowIndexOfZero() {
  ThrowSpark(base::ErrorKind::kRuntime, "INVALID_INDEX_OF_ZERO", "Elements are counted from 1, not 0.");
}

void SliceKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader lists(arguments.data[0], count);
  const ColumnReader<int32_t> starts(arguments.data[1], count);
  const ColumnReader<int32_t> lengths(arguments.data[2], count);
  ListBuilder builder(result);
  for (idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row) || starts.IsNull(row) || lengths.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    if (starts[row] == 0) {
      ThrowSpark(base::ErrorKind::kRuntime, "INVALID_PARAMETER_VALUE.START", "slice() counts from 1, not 0.",
                 {{"parameter", "`start`"}, {"functionName", "`slice`"}});
    }
    if (lengths[row] < 0) {
      ThrowSpark(
          base::ErrorKind::kRuntime, "INVALID_PARAMETER_VALUE.LENGTH", "slice() takes no negative length.",
          {{"parameter", "`length`"}, {"length", std::to_string(lengths[row])}, {"functionName", "`slice`"}});
    }
    const auto entry = lists[row];
    const auto size = static_cast<int64_t>(entry.length);
    const int64_t start = starts[row] > 0 ? starts[row] - 1 : size + starts[row];
    const int64_t end = start < 0 ? start : std::min<int64_t>(size, start + lengths[row]);
    builder.Begin(row);
    for (int64_t i = start; i < end; ++i) builder.Add(entry.offset + static_cast<idx_t>(i));
    builder.End(row);
  }
  builder.Finish(lists.elements(), lists.element_count());
}

void ReverseKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader lists(arguments.data[0], count);
  ListBuilder builder(result);
  for (idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    const auto entry = lists[row];
    builder.Begin(row);
    for (idx_t i = entry.length; i-- > 0;) builder.Add(entry.offset + i);
    builder.End(row);
  }
  builder.Finish(lists.elements(), lists.element_count());
}

void CompactKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader lists(arguments.data[0], count);
  ListBuilder builder(result);
  for (idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    const auto entry = lists[row];
    builder.Begin(row);
    for (auto i = entry.offset; i < entry.offset + entry.length; ++i) {
      if (!lists.IsNullElement(i)) builder.Add(i);
    }
    builder.End(row);
  }
  builder.Finish(lists.elements(), lists.element_count());
}

// Null when an inner array is null.
void FlattenKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader outer(arguments.data[0], count);
  const ListReader inner(outer.elements(), outer.element_count());
  ListBuilder builder(result);
  for (idx_t row = 0; row < count; ++row) {
    const auto entry = outer.IsNull(row) ? duckdb::list_entry_t{0, 0} : outer[row];
    bool is_null = outer.IsNull(row);
    for (auto i = entry.offset; i < entry.offset + entry.length; ++i) is_null |= inner.IsNull(i);
    if (is_null) {
      SetNull(result, row);
      continue;
    }
    builder.Begin(row);
    for (auto i = entry.offset; i < entry.offset + entry.length; ++i) {
      const auto part = inner[i];
      for (auto j = part.offset; j < part.offset + part.length; ++j) builder.Add(j);
    }
    builder.End(row);
  }
  builder.Finish(inner.elements(), inner.element_count());
}

void ConcatKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  ElementPool pool(duckdb::ListType::GetChildType(result.GetType()));
  std::vector<ListReader> lists;
  std::vector<idx_t> firsts;
  for (auto& argument : arguments.data) {
    lists.emplace_back(argument, count);
    firsts.push_back(pool.Add(lists.back().elements(), lists.back().element_count()));
  }
  ListBuilder builder(result);
  for (idx_t row = 0; row < count; ++row) {
    const bool is_null =
        std::any_of(lists.begin(), lists.end(), [&](const ListReader& list) { return list.IsNull(row); });
    if (is_null) {
      SetNull(result, row);
      continue;
    }
    builder.Begin(row);
    for (size_t i = 0; i < lists.size(); ++i) {
      const auto entry = lists[i][row];
      for (idx_t j = 0; j < entry.length; ++j) builder.Add(firsts[i] + entry.offset + j);
    }
    builder.End(row);
  }
  auto elements = pool.Join();
  builder.Finish(elements, pool.size());
}

// array_append and array_prepend: the value may be null.
template <bool kAtEnd>
void ExtendKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader lists(arguments.data[0], count);
  ElementPool pool(duckdb::ListType::GetChildType(result.GetType()));
  pool.Add(lists.elements(), lists.element_count());
  const auto first_value = pool.Add(arguments.data[1], count);
  ListBuilder builder(result);
  for (idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    const auto entry = lists[row];
    builder.Begin(row);
    if (!kAtEnd) builder.Add(first_value + row);
    for (idx_t i = 0; i < entry.length; ++i) builder.Add(entry.offset + i);
    if (kAtEnd) builder.Add(first_value + row);
    builder.End(row);
  }
  auto elements = pool.Join();
  builder.Finish(elements, pool.size());
}

// array_insert(array, position, value): negative positions count from the end, -1 is behind the last; gaps
// become null.
void InsertKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader lists(arguments.data[0], count);
  const ColumnReader<int32_t> positions(arguments.data[1], count);
  ElementPool pool(duckdb::ListType::GetChildType(result.GetType()));
  pool.Add(lists.elements(), lists.element_count());
  const auto first_value = pool.Add(arguments.data[2], count);
  ListBuilder builder(result);
  for (idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row) || positions.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    const int64_t position = positions[row];
    if (position == 0) ThrowIndexOfZero();
    const auto entry = lists[row];
    const auto size = static_cast<int64_t>(entry.length);
    const int64_t place = position > 0 ? position - 1 : size + position + 1;
    const int64_t before = place < 0 ? -place : 0;           // nulls behind the value, when it stands first
    const int64_t gap = std::max<int64_t>(place - size, 0);  // nulls before the value, when it stands last
    if (size + std::max(before, gap) + 1 > kMaximumLength) {
      ThrowSpark(base::ErrorKind::kRuntime, "COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION",
                 "array_insert() would make too long an array.",
                 {{"numberOfElements", std::to_string(size + std::max(before, gap) + 1)},
                  {"maxRoundedArrayLength", std::to_string(kMaximumLength)},
                  {"functionName", "`array_insert`"}});
    }
    builder.Begin(row);
    if (place < 0) {
      builder.Add(first_value + row);
      for (int64_t i = 0; i < before; ++i) builder.AddNull();
    }
    for (int64_t i = 0; i < size; ++i) {
      if (i == place) builder.Add(first_value + row);
      builder.Add(entry.offset + static_cast<idx_t>(i));
    }
    if (place >= size) {
      for (int64_t i = 0; i < gap; ++i) builder.AddNull();
      builder.Add(first_value + row);
    }
    builder.End(row);
  }
  auto elements = pool.Join();
  builder.Finish(elements, pool.size());
}

void RepeatKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ColumnReader<int32_t> times(arguments.data[1], count);
  ListBuilder builder(result);
  for (idx_t row = 0; row < count; ++row) {
    if (times.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    builder.Begin(row);
    for (int32_t i = 0; i < times[row]; ++i) builder.Add(row);
    builder.End(row);
  }
  builder.Finish(arguments.data[0], count);
}

// array_join(texts, delimiter[, instead of nulls])
void JoinKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader lists(arguments.data[0], count);
  const ColumnReader<string_view> texts(lists.elements(), lists.element_count());
  const ColumnReader<string_view> delimiters(arguments.data[1], count);
  const bool replaces = arguments.ColumnCount() == 3;
  const ColumnReader<string_view> replacements(arguments.data[replaces ? 2 : 1], count);
  auto* data = reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(result));
  std::string out;
  for (idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row) || delimiters.IsNull(row) || replacements.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    out.clear();
    bool is_first = true;
    const auto entry = lists[row];
    for (auto i = entry.offset; i < entry.offset + entry.length; ++i) {
      if (texts.IsNull(i) && !replaces) continue;
      if (!is_first) out.append(delimiters[row]);
      is_first = false;
      out.append(texts.IsNull(i) ? replacements[row] : texts[i]);
    }
    data[row] = duckdb::StringVector::AddString(result, out);
  }
}

// Field n of the result's structs holds the elements of argument n, null where that is shorter.
void ZipKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  std::vector<ListReader> lists;
  for (auto& argument : arguments.data) lists.emplace_back(argument, count);
  auto* entries = reinterpret_cast<duckdb::list_entry_t*>(duckdb::FlatVector::GetData(result));
  idx_t total = 0;
  for (idx_t row = 0; row < count; ++row) {
    idx_t longest = 0;
    bool is_null = false;
    for (const auto& list : lists) {
      is_null |= list.IsNull(row);
      if (!list.IsNull(row)) longest = std::max(longest, list[row].length);
    }
    entries[row] = {total, is_null ? 0 : longest};
    if (is_null) SetNull(result, row);
    total += entries[row].length;
  }
  duckdb::ListVector::Reserve(result, total);
  auto& fields = duckdb::StructVector::GetEntries(duckdb::ListVector::GetEntry(result));
  for (size_t field = 0; field < lists.size(); ++field) {
    ValuePicker values(*fields[field], total);
    for (idx_t row = 0; row < count; ++row) {
      if (entries[row].length == 0) continue;
      const auto entry = lists[field][row];
      for (idx_t i = 0; i < entry.length; ++i) values.Pick(entries[row].offset + i, entry.offset + i);
    }
    if (total > 0) values.Finish(lists[field].elements(), lists[field].element_count());
  }
  duckdb::ListVector::SetListSize(result, total);
}

// spark_arrays_zip(result type, arrays…)
base::Result<ParsedPtr> LowerZip(LoweredCall call) {
  if (call.arguments.empty()) return base::NotImplemented("structs without fields");
  ParsedExpressions arguments;
  arguments.push_back(TypeArgument(call.type()));
  for (auto& array : call.arguments) arguments.push_back(std::move(array));
  return CallWith("spark_arrays_zip", std::move(arguments));
}

duckdb::unique_ptr<duckdb::FunctionData> BindZip(
    duckdb::ClientContext& context, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  function.SetReturnType(ToDuckDB(*ReadTypeArgument(context, *arguments[0])));
  duckdb::Function::EraseArgument(function, arguments, 0);
  return nullptr;
}

base::Result<ParsedPtr> LowerArray(LoweredCall call) {
  const auto type = ToDuckDB(call.type());
  if (call.arguments.empty()) return Constant(duckdb::Value::LIST(duckdb::ListType::GetChildType(type), {}));
  return CallWith("list_value", std::move(call.arguments));
}

}  // namespace

void AddArraySlices(EngineFunctions& functions) {
  const auto any = LogicalType::ANY;
  const auto number = LogicalType::INTEGER;
  const auto text = LogicalType::VARCHAR;
  const auto texts = LogicalType::LIST(text);
  const KernelFlags same{.bind = BindTypeOf<0>};
  const KernelFlags sees_nulls{.sees_nulls = true, .bind = BindTypeOf<0>};
  functions.AddRule("array", LowerArray);
  functions.AddScalar(Kernel("spark_slice", {any, number, number}, any, SliceKernel,
                             {.fallible = true, .bind = BindTypeOf<0>}));
  functions.AddScalar(Kernel("spark_reverse_array", {any}, any, ReverseKernel, same));
  functions.AddScalar(Kernel("spark_array_compact", {any}, any, CompactKernel, same));
  functions.AddScalar(Kernel("spark_flatten", {any}, any, FlattenKernel, {.bind = BindElementOf<0>}));
  auto concat = Kernel("spark_concat_arrays", {any}, any, ConcatKernel, sees_nulls);
  concat.varargs = any;
  functions.AddScalar(std::move(concat));
  functions.AddScalar(Kernel("spark_array_append", {any, any}, any, ExtendKernel<true>, sees_nulls));
  functions.AddScalar(Kernel("spark_array_prepend", {any, any}, any, ExtendKernel<false>, sees_nulls));
  functions.AddScalar(Kernel("spark_array_insert", {any, number, any}, any, InsertKernel,
                             {.fallible = true, .sees_nulls = true, .bind = BindTypeOf<0>}));
  functions.AddScalar(Kernel("spark_array_repeat", {any, number}, any, RepeatKernel,
                             {.sees_nulls = true, .bind = BindListOf<0>}));
  duckdb::ScalarFunctionSet join("spark_array_join");
  join.AddFunction(Kernel("", {texts, text}, text, JoinKernel));
  join.AddFunction(Kernel("", {texts, text, text}, text, JoinKernel));
  functions.AddScalar(std::move(join));
  auto zip = Kernel("spark_arrays_zip", {text}, any, ZipKernel, {.sees_nulls = true, .bind = BindZip});
  zip.varargs = any;
  functions.AddScalar(std::move(zip));
  functions.AddRule("arrays_zip", LowerZip);
}

}  // namespace hearth::engine
