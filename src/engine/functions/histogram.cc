// histogram_numeric: the bins of Ben-Haim and Tom-Tov's streaming histogram. Bins are merged where they lie
// closest; among equal gaps java.util.Random decides, seeded as in Spark.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "duckdb/function/aggregate_function.hpp"
#include "duckdb/parser/expression/columnref_expression.hpp"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"

namespace hearth::engine {
namespace {

using duckdb::AggregateFunction;
using duckdb::AggregateInputData;
using duckdb::data_ptr_t;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::UnifiedVectorFormat;
using duckdb::Vector;

class JavaUtilRandom {
 public:
  explicit JavaUtilRandom(uint64_t seed) : state_((seed ^ kMultiplier) & kMask) {}
  double NextDouble() {
    const uint64_t high = Next(26);
    return static_cast<double>((high << 27) + Next(27)) * 0x1.0p-53;
  }

 private:
  static constexpr uint64_t kMultiplier = 0x5DEECE66DULL;
  static constexpr uint64_t kMask = (uint64_t{1} << 48) - 1;
  uint64_t Next(int bits) {
    state_ = (state_ * kMultiplier + 0xB) & kMask;
    return state_ >> (48 - bits);
  }
  uint64_t state_;
};

struct Bin {
  double x;
  double y;
};

class Histogram {
 public:
  void Add(double value, size_t limit) {
    size_t low = 0;
    size_t high = bins_.size();
    size_t place = 0;
    while (low < high) {
      place = (low + high) / 2;
      if (bins_[place].x > value) {
        high = place;
      } else if (bins_[place].x < value) {
        low = ++place;
      } else {
        break;
      }
    }
    if (place < bins_.size() && bins_[place].x == value) {
      ++bins_[place].y;
      return;
    }
    bins_.insert(bins_.begin() + static_cast<std::ptrdiff_t>(place), {value, 1});
    if (bins_.size() > limit) Trim(limit);
  }

  void Merge(const Histogram& other, size_t limit) {
    if (bins_.empty()) {
      bins_ = other.bins_;
      return;
    }
    bins_.insert(bins_.end(), other.bins_.begin(), other.bins_.end());
    std::stable_sort(bins_.begin(), bins_.end(), [](const Bin& a, const Bin& b) { return a.x < b.x; });
    Trim(limit);
  }

  const std::vector<Bin>& bins() const { return bins_; }

 private:
  void Trim(size_t limit) {
    while (bins_.size() > limit && bins_.size() > 1) {
      double smallest = bins_[1].x - bins_[0].x;
      size_t chosen = 0;
      int equals = 1;
      for (size_t i = 1; i + 1 < bins_.size(); ++i) {
        const double gap = bins_[i + 1].x - bins_[i].x;
        if (gap < smallest) {
          smallest = gap;
          chosen = i;
          equals = 1;
        } else if (gap == smallest && random_.NextDouble() <= 1.0 / ++equals) {
          chosen = i;
        }
      }
      auto& bin = bins_[chosen];
      const auto& next = bins_[chosen + 1];
      const double weight = bin.y + next.y;
      bin.x *= bin.y / weight;
      bin.x += next.x / weight * next.y;
      bin.y = weight;
      bins_.erase(bins_.begin() + static_cast<std::ptrdiff_t>(chosen) + 1);
    }
  }

  std::vector<Bin> bins_;
  JavaUtilRandom random_{31183};
};

struct State {
  Histogram* histogram;
  int32_t limit;
};

idx_t StateSize(const AggregateFunction&) { return sizeof(State); }
void Initialize(const AggregateFunction&, data_ptr_t state) { new (state) State{nullptr, 0}; }

// (value as double, number of bins); nulls do not count.
void Update(Vector inputs[], AggregateInputData&, idx_t, Vector& states, idx_t count) {
  UnifiedVectorFormat targets, values, limits;
  states.ToUnifiedFormat(count, targets);
  inputs[0].ToUnifiedFormat(count, values);
  inputs[1].ToUnifiedFormat(count, limits);
  for (idx_t i = 0; i < count; ++i) {
    const auto index = values.sel->get_index(i);
    if (!values.validity.RowIsValid(index)) continue;
    auto& state = *UnifiedVectorFormat::GetData<State*>(targets)[targets.sel->get_index(i)];
    if (!state.histogram) state.histogram = new Histogram();
    state.limit = UnifiedVectorFormat::GetData<int32_t>(limits)[limits.sel->get_index(i)];
    state.histogram->Add(UnifiedVectorFormat::GetData<double>(values)[index],
                         static_cast<size_t>(std::max(state.limit, 1)));
  }
}

void Combine(Vector& sources, Vector& targets, AggregateInputData&, idx_t count) {
  UnifiedVectorFormat from;
  sources.ToUnifiedFormat(count, from);
  auto* into = duckdb::FlatVector::GetData<State*>(targets);
  for (idx_t i = 0; i < count; ++i) {
    const auto& source = *UnifiedVectorFormat::GetData<State*>(from)[from.sel->get_index(i)];
    if (!source.histogram) continue;
    if (!into[i]->histogram) into[i]->histogram = new Histogram();
    into[i]->limit = source.limit;
    into[i]->histogram->Merge(*source.histogram, static_cast<size_t>(std::max(source.limit, 1)));
  }
}

void Finalize(Vector& states, AggregateInputData&, Vector& result, idx_t count, idx_t offset) {
  UnifiedVectorFormat format;
  states.ToUnifiedFormat(count, format);
  auto* entries = duckdb::FlatVector::GetData<duckdb::list_entry_t>(result);
  for (idx_t i = 0; i < count; ++i) {
    const auto& state = *UnifiedVectorFormat::GetData<State*>(format)[format.sel->get_index(i)];
    const auto start = duckdb::ListVector::GetListSize(result);
    if (!state.histogram) {
      duckdb::FlatVector::SetNull(result, offset + i, true);
      continue;
    }
    const auto& bins = state.histogram->bins();
    duckdb::ListVector::Reserve(result, start + bins.size());
    auto& fields = duckdb::StructVector::GetEntries(duckdb::ListVector::GetEntry(result));
    for (size_t bin = 0; bin < bins.size(); ++bin) {
      duckdb::FlatVector::GetData<double>(*fields[0])[start + bin] = bins[bin].x;
      duckdb::FlatVector::GetData<double>(*fields[1])[start + bin] = bins[bin].y;
    }
    entries[offset + i] = {start, bins.size()};
    duckdb::ListVector::SetListSize(result, start + bins.size());
  }
}

void Destroy(Vector& states, AggregateInputData&, idx_t count) {
  auto* pointers = duckdb::FlatVector::GetData<State*>(states);
  for (idx_t i = 0; i < count; ++i) {
    delete pointers[i]->histogram;
    pointers[i]->histogram = nullptr;
  }
}

// The places of the bins take the type of the values: integers are cut off, decimals rounded.
base::Result<ParsedPtr> Lower(LoweredCall call) {
  const auto& from = call.argument_type(0);
  if (!from.IsNumeric()) return base::NotImplemented("histogram_numeric of " + from.CatalogString());
  auto bins = AggregateOf(call, "spark_bins", CastTo(std::move(call.arguments[0]), LogicalType::DOUBLE),
                          std::move(call.arguments[1]));
  const auto variable = [] { return ParsedPtr(duckdb::make_uniq<duckdb::ColumnRefExpression>("bin")); };
  auto place = FieldAt(variable(), 0);
  if (from.IsIntegral()) place = Call("trunc", std::move(place));
  place = CastTo(std::move(place), ToDuckDB(from));
  place->SetAlias("x");
  auto weight = FieldAt(variable(), 1);
  weight->SetAlias("y");
  return Call("list_transform", std::move(bins),
              LambdaOf({"bin"}, Call("struct_pack", std::move(place), std::move(weight))));
}

}  // namespace

void AddHistogram(EngineFunctions& functions) {
  duckdb::child_list_t<LogicalType> fields = {{"x", LogicalType::DOUBLE}, {"y", LogicalType::DOUBLE}};
  AggregateFunction bins("spark_bins", {LogicalType::DOUBLE, LogicalType::INTEGER},
                         LogicalType::LIST(LogicalType::STRUCT(std::move(fields))), &StateSize, &Initialize,
                         &Update, &Combine, &Finalize, duckdb::FunctionNullHandling::SPECIAL_HANDLING,
                         nullptr, nullptr, &Destroy);
  functions.AddAggregate(std::move(bins));
  functions.AddRule("histogram_numeric", &Lower);
}

}  // namespace hearth::engine
