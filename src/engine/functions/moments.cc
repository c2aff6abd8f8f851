// Variance, skewness, kurtosis, correlation, covariance and linear regression: running moments, updated and
// merged by Spark's formulas, so that even the last digits agree.
#include <cmath>

#include "duckdb/function/aggregate_function.hpp"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"

namespace hearth::engine {
namespace {

using duckdb::AggregateFinalizeData;
using duckdb::AggregateFunction;
using duckdb::AggregateInputData;
using duckdb::AggregateUnaryInput;
using duckdb::LogicalType;

// ---- One column

struct MomentState {
  double count;
  double mean;
  double m2;
  double m3;
  double m4;
};

void UpdateMoments(MomentState& state, double value) {
  const double count = state.count + 1.0;
  const double delta = value - state.mean;
  const double delta_n = delta / count;
  const double m2 = state.m2 + delta * (delta - delta_n);
  const double delta2 = delta * delta;
  const double delta_n2 = delta_n * delta_n;
  const double m3 = state.m3 - 3.0 * delta_n * m2 + delta * (delta2 - delta_n2);
  const double m4 =
      state.m4 - 4.0 * delta_n * m3 - 6.0 * delta_n2 * m2 + delta * (delta * delta2 - delta_n * delta_n2);
  state = {count, state.mean + delta_n, m2, m3, m4};
}

void MergeMoments(const MomentState& from, MomentState& into) {
  const double n1 = into.count;
  const double n2 = from.count;
  const double count = n1 + n2;
  const double delta = from.mean - into.mean;
  const double delta_n = count == 0 ? 0 : delta / count;
  const double mean = into.mean + delta_n * n2;
  const double m2 = into.m2 + from.m2 + delta * delta_n * n1 * n2;
  const double m3 = into.m3 + from.m3 + delta_n * delta_n * delta * n1 * n2 * (n1 - n2) +
                    3.0 * delta_n * (n1 * from.m2 - n2 * into.m2);
  const double m4 = into.m4 + from.m4 +
                    delta_n * delta_n * delta_n * delta * n1 * n2 * (n1 * n1 - n1 * n2 + n2 * n2) +
                    6.0 * delta_n * delta_n * (n1 * n1 * from.m2 + n2 * n2 * into.m2) +
                    4.0 * delta_n * (n1 * from.m3 - n2 * into.m3);
  into = {count, mean, m2, m3, m4};
}

enum class Moment {
  kVariancePopulation,
  kVarianceSample,
  kDeviationPopulation,
  kDeviationSample,
  kSkewness,
  kKurtosis
};

// NaN never stands for null here: `is_null` does.
double MomentResult(Moment moment, const MomentState& state, bool& is_null) {
  const double n = state.count;
  is_null = n == 0;
  switch (moment) {
    case Moment::kVariancePopulation:
      return state.m2 / n;
    case Moment::kDeviationPopulation:
      return std::sqrt(state.m2 / n);
    case Moment::kVarianceSample:
      is_null = n <= 1;
      return state.m2 / (n - 1.0);
    case Moment::kDeviationSample:
      is_null = n <= 1;
      return std::sqrt(state.m2 / (n - 1.0));
    case Moment::kSkewness:
      is_null = n == 0 || state.m2 == 0;
      return std::sqrt(n) * state.m3 / std::sqrt(state.m2 * state.m2 * state.m2);
    case Moment::kKurtosis:
      is_null = n == 0 || state.m2 == 0;
      return n * state.m4 / (state.m2 * state.m2) - 3.0;
  }
  return 0;
}

template <Moment moment>
struct MomentOperation {
  template <typename State>
  static void Initialize(State& state) {
    state = State{};
  }
  template <typename Input, typename State, typename Self>
  static void Operation(State& state, const Input& input, AggregateUnaryInput&) {
    UpdateMoments(state, input);
  }
  template <typename Input, typename State, typename Self>
  static void ConstantOperation(State& state, const Input& input, AggregateUnaryInput&, duckdb::idx_t count) {
    for (duckdb::idx_t i = 0; i < count; ++i) UpdateMoments(state, input);
  }
  template <typename State, typename Self>
  static void Combine(const State& source, State& target, AggregateInputData&) {
    // Merging into nothing must not move the last digit of the mean.
    if (target.count == 0) {
      target = source;
    } else if (source.count != 0) {
      MergeMoments(source, target);
    }
  }
  template <typename Result, typename State>
  static void Finalize(State& state, Result& target, AggregateFinalizeData& data) {
    bool is_null = false;
    target = MomentResult(moment, state, is_null);
    if (is_null) data.ReturnNull();
  }
  static bool IgnoreNull() { return true; }
};

template <Moment moment>
void AddMoment(EngineFunctions& functions, const char* name) {
  auto function = AggregateFunction::UnaryAggregate<MomentState, double, double, MomentOperation<moment>>(
      LogicalType::DOUBLE, LogicalType::DOUBLE);
  function.name = name;
  functions.AddAggregate(std::move(function));
}

// ---- Two columns. In the regressions the first argument is the dependent one, y.

struct PairState {
  double count;
  double x_mean;
  double y_mean;
  double ck;    // co-moment
  double x_mk;  // second moments, as the correlation updates them
  double y_mk;
  double x_m2;  // second moments, as the variance updates them
  double y_m2;
  double x_sum;
  double y_sum;
};

void UpdatePair(PairState& state, double x, double y) {
  const double count = state.count + 1.0;
  const double dx = x - state.x_mean;
  const double dy = y - state.y_mean;
  const double x_mean = state.x_mean + dx / count;
  const double y_mean = state.y_mean + dy / count;
  state.ck += dx * (y - y_mean);
  state.x_mk += dx * (x - x_mean);
  state.y_mk += dy * (y - y_mean);
  state.x_m2 += dx * (dx - dx / count);
  state.y_m2 += dy * (dy - dy / count);
  state.x_sum += x;
  state.y_sum += y;
  state.count = count;
  state.x_mean = x_mean;
  state.y_mean = y_mean;
}

void MergePair(const PairState& from, PairState& into) {
  const double n1 = into.count;
  const double n2 = from.count;
  const double count = n1 + n2;
  const double dx = from.x_mean - into.x_mean;
  const double dy = from.y_mean - into.y_mean;
  const double dx_n = dx / count;
  const double dy_n = dy / count;
  into.x_mean += dx_n * n2;
  into.y_mean += dy_n * n2;
  into.ck += from.ck + dx * dy_n * n1 * n2;
  into.x_mk += from.x_mk + dx * dx_n * n1 * n2;
  into.y_mk += from.y_mk + dy * dy_n * n1 * n2;
  into.x_m2 += from.x_m2 + dx * dx_n * n1 * n2;
  into.y_m2 += from.y_m2 + dy * dy_n * n1 * n2;
  into.x_sum += from.x_sum;
  into.y_sum += from.y_sum;
  into.count = count;
}

enum class PairMoment {
  kCorrelation,
  kCovariancePopulation,
  kCovarianceSample,
  kAverageX,
  kAverageY,
  kSxx,
  kSyy,
  kSxy,
  kSlope,
  kIntercept,
  kR2
};  // clang-format: one group a line

double PairResult(PairMoment moment, const PairState& state, bool& is_null) {
  const double n = state.count;
  is_null = n == 0;
  switch (moment) {
    case PairMoment::kCorrelation: {
      const double scale = std::sqrt(state.x_mk * state.y_mk);
      is_null = n <= 1 || scale == 0;
      return state.ck / scale;
    }
    case PairMoment::kCovariancePopulation:
      return state.ck / n;
    case PairMoment::kCovarianceSample:
      is_null = n <= 1;
      return state.ck / (n - 1.0);
    case PairMoment::kAverageX:
      return state.x_sum / n;
    case PairMoment::kAverageY:
      return state.y_sum / n;
    case PairMoment::kSxx:
      return state.x_m2;
    case PairMoment::kSyy:
      return state.y_m2;
    case PairMoment::kSxy:
      return state.ck;
    case PairMoment::kSlope:
      is_null = n == 0 || state.x_m2 == 0;
      return state.ck / state.x_m2;
    case PairMoment::kIntercept:
      is_null = n == 0 || state.x_m2 == 0;
      return state.y_mean - state.ck / state.x_m2 * state.x_mean;
    case PairMoment::kR2:
      is_null = n == 0 || state.x_mk == 0;
      return state.y_mk == 0 ? 1.0 : state.ck * state.ck / state.x_mk / state.y_mk;
  }
  return 0;
}

template <PairMoment moment, bool y_first>
struct PairOperation {
  template <typename State>
  static void Initialize(State& state) {
    state = State{};
  }
  template <typename A, typename B, typename State, typename Self>
  static void Operation(State& state, const A& first, const B& second, duckdb::AggregateBinaryInput&) {
    y_first ? UpdatePair(state, second, first) : UpdatePair(state, first, second);
  }
  template <typename State, typename Self>
  static void Combine(const State& source, State& target, AggregateInputData&) {
    if (target.count == 0) {
      target = source;
    } else if (source.count != 0) {
      MergePair(source, target);
    }
  }
  template <typename Result, typename State>
  static void Finalize(State& state, Result& target, AggregateFinalizeData& data) {
    bool is_null = false;
    target = PairResult(moment, state, is_null);
    if (is_null) data.ReturnNull();
  }
  static bool IgnoreNull() { return true; }
};

template <PairMoment moment, bool y_first>
void AddPair(EngineFunctions& functions, const char* name) {
  auto function =
      AggregateFunction::BinaryAggregate<PairState, double, double, double, PairOperation<moment, y_first>>(
          LogicalType::DOUBLE, LogicalType::DOUBLE, LogicalType::DOUBLE);
  function.name = name;
  functions.AddAggregate(std::move(function));
}

base::Result<ParsedPtr> LowerRegressionCount(LoweredCall call) {
  auto present = And(List(IsNotNull(std::move(call.arguments[0])), IsNotNull(std::move(call.arguments[1]))));
  if (call.filter) present = And(List(std::move(call.filter), std::move(present)));
  call.filter = std::move(present);
  return AggregateOf(call, "count_star");
}

}  // namespace

void AddMoments(EngineFunctions& functions) {
  AddMoment<Moment::kVariancePopulation>(functions, "spark_var_pop");
  AddMoment<Moment::kVarianceSample>(functions, "spark_var_samp");
  AddMoment<Moment::kDeviationPopulation>(functions, "spark_stddev_pop");
  AddMoment<Moment::kDeviationSample>(functions, "spark_stddev_samp");
  AddMoment<Moment::kSkewness>(functions, "spark_skewness");
  AddMoment<Moment::kKurtosis>(functions, "spark_kurtosis");
  AddPair<PairMoment::kCorrelation, false>(functions, "spark_corr");
  AddPair<PairMoment::kCovariancePopulation, false>(functions, "spark_covar_pop");
  AddPair<PairMoment::kCovarianceSample, false>(functions, "spark_covar_samp");
  AddPair<PairMoment::kAverageX, true>(functions, "spark_regr_avgx");
  AddPair<PairMoment::kAverageY, true>(functions, "spark_regr_avgy");
  AddPair<PairMoment::kSxx, true>(functions, "spark_regr_sxx");
  AddPair<PairMoment::kSyy, true>(functions, "spark_regr_syy");
  AddPair<PairMoment::kSxy, true>(functions, "spark_regr_sxy");
  AddPair<PairMoment::kSlope, true>(functions, "spark_regr_slope");
  AddPair<PairMoment::kIntercept, true>(functions, "spark_regr_intercept");
  AddPair<PairMoment::kR2, true>(functions, "spark_regr_r2");
  functions.AddRule("regr_count", &LowerRegressionCount);
}

}  // namespace hearth::engine
