// Strings put together: concat, concat_ws, elt.
#include <vector>

#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/list_builder.h"
#include "engine/functions/row_kernels.h"
#include "engine/functions/string_families.h"

namespace hearth::engine {

using duckdb::LogicalType;
using std::string_view;

namespace {

// Concatenates any number of strings or binaries; null when one is null. The result is written in one
// allocation.
void ConcatKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  std::vector<ColumnReader<string_view>> columns;
  for (auto& column : arguments.data) columns.emplace_back(column, count);
  auto* data = reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(result));
  for (duckdb::idx_t row = 0; row < count; ++row) {
    size_t size = 0;
    bool has_null = false;
    for (const auto& column : columns) {
      if (column.IsNull(row)) {
        has_null = true;
        break;
      }
      size += column[row].size();
    }
    if (has_null) {
      SetNull(result, row);
      continue;
    }
    auto target = duckdb::StringVector::EmptyString(result, size);
    char* out = target.GetDataWriteable();
    for (const auto& column : columns) {
      const auto part = column[row];
      out = std::copy_n(part.data(), part.size(), out);
    }
    target.Finalize();
    data[row] = target;
  }
}

// One argument of concat_ws: a string, or a list of strings.
class JoinPart {
 public:
  JoinPart(duckdb::Vector& vector, duckdb::idx_t count)
      : is_list_(vector.GetType().id() == duckdb::LogicalTypeId::LIST) {
    if (!is_list_) {
      texts_.emplace(vector, count);
      return;
    }
    lists_.emplace(vector, count);
    texts_.emplace(duckdb::ListVector::GetEntry(vector), duckdb::ListVector::GetListSize(vector));
  }

  template <typename Take>
  void Each(duckdb::idx_t row, Take&& take) const {
    if (!is_list_) {
      if (!texts_->IsNull(row)) take((*texts_)[row]);
      return;
    }
    if (lists_->IsNull(row)) return;
    const auto entry = (*lists_)[row];
    for (auto i = entry.offset; i < entry.offset + entry.length; ++i) {
      if (!texts_->IsNull(i)) take((*texts_)[i]);
    }
  }

 private:
  bool is_list_;
  std::optional<ColumnReader<duckdb::list_entry_t>> lists_;
  std::optional<ColumnReader<string_view>> texts_;
};

// Nulls among the parts are left out; a null separator makes null.
void ConcatWsKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ColumnReader<string_view> separators(arguments.data[0], count);
  std::vector<JoinPart> parts;
  for (size_t i = 1; i < arguments.ColumnCount(); ++i) parts.emplace_back(arguments.data[i], count);
  auto* data = reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(result));
  std::string out;
  for (duckdb::idx_t row = 0; row < count; ++row) {
    if (separators.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    out.clear();
    bool is_first = true;
    for (const auto& part : parts) {
      part.Each(row, [&](string_view text) {
        if (!is_first) out.append(separators[row]);
        is_first = false;
        out.append(text);
      });
    }
    data[row] = duckdb::StringVector::AddString(result, out);
  }
}

// elt(n, a, b, …): the n-th of the rest. With ANSI a wrong n is an error, else null.
template <bool kStrict>
void EltKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ColumnReader<int32_t> indexes(arguments.data[0], count);
  std::vector<ColumnReader<string_view>> columns;
  for (size_t i = 1; i < arguments.ColumnCount(); ++i) columns.emplace_back(arguments.data[i], count);
  auto* data = reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(result));
  for (duckdb::idx_t row = 0; row < count; ++row) {
    const bool has_index = !indexes.IsNull(row);
    const int64_t index = has_index ? indexes[row] : 0;
    const bool inside = index >= 1 && index <= static_cast<int64_t>(columns.size());
    if (has_index && !inside && kStrict) {
      ThrowSpark(base::ErrorKind::kArrayIndex, "INVALID_ARRAY_INDEX",
                 "The index " + std::to_string(index) + " is outside the arguments of elt().",
                 {{"indexValue", std::to_string(index)}, {"arraySize", std::to_string(columns.size())}});
    }
    if (!has_index || !inside || columns[index - 1].IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    const auto text = columns[index - 1][row];
    data[row] = duckdb::StringVector::AddStringOrBlob(result, text.data(), text.size());
  }
}

duckdb::ScalarFunction Variadic(duckdb::vector<LogicalType> fixed, LogicalType rest, LogicalType result,
                                duckdb::scalar_function_t kernel, KernelFlags flags) {
  auto function = Kernel("", std::move(fixed), std::move(result), std::move(kernel), flags);
  function.varargs = std::move(rest);
  return function;
}

base::Result<ParsedPtr> LowerConcat(LoweredCall call) {
  if (call.type().Is(plan::TypeKind::kArray))
    return CallWith("spark_concat_arrays", std::move(call.arguments));
  if (call.arguments.empty()) return TextConstant("");
  if (call.arguments.size() == 1) return std::move(call.arguments[0]);
  const bool binary = call.type().Is(plan::TypeKind::kBinary);
  return CallWith(binary ? "spark_concat_bytes" : "spark_concat_text", std::move(call.arguments));
}

base::Result<ParsedPtr> LowerReverse(LoweredCall call) {
  const auto& type = call.type();
  const auto name = type.Is(plan::TypeKind::kArray)    ? "spark_reverse_array"
                    : type.Is(plan::TypeKind::kBinary) ? "spark_reverse_bytes"
                                                       : "spark_reverse_text";
  return CallWith(name, std::move(call.arguments));
}

// spark_join_bytes(list, delimiter): one value after the other with the delimiter between.
void JoinBytesKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader lists(arguments.data[0], count);
  const ColumnReader<std::string_view> values(lists.elements(), lists.element_count());
  const ColumnReader<std::string_view> delimiters(arguments.data[1], count);
  auto* data = reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(result));
  std::string out;
  for (duckdb::idx_t row = 0; row < count; ++row) {
    if (lists.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    out.clear();
    const auto entry = lists[row];
    for (auto i = entry.offset; i < entry.offset + entry.length; ++i) {
      if (i > entry.offset) out.append(delimiters[row]);
      out.append(values[i]);
    }
    data[row] = duckdb::StringVector::AddStringOrBlob(result, out.data(), out.size());
  }
}

}  // namespace

void AddStringJoins(EngineFunctions& functions) {
  const auto text = LogicalType::VARCHAR;
  const auto bytes = LogicalType::BLOB;
  const auto number = LogicalType::INTEGER;
  functions.AddRule("concat", LowerConcat);
  functions.AddRule("reverse", LowerReverse);
  functions.AddScalar(Kernel("spark_join_bytes", {LogicalType::LIST(bytes), bytes}, bytes, JoinBytesKernel));
  for (const auto& [name, type] :
       {std::pair{"spark_concat_text", text}, std::pair{"spark_concat_bytes", bytes}}) {
    auto concat = Variadic({}, type, type, ConcatKernel, {.sees_nulls = true});
    concat.name = name;
    functions.AddScalar(std::move(concat));
  }
  auto concat_ws = Variadic({text}, LogicalType::ANY, text, ConcatWsKernel, {.sees_nulls = true});
  concat_ws.name = "spark_concat_ws";
  functions.AddScalar(std::move(concat_ws));
  for (const bool strict : {true, false}) {
    duckdb::ScalarFunctionSet elt(strict ? "spark_elt" : "spark_elt_legacy");
    for (const auto& type : {text, bytes}) {
      elt.AddFunction(Variadic({number}, type, type, strict ? EltKernel<true> : EltKernel<false>,
                               {.fallible = strict, .sees_nulls = true}));
    }
    functions.AddScalar(std::move(elt));
  }
}

}  // namespace hearth::engine
