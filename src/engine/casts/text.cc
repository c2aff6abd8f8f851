// From text to values and back.
#include <limits>

#include "engine/casts/cast_loop.h"
#include "engine/decimal.h"
#include "engine/text/parse.h"
#include "engine/text/value_text.h"
#include "engine/text/value_writer.h"
#include "plan/types/interval_text.h"

namespace hearth::engine {

using duckdb::string_t;
using plan::CastBehavior;
using plan::DataType;
using plan::TypeKind;

namespace {

std::string_view View(string_t text) { return {text.GetData(), text.GetSize()}; }

plan::TypePtr Keep(const DataType& type) { return std::make_shared<const DataType>(type); }

// parse(text) answers an optional of something that converts to To.
template <typename To, typename Parse>
CastFunction Parsed(const DataType& to, const CastSettings& settings, Parse parse) {
  return CastLoop<string_t, To>(
      settings.behavior,
      [parse](string_t in, To* out) {
        const auto value = parse(View(in));
        if (!value) return false;
        *out = static_cast<To>(*value);
        return true;
      },
      [to = Keep(to)](string_t in) { ThrowInvalidInput(in, *to); });
}

[[noreturn]] void ThrowInvalidInterval(string_t in, const DataType& to) {
  const auto text = View(in);
  IntervalRangeFault fault;
  if (to.Is(TypeKind::kYearMonthInterval)) {
    ParseYearMonthInterval(text, to.year_month_start(), to.year_month_end(), &fault);
    if (fault.field) ThrowSpark(plan::UnparsableYearMonthInterval(text));
  } else {
    ParseDayTimeInterval(text, to.day_time_start(), to.day_time_end(), &fault);
    if (fault.field) {
      ThrowSpark(base::ErrorKind::kIllegalArgument, "",
                 std::string("The ") + fault.field + " " + std::to_string(fault.value) +
                     " of an interval lies outside of [0, " + std::to_string(fault.limit) + "].");
    }
  }
  ThrowSpark(plan::UnmatchedInterval(text, to));
}

// A malformed interval is an error without ANSI too.
template <typename To, typename Parse>
CastFunction ParsedInterval(const DataType& to, const CastSettings& settings, Parse parse) {
  const bool tries = settings.behavior == CastBehavior::kTry;
  return CastLoop<string_t, To>(
      tries ? CastBehavior::kTry : CastBehavior::kAnsi,
      [parse](string_t in, To* out) {
        const auto value = parse(View(in));
        if (!value) return false;
        *out = static_cast<To>(*value);
        return true;
      },
      [to = Keep(to)](string_t in) { ThrowInvalidInterval(in, *to); });
}

template <typename To>
CastFunction TextToIntegral(const DataType& to, const CastSettings& settings) {
  // Without ANSI a fraction is cut off; with it (and for try_cast) it is no integer.
  const bool allow_fraction = settings.behavior == CastBehavior::kLegacy;
  return Parsed<To>(to, settings, [allow_fraction](std::string_view text) {
    return ParseInteger(text, allow_fraction, std::numeric_limits<To>::min(), std::numeric_limits<To>::max());
  });
}

CastFunction TextToDecimal(const DataType& to, const CastSettings& settings) {
  return WithDecimalStorage(to.precision(), [&](auto tag) -> CastFunction {
    using Storage = decltype(tag);
    return [kept = Keep(to), behavior = settings.behavior](duckdb::Vector& source, duckdb::Vector& result,
                                                           duckdb::idx_t count) {
      duckdb::UnaryExecutor::ExecuteWithNulls<string_t, Storage>(
          source, result, count, [&](string_t in, duckdb::ValidityMask& mask, duckdb::idx_t row) {
            Int128 unscaled = 0;
            const auto outcome = ParseDecimal(View(in), kept->precision(), kept->scale(), &unscaled);
            if (outcome == DecimalParse::kOk) return Narrow<Storage>(unscaled);
            if (behavior == CastBehavior::kAnsi) {
              if (outcome == DecimalParse::kInvalid) ThrowInvalidInput(in, *kept);
              const std::string text(TrimAll(View(in)));
              if (outcome == DecimalParse::kTooLarge) {
                ThrowSpark(base::ErrorKind::kArithmetic, "NUMERIC_OUT_OF_SUPPORTED_RANGE",
                           "The value " + text + " has more than 38 digits before the point.",
                           {{"value", text}});
              }
              ThrowDecimalOverflow(text, *kept);
            }
            mask.SetInvalid(row);
            return Storage{};
          });
    };
  });
}

// Malformed text is NULL under ANSI too.
CastFunction TextToCalendarInterval(const DataType& to) {
  return CastLoop<string_t, duckdb::interval_t>(
      CastBehavior::kTry,
      [](string_t in, duckdb::interval_t* out) {
        const auto value = ParseCalendarInterval(View(in));
        if (!value) return false;
        out->months = value->months;
        out->days = value->days;
        out->micros = value->microseconds;
        return true;
      },
      [to = Keep(to)](string_t in) { ThrowInvalidInput(in, *to); });
}

// Rows that Append(value, &text) writes.
template <typename From, typename Append>
CastFunction Written(Append append) {
  return [append](duckdb::Vector& source, duckdb::Vector& result, duckdb::idx_t count) {
    std::string text;
    duckdb::UnaryExecutor::Execute<From, string_t>(source, result, count, [&](From in) {
      text.clear();
      append(in, &text);
      return duckdb::StringVector::AddString(result, text.data(), text.size());
    });
  };
}

CastFunction WrittenByWriter(const plan::TypePtr& from, const TextStyle& style) {
  return [from, style](duckdb::Vector& source, duckdb::Vector& result, duckdb::idx_t count) {
    const bool constant = source.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR;
    ValueWriter writer(*from, style);
    const duckdb::idx_t rows = constant ? 1 : count;
    writer.Bind(source, rows);
    result.SetVectorType(constant ? duckdb::VectorType::CONSTANT_VECTOR : duckdb::VectorType::FLAT_VECTOR);
    auto* target = constant ? duckdb::ConstantVector::GetData<string_t>(result)
                            : duckdb::FlatVector::GetData<string_t>(result);
    std::string text;
    for (duckdb::idx_t row = 0; row < rows; ++row) {
      if (writer.IsNull(row)) {
        constant ? duckdb::ConstantVector::SetNull(result, true)
                 : duckdb::FlatVector::SetNull(result, row, true);
        continue;
      }
      text.clear();
      writer.Append(row, &text);
      target[row] = duckdb::StringVector::AddString(result, text.data(), text.size());
    }
  };
}

}  // namespace

CastFunction MakeTextToValueCast(const DataType&, const DataType& to, const CastSettings& settings) {
  switch (to.kind()) {
    case TypeKind::kBoolean:
      return Parsed<bool>(to, settings, &ParseBoolean);
    case TypeKind::kByte:
      return TextToIntegral<int8_t>(to, settings);
    case TypeKind::kShort:
      return TextToIntegral<int16_t>(to, settings);
    case TypeKind::kInteger:
      return TextToIntegral<int32_t>(to, settings);
    case TypeKind::kLong:
      return TextToIntegral<int64_t>(to, settings);
    case TypeKind::kFloat:
      return Parsed<float>(to, settings, &ParseFloat);
    case TypeKind::kDouble:
      return Parsed<double>(to, settings, &ParseDouble);
    case TypeKind::kDecimal:
      return TextToDecimal(to, settings);
    case TypeKind::kBinary:
      return ReinterpretCast();
    case TypeKind::kDate:
      return Parsed<int32_t>(to, settings, &ParseDate);
    case TypeKind::kTimestamp:
      return Parsed<int64_t>(
          to, settings, [zone = settings.zone](std::string_view text) { return ParseTimestamp(text, zone); });
    case TypeKind::kTimestampNtz:
      return Parsed<int64_t>(to, settings, [](std::string_view text) { return ParseTimestampNtz(text); });
    case TypeKind::kTime:
      return Parsed<int64_t>(to, settings, &ParseTime);
    case TypeKind::kYearMonthInterval:
      return ParsedInterval<int32_t>(
          to, settings, [start = to.year_month_start(), end = to.year_month_end()](std::string_view text) {
            return ParseYearMonthInterval(text, start, end);
          });
    case TypeKind::kDayTimeInterval:
      return ParsedInterval<int64_t>(
          to, settings, [start = to.day_time_start(), end = to.day_time_end()](std::string_view text) {
            return ParseDayTimeInterval(text, start, end);
          });
    case TypeKind::kCalendarInterval:
      return TextToCalendarInterval(to);
    default:
      return {};
  }
}

CastFunction MakeValueToTextCast(const plan::TypePtr& from, const DataType&, const CastSettings& settings) {
  switch (from->kind()) {
    case TypeKind::kBinary:
      return ReinterpretCast();
    case TypeKind::kByte:
      return Written<int8_t>([](int8_t in, std::string* out) { AppendInteger(in, out); });
    case TypeKind::kShort:
      return Written<int16_t>([](int16_t in, std::string* out) { AppendInteger(in, out); });
    case TypeKind::kInteger:
      return Written<int32_t>([](int32_t in, std::string* out) { AppendInteger(in, out); });
    case TypeKind::kLong:
      return Written<int64_t>([](int64_t in, std::string* out) { AppendInteger(in, out); });
    case TypeKind::kFloat:
      return Written<float>([](float in, std::string* out) { AppendFloat(in, out); });
    case TypeKind::kDouble:
      return Written<double>([](double in, std::string* out) { AppendDouble(in, out); });
    case TypeKind::kDate:
      return Written<int32_t>([](int32_t in, std::string* out) { AppendDate(in, out); });
    default: {
      TextStyle style;
      style.zone = settings.zone;
      style.plain_decimals = settings.behavior == CastBehavior::kAnsi;
      return WrittenByWriter(from, style);
    }
  }
}

}  // namespace hearth::engine
