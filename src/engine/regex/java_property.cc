#include "engine/regex/java_property.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace hearth::engine {

namespace {

struct Named {
  std::string_view name;
  std::string_view ascii;    // without (?U)
  std::string_view unicode;  // with (?U); empty: the same
};

constexpr std::array<Named, 13> kPosix = {{
    {"Lower", "a-z", "\\p{Lowercase}"},
    {"Upper", "A-Z", "\\p{Uppercase}"},
    {"ASCII", "\\x{0}-\\x{7f}", ""},
    {"Alpha", "a-zA-Z", "\\p{Alphabetic}"},
    {"Digit", "0-9", "\\p{Nd}"},
    {"Alnum", "a-zA-Z0-9", "\\p{Alphabetic}\\p{Nd}"},
    {"Punct", "!-\\/:-@\\[-`{-~", "\\p{P}"},
    {"Graph", "!-~", "\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Cf}\\p{Co}"},
    {"Print", " -~", "\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Zs}\\p{Cf}\\p{Co}"},
    {"Blank", " \\t", "\\p{Zs}\\t"},
    {"Cntrl", "\\x{0}-\\x{1f}\\x{7f}", "\\p{Cc}"},
    {"XDigit", "0-9a-fA-F", "\\p{Nd}\\p{Hex_Digit}"},
    {"Space", " \\t\\n\\x0b\\f\\r", "\\p{White_Space}"},
}};

// java.lang.Character's tests, and the binary properties after "Is".
constexpr std::array<Named, 28> kNamed = {{
    {"javaLowerCase", "\\p{Lowercase}", ""},
    {"javaUpperCase", "\\p{Uppercase}", ""},
    {"javaAlphabetic", "\\p{Alphabetic}", ""},
    {"javaIdeographic", "\\p{Ideographic}", ""},
    {"javaTitleCase", "\\p{Lt}", ""},
    {"javaDigit", "\\p{Nd}", ""},
    {"javaLetter", "\\p{L}", ""},
    {"javaLetterOrDigit", "\\p{L}\\p{Nd}", ""},
    {"javaSpaceChar", "\\p{Z}", ""},
    {"javaWhitespace",
     "\\t-\\r\\x{1c}-\\x{20}\\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200a}\\x{2028}\\x{2029}\\x{205f}\\x{"
     "3000}",
     ""},
    {"javaISOControl", "\\x{0}-\\x{1f}\\x{7f}-\\x{9f}", ""},
    {"javaDefined", "\\x{0}-\\x{10ffff}", ""},
    {"IsAlphabetic", "\\p{Alphabetic}", ""},
    {"IsIdeographic", "\\p{Ideographic}", ""},
    {"IsLetter", "\\p{L}", ""},
    {"IsLowercase", "\\p{Lowercase}", ""},
    {"IsUppercase", "\\p{Uppercase}", ""},
    {"IsTitlecase", "\\p{Lt}", ""},
    {"IsPunctuation", "\\p{P}", ""},
    {"IsControl", "\\p{Cc}", ""},
    {"IsWhite_Space", "\\p{White_Space}", ""},
    {"IsWhiteSpace", "\\p{White_Space}", ""},
    {"IsDigit", "\\p{Nd}", ""},
    {"IsHex_Digit", "\\p{Hex_Digit}", ""},
    {"IsJoin_Control", "\\x{200c}\\x{200d}", ""},
    {"IsEmoji", "\\p{Emoji}", ""},
    {"IsAlnum", "\\p{Alphabetic}\\p{Nd}", ""},
    {"IsAssigned", "\\P{Cn}", ""},
}};

// Blocks in common use.
constexpr std::array<Named, 12> kBlocks = {{
    {"basiclatin", "\\x{0}-\\x{7f}", ""},
    {"latin1supplement", "\\x{80}-\\x{ff}", ""},
    {"latin-1supplement", "\\x{80}-\\x{ff}", ""},
    {"greek", "\\x{370}-\\x{3ff}", ""},
    {"greekandcoptic", "\\x{370}-\\x{3ff}", ""},
    {"cyrillic", "\\x{400}-\\x{4ff}", ""},
    {"hebrew", "\\x{590}-\\x{5ff}", ""},
    {"arabic", "\\x{600}-\\x{6ff}", ""},
    {"hiragana", "\\x{3040}-\\x{309f}", ""},
    {"katakana", "\\x{30a0}-\\x{30ff}", ""},
    {"cjkunifiedideographs", "\\x{4e00}-\\x{9fff}", ""},
    {"hangulsyllables", "\\x{ac00}-\\x{d7af}", ""},
}};

bool IsCategory(std::string_view name) {
  static const std::set<std::string_view> categories = {
      "L",  "Lu", "Ll", "Lt", "Lm", "Lo", "M",  "Mn", "Mc", "Me", "N",  "Nd", "Nl",
      "No", "P",  "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S",  "Sm", "Sc", "Sk",
      "So", "Z",  "Zs", "Zl", "Zp", "C",  "Cc", "Cf", "Cs", "Co", "Cn"};
  return categories.count(name) > 0;
}

std::string Squeezed(std::string_view name) {
  std::string squeezed;
  for (const char c : name) {
    if (c != ' ' && c != '_')
      squeezed.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  }
  return squeezed;
}

base::Result<std::string> Block(std::string_view name) {
  const auto wanted = Squeezed(name);
  for (const auto& block : kBlocks) {
    if (block.name == wanted) return std::string(block.ascii);
  }
  return base::NotImplemented(fmt::format("the Unicode block {} in regular expressions", name));
}

// PCRE2 knows the scripts by name; an unknown one fails when the pattern is compiled.
std::string Script(std::string_view name) { return fmt::format("\\p{{{}}}", name); }

}  // namespace

base::Result<std::string> FindJavaProperty(std::string_view name, bool unicode, bool ignore_case) {
  for (const auto& entry : kPosix) {
    if (entry.name != name) continue;
    if (unicode && !entry.unicode.empty()) return std::string(entry.unicode);
    if (ignore_case && (name == "Lower" || name == "Upper")) return std::string("a-zA-Z");
    return std::string(entry.ascii);
  }
  for (const auto& entry : kNamed) {
    if (entry.name == name) return std::string(entry.ascii);
  }
  if (const auto equals = name.find('='); equals != std::string_view::npos) {
    const auto key = Squeezed(name.substr(0, equals));
    const auto value = name.substr(equals + 1);
    if (key == "sc" || key == "script") return Script(value);
    if (key == "blk" || key == "block") return Block(value);
    if ((key == "gc" || key == "generalcategory") && IsCategory(value))
      return fmt::format("\\p{{{}}}", value);
    return base::MakeError(base::ErrorKind::kIllegalArgument, "",
                           fmt::format("There is no property {}.", name));
  }
  if (name == "L1") return std::string("\\x{0}-\\x{ff}");
  if (name == "LC") return std::string("\\p{Lu}\\p{Ll}\\p{Lt}");
  if (name == "LD") return std::string("\\p{L}\\p{Nd}");
  if (name == "all") return std::string("\\x{0}-\\x{10ffff}");
  if (IsCategory(name)) {
    if (ignore_case && (name == "Lu" || name == "Ll" || name == "Lt"))
      return std::string("\\p{Lu}\\p{Ll}\\p{Lt}");
    return fmt::format("\\p{{{}}}", name);
  }
  if (name.starts_with("In")) return Block(name.substr(2));
  if (name.starts_with("Is")) {
    const auto rest = name.substr(2);
    return IsCategory(rest) ? fmt::format("\\p{{{}}}", rest) : Script(rest);
  }
  if (name.starts_with("java")) {
    return base::NotImplemented(fmt::format("the property {} in regular expressions", name));
  }
  return base::MakeError(base::ErrorKind::kIllegalArgument, "",
                         fmt::format("There is no property {}.", name));
}

}  // namespace hearth::engine
