#include "engine/json/json_cursor.h"

#include <cctype>

namespace hearth::engine {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void AppendUtf8(uint32_t code, std::string* out) {
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xC0 | code >> 6));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | code >> 12));
    out->push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | code >> 18));
    out->push_back(static_cast<char>(0x80 | (code >> 12 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

}  // namespace

void JsonCursor::SkipBlanks() {
  while (position_ < text_.size()) {
    char c = text_[position_];
    if (c == '/' && syntax_.comments && SkipComment()) continue;
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return;
    ++position_;
  }
}

bool JsonCursor::SkipComment() {
  const bool to_line_end = text_.substr(position_, 2) == "//";
  if (!to_line_end && text_.substr(position_, 2) != "/*") return false;
  const auto end = text_.find(to_line_end ? "\n" : "*/", position_ + 2);
  position_ = end == std::string_view::npos ? text_.size() : end + (to_line_end ? 1 : 2);
  return true;
}

bool JsonCursor::ReadSpecialNumber(std::string_view* raw) {
  for (const std::string_view word : {"NaN", "Infinity", "-Infinity", "+Infinity", "INF", "-INF", "+INF"}) {
    if (text_.substr(position_, word.size()) != word) continue;
    const auto after = text_.substr(position_ + word.size(), 1);
    if (!after.empty() && std::isalnum(static_cast<unsigned char>(after[0]))) continue;
    *raw = text_.substr(position_, word.size());
    position_ += word.size();
    return true;
  }
  return false;
}

bool JsonCursor::ReadName(std::string* out) {
  SkipBlanks();
  const bool quoted = position_ >= text_.size() || text_[position_] == '"' ||
                      (text_[position_] == '\'' && syntax_.single_quotes);
  if (quoted || !syntax_.unquoted_names) return ReadString(out);
  const size_t begin = position_;
  while (position_ < text_.size()) {
    const auto c = static_cast<unsigned char>(text_[position_]);
    if (!std::isalnum(c) && c != '_' && c != '$' && c != '-' && c != '@' && c < 0x80) break;
    ++position_;
  }
  out->append(text_.substr(begin, position_ - begin));
  return position_ > begin;
}

bool JsonCursor::Take(char c) {
  SkipBlanks();
  if (position_ >= text_.size() || text_[position_] != c) return false;
  ++position_;
  return true;
}

bool JsonCursor::AtEnd() {
  SkipBlanks();
  return position_ >= text_.size();
}

JsonKind JsonCursor::Peek() {
  if (AtEnd()) return JsonKind::kEnd;
  switch (text_[position_]) {
    case '{':
      return JsonKind::kObject;
    case '[':
      return JsonKind::kArray;
    case '"':
      return JsonKind::kString;
    case '\'':
      return syntax_.single_quotes ? JsonKind::kString : JsonKind::kInvalid;
    case 'n':
      return JsonKind::kNull;
    case 't':
      return JsonKind::kTrue;
    case 'f':
      return JsonKind::kFalse;
    case 'N':
    case 'I':
    case '+':
      return syntax_.non_numeric_numbers ? JsonKind::kNumber : JsonKind::kInvalid;
    default:
      return IsDigit(text_[position_]) || text_[position_] == '-' ? JsonKind::kNumber : JsonKind::kInvalid;
  }
}

bool JsonCursor::ReadWord(std::string_view word) {
  SkipBlanks();
  if (text_.substr(position_, word.size()) != word) return false;
  position_ += word.size();
  bool ends = position_ >= text_.size() ||
              !(std::isalnum(static_cast<unsigned char>(text_[position_])) || text_[position_] == '_');
  return ends;
}

bool JsonCursor::ReadNumber(std::string_view* raw, bool* is_integer) {
  SkipBlanks();
  const size_t begin = position_;
  if (syntax_.non_numeric_numbers && ReadSpecialNumber(raw)) {
    *is_integer = false;
    return true;
  }
  auto digits = [&] {
    const size_t from = position_;
    while (position_ < text_.size() && IsDigit(text_[position_])) ++position_;
    return position_ - from;
  };
  if (position_ < text_.size() && text_[position_] == '-') ++position_;
  size_t whole = position_;
  const size_t count = digits();
  if (count == 0 || (count > 1 && text_[whole] == '0' && !syntax_.leading_zeros)) return false;
  // Leading zeros are no part of the number.
  while (whole + 1 < position_ && text_[whole] == '0') ++whole;
  *is_integer = true;
  if (position_ < text_.size() && text_[position_] == '.') {
    ++position_;
    *is_integer = false;
    if (digits() == 0) return false;
  }
  if (position_ < text_.size() && (text_[position_] == 'e' || text_[position_] == 'E')) {
    ++position_;
    *is_integer = false;
    if (position_ < text_.size() && (text_[position_] == '+' || text_[position_] == '-')) ++position_;
    if (digits() == 0) return false;
  }
  const size_t first = text_[begin] == '-' ? begin : whole;
  *raw = text_.substr(first, position_ - first);
  if (position_ >= text_.size()) return true;
  char next = text_[position_];
  return next == ',' || next == '}' || next == ']' || next == ' ' || next == '\t' || next == '\n' ||
         next == '\r' || (next == '/' && syntax_.comments);
}

bool JsonCursor::ReadEscape(std::string* out) {
  if (position_ >= text_.size()) return false;
  char c = text_[position_++];
  switch (c) {
    case '"':
    case '\\':
    case '/':
      out->push_back(c);
      return true;
    case 'b':
      out->push_back('\b');
      return true;
    case 'f':
      out->push_back('\f');
      return true;
    case 'n':
      out->push_back('\n');
      return true;
    case 'r':
      out->push_back('\r');
      return true;
    case 't':
      out->push_back('\t');
      return true;
    case '\'':
      out->push_back(c);
      return syntax_.single_quotes || syntax_.any_escape;
    case 'u':
      break;
    default:
      out->push_back(c);
      return syntax_.any_escape;
  }
  auto read_unit = [&](uint32_t* unit) {
    if (position_ + 4 > text_.size()) return false;
    *unit = 0;
    for (int i = 0; i < 4; ++i) {
      int digit = HexDigit(text_[position_++]);
      if (digit < 0) return false;
      *unit = *unit << 4 | static_cast<uint32_t>(digit);
    }
    return true;
  };
  uint32_t code = 0;
  if (!read_unit(&code)) return false;
  bool high = code >= 0xD800 && code < 0xDC00;
  if (high && text_.substr(position_, 2) == "\\u") {
    const size_t back = position_;
    uint32_t low = 0;
    position_ += 2;
    if (!read_unit(&low)) return false;
    if (low >= 0xDC00 && low < 0xE000) {
      AppendUtf8(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00), out);
      return true;
    }
    position_ = back;
  }
  // Half of a surrogate pair has no UTF-8 form; Java writes a question mark.
  if (code >= 0xD800 && code < 0xE000) {
    out->push_back('?');
  } else {
    AppendUtf8(code, out);
  }
  return true;
}

bool JsonCursor::ReadString(std::string* out) {
  SkipBlanks();
  if (position_ >= text_.size()) return false;
  const char quote = text_[position_++];
  if (quote != '"' && !(quote == '\'' && syntax_.single_quotes)) return false;
  while (position_ < text_.size()) {
    const size_t begin = position_;
    while (position_ < text_.size() && text_[position_] != quote && text_[position_] != '\\' &&
           (syntax_.control_characters || static_cast<unsigned char>(text_[position_]) >= 0x20)) {
      ++position_;
    }
    out->append(text_.substr(begin, position_ - begin));
    if (position_ >= text_.size()) return false;
    char c = text_[position_++];
    if (c == quote) return true;
    if (c != '\\' || !ReadEscape(out)) return false;
  }
  return false;
}

bool JsonCursor::EnterObject() {
  first_ = true;
  return Take('{');
}

bool JsonCursor::EnterArray() {
  first_ = true;
  return Take('[');
}

bool JsonCursor::NextKey(std::string* key, bool* more) {
  const bool first = first_;
  first_ = false;
  if (Take('}')) {
    *more = false;
    return true;
  }
  if (!first && !Take(',')) return false;
  *more = true;
  key->clear();
  return ReadName(key) && Take(':');
}

bool JsonCursor::NextElement(bool* more) {
  const bool first = first_;
  first_ = false;
  if (Take(']')) {
    *more = false;
    return true;
  }
  *more = true;
  return first || Take(',');
}

bool JsonCursor::SkipNested(int level) {
  if (level > kMostLevels) return false;
  std::string text;
  std::string_view raw;
  bool is_integer = false;
  bool more = true;
  switch (Peek()) {
    case JsonKind::kNull:
      return ReadWord("null");
    case JsonKind::kTrue:
      return ReadWord("true");
    case JsonKind::kFalse:
      return ReadWord("false");
    case JsonKind::kNumber:
      return ReadNumber(&raw, &is_integer);
    case JsonKind::kString:
      return ReadString(&text);
    case JsonKind::kObject:
      if (!EnterObject()) return false;
      while (true) {
        if (!NextKey(&text, &more)) return false;
        if (!more) return true;
        if (!SkipNested(level + 1)) return false;
      }
    case JsonKind::kArray:
      if (!EnterArray()) return false;
      while (true) {
        if (!NextElement(&more)) return false;
        if (!more) return true;
        if (!SkipNested(level + 1)) return false;
      }
    case JsonKind::kEnd:
    case JsonKind::kInvalid:
      return false;
  }
  return false;
}

bool JsonCursor::Skip(std::string_view* raw) {
  SkipBlanks();
  const size_t begin = position_;
  if (!SkipNested(0)) return false;
  *raw = text_.substr(begin, position_ - begin);
  return true;
}

}  // namespace hearth::engine
