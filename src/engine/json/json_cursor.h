// A pull reader over one JSON text, with what Jackson takes by Spark's defaults: single quotes, leading zeros
// refused, raw text of any value available. No library at hand gives the raw text of numbers and of nested
// values together with single quotes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::engine {

enum class JsonKind : uint8_t { kNull, kTrue, kFalse, kNumber, kString, kArray, kObject, kEnd, kInvalid };

// What is taken beyond the standard, by the names of Jackson's features.
struct JsonSyntax {
  bool single_quotes = true;
  bool comments = false;
  bool unquoted_names = false;
  bool leading_zeros = false;
  bool non_numeric_numbers = false;  // NaN, Infinity, INF with and without a sign
  bool any_escape = false;
  bool control_characters = false;
};

// Every method answers false, or kInvalid, for text that is no JSON; the cursor is of no use afterwards.
// Nesting is bounded.
class JsonCursor {
 public:
  static constexpr int kMostLevels = 1000;

  JsonCursor(std::string_view text, bool single_quotes) : text_(text) {
    syntax_.single_quotes = single_quotes;
  }
  JsonCursor(std::string_view text, const JsonSyntax& syntax) : text_(text), syntax_(syntax) {}

  // The kind of the next value, without consuming it; kEnd when only blanks are left.
  JsonKind Peek();
  // null, true and false.
  bool ReadWord(std::string_view word);
  // The digits as written. `is_integer`: neither fraction nor exponent.
  bool ReadNumber(std::string_view* raw, bool* is_integer);
  // Appends the decoded text.
  bool ReadString(std::string* out);
  // Any value; its text as written.
  bool Skip(std::string_view* raw);

  // Objects: Enter, then NextKey until *more is false. Arrays: Enter, then NextElement likewise.
  bool EnterObject();
  bool NextKey(std::string* key, bool* more);
  bool EnterArray();
  bool NextElement(bool* more);

  // Is nothing but blanks left?
  bool AtEnd();

 private:
  void SkipBlanks();
  bool Take(char c);
  bool SkipComment();
  bool ReadName(std::string* out);
  bool ReadSpecialNumber(std::string_view* raw);
  bool ReadEscape(std::string* out);
  bool SkipNested(int level);

  std::string_view text_;
  size_t position_ = 0;
  JsonSyntax syntax_;
  bool first_ = false;  // right behind the opening bracket
};

}  // namespace hearth::engine
