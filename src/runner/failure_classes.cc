#include "runner/failure_classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace hearth::runner {
namespace {

constexpr FailureClass kClasses[] = {
#include "runner/failures.inc"
};

struct EvidenceRow {
  std::string_view failure_class;
  std::string_view kind;
  std::string_view pattern;
};
constexpr EvidenceRow kEvidence[] = {
#include "runner/failure_evidence.inc"
};

constexpr size_t kEvidenceLine = 300;

std::string_view StopName(StopReason reason) {
  switch (reason) {
    case StopReason::kNone:
      return "";
    case StopReason::kCancelled:
      return "cancelled";
    case StopReason::kStartLimit:
      return "start-limit";
    case StopReason::kRunLimit:
      return "run-limit";
  }
  return "";
}

bool IsNumber(std::string_view pattern, const std::optional<int32_t>& value) {
  return value && fmt::format("{}", *value) == pattern;
}

// The pieces between '*' follow one another on the line.
bool LineHas(std::string_view line, std::string_view pattern) {
  size_t from = 0;
  while (!pattern.empty()) {
    const size_t star = pattern.find('*');
    const std::string_view piece = pattern.substr(0, star);
    const size_t at = line.find(piece, from);
    if (at == std::string_view::npos) return false;
    from = at + piece.size();
    pattern = star == std::string_view::npos ? std::string_view() : pattern.substr(star + 1);
  }
  return true;
}

// The first line that fits, cut to what a person reads.
std::optional<std::string> FindLine(std::string_view log, std::string_view pattern) {
  while (!log.empty()) {
    const size_t end = log.find('\n');
    const std::string_view line = log.substr(0, end);
    if (LineHas(line, pattern)) return std::string(line.substr(0, kEvidenceLine));
    log = end == std::string_view::npos ? std::string_view() : log.substr(end + 1);
  }
  return std::nullopt;
}

bool ConditionFits(std::string_view condition, std::string_view pattern) {
  if (condition.empty()) return false;
  if (pattern.ends_with('*')) return condition.starts_with(pattern.substr(0, pattern.size() - 1));
  return condition == pattern || condition.starts_with(fmt::format("{}.", pattern));
}

// What about the outcome fits the row, in a sentence; none when nothing does.
std::optional<std::string> Match(const EvidenceRow& row, const Outcome& outcome, StopReason stop_reason) {
  if (row.kind == "stop") {
    if (StopName(stop_reason) != row.pattern) return std::nullopt;
    return fmt::format("the runner ended it: {}", row.pattern);
  }
  if (row.kind == "reason") {
    if (outcome.reason != row.pattern) return std::nullopt;
    return outcome.message.empty() ? fmt::format("reason {}", outcome.reason)
                                   : fmt::format("reason {}: {}", outcome.reason, outcome.message);
  }
  if (row.kind == "condition") {
    if (!ConditionFits(outcome.error_condition, row.pattern)) return std::nullopt;
    return fmt::format("error condition {}", outcome.error_condition);
  }
  if (row.kind == "sqlstate") {
    if (outcome.error_condition.empty()) return std::nullopt;
    const std::string_view state = base::SqlStateOf(outcome.error_condition);
    if (!state.starts_with(row.pattern)) return std::nullopt;
    return fmt::format("error condition {}, SQLSTATE {}", outcome.error_condition, state);
  }
  if (row.kind == "exit" && IsNumber(row.pattern, outcome.exit_code)) {
    return fmt::format("exit code {}", *outcome.exit_code);
  }
  if (row.kind == "signal" && IsNumber(row.pattern, outcome.signal)) {
    return fmt::format("ended by signal {}", *outcome.signal);
  }
  if (row.kind == "log") {
    const auto line = FindLine(outcome.log_tail, row.pattern);
    if (line) return fmt::format("log line: {}", *line);
  }
  return std::nullopt;
}

Failure FailureOf(std::string_view name, std::string evidence) {
  Failure failure;
  const FailureClass* row = FindFailureClass(name);
  failure.failure_class = name;
  failure.evidence = std::move(evidence);
  if (row != nullptr) {
    failure.fault = row->fault;
    failure.advice = row->advice;
  }
  return failure;
}

}  // namespace

std::span<const FailureClass> FailureClasses() { return kClasses; }

const FailureClass* FindFailureClass(std::string_view name) {
  const auto* found = std::ranges::find(kClasses, name, &FailureClass::name);
  return found == std::end(kClasses) ? nullptr : found;
}

Failure Classify(const Outcome& outcome, StopReason stop_reason) {
  for (const EvidenceRow& row : kEvidence) {
    if (auto evidence = Match(row, outcome, stop_reason))
      return FailureOf(row.failure_class, std::move(*evidence));
  }
  if (outcome.exit_code) return FailureOf("unknown", fmt::format("exit code {}", *outcome.exit_code));
  if (outcome.signal) return FailureOf("unknown", fmt::format("ended by signal {}", *outcome.signal));
  return FailureOf("unknown", outcome.message.empty() ? "the backend gave no reason" : outcome.message);
}

std::string FindErrorCondition(std::string_view log) {
  const auto is_part = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  };
  for (size_t open = log.find('['); open != std::string_view::npos; open = log.find('[', open + 1)) {
    size_t end = open + 1;
    while (end < log.size() && is_part(log[end])) ++end;
    if (end == log.size() || log[end] != ']' || end - open < 5) continue;
    const std::string_view condition = log.substr(open + 1, end - open - 1);
    const bool is_known = condition == "INTERNAL_ERROR" || base::SqlStateOf(condition) != "XX000";
    if (is_known) return std::string(condition);
  }
  return "";
}

}  // namespace hearth::runner
