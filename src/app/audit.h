// Who called what: every call as a line of a file, and as a row of the store.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "front/identity/identity.h"
#include "runner/store/store.h"

namespace hearth::app {

struct AuditPolicy {
  int64_t change_seconds = 30 * 24 * 3600;  // rows of calls that changed something, or were denied
  int64_t read_seconds = 24 * 3600;         // of the others
};

// The line is written before the call is answered, the row a moment later by a thread of its own. Equal calls
// that only read within ten seconds are one row, with their number. A queue that is full leaves the file as
// the only witness. The database and the clock outlive it.
class Audit final : public front::identity::AuditSink {
 public:
  Audit(std::unique_ptr<front::identity::AuditSink> file, runner::Database& database, AuditPolicy policy,
        const base::Clock& clock);
  ~Audit() override;

  void Record(const front::identity::AuditRow& row) override;
  // Stores what waits; nothing is recorded any more.
  void Stop();

 private:
  enum class Which { kDue, kAll };
  void Run();
  void Write(Which which);
  void Forget();

  const std::unique_ptr<front::identity::AuditSink> file_;
  runner::Store store_;
  const AuditPolicy policy_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<runner::AuditRow> changes_;
  std::map<std::vector<std::string>, runner::AuditRow> reads_;  // by what makes calls equal
  int64_t oldest_read_ = 0;
  bool is_stopped_ = false;
  std::thread thread_;
};

}  // namespace hearth::app
