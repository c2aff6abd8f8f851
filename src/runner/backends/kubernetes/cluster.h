// One cluster: its client, its watches, what they have told, and whether it is well.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "runner/backends/kubernetes/api_client.h"
#include "runner/backends/kubernetes/attempt_cache.h"
#include "runner/backends/kubernetes/reflector.h"
#include "runner/backends/kubernetes/schema.h"
#include "runner/backends/kubernetes/settings.h"

namespace hearth::runner::kubernetes {

// Thread-safe. Three threads: a watch of applications, a watch of pods, a probe.
class Cluster {
 public:
  Cluster(const Settings& settings, ClusterSettings own, AttemptCache::Listener listener);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  // Its threads end within about a second; the destructor waits for them.
  void AskToStop();

  const ClusterSettings& settings() const { return settings_; }
  const Schema& schema() const { return schema_; }
  ApiClient& client() { return client_; }
  AttemptCache& cache() { return cache_; }

  // Empty when it takes work; else why not. Waits a moment for the first probe of a fresh cluster.
  std::string Trouble();
  // What the cache says is not older than a few seconds.
  bool Fresh() const;

  // Looks for an attempt's application at the API server itself: by its name where `native_id` tells the
  // namespace, else by label in all namespaces. None when it is surely not there.
  ApiResult<std::optional<ApplicationView>> Ask(const std::string& token, const std::string& native_id);
  // Deletes an application with all below it, in the foreground; that it is gone already is no error. `hold`:
  // it stays visible, as ended, until it is deleted without.
  ApiResult<void> Delete(const ApplicationView& view, bool hold);
  // The driver's pod, from the API server.
  ApiResult<std::optional<PodView>> AskDriver(const std::string& attempt);
  // The driver's log from byte `from`, at most `limit` bytes; from below 0: that many bytes before its end.
  struct LogPart {
    std::string text;
    int64_t begin = 0;  // offset of `text` in the log
    bool to_end = false;
  };
  ApiResult<LogPart> ReadLog(const PodView& driver, int64_t from, int64_t limit);

  const Reflector& application_watch() const { return applications_; }

 private:
  void Probe();
  ApiResult<void> SetHold(const ApplicationView& view, bool hold);
  ApiResult<LogPart> ReadLogEnd(const PodView& driver, int64_t wanted, int64_t limit);

  const ClusterSettings settings_;
  const Schema& schema_;
  const std::string selector_;
  const std::chrono::milliseconds probe_period_;
  const std::chrono::steady_clock::time_point made_at_ = std::chrono::steady_clock::now();
  ApiClient client_;
  ApiClient probe_client_;  // with a shorter deadline
  AttemptCache cache_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  bool probed_ = false;
  std::string trouble_;

  Reflector applications_;
  Reflector pods_;
  std::thread probe_;  // last: it uses all of the above
};

}  // namespace hearth::runner::kubernetes
