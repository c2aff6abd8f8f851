#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "runner/failure_classes.h"
#include "runner/remedies.h"

namespace hearth::runner {
namespace {

// However often a job asks to be tried again.
constexpr size_t kMostAttempts = 20;
constexpr int64_t kLongestDelaySeconds = 600;

int ToInt(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Decision Stop(std::string text) {
  Decision decision;
  decision.text = std::move(text);
  return decision;
}

// Doubles with each attempt that the class has cost so far.
int64_t Delay(const manifest::RetryPolicy& policy, size_t failures) {
  int64_t delay = policy.delay_seconds;
  for (size_t i = 1; i < failures && delay < kLongestDelaySeconds; ++i) delay *= 2;
  return std::min(delay, kLongestDelaySeconds);
}

bool IsCounted(const Attempt& attempt) {
  const FailureClass* row = FindFailureClass(attempt.failure.failure_class);
  return row == nullptr || row->counted == "yes";
}

}  // namespace

Decision Decide(const std::vector<Attempt>& attempts) {
  const Attempt& last = attempts.back();
  const FailureClass* row = FindFailureClass(last.failure.failure_class);
  if (row == nullptr || row->remedy.empty()) {
    return Stop(fmt::format("not tried again: {} is not mended by trying again", last.failure.failure_class));
  }
  const auto of_class = static_cast<size_t>(std::ranges::count(
      attempts, last.failure.failure_class, [](const Attempt& a) { return a.failure.failure_class; }));
  if (of_class > static_cast<size_t>(ToInt(row->retries))) {
    return Stop(fmt::format("not tried again: {} happened {} times, the limit is {} retries", row->name,
                            of_class, row->retries));
  }
  const auto counted = static_cast<int32_t>(std::ranges::count_if(attempts, IsCounted));
  const int32_t allowed = last.spec.retry.maximum_retries;
  if (row->counted == "yes" && counted > allowed) {
    return Stop(fmt::format("not tried again: the job allows {} retries", allowed));
  }
  if (attempts.size() >= kMostAttempts) {
    return Stop(fmt::format("not tried again: {} attempts are the most that one run gets", kMostAttempts));
  }
  Decision decision;
  decision.spec = last.spec;
  const auto change = ApplyRemedy(row->remedy, &decision.spec);
  if (!change) {
    return Stop(fmt::format("not tried again: {} has no further step ({})", row->remedy, row->name));
  }
  decision.retry = true;
  decision.delay_seconds = Delay(last.spec.retry, of_class);
  decision.text = fmt::format("try again in {} s {}", decision.delay_seconds,
                              change->empty() ? std::string("unchanged") : "with " + *change);
  return decision;
}

}  // namespace hearth::runner
