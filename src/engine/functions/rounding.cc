// round, bround, ceil and floor. Doubles are rounded by the digits that Java prints for them: 1.005 is 1.01
// at two digits.
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "engine/decimal.h"
#include "engine/functions/arithmetic_errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/kernel.h"

namespace hearth::engine {
namespace {

using duckdb::DecimalType;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::ScalarFunction;
using duckdb::ScalarFunctionSet;
using duckdb::UnifiedVectorFormat;
using duckdb::ValidityMask;

enum class Rounding { kHalfUp, kHalfEven, kCeiling, kFloor };

// value / 10^digits, rounded; digits > 0.
Int128 DropDigits(Int128 value, int digits, Rounding rounding) {
  if (digits > 38) return 0;
  const Int128 divisor = kPowersOfTen[digits];
  Int128 quotient = value / divisor;
  const Int128 remainder = value % divisor;
  if (remainder == 0) return quotient;
  const bool negative = value < 0;
  const Int128 rest = negative ? -remainder : remainder;
  bool away = false;
  switch (rounding) {
    case Rounding::kHalfUp:
      away = rest >= divisor - rest;
      break;
    case Rounding::kHalfEven:
      away = rest > divisor - rest || (rest == divisor - rest && quotient % 2 != 0);
      break;
    case Rounding::kCeiling:
      away = !negative;
      break;
    case Rounding::kFloor:
      away = negative;
      break;
  }
  if (away) quotient += negative ? -1 : 1;
  return quotient;
}

// ---- Doubles

// The shortest digits of a finite value and the power of ten of the digit before the point.
struct Digits {
  std::string text;  // without sign and point
  int exponent = 0;
};

Digits ShortestDigits(double magnitude) {
  char buffer[64];
  const auto end =
      std::to_chars(buffer, buffer + sizeof(buffer), magnitude, std::chars_format::scientific).ptr;
  Digits digits;
  const char* mark = buffer;
  for (; *mark != 'e'; ++mark) {
    if (*mark != '.') digits.text += *mark;
  }
  std::from_chars(mark[1] == '+' ? mark + 2 : mark + 1, end, digits.exponent);
  return digits;
}

bool RoundsAway(const std::string& digits, size_t kept, Rounding rounding) {
  const char next = digits[kept];
  if (rounding == Rounding::kHalfUp) return next >= '5';
  if (next != '5') return next > '5';
  if (digits.find_first_not_of('0', kept + 1) != std::string::npos) return true;
  return kept > 0 && (digits[kept - 1] - '0') % 2 != 0;
}

double RoundReal(double value, int scale, Rounding rounding) {
  if (!std::isfinite(value) || value == 0) return value;
  const bool negative = std::signbit(value);
  auto digits = ShortestDigits(std::fabs(value));
  // Digits kept: those in front of the point and `scale` behind it.
  const long kept = static_cast<long>(digits.exponent) + 1 + scale;
  if (kept >= static_cast<long>(digits.text.size())) return value;
  if (kept < 0) return 0.0;
  const auto keep = static_cast<size_t>(kept);
  const bool away = RoundsAway(digits.text, keep, rounding);
  digits.text.resize(keep);
  if (away) {
    size_t i = keep;
    while (i > 0 && digits.text[i - 1] == '9') digits.text[--i] = '0';
    if (i > 0) {
      ++digits.text[i - 1];
    } else {
      digits.text.insert(0, "1");
      ++digits.exponent;
    }
  }
  if (digits.text.empty()) return 0.0;
  const auto last = digits.exponent - static_cast<int>(digits.text.size()) + 1;
  const double result = std::strtod((digits.text + "e" + std::to_string(last)).c_str(), nullptr);
  // A decimal has no negative zero.
  return result == 0 ? 0.0 : negative ? -result : result;
}

template <Rounding rounding>
struct RoundRealOperation {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left value, Right scale, ValidityMask&, idx_t) {
    return static_cast<Out>(RoundReal(static_cast<double>(value), scale, rounding));
  }
};

// ---- Integers: only a negative scale changes them.

template <Rounding rounding, OnError on_error>
struct RoundInteger {
  template <typename Left, typename Right, typename Out>
  static Out Apply(Left value, Right scale, ValidityMask&, idx_t) {
    if (scale >= 0) return value;
    if (scale < -19) return 0;
    const Int128 rounded = DropDigits(value, -scale, rounding) * kPowersOfTen[-scale];
    const auto result = static_cast<Out>(rounded);
    if (on_error == OnError::kFail && static_cast<Int128>(result) != rounded) ThrowOverflow("");
    return result;
  }
};

// ---- Decimals

struct RoundShape {
  int precision = 0;
  int scale = 0;
  int result_precision = 0;
  int result_scale = 0;
  int digits = 0;  // behind the point, negative before it
  Rounding rounding = Rounding::kHalfUp;
  bool fails = true;
  bool operator==(const RoundShape&) const = default;
};

std::optional<Int128> RoundDecimal(const RoundShape& shape, Int128 value) {
  const int dropped = shape.scale - std::min(shape.digits, shape.scale);
  Int128 result = dropped > 0 ? DropDigits(value, dropped, shape.rounding) : value;
  // Now `digits` behind the point; the result type has at least none.
  const int missing = shape.result_scale - std::min(shape.digits, shape.scale);
  if (missing > 38) return Int128{0};
  if (__builtin_mul_overflow(result, kPowersOfTen[missing], &result)) return std::nullopt;
  if (!FitsPrecision(result, shape.result_precision)) return std::nullopt;
  return result;
}

void RoundDecimalKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                        duckdb::Vector& result) {
  const auto& shape = BoundValue<RoundShape>(state);
  WithDecimalStorage(shape.precision, [&](auto in) {
    WithDecimalStorage(shape.result_precision, [&](auto out) {
      using In = decltype(in);
      using Out = decltype(out);
      duckdb::UnaryExecutor::ExecuteWithNulls<In, Out>(
          arguments.data[0], result, arguments.size(), [&](In value, ValidityMask& mask, idx_t row) -> Out {
            const auto rounded = RoundDecimal(shape, Widen(value));
            if (rounded) return Narrow<Out>(*rounded);
            if (shape.fails) ThrowOverflow("");
            mask.SetInvalid(row);
            return Out{};
          });
    });
  });
}

// Arguments: the value, the number of digits (constant), a constant of the result's type.
template <Rounding rounding, bool fails>
duckdb::unique_ptr<duckdb::FunctionData> BindRoundDecimal(
    duckdb::ClientContext& context, ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const auto from = arguments[0]->return_type;
  const auto to = arguments[2]->return_type;
  RoundShape shape{DecimalType::GetWidth(from),
                   DecimalType::GetScale(from),
                   DecimalType::GetWidth(to),
                   DecimalType::GetScale(to),
                   0,
                   rounding,
                   fails};
  shape.digits = duckdb::IntegerValue::Get(ConstantArgument(context, *arguments[1]));
  function.arguments[0] = from;
  function.SetReturnType(to);
  duckdb::Function::EraseArgument(function, arguments, 2);
  duckdb::Function::EraseArgument(function, arguments, 1);
  return duckdb::make_uniq<BindData<RoundShape>>(shape);
}

template <Rounding rounding>
void AddDecimalRounding(EngineFunctions& functions, const std::string& name) {
  const duckdb::vector<LogicalType> types = {LogicalType::ANY, LogicalType::INTEGER, LogicalType::ANY};
  functions.AddScalar(Fallible(
      ScalarFunction(name, types, LogicalType::ANY, &RoundDecimalKernel, &BindRoundDecimal<rounding, true>)));
  functions.AddScalar(Fallible(ScalarFunction(name + "_legacy", types, LogicalType::ANY, &RoundDecimalKernel,
                                              &BindRoundDecimal<rounding, false>)));
}

// ---- Doubles to bigint

template <bool up, OnError on_error>
struct ToWhole {
  template <typename In, typename Out>
  static Out Apply(In value, ValidityMask&, idx_t) {
    const double whole = up ? std::ceil(value) : std::floor(value);
    if (std::isnan(whole)) return 0;
    if (whole >= 9223372036854775808.0 || whole < -9223372036854775808.0) {
      if (on_error == OnError::kFail) ThrowOverflow("");
      return whole > 0 ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
    }
    return static_cast<Out>(whole);
  }
};

template <bool up, OnError on_error>
ScalarFunction WholeOf(const char* name) {
  return Fallible(ScalarFunction(name, {LogicalType::DOUBLE}, LogicalType::BIGINT,
                                 &UnaryKernel<double, int64_t, ToWhole<up, on_error>>));
}

// ---- Registration and lowering

template <typename T, typename Operation>
void AddTyped(ScalarFunctionSet& set, const LogicalType& type) {
  set.AddFunction(
      Fallible(ScalarFunction({type, LogicalType::INTEGER}, type, &BinaryKernel<T, int32_t, T, Operation>)));
}

template <Rounding rounding, OnError on_error>
ScalarFunctionSet NumberRounding(const std::string& name) {
  ScalarFunctionSet set(name);
  AddTyped<int8_t, RoundInteger<rounding, on_error>>(set, LogicalType::TINYINT);
  AddTyped<int16_t, RoundInteger<rounding, on_error>>(set, LogicalType::SMALLINT);
  AddTyped<int32_t, RoundInteger<rounding, on_error>>(set, LogicalType::INTEGER);
  AddTyped<int64_t, RoundInteger<rounding, on_error>>(set, LogicalType::BIGINT);
  AddTyped<float, RoundRealOperation<rounding>>(set, LogicalType::FLOAT);
  AddTyped<double, RoundRealOperation<rounding>>(set, LogicalType::DOUBLE);
  return set;
}

ParsedPtr DecimalRounding(std::string kernel, LoweredCall& call, ParsedPtr digits) {
  if (!call.ansi()) kernel += "_legacy";
  return Call(std::move(kernel), std::move(call.arguments[0]), std::move(digits),
              Constant(ToDuckDB(plan::Value{Int128{0}}, call.type())));
}

// round, bround
base::Result<ParsedPtr> LowerRound(LoweredCall call) {
  if (call.type().Is(plan::TypeKind::kDecimal)) {
    auto digits = std::move(call.arguments[1]);
    return DecimalRounding("spark_decimal_" + call.name(), call, std::move(digits));
  }
  return CallWith("spark_number_" + call.name() + (call.ansi() ? "" : "_legacy"), std::move(call.arguments));
}

// ceil, floor
base::Result<ParsedPtr> LowerWhole(LoweredCall call) {
  const auto& from = call.argument_type(0);
  if (from.IsIntegral()) return std::move(call.arguments[0]);
  const auto kernel = "spark_decimal_" + call.name();
  if (from.Is(plan::TypeKind::kDecimal)) {
    auto digits = call.arguments.size() > 1 ? std::move(call.arguments[1]) : IntegerConstant(0);
    return DecimalRounding(kernel, call, std::move(digits));
  }
  return Call("spark_whole_" + call.name() + (call.ansi() ? "" : "_legacy"), std::move(call.arguments[0]));
}

}  // namespace

void AddRounding(EngineFunctions& functions) {
  functions.AddRule("round", &LowerRound);
  functions.AddRule("bround", &LowerRound);
  functions.AddRule("ceil", &LowerWhole);
  functions.AddRule("floor", &LowerWhole);
  functions.AddScalar(NumberRounding<Rounding::kHalfUp, OnError::kFail>("spark_number_round"));
  functions.AddScalar(NumberRounding<Rounding::kHalfUp, OnError::kNull>("spark_number_round_legacy"));
  functions.AddScalar(NumberRounding<Rounding::kHalfEven, OnError::kFail>("spark_number_bround"));
  functions.AddScalar(NumberRounding<Rounding::kHalfEven, OnError::kNull>("spark_number_bround_legacy"));
  AddDecimalRounding<Rounding::kHalfUp>(functions, "spark_decimal_round");
  AddDecimalRounding<Rounding::kHalfEven>(functions, "spark_decimal_bround");
  AddDecimalRounding<Rounding::kCeiling>(functions, "spark_decimal_ceil");
  AddDecimalRounding<Rounding::kFloor>(functions, "spark_decimal_floor");
  functions.AddScalar(WholeOf<true, OnError::kFail>("spark_whole_ceil"));
  functions.AddScalar(WholeOf<true, OnError::kNull>("spark_whole_ceil_legacy"));
  functions.AddScalar(WholeOf<false, OnError::kFail>("spark_whole_floor"));
  functions.AddScalar(WholeOf<false, OnError::kNull>("spark_whole_floor_legacy"));
}

}  // namespace hearth::engine
