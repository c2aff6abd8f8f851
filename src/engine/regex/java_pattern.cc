#include "engine/regex/java_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

#include "engine/regex/java_property.h"
#include "engine/text/utf8.h"

namespace hearth::engine {

namespace {

constexpr std::string_view kTerminators = R"(\n\r\x{85}\x{2028}\x{2029})";
constexpr std::string_view kWordCharacter = R"([\p{L}\p{Nd}_])";
constexpr int kMaximumDepth = 250;

struct Flags {
  bool ignore_case = false;      // i
  bool unicode_case = false;     // u
  bool multiline = false;        // m
  bool dot_all = false;          // s
  bool comments = false;         // x
  bool unix_lines = false;       // d
  bool unicode_classes = false;  // U
};

bool IsLetter(uint32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(uint32_t c) { return c >= '0' && c <= '9'; }

// Thrown inside the translator alone; it never leaves this file.
struct Failure {
  base::Error error;
};

class Translator {
 public:
  Translator(std::string_view pattern, bool ascii_subject)
      : pattern_(pattern), ascii_subject_(ascii_subject) {
    group_total_ = CountGroups();
  }

  std::string Run() {
    Flags flags;
    Alternatives(flags, 0);
    if (!AtEnd()) Wrong("an unmatched closing parenthesis");
    return std::move(out_);
  }
  bool depends_on_subject() const { return depends_on_subject_; }

 private:
  // ---- Reading
  // ---------------------------------------------------------------------------------------------

  bool AtEnd() const { return position_ >= pattern_.size(); }
  char Peek(size_t ahead = 0) const {
    return position_ + ahead < pattern_.size() ? pattern_[position_ + ahead] : '\0';
  }
  bool LooksAt(std::string_view text) const { return pattern_.substr(position_).starts_with(text); }
  bool Take(std::string_view text) {
    if (!LooksAt(text)) return false;
    position_ += text.size();
    return true;
  }
  uint32_t TakeCharacter() { return ReadCodePoint(pattern_, position_); }

  [[noreturn]] void Wrong(std::string_view what) const {
    throw Failure{
        base::MakeError(base::ErrorKind::kIllegalArgument, "",
                        fmt::format("The regular expression has {} near place {}.", what, position_))};
  }
  [[noreturn]] static void Unsupported(std::string what) { throw Failure{base::NotImplemented(what)}; }

  size_t CountGroups() const {
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
  // ---------------------------------------------------------------------------------------------

  void Literal(uint32_t c, const Flags& flags) {
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
  void AppendEscaped(uint32_t c) {
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
  // -------------------------------------------------------------------------------------------

  void Alternatives(Flags flags, int depth) {
    if (depth > kMaximumDepth) Unsupported("regular expressions nested this deep");
    for (;;) {
      Sequence(flags, depth);
      if (!Take("|")) return;
      out_.push_back('|');
    }
  }

  void SkipComments(const Flags& flags) {
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

  // `flags` changes for the rest of the enclosing group when an inline flag is met, in later alternatives
  // too.
  void Sequence(Flags& flags, int depth) {
    for (;;) {
      SkipComments(flags);
      if (AtEnd() || Peek() == '|' || Peek() == ')') return;
      if (LooksAt("(?") && FlagsOnly(flags)) continue;
      if (Atom(flags, depth)) Quantifier(flags);
    }
  }

  // "(?im-s)": takes effect and vanishes. False when the parenthesis opens something else.
  bool FlagsOnly(Flags& flags) {
    size_t end = position_ + 2;
    while (end < pattern_.size() &&
           (IsLetter(static_cast<unsigned char>(pattern_[end])) || pattern_[end] == '-'))
      ++end;
    if (end >= pattern_.size() || pattern_[end] != ')' || end == position_ + 2) return false;
    ReadFlags(pattern_.substr(position_ + 2, end - position_ - 2), flags);
    position_ = end + 1;
    return true;
  }

  void ReadFlags(std::string_view letters, Flags& flags) {
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

  // Writes one atom; false for what takes no quantifier check of its own (nothing written).
  bool Atom(Flags& flags, int depth) {
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

  void Group(const Flags& outer, int depth) {
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

  void Quantifier(const Flags& flags) {
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
    if (Peek() == '*' || Peek() == '+' || Peek() == '?' || Peek() == '{')
      Wrong("a quantifier of a quantifier");
  }

  std::optional<int> ReadCount(std::string_view digits) {
    if (digits.empty() ||
        !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      return std::nullopt;
    }
    if (digits.size() > 5) Unsupported("regular expressions that repeat so often");
    return std::atoi(std::string(digits).c_str());
  }

  // ---- Anchors and the dot
  // -----------------------------------------------------------------------------------

  void Dot(const Flags& flags) {
    if (flags.dot_all) {
      out_ += "(?s:.)";
    } else {
      out_ += flags.unix_lines ? "[^\\n]" : fmt::format("[^{}]", kTerminators);
    }
  }
  void Caret(const Flags& flags) {
    if (!flags.multiline) {
      out_ += "\\A";
    } else if (flags.unix_lines) {
      out_ += "(?:\\A|(?<=\\n)(?!\\z))";
    } else {
      out_ += "(?:\\A|(?<=[\\n\\x{85}\\x{2028}\\x{2029}])(?!\\z)|(?<=\\r)(?!\\n)(?!\\z))";
    }
  }
  void Dollar(bool multiline, bool unix_lines) {
    const std::string_view end = multiline ? "" : "\\z";
    if (unix_lines) {
      out_ += fmt::format("(?=\\n{}|\\z)", end);
    } else {
      out_ += fmt::format("(?:(?=(?:\\r\\n|[\\r\\x{{85}}\\x{{2028}}\\x{{2029}}]){}|\\z)|(?<!\\r)(?=\\n{}))",
                          end, end);
    }
  }
  void WordBoundary(bool negated) {
    depends_on_subject_ = true;
    if (ascii_subject_) {
      out_ += negated ? "\\B" : "\\b";
      return;
    }
    const auto boundary = fmt::format("(?<!{0})(?={0})|(?<={0})(?!{0})", kWordCharacter);
    out_ += negated ? fmt::format("(?!{})", boundary) : fmt::format("(?:{})", boundary);
  }

  // ---- Escapes
  // -----------------------------------------------------------------------------------------------

  // The character that an escape stands for, in and outside classes; nullopt for classes, anchors and
  // references.
  std::optional<uint32_t> CharacterEscape() {
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
    if (IsLetter(static_cast<unsigned char>(c)) || IsDigit(static_cast<unsigned char>(c)))
      return std::nullopt;
    ++position_;
    return TakeCharacter();
  }

  uint32_t Octal() {
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

  uint32_t Hexadecimal() {
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

  uint32_t FourDigits() {
    position_ += 2;
    const auto value = HexValue(pattern_.substr(position_, 4));
    if (!value || position_ + 4 > pattern_.size()) Wrong("an illegal Unicode escape");
    position_ += 4;
    return *value;
  }

  static std::optional<uint32_t> HexValue(std::string_view digits) {
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

  // \d, \w, \s, \h, \v, \p{…} and their negations as a PCRE2 class without brackets, e.g. "0-9" with
  // `negated`.
  struct ClassEscape {
    std::string content;
    bool negated;
  };
  std::optional<ClassEscape> PredefinedClass(const Flags& flags) {
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

  ClassEscape Property(const Flags& flags, bool negated) {
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

  bool Escape(const Flags& flags) {
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

  // \Q…\E: the quantifier behind it belongs to the last character.
  void Quotation(const Flags& flags) {
    position_ += 2;
    const auto end = std::min(pattern_.find("\\E", position_), pattern_.size());
    while (position_ < end) Literal(TakeCharacter(), flags);
    const bool any = end > 0;
    position_ = std::min(end + 2, pattern_.size());
    if (any) Quantifier(flags);
  }

  // As many digits as make a number of a group that the pattern has.
  void BackReference(const Flags& flags) {
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

  void NamedReference(const Flags& flags) {
    position_ += 2;
    const auto end = pattern_.find('>', position_);
    if (!LooksAt("<") || end == std::string_view::npos) Wrong("an illegal group reference");
    const auto name = pattern_.substr(position_ + 1, end - position_ - 1);
    out_ += fmt::format(fmt::runtime(flags.ignore_case ? "(?i:\\k<{}>)" : "\\k<{}>"), name);
    position_ = end + 1;
  }

  // ---- Classes
  // -----------------------------------------------------------------------------------------------

  // One side of &&: single characters and ranges in one bracket, nested classes beside it.
  struct ClassPart {
    std::string flat;
    std::vector<std::string> nested;
    bool empty() const { return flat.empty() && nested.empty(); }
  };

  // Behind "[": everything up to the closing bracket, as a PCRE2 expression that matches one character.
  std::string Class(const Flags& flags, int depth) {
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

  static std::string Join(const ClassPart& part) {
    std::string joined = part.flat.empty() ? "" : fmt::format("[{}]", part.flat);
    for (const auto& nested : part.nested) joined += (joined.empty() ? "" : "|") + nested;
    return part.nested.empty() ? joined : fmt::format("(?:{})", joined);
  }

  void ClassItem(const Flags& flags, int depth, ClassPart& part) {
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

  uint32_t ClassCharacter() {
    if (Peek() != '\\') return TakeCharacter();
    const auto character = CharacterEscape();
    if (!character) Wrong("an illegal escape in a class");
    return *character;
  }

  static std::string Escaped(uint32_t c) {
    return IsLetter(c) || IsDigit(c) ? std::string(1, static_cast<char>(c)) : fmt::format("\\x{{{:x}}}", c);
  }

  void AddRange(uint32_t first, uint32_t last, const Flags& flags, ClassPart& part) {
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

  std::string_view pattern_;
  bool ascii_subject_;
  size_t position_ = 0;
  size_t group_count_ = 0;
  size_t group_total_ = 0;
  bool depends_on_subject_ = false;
  std::string out_;
};

}  // namespace

base::Result<TranslatedPattern> TranslateJavaPattern(std::string_view pattern) {
  try {
    TranslatedPattern translated;
    Translator unicode(pattern, false);
    translated.text = unicode.Run();
    if (unicode.depends_on_subject()) translated.ascii_text = Translator(pattern, true).Run();
    return translated;
  } catch (Failure& failure) {
    return std::move(failure.error);
  }
}

}  // namespace hearth::engine
