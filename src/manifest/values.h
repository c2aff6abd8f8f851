// What one value may be: checks and canonical forms for each type and constraint of the table of fields.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "manifest/fields.h"

namespace hearth::manifest {

// A constraint on text, by the name that fields.tsv uses.
struct TextPattern {
  const char* name;
  const char* regex;    // ECMAScript, as the JSON Schema carries it too
  size_t longest;       // bytes
  const char* meaning;  // "a name of letters, digits, …"
};
// None when the table's constraint names none.
const TextPattern* FindPattern(std::string_view name);
bool Matches(const TextPattern& pattern, std::string_view text);

// Lowest and highest, in the unit of the type (MiB, seconds); none: no bound.
struct Bounds {
  std::optional<int64_t> lowest;
  std::optional<int64_t> highest;
};
Bounds BoundsOf(const Field& field);

// The canonical text of a value ("4096m" -> "4g", "90" -> "1m30s"), or what was expected instead.
struct CheckedValue {
  std::optional<std::string> canonical;
  std::string expected;
};
CheckedValue CheckValue(const Field& field, const std::string& text);

// A truth value that stands for a word of a choice: other systems have `catchup: true`, and YAML 1.1 reads
// `off` as false.
struct SameWord {
  bool truth;
  const char* word;
};
std::span<const SameWord> SameWords();

// "90", "90s", "5m", "1h30m", "7d": seconds. None when the text is no duration.
std::optional<int64_t> ParseSeconds(std::string_view text);
// 5400 -> "1h30m"
std::string DurationText(int64_t seconds);

// Whether a key of settings, variables or options names something that must not be written down, and the
// value is a literal (not a reference such as ${env:NAME}); or the value is an address with a password in it.
bool LooksLikeSecret(std::string_view key, std::string_view value);

}  // namespace hearth::manifest
