#include "runner/backends/kubernetes/kubernetes_backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runner/backends/kubernetes/application.h"
#include "runner/backends/kubernetes/cluster.h"
#include "runner/backends/kubernetes/event_folder.h"
#include "runner/backends/kubernetes/names.h"
#include "runner/backends/kubernetes/observation.h"
#include "runner/backends/kubernetes/removals.h"

namespace hearth::runner::kubernetes {
namespace {

using base::ErrorKind;
using Clock = std::chrono::steady_clock;

constexpr auto kLongestPlacement = std::chrono::seconds(10);  // counts no more: its creation did not come

base::Error Refusal(ErrorKind kind, const std::string& message) {
  return base::MakeError(kind, "KUBERNETES_REFUSED", message);
}

class KubernetesBackend final : public Backend {
 public:
  explicit KubernetesBackend(Settings settings) : instance_(settings.instance) {
    for (ClusterSettings& own : settings.clusters) {
      const std::string name = own.name;
      Site& place = places_[name];
      // The listener may be called while the cluster is still being made: it names it and does no more.
      place.cluster = std::make_unique<Cluster>(
          settings, std::move(own),
          [this, name](const std::string& attempt, const std::string& token, AttemptCache::Change change) {
            Changed(name, attempt, token, change);
          });
    }
    {
      std::lock_guard lock(mutex_);
      made_ = true;
    }
    wake_.notify_all();
    worker_ = std::thread([this] { Work(); });
  }

  ~KubernetesBackend() override {
    {
      std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    worker_.join();
    for (auto& [name, place] : places_) place.cluster->AskToStop();
    places_.clear();  // joins the watches, which call the listener
  }

  std::string_view name() const override { return "kubernetes"; }

  void SetListener(Listener listener) override {
    std::lock_guard lock(mutex_);
    listener_ = std::move(listener);
  }

  bool Reaches(const std::string& cluster) const override { return places_.contains(cluster); }
  base::Result<std::string> Place(const manifest::JobSpec& spec) override;
  base::Result<Observation> Create(const Attempt& attempt) override;
  base::Result<Observation> Observe(const AttemptReference& reference) override;
  base::Status Stop(const AttemptReference& reference, StopUrgency urgency) override;
  base::Result<LogPage> ReadLog(const AttemptReference& reference, int64_t offset, int64_t limit) override;
  base::Status Remove(const AttemptReference& reference) override;

 private:
  // A job given to a cluster whose watch has not told of its application yet.
  struct Placement {
    Clock::time_point at;
    std::string attempt;  // its label; empty until its creation is asked for
  };
  struct Site {
    std::unique_ptr<Cluster> cluster;
    std::deque<Placement> placements;  // oldest first
  };
  struct Task {
    enum class Kind { kKeepLog, kRemoveLate } kind;
    std::string cluster;
    std::string attempt;
    std::string token;
  };

  base::Result<Cluster*> ClusterOf(const std::string& name);
  // Applications there and on their way there. With the lock held.
  static int64_t Load(Site& site);
  void NamePlacement(const Attempt& attempt);
  void DropPlacement(const Attempt& attempt);
  base::Result<Observation> Asked(Cluster& cluster, const Attempt& attempt, bool with_events);
  base::Result<Observation> Look(Cluster& cluster, const AttemptReference& reference);
  base::Result<Observation> Settle(Cluster& cluster, const Attempt& attempt, const std::string& path,
                                   const ApiError& error);
  base::Result<Observation> Seen(Cluster& cluster, const ApplicationView& view);
  void KeepLog(Cluster& cluster, const std::string& attempt);
  base::Status Delete(Cluster& cluster, const ApplicationView& view, bool hold);

  void Changed(const std::string& cluster, const std::string& attempt, const std::string& token,
               AttemptCache::Change change);
  void Work();

  const std::string instance_;
  std::unordered_map<std::string, Site> places_;  // never changed after construction, but for `placements`
  Removals removals_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool made_ = false;
  bool stop_ = false;
  Listener listener_;
  std::deque<Task> tasks_;
  std::thread worker_;
};

base::Result<Cluster*> KubernetesBackend::ClusterOf(const std::string& name) {
  const auto found = places_.find(name);
  if (found != places_.end()) return found->second.cluster.get();
  // Not absent: it may come back into the configuration, and what runs there runs on.
  return Refusal(ErrorKind::kUnavailable, fmt::format("there is no cluster '{}' in the configuration", name));
}

base::Result<std::string> KubernetesBackend::Place(const manifest::JobSpec& spec) {
  struct Candidate {
    double load;
    std::string name;
    Site* site;
  };
  std::vector<Site*> well;
  std::vector<Candidate> candidates;
  std::vector<std::string> reasons;
  bool any_serves = false;
  bool any_full = false;
  std::optional<base::Error> refused;
  if (!spec.cluster.empty() && !places_.contains(spec.cluster)) {
    return Refusal(ErrorKind::kIllegalArgument, fmt::format("there is no cluster '{}'", spec.cluster));
  }
  for (auto& [name, place] : places_) {
    const ClusterSettings& settings = place.cluster->settings();
    if (!spec.cluster.empty() && spec.cluster != name) continue;
    if (!settings.environments.empty() && !settings.environments.contains(spec.environment)) continue;
    any_serves = true;
    // Found out now, where the runner can still choose another one, and not at Create.
    Attempt trial;
    trial.token = "trial";
    trial.spec = spec;
    if (auto whole = ApplicationOf(place.cluster->schema(), settings, instance_, trial); !whole) {
      refused = *whole.error();
      continue;
    }
    if (const std::string trouble = place.cluster->Trouble(); !trouble.empty()) {
      reasons.push_back(fmt::format("{} {}", name, trouble));
      continue;
    }
    well.push_back(&place);
  }
  std::lock_guard lock(mutex_);  // no other job may be placed between counting and choosing
  for (Site* site : well) {
    const ClusterSettings& settings = site->cluster->settings();
    const int64_t load = Load(*site);
    if (settings.most_applications > 0 && load >= settings.most_applications) {
      any_full = true;
      reasons.push_back(fmt::format("{} has its {} applications", settings.name, settings.most_applications));
      continue;
    }
    candidates.push_back({static_cast<double>(load) / settings.weight, settings.name, site});
  }
  if (candidates.empty()) {
    if (!any_serves) {
      return Refusal(ErrorKind::kIllegalArgument,
                     fmt::format("no cluster serves environment '{}'", spec.environment));
    }
    if (reasons.empty() && refused) return *refused;
    return Refusal(any_full ? ErrorKind::kResourceExhausted : ErrorKind::kUnavailable,
                   fmt::format("no cluster takes work now: {}", Joined(reasons, "; ")));
  }
  const auto best =
      std::min_element(candidates.begin(), candidates.end(), [](const auto& left, const auto& right) {
        return std::tie(left.load, left.name) < std::tie(right.load, right.name);
      });
  best->site->placements.push_back({Clock::now(), {}});
  return best->name;
}

int64_t KubernetesBackend::Load(Site& site) {
  std::erase_if(site.placements, [&](const Placement& placement) {
    if (Clock::now() - placement.at > kLongestPlacement) return true;
    const auto record = site.cluster->cache().Find(placement.attempt);
    return record && record->application;
  });
  return site.cluster->cache().Live() + static_cast<int64_t>(site.placements.size());
}

void KubernetesBackend::NamePlacement(const Attempt& attempt) {
  const std::string label = AttemptLabel(attempt.token);
  std::lock_guard lock(mutex_);
  auto& placements = places_.find(attempt.cluster)->second.placements;
  const auto named = std::ranges::find(placements, label, &Placement::attempt);
  if (named != placements.end()) return;  // asked for again
  const auto nameless = std::ranges::find(placements, std::string(), &Placement::attempt);
  if (nameless != placements.end()) nameless->attempt = label;
}

void KubernetesBackend::DropPlacement(const Attempt& attempt) {
  const std::string label = AttemptLabel(attempt.token);
  std::lock_guard lock(mutex_);
  std::erase_if(places_.find(attempt.cluster)->second.placements,
                [&](const Placement& placement) { return placement.attempt == label; });
}

base::Result<Observation> KubernetesBackend::Seen(Cluster& cluster, const ApplicationView& view) {
  AttemptRecord record;
  record.token = view.token;
  record.application = view;
  if (view.progress == Progress::kEnded || view.progress == Progress::kRunning) {
    if (auto driver = cluster.AskDriver(view.attempt); driver) record.driver = *driver;
  }
  return ObservationOf(record);
}

base::Result<Observation> KubernetesBackend::Create(const Attempt& attempt) {
  HEARTH_ASSIGN(Cluster * cluster, ClusterOf(attempt.cluster));
  NamePlacement(attempt);
  const EventFolder events(cluster->settings(), attempt.token);
  const bool has_folder = events.Make();
  auto observation = Asked(*cluster, attempt, has_folder);
  const bool may_be_there = observation.ok() || observation.error()->kind == base::ErrorKind::kUnknownOutcome;
  if (!may_be_there) {
    DropPlacement(attempt);
    events.RemoveIfEmpty();
  }
  return observation;
}

base::Result<Observation> KubernetesBackend::Asked(Cluster& cluster, const Attempt& attempt,
                                                   bool with_events) {
  ClusterSettings settings = cluster.settings();
  // Spark ends at once when the folder is missing: better no log than no job.
  if (!with_events) settings.event_log = {};
  HEARTH_ASSIGN(const Json object, ApplicationOf(cluster.schema(), settings, instance_, attempt));
  removals_.Allow(attempt.token);
  const std::string path = ApplicationsPath(cluster.schema(), TextAt(object, {"metadata", "namespace"}));
  const auto answer = cluster.client().Create(path + "?fieldManager=hearth", object);
  if (answer) return Seen(cluster, ReadApplication(cluster.schema(), *answer));
  return Settle(cluster, attempt, path, answer.error());
}

// What a creation that was not answered with 201 has come to.
base::Result<Observation> KubernetesBackend::Settle(Cluster& cluster, const Attempt& attempt,
                                                    const std::string& path, const ApiError& error) {
  const std::string& cluster_name = cluster.settings().name;
  if (error.failure != ApiFailure::kAlreadyExists && error.failure != ApiFailure::kUnknown) {
    if (error.failure == ApiFailure::kNotFound) {  // of a creation: its namespace or the type itself
      return Refusal(ErrorKind::kIllegalArgument, fmt::format("cluster {}: {}", cluster_name, error.message));
    }
    return ToError(error, cluster_name);
  }
  const auto found = cluster.client().Get(path + "/" + ApplicationName(attempt.token));
  if (!found) {
    // Not there now may still come: a request that was sent can be carried out later.
    return Refusal(ErrorKind::kUnknownOutcome, fmt::format("cluster {}: {}", cluster_name, error.message));
  }
  const ApplicationView view = ReadApplication(cluster.schema(), *found);
  if (view.token != attempt.token) {
    return Refusal(ErrorKind::kConflict,
                   fmt::format("cluster {}: {}/{} is there already and is not ours: its token is '{}'",
                               cluster_name, view.name_space, view.name, view.token));
  }
  if (view.deleting && view.progress != Progress::kEnded) {
    return Refusal(ErrorKind::kUnavailable, fmt::format("cluster {}: {}/{} is still being deleted",
                                                        cluster_name, view.name_space, view.name));
  }
  return Seen(cluster, view);
}

base::Result<Observation> KubernetesBackend::Observe(const AttemptReference& reference) {
  HEARTH_ASSIGN(Cluster * cluster, ClusterOf(reference.cluster));
  HEARTH_ASSIGN(Observation observation, Look(*cluster, reference));
  if (observation.progress == Progress::kEnded)
    EventFolder(cluster->settings(), reference.token).ReadInto(&observation.outcome);
  return observation;
}

base::Result<Observation> KubernetesBackend::Look(Cluster& site, const AttemptReference& reference) {
  Cluster* const cluster = &site;
  const std::string attempt = AttemptLabel(reference.token);
  auto record = cluster->cache().Find(attempt);
  const bool known = record && record->application && record->token == reference.token;
  if (known && (cluster->Fresh() || record->application->progress == Progress::kEnded)) {
    Observation observation = ObservationOf(*record);
    if (observation.progress != Progress::kEnded || record->log || record->driver_gone) return observation;
    KeepLog(*cluster, attempt);
    record = cluster->cache().Find(attempt);
    return record ? ObservationOf(*record) : observation;
  }
  // Young, long gone, or the watches are behind: only the server knows.
  auto answer = cluster->Ask(reference.token, reference.native_id);
  if (!answer) return ToError(answer.error(), cluster->settings().name);
  if (!*answer) return known && record->gone ? ObservationOf(*record) : Observation{};
  return Seen(*cluster, **answer);
}

void KubernetesBackend::KeepLog(Cluster& cluster, const std::string& attempt) {
  const auto record = cluster.cache().Find(attempt);
  if (!record || record->log || !record->driver || record->driver_gone) return;
  if (!record->driver->running && !record->driver->terminated) return;  // it has written nothing
  const auto part = cluster.ReadLog(*record->driver, -static_cast<int64_t>(kLogTailBytes), kLogTailBytes);
  if (!part) return;
  const int64_t size = part->begin + static_cast<int64_t>(part->text.size());
  cluster.cache().KeepLog(attempt, {part->text, size});
}

base::Status KubernetesBackend::Stop(const AttemptReference& reference, StopUrgency urgency) {
  HEARTH_ASSIGN(Cluster * cluster, ClusterOf(reference.cluster));
  const std::string attempt = AttemptLabel(reference.token);
  auto answer = cluster->Ask(reference.token, reference.native_id);
  if (!answer) return ToError(answer.error(), cluster->settings().name);
  if (!*answer || (*answer)->progress == Progress::kEnded) return {};
  cluster->cache().MarkStopped(attempt);
  KeepLog(*cluster, attempt);  // once the pod is gone nobody has it
  HEARTH_RETURN_IF_ERROR(Delete(*cluster, **answer, /*hold=*/true));
  if (urgency == StopUrgency::kForced) {
    const auto driver = cluster->AskDriver(attempt);
    if (driver && *driver) {
      const std::string path =
          fmt::format("/api/v1/namespaces/{}/pods/{}", (*driver)->name_space, (*driver)->name);
      (void)cluster->client().Delete(path, (*driver)->uid, /*foreground=*/false, /*grace_seconds=*/1);
    }
  }
  return {};
}

base::Status KubernetesBackend::Delete(Cluster& cluster, const ApplicationView& view, bool hold) {
  const auto answer = cluster.Delete(view, hold);
  if (answer) return {};
  if (answer.error().failure == ApiFailure::kUnknown || answer.error().failure == ApiFailure::kConflict) {
    // Asking again does no harm.
    return Refusal(ErrorKind::kUnavailable,
                   fmt::format("cluster {}: {}", cluster.settings().name, answer.error().message));
  }
  return ToError(answer.error(), cluster.settings().name);
}

base::Status KubernetesBackend::Remove(const AttemptReference& reference) {
  HEARTH_ASSIGN(Cluster * cluster, ClusterOf(reference.cluster));
  removals_.Forbid(reference.token);  // a creation that comes late is undone when the watch sees it
  auto answer = cluster->Ask(reference.token, reference.native_id);
  if (!answer) return ToError(answer.error(), cluster->settings().name);
  if (*answer) HEARTH_RETURN_IF_ERROR(Delete(*cluster, **answer, /*hold=*/false));
  cluster->cache().Forget(AttemptLabel(reference.token));
  EventFolder(cluster->settings(), reference.token).Remove();
  return {};
}

base::Result<LogPage> KubernetesBackend::ReadLog(const AttemptReference& reference, int64_t offset,
                                                 int64_t limit) {
  HEARTH_ASSIGN(Cluster * cluster, ClusterOf(reference.cluster));
  const std::string attempt = AttemptLabel(reference.token);
  const auto record = cluster->cache().Find(attempt);
  std::optional<PodView> driver;
  if (record && record->driver && !record->driver_gone) driver = record->driver;
  if (!driver && !(record && record->log)) {
    auto answer = cluster->AskDriver(attempt);
    if (!answer) return ToError(answer.error(), cluster->settings().name);
    driver = *answer;
  }
  if (driver && !driver->running && !driver->Over()) return LogPage{"", std::max<int64_t>(0, offset), false};
  if (driver) {
    auto part = cluster->ReadLog(*driver, offset, limit);
    if (part) {
      const int64_t next = part->begin + static_cast<int64_t>(part->text.size());
      return LogPage{std::move(part->text), next, part->to_end && driver->Over()};
    }
    const bool nothing_yet = part.error().failure == ApiFailure::kInvalid;  // "is waiting to start"
    if (nothing_yet) return LogPage{"", std::max<int64_t>(0, offset), false};
    if (part.error().failure != ApiFailure::kNotFound) return ToError(part.error(), cluster->settings().name);
  }
  if (record && record->log) {
    const KeptLog& log = *record->log;
    const int64_t first = log.size - static_cast<int64_t>(log.tail.size());
    const int64_t from = std::clamp(offset < 0 ? log.size + offset : offset, first, log.size);
    std::string text =
        log.tail.substr(static_cast<size_t>(from - first), static_cast<size_t>(std::max<int64_t>(0, limit)));
    const int64_t next = from + static_cast<int64_t>(text.size());
    return LogPage{std::move(text), next, next >= log.size};
  }
  const bool over =
      record && record->application && (record->gone || record->application->progress == Progress::kEnded);
  return LogPage{"", std::max<int64_t>(0, offset), over || !record};
}

void KubernetesBackend::Changed(const std::string& cluster, const std::string& attempt,
                                const std::string& token, AttemptCache::Change change) {
  Listener listener;
  {
    std::lock_guard lock(mutex_);
    if (stop_) return;
    if (change == AttemptCache::Change::kDriverOver)
      tasks_.push_back({Task::Kind::kKeepLog, cluster, attempt, token});
    if (change == AttemptCache::Change::kAppeared && removals_.IsForbidden(token)) {
      tasks_.push_back({Task::Kind::kRemoveLate, cluster, attempt, token});
    }
    constexpr size_t kMostTasks = 20'000;
    if (tasks_.size() > kMostTasks) tasks_.pop_front();  // what is not done here, Observe and Remove do
    listener = listener_;
  }
  wake_.notify_all();
  if (listener) listener(token);
}

void KubernetesBackend::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stop_ || (made_ && !tasks_.empty()); });
    if (stop_) return;
    const Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    Cluster& cluster = *places_.find(task.cluster)->second.cluster;
    if (task.kind == Task::Kind::kKeepLog) {
      KeepLog(cluster, task.attempt);
    } else if (auto answer = cluster.Ask(task.token, ""); answer && *answer) {
      (void)Delete(cluster, **answer, /*hold=*/false);
    }
    lock.lock();
  }
}

}  // namespace

std::unique_ptr<Backend> MakeKubernetesBackend(Settings settings) {
  return std::make_unique<KubernetesBackend>(std::move(settings));
}

base::Result<std::unique_ptr<Backend>> MakeKubernetesBackend(const std::string& settings_path) {
  HEARTH_ASSIGN(Settings settings, ReadSettings(settings_path));
  return MakeKubernetesBackend(std::move(settings));
}

}  // namespace hearth::runner::kubernetes
