// What stands behind a backslash or in brackets.
#include <fmt/format.h>

#include <algorithm>

#include "engine/regex/java_property.h"
#include "engine/regex/java_translator.h"

namespace hearth::engine::java_regex {

// ---- Escapes

std::optional<uint32_t> Translator::CharacterEscape() {
  const char c = Peek(1);
  const auto simple = [&](uint32_t value) {
    position_ += 2;
    return std::optional<uint32_t>(value);
  };
  switch (c) {
    case 't':
      return simple('\t');
    case 'n':
      return simple('\n');
    case 'r':
      return simple('\r');
    case 'f':
      return simple('\f');
    case 'a':
      return simple(7);
    case 'e':
      return simple(27);
    case '0':
      return Octal();
    case 'x':
      return Hexadecimal();
    case 'u': {
      const uint32_t high = FourDigits();
      if (high < 0xD800 || high > 0xDBFF || !LooksAt("\\u")) return high;
      const uint32_t low = FourDigits();
      return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    }
    case 'c': {
      if (position_ + 2 >= pattern_.size()) Wrong("an illegal control escape");
      const uint32_t value = static_cast<unsigned char>(Peek(2)) ^ 64U;
      position_ += 3;
      return value;
    }
    case '\0':
      if (position_ + 1 >= pattern_.size()) Wrong("a backslash at its end");
      return std::nullopt;
    default:
      break;
  }
  if (IsLetter(static_cast<unsigned char>(c)) || IsDigit(static_cast<unsigned char>(c))) return std::nullopt;
  ++position_;
  return TakeCharacter();
}

uint32_t Translator::Octal() {
  position_ += 2;
  uint32_t value = 0;
  int digits = 0;
  while (digits < 3 && Peek() >= '0' && Peek() <= '7' && value * 8 + (Peek() - '0') <= 0377) {
    value = value * 8 + static_cast<uint32_t>(Peek() - '0');
    ++position_;
    ++digits;
  }
  if (digits == 0) Wrong("an illegal octal escape");
  return value;
}

uint32_t Translator::Hexadecimal() {
  position_ += 2;
  if (Take("{")) {
    const auto end = pattern_.find('}', position_);
    if (end == std::string_view::npos) Wrong("an unclosed hexadecimal escape");
    const auto value = HexValue(pattern_.substr(position_, end - position_));
    if (!value || *value > 0x10FFFF) Wrong("an illegal hexadecimal escape");
    position_ = end + 1;
    return *value;
  }
  const auto value = HexValue(pattern_.substr(position_, 2));
  if (!value || position_ + 2 > pattern_.size()) Wrong("an illegal hexadecimal escape");
  position_ += 2;
  return *value;
}

uint32_t Translator::FourDigits() {
  position_ += 2;
  const auto value = HexValue(pattern_.substr(position_, 4));
  if (!value || position_ + 4 > pattern_.size()) Wrong("an illegal Unicode escape");
  position_ += 4;
  return *value;
}

std::optional<uint32_t> Translator::HexValue(std::string_view digits) {
  if (digits.empty() || digits.size() > 8) return std::nullopt;
  uint32_t value = 0;
  for (const char c : digits) {
    const char lower = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      value = value * 16 + static_cast<uint32_t>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value * 16 + static_cast<uint32_t>(lower - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

std::optional<Translator::ClassEscape> Translator::PredefinedClass(const Flags& flags) {
  const char c = Peek(1);
  const bool negated = c >= 'A' && c <= 'Z';
  switch (c | 0x20) {
    case 'd':
      position_ += 2;
      return ClassEscape{flags.unicode_classes ? "\\p{Nd}" : "0-9", negated};
    case 'w':
      position_ += 2;
      return ClassEscape{
          flags.unicode_classes ? "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{200c}\\x{200d}" : "a-zA-Z0-9_",
          negated};
    case 's':
      position_ += 2;
      return ClassEscape{flags.unicode_classes ? "\\p{White_Space}" : " \\t\\n\\x0b\\f\\r", negated};
    case 'h':
      position_ += 2;
      return ClassEscape{" \\t\\x{a0}\\x{1680}\\x{180e}\\x{2000}-\\x{200a}\\x{202f}\\x{205f}\\x{3000}",
                         negated};
    case 'v':
      position_ += 2;
      return ClassEscape{"\\n\\x0b\\f\\r\\x{85}\\x{2028}\\x{2029}", negated};
    case 'p':
      return Property(flags, c == 'P');
    default:
      return std::nullopt;
  }
}

Translator::ClassEscape Translator::Property(const Flags& flags, bool negated) {
  position_ += 2;
  std::string name;
  if (Take("{")) {
    const auto end = pattern_.find('}', position_);
    if (end == std::string_view::npos) Wrong("an unclosed property name");
    name = pattern_.substr(position_, end - position_);
    position_ = end + 1;
  } else {
    if (AtEnd()) Wrong("a property without a name");
    name = pattern_.substr(position_, 1);
    ++position_;
  }
  auto found = FindJavaProperty(name, flags.unicode_classes, flags.ignore_case);
  if (!found.ok()) throw Failure{*found.error()};
  return {std::move(*found), negated};
}

bool Translator::Escape(const Flags& flags) {
  const char c = Peek(1);
  if (c == 'Q') {
    Quotation(flags);
    return false;
  }
  if (auto predefined = PredefinedClass(flags)) {
    out_ += fmt::format("[{}{}]", predefined->negated ? "^" : "", predefined->content);
    return true;
  }
  if (c >= '1' && c <= '9') {
    BackReference(flags);
    return true;
  }
  switch (c) {
    case 'b':
      position_ += 2;
      if (LooksAt("{")) Unsupported("the regular expression boundary \\b{g}");
      WordBoundary(false);
      return true;
    case 'B':
      position_ += 2;
      WordBoundary(true);
      return true;
    case 'A':
    case 'G':
    case 'z':
    case 'R':
    case 'X':
      position_ += 2;
      out_ += fmt::format("\\{}", c);
      return true;
    case 'Z':
      position_ += 2;
      Dollar(false, flags.unix_lines);
      return true;
    case 'k':
      NamedReference(flags);
      return true;
    case 'N':
      Unsupported("character names in regular expressions");
    default:
      break;
  }
  const auto character = CharacterEscape();
  if (!character) Wrong("an illegal escape");
  Literal(*character, flags);
  return true;
}

void Translator::Quotation(const Flags& flags) {
  position_ += 2;
  const auto end = std::min(pattern_.find("\\E", position_), pattern_.size());
  while (position_ < end) Literal(TakeCharacter(), flags);
  const bool any = end > 0;
  position_ = std::min(end + 2, pattern_.size());
  if (any) Quantifier(flags);
}

void Translator::BackReference(const Flags& flags) {
  ++position_;
  size_t number = static_cast<size_t>(Peek() - '0');
  ++position_;
  while (IsDigit(static_cast<unsigned char>(Peek())) && number * 10 + (Peek() - '0') <= group_total_) {
    number = number * 10 + static_cast<size_t>(Peek() - '0');
    ++position_;
  }
  if (number > group_total_) {
    out_ += "(?!)";
  } else {
    out_ += fmt::format(fmt::runtime(flags.ignore_case ? "(?i:\\g{{{}}})" : "\\g{{{}}}"), number);
  }
}

void Translator::NamedReference(const Flags& flags) {
  position_ += 2;
  const auto end = pattern_.find('>', position_);
  if (!LooksAt("<") || end == std::string_view::npos) Wrong("an illegal group reference");
  const auto name = pattern_.substr(position_ + 1, end - position_ - 1);
  out_ += fmt::format(fmt::runtime(flags.ignore_case ? "(?i:\\k<{}>)" : "\\k<{}>"), name);
  position_ = end + 1;
}

// ---- Classes

std::string Translator::Class(const Flags& flags, int depth) {
  if (depth > kMaximumDepth) Unsupported("regular expressions nested this deep");
  const bool negated = Take("^");
  std::vector<std::string> sides;
  ClassPart part;
  bool is_first = true;
  for (;;) {
    if (flags.comments) SkipComments(flags);
    if (AtEnd()) Wrong("an unclosed class");
    if (Peek() == ']' && !(is_first && sides.empty() && part.empty())) {
      ++position_;
      break;
    }
    if (LooksAt("&&")) {
      while (Take("&")) {
      }
      if (!part.empty()) sides.push_back(Join(part));
      part = {};
      continue;
    }
    ClassItem(flags, depth, part);
    is_first = false;
  }
  if (!part.empty()) sides.push_back(Join(part));
  if (sides.empty()) Wrong("an empty class");
  if (sides.size() == 1 && part.nested.empty() && !part.flat.empty() && sides[0] == Join(part)) {
    return fmt::format("[{}{}]", negated ? "^" : "", part.flat);
  }
  std::string all;
  for (size_t i = 0; i + 1 < sides.size(); ++i) all += fmt::format("(?={})", sides[i]);
  all += sides.back();
  return negated ? fmt::format("(?!{})(?s:.)", all) : fmt::format("(?:{})", all);
}

std::string Translator::Join(const ClassPart& part) {
  std::string joined = part.flat.empty() ? "" : fmt::format("[{}]", part.flat);
  for (const auto& nested : part.nested) joined += (joined.empty() ? "" : "|") + nested;
  return part.nested.empty() ? joined : fmt::format("(?:{})", joined);
}

void Translator::ClassItem(const Flags& flags, int depth, ClassPart& part) {
  if (Take("[")) {
    part.nested.push_back(Class(flags, depth + 1));
    return;
  }
  if (LooksAt("\\Q")) {
    position_ += 2;
    const auto end = std::min(pattern_.find("\\E", position_), pattern_.size());
    while (position_ < end) {
      const uint32_t c = TakeCharacter();
      AddRange(c, c, flags, part);
    }
    position_ = std::min(end + 2, pattern_.size());
    return;
  }
  if (Peek() == '\\') {
    if (auto predefined = PredefinedClass(flags)) {
      if (predefined->negated) {
        part.nested.push_back(fmt::format("[^{}]", predefined->content));
      } else {
        part.flat += predefined->content;
      }
      return;
    }
  }
  const uint32_t first = ClassCharacter();
  const bool is_range = Peek() == '-' && Peek(1) != ']' && Peek(1) != '[' && Peek(1) != '\0' &&
                        pattern_.substr(position_ + 1, 2) != "&&";
  if (!is_range) {
    AddRange(first, first, flags, part);
    return;
  }
  ++position_;
  const uint32_t last = ClassCharacter();
  if (last < first) Wrong("an illegal character range");
  AddRange(first, last, flags, part);
}

uint32_t Translator::ClassCharacter() {
  if (Peek() != '\\') return TakeCharacter();
  const auto character = CharacterEscape();
  if (!character) Wrong("an illegal escape in a class");
  return *character;
}

std::string Translator::Escaped(uint32_t c) {
  return IsLetter(c) || IsDigit(c) ? std::string(1, static_cast<char>(c)) : fmt::format("\\x{{{:x}}}", c);
}

void Translator::AddRange(uint32_t first, uint32_t last, const Flags& flags, ClassPart& part) {
  const auto add = [&](uint32_t low, uint32_t high) {
    part.flat += Escaped(low);
    if (high != low) part.flat += "-" + Escaped(high);
  };
  add(first, last);
  if (!flags.ignore_case) return;
  if (flags.unicode_case) {
    part.nested.push_back(fmt::format("(?i:[{}-{}])", Escaped(first), Escaped(last)));
    return;
  }
  // The letters of the range in the other case.
  const auto fold = [&](uint32_t low, uint32_t high) {
    const uint32_t from = std::max(first, low);
    const uint32_t to = std::min(last, high);
    if (from <= to) add(from ^ 0x20, to ^ 0x20);
  };
  fold('a', 'z');
  fold('A', 'Z');
}

}  // namespace hearth::engine::java_regex
