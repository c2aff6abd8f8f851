// A backend that does what a test tells it, stricter than a real one: it notices twins, forgets nothing that
// it was not told to remove, and fails where the script says so.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "runner/backend.h"

namespace hearth::runner::testing {

class ScriptedBackend final : public Backend {
 public:
  // What becomes of an attempt, asked for once when it is created.
  struct Script {
    int64_t start_seconds = 1;  // from its creation until it runs
    int64_t run_seconds = 5;    // until it ends
    Outcome outcome;
    bool ignores_graceful_stop = false;
  };
  using Author = std::function<Script(const Attempt&)>;
  // Before a call does its work, or after it has: an error here is what the caller gets. The name is that of
  // the call.
  enum class Moment { kBefore, kAfter };
  using Fault = std::function<base::Status(const char* call, Moment moment)>;

  struct Thing {
    AttemptReference reference;
    Script script;
    int64_t created_at = 0;
    int64_t stopped_at = 0;
    bool is_removed = false;
    int creations = 0;  // calls that made it; more than one is a twin
  };

  ScriptedBackend(std::string name, const base::Clock& clock, Author author);

  void SetFault(Fault fault) { fault_ = std::move(fault); }
  // Whether this server reaches the place where everything is.
  void SetReachable(bool is_reachable) { is_reachable_ = is_reachable; }
  // As if somebody else had deleted it.
  void Forget(const std::string& token);
  // Everything that was ever created, by token.
  std::map<std::string, Thing> things() const;

  std::string_view name() const override { return name_; }
  base::Result<std::string> Place(const manifest::JobSpec& spec) override;
  bool Reaches(const std::string& /*cluster*/) const override { return is_reachable_; }
  base::Result<Observation> Create(const Attempt& attempt) override;
  base::Result<Observation> Observe(const AttemptReference& attempt) override;
  base::Status Stop(const AttemptReference& attempt, StopUrgency urgency) override;
  base::Result<LogPage> ReadLog(const AttemptReference& attempt, int64_t offset, int64_t limit) override;
  base::Status Remove(const AttemptReference& attempt) override;
  void SetListener(Listener listener) override;

 private:
  base::Status Fail(const char* call, Moment moment) const;
  Observation See(const Thing& thing) const;

  const std::string name_;
  const base::Clock& clock_;
  const Author author_;
  Fault fault_;
  std::atomic<bool> is_reachable_ = true;
  mutable std::mutex mutex_;
  std::map<std::string, Thing> things_;
};

}  // namespace hearth::runner::testing
