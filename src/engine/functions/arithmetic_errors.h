// The errors of arithmetic, thrown from kernels.
#pragma once

#include <string>
#include <string_view>

namespace hearth::engine {

[[noreturn]] void ThrowDivideByZero();
[[noreturn]] void ThrowRemainderByZero();
// `alternative`: the try_ function that tolerates the overflow, empty for none.
[[noreturn]] void ThrowOverflow(std::string_view alternative);
[[noreturn]] void ThrowSmallOverflow(long left, char symbol, long right, std::string_view alternative);
[[noreturn]] void ThrowDecimalOutOfRange(std::string value, int precision, int scale);

}  // namespace hearth::engine
