// Between ANSI intervals of different fields, and between them and numbers.
#include <limits>

#include "engine/casts/cast_loop.h"
#include "engine/decimal.h"
#include "engine/text/value_text.h"
#include "plan/resolved/literal_text.h"

namespace hearth::engine {

using plan::CastBehavior;
using plan::DataType;
using plan::DayTimeField;
using plan::TypeKind;
using plan::YearMonthField;

namespace {

plan::TypePtr Keep(const DataType& type) { return std::make_shared<const DataType>(type); }

// How many months, or microseconds, the last field of the type counts.
int64_t UnitOf(const DataType& type) {
  if (type.Is(TypeKind::kYearMonthInterval)) return type.year_month_end() == YearMonthField::kYear ? 12 : 1;
  switch (type.day_time_end()) {
    case DayTimeField::kDay:
      return kMicrosecondsPerDay;
    case DayTimeField::kHour:
      return 3600 * kMicrosecondsPerSecond;
    case DayTimeField::kMinute:
      return 60 * kMicrosecondsPerSecond;
    case DayTimeField::kSecond:
      return kMicrosecondsPerSecond;
  }
  return 1;
}

// Casts of intervals that overflow fail without ANSI too; only try_cast gives null.
CastBehavior Strict(const CastSettings& settings) {
  return settings.behavior == CastBehavior::kTry ? CastBehavior::kTry : CastBehavior::kAnsi;
}

std::string IntegerText(int64_t value) {
  std::string text;
  AppendInteger(value, &text);
  return text;
}

// Cuts what lies below the last field; seconds keep their fraction.
template <typename Storage>
CastFunction IntervalToInterval(const DataType& to) {
  const bool keeps_all = to.Is(TypeKind::kDayTimeInterval) && to.day_time_end() == DayTimeField::kSecond;
  const int64_t unit = keeps_all ? 1 : UnitOf(to);
  return PlainLoop<Storage, Storage>([unit](Storage in) { return static_cast<Storage>(in - in % unit); });
}

template <typename Storage, typename To>
CastFunction IntervalToIntegral(const DataType& from, const DataType& to, const CastSettings& settings) {
  const int64_t unit = UnitOf(from);
  return CastLoop<Storage, To>(
      Strict(settings),
      [unit](Storage in, To* out) {
        const int64_t count = in / unit;
        *out = static_cast<To>(count);
        return static_cast<int64_t>(*out) == count;
      },
      [from = Keep(from), to = Keep(to)](Storage in) {
        ThrowIntervalOverflow(plan::LiteralDisplay(plan::Value{static_cast<int64_t>(in)}, *from), from->Sql(),
                              *to);
      });
}

template <typename Storage>
CastFunction IntervalToDecimal(const DataType& from, const DataType& to, const CastSettings& settings) {
  return WithDecimalStorage(to.precision(), [&](auto tag) -> CastFunction {
    using To = decltype(tag);
    // Seconds with six digits after the point, other fields whole.
    const bool seconds = from.Is(TypeKind::kDayTimeInterval) && from.day_time_end() == DayTimeField::kSecond;
    const int64_t unit = seconds ? 1 : UnitOf(from);
    const int change = to.scale() - (seconds ? 6 : 0);
    const auto kept = Keep(to);
    return CastLoop<Storage, To>(
        Strict(settings),
        [unit, change, precision = to.precision()](Storage in, To* out) {
          Int128 value = in / unit;
          value = change >= 0 ? value * kPowersOfTen[change] : value / kPowersOfTen[-change];
          if (!FitsPrecision(value, precision)) return false;
          *out = Narrow<To>(value);
          return true;
        },
        [kept, unit, seconds](Storage in) {
          ThrowDecimalOverflow(seconds ? plan::DecimalText(in, 6) : IntegerText(in / unit), *kept);
        });
  });
}

template <typename Storage>
CastFunction FromInterval(const DataType& from, const DataType& to, const CastSettings& settings) {
  switch (to.kind()) {
    case TypeKind::kByte:
      return IntervalToIntegral<Storage, int8_t>(from, to, settings);
    case TypeKind::kShort:
      return IntervalToIntegral<Storage, int16_t>(from, to, settings);
    case TypeKind::kInteger:
      return IntervalToIntegral<Storage, int32_t>(from, to, settings);
    case TypeKind::kLong:
      return IntervalToIntegral<Storage, int64_t>(from, to, settings);
    case TypeKind::kDecimal:
      return IntervalToDecimal<Storage>(from, to, settings);
    default:
      return to.kind() == from.kind() ? IntervalToInterval<Storage>(to) : CastFunction();
  }
}

// Whole numbers of months pass through int, so that errors name it even for a bigint that fits one.
std::string IntegralName(const DataType& from, const DataType& to) {
  return to.Is(TypeKind::kYearMonthInterval) ? "INT" : from.Sql();
}

template <typename From, typename Storage>
CastFunction IntegralToInterval(const DataType& from, const DataType& to, const CastSettings& settings) {
  const int64_t unit = UnitOf(to);
  return CastLoop<From, Storage>(
      Strict(settings),
      [unit](From in, Storage* out) {
        int64_t value;
        if (__builtin_mul_overflow(static_cast<int64_t>(in), unit, &value)) return false;
        *out = static_cast<Storage>(value);
        return static_cast<int64_t>(*out) == value;
      },
      [source = IntegralName(from, to), to = Keep(to)](From in) {
        ThrowIntervalOverflow(IntegerText(in), source, *to);
      });
}

template <typename Storage>
CastFunction DecimalToInterval(const DataType& from, const DataType& to, const CastSettings& settings) {
  return WithDecimalStorage(from.precision(), [&](auto tag) -> CastFunction {
    using From = decltype(tag);
    const int64_t unit = UnitOf(to);
    const bool seconds = to.Is(TypeKind::kDayTimeInterval) && to.day_time_end() == DayTimeField::kSecond;
    return CastLoop<From, Storage>(
        Strict(settings),
        [unit, seconds, scale = from.scale()](From in, Storage* out) {
          Int128 value = Widen(in);
          // Seconds keep a fraction; other fields are rounded to whole ones first.
          Int128 product;
          if (__builtin_mul_overflow(value, static_cast<Int128>(seconds ? unit : 1), &product)) return false;
          const Int128 divisor = kPowersOfTen[scale];
          Int128 rounded = product / divisor;
          const Int128 rest = product % divisor;
          if ((rest < 0 ? -rest : rest) * 2 >= divisor && divisor > 1) rounded += product < 0 ? -1 : 1;
          if (!seconds) rounded *= unit;
          if (rounded > std::numeric_limits<Storage>::max() || rounded < std::numeric_limits<Storage>::min())
            return false;
          *out = static_cast<Storage>(rounded);
          return true;
        },
        [from = Keep(from), to = Keep(to)](From in) {
          ThrowIntervalOverflow(plan::DecimalText(Widen(in), from->scale()), from->Sql(), *to);
        });
  });
}

template <typename Storage>
CastFunction ToInterval(const DataType& from, const DataType& to, const CastSettings& settings) {
  switch (from.kind()) {
    case TypeKind::kByte:
      return IntegralToInterval<int8_t, Storage>(from, to, settings);
    case TypeKind::kShort:
      return IntegralToInterval<int16_t, Storage>(from, to, settings);
    case TypeKind::kInteger:
      return IntegralToInterval<int32_t, Storage>(from, to, settings);
    case TypeKind::kLong:
      return IntegralToInterval<int64_t, Storage>(from, to, settings);
    case TypeKind::kDecimal:
      return DecimalToInterval<Storage>(from, to, settings);
    default:
      return {};
  }
}

}  // namespace

CastFunction MakeIntervalCast(const DataType& from, const DataType& to, const CastSettings& settings) {
  if (from.Is(TypeKind::kYearMonthInterval)) return FromInterval<int32_t>(from, to, settings);
  if (from.Is(TypeKind::kDayTimeInterval)) return FromInterval<int64_t>(from, to, settings);
  if (to.Is(TypeKind::kYearMonthInterval)) return ToInterval<int32_t>(from, to, settings);
  if (to.Is(TypeKind::kDayTimeInterval)) return ToInterval<int64_t>(from, to, settings);
  return {};
}

}  // namespace hearth::engine
