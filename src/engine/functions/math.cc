// Functions of doubles: domain errors give NaN, or null for the logarithms, as in Spark.
#include <cmath>
#include <limits>

#include "engine/functions/arithmetic_errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/java_math.h"
#include "engine/functions/kernel.h"

namespace hearth::engine {
namespace {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::ScalarFunction;
using duckdb::ScalarFunctionSet;
using duckdb::ValidityMask;

using RealFunction = double (*)(double);

template <RealFunction function>
struct Plain {
  template <typename In, typename Out>
  static Out Apply(In value, ValidityMask&, idx_t) {
    return function(value);
  }
};

// Null at and below `low`.
template <RealFunction function, int low>
struct NullUpTo {
  template <typename In, typename Out>
  static Out Apply(In value, ValidityMask& mask, idx_t row) {
    if (value <= low) {
      mask.SetInvalid(row);
      return 0;
    }
    return function(value);
  }
};

double Sine(double value) { return std::sin(value); }
double Cosine(double value) { return std::cos(value); }
double Tangent(double value) { return std::tan(value); }
double Log2(double value) { return java_math::Log(value) / java_math::Log(2.0); }
double Cotangent(double value) { return 1.0 / std::tan(value); }
double Secant(double value) { return 1.0 / std::cos(value); }
double Cosecant(double value) { return 1.0 / std::sin(value); }
double Rint(double value) { return std::nearbyint(value); }
double SquareRoot(double value) { return std::sqrt(value); }
double Degrees(double value) { return value * 57.29577951308232; }
double Radians(double value) { return value * 0.017453292519943295; }

double Atanh(double value) { return 0.5 * (java_math::Log1p(value) - java_math::Log1p(-value)); }
double Signum(double value) { return value > 0 ? 1.0 : value < 0 ? -1.0 : value; }

using RealPairFunction = double (*)(double, double);
template <RealPairFunction function>
struct PlainPair {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left left, Right right, ValidityMask&, idx_t) {
    return function(left, right);
  }
};

double AtanOfPair(double y, double x) { return java_math::Atan2(y + 0.0, x + 0.0); }

// The logarithm of the second argument to the base of the first; null unless both are positive.
struct LogToBase {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left base, Right value, ValidityMask& mask, idx_t row) {
    if (base <= 0 || value <= 0) {
      mask.SetInvalid(row);
      return 0;
    }
    return java_math::Log(value) / java_math::Log(base);
  }
};

struct Factorial {
  template <typename In, typename Out>
  static Out Apply(In value, ValidityMask& mask, idx_t row) {
    if (value < 0 || value > 20) {
      mask.SetInvalid(row);
      return 0;
    }
    Out product = 1;
    for (int i = 2; i <= value; ++i) product *= i;
    return product;
  }
};

template <typename T>
struct SignOf {
  template <typename In, typename Out>
  static Out Apply(In value, ValidityMask&, idx_t) {
    return Signum(static_cast<double>(value));
  }
};

// The number of the equal bucket between two bounds, 0 below and count + 1 above; null for senseless bounds.
template <typename T>
int64_t WidthBucket(T value, T low, T high, int64_t count, ValidityMask& mask, idx_t row) {
  const auto as_double = [](T given) { return static_cast<double>(given); };
  const double v = as_double(value);
  const double min = as_double(low);
  const double max = as_double(high);
  if (count <= 0 || count == std::numeric_limits<int64_t>::max() || std::isnan(v) || min == max ||
      !std::isfinite(min) || !std::isfinite(max)) {
    mask.SetInvalid(row);
    return 0;
  }
  const double lower = std::min(min, max);
  const double upper = std::max(min, max);
  const bool ascending = min < max;
  if (ascending) {
    if (v < lower) return 0;
    if (v >= upper) return count + 1;
    return static_cast<int64_t>(static_cast<double>(count) * (v - lower) / (upper - lower)) + 1;
  }
  if (v > upper) return 0;
  if (v <= lower) return count + 1;
  return static_cast<int64_t>(static_cast<double>(count) * (upper - v) / (upper - lower)) + 1;
}

template <typename T>
void WidthBucketKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  const idx_t count = arguments.size();
  duckdb::UnifiedVectorFormat formats[4];
  for (int i = 0; i < 4; ++i) arguments.data[i].ToUnifiedFormat(count, formats[i]);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  auto* out = duckdb::FlatVector::GetData<int64_t>(result);
  auto& mask = duckdb::FlatVector::Validity(result);
  for (idx_t row = 0; row < count; ++row) {
    idx_t at[4];
    bool valid = true;
    for (int i = 0; i < 4; ++i) {
      at[i] = formats[i].sel->get_index(row);
      valid = valid && formats[i].validity.RowIsValid(at[i]);
    }
    if (!valid) {
      mask.SetInvalid(row);
      continue;
    }
    const auto bound = [&](int i) { return duckdb::UnifiedVectorFormat::GetData<T>(formats[i])[at[i]]; };
    out[row] = WidthBucket<T>(bound(0), bound(1), bound(2),
                              duckdb::UnifiedVectorFormat::GetData<int64_t>(formats[3])[at[3]], mask, row);
  }
  if (arguments.AllConstant()) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

template <typename T>
ScalarFunction WidthBucketOf(const LogicalType& type) {
  return ScalarFunction({type, type, type, LogicalType::BIGINT}, LogicalType::BIGINT, &WidthBucketKernel<T>);
}

template <RealFunction function>
void Add(EngineFunctions& functions, const std::string& name) {
  functions.AddScalar(ScalarFunction("spark_" + name, {LogicalType::DOUBLE}, LogicalType::DOUBLE,
                                     &UnaryKernel<double, double, Plain<function>>));
}

template <RealFunction function, int low>
void AddLogarithm(EngineFunctions& functions, const std::string& name) {
  functions.AddScalar(ScalarFunction("spark_" + name, {LogicalType::DOUBLE}, LogicalType::DOUBLE,
                                     &UnaryKernel<double, double, NullUpTo<function, low>>));
}

template <typename Operation>
void AddPair(EngineFunctions& functions, const std::string& name) {
  functions.AddScalar(ScalarFunction("spark_" + name, {LogicalType::DOUBLE, LogicalType::DOUBLE},
                                     LogicalType::DOUBLE, &BinaryKernel<double, double, double, Operation>));
}

base::Result<ParsedPtr> LowerConstant(LoweredCall call) {
  return Constant(duckdb::Value::DOUBLE(call.name() == "pi" ? 3.141592653589793 : 2.718281828459045));
}

void AddTrigonometry(EngineFunctions& functions) {
  Add<&Sine>(functions, "sin");
  Add<&Cosine>(functions, "cos");
  Add<&Tangent>(functions, "tan");
  Add<&Cotangent>(functions, "cot");
  Add<&Secant>(functions, "sec");
  Add<&Cosecant>(functions, "csc");
  Add<&java_math::Asin>(functions, "asin");
  Add<&java_math::Acos>(functions, "acos");
  Add<&java_math::Atan>(functions, "atan");
  Add<&java_math::Sinh>(functions, "sinh");
  Add<&java_math::Cosh>(functions, "cosh");
  Add<&java_math::Tanh>(functions, "tanh");
  Add<&java_math::Asinh>(functions, "asinh");
  Add<&java_math::Acosh>(functions, "acosh");
  Add<&Atanh>(functions, "atanh");
  Add<&Degrees>(functions, "degrees");
  Add<&Radians>(functions, "radians");
  // A negative zero counts as zero.
  AddPair<PlainPair<&AtanOfPair>>(functions, "atan2");
}

}  // namespace

void AddMath(EngineFunctions& functions) {
  AddTrigonometry(functions);
  Add<&SquareRoot>(functions, "sqrt");
  Add<&java_math::CubeRoot>(functions, "cbrt");
  Add<&java_math::Exp>(functions, "exp");
  Add<&java_math::Expm1>(functions, "expm1");
  Add<&Rint>(functions, "rint");
  AddLogarithm<&java_math::Log, 0>(functions, "ln");
  AddLogarithm<&java_math::Log10, 0>(functions, "log10");
  AddLogarithm<&Log2, 0>(functions, "log2");
  AddLogarithm<&java_math::Log1p, -1>(functions, "log1p");
  AddPair<LogToBase>(functions, "log");
  AddPair<PlainPair<&java_math::Hypot>>(functions, "hypot");
  AddPair<PlainPair<&java_math::Power>>(functions, "power");
  functions.AddRule("pi", &LowerConstant);
  functions.AddRule("e", &LowerConstant);
  functions.AddScalar(ScalarFunction("spark_factorial", {LogicalType::INTEGER}, LogicalType::BIGINT,
                                     &UnaryKernel<int32_t, int64_t, Factorial>));
  ScalarFunctionSet signum("spark_signum");
  signum.AddFunction(ScalarFunction({LogicalType::DOUBLE}, LogicalType::DOUBLE,
                                    &UnaryKernel<double, double, SignOf<double>>));
  signum.AddFunction(ScalarFunction({LogicalType::INTEGER}, LogicalType::DOUBLE,
                                    &UnaryKernel<int32_t, double, SignOf<int32_t>>));
  signum.AddFunction(ScalarFunction({LogicalType::BIGINT}, LogicalType::DOUBLE,
                                    &UnaryKernel<int64_t, double, SignOf<int64_t>>));
  functions.AddScalar(std::move(signum));
  ScalarFunctionSet width_bucket("spark_width_bucket");
  width_bucket.AddFunction(WidthBucketOf<double>(LogicalType::DOUBLE));
  width_bucket.AddFunction(WidthBucketOf<int32_t>(LogicalType::INTEGER));
  width_bucket.AddFunction(WidthBucketOf<int64_t>(LogicalType::BIGINT));
  functions.AddScalar(std::move(width_bucket));
}

}  // namespace hearth::engine
