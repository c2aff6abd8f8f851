#include "base/result.h"

#include <algorithm>
#include <iterator>

namespace hearth::base {
namespace {

struct ConditionState {
  std::string_view condition;
  std::string_view sql_state;
};

// Sorted by condition; generated from error_conditions.tsv.
constexpr ConditionState kConditionStates[] = {
#include "base/error_conditions.inc"
};

}  // namespace

std::string_view SqlStateOf(std::string_view condition) {
  const auto* row = std::lower_bound(
      std::begin(kConditionStates), std::end(kConditionStates), condition,
      [](const ConditionState& entry, std::string_view key) { return entry.condition < key; });
  if (row != std::end(kConditionStates) && row->condition == condition) return row->sql_state;
  if (const auto dot = condition.find('.'); dot != std::string_view::npos)
    return SqlStateOf(condition.substr(0, dot));
  return "XX000";
}

Error MakeError(ErrorKind kind, std::string condition, std::string message,
                std::map<std::string, std::string> parameters) {
  Error error;
  error.kind = kind;
  error.sql_state = SqlStateOf(condition);
  error.condition = std::move(condition);
  error.message = std::move(message);
  error.parameters = std::move(parameters);
  return error;
}

Error NotImplemented(std::string_view thing) {
  Error error;
  error.kind = ErrorKind::kUnsupported;
  error.condition = kNotImplementedCondition;
  error.sql_state = SqlStateOf(error.condition);
  error.message = "Hearth does not implement " + std::string(thing) + " yet.";
  error.parameters = {{"feature", std::string(thing)}};
  return error;
}

Error InternalError(std::string message) {
  std::map<std::string, std::string> parameters = {{"message", message}};
  return MakeError(ErrorKind::kInternal, "INTERNAL_ERROR", std::move(message), std::move(parameters));
}

}  // namespace hearth::base
