// The values of quoted tokens.

#include <cstdint>

#include "sql/lexer/lexer.h"
#include "sql/lexer/unicode.h"

namespace hearth::sql {

namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Reads the escapes of one string. Spark works on UTF-16, so a pair of \u surrogates makes one character.
class Unescaper {
 public:
  Unescaper(std::string_view body, char quote) : body_(body), quote_(quote) {}

  std::string Run() {
    out_.reserve(body_.size());
    while (position_ < body_.size()) {
      const char c = body_[position_];
      if (c == '\\' && position_ + 1 < body_.size()) {
        Escape();
        continue;
      }
      FlushSurrogate();
      out_.push_back(c);
      // Inside the quotes a doubled quote is one.
      position_ += c == quote_ && position_ + 1 < body_.size() && body_[position_ + 1] == quote_ ? 2 : 1;
    }
    FlushSurrogate();
    return std::move(out_);
  }

 private:
  // The number written with `digits` hexadecimal digits at `from`, or -1.
  int64_t Hex(std::size_t from, std::size_t digits) const {
    if (from + digits > body_.size()) return -1;
    int64_t value = 0;
    for (std::size_t i = from; i < from + digits; ++i) {
      const int digit = HexDigit(body_[i]);
      if (digit < 0) return -1;
      value = value * 16 + digit;
    }
    return value;
  }

  bool OctalAt(std::size_t from) const {
    const auto in = [&](std::size_t i, char last) {
      return i < body_.size() && body_[i] >= '0' && body_[i] <= last;
    };
    return in(from, '1') && in(from + 1, '7') && in(from + 2, '7');
  }

  void Escape() {
    const char kind = body_[position_ + 1];
    if (kind == 'u' || kind == 'U') {
      const std::size_t digits = kind == 'u' ? 4 : 8;
      const int64_t value = Hex(position_ + 2, digits);
      if (value >= 0 && value <= 0x10FFFF) {
        PutUnit(static_cast<char32_t>(value));
        position_ += 2 + digits;
        return;
      }
    }
    FlushSurrogate();
    if (OctalAt(position_ + 1)) {
      const int value =
          (body_[position_ + 1] - '0') * 64 + (body_[position_ + 2] - '0') * 8 + (body_[position_ + 3] - '0');
      out_.push_back(static_cast<char>(value));
      position_ += 4;
      return;
    }
    PutSimple(kind);
    position_ += 2;
  }

  void PutSimple(char kind) {
    switch (kind) {
      case '0':
        out_.push_back('\0');
        return;
      case 'b':
        out_.push_back('\b');
        return;
      case 'n':
        out_.push_back('\n');
        return;
      case 'r':
        out_.push_back('\r');
        return;
      case 't':
        out_.push_back('\t');
        return;
      case 'Z':
        out_.push_back('\x1A');
        return;
      case '%':
      case '_':
        // LIKE patterns need the backslash.
        out_.push_back('\\');
        out_.push_back(kind);
        return;
      default:
        out_.push_back(kind);
    }
  }

  void PutUnit(char32_t unit) {
    if (unit >= 0xDC00 && unit <= 0xDFFF && high_surrogate_ != 0) {
      AppendUtf8(0x10000 + ((high_surrogate_ - 0xD800) << 10U) + (unit - 0xDC00), &out_);
      high_surrogate_ = 0;
      return;
    }
    FlushSurrogate();
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      high_surrogate_ = unit;
    } else if (unit >= 0xDC00 && unit <= 0xDFFF) {
      out_.push_back('?');
    } else {
      AppendUtf8(unit, &out_);
    }
  }

  // A lone surrogate has no UTF-8 form: a question mark stands for it, as in Java.
  void FlushSurrogate() {
    if (high_surrogate_ != 0) out_.push_back('?');
    high_surrogate_ = 0;
  }

  std::string_view body_;
  char quote_;
  std::size_t position_ = 0;
  char32_t high_surrogate_ = 0;
  std::string out_;
};

// `text` without its quotes, each doubled quote made one.
std::string Undouble(std::string_view text, char quote) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    out.push_back(text[i]);
    if (text[i] == quote && i + 1 < text.size() && text[i + 1] == quote) ++i;
  }
  return out;
}

}  // namespace

std::string StringTokenValue(std::string_view token_text, bool raw) {
  if (token_text.front() == 'r' || token_text.front() == 'R') {
    return std::string(token_text.substr(2, token_text.size() - 3));
  }
  const char quote = token_text.front();
  const std::string_view body = token_text.substr(1, token_text.size() - 2);
  if (raw) return std::string(body);
  return Unescaper(body, quote).Run();
}

std::string BackquotedTokenValue(std::string_view token_text) {
  return Undouble(token_text.substr(1, token_text.size() - 2), '`');
}

std::string DoubleQuotedTokenName(std::string_view token_text) {
  return Undouble(token_text.substr(1, token_text.size() - 2), '"');
}

}  // namespace hearth::sql
