#include "plan/from_sql/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace hearth::plan::from_sql {
namespace {

constexpr std::array<std::string_view, 4> kPrefixes = {"spark", "sparkconf", "hivevar", "hiveconf"};

bool IsSpace(char character) {
  return character == ' ' || character == '\t' || character == '\n' || character == '\v' ||
         character == '\f' || character == '\r';
}

bool IsWord(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '_';
}

// The name behind a prefix that stands for a setting; empty for other prefixes.
std::string_view SettingName(std::string_view reference) {
  const size_t colon = reference.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == reference.size()) return reference;
  const auto prefix = reference.substr(0, colon);
  if (!std::all_of(prefix.begin(), prefix.end(), IsWord)) return reference;
  const bool is_known = std::find(kPrefixes.begin(), kPrefixes.end(), prefix) != kPrefixes.end();
  return is_known ? reference.substr(colon + 1) : std::string_view();
}

class Substitution {
 public:
  explicit Substitution(const SqlOptions& options) : options_(options) {}

  base::Result<std::string> Run(std::string_view text) {
    std::string out;
    size_t copied = 0;
    for (size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at)) {
      const size_t from = at + 2;
      size_t end = from;
      while (end < text.size() && !IsSpace(text[end]) && (text[end] != '}' || end == from)) ++end;
      const bool is_reference = end < text.size() && text[end] == '}';
      const auto name = is_reference ? SettingName(text.substr(from, end - from)) : std::string_view();
      if (name.empty()) {
        at = from;
        continue;
      }
      out.append(text.substr(copied, at - copied));
      HEARTH_ASSIGN(const auto value, ValueOf(std::string(name)));
      out.append(value);
      at = copied = end + 1;
    }
    out.append(text.substr(copied));
    return out;
  }

 private:
  base::Result<std::string> ValueOf(const std::string& name) {
    if (std::find(open_.begin(), open_.end(), name) != open_.end()) {
      return base::MakeError(
          base::ErrorKind::kIllegalArgument, "",
          fmt::format("The value of the variable ${{{}}} names the variable itself.", name));
    }
    open_.push_back(name);
    HEARTH_ASSIGN(const auto written, options_.variable(name));
    HEARTH_ASSIGN(auto value, Run(written));
    open_.pop_back();
    return value;
  }

  const SqlOptions& options_;
  std::vector<std::string> open_;  // names whose values are being read
};

}  // namespace

base::Result<std::string> SubstituteVariables(std::string_view text, const SqlOptions& options) {
  if (!options.variable || text.find("${") == std::string_view::npos) return std::string(text);
  return Substitution(options).Run(text);
}

}  // namespace hearth::plan::from_sql
