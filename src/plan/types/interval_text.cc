#include "plan/types/interval_text.h"

#include <array>
#include <limits>
#include <string>

namespace hearth::plan {
namespace {

constexpr int64_t kMicrosecondsPerSecond = 1'000'000;
constexpr int64_t kMicrosecondsPerMinute = 60 * kMicrosecondsPerSecond;
constexpr int64_t kMicrosecondsPerHour = 60 * kMicrosecondsPerMinute;
constexpr int64_t kMicrosecondsPerDay = 24 * kMicrosecondsPerHour;
constexpr int kNanosecondDigits = 9;
constexpr int64_t kMonthsPerYear = 12;

bool IsDigit(char character) { return character >= '0' && character <= '9'; }
bool IsBlank(char character) { return static_cast<unsigned char>(character) <= ' '; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& character : lower) {
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
  }
  return lower;
}

base::Error Invalid(std::string_view condition, std::string_view input,
                    std::map<std::string, std::string> parameters) {
  parameters["input"] = input;
  return base::MakeError(base::ErrorKind::kIllegalArgument,
                         "INVALID_INTERVAL_FORMAT." + std::string(condition),
                         "'" + std::string(input) + "' is no interval.", std::move(parameters));
}

base::Error Overflow() {
  return base::MakeError(base::ErrorKind::kArithmetic, "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION",
                         "The interval does not fit its type.");
}

// ---- Numbers with units ----------------------------------------------------------------------------------

class UnitReader {
 public:
  explicit UnitReader(std::string_view text) : input_(text), rest_(text) {}

  base::Result<CalendarIntervalValue> Read() {
    SkipBlanks();
    while (!rest_.empty() && IsBlank(rest_.back())) rest_.remove_suffix(1);
    if (rest_.empty()) return Invalid("INPUT_IS_EMPTY", input_, {});
    constexpr std::string_view kPrefix = "interval";
    if (Lower(rest_.substr(0, kPrefix.size())) == kPrefix) {
      rest_.remove_prefix(kPrefix.size());
      if (rest_.empty()) return Invalid("INPUT_IS_EMPTY", input_, {});
      if (!IsBlank(rest_.front())) return Invalid("INVALID_PREFIX", input_, {{"prefix", Word()}});
      SkipBlanks();
    }
    while (!rest_.empty()) {
      HEARTH_RETURN_IF_ERROR(ReadOne());
      SkipBlanks();
    }
    return interval_;
  }

 private:
  void SkipBlanks() {
    while (!rest_.empty() && IsBlank(rest_.front())) rest_.remove_prefix(1);
  }

  std::string Word() const {
    size_t length = 0;
    while (length < rest_.size() && !IsBlank(rest_[length])) ++length;
    return std::string(rest_.substr(0, length));
  }

  // [sign] number unit
  base::Status ReadOne() {
    bool negative = false;
    if (rest_.front() == '-' || rest_.front() == '+') {
      negative = rest_.front() == '-';
      rest_.remove_prefix(1);
      SkipBlanks();
    }
    if (rest_.empty() || (!IsDigit(rest_.front()) && rest_.front() != '.')) {
      return Invalid("UNRECOGNIZED_NUMBER", input_, {{"number", Word()}});
    }
    int64_t value = 0;
    bool overflow = false;
    for (; !rest_.empty() && IsDigit(rest_.front()); rest_.remove_prefix(1)) {
      overflow |= __builtin_mul_overflow(value, 10, &value);
      overflow |= __builtin_sub_overflow(value, rest_.front() - '0', &value);  // negative: the wider side
    }
    if (!negative) overflow |= __builtin_sub_overflow(int64_t{0}, value, &value);
    if (overflow) return Invalid("ARITHMETIC_EXCEPTION", input_, {});
    HEARTH_ASSIGN(auto nanoseconds, ReadFraction());
    if (rest_.empty()) return Invalid("MISSING_UNIT", input_, {{"word", std::to_string(value)}});
    if (!IsBlank(rest_.front())) return Invalid("INVALID_VALUE", input_, {{"value", Word()}});
    SkipBlanks();
    const auto unit = Lower(Word());
    rest_.remove_prefix(unit.size());
    return Add(value, negative ? -nanoseconds.value : nanoseconds.value, nanoseconds.written, unit);
  }

  struct Fraction {
    int64_t value = 0;
    bool written = false;
  };

  base::Result<Fraction> ReadFraction() {
    Fraction fraction;
    if (rest_.empty() || rest_.front() != '.') return fraction;
    rest_.remove_prefix(1);
    fraction.written = true;
    int digits = 0;
    for (; !rest_.empty() && IsDigit(rest_.front()); rest_.remove_prefix(1)) {
      if (++digits > kNanosecondDigits) return Invalid("INVALID_PRECISION", input_, {{"value", Word()}});
      fraction.value = fraction.value * 10 + (rest_.front() - '0');
    }
    for (; digits < kNanosecondDigits; ++digits) fraction.value *= 10;
    return fraction;
  }

  base::Status Add(int64_t value, int64_t nanoseconds, bool has_fraction, const std::string& unit) {
    const std::string singular = unit.ends_with('s') ? unit.substr(0, unit.size() - 1) : unit;
    if (has_fraction && singular != "second") return Invalid("INVALID_FRACTION", input_, {{"unit", unit}});
    bool fits = false;
    if (singular == "year") {
      fits = AddTo(interval_.months, value, kMonthsPerYear);
    } else if (singular == "month") {
      fits = AddTo(interval_.months, value, 1);
    } else if (singular == "week") {
      fits = AddTo(interval_.days, value, 7);
    } else if (singular == "day") {
      fits = AddTo(interval_.days, value, 1);
    } else if (singular == "hour") {
      fits = AddTo(interval_.microseconds, value, kMicrosecondsPerHour);
    } else if (singular == "minute") {
      fits = AddTo(interval_.microseconds, value, kMicrosecondsPerMinute);
    } else if (singular == "second") {
      fits = AddTo(interval_.microseconds, value, kMicrosecondsPerSecond) &&
             AddTo(interval_.microseconds, nanoseconds / 1'000, 1);
    } else if (singular == "millisecond") {
      fits = AddTo(interval_.microseconds, value, 1'000);
    } else if (singular == "microsecond") {
      fits = AddTo(interval_.microseconds, value, 1);
    } else {
      return Invalid("INVALID_UNIT", input_, {{"unit", unit}});
    }
    if (!fits) return Invalid("ARITHMETIC_EXCEPTION", input_, {});
    return {};
  }

  template <typename Target>
  static bool AddTo(Target& target, int64_t value, int64_t factor) {
    int64_t product = 0;
    return !__builtin_mul_overflow(value, factor, &product) &&
           !__builtin_add_overflow(target, product, &target);
  }

  std::string_view input_;
  std::string_view rest_;
  CalendarIntervalValue interval_;
};

// ---- Fields between separators ---------------------------------------------------------------------------

std::string_view FieldName(DayTimeField field) {
  constexpr std::string_view kNames[] = {"day", "hour", "minute", "second"};
  return kNames[static_cast<int>(field)];
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& character : upper) {
    if (character >= 'a' && character <= 'z') character = static_cast<char>(character - 'a' + 'A');
  }
  return upper;
}

// "[+|-]d h:m:s.n" and the parts of it
std::string FormatOf(DayTimeField start, DayTimeField end) {
  constexpr std::string_view kParts[] = {"d", " h", ":m", ":s.n"};
  std::string format = "[+|-]";
  for (int field = static_cast<int>(start); field <= static_cast<int>(end); ++field) {
    format += field == static_cast<int>(start) ? kParts[field].substr(field == 0 ? 0 : 1) : kParts[field];
  }
  return format;
}

base::Error Unmatched(std::string_view input, DayTimeField start, DayTimeField end) {
  const std::string format = FormatOf(start, end);
  std::string range(FieldName(start));
  if (start != end) range += " to " + std::string(FieldName(end));
  return Invalid(
      "UNMATCHED_FORMAT_STRING_WITH_NOTICE", input,
      {{"intervalStr", "day-time"},
       {"supportedFormat", "`" + format + "`, `INTERVAL [+|-]'" + format + "' " + Upper(range) + "`"},
       {"typeName", "interval " + range}});
}

base::Error Unmatched(std::string_view input, YearMonthField start, YearMonthField end) {
  constexpr std::string_view kNames[] = {"year", "month"};
  const bool both = start != end;
  const auto first = kNames[static_cast<int>(start)];
  const std::string format = both ? "[+|-]y-m" : "[+|-]" + std::string(first.substr(0, 1));
  const std::string range = both ? "year to month" : std::string(first);
  return Invalid(
      "UNMATCHED_FORMAT_STRING", input,
      {{"intervalStr", "year-month"},
       {"supportedFormat", "`" + format + "`, `INTERVAL [+|-]'" + format + "' " + Upper(range) + "`"},
       {"typeName", "interval " + range}});
}

bool TakeSign(std::string_view& text) {
  if (text.empty() || (text.front() != '-' && text.front() != '+')) return false;
  const bool negative = text.front() == '-';
  text.remove_prefix(1);
  return negative;
}

// Digits at the front; -1 when there are none or too many.
int64_t TakeNumber(std::string_view& text, size_t longest) {
  int64_t number = 0;
  size_t digits = 0;
  for (; !text.empty() && IsDigit(text.front()); text.remove_prefix(1)) {
    if (++digits > longest) return -1;
    number = number * 10 + (text.front() - '0');
  }
  return digits == 0 ? -1 : number;
}

// The fraction of a second in microseconds; -1 when it is malformed. Text without a point has none.
int64_t TakeFraction(std::string_view& text) {
  if (text.empty() || text.front() != '.') return 0;
  text.remove_prefix(1);
  const size_t before = text.size();
  int64_t number = TakeNumber(text, kNanosecondDigits);
  if (number < 0) return -1;
  for (size_t digits = before - text.size(); digits < kNanosecondDigits; ++digits) number *= 10;
  return number / 1'000;
}

}  // namespace

base::Error UnmatchedInterval(std::string_view text, const DataType& type) {
  if (type.Is(TypeKind::kYearMonthInterval)) {
    return Unmatched(text, type.year_month_start(), type.year_month_end());
  }
  return Unmatched(text, type.day_time_start(), type.day_time_end());
}

base::Error UnparsableYearMonthInterval(std::string_view text) {
  return Invalid("INTERVAL_PARSING", text, {{"interval", "year-month"}});
}

base::Result<CalendarIntervalValue> CalendarIntervalFromText(std::string_view text) {
  return UnitReader(text).Read();
}

base::Result<int64_t> YearMonthIntervalFromText(std::string_view text) {
  const auto invalid = [input = text] { return UnparsableYearMonthInterval(input); };
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  const bool negative = TakeSign(text);
  const int64_t years = TakeNumber(text, kNanosecondDigits);
  if (years < 0 || text.empty() || text.front() != '-') return invalid();
  text.remove_prefix(1);
  const int64_t months = TakeNumber(text, 2);
  if (months < 0 || months >= kMonthsPerYear || !text.empty()) return invalid();
  const int64_t total = (years * kMonthsPerYear + months) * (negative ? -1 : 1);
  if (total > std::numeric_limits<int32_t>::max() || total < std::numeric_limits<int32_t>::min())
    return invalid();
  return total;
}

base::Result<int64_t> DayTimeIntervalFromText(std::string_view text, DayTimeField start, DayTimeField end) {
  constexpr std::array<int64_t, 4> kUnits = {kMicrosecondsPerDay, kMicrosecondsPerHour,
                                             kMicrosecondsPerMinute, kMicrosecondsPerSecond};
  constexpr std::array<int64_t, 4> kLargest = {0, 23, 59, 59};
  constexpr std::array<int64_t, 4> kLargestFirst = {106'751'991, 2'562'047'788, 153'722'867'280,
                                                    9'223'372'036'854};
  constexpr std::array<size_t, 4> kMostDigits = {9, 10, 12, 13};
  constexpr std::array<char, 4> kSeparators = {'\0', ' ', ':', ':'};
  const auto input = text;
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  const bool negative = TakeSign(text);
  int64_t microseconds = 0;
  std::string fault;
  bool overflows = false;
  for (auto field = static_cast<size_t>(start); field <= static_cast<size_t>(end); ++field) {
    const bool first = field == static_cast<size_t>(start);
    if (!first) {
      if (text.empty() || text.front() != kSeparators[field]) return Unmatched(input, start, end);
      text.remove_prefix(1);
    }
    const int64_t number = TakeNumber(text, first ? kMostDigits[field] : 2);
    if (number < 0) return Unmatched(input, start, end);
    const int64_t largest = first ? kLargestFirst[field] : kLargest[field];
    if (number > largest && fault.empty()) {
      const auto name = FieldName(static_cast<DayTimeField>(field));
      fault = "requirement failed: " + std::string(name) + " " + std::to_string(number) +
              " outside range [0, " + std::to_string(largest) + "]";
    }
    // Summed up below zero: that side is the wider one.
    int64_t part = 0;
    overflows |= __builtin_mul_overflow(number, kUnits[field], &part) ||
                 __builtin_sub_overflow(microseconds, part, &microseconds);
  }
  if (end == DayTimeField::kSecond) {
    const int64_t fraction = TakeFraction(text);
    if (fraction < 0) return Unmatched(input, start, end);
    overflows |= __builtin_sub_overflow(microseconds, fraction, &microseconds);
  }
  if (!text.empty()) return Unmatched(input, start, end);
  if (!fault.empty()) {
    std::map<std::string, std::string> parameters = {{"msg", fault}};
    return base::MakeError(base::ErrorKind::kParse, "_LEGACY_ERROR_TEMP_0063", std::move(fault),
                           std::move(parameters));
  }
  if (overflows) return Overflow();
  if (!negative && __builtin_sub_overflow(int64_t{0}, microseconds, &microseconds)) return Overflow();
  return microseconds;
}

base::Result<int64_t> DayTimeMicroseconds(const CalendarIntervalValue& interval) {
  int64_t days = 0;
  int64_t total = 0;
  if (__builtin_mul_overflow(static_cast<int64_t>(interval.days), kMicrosecondsPerDay, &days) ||
      __builtin_add_overflow(days, interval.microseconds, &total)) {
    return Overflow();
  }
  return total;
}

}  // namespace hearth::plan
