#include "engine/regex/java_pattern.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/regex/java_translator.h"

namespace hearth::engine {

namespace java_regex {

std::string Translator::Run() {
  Flags flags;
  Alternatives(flags, 0);
  if (!AtEnd()) Wrong("an unmatched closing parenthesis");
  return std::move(out_);
}

// ---- Reading

char Translator::Peek(size_t ahead) const {
  return position_ + ahead < pattern_.size() ? pattern_[position_ + ahead] : '\0';
}

bool Translator::Take(std::string_view text) {
  if (!LooksAt(text)) return false;
  position_ += text.size();
  return true;
}

void Translator::Wrong(std::string_view what) const {
  throw Failure{
      base::MakeError(base::ErrorKind::kIllegalArgument, "",
                      fmt::format("The regular expression has {} near place {}.", what, position_))};
}

size_t Translator::CountGroups() const {
  size_t count = 0;
  bool in_class = false;
  for (size_t i = 0; i < pattern_.size(); ++i) {
    const char c = pattern_[i];
    if (c == '\\') {
      if (i + 1 < pattern_.size() && pattern_[i + 1] == 'Q') {
        i = std::min(pattern_.find("\\E", i), pattern_.size());
      }
      ++i;
    } else if (c == '[') {
      in_class = true;
    } else if (c == ']') {
      in_class = false;
    } else if (c == '(' && !in_class) {
      const auto rest = pattern_.substr(i + 1);
      const bool named = rest.starts_with("?<") && !rest.starts_with("?<=") && !rest.starts_with("?<!");
      if (!rest.starts_with("?") || named) ++count;
    }
  }
  return count;
}

// ---- Writing

void Translator::Literal(uint32_t c, const Flags& flags) {
  if (flags.ignore_case && IsLetter(c)) {
    if (flags.unicode_case) {
      out_ += fmt::format("(?i:{})", static_cast<char>(c));
    } else {
      out_ += fmt::format("[{}{}]", static_cast<char>(c | 0x20), static_cast<char>(c & ~0x20U));
    }
  } else if (flags.ignore_case && flags.unicode_case && c >= 0x80) {
    out_ += fmt::format("(?i:\\x{{{:x}}})", c);
  } else {
    AppendEscaped(c);
  }
}

void Translator::AppendEscaped(uint32_t c) {
  if (IsLetter(c) || IsDigit(c) || c == '_' || c == ' ') {
    out_.push_back(static_cast<char>(c));
  } else if (c < 0x80 && c > 0x20 && c != 0x7F) {
    out_.push_back('\\');
    out_.push_back(static_cast<char>(c));
  } else {
    out_ += fmt::format("\\x{{{:x}}}", c);
  }
}

// ---- Structure

void Translator::Alternatives(Flags flags, int depth) {
  if (depth > kMaximumDepth) Unsupported("regular expressions nested this deep");
  for (;;) {
    Sequence(flags, depth);
    if (!Take("|")) return;
    out_.push_back('|');
  }
}

void Translator::SkipComments(const Flags& flags) {
  while (flags.comments && !AtEnd()) {
    const char c = Peek();
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      ++position_;
    } else if (c == '#') {
      while (!AtEnd() && Peek() != '\n' && Peek() != '\r') ++position_;
    } else {
      return;
    }
  }
}

void Translator::Sequence(Flags& flags, int depth) {
  for (;;) {
    SkipComments(flags);
    if (AtEnd() || Peek() == '|' || Peek() == ')') return;
    if (LooksAt("(?") && FlagsOnly(flags)) continue;
    if (Atom(flags, depth)) Quantifier(flags);
  }
}

bool Translator::FlagsOnly(Flags& flags) {
  size_t end = position_ + 2;
  while (end < pattern_.size() &&
         (IsLetter(static_cast<unsigned char>(pattern_[end])) || pattern_[end] == '-'))
    ++end;
  if (end >= pattern_.size() || pattern_[end] != ')' || end == position_ + 2) return false;
  ReadFlags(pattern_.substr(position_ + 2, end - position_ - 2), flags);
  position_ = end + 1;
  return true;
}

void Translator::ReadFlags(std::string_view letters, Flags& flags) {
  bool value = true;
  for (const char letter : letters) {
    switch (letter) {
      case '-':
        value = false;
        break;
      case 'i':
        flags.ignore_case = value;
        break;
      case 'u':
        flags.unicode_case = value;
        break;
      case 'm':
        flags.multiline = value;
        break;
      case 's':
        flags.dot_all = value;
        break;
      case 'x':
        flags.comments = value;
        break;
      case 'd':
        flags.unix_lines = value;
        break;
      case 'U':
        flags.unicode_classes = value;
        flags.unicode_case = value;
        break;
      default:
        Wrong("an unknown flag");
    }
  }
}

bool Translator::Atom(Flags& flags, int depth) {
  const char c = Peek();
  switch (c) {
    case '(':
      Group(flags, depth);
      return true;
    case '[':
      ++position_;
      out_ += Class(flags, depth);
      return true;
    case '\\':
      return Escape(flags);
    case '.':
      ++position_;
      Dot(flags);
      return true;
    case '^':
      ++position_;
      Caret(flags);
      return true;
    case '$':
      ++position_;
      Dollar(flags.multiline, flags.unix_lines);
      return true;
    case '*':
    case '+':
    case '?':
      Wrong("a quantifier without anything before it");
    case '{':
      Wrong("an illegal repetition");
    default:
      Literal(TakeCharacter(), flags);
      return true;
  }
}

void Translator::Group(const Flags& outer, int depth) {
  ++position_;
  Flags inner = outer;
  if (!Take("?")) {
    ++group_count_;
    out_.push_back('(');
  } else if (LooksAt("<") && Peek(1) != '=' && Peek(1) != '!') {
    ++position_;
    const auto end = pattern_.find('>', position_);
    if (end == std::string_view::npos || end == position_) Wrong("a group name without end");
    ++group_count_;
    out_ += fmt::format("(?<{}>", pattern_.substr(position_, end - position_));
    position_ = end + 1;
  } else if (LooksAt(":") || LooksAt("=") || LooksAt("!") || LooksAt(">")) {
    out_ += fmt::format("(?{}", Peek());
    ++position_;
  } else if (LooksAt("<=") || LooksAt("<!")) {
    out_ += fmt::format("(?<{}", Peek(1));
    position_ += 2;
  } else {
    const size_t start = position_;
    while (IsLetter(static_cast<unsigned char>(Peek())) || Peek() == '-') ++position_;
    if (start == position_ || Peek() != ':') Wrong("an unknown group");
    ReadFlags(pattern_.substr(start, position_ - start), inner);
    ++position_;
    out_ += "(?:";
  }
  Alternatives(inner, depth + 1);
  if (!Take(")")) Wrong("an unclosed group");
  out_.push_back(')');
}

void Translator::Quantifier(const Flags& flags) {
  SkipComments(flags);
  const char c = Peek();
  if (c == '*' || c == '+' || c == '?') {
    out_.push_back(c);
    ++position_;
  } else if (c == '{') {
    const auto end = pattern_.find('}', position_);
    if (end == std::string_view::npos) Wrong("an illegal repetition");
    const auto bounds = pattern_.substr(position_ + 1, end - position_ - 1);
    const auto comma = bounds.find(',');
    const auto minimum = ReadCount(bounds.substr(0, comma));
    if (!minimum) Wrong("an illegal repetition");
    if (comma != std::string_view::npos && comma + 1 < bounds.size()) {
      const auto maximum = ReadCount(bounds.substr(comma + 1));
      if (!maximum || *maximum < *minimum) Wrong("an illegal repetition range");
    }
    out_ += fmt::format("{{{}}}", bounds);
    position_ = end + 1;
  } else {
    return;
  }
  if (Peek() == '?' || Peek() == '+') {
    out_.push_back(Peek());
    ++position_;
  }
  if (Peek() == '*' || Peek() == '+' || Peek() == '?' || Peek() == '{') Wrong("a quantifier of a quantifier");
}

std::optional<int> Translator::ReadCount(std::string_view digits) {
  if (digits.empty() ||
      !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  if (digits.size() > 5) Unsupported("regular expressions that repeat so often");
  return std::atoi(std::string(digits).c_str());
}

// ---- Anchors and the dot

void Translator::Dot(const Flags& flags) {
  if (flags.dot_all) {
    out_ += "(?s:.)";
  } else {
    out_ += flags.unix_lines ? "[^\\n]" : fmt::format("[^{}]", kTerminators);
  }
}

void Translator::Caret(const Flags& flags) {
  if (!flags.multiline) {
    out_ += "\\A";
  } else if (flags.unix_lines) {
    out_ += "(?:\\A|(?<=\\n)(?!\\z))";
  } else {
    out_ += "(?:\\A|(?<=[\\n\\x{85}\\x{2028}\\x{2029}])(?!\\z)|(?<=\\r)(?!\\n)(?!\\z))";
  }
}

void Translator::Dollar(bool multiline, bool unix_lines) {
  const std::string_view end = multiline ? "" : "\\z";
  if (unix_lines) {
    out_ += fmt::format("(?=\\n{}|\\z)", end);
  } else {
    out_ += fmt::format("(?:(?=(?:\\r\\n|[\\r\\x{{85}}\\x{{2028}}\\x{{2029}}]){}|\\z)|(?<!\\r)(?=\\n{}))",
                        end, end);
  }
}

void Translator::WordBoundary(bool negated) {
  depends_on_subject_ = true;
  if (ascii_subject_) {
    out_ += negated ? "\\B" : "\\b";
    return;
  }
  const auto boundary = fmt::format("(?<!{0})(?={0})|(?<={0})(?!{0})", kWordCharacter);
  out_ += negated ? fmt::format("(?!{})", boundary) : fmt::format("(?:{})", boundary);
}

}  // namespace java_regex

base::Result<TranslatedPattern> TranslateJavaPattern(std::string_view pattern) {
  try {
    TranslatedPattern translated;
    java_regex::Translator unicode(pattern, false);
    translated.text = unicode.Run();
    if (unicode.depends_on_subject()) translated.ascii_text = java_regex::Translator(pattern, true).Run();
    return translated;
  } catch (java_regex::Failure& failure) {
    return std::move(failure.error);
  }
}

}  // namespace hearth::engine
