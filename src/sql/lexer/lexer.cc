#include "sql/lexer/lexer.h"

#include <optional>

#include "sql/lexer/ascii.h"
#include "sql/lexer/unicode.h"

namespace hearth::sql {

namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsAsciiLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool IsAsciiSpace(char c) { return (c >= '\t' && c <= '\r') || c == ' '; }
constexpr bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  base::Result<std::vector<Token>> Run() {
    tokens_.reserve(text_.size() / 4 + 2);
    while (true) {
      if (!SkipBlanks()) return UnclosedComment();
      start_ = position_;
      if (position_ >= text_.size()) break;
      const TokenKind kind = Next();
      tokens_.push_back({kind, static_cast<uint32_t>(start_), static_cast<uint32_t>(position_)});
    }
    const auto size = static_cast<uint32_t>(text_.size());
    tokens_.push_back({TokenKind::kEndOfInput, size, size});
    return std::move(tokens_);
  }

 private:
  char Peek(std::size_t ahead = 0) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }
  bool AtEnd(std::size_t ahead = 0) const { return position_ + ahead >= text_.size(); }

  // White space and comments. False: a bracketed comment has no end (it starts at start_).
  bool SkipBlanks() {
    while (!AtEnd()) {
      const char c = Peek();
      if (IsAsciiSpace(c)) {
        ++position_;
      } else if (c == '-' && Peek(1) == '-') {
        SkipLineComment();
      } else if (c == '/' && Peek(1) == '*' && Peek(2) != '+') {
        start_ = position_;
        if (!SkipBracketedComment()) return false;
      } else if (!IsAscii(c)) {
        const CodePoint point = DecodeCodePoint(text_, position_);
        if (!IsUnicodeSpace(point.value)) return true;
        position_ += point.bytes;
      } else {
        return true;
      }
    }
    return true;
  }

  // To the end of the line; a backslash before the line's end carries the comment on.
  void SkipLineComment() {
    for (; !AtEnd(); ++position_) {
      if (Peek() == '\\' && Peek(1) == '\n') {
        ++position_;
      } else if (Peek() == '\n' || Peek() == '\r') {
        return;
      }
    }
  }

  bool SkipBracketedComment() {
    int depth = 0;
    while (!AtEnd()) {
      if (Peek() == '/' && Peek(1) == '*' && Peek(2) != '+') {
        ++depth;
        position_ += 2;
      } else if (Peek() == '*' && Peek(1) == '/') {
        position_ += 2;
        if (--depth == 0) return true;
      } else {
        ++position_;
      }
    }
    return false;
  }

  base::Error UnclosedComment() const {
    base::Error error = base::MakeError(base::ErrorKind::kParse, "UNCLOSED_BRACKETED_COMMENT",
                                        "A bracketed comment has no end: add */ where it should end.");
    return error;
  }

  TokenKind Next() {
    const char c = Peek();
    if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) {
      if (std::optional<TokenKind> number = Number()) return *number;
    }
    if (IsAsciiLetter(c) || IsDigit(c) || c == '_' || !IsAscii(c)) return Word();
    switch (c) {
      case '\'':
        return Quoted('\'', TokenKind::kStringLiteral);
      case '"':
        return Quoted('"', TokenKind::kDoubleQuotedLiteral);
      case '`':
        return Backquoted();
      case '$':
        return DollarQuoted();
      default:
        return Sign();
    }
  }

  // The end of the run of letters, digits and underscores that begins at `from`.
  std::size_t WordEnd(std::size_t from) const {
    while (from < text_.size()) {
      const char c = text_[from];
      if (IsAsciiLetter(c) || IsDigit(c) || c == '_') {
        ++from;
      } else if (!IsAscii(c)) {
        const CodePoint point = DecodeCodePoint(text_, from);
        if (!IsUnicodeLetter(point.value)) break;
        from += point.bytes;
      } else {
        break;
      }
    }
    return from;
  }

  TokenKind Word() {
    const std::size_t end = WordEnd(position_);
    if (end == position_) {
      position_ += DecodeCodePoint(text_, position_).bytes;
      return TokenKind::kUnrecognized;
    }
    const std::string_view word = text_.substr(position_, end - position_);
    const char quote = end < text_.size() ? text_[end] : '\0';
    if ((word == "r" || word == "R") && (quote == '\'' || quote == '"')) {
      const std::size_t close = text_.find(quote, end + 1);
      if (close != std::string_view::npos) {
        position_ = close + 1;
        return TokenKind::kStringLiteral;
      }
    }
    position_ = end;
    if (const std::size_t uri_end = UriEnd(word)) {
      position_ = uri_end;
      return TokenKind::kWord;
    }
    return LookUpKeyword(word);
  }

  // Spark reads `scheme://path` as one identifier. The end of it when `scheme` (letters alone) goes on like
  // that, else 0.
  std::size_t UriEnd(std::string_view scheme) const {
    if (text_.substr(position_, 3) != "://") return 0;
    for (char c : scheme) {
      if (IsDigit(c) || c == '_') return 0;
    }
    const std::size_t begin = position_ + 3;
    std::size_t end = begin;
    while (end < text_.size()) {
      const std::size_t word_end = WordEnd(end);
      if (word_end > end) {
        end = word_end;
      } else if (std::string_view("#%&-./=?").find(text_[end]) != std::string_view::npos) {
        ++end;
      } else {
        break;
      }
    }
    return end > begin ? end : 0;
  }

  std::size_t DigitsEnd(std::size_t from) const {
    while (from < text_.size() && IsDigit(text_[from])) ++from;
    return from;
  }

  // The end of an exponent (`e+12`) at `from`, or `from` when there is none.
  std::size_t ExponentEnd(std::size_t from) const {
    if (from >= text_.size() || ToLowerAscii(text_[from]) != 'e') return from;
    std::size_t digits = from + 1;
    if (digits < text_.size() && (text_[digits] == '+' || text_[digits] == '-')) ++digits;
    const std::size_t end = DigitsEnd(digits);
    return end > digits ? end : from;
  }

  char LowerAt(std::size_t index) const { return index < text_.size() ? ToLowerAscii(text_[index]) : '\0'; }

  struct NumberToken {
    TokenKind kind;
    std::size_t end;
  };

  // The longest number whose digits end at `digits_end`, with its exponent and suffix.
  NumberToken NumberFrom(std::size_t digits_end, bool has_dot) const {
    const std::size_t end = ExponentEnd(digits_end);
    const bool has_exponent = end > digits_end;
    const char suffix = LowerAt(end);
    if (suffix == 'f') return {TokenKind::kFloatLiteral, end + 1};
    if (suffix == 'd') return {TokenKind::kDoubleLiteral, end + 1};
    if (suffix == 'b' && LowerAt(end + 1) == 'd') return {TokenKind::kBigDecimalLiteral, end + 2};
    if (has_exponent) return {TokenKind::kExponentLiteral, end};
    if (has_dot) return {TokenKind::kDecimalLiteral, end};
    if (suffix == 'l') return {TokenKind::kBigintLiteral, end + 1};
    if (suffix == 's') return {TokenKind::kSmallintLiteral, end + 1};
    if (suffix == 'y') return {TokenKind::kTinyintLiteral, end + 1};
    return {TokenKind::kIntegerLiteral, end};
  }

  // A number, unless what begins with digits is a word (`1a`) or the dot is a dot of its own (`a.1b`).
  std::optional<TokenKind> Number() {
    const std::size_t whole_end = DigitsEnd(position_);
    if (whole_end < text_.size() && text_[whole_end] == '.') {
      const NumberToken number = NumberFrom(DigitsEnd(whole_end + 1), true);
      const char next = LowerAt(number.end);
      if (!IsAsciiLetter(next) && !IsDigit(next) && next != '_') {
        position_ = number.end;
        return number.kind;
      }
    }
    if (whole_end == position_) return std::nullopt;
    const NumberToken number = NumberFrom(whole_end, false);
    if (WordEnd(position_) > number.end) return std::nullopt;
    position_ = number.end;
    return number.kind;
  }

  TokenKind Quoted(char quote, TokenKind kind) {
    for (std::size_t i = position_ + 1; i < text_.size(); ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        if (i + 1 < text_.size() && text_[i + 1] == quote) {
          ++i;
          continue;
        }
        position_ = i + 1;
        return kind;
      }
    }
    ++position_;
    return TokenKind::kUnrecognized;
  }

  TokenKind Backquoted() {
    for (std::size_t i = position_ + 1; i < text_.size(); ++i) {
      if (text_[i] != '`') continue;
      if (i + 1 < text_.size() && text_[i + 1] == '`') {
        ++i;
        continue;
      }
      position_ = i + 1;
      return TokenKind::kBackquotedWord;
    }
    ++position_;
    return TokenKind::kUnrecognized;
  }

  TokenKind DollarQuoted() {
    std::size_t tag_end = position_ + 1;
    while (tag_end < text_.size() && IsAsciiLetter(text_[tag_end])) ++tag_end;
    if (tag_end < text_.size() && text_[tag_end] == '$') {
      const std::string_view tag = text_.substr(position_, tag_end + 1 - position_);
      const std::size_t close = text_.find(tag, tag_end + 1);
      if (close != std::string_view::npos) {
        position_ = close + tag.size();
        return TokenKind::kDollarQuotedLiteral;
      }
    }
    ++position_;
    return TokenKind::kUnrecognized;
  }

  TokenKind Take(std::size_t length, TokenKind kind) {
    position_ += length;
    return kind;
  }

  TokenKind Sign() {
    const char second = Peek(1);
    switch (Peek()) {
      case ';':
        return Take(1, TokenKind::kSemicolon);
      case '(':
        return Take(1, TokenKind::kLeftParenthesis);
      case ')':
        return Take(1, TokenKind::kRightParenthesis);
      case ',':
        return Take(1, TokenKind::kComma);
      case '.':
        return Take(1, TokenKind::kDot);
      case '[':
        return Take(1, TokenKind::kLeftBracket);
      case ']':
        return Take(1, TokenKind::kRightBracket);
      case '+':
        return Take(1, TokenKind::kPlusSign);
      case '-':
        return second == '>' ? Take(2, TokenKind::kArrow) : Take(1, TokenKind::kMinusSign);
      case '*':
        return second == '/' ? Take(2, TokenKind::kHintEnd) : Take(1, TokenKind::kAsterisk);
      case '/':
        return second == '*' ? Take(3, TokenKind::kHintStart) : Take(1, TokenKind::kSlash);
      case '%':
        return Take(1, TokenKind::kPercentSign);
      case '~':
        return Take(1, TokenKind::kTilde);
      case '&':
        return Take(1, TokenKind::kAmpersand);
      case '^':
        return Take(1, TokenKind::kHat);
      case '?':
        return Take(1, TokenKind::kQuestionMark);
      case '|':
        if (second == '|') return Take(2, TokenKind::kConcatenateSign);
        return second == '>' ? Take(2, TokenKind::kPipeOperator) : Take(1, TokenKind::kPipeSign);
      case ':':
        return second == ':' ? Take(2, TokenKind::kDoubleColon) : Take(1, TokenKind::kColon);
      case '@':
        return ToLowerAscii(second) == 'v' ? Take(2, TokenKind::kAtVersion) : Take(1, TokenKind::kAtSign);
      default:
        return ComparisonSign();
    }
  }

  TokenKind ComparisonSign() {
    const char second = Peek(1);
    switch (Peek()) {
      case '=':
        if (second == '=') return Take(2, TokenKind::kEqualSign);
        return second == '>' ? Take(2, TokenKind::kFatArrow) : Take(1, TokenKind::kEqualSign);
      case '<':
        if (second == '=' && Peek(2) == '>') return Take(3, TokenKind::kNullSafeEqualSign);
        if (second == '=') return Take(2, TokenKind::kLessEqualSign);
        if (second == '>') return Take(2, TokenKind::kNotEqualSign);
        return second == '<' ? Take(2, TokenKind::kShiftLeftSign) : Take(1, TokenKind::kLessSign);
      case '>':
        if (second == '=') return Take(2, TokenKind::kGreaterEqualSign);
        if (second == '>' && Peek(2) == '>') return Take(3, TokenKind::kShiftRightUnsignedSign);
        return second == '>' ? Take(2, TokenKind::kShiftRightSign) : Take(1, TokenKind::kGreaterSign);
      case '!':
        if (second == '=') return Take(2, TokenKind::kBangEqualSign);
        if (second == '>') return Take(2, TokenKind::kLessEqualSign);
        return second == '<' ? Take(2, TokenKind::kGreaterEqualSign) : Take(1, TokenKind::kBang);
      default:
        return Take(1, TokenKind::kUnrecognized);
    }
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t start_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

base::Result<std::vector<Token>> Tokenize(std::string_view text) { return Lexer(text).Run(); }

}  // namespace hearth::sql
