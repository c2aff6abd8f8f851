#include "runner/breakers.h"

#include <absl/time/time.h>
#include <fmt/format.h>

#include <algorithm>

namespace hearth::runner {
namespace {

constexpr int64_t kSecond = 1000000;
constexpr int64_t kHour = 3600 * kSecond;
constexpr int64_t kLookPeriod = 2 * kSecond;

std::string TimeText(int64_t at) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", absl::FromUnixMicros(at), absl::UTCTimeZone());
}

}  // namespace

void SpikeBreaker::Refresh(int64_t now) {
  const BreakerPolicy& breakers = policy_.breakers;
  {
    std::lock_guard lock(mutex_);
    if (breakers.spike_runs == 0 || now - looked_at_ < kLookPeriod) return;
    looked_at_ = now;
  }
  auto pauses = store_.Pauses();
  const auto counts = store_.CountFailures(now - breakers.spike_seconds * kSecond);
  if (!pauses.ok() || !counts.ok()) return;
  std::map<std::string, Pause> known;
  for (Pause& pause : *pauses) known[pause.failure_class] = std::move(pause);
  for (const auto& [name, runs] : *counts) {
    if (runs < breakers.spike_runs || known[name].until > now) continue;
    const int64_t until = now + breakers.pause_seconds * kSecond;
    known[name] = {name, until,
                   fmt::format("retries after {} are paused until {}: it ended {} runs within {} s", name,
                               TimeText(until), runs, breakers.spike_seconds)};
    (void)store_.SavePause(known[name]);
  }
  std::lock_guard lock(mutex_);
  pauses_ = std::move(known);
}

std::optional<Pause> SpikeBreaker::WhatPauses(const std::string& failure_class, int64_t now) const {
  std::lock_guard lock(mutex_);
  const auto pause = pauses_.find(failure_class);
  if (pause == pauses_.end() || pause->second.until <= now) return std::nullopt;
  return pause->second;
}

base::Result<bool> JobBreaker::Judge(const Definition& definition) {
  if (!definition.suspended.empty()) return true;
  if (policy_.job_runs == 0) return false;
  HEARTH_ASSIGN(const std::vector<RunEnd> ends,
                store_.NewestEnds(definition.environment, definition.team, definition.name,
                                  static_cast<int32_t>(policy_.job_runs)));
  if (ends.size() < static_cast<size_t>(policy_.job_runs)) return false;
  const std::string& failure = ends.front().failure_class;
  const bool are_alike = std::ranges::all_of(ends, [&](const RunEnd& end) {
    // What ran well for an hour is not caught in a loop.
    const bool was_healthy = definition.primitive == Primitive::kContinuous && end.started_at > 0 &&
                             end.ended_at - end.started_at >= kHour;
    return end.failure_class == failure && end.ended_at > definition.resumed_at && !was_healthy;
  });
  if (failure.empty() || !are_alike) return false;
  return definitions_.Suspend(
      definition, clock_.NowMicroseconds(),
      fmt::format("its newest {} runs all ended with {}: {}", ends.size(), failure, ends.front().evidence));
}

base::Status JobBreaker::JudgeAfter(const Run& run) {
  for (const Primitive primitive : {Primitive::kSchedule, Primitive::kContinuous}) {
    HEARTH_ASSIGN(const auto definition, definitions_.Find(primitive, run.environment, run.team, run.name));
    if (definition) HEARTH_RETURN_IF_ERROR(Judge(*definition));
  }
  return {};
}

}  // namespace hearth::runner
