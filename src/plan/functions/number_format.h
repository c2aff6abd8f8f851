// The number formats of to_number and to_char: "999,999.00", "$99.9S", "9PR". Digits are 0 and 9, the point
// is . or D, the thousands separator is , or G, signs are S, MI and PR, the currency is $.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/types/value.h"

namespace hearth::plan {

class NumberFormat {
 public:
  // Letters may have either case.
  explicit NumberFormat(std::string_view format);

  // INVALID_FORMAT.<…> when the text is no format.
  base::Status Check() const;

  // The decimal type that the format reads: all its digits, and those behind the point.
  int precision() const { return integer_digits_ + fraction_digits_; }
  int scale() const { return fraction_digits_; }
  const std::string& text() const { return text_; }

  // The unscaled decimal with scale(); nullopt when the text does not match. Requires Check() and precision()
  // <= 38.
  std::optional<Int128> Parse(std::string_view text) const;
  // Digits that do not fit become #. Requires Check().
  std::string Print(Int128 unscaled, int scale) const;

 private:
  enum class Kind : uint8_t {
    kDigits,
    kPoint,
    kCurrency,
    kSign,
    kMinus,
    kOpenBracket,
    kCloseBracket,
    kUnknown
  };
  // One run of digits; `exact` runs start with 0 before the point and allow no digit less.
  struct Run {
    int count = 0;  // 0 stands for a thousands separator
    bool exact = false;
  };
  struct Token {
    Kind kind;
    std::string name;       // as errors print it
    std::vector<Run> runs;  // kDigits, left to right
  };
  struct Digits {
    std::string integer;
    std::string fraction;
  };

  void ReadTokens();
  void AddDigit(Run run);
  base::Error Invalid(std::string_view condition, std::string_view message, std::string token = {}) const;
  base::Status CheckSeparators() const;
  base::Status CheckOrder() const;
  static bool MatchRuns(const Token& token, const std::vector<int>& sizes);
  Digits SplitForPrint(Int128 magnitude, int scale) const;
  static void PrintRuns(const Token& token, const Digits& digits, bool behind_point, size_t& next,
                        std::string& result);

  std::string text_;
  std::vector<Token> tokens_;
  int integer_digits_ = 0;
  int fraction_digits_ = 0;
};

}  // namespace hearth::plan
