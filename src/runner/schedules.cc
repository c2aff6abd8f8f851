#include "runner/schedules.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/time_zone.h"
#include "runner/cron.h"

namespace hearth::runner {
namespace {

constexpr int64_t kSecond = 1000000;
constexpr int64_t kHour = 3600 * kSecond;
constexpr int32_t kAtOnce = 200;
// Later than this a due time counts as missed.
constexpr int64_t kPunctual = 60 * kSecond;
constexpr int64_t kLook = 2 * kSecond;
constexpr int64_t kShortestPause = 10 * kSecond;
constexpr int64_t kLongestPause = 600 * kSecond;
// A definition that cannot be carried out is tried again after this.
constexpr int64_t kTrouble = 60 * kSecond;
constexpr int64_t kNever = INT64_MAX;
constexpr const char* kContinuousPrefix = "continuous:";

std::string KeyOf(const char* kind, const Definition& definition, const std::string& rest) {
  return fmt::format("{}:{}:{}:{}", kind, definition.environment, definition.name, rest);
}

// The schedule's fields as a schedule; its content is the part of a manifest that they are.
struct ReadSchedule {
  Cron cron;
  absl::TimeZone zone;
  std::string zone_name;
  std::string catch_up;
  std::string overlap;
  int64_t start = 0;
  int64_t end = kNever;
};

std::optional<int64_t> DayStart(const std::string& date, const absl::TimeZone& zone) {
  absl::CivilDay day;
  if (date.empty() || !absl::ParseCivilTime(date, &day)) return std::nullopt;
  return absl::ToUnixMicros(absl::FromCivil(day, zone));
}

base::Result<ReadSchedule> ReadScheduleOf(const manifest::Schedule& schedule) {
  HEARTH_ASSIGN(Cron cron, Cron::Parse(schedule.cron));
  const auto zone = base::FindTimeZone(schedule.time_zone.empty() ? "UTC" : schedule.time_zone);
  if (!zone) return base::InternalError("a kept schedule names no time zone: " + schedule.time_zone);
  ReadSchedule read{std::move(cron), *zone, schedule.time_zone, schedule.catch_up, schedule.overlap};
  read.start = DayStart(schedule.start_date, *zone).value_or(0);
  if (const auto last_day = DayStart(schedule.end_date, *zone)) read.end = *last_day + 24 * kHour;
  return read;
}

int64_t NextDue(const ReadSchedule& schedule, int64_t after) {
  const auto next = schedule.cron.Next(std::max(after, schedule.start - 1), schedule.zone);
  return next && *next < schedule.end ? *next : kNever;
}

std::string Instant(int64_t at, const absl::TimeZone& zone) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%S%Ez", absl::FromUnixMicros(at), zone);
}

}  // namespace

void ScheduleKeeper::Tick() {
  const int64_t now = clock_.NowMicroseconds();
  const auto due = definitions_.Due(now, kAtOnce);
  if (!due.ok()) return;
  for (const Definition& definition : *due) {
    const base::Status status =
        definition.primitive == Primitive::kSchedule ? KeepSchedule(definition) : KeepContinuous(definition);
    if (status.ok()) continue;
    // The store being away is no reason to wait long; anything else will not mend itself at once.
    const bool is_passing = status.error()->kind == base::ErrorKind::kUnavailable;
    Definition later = definition;
    later.next_at = now + (is_passing ? kLook : kTrouble);
    if (definition.primitive == Primitive::kContinuous) (void)definitions_.SaveProgress(later);
  }
  (void)EndUndeclared();
}

base::Result<std::optional<Definition>> ScheduleKeeper::JobOf(const Definition& definition) {
  return definitions_.Find(Primitive::kJob, definition.environment, definition.team, definition.name);
}

base::Result<std::optional<Run>> ScheduleKeeper::LiveRun(const Definition& definition) {
  if (definition.run_id.empty()) return std::optional<Run>();
  HEARTH_ASSIGN(auto run, store_.Find(RunId(definition.run_id)));
  if (run && IsFinal(run->state)) run.reset();
  return run;
}

base::Result<Run> ScheduleKeeper::Submit(const Definition& job, const std::string& key, int64_t date,
                                         const std::string& zone_name) {
  const manifest::ManifestFile file = manifest::ReadManifests(job.document, job.name);
  if (!file.errors.empty() || file.documents.size() != 1) return manifest::ToError(file.errors);
  const auto zone = base::FindTimeZone(zone_name.empty() ? "UTC" : zone_name);
  manifest::Target target;
  target.environment = job.environment;
  target.names.date = Instant(date, zone.value_or(absl::UTCTimeZone()));
  target.platform = platform_;
  auto spec = manifest::ResolveJob(file.documents[0], target);
  if (!spec) return manifest::ToError(spec.error());
  SubmitRequest request;
  request.spec = std::move(*spec);
  request.idempotency_key = key;
  request.fingerprint = key;
  HEARTH_ASSIGN(SubmitAnswer answer, runner_.Submit({job.applied_by, job.team}, std::move(request)));
  return std::move(answer.run);
}

base::Status ScheduleKeeper::KeepSchedule(Definition definition) {
  const int64_t now = clock_.NowMicroseconds();
  HEARTH_ASSIGN(const auto job, JobOf(definition));
  if (!job) return {};
  const manifest::ManifestFile file = manifest::ReadManifests(job->document, job->name);
  if (file.documents.size() != 1) return base::InternalError("a kept manifest cannot be read");
  manifest::Target target;
  target.environment = definition.environment;
  const auto resolved = manifest::Resolve(file.documents[0], target);
  if (!resolved) return manifest::ToError(resolved.error());
  const auto declared = manifest::ScheduleOf(*resolved);
  if (!declared) return {};
  HEARTH_ASSIGN(const ReadSchedule schedule, ReadScheduleOf(*declared));
  if (definition.next_at == 0) {
    // All that was missed since its first day only when that is asked for.
    const bool is_from_start = schedule.catch_up == "all" && schedule.start > 0 && definition.runs == 0;
    definition.next_at = NextDue(schedule, is_from_start ? schedule.start - 1 : now);
    HEARTH_RETURN_IF_ERROR(definitions_.SaveProgress(definition));
    return {};
  }
  int64_t due = definition.next_at;
  if (now - due > kPunctual && schedule.catch_up != "all") {
    int64_t last = due;
    for (int64_t next = NextDue(schedule, last); next <= now; next = NextDue(schedule, next)) last = next;
    // The newest one may still be punctual.
    const bool is_dropped = schedule.catch_up != "last" && now - last > kPunctual;
    due = last;
    if (is_dropped) {
      definition.next_at = NextDue(schedule, now);
      HEARTH_RETURN_IF_ERROR(definitions_.SaveProgress(definition));
      return {};
    }
  }
  HEARTH_ASSIGN(auto live, LiveRun(definition));
  if (live && schedule.overlap == "replace") {
    HEARTH_RETURN_IF_ERROR(runner_.Cancel({definition.applied_by, definition.team}, live->id,
                                          "the next scheduled run replaces it"));
  }
  // Waits for the old one's end; comes up again at the next tick.
  if (live && (schedule.overlap == "queue" || schedule.overlap == "replace")) return {};
  HEARTH_ASSIGN(const bool is_suspended, breaker_.Judge(definition));
  if (is_suspended) return {};
  if (!live || schedule.overlap == "allow") {
    HEARTH_ASSIGN(const Run run,
                  Submit(*job, KeyOf("schedule", definition, Instant(due, absl::UTCTimeZone())), due,
                         schedule.zone_name));
    definition.run_id = run.id.text();
    ++definition.runs;
  }
  definition.next_at = NextDue(schedule, due);
  HEARTH_RETURN_IF_ERROR(definitions_.SaveProgress(definition));
  return {};
}

base::Status ScheduleKeeper::KeepContinuous(Definition definition) {
  const int64_t now = clock_.NowMicroseconds();
  HEARTH_ASSIGN(const auto job, JobOf(definition));
  if (!job) return {};
  // A run that was submitted just before a crash is found by its key.
  HEARTH_ASSIGN(const std::vector<Run> live,
                store_.LiveWithKey(
                    fmt::format("{}{}:{}:", kContinuousPrefix, definition.environment, definition.name)));
  const auto own = std::ranges::find(live, definition.team, &Run::team);
  if (own != live.end()) {
    const std::string revision = KeyOf("continuous", definition, fmt::format("{}:", job->revision));
    if (!own->idempotency_key.starts_with(revision) && own->state != RunState::kCancelling) {
      HEARTH_RETURN_IF_ERROR(
          runner_.Cancel({definition.applied_by, definition.team}, own->id, "its manifest changed"));
    }
    definition.run_id = own->id.text();
    definition.next_at = now + kLook;
    HEARTH_RETURN_IF_ERROR(definitions_.SaveProgress(definition));
    return {};
  }
  if (!definition.run_id.empty()) {
    HEARTH_ASSIGN(const auto last, store_.Find(RunId(definition.run_id)));
    const bool is_asked_for =
        last && last->state == RunState::kCancelled && definition.deployed != job->revision;
    if (last && !is_asked_for) {
      const bool was_healthy = last->started_at > 0 && last->ended_at - last->started_at >= kHour;
      const int64_t failures = was_healthy ? 0 : definition.failures;
      const int64_t pause = std::min(kShortestPause << std::min<int64_t>(failures, 10), kLongestPause);
      if (now < last->ended_at + pause) {
        definition.next_at = last->ended_at + pause;
        HEARTH_RETURN_IF_ERROR(definitions_.SaveProgress(definition));
        return {};
      }
      definition.failures = failures + 1;
    } else {
      definition.failures = 0;
    }
  }
  HEARTH_ASSIGN(const bool is_suspended, breaker_.Judge(definition));
  if (is_suspended) return {};
  const std::string key =
      KeyOf("continuous", definition, fmt::format("{}:{}", job->revision, definition.runs + 1));
  HEARTH_ASSIGN(const Run run, Submit(*job, key, now, "UTC"));
  definition.run_id = run.id.text();
  definition.deployed = job->revision;
  ++definition.runs;
  definition.next_at = now + kLook;
  HEARTH_RETURN_IF_ERROR(definitions_.SaveProgress(definition));
  return {};
}

// A continuous job that is no longer declared ends.
base::Status ScheduleKeeper::EndUndeclared() {
  HEARTH_ASSIGN(const std::vector<Run> live, store_.LiveWithKey(kContinuousPrefix));
  for (const Run& run : live) {
    if (run.state == RunState::kCancelling) continue;
    HEARTH_ASSIGN(const auto definition,
                  definitions_.Find(Primitive::kContinuous, run.environment, run.team, run.name));
    if (definition) continue;
    HEARTH_RETURN_IF_ERROR(runner_.Cancel({run.user, run.team}, run.id, "its manifest was deleted"));
  }
  return {};
}

}  // namespace hearth::runner
