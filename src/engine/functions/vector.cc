// Vectors of floats. Products and norms add up doubles, sums over rows add up floats, as Spark does. A vector
// with a null inside has no product and no norm, and counts as no row in a sum.
#include <cmath>
#include <vector>

#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/list_builder.h"
#include "engine/text/value_text.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::list_entry_t;
using duckdb::LogicalType;

namespace {

using Arguments = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;

// A column of vectors: the floats of a row in one piece.
class VectorReader {
 public:
  VectorReader(duckdb::Vector& vector, idx_t count)
      : lists_(vector, count), values_(lists_.elements(), lists_.element_count()) {}
  // False when the row, or a value in it, is null.
  bool Read(idx_t row, std::vector<float>* out) const {
    if (lists_.IsNull(row)) return false;
    return ReadEntry(lists_[row], out);
  }
  bool ReadEntry(const list_entry_t& entry, std::vector<float>* out) const {
    out->clear();
    for (idx_t i = entry.offset; i < entry.offset + entry.length; ++i) {
      if (values_.IsNull(i)) return false;
      out->push_back(values_[i]);
    }
    return true;
  }

 private:
  ListReader lists_;
  ColumnReader<float> values_;
};

[[noreturn]] void ThrowDimensions(const std::string& function, size_t left, size_t right) {
  ThrowSpark(base::ErrorKind::kRuntime, "VECTOR_DIMENSION_MISMATCH",
             function + " needs vectors of one dimension, not " + std::to_string(left) + " and " +
                 std::to_string(right) + ".",
             {{"functionName", "`" + function + "`"},
              {"leftDim", std::to_string(left)},
              {"rightDim", std::to_string(right)}});
}

using Floats = std::vector<float>;

std::optional<double> InnerProduct(const Floats& left, const Floats& right) {
  double sum = 0;
  for (size_t i = 0; i < left.size(); ++i) sum += static_cast<double>(left[i]) * right[i];
  return sum;
}

std::optional<double> CosineSimilarity(const Floats& left, const Floats& right) {
  const double scale = std::sqrt(*InnerProduct(left, left)) * std::sqrt(*InnerProduct(right, right));
  if (scale == 0) return std::nullopt;
  return *InnerProduct(left, right) / scale;
}

std::optional<double> Distance(const Floats& left, const Floats& right) {
  double sum = 0;
  for (size_t i = 0; i < left.size(); ++i) {
    const double difference = static_cast<double>(left[i]) - right[i];
    sum += difference * difference;
  }
  return std::sqrt(sum);
}

template <std::optional<double> (*Measure)(const Floats&, const Floats&)>
duckdb::scalar_function_t PairKernel(std::string name) {
  return [name](duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
    const auto count = PrepareResult(arguments, result);
    const VectorReader lefts(arguments.data[0], count);
    const VectorReader rights(arguments.data[1], count);
    const ListReader left_lists(arguments.data[0], count);
    const ListReader right_lists(arguments.data[1], count);
    auto* data = reinterpret_cast<float*>(duckdb::FlatVector::GetData(result));
    Floats left;
    Floats right;
    for (idx_t row = 0; row < count; ++row) {
      if (left_lists.IsNull(row) || right_lists.IsNull(row)) {
        SetNull(result, row);
        continue;
      }
      const auto left_size = left_lists[row].length;
      const auto right_size = right_lists[row].length;
      if (left_size != right_size) ThrowDimensions(name, left_size, right_size);
      const bool whole = lefts.Read(row, &left) && rights.Read(row, &right);
      const auto measure = whole ? Measure(left, right) : std::nullopt;
      if (measure) {
        data[row] = static_cast<float>(*measure);
      } else {
        SetNull(result, row);
      }
    }
  };
}

double Norm(const std::string& function, const Floats& values, float degree) {
  double norm = 0;
  if (degree == 1.0F) {
    for (const double value : values) norm += std::abs(value);
  } else if (degree == 2.0F) {
    norm = std::sqrt(*InnerProduct(values, values));
  } else if (std::isinf(degree) && degree > 0) {
    for (const double value : values) {
      if (std::isnan(value) || std::isnan(norm)) {
        norm = std::nan("");
      } else {
        norm = std::max(norm, std::abs(value));
      }
    }
  } else {
    std::string text;
    AppendFloat(degree, &text);
    ThrowSpark(base::ErrorKind::kRuntime, "INVALID_VECTOR_NORM_DEGREE",
               function + " takes the degrees 1, 2 and infinity, not " + text + ".",
               {{"functionName", "`" + function + "`"}, {"degree", text}});
  }
  return norm;
}

void NormKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const VectorReader vectors(arguments.data[0], count);
  const ColumnReader<float> degrees(arguments.data[1], count);
  auto* data = reinterpret_cast<float*>(duckdb::FlatVector::GetData(result));
  Floats values;
  for (idx_t row = 0; row < count; ++row) {
    if (degrees.IsNull(row) || !vectors.Read(row, &values)) {
      SetNull(result, row);
    } else {
      data[row] = static_cast<float>(Norm("vector_norm", values, degrees[row]));
    }
  }
}

// Writes lists of floats, row by row.
class FloatLists {
 public:
  explicit FloatLists(duckdb::Vector& result) : result_(result) {
    duckdb::ListVector::SetListSize(result, 0);
  }
  void Add(idx_t row, const Floats& values) {
    auto* entries = reinterpret_cast<list_entry_t*>(duckdb::FlatVector::GetData(result_));
    entries[row] = {size_, values.size()};
    duckdb::ListVector::Reserve(result_, size_ + values.size());
    auto* data = duckdb::FlatVector::GetData<float>(duckdb::ListVector::GetEntry(result_));
    std::copy(values.begin(), values.end(), data + size_);
    size_ += values.size();
    duckdb::ListVector::SetListSize(result_, size_);
  }

 private:
  duckdb::Vector& result_;
  idx_t size_ = 0;
};

void NormalizeKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const VectorReader vectors(arguments.data[0], count);
  const ColumnReader<float> degrees(arguments.data[1], count);
  FloatLists lists(result);
  Floats values;
  for (idx_t row = 0; row < count; ++row) {
    if (degrees.IsNull(row) || !vectors.Read(row, &values)) {
      SetNull(result, row);
      continue;
    }
    const double norm = Norm("vector_normalize", values, degrees[row]);
    if (norm == 0 && !values.empty()) {
      SetNull(result, row);
      continue;
    }
    for (auto& value : values) value = static_cast<float>(value / norm);
    lists.Add(row, values);
  }
}

// The sum, or the running mean, of a list of vectors: what the aggregates make of their rows.
template <bool kMean>
void ReduceKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto count = PrepareResult(arguments, result);
  const ListReader rows(arguments.data[0], count);
  const VectorReader vectors(rows.elements(), rows.element_count());
  const ListReader sizes(rows.elements(), rows.element_count());
  FloatLists lists(result);
  Floats values;
  for (idx_t row = 0; row < count; ++row) {
    if (rows.IsNull(row)) {
      SetNull(result, row);
      continue;
    }
    Floats total;
    float seen = 0;
    const auto entry = rows[row];
    for (idx_t i = entry.offset; i < entry.offset + entry.length; ++i) {
      if (!vectors.Read(i, &values)) continue;
      if (seen > 0 && values.size() != total.size()) {
        ThrowDimensions(kMean ? "vector_avg" : "vector_sum", total.size(), values.size());
      }
      seen += 1;
      if (seen == 1) {
        total = values;
        continue;
      }
      const float share = 1.0F / seen;
      for (size_t k = 0; k < total.size(); ++k) {
        total[k] = kMean ? total[k] + (values[k] - total[k]) * share : total[k] + values[k];
      }
    }
    if (seen == 0) {
      SetNull(result, row);
    } else {
      lists.Add(row, total);
    }
  }
}

base::Result<ParsedPtr> LowerReduction(LoweredCall call) {
  const std::string kernel = "spark_" + call.name() + "_of";
  return Call(kernel, AggregateOf(call, "list", std::move(call.arguments[0])));
}

}  // namespace

void AddVector(EngineFunctions& functions) {
  const auto number = LogicalType::FLOAT;
  const auto vector = LogicalType::LIST(number);
  const auto vectors = LogicalType::LIST(vector);
  const KernelFlags fallible{.fallible = true};
  functions.AddScalar(Kernel("spark_vector_inner_product", {vector, vector}, number,
                             PairKernel<InnerProduct>("vector_inner_product"), fallible));
  functions.AddScalar(Kernel("spark_vector_cosine_similarity", {vector, vector}, number,
                             PairKernel<CosineSimilarity>("vector_cosine_similarity"), fallible));
  functions.AddScalar(Kernel("spark_vector_l2_distance", {vector, vector}, number,
                             PairKernel<Distance>("vector_l2_distance"), fallible));
  functions.AddScalar(Kernel("spark_vector_norm", {vector, number}, number, NormKernel, fallible));
  functions.AddScalar(Kernel("spark_vector_normalize", {vector, number}, vector, NormalizeKernel, fallible));
  functions.AddScalar(Kernel("spark_vector_sum_of", {vectors}, vector, ReduceKernel<false>, fallible));
  functions.AddScalar(Kernel("spark_vector_avg_of", {vectors}, vector, ReduceKernel<true>, fallible));
  for (const char* name : {"vector_sum", "vector_avg"}) functions.AddRule(name, LowerReduction);
}

}  // namespace hearth::engine
