// Why an attempt failed, and whether and how the next one may differ. The classes are rows of failures.tsv,
// what points at them rows of failure_evidence.tsv.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/run.h"

namespace hearth::runner {

struct FailureClass {
  std::string_view name;
  std::string_view fault;    // "user", "resources", "infrastructure", "unknown"
  std::string_view retries;  // most attempts that this class may add to one run
  std::string_view counted;  // "yes": they count against the job's own retry policy
  std::string_view remedy;   // row of remedies.cc; empty: never tried again
  std::string_view advice;
};
std::span<const FailureClass> FailureClasses();
const FailureClass* FindFailureClass(std::string_view name);

// The class of an attempt that has ended without success, with the evidence that decided.
Failure Classify(const Outcome& outcome, StopReason stop_reason);

// Spark's error condition in log lines: the first "[CONDITION]" that Spark's catalogue knows; empty when
// there is none.
std::string FindErrorCondition(std::string_view log);

// What follows a failed attempt.
struct Decision {
  bool retry = false;
  manifest::JobSpec spec;  // of the next attempt
  int64_t delay_seconds = 0;
  std::string text;  // for people: what was decided and why
};

// `attempts`: all of the run, the failed one last, with its failure.
Decision Decide(const std::vector<Attempt>& attempts);

}  // namespace hearth::runner
