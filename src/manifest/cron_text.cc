#include "manifest/cron_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <span>
#include <string>

namespace hearth::manifest {
namespace {

constexpr std::string_view kWords[] = {"@hourly",  "@daily",  "@midnight", "@weekly",
                                       "@monthly", "@yearly", "@annually"};
constexpr std::string_view kMonths[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::string_view kDays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct CronField {
  int lowest;
  int highest;
  std::span<const std::string_view> names;  // the first stands for `first_name`
  int first_name;
};
const CronField kFields[] = {
    {0, 59, {}, 0}, {0, 23, {}, 0}, {1, 31, {}, 0}, {1, 12, kMonths, 1}, {0, 7, kDays, 0},
};

std::optional<int> Number(std::string_view text, const CronField& field) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return std::tolower(letter); });
  for (size_t index = 0; index < field.names.size(); ++index)
    if (lower == field.names[index]) return field.first_name + static_cast<int>(index);
  if (lower.empty() || lower.size() > 2 || lower.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  const int number = std::stoi(lower);
  return number < field.lowest || number > field.highest ? std::nullopt : std::optional<int>(number);
}

// "*", "5", "1-5", each with "/2" behind it.
bool IsPart(std::string_view part, const CronField& field) {
  if (const size_t slash = part.find('/'); slash != std::string_view::npos) {
    const std::string_view step = part.substr(slash + 1);
    if (step.empty() || step.size() > 2 || step.find_first_not_of("0123456789") != std::string_view::npos)
      return false;
    const int number = std::stoi(std::string(step));
    if (number < 1 || number > field.highest) return false;
    part = part.substr(0, slash);
  }
  if (part == "*") return true;
  const size_t dash = part.find('-');
  const std::optional<int> first = Number(part.substr(0, dash), field);
  if (dash == std::string_view::npos) return first.has_value();
  const std::optional<int> last = Number(part.substr(dash + 1), field);
  return first && last && *first <= *last;
}

bool IsField(std::string_view text, const CronField& field) {
  while (true) {
    const size_t comma = text.find(',');
    if (!IsPart(text.substr(0, comma), field)) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

bool IsCronText(std::string_view text) {
  if (std::find(std::begin(kWords), std::end(kWords), text) != std::end(kWords)) return true;
  for (const CronField& field : kFields) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const size_t end = std::min(text.find(' '), text.size());
    if (end == 0 || !IsField(text.substr(0, end), field)) return false;
    text.remove_prefix(end);
  }
  return text.find_first_not_of(' ') == std::string_view::npos;
}

}  // namespace hearth::manifest
