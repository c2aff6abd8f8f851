#include "engine/functions/arithmetic_errors.h"

#include <fmt/format.h>

#include "engine/errors.h"

namespace hearth::engine {

using base::ErrorKind;

namespace {
constexpr const char* kAnsiSetting = "\"spark.sql.ansi.enabled\"";
}  // namespace

void ThrowDivideByZero() {
  ThrowSpark(ErrorKind::kArithmetic, "DIVIDE_BY_ZERO",
             "Division by zero; `try_divide` gives NULL for it instead.", {{"config", kAnsiSetting}});
}

void ThrowRemainderByZero() {
  ThrowSpark(ErrorKind::kArithmetic, "REMAINDER_BY_ZERO",
             "Remainder by zero; `try_mod` gives NULL for it instead.", {{"config", kAnsiSetting}});
}

void ThrowOverflow(std::string_view alternative) {
  std::string hint;
  if (!alternative.empty()) {
    hint = fmt::format(" Use '{}' to tolerate overflow and return NULL instead.", alternative);
  }
  ThrowSpark(ErrorKind::kArithmetic, "ARITHMETIC_OVERFLOW",
             "The result does not fit its integer type." + hint,
             {{"message", "overflow"}, {"alternative", hint}, {"config", kAnsiSetting}});
}

void ThrowSmallOverflow(long left, char symbol, long right, std::string_view alternative) {
  ThrowSpark(ErrorKind::kArithmetic, "BINARY_ARITHMETIC_OVERFLOW",
             fmt::format("{}S {} {}S does not fit its integer type.", left, symbol, right),
             {{"value1", fmt::format("{}S", left)},
              {"symbol", std::string(1, symbol)},
              {"value2", fmt::format("{}S", right)},
              {"functionName", fmt::format("`{}`", alternative)}});
}

void ThrowDecimalOutOfRange(std::string value, int precision, int scale) {
  auto message = fmt::format("{} does not fit decimal({},{}).", value, precision, scale);
  ThrowSpark(ErrorKind::kArithmetic, "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", std::move(message),
             {{"value", std::move(value)},
              {"precision", std::to_string(precision)},
              {"scale", std::to_string(scale)},
              {"config", kAnsiSetting}});
}

}  // namespace hearth::engine
