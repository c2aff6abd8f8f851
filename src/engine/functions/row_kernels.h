// Kernels written as a function of one row. The adapters read any vector form, skip rows with a null argument
// (the result is null there) and compute once when every argument is constant.
//
//   ValueKernel<int32_t, std::string_view>([](std::string_view text) { return … ; })           a value, or
//   std::optional TextKernel<std::string_view, int32_t>([](std::string& out, std::string_view s, int32_t n) {
//   … })  appends to `out` ViewKernel<std::string_view>([](std::string_view text) { return text.substr(1); })
//   a slice of an argument
//
// A row function must not keep state between rows: it runs on several threads. std::string_view stands for
// VARCHAR and BLOB.
#pragma once

#include <duckdb.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "duckdb/execution/expression_executor_state.hpp"
#include "duckdb/function/scalar_function.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"

namespace hearth::engine {

namespace row_kernels_detail {

template <typename T>
struct Stored {
  using Type = T;
  static T Read(const T& value) { return value; }
};
template <>
struct Stored<std::string_view> {
  using Type = duckdb::string_t;
  static std::string_view Read(const duckdb::string_t& value) { return {value.GetData(), value.GetSize()}; }
};

template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};

}  // namespace row_kernels_detail

// One argument column: typed reads by row, whatever the vector's form.
template <typename T>
class ColumnReader {
 public:
  using Stored = row_kernels_detail::Stored<T>;
  ColumnReader(duckdb::Vector& vector, duckdb::idx_t count) {
    vector.ToUnifiedFormat(count, format_);
    data_ = duckdb::UnifiedVectorFormat::GetData<typename Stored::Type>(format_);
  }
  bool IsNull(duckdb::idx_t row) const { return !format_.validity.RowIsValid(format_.sel->get_index(row)); }
  T operator[](duckdb::idx_t row) const { return Stored::Read(data_[format_.sel->get_index(row)]); }
  bool HasNulls() const { return !format_.validity.AllValid(); }

 private:
  duckdb::UnifiedVectorFormat format_;
  const typename Stored::Type* data_;
};

// Sets a row of the result to null, in either vector form.
inline void SetNull(duckdb::Vector& result, duckdb::idx_t row) {
  if (result.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR) {
    duckdb::ConstantVector::SetNull(result, true);
  } else {
    duckdb::FlatVector::SetNull(result, row, true);
  }
}

// Makes `result` constant or flat and tells how many rows to compute.
inline duckdb::idx_t PrepareResult(duckdb::DataChunk& arguments, duckdb::Vector& result) {
  const bool constant = arguments.ColumnCount() > 0 && arguments.AllConstant();
  result.SetVectorType(constant ? duckdb::VectorType::CONSTANT_VECTOR : duckdb::VectorType::FLAT_VECTOR);
  return constant ? 1 : arguments.size();
}

// Calls work(row, inputs…) for every row without nulls among the first sizeof...(Inputs) arguments.
template <typename... Inputs, typename Work>
void EachRow(duckdb::DataChunk& arguments, duckdb::Vector& result, Work&& work) {
  const duckdb::idx_t count = PrepareResult(arguments, result);
  [&]<size_t... I>(std::index_sequence<I...>) {
    const std::tuple<ColumnReader<Inputs>...> columns{ColumnReader<Inputs>(arguments.data[I], count)...};
    const bool has_nulls = (std::get<I>(columns).HasNulls() || ...);
    for (duckdb::idx_t row = 0; row < count; ++row) {
      if (has_nulls && (std::get<I>(columns).IsNull(row) || ...)) {
        SetNull(result, row);
      } else {
        work(row, std::get<I>(columns)[row]...);
      }
    }
  }(std::index_sequence_for<Inputs...>{});
}

template <typename Output, typename... Inputs, typename Work>
void MapRows(duckdb::DataChunk& arguments, duckdb::Vector& result, Work&& work) {
  auto* data = reinterpret_cast<Output*>(duckdb::FlatVector::GetData(result));
  EachRow<Inputs...>(arguments, result, [&](duckdb::idx_t row, Inputs... inputs) {
    auto value = work(inputs...);
    if constexpr (row_kernels_detail::IsOptional<decltype(value)>::value) {
      if (value) {
        data[row] = *value;
      } else {
        SetNull(result, row);
      }
    } else {
      data[row] = value;
    }
  });
}

// `work` gives a view, or an optional one; the text is copied into the result.
template <typename... Inputs, typename Work>
void MapViews(duckdb::DataChunk& arguments, duckdb::Vector& result, Work&& work) {
  auto* data = reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(result));
  EachRow<Inputs...>(arguments, result, [&](duckdb::idx_t row, Inputs... inputs) {
    auto value = work(inputs...);
    if constexpr (row_kernels_detail::IsOptional<decltype(value)>::value) {
      if (value) {
        data[row] = duckdb::StringVector::AddStringOrBlob(result, value->data(), value->size());
      } else {
        SetNull(result, row);
      }
    } else {
      data[row] = duckdb::StringVector::AddStringOrBlob(result, value.data(), value.size());
    }
  });
}

// `work` fills an empty string; it may return false for null.
template <typename... Inputs, typename Work>
void MapTexts(duckdb::DataChunk& arguments, duckdb::Vector& result, Work&& work) {
  auto* data = reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(result));
  std::string out;
  EachRow<Inputs...>(arguments, result, [&](duckdb::idx_t row, Inputs... inputs) {
    out.clear();
    if constexpr (std::is_same_v<decltype(work(out, inputs...)), bool>) {
      if (!work(out, inputs...)) {
        SetNull(result, row);
        return;
      }
    } else {
      work(out, inputs...);
    }
    data[row] = duckdb::StringVector::AddStringOrBlob(result, out.data(), out.size());
  });
}

template <typename Output, typename... Inputs, typename Work>
duckdb::scalar_function_t ValueKernel(Work work) {
  return [work](duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
    MapRows<Output, Inputs...>(arguments, result, work);
  };
}
template <typename... Inputs, typename Work>
duckdb::scalar_function_t ViewKernel(Work work) {
  return [work](duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
    MapViews<Inputs...>(arguments, result, work);
  };
}
template <typename... Inputs, typename Work>
duckdb::scalar_function_t TextKernel(Work work) {
  return [work](duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
    MapTexts<Inputs...>(arguments, result, work);
  };
}

// A value that a bind computed once from constant arguments. Equality decides whether two calls are the same
// expression.
template <typename T>
struct BoundValue : duckdb::FunctionData {
  explicit BoundValue(T bound) : value(std::move(bound)) {}
  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<BoundValue>(value);
  }
  bool Equals(const duckdb::FunctionData& other) const override {
    if constexpr (requires(const T& left, const T& right) { left == right; }) {
      return value == other.Cast<BoundValue>().value;
    } else {
      return false;
    }
  }
  T value;
};

template <typename T>
duckdb::unique_ptr<duckdb::FunctionData> Bind(T value) {
  return duckdb::make_uniq<BoundValue<T>>(std::move(value));
}
template <typename T>
const T& Bound(duckdb::ExpressionState& state) {
  return state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->template Cast<BoundValue<T>>().value;
}

// A function with its flags: `fallible` when the kernel can throw, `sees_nulls` when nulls are its business.
struct KernelFlags {
  bool fallible = false;
  bool sees_nulls = false;
  duckdb::bind_scalar_function_t bind = nullptr;
};
inline duckdb::ScalarFunction Kernel(std::string name, duckdb::vector<duckdb::LogicalType> types,
                                     duckdb::LogicalType result, duckdb::scalar_function_t kernel,
                                     KernelFlags flags = {}) {
  duckdb::ScalarFunction function(std::move(name), std::move(types), std::move(result), std::move(kernel),
                                  flags.bind);
  if (flags.fallible) function.SetFallible();
  if (flags.sees_nulls) function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  return function;
}

}  // namespace hearth::engine
