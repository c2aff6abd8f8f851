#include "runner/run.h"

#include <algorithm>

namespace hearth::runner {
namespace {

using enum RunState;

constexpr std::array<std::string_view, kRunStates> kNames = {
    "ACCEPTED",   "QUEUED",    "SUBMITTED", "STARTING",  "RUNNING",   "RETRYING",
    "CANCELLING", "SUCCEEDED", "FAILED",    "CANCELLED", "TIMED_OUT", "LOST"};

constexpr uint32_t Bits(std::initializer_list<RunState> states) {
  uint32_t bits = 0;
  for (const RunState state : states) bits |= 1u << static_cast<uint32_t>(state);
  return bits;
}

constexpr uint32_t kFinals = Bits({kSucceeded, kFailed, kCancelled, kTimedOut, kLost});

// What may follow each state, in the order of the states.
constexpr std::array<uint32_t, kRunStates> kFollowers = {
    /* accepted */ Bits({kQueued, kSubmitted, kFailed, kCancelled, kTimedOut}),
    /* queued */ Bits({kSubmitted, kFailed, kCancelled, kTimedOut}),
    /* submitted */ Bits({kQueued, kStarting, kRunning, kRetrying, kCancelling}) | kFinals,
    /* starting */ Bits({kRunning, kRetrying, kCancelling}) | kFinals,
    /* running */ Bits({kRetrying, kCancelling}) | kFinals,
    /* retrying */ Bits({kQueued, kSubmitted, kFailed, kCancelled, kTimedOut}),
    // What ended before it could be cancelled ended as it did.
    /* cancelling */ kFinals, 0, 0, 0, 0, 0};

}  // namespace

bool IsFinal(RunState state) { return (kFinals >> static_cast<uint32_t>(state) & 1) != 0; }

bool IsWaiting(RunState state) { return state == kAccepted || state == kQueued || state == kRetrying; }

std::string_view StateName(RunState state) { return kNames[static_cast<size_t>(state)]; }

std::optional<RunState> StateOf(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<RunState>(found - kNames.begin());
}

int64_t SlaEnd(const Run& run) {
  constexpr int64_t kSecond = 1000000;
  return run.created_at + run.spec.alerting.sla_seconds.value_or(0) * kSecond;
}

bool MayFollow(RunState from, RunState to) {
  return (kFollowers[static_cast<size_t>(from)] >> static_cast<uint32_t>(to) & 1) != 0;
}

}  // namespace hearth::runner
