#include "plan/functions/number_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace hearth::plan {
namespace {

// Puts `mark` behind the result, but before the blanks at its end.
void AddBeforeBlanks(std::string& result, char mark) {
  const auto last = result.find_last_not_of(' ');
  result.insert(last == std::string::npos ? 0 : last + 1, 1, mark);
}

// Puts a blank behind the result, but before signs at its end.
void AddBlankBeforeSigns(std::string& result) {
  const auto last = result.find_last_not_of("+-<");
  result.insert(last == std::string::npos ? 0 : last + 1, 1, ' ');
}

// "12." and "12. " lose the point.
void BlankLonePoint(std::string& result) {
  const auto point = result.find('.');
  if (point == std::string::npos) return;
  if (point + 1 == result.size() || result[point + 1] == ' ') result[point] = ' ';
}

}  // namespace

NumberFormat::NumberFormat(std::string_view format) : text_(format) {
  std::transform(text_.begin(), text_.end(), text_.begin(), [](unsigned char c) { return std::toupper(c); });
  ReadTokens();
}

void NumberFormat::AddDigit(Run run) {
  if (tokens_.empty() || tokens_.back().kind != Kind::kDigits) {
    tokens_.push_back({Kind::kDigits, "digit sequence", {}});
  }
  tokens_.back().runs.push_back(run);
}

void NumberFormat::ReadTokens() {
  bool behind_point = false;
  bool has_brackets = false;
  for (size_t i = 0; i < text_.size(); ++i) {
    const char c = text_[i];
    const char next = i + 1 < text_.size() ? text_[i + 1] : '\0';
    if (c == '0' || c == '9') {
      const auto end = std::min(text_.find_first_not_of("09", i), text_.size());
      const int count = static_cast<int>(end - i);
      AddDigit({count, c == '0' && !behind_point});
      (behind_point ? fraction_digits_ : integer_digits_) += count;
      i = end - 1;
    } else if (c == '.' || c == 'D') {
      tokens_.push_back({Kind::kPoint, ". or D", {}});
      behind_point = true;
    } else if (c == ',' || c == 'G') {
      AddDigit({});
    } else if (c == '$') {
      tokens_.push_back({Kind::kCurrency, "$", {}});
    } else if (c == 'S') {
      tokens_.push_back({Kind::kSign, "S", {}});
    } else if (c == 'M' && next == 'I') {
      tokens_.push_back({Kind::kMinus, "MI", {}});
      ++i;
    } else if (c == 'P' && next == 'R') {
      has_brackets = true;
      tokens_.push_back({Kind::kCloseBracket, "PR", {}});
      ++i;
    } else {
      tokens_.push_back({Kind::kUnknown, fmt::format("character '{}''", c), {}});
    }
  }
  if (has_brackets) {
    const auto count = std::count_if(tokens_.begin(), tokens_.end(),
                                     [](const Token& token) { return token.kind == Kind::kCloseBracket; });
    tokens_.insert(tokens_.begin(), count, Token{Kind::kOpenBracket, "PR", {}});
  }
}

base::Error NumberFormat::Invalid(std::string_view condition, std::string_view message,
                                  std::string token) const {
  std::map<std::string, std::string> parameters = {{"format", fmt::format("'{}'", text_)}};
  if (!token.empty()) parameters.emplace("token", std::move(token));
  return base::MakeError(base::ErrorKind::kAnalysis, fmt::format("INVALID_FORMAT.{}", condition),
                         fmt::format("'{}' is no number format: {}.", text_, message), std::move(parameters));
}

base::Status NumberFormat::CheckSeparators() const {
  bool behind_point = false;
  for (const auto& token : tokens_) {
    behind_point |= token.kind == Kind::kPoint;
    for (size_t i = 0; i < token.runs.size(); ++i) {
      if (token.runs[i].count != 0) continue;
      if (behind_point) {
        return Invalid("THOUSANDS_SEPS_MUST_BEFORE_DEC", "thousands separators stand before the point");
      }
      const bool at_edge = i == 0 || i + 1 == token.runs.size();
      if (at_edge || token.runs[i - 1].count == 0 || token.runs[i + 1].count == 0) {
        return Invalid("CONT_THOUSANDS_SEPS", "thousands separators stand between digits");
      }
    }
  }
  return {};
}

base::Status NumberFormat::CheckOrder() const {
  using KindSet = std::vector<Kind>;
  static const std::array<KindSet, 8> kOrder = {KindSet{Kind::kOpenBracket},
                                                {Kind::kMinus, Kind::kSign},
                                                {Kind::kCurrency},
                                                {Kind::kDigits},
                                                {Kind::kPoint},
                                                {Kind::kDigits},
                                                {Kind::kCurrency},
                                                {Kind::kMinus, Kind::kSign, Kind::kCloseBracket}};
  size_t next = 0;
  for (const auto& allowed : kOrder) {
    if (next < tokens_.size() && std::count(allowed.begin(), allowed.end(), tokens_[next].kind) > 0) ++next;
  }
  if (next == tokens_.size()) return {};
  return Invalid("UNEXPECTED_TOKEN", fmt::format("{} stands in a wrong place", tokens_[next].name),
                 tokens_[next].name);
}

base::Status NumberFormat::Check() const {
  const auto position = [&](Kind kind) {
    const auto found =
        std::find_if(tokens_.begin(), tokens_.end(), [&](const Token& t) { return t.kind == kind; });
    return found == tokens_.end() ? -1 : static_cast<int>(found - tokens_.begin());
  };
  if (text_.empty()) return Invalid("EMPTY", "it is empty");
  const int digits = position(Kind::kDigits);
  if (digits < 0) return Invalid("WRONG_NUM_DIGIT", "it has no digit");
  if (digits < position(Kind::kCurrency))
    return Invalid("CUR_MUST_BEFORE_DIGIT", "the currency stands before digits");
  const int point = position(Kind::kPoint);
  if (point >= 0 && point < position(Kind::kCurrency)) {
    return Invalid("CUR_MUST_BEFORE_DEC", "the currency stands before the point");
  }
  HEARTH_RETURN_IF_ERROR(CheckSeparators());
  for (auto kind : {Kind::kPoint, Kind::kSign, Kind::kMinus, Kind::kCurrency, Kind::kCloseBracket}) {
    if (std::count_if(tokens_.begin(), tokens_.end(), [&](const Token& t) { return t.kind == kind; }) > 1) {
      const auto& name = tokens_[position(kind)].name;
      return Invalid("WRONG_NUM_TOKEN", fmt::format("{} stands more than once", name), name);
    }
  }
  return CheckOrder();
}

bool NumberFormat::MatchRuns(const Token& token, const std::vector<int>& sizes) {
  // Both are compared from the right: leading groups may be absent.
  std::vector<Run> runs;
  std::copy_if(token.runs.rbegin(), token.runs.rend(), std::back_inserter(runs),
               [](const Run& run) { return run.count != 0; });
  if (sizes.size() > runs.size()) return false;
  for (size_t i = 0; i < runs.size(); ++i) {
    const int actual = i < sizes.size() ? sizes[sizes.size() - 1 - i] : 0;
    if (runs[i].exact ? actual != runs[i].count : actual > runs[i].count) return false;
  }
  return true;
}

std::optional<Int128> NumberFormat::Parse(std::string_view text) const {
  std::string integer;
  std::string fraction;
  bool behind_point = false;
  bool is_open = false;
  bool is_closed = false;
  bool negative = false;
  size_t at = 0;
  for (const auto& token : tokens_) {
    const char c = at < text.size() ? text[at] : '\0';
    if (token.kind == Kind::kDigits) {
      std::vector<int> sizes = {0};
      for (; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (std::isdigit(byte)) {
          ++sizes.back();
          (behind_point ? fraction : integer) += text[at];
        } else if (byte == ',') {
          sizes.push_back(0);
        } else if (!std::isspace(byte)) {
          break;
        }
      }
      if (!MatchRuns(token, sizes)) return std::nullopt;
      continue;
    }
    if (at == text.size()) continue;
    if (token.kind == Kind::kPoint && c == '.') {
      behind_point = true;
      ++at;
    } else if (token.kind == Kind::kCurrency) {
      if (c != '$') return std::nullopt;
      ++at;
    } else if ((token.kind == Kind::kSign && (c == '+' || c == '-')) ||
               (token.kind == Kind::kMinus && c == '-')) {
      negative ^= c == '-';
      ++at;
    } else if (token.kind == Kind::kOpenBracket && c == '<') {
      is_open = true;
      ++at;
    } else if (token.kind == Kind::kCloseBracket && c == '>') {
      if (!is_open) return std::nullopt;
      is_closed = true;
      negative = !negative;
      ++at;
    }
  }
  if (at < text.size() || is_open != is_closed || (integer.empty() && fraction.empty())) return std::nullopt;
  fraction.resize(fraction_digits_, '0');
  Int128 value = 0;
  for (const char digit : integer + fraction) value = value * 10 + (digit - '0');
  return negative ? -value : value;
}

NumberFormat::Digits NumberFormat::SplitForPrint(Int128 magnitude, int scale) const {
  auto all = DecimalText(magnitude, scale);
  const auto point = all.find('.');
  Digits digits;
  digits.integer = all.substr(0, point);
  if (point != std::string::npos) digits.fraction = all.substr(point + 1);
  digits.integer.erase(0, std::min(digits.integer.find_first_not_of('0'), digits.integer.size()));
  digits.fraction.erase(digits.fraction.find_last_not_of('0') + 1);
  const size_t integer_room = integer_digits_;
  const size_t fraction_room = fraction_digits_;
  if (digits.integer.size() > integer_room || digits.fraction.size() > fraction_room) {
    return {std::string(integer_room, '#'), std::string(fraction_room, '#')};
  }
  digits.integer.insert(0, integer_room - digits.integer.size(), ' ');
  digits.fraction.resize(fraction_room, '0');
  return digits;
}

void NumberFormat::PrintRuns(const Token& token, const Digits& digits, bool behind_point, size_t& next,
                             std::string& result) {
  for (const auto& run : token.runs) {
    if (run.count == 0) {
      if (!result.empty() && std::isdigit(static_cast<unsigned char>(result.back()))) {
        result += ',';
      } else {
        AddBlankBeforeSigns(result);
      }
    }
    for (int i = 0; i < run.count; ++i) {
      const char digit = (behind_point ? digits.fraction : digits.integer)[next++];
      if (digit != ' ') {
        result += digit;
      } else if (run.exact) {
        result += '0';
      } else {
        AddBlankBeforeSigns(result);
      }
    }
  }
}

std::string NumberFormat::Print(Int128 unscaled, int scale) const {
  const bool negative = unscaled < 0;
  const auto digits = SplitForPrint(negative ? -unscaled : unscaled, scale);
  std::string result;
  bool behind_point = false;
  size_t next = 0;
  for (const auto& token : tokens_) {
    switch (token.kind) {
      case Kind::kDigits:
        PrintRuns(token, digits, behind_point, next, result);
        break;
      case Kind::kPoint:
        if (!result.empty() && result.back() == ' ') result.back() = '0';
        result += '.';
        behind_point = true;
        next = 0;
        break;
      case Kind::kCurrency:
        result += '$';
        break;
      case Kind::kSign:
        BlankLonePoint(result);
        AddBeforeBlanks(result, negative ? '-' : '+');
        break;
      case Kind::kMinus:
        if (negative) {
          BlankLonePoint(result);
          AddBeforeBlanks(result, '-');
        } else {
          result += ' ';
        }
        break;
      case Kind::kOpenBracket:
        if (negative) result += '<';
        break;
      case Kind::kCloseBracket:
        BlankLonePoint(result);
        if (negative) {
          AddBeforeBlanks(result, '>');
        } else {
          result += "  ";
        }
        break;
      case Kind::kUnknown:
        break;
    }
  }
  BlankLonePoint(result);
  return result.empty() || result == "+" || result == "-" ? "0" : result;
}

}  // namespace hearth::plan
