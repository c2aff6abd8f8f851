#include "manifest/values.h"

#include <absl/time/civil_time.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <regex>
#include <vector>

#include "base/time_zone.h"
#include "manifest/cron_text.h"
#include "manifest/job_spec.h"

namespace hearth::manifest {
namespace {

constexpr TextPattern kPatterns[] = {
    {"api-version", "^[a-z0-9.-]+/v1$", 253, "expected GROUP/v1, such as hearth.dev/v1"},
    {"name", "^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$", 100,
     "expected a name of letters, digits, '-', '_' and '.', at most 100"},
    {"dns-label", "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", 63,
     "expected a name of lower-case letters, digits and '-', at most 63"},
    {"identifier", "^[A-Za-z_][A-Za-z0-9_]*$", 100,
     "expected a name for SQL: letters, digits and '_', not starting with a digit"},
    {"parameter", "^[A-Za-z_][A-Za-z0-9_]*$", 100,
     "expected a name of letters, digits and '_', not starting with a digit"},
    {"variable", "^[A-Za-z_][A-Za-z0-9_]*$", 200,
     "expected a name of an environment variable: letters, digits and '_', not starting with a digit"},
    {"setting", "^[A-Za-z0-9_][A-Za-z0-9._-]*$", 300,
     "expected a name of a setting, such as spark.sql.ansi.enabled"},
    {"label", "^[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?$", 253,
     "expected a label of letters, digits, '-', '_', '.' and '/'"},
    {"mail", "^[^@ ]+@[^@ ]+$", 254, "expected a mail address"},
    {"version", "^[0-9]+(\\.[0-9]+){1,3}([.-][A-Za-z0-9.-]+)?$", 60, "expected a version such as \"3.5\""},
    {"image", "^[A-Za-z0-9][A-Za-z0-9._:/@-]*$", 500,
     "expected the name of an image, such as registry/spark:3.5"},
    {"class", "^[A-Za-z_$][A-Za-z0-9_$]*(\\.[A-Za-z_$][A-Za-z0-9_$]*)*$", 300,
     "expected the name of a class, such as org.example.Main"},
    {"coordinate", "^[A-Za-z0-9._-]+:[A-Za-z0-9._-]+:[A-Za-z0-9._-]+$", 300,
     "expected Maven coordinates GROUP:ARTIFACT:VERSION"},
    {"path", "^[^\\n\\r]+$", 4000, "expected a path or an address on one line"},
    {"line", "^[^\\n\\r]+$", 1000, "expected text on one line"},
};

constexpr int64_t kSecond = 1;
struct Unit {
  char letter;
  int64_t seconds;
};
constexpr Unit kUnits[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', kSecond}};
constexpr int64_t kLongestSeconds = int64_t{100} * 366 * 86400;

std::optional<int64_t> ParseInteger(std::string_view text) {
  int64_t number = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// A bound of fields.tsv in the unit of its type.
std::optional<int64_t> ParseBound(FieldType type, std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (type == FieldType::kMemory) return ParseMemoryMib(text);
  if (type == FieldType::kDuration) return ParseSeconds(text);
  return ParseInteger(text);
}

std::string Written(FieldType type, int64_t number) {
  if (type == FieldType::kMemory) return MemoryText(number);
  if (type == FieldType::kDuration) return DurationText(number);
  return std::to_string(number);
}

CheckedValue CheckNumber(const Field& field, const std::string& text) {
  struct Words {
    FieldType type;
    const char* expected;
  };
  static constexpr Words kWords[] = {
      {FieldType::kInteger, "a whole number"},
      {FieldType::kMemory, "a memory size such as 4g or 512m"},
      {FieldType::kDuration, "a time such as 90s, 5m or 2h"},
  };
  std::string expected;
  for (const Words& words : kWords)
    if (words.type == field.type) expected = words.expected;
  const Bounds bounds = BoundsOf(field);
  if (bounds.lowest && bounds.highest)
    expected += fmt::format(" from {} to {}", Written(field.type, *bounds.lowest),
                            Written(field.type, *bounds.highest));
  const std::optional<int64_t> number = ParseBound(field.type, text);
  if (!number || (bounds.lowest && *number < *bounds.lowest) || (bounds.highest && *number > *bounds.highest))
    return {std::nullopt, "expected " + expected};
  return {Written(field.type, *number), ""};
}

CheckedValue CheckText(const Field& field, const std::string& text) {
  const TextPattern* pattern = FindPattern(field.constraint);
  if (pattern != nullptr && !Matches(*pattern, text)) return {std::nullopt, pattern->meaning};
  if (text.empty() && field.type != FieldType::kTexts) return {std::nullopt, "expected text"};
  return {text, ""};
}

CheckedValue CheckChoice(const Field& field, const std::string& text) {
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return std::tolower(letter); });
  const std::vector<std::string> words = field.Words();
  for (const std::string& word : words) {
    std::string folded = word;
    std::transform(folded.begin(), folded.end(), folded.begin(),
                   [](unsigned char letter) { return std::tolower(letter); });
    if (folded == lower) return {word, ""};
  }
  for (const SameWord& same : SameWords())
    if (lower == (same.truth ? "true" : "false") &&
        std::find(words.begin(), words.end(), same.word) != words.end())
      return {same.word, ""};
  return {std::nullopt,
          fmt::format("expected {}{}", words.size() > 1 ? "one of " : "", fmt::join(words, ", "))};
}

CheckedValue CheckDate(const std::string& text) {
  absl::CivilDay day;
  const bool shaped =
      text.size() == 10 && text[4] == '-' && text[7] == '-' &&
      std::count_if(text.begin(), text.end(), [](unsigned char letter) { return std::isdigit(letter); }) == 8;
  // Parsing alone would take 2026-02-30 for a day in March.
  if (!shaped || !absl::ParseCivilTime(text, &day) || absl::FormatCivilTime(day) != text)
    return {std::nullopt, "expected a day such as 2026-01-31"};
  return {text, ""};
}

// The words of "fs.s3a.secretKey" or "API_TOKEN", in lower case.
std::vector<std::string> Words(std::string_view key) {
  std::vector<std::string> words(1);
  bool lower_before = false;
  for (const char letter : key) {
    const auto byte = static_cast<unsigned char>(letter);
    if (!std::isalnum(byte)) {
      words.emplace_back();
      lower_before = false;
      continue;
    }
    if (std::isupper(byte) && lower_before) words.emplace_back();
    lower_before = std::islower(byte);
    words.back().push_back(static_cast<char>(std::tolower(byte)));
  }
  std::erase(words, "");
  return words;
}

}  // namespace

std::span<const SameWord> SameWords() {
  static constexpr SameWord kSame[] = {{true, "all"}, {false, "none"}, {false, "off"}};
  return kSame;
}

const TextPattern* FindPattern(std::string_view name) {
  for (const TextPattern& pattern : kPatterns)
    if (name == pattern.name) return &pattern;
  return nullptr;
}

bool Matches(const TextPattern& pattern, std::string_view text) {
  if (text.empty() || text.size() > pattern.longest) return false;
  // Plain text on one line needs no expression; long paths would make it slow.
  if (std::string_view(pattern.regex) == "^[^\\n\\r]+$")
    return text.find_first_of("\n\r") == std::string_view::npos;
  static const std::vector<std::regex> kCompiled = [] {
    std::vector<std::regex> compiled;
    for (const TextPattern& row : kPatterns)
      compiled.emplace_back(row.regex, std::regex::ECMAScript | std::regex::optimize);
    return compiled;
  }();
  return std::regex_match(text.begin(), text.end(), kCompiled[static_cast<size_t>(&pattern - kPatterns)]);
}

Bounds BoundsOf(const Field& field) {
  const size_t dots = field.constraint.find("..");
  if (dots == std::string::npos) return {};
  const std::string_view text = field.constraint;
  return {ParseBound(field.type, text.substr(0, dots)), ParseBound(field.type, text.substr(dots + 2))};
}

CheckedValue CheckValue(const Field& field, const std::string& text) {
  switch (field.type) {
    case FieldType::kInteger:
    case FieldType::kMemory:
    case FieldType::kDuration:
      return CheckNumber(field, text);
    case FieldType::kBoolean:
      if (text == "true" || text == "True" || text == "TRUE") return {"true", ""};
      if (text == "false" || text == "False" || text == "FALSE") return {"false", ""};
      return {std::nullopt, "expected true or false"};
    case FieldType::kChoice:
      return CheckChoice(field, text);
    case FieldType::kDate:
      return CheckDate(text);
    case FieldType::kCron:
      if (IsCronText(text)) return {text, ""};
      return {std::nullopt, "expected five fields of cron (minute hour day month weekday) or @daily"};
    case FieldType::kTimeZone:
      if (base::FindTimeZone(text)) return {text, ""};
      return {std::nullopt, "expected a time zone such as UTC or Europe/Berlin"};
    default:
      return CheckText(field, text);
  }
}

std::optional<int64_t> ParseSeconds(std::string_view text) {
  int64_t total = 0;
  int64_t smallest = kLongestSeconds;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || digits > 10) return std::nullopt;
    const int64_t number = ParseInteger(text.substr(0, digits)).value_or(0);
    text.remove_prefix(digits);
    int64_t seconds = 0;
    if (text.empty()) {
      if (smallest != kLongestSeconds) return std::nullopt;  // "1h30"
      seconds = kSecond;
    } else {
      const auto* unit = std::find_if(std::begin(kUnits), std::end(kUnits),
                                      [&](const Unit& row) { return row.letter == text.front(); });
      if (unit == std::end(kUnits) || unit->seconds >= smallest) return std::nullopt;
      seconds = unit->seconds;
      text.remove_prefix(1);
    }
    smallest = seconds;
    total += number * seconds;
    if (total > kLongestSeconds) return std::nullopt;
  }
  return total;
}

std::string DurationText(int64_t seconds) {
  if (seconds == 0) return "0s";
  std::string text;
  for (const Unit& unit : kUnits) {
    if (seconds >= unit.seconds) text += std::to_string(seconds / unit.seconds) + unit.letter;
    seconds %= unit.seconds;
  }
  return text;
}

bool LooksLikeSecret(std::string_view key, std::string_view value) {
  static constexpr std::array<std::string_view, 8> kLast = {
      "password", "passwd", "pwd", "passphrase", "secret", "token", "credential", "credentials"};
  static constexpr std::array<std::string_view, 5> kBeforeKey = {"access", "secret", "api", "private",
                                                                 "account"};
  static constexpr std::array<std::string_view, 4> kJoined = {"accesskey", "secretkey", "apikey",
                                                              "privatekey"};
  const bool reference =
      value.starts_with('$') && value.size() > 2 &&
      ((value[1] == '{' && value.back() == '}') || (value[1] == '(' && value.back() == ')'));
  if (value.empty() || value == "true" || value == "false" || reference) return false;
  // scheme://user:password@host
  if (const size_t scheme = value.find("://"); scheme != std::string_view::npos) {
    const std::string_view authority = value.substr(scheme + 3, value.find('/', scheme + 3) - scheme - 3);
    const size_t at = authority.rfind('@');
    if (at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos)
      return true;
  }
  const std::vector<std::string> words = Words(key);
  if (words.empty()) return false;
  // Spark's own way of naming a secret of Kubernetes.
  if (key.find(".secretKeyRef.") != std::string_view::npos || key.find(".secrets.") != std::string_view::npos)
    return false;
  const auto in = [](const auto& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
  };
  if (in(kLast, words.back())) return true;
  for (size_t index = 0; index < words.size(); ++index) {
    if (in(kJoined, words[index])) return true;
    if (index > 0 && words[index] == "key" && in(kBeforeKey, words[index - 1])) return true;
  }
  return false;
}

}  // namespace hearth::manifest
