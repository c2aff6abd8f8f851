#include "contract/client_versions.h"

#include <charconv>
#include <iterator>

namespace hearth::contract {
namespace {

// One row per minor version, oldest first.
constexpr ClientTraits kClients[] = {
    {.since = {3, 5, 0}},
    {.since = {4, 0, 0}, .sends_subqueries = true},
    {.since = {4, 1, 0},
     .clones_sessions = true,
     .compresses_plans = true,
     .chunks_results = true,
     .sends_subqueries = true},
    {.since = {4, 2, 0},
     .clones_sessions = true,
     .compresses_plans = true,
     .chunks_results = true,
     .asks_status = true,
     .sends_subqueries = true},
    {.since = {4, 3, 0},
     .clones_sessions = true,
     .compresses_plans = true,
     .chunks_results = true,
     .asks_status = true,
     .sends_subqueries = true,
     .sends_nanosecond_timestamps = true},
};

// Reads one number and, when a dot and a digit follow, steps over the dot.
std::optional<int> TakeNumber(std::string_view& text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (text.starts_with('.')) text.remove_prefix(1);
  return value;
}

}  // namespace

std::optional<SparkVersion> ParseClientVersion(std::string_view client_type) {
  constexpr std::string_view kMarker = "spark/";
  size_t at = client_type.find(kMarker);
  while (at != std::string_view::npos && at != 0 && client_type[at - 1] != ' ') {
    at = client_type.find(kMarker, at + 1);
  }
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view text = client_type.substr(at + kMarker.size());
  const auto major = TakeNumber(text);
  if (!major) return std::nullopt;
  const auto minor = TakeNumber(text);
  if (!minor) return std::nullopt;
  return SparkVersion{*major, *minor, TakeNumber(text).value_or(0)};
}

const ClientTraits& TraitsOf(SparkVersion version) {
  const ClientTraits* best = std::begin(kClients);
  for (const ClientTraits& row : kClients) {
    if (row.since <= version) best = &row;
  }
  return *best;
}

const ClientTraits& TraitsOf(std::string_view client_type) {
  if (const auto version = ParseClientVersion(client_type)) return TraitsOf(*version);
  return *std::prev(std::end(kClients));
}

}  // namespace hearth::contract
