#include "engine/text/java_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/text/decimal_digits.h"
#include "engine/text/utf8.h"
#include "engine/text/value_text.h"

namespace hearth::engine {

namespace {

base::Error Illegal(std::string message) {
  return base::MakeError(base::ErrorKind::kIllegalArgument, "", std::move(message));
}

base::Error BadConversion(char conversion) {
  return Illegal(fmt::format("The conversion %{} does not take a value of this type.", conversion));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Signs, zero padding and grouping around the digits of a number.
template <typename Specifier>
std::string Decorate(const Specifier& specifier, bool negative, std::string digits) {
  if (specifier.group) {
    const auto point = std::min(digits.find('.'), digits.size());
    for (size_t left = point; left > 3; left -= 3) digits.insert(left - 3, 1, ',');
  }
  std::string before;
  std::string behind;
  if (negative && specifier.parenthesis) {
    before = "(";
    behind = ")";
  } else if (negative) {
    before = "-";
  } else if (specifier.plus) {
    before = "+";
  } else if (specifier.space) {
    before = " ";
  }
  const size_t size = before.size() + digits.size() + behind.size();
  const auto width = static_cast<size_t>(std::max(specifier.width, 0));
  if (specifier.zero && size < width) digits.insert(0, width - size, '0');
  return before + digits + behind;
}

std::string WithExponent(DecimalDigits digits, size_t precision) {
  int exponent = 0;
  const auto normalise = [&] {
    if (digits.IsZero()) return;
    const auto leading = digits.fraction.find_first_not_of('0');
    const int move =
        digits.integer.empty() ? static_cast<int>(leading) + 1 : 1 - static_cast<int>(digits.integer.size());
    digits.Shift(move);
    exponent -= move;
  };
  normalise();
  digits.RoundHalfUp(precision);
  normalise();  // 9.99 may have become 10.0
  std::string text = digits.integer.empty() ? "0" : digits.integer;
  auto fraction = digits.fraction;
  fraction.resize(precision, '0');
  if (precision > 0) text += "." + fraction;
  return text + fmt::format("e{}{:02}", exponent < 0 ? '-' : '+', std::abs(exponent));
}

std::string Plain(DecimalDigits digits, size_t precision) {
  digits.RoundHalfUp(precision);
  auto fraction = digits.fraction;
  fraction.resize(precision, '0');
  auto text = digits.integer.empty() ? std::string("0") : digits.integer;
  if (precision > 0) text += "." + fraction;
  return text;
}

}  // namespace

base::Result<JavaFormat> JavaFormat::Parse(std::string_view format) {
  JavaFormat result;
  for (size_t i = 0; i < format.size();) {
    if (format[i] != '%') {
      const auto end = std::min(format.find('%', i), format.size());
      Specifier literal;
      literal.literal = format.substr(i, end - i);
      result.specifiers_.push_back(std::move(literal));
      i = end;
      continue;
    }
    ++i;
    Specifier specifier;
    const auto number = [&](int& target) {
      size_t end = i;
      while (end < format.size() && IsDigit(format[end])) ++end;
      if (end == i || end - i > 9) return false;
      target = std::atoi(std::string(format.substr(i, end - i)).c_str());
      i = end;
      return true;
    };
    // "3$" is an index, "3" a width, "03" a flag and a width.
    const auto start = i;
    int index = 0;
    if (i < format.size() && format[i] == '<') {
      specifier.index = -1;
      ++i;
    } else if (i < format.size() && format[i] != '0' && number(index) && i < format.size() &&
               format[i] == '$') {
      specifier.index = index;
      ++i;
    } else {
      i = start;
    }
    for (bool more = true; more && i < format.size();) {
      switch (format[i]) {
        case '-':
          specifier.left = true;
          break;
        case '#':
          specifier.alternate = true;
          break;
        case '+':
          specifier.plus = true;
          break;
        case ' ':
          specifier.space = true;
          break;
        case '0':
          specifier.zero = true;
          break;
        case ',':
          specifier.group = true;
          break;
        case '(':
          specifier.parenthesis = true;
          break;
        default:
          more = false;
          continue;
      }
      ++i;
    }
    if (i < format.size() && IsDigit(format[i])) number(specifier.width);
    if (i < format.size() && format[i] == '.') {
      ++i;
      if (!number(specifier.precision)) return Illegal("A precision in the format string has no digits.");
    }
    if (i >= format.size()) return Illegal("The format string ends within a specifier.");
    const char c = format[i++];
    if (std::string_view("bBhHsScCdoxXeEfgGaAtT%n").find(c) == std::string_view::npos) {
      return Illegal(fmt::format("Conversion = '{}'", c));
    }
    specifier.upper = c >= 'A' && c <= 'Z';
    specifier.conversion = static_cast<char>(specifier.upper ? c | 0x20 : c);
    if (specifier.conversion == 't' || specifier.conversion == 'h' || specifier.conversion == 'a') {
      return base::NotImplemented(fmt::format("the conversion %{} of format_string", c));
    }
    if ((specifier.left || specifier.zero) && specifier.width < 0) {
      return Illegal(fmt::format("The flag of %{} needs a width.", c));
    }
    result.specifiers_.push_back(std::move(specifier));
  }
  return result;
}

base::Status JavaFormat::Append(const std::vector<FormatArgument>& arguments, std::string* out) const {
  size_t ordinary = 0;
  size_t last = 0;
  for (const auto& specifier : specifiers_) {
    if (specifier.conversion == 0) {
      out->append(specifier.literal);
      continue;
    }
    if (specifier.conversion == 'n') {
      out->push_back('\n');
      continue;
    }
    if (specifier.conversion == '%') {
      const auto width = static_cast<size_t>(std::max(specifier.width, 1));
      out->append(specifier.left ? 0 : width - 1, ' ')
          .append("%")
          .append(specifier.left ? width - 1 : 0, ' ');
      continue;
    }
    if (specifier.index == 0) last = ++ordinary;
    if (specifier.index > 0) last = static_cast<size_t>(specifier.index);
    if (last == 0 || last > arguments.size()) {
      return Illegal(fmt::format("Format specifier '%{}'", specifier.conversion));
    }
    HEARTH_RETURN_IF_ERROR(Print(specifier, arguments[last - 1], out));
  }
  return {};
}

base::Status JavaFormat::Print(const Specifier& specifier, const FormatArgument& argument, std::string* out) {
  const auto& value = argument.value;
  std::string text;
  const bool is_null = std::holds_alternative<std::monostate>(value);
  bool cut = specifier.precision >= 0;
  if (specifier.conversion == 'b') {
    const auto* boolean = std::get_if<bool>(&value);
    text = is_null || (boolean && !*boolean) ? "false" : "true";
  } else if (is_null) {
    text = "null";
  } else if (specifier.conversion == 's') {
    if (specifier.alternate) return Illegal("The flag # of %s needs a Formattable value.");
    if (const auto* boolean = std::get_if<bool>(&value)) text = *boolean ? "true" : "false";
    if (const auto* number = std::get_if<int64_t>(&value)) AppendInteger(*number, &text);
    if (const auto* number = std::get_if<double>(&value)) {
      argument.is_float ? AppendFloat(static_cast<float>(*number), &text) : AppendDouble(*number, &text);
    }
    if (const auto* string = std::get_if<std::string>(&value)) text = *string;
  } else {
    cut = false;
    auto printed = specifier.conversion == 'c' ? Character(specifier, argument)
                   : std::string_view("dox").find(specifier.conversion) != std::string_view::npos
                       ? Integer(specifier, argument)
                       : Floating(specifier, argument);
    if (!printed.ok()) return std::move(printed).Fail();
    text = std::move(*printed);
  }
  if (cut) text.resize(ByteOfCharacter(text, specifier.precision));
  if (specifier.upper) {
    std::string upper;
    AppendUpper(text, &upper);
    text = std::move(upper);
  }
  const auto missing = std::max<int64_t>(specifier.width - CountCharacters(text), 0);
  if (!specifier.left) out->append(static_cast<size_t>(missing), ' ');
  out->append(text);
  if (specifier.left) out->append(static_cast<size_t>(missing), ' ');
  return {};
}

base::Result<std::string> JavaFormat::Integer(const Specifier& specifier, const FormatArgument& argument) {
  const auto* number = std::get_if<int64_t>(&argument.value);
  if (!number) return BadConversion(specifier.conversion);
  if (specifier.precision >= 0) return Illegal("An integer conversion takes no precision.");
  if (specifier.conversion == 'd') {
    const bool negative = *number < 0;
    const uint64_t magnitude = negative ? 0 - static_cast<uint64_t>(*number) : static_cast<uint64_t>(*number);
    return Decorate(specifier, negative, std::to_string(magnitude));
  }
  // Negative numbers by their two's complement in their own width.
  const uint64_t mask = argument.bits == 64 ? ~uint64_t{0} : (uint64_t{1} << argument.bits) - 1;
  const uint64_t bits = static_cast<uint64_t>(*number) & mask;
  const bool hexadecimal = specifier.conversion == 'x';
  std::string text = hexadecimal ? fmt::format("{:x}", bits) : fmt::format("{:o}", bits);
  const std::string prefix = specifier.alternate ? (hexadecimal ? "0x" : "0") : "";
  const size_t width = static_cast<size_t>(std::max(specifier.width, 0));
  if (specifier.zero && text.size() + prefix.size() < width)
    text.insert(0, width - text.size() - prefix.size(), '0');
  return prefix + text;
}

base::Result<std::string> JavaFormat::Floating(const Specifier& specifier, const FormatArgument& argument) {
  const auto* number = std::get_if<double>(&argument.value);
  if (!number) return BadConversion(specifier.conversion);
  const bool negative = std::signbit(*number) && !std::isnan(*number);
  if (std::isnan(*number)) return std::string("NaN");
  if (std::isinf(*number)) {
    auto plain = specifier;
    plain.zero = plain.group = false;
    return Decorate(plain, negative, "Infinity");
  }
  auto digits = ShortestDigits(std::fabs(*number));
  size_t precision = specifier.precision < 0 ? 6 : static_cast<size_t>(specifier.precision);
  if (specifier.conversion == 'f') return Decorate(specifier, negative, Plain(digits, precision));
  if (specifier.conversion == 'e') return Decorate(specifier, negative, WithExponent(digits, precision));
  // %g: plain between 10^-4 and 10^precision after rounding, else with an exponent.
  precision = std::max<size_t>(precision, 1);
  const auto scientific = WithExponent(digits, precision - 1);
  const int exponent = std::atoi(scientific.c_str() + scientific.find('e') + 1);
  const bool is_plain = digits.IsZero() || (exponent >= -4 && exponent < static_cast<int>(precision));
  const auto places = digits.IsZero() ? precision - 1 : precision - 1 - static_cast<size_t>(exponent);
  return Decorate(specifier, negative, is_plain ? Plain(digits, places) : scientific);
}

base::Result<std::string> JavaFormat::Character(const Specifier& specifier, const FormatArgument& argument) {
  const auto* number = std::get_if<int64_t>(&argument.value);
  if (!number || argument.bits == 64) return BadConversion(specifier.conversion);
  if (*number < 0 || *number > 0x10FFFF) return Illegal(fmt::format("Code point = 0x{:x}", *number));
  std::string text;
  AppendCodePoint(static_cast<uint32_t>(*number), &text);
  return text;
}

}  // namespace hearth::engine
