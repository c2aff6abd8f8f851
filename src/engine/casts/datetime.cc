// Between dates, timestamps, local timestamps and times, and between them and numbers.
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

plan::TypePtr Keep(const DataType& type) { return std::make_shared<const DataType>(type); }

int64_t SaturatingSecondsToMicroseconds(int64_t seconds) {
  int64_t result;
  if (!__builtin_mul_overflow(seconds, kMicrosecondsPerSecond, &result)) return result;
  return seconds < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
}

// Midnight of a date as microseconds of the local clock. Dates beyond what 64 bits hold are an error in Spark
// too.
int64_t Midnight(int32_t days) {
  int64_t result;
  if (__builtin_mul_overflow(static_cast<int64_t>(days), kMicrosecondsPerDay, &result)) {
    ThrowSpark(base::ErrorKind::kArithmetic, "DATETIME_OVERFLOW",
               "The date lies beyond the range of timestamps.");
  }
  return result;
}

CastFunction FromDate(const DataType& to, const CastSettings& settings) {
  switch (to.kind()) {
    case TypeKind::kTimestamp:
      return PlainLoop<int32_t, int64_t>(
          [zone = settings.zone](int32_t in) { return zone.FromLocal(Midnight(in)); });
    case TypeKind::kTimestampNtz:
      return PlainLoop<int32_t, int64_t>([](int32_t in) { return Midnight(in); });
    default:
      return to.IsNumeric() || to.Is(TypeKind::kBoolean) ? NullCast() : CastFunction();
  }
}

template <typename To>
CastFunction SecondsOf(const DataType& to, const CastSettings& settings) {
  return CastLoop<int64_t, To>(
      settings.behavior,
      [](int64_t in, To* out) {
        const int64_t seconds = FloorDivide(in, kMicrosecondsPerSecond);
        *out = static_cast<To>(seconds);
        return static_cast<int64_t>(*out) == seconds;
      },
      [to = Keep(to)](int64_t in) {
        std::string text;
        AppendInteger(in, &text);
        ThrowCastOverflow(text, *DataType::Timestamp(), *to);
      });
}

double SecondsAsDouble(int64_t microseconds) { return static_cast<double>(microseconds) / 1'000'000.0; }

CastFunction TimestampToDecimal(const DataType& to, const CastSettings& settings) {
  return WithDecimalStorage(to.precision(), [&](auto tag) -> CastFunction {
    using Storage = decltype(tag);
    const auto kept = Keep(to);
    return CastLoop<int64_t, Storage>(
        settings.behavior,
        [kept](int64_t in, Storage* out) {
          std::string text;
          AppendDecimal(in, 6, &text);
          Int128 unscaled = 0;
          if (ParseDecimal(text, kept->precision(), kept->scale(), &unscaled) != DecimalParse::kOk)
            return false;
          *out = Narrow<Storage>(unscaled);
          return true;
        },
        [kept](int64_t in) {
          std::string text;
          AppendDouble(SecondsAsDouble(in), &text);
          ThrowDecimalOverflow(text, *kept);
        });
  });
}

CastFunction FromTimestamp(const DataType& to, const CastSettings& settings) {
  const TimeZone zone = settings.zone;
  switch (to.kind()) {
    case TypeKind::kDate:
      return PlainLoop<int64_t, int32_t>([zone](int64_t in) {
        return static_cast<int32_t>(FloorDivide(zone.ToLocal(in), kMicrosecondsPerDay));
      });
    case TypeKind::kTimestampNtz:
      return PlainLoop<int64_t, int64_t>([zone](int64_t in) { return zone.ToLocal(in); });
    case TypeKind::kTime:
      return PlainLoop<int64_t, int64_t>(
          [zone](int64_t in) { return FloorModulo(zone.ToLocal(in), kMicrosecondsPerDay); });
    case TypeKind::kBoolean:
      return PlainLoop<int64_t, bool>([](int64_t in) { return in != 0; });
    case TypeKind::kByte:
      return SecondsOf<int8_t>(to, settings);
    case TypeKind::kShort:
      return SecondsOf<int16_t>(to, settings);
    case TypeKind::kInteger:
      return SecondsOf<int32_t>(to, settings);
    case TypeKind::kLong:
      return SecondsOf<int64_t>(to, settings);
    case TypeKind::kFloat:
      return PlainLoop<int64_t, float>([](int64_t in) { return static_cast<float>(SecondsAsDouble(in)); });
    case TypeKind::kDouble:
      return PlainLoop<int64_t, double>([](int64_t in) { return SecondsAsDouble(in); });
    case TypeKind::kDecimal:
      return TimestampToDecimal(to, settings);
    default:
      return {};
  }
}

CastFunction FromTimestampNtz(const DataType& to, const CastSettings& settings) {
  switch (to.kind()) {
    case TypeKind::kDate:
      return PlainLoop<int64_t, int32_t>(
          [](int64_t in) { return static_cast<int32_t>(FloorDivide(in, kMicrosecondsPerDay)); });
    case TypeKind::kTimestamp:
      return PlainLoop<int64_t, int64_t>([zone = settings.zone](int64_t in) { return zone.FromLocal(in); });
    case TypeKind::kTime:
      return PlainLoop<int64_t, int64_t>([](int64_t in) { return FloorModulo(in, kMicrosecondsPerDay); });
    default:
      return {};
  }
}

template <typename From>
CastFunction IntegralToTimestamp() {
  return PlainLoop<From, int64_t>([](From in) { return SaturatingSecondsToMicroseconds(in); });
}

[[noreturn]] void ThrowNoTimestamp(const std::string& number, const DataType& from) {
  const std::string expression = "CAST('" + number + "' AS " + from.Sql() + ")";
  ThrowSpark(base::ErrorKind::kDateTime, "CAST_INVALID_INPUT",
             "The number " + number + " is no timestamp; try_cast gives NULL instead.",
             {{"expression", expression},
              {"sourceType", "\"" + from.Sql() + "\""},
              {"targetType", "\"TIMESTAMP\""}});
}

template <typename From>
CastFunction FloatingToTimestamp(const DataType& from, const DataType& to, const CastSettings& settings) {
  const bool legacy = settings.behavior == CastBehavior::kLegacy;
  return CastLoop<From, int64_t>(
      settings.behavior,
      [legacy](From in, int64_t* out) {
        if (!std::isfinite(in)) return false;
        const double scaled = static_cast<double>(in) * 1'000'000.0;
        const bool fits = scaled >= -9223372036854775808.0 && scaled < 9223372036854775808.0;
        if (!fits && !legacy) return false;
        *out = fits
                   ? static_cast<int64_t>(scaled)
                   : (scaled < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max());
        return true;
      },
      [from = Keep(from), to = Keep(to)](From in) {
        std::string text;
        AppendDouble(static_cast<double>(in), &text);
        if (!std::isfinite(in)) ThrowNoTimestamp(text, *from);
        ThrowCastOverflow(text, *from, *to);
      });
}

CastFunction DecimalToTimestamp(const DataType& from, const CastSettings&) {
  return WithDecimalStorage(from.precision(), [&](auto tag) -> CastFunction {
    using Storage = decltype(tag);
    const int change = 6 - from.scale();
    return PlainLoop<Storage, int64_t>([change](Storage in) {
      Int128 value = Widen(in);
      value = change >= 0 ? value * kPowersOfTen[change] : value / kPowersOfTen[-change];
      return static_cast<int64_t>(value);
    });
  });
}

CastFunction ToTimestamp(const DataType& from, const DataType& to, const CastSettings& settings) {
  switch (from.kind()) {
    case TypeKind::kBoolean:
      return PlainLoop<bool, int64_t>([](bool in) { return in ? 1 : 0; });
    case TypeKind::kByte:
      return IntegralToTimestamp<int8_t>();
    case TypeKind::kShort:
      return IntegralToTimestamp<int16_t>();
    case TypeKind::kInteger:
      return IntegralToTimestamp<int32_t>();
    case TypeKind::kLong:
      return IntegralToTimestamp<int64_t>();
    case TypeKind::kFloat:
      return FloatingToTimestamp<float>(from, to, settings);
    case TypeKind::kDouble:
      return FloatingToTimestamp<double>(from, to, settings);
    case TypeKind::kDecimal:
      return DecimalToTimestamp(from, settings);
    default:
      return {};
  }
}

// TIME(p) keeps p digits of the fraction.
CastFunction TimeToTime(const DataType& to) {
  int64_t unit = 1;
  for (int i = to.precision(); i < 6; ++i) unit *= 10;
  return PlainLoop<int64_t, int64_t>([unit](int64_t in) { return in - in % unit; });
}

}  // namespace

CastFunction MakeDatetimeCast(const DataType& from, const DataType& to, const CastSettings& settings) {
  if (from.Is(TypeKind::kDate)) return FromDate(to, settings);
  if (from.Is(TypeKind::kTimestamp)) return FromTimestamp(to, settings);
  if (from.Is(TypeKind::kTimestampNtz)) return FromTimestampNtz(to, settings);
  if (from.Is(TypeKind::kTime) && to.Is(TypeKind::kTime)) return TimeToTime(to);
  if (to.Is(TypeKind::kTimestamp)) return ToTimestamp(from, to, settings);
  if (to.Is(TypeKind::kDate) && from.IsNumeric()) return NullCast();
  return {};
}

}  // namespace hearth::engine
