// What the watches of one cluster have told about attempts. Answers Observe without asking the API server,
// and keeps what is known of an attempt after its objects have gone.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "runner/backends/kubernetes/pod_view.h"
#include "runner/backends/kubernetes/reflector.h"
#include "runner/backends/kubernetes/schema.h"

namespace hearth::runner::kubernetes {

struct KeptLog {
  std::string tail;
  int64_t size = 0;  // of the whole log; `tail` is its end
};

struct AttemptRecord {
  std::string token;
  std::optional<ApplicationView> application;
  bool gone = false;     // the application was there and is not any more
  bool stopped = false;  // we asked for the end
  std::optional<PodView> driver;
  bool driver_gone = false;
  std::map<std::string, int> executor_ends;  // "exit code 137, OOMKilled" -> how many
  std::optional<KeptLog> log;
};

// Thread-safe. Attempts go by their label (names.h).
class AttemptCache {
 public:
  enum class Change {
    kState,       // something that Observe tells may be different
    kDriverOver,  // also: the driver has ended just now
    kAppeared,    // also: the application was not known before
  };
  using Listener = std::function<void(const std::string& attempt, const std::string& token, Change change)>;

  // The listener is called from the reflectors' threads, without a lock.
  AttemptCache(const Schema& schema, Listener listener);

  // What the reflectors report to.
  ReflectorSink& applications() { return application_sink_; }
  ReflectorSink& pods() { return pod_sink_; }

  std::optional<AttemptRecord> Find(const std::string& attempt) const;
  // Applications that have not ended.
  int64_t Live() const { return live_.load(); }
  void KeepLog(const std::string& attempt, KeptLog log);
  void MarkStopped(const std::string& attempt);
  // Find knows it no more, from now on and while its application goes; a later application of the attempt is
  // a new one.
  void Forget(const std::string& attempt);

 private:
  struct Entry {
    AttemptRecord record;
    std::set<std::string> counted;  // uids of executors whose end is counted
    bool forgotten = false;
  };
  struct Event {
    std::string attempt;
    std::string token;
    Change change;
  };

  class ApplicationSink final : public ReflectorSink {
   public:
    explicit ApplicationSink(AttemptCache& cache) : cache_(cache) {}
    void BeginList() override { listed_.clear(); }
    void Upsert(const Json& object) override;
    void EndList() override;
    void Delete(const Json& object) override;

   private:
    AttemptCache& cache_;
    std::unordered_set<std::string> listed_;  // uids
  };
  class PodSink final : public ReflectorSink {
   public:
    explicit PodSink(AttemptCache& cache) : cache_(cache) {}
    void BeginList() override { listed_.clear(); }
    void Upsert(const Json& object) override;
    void EndList() override;
    void Delete(const Json& object) override;

   private:
    AttemptCache& cache_;
    std::unordered_set<std::string> listed_;
  };

  void TakeApplication(ApplicationView view);
  void DropApplication(const std::string& attempt, const std::string& uid, const ApplicationView* last);
  void TakePod(const PodView& view);
  void DropPod(const std::string& attempt, const std::string& uid);
  // With the lock held.
  bool CountExecutor(Entry& entry, const PodView& view);
  void SetLive(const std::optional<ApplicationView>& before, const std::optional<ApplicationView>& after,
               bool was_gone, bool is_gone);
  void Retire(const std::string& attempt);
  void Tell(const std::optional<Event>& event);

  const Schema& schema_;
  const Listener listener_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
  std::deque<std::string> retired_;    // whose application is gone, oldest first
  std::deque<std::string> with_logs_;  // oldest first
  std::atomic<int64_t> live_{0};
  ApplicationSink application_sink_{*this};
  PodSink pod_sink_{*this};
};

}  // namespace hearth::runner::kubernetes
