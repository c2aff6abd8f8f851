// Between booleans, integers, floating point and decimals; numbers to and from binary.
#include <cmath>
#include <limits>

#include "engine/casts/cast_loop.h"
#include "engine/decimal.h"
#include "engine/text/parse.h"
#include "engine/text/value_text.h"

namespace hearth::engine {

using plan::CastBehavior;
using plan::DataType;
using plan::TypeKind;

namespace {

template <typename Number>
std::string NumberText(Number value) {
  std::string text;
  if constexpr (std::is_same_v<Number, float>) {
    AppendFloat(value, &text);
  } else if constexpr (std::is_same_v<Number, double>) {
    AppendDouble(value, &text);
  } else {
    AppendInteger(value, &text);
  }
  return text;
}

// Java's narrowing of a floating value to long: saturating, NaN to 0.
template <typename Number>
int64_t SaturateToLong(Number value) {
  if (std::isnan(value)) return 0;
  if (value >= static_cast<Number>(9223372036854775808.0)) return std::numeric_limits<int64_t>::max();
  if (value <= static_cast<Number>(-9223372036854775808.0)) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

// Java goes through int for byte and short.
template <typename To, typename Number>
To NarrowFloating(Number value) {
  if constexpr (std::is_same_v<To, int64_t>) {
    return SaturateToLong(value);
  } else {
    const int64_t wide = SaturateToLong(value);
    const auto as_int = static_cast<int32_t>(std::min<int64_t>(
        std::max<int64_t>(wide, std::numeric_limits<int32_t>::min()), std::numeric_limits<int32_t>::max()));
    return static_cast<To>(as_int);
  }
}

template <typename To, typename Number>
bool FloatingFits(Number value) {
  // The limits themselves are not always floating values; one beyond the upper limit is a power of two.
  const auto upper = static_cast<Number>(std::numeric_limits<To>::max() / 2 + 1) * 2;
  return value > static_cast<Number>(std::numeric_limits<To>::min()) - 1 && value < upper;
}
// The greatest bigint as a floating number is one more; Spark takes that for it.
template <>
bool FloatingFits<int64_t, double>(double value) {
  return value >= -9223372036854775808.0 && value <= 9223372036854775808.0;
}
template <>
bool FloatingFits<int64_t, float>(float value) {
  return value >= -9223372036854775808.0F && value <= 9223372036854775808.0F;
}
template <>
bool FloatingFits<int32_t, float>(float value) {
  return value >= -2147483648.0F && value < 2147483648.0F;
}

// A type that outlives the lambda it is captured in.
plan::TypePtr Keep(const DataType& type) { return std::make_shared<const DataType>(type); }

template <typename From, typename To>
CastFunction NumberToIntegral(const DataType& from, const DataType& to, const CastSettings& settings) {
  const auto error = [from = Keep(from), to = Keep(to)](From value) {
    ThrowCastOverflow(NumberText(value), *from, *to);
  };
  const bool legacy = settings.behavior == CastBehavior::kLegacy;
  return CastLoop<From, To>(
      settings.behavior,
      [legacy](From in, To* out) {
        if constexpr (std::is_floating_point_v<From>) {
          if (legacy) {
            *out = NarrowFloating<To>(in);
            return true;
          }
          if (!FloatingFits<To>(in)) return false;
          *out = static_cast<To>(SaturateToLong(in));
          return true;
        } else {
          *out = static_cast<To>(in);
          return legacy || static_cast<int64_t>(*out) == static_cast<int64_t>(in);
        }
      },
      error);
}

// The decimal nearest to a floating value, from its shortest text, as BigDecimal.valueOf takes it.
template <typename From>
bool FloatingToDecimal(From value, int precision, int scale, Int128* unscaled) {
  std::string text;
  AppendDouble(static_cast<double>(value), &text);
  return ParseDecimal(text, precision, scale, unscaled) == DecimalParse::kOk;
}

template <typename From>
CastFunction NumberToDecimal(const DataType& to, const CastSettings& settings) {
  const auto kept = Keep(to);
  return WithDecimalStorage(to.precision(), [&](auto tag) -> CastFunction {
    using Storage = decltype(tag);
    const auto error = [kept](From value) { ThrowDecimalOverflow(NumberText(value), *kept); };
    return [behavior = settings.behavior, kept, error](duckdb::Vector& source, duckdb::Vector& result,
                                                       duckdb::idx_t count) {
      const int precision = kept->precision(), scale = kept->scale();
      duckdb::UnaryExecutor::ExecuteWithNulls<From, Storage>(
          source, result, count, [&](From in, duckdb::ValidityMask& mask, duckdb::idx_t row) {
            Int128 unscaled = 0;
            bool fits;
            bool is_number = true;
            if constexpr (std::is_floating_point_v<From>) {
              is_number = std::isfinite(in);
              fits = is_number && FloatingToDecimal(in, precision, scale, &unscaled);
            } else {
              fits = !__builtin_mul_overflow(static_cast<Int128>(in), kPowersOfTen[scale], &unscaled) &&
                     FitsPrecision(unscaled, precision);
            }
            if (fits) return Narrow<Storage>(unscaled);
            // NaN and the infinities are null in every mode.
            if (is_number && behavior == CastBehavior::kAnsi) error(in);
            mask.SetInvalid(row);
            return Storage{};
          });
    };
  });
}

// Divides by a power of ten, rounding half away from zero.
Int128 DivideRounding(Int128 value, Int128 divisor) {
  const Int128 quotient = value / divisor;
  const Int128 remainder = value % divisor;
  const Int128 magnitude = remainder < 0 ? -remainder : remainder;
  if (magnitude >= divisor - magnitude) return quotient + (value < 0 ? -1 : 1);
  return quotient;
}

CastFunction DecimalToDecimal(const DataType& from, const DataType& to, const CastSettings& settings) {
  const auto kept = Keep(to);
  const int from_scale = from.scale();
  return WithDecimalStorage(from.precision(), [&](auto from_tag) {
    return WithDecimalStorage(to.precision(), [&](auto to_tag) -> CastFunction {
      using From = decltype(from_tag);
      using To = decltype(to_tag);
      const int change = kept->scale() - from_scale;
      return CastLoop<From, To>(
          settings.behavior,
          [change, precision = kept->precision()](From in, To* out) {
            Int128 value = Widen(in);
            if (change >= 0) {
              if (__builtin_mul_overflow(value, kPowersOfTen[change], &value)) return false;
            } else {
              value = DivideRounding(value, kPowersOfTen[-change]);
            }
            if (!FitsPrecision(value, precision)) return false;
            *out = Narrow<To>(value);
            return true;
          },
          [kept, from_scale](From in) {
            ThrowDecimalOverflow(plan::DecimalText(Widen(in), from_scale), *kept);
          });
    });
  });
}

// The double nearest to unscaled / 10^scale.
template <typename Number>
Number DecimalToFloating(Int128 unscaled, int scale) {
  // Exact operands give a correctly rounded quotient.
  constexpr Int128 kExact = std::is_same_v<Number, double> ? Int128{1} << 53 : Int128{1} << 24;
  constexpr int kExactPower = std::is_same_v<Number, double> ? 22 : 10;
  if (unscaled < kExact && unscaled > -kExact && scale <= kExactPower) {
    return static_cast<Number>(static_cast<int64_t>(unscaled)) /
           static_cast<Number>(static_cast<double>(kPowersOfTen[scale]));
  }
  std::string text;
  AppendDecimal(unscaled, scale, &text);
  if constexpr (std::is_same_v<Number, double>) {
    return ParseDouble(text).value_or(0);
  } else {
    return ParseFloat(text).value_or(0);
  }
}

template <typename To>
CastFunction DecimalToNumber(const DataType& from, const DataType& to, const CastSettings& settings) {
  const int scale = from.scale();
  return WithDecimalStorage(from.precision(), [&](auto tag) -> CastFunction {
    using From = decltype(tag);
    if constexpr (std::is_same_v<To, bool>) {
      return PlainLoop<From, bool>([](From in) { return Widen(in) != 0; });
    } else if constexpr (std::is_floating_point_v<To>) {
      return PlainLoop<From, To>([scale](From in) { return DecimalToFloating<To>(Widen(in), scale); });
    } else {
      const bool legacy = settings.behavior == CastBehavior::kLegacy;
      return CastLoop<From, To>(
          settings.behavior,
          [legacy, scale](From in, To* out) {
            const Int128 whole = Widen(in) / kPowersOfTen[scale];
            *out = static_cast<To>(static_cast<int64_t>(whole));
            return legacy || static_cast<Int128>(*out) == whole;
          },
          [scale, from = Keep(from), to = Keep(to)](From in) {
            ThrowCastOverflow(plan::DecimalText(Widen(in), scale) + "BD", *from, *to);
          });
    }
  });
}

// Big-endian bytes.
template <typename From>
CastFunction IntegralToBinary() {
  return [](duckdb::Vector& source, duckdb::Vector& result, duckdb::idx_t count) {
    duckdb::UnaryExecutor::Execute<From, duckdb::string_t>(source, result, count, [&](From in) {
      char bytes[sizeof(From)];
      for (size_t i = 0; i < sizeof(From); ++i) {
        bytes[i] = static_cast<char>(static_cast<uint64_t>(in) >> (8 * (sizeof(From) - 1 - i)));
      }
      return duckdb::StringVector::AddStringOrBlob(result, duckdb::string_t(bytes, sizeof(From)));
    });
  };
}

template <typename From>
CastFunction FromNumber(const DataType& from, const DataType& to, const CastSettings& settings) {
  switch (to.kind()) {
    case TypeKind::kBoolean:
      return PlainLoop<From, bool>([](From in) { return in != 0; });
    case TypeKind::kByte:
      return NumberToIntegral<From, int8_t>(from, to, settings);
    case TypeKind::kShort:
      return NumberToIntegral<From, int16_t>(from, to, settings);
    case TypeKind::kInteger:
      return NumberToIntegral<From, int32_t>(from, to, settings);
    case TypeKind::kLong:
      return NumberToIntegral<From, int64_t>(from, to, settings);
    case TypeKind::kFloat:
      return PlainLoop<From, float>([](From in) { return static_cast<float>(in); });
    case TypeKind::kDouble:
      return PlainLoop<From, double>([](From in) { return static_cast<double>(in); });
    case TypeKind::kDecimal:
      return NumberToDecimal<From>(to, settings);
    case TypeKind::kBinary:
      if constexpr (std::is_integral_v<From>) return IntegralToBinary<From>();
      return {};
    default:
      return {};
  }
}

CastFunction FromDecimal(const DataType& from, const DataType& to, const CastSettings& settings) {
  switch (to.kind()) {
    case TypeKind::kBoolean:
      return DecimalToNumber<bool>(from, to, settings);
    case TypeKind::kByte:
      return DecimalToNumber<int8_t>(from, to, settings);
    case TypeKind::kShort:
      return DecimalToNumber<int16_t>(from, to, settings);
    case TypeKind::kInteger:
      return DecimalToNumber<int32_t>(from, to, settings);
    case TypeKind::kLong:
      return DecimalToNumber<int64_t>(from, to, settings);
    case TypeKind::kFloat:
      return DecimalToNumber<float>(from, to, settings);
    case TypeKind::kDouble:
      return DecimalToNumber<double>(from, to, settings);
    case TypeKind::kDecimal:
      return DecimalToDecimal(from, to, settings);
    default:
      return {};
  }
}

template <typename To>
CastFunction BooleanTo() {
  return PlainLoop<bool, To>([](bool in) { return static_cast<To>(in ? 1 : 0); });
}

CastFunction FromBoolean(const DataType& to, const CastSettings& settings) {
  switch (to.kind()) {
    case TypeKind::kByte:
      return BooleanTo<int8_t>();
    case TypeKind::kShort:
      return BooleanTo<int16_t>();
    case TypeKind::kInteger:
      return BooleanTo<int32_t>();
    case TypeKind::kLong:
      return BooleanTo<int64_t>();
    case TypeKind::kFloat:
      return BooleanTo<float>();
    case TypeKind::kDouble:
      return BooleanTo<double>();
    case TypeKind::kDecimal:
      return WithDecimalStorage(to.precision(), [&](auto tag) -> CastFunction {
        using Storage = decltype(tag);
        const Int128 one = kPowersOfTen[to.scale()];
        if (!FitsPrecision(one, to.precision())) {
          return CastLoop<bool, Storage>(
              settings.behavior, [](bool in, Storage*) { return !in; },
              [kept = std::make_shared<const DataType>(to)](bool) { ThrowDecimalOverflow("1", *kept); });
        }
        return PlainLoop<bool, Storage>([one](bool in) { return Narrow<Storage>(in ? one : 0); });
      });
    default:
      return {};
  }
}

}  // namespace

CastFunction MakeNumberCast(const DataType& from, const DataType& to, const CastSettings& settings) {
  switch (from.kind()) {
    case TypeKind::kBoolean:
      return FromBoolean(to, settings);
    case TypeKind::kByte:
      return FromNumber<int8_t>(from, to, settings);
    case TypeKind::kShort:
      return FromNumber<int16_t>(from, to, settings);
    case TypeKind::kInteger:
      return FromNumber<int32_t>(from, to, settings);
    case TypeKind::kLong:
      return FromNumber<int64_t>(from, to, settings);
    case TypeKind::kFloat:
      return FromNumber<float>(from, to, settings);
    case TypeKind::kDouble:
      return FromNumber<double>(from, to, settings);
    case TypeKind::kDecimal:
      return FromDecimal(from, to, settings);
    default:
      return {};
  }
}

}  // namespace hearth::engine
