// The translator behind TranslateJavaPattern, in two files: java_pattern.cc reads the structure,
// java_escapes.cc what stands behind a backslash or in brackets.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/text/utf8.h"

namespace hearth::engine::java_regex {

inline constexpr std::string_view kTerminators = R"(\n\r\x{85}\x{2028}\x{2029})";
inline constexpr std::string_view kWordCharacter = R"([\p{L}\p{Nd}_])";
inline constexpr int kMaximumDepth = 250;

struct Flags {
  bool ignore_case = false;      // i
  bool unicode_case = false;     // u
  bool multiline = false;        // m
  bool dot_all = false;          // s
  bool comments = false;         // x
  bool unix_lines = false;       // d
  bool unicode_classes = false;  // U
};

inline bool IsLetter(uint32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool IsDigit(uint32_t c) { return c >= '0' && c <= '9'; }

// Thrown inside the translator alone; it never leaves TranslateJavaPattern.
struct Failure {
  base::Error error;
};

class Translator {
 public:
  Translator(std::string_view pattern, bool ascii_subject)
      : pattern_(pattern), ascii_subject_(ascii_subject) {
    group_total_ = CountGroups();
  }

  std::string Run();
  bool depends_on_subject() const { return depends_on_subject_; }

 private:
  // ---- Reading

  bool AtEnd() const { return position_ >= pattern_.size(); }
  char Peek(size_t ahead = 0) const;
  bool LooksAt(std::string_view text) const { return pattern_.substr(position_).starts_with(text); }
  bool Take(std::string_view text);
  uint32_t TakeCharacter() { return ReadCodePoint(pattern_, position_); }

  [[noreturn]] void Wrong(std::string_view what) const;
  [[noreturn]] static void Unsupported(std::string what) { throw Failure{base::NotImplemented(what)}; }

  size_t CountGroups() const;

  // ---- Writing

  void Literal(uint32_t c, const Flags& flags);
  void AppendEscaped(uint32_t c);

  // ---- Structure

  void Alternatives(Flags flags, int depth);
  void SkipComments(const Flags& flags);

  // `flags` changes for the rest of the enclosing group when an inline flag is met, in later alternatives
  // too.
  void Sequence(Flags& flags, int depth);

  // "(?im-s)": takes effect and vanishes. False when the parenthesis opens something else.
  bool FlagsOnly(Flags& flags);
  void ReadFlags(std::string_view letters, Flags& flags);

  // Writes one atom; false for what takes no quantifier check of its own (nothing written).
  bool Atom(Flags& flags, int depth);
  void Group(const Flags& outer, int depth);
  void Quantifier(const Flags& flags);
  std::optional<int> ReadCount(std::string_view digits);

  // ---- Anchors and the dot

  void Dot(const Flags& flags);
  void Caret(const Flags& flags);
  void Dollar(bool multiline, bool unix_lines);
  void WordBoundary(bool negated);

  // ---- Escapes

  // The character that an escape stands for, in and outside classes; nullopt for classes, anchors and
  // references.
  std::optional<uint32_t> CharacterEscape();
  uint32_t Octal();
  uint32_t Hexadecimal();
  uint32_t FourDigits();
  static std::optional<uint32_t> HexValue(std::string_view digits);

  // \d, \w, \s, \h, \v, \p{…} and their negations as a PCRE2 class without brackets, e.g. "0-9" with
  // `negated`.
  struct ClassEscape {
    std::string content;
    bool negated;
  };
  std::optional<ClassEscape> PredefinedClass(const Flags& flags);
  ClassEscape Property(const Flags& flags, bool negated);
  bool Escape(const Flags& flags);

  // \Q…\E: the quantifier behind it belongs to the last character.
  void Quotation(const Flags& flags);

  // As many digits as make a number of a group that the pattern has.
  void BackReference(const Flags& flags);
  void NamedReference(const Flags& flags);

  // ---- Classes

  // One side of &&: single characters and ranges in one bracket, nested classes beside it.
  struct ClassPart {
    std::string flat;
    std::vector<std::string> nested;
    bool empty() const { return flat.empty() && nested.empty(); }
  };

  // Behind "[": everything up to the closing bracket, as a PCRE2 expression that matches one character.
  std::string Class(const Flags& flags, int depth);
  static std::string Join(const ClassPart& part);
  void ClassItem(const Flags& flags, int depth, ClassPart& part);
  uint32_t ClassCharacter();
  static std::string Escaped(uint32_t c);
  void AddRange(uint32_t first, uint32_t last, const Flags& flags, ClassPart& part);

  std::string_view pattern_;
  bool ascii_subject_;
  size_t position_ = 0;
  size_t group_count_ = 0;
  size_t group_total_ = 0;
  bool depends_on_subject_ = false;
  std::string out_;
};

}  // namespace hearth::engine::java_regex
