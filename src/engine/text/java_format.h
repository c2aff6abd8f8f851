// java.util.Formatter in the US locale, over the values that SQL passes to format_string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace hearth::engine {

// One argument. Text stands for values whose Java class only %s, %b and %S take (strings, decimals,
// intervals).
struct FormatArgument {
  // Null, boolean, integer, floating, text.
  std::variant<std::monostate, bool, int64_t, double, std::string> value;
  int bits = 64;          // of an integer: 8, 16, 32, 64
  bool is_float = false;  // of a floating: %s prints the shorter form
};

// A format string, taken apart once.
class JavaFormat {
 public:
  // kIllegalArgument without a condition, as Java's IllegalFormatException; kUnsupported for %t, %h and %a.
  static base::Result<JavaFormat> Parse(std::string_view format);
  base::Status Append(const std::vector<FormatArgument>& arguments, std::string* out) const;

 private:
  struct Specifier {
    std::string literal;  // when conversion is 0
    char conversion = 0;
    bool upper = false;
    int index = 0;  // from 1; 0: the next ordinary one; -1: the previous
    bool left = false, alternate = false, plus = false, space = false, zero = false, group = false,
         parenthesis = false;
    int width = -1;
    int precision = -1;
  };

  static base::Status Print(const Specifier& specifier, const FormatArgument& argument, std::string* out);
  static base::Result<std::string> Integer(const Specifier& specifier, const FormatArgument& argument);
  static base::Result<std::string> Floating(const Specifier& specifier, const FormatArgument& argument);
  static base::Result<std::string> Character(const Specifier& specifier, const FormatArgument& argument);

  std::vector<Specifier> specifiers_;
};

}  // namespace hearth::engine
