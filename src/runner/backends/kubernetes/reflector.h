// Keeps somebody informed of all objects of one resource: a list, then a watch from there, for as long as it
// lives.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <thread>

#include "runner/backends/kubernetes/api_client.h"

namespace hearth::runner::kubernetes {

// Called from the reflector's thread only. A list comes as BeginList, Upsert for each object, EndList: what
// was known before and did not come is gone. An incomplete list ends with another BeginList.
class ReflectorSink {
 public:
  virtual ~ReflectorSink() = default;
  virtual void BeginList() = 0;
  virtual void Upsert(const Json& object) = 0;
  virtual void EndList() = 0;
  virtual void Delete(const Json& object) = 0;
};

struct ReflectorOptions {
  std::string path;      // of the resource over all namespaces
  std::string selector;  // label selector
  std::chrono::seconds watch_length{300};
  std::chrono::milliseconds first_delay{800};  // after a failure; doubles up to `longest_delay`, with jitter
  std::chrono::milliseconds longest_delay{30'000};
  int page_size = 500;
  // After that long a watch is not continued but begun with a list: for events that something in between
  // swallowed.
  std::chrono::seconds relist_period{600};
};

class Reflector {
 public:
  // The client and the sink outlive it.
  Reflector(ApiClient& client, ReflectorSink& sink, ReflectorOptions options);
  ~Reflector();
  Reflector(const Reflector&) = delete;
  Reflector& operator=(const Reflector&) = delete;

  // The thread ends within about a second; the destructor waits for it.
  void AskToStop();

  // True once a list came in whole. It stays true when the server is lost later: see `Silence`.
  bool Synced() const { return synced_.load(); }
  // How long ago it was last known that nothing is missed: zero while a watch is open.
  std::chrono::milliseconds Silence() const;
  // A wait after a failure is cut short: the server is there again.
  void Hurry();

  // For tests and metrics.
  int64_t lists() const { return lists_.load(); }
  int64_t watches() const { return watches_.load(); }

 private:
  enum class Next { kWatch, kList };

  void Run();
  bool List();
  Next WatchOnce();
  bool TakeEvent(std::string_view line, Next& next);
  void BackOff();

  ApiClient& client_;
  ReflectorSink& sink_;
  const ReflectorOptions options_;
  std::minstd_rand random_;

  std::string version_;  // of the last thing that was seen
  int failures_ = 0;     // in a row
  int retry_after_ = 0;  // seconds that the server asked for
  std::atomic<bool> stop_{false};
  std::atomic<bool> synced_{false};
  std::atomic<bool> watching_{false};
  std::atomic<int64_t> last_contact_{0};  // steady milliseconds
  int64_t listed_at_ = 0;                 // steady milliseconds
  std::atomic<int64_t> lists_{0};
  std::atomic<int64_t> watches_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool hurry_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace hearth::runner::kubernetes
