// What is declared: job definitions, schedules, continuous jobs and clusters, kept until a manifest says
// otherwise. Planning compares manifests with what is kept; applying makes them the same, in one transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "manifest/manifest.h"
#include "manifest/primitives.h"
#include "runner/runner.h"
#include "runner/store/database.h"

namespace hearth::runner {

using Primitive = manifest::PrimitiveKind;

enum class ActionKind { kCreate, kUpdate, kDelete };
std::string_view ActionName(ActionKind kind);

struct Action {
  ActionKind kind = ActionKind::kCreate;
  Primitive primitive = Primitive::kJob;
  std::string name;
  std::string team;
  std::string environment;
  std::vector<manifest::Difference> differences;  // of updates
};

struct Definition {
  Primitive primitive = Primitive::kJob;
  std::string environment;
  std::string team;
  std::string name;
  std::string content;   // canonical JSON of what this primitive is about
  std::string document;  // of jobs: the whole manifest in canonical form, to resolve for each run
  int64_t revision = 0;  // grows with each update
  std::string applied_by;
  int64_t applied_at = 0;
  // Schedules: the next due time, 0: not computed yet. Continuous jobs: when to look again.
  int64_t next_at = 0;
  std::string run_id;     // the newest run that it made
  int64_t deployed = 0;   // continuous jobs: the revision that runs; schedules: unused
  int64_t runs = 0;       // how many runs it has made
  int64_t failures = 0;   // continuous jobs: ends in a row that nobody asked for
  std::string suspended;  // why it makes no more runs; empty: it does
  int64_t suspended_at = 0;
  int64_t resumed_at = 0;  // what happened before does not count against it
};

enum class Wanted { kPresent, kAbsent };

// Thread-safe. Errors: kIllegalArgument with everything that is wrong with the manifests, one line each;
// kPermissionDenied for another team's.
class Definitions {
 public:
  Definitions(Database& database, const base::Clock& clock) : database_(database), clock_(clock) {}

  // What applying would do, in the order in which it does it. `environment` names the overlay.
  base::Result<std::vector<Action>> Plan(const Caller& caller, const std::string& manifests,
                                         const std::string& environment, Wanted wanted);
  // Does it, and writes a row of the audit log; what was done.
  base::Result<std::vector<Action>> Apply(const Caller& caller, const std::string& manifests,
                                          const std::string& environment, Wanted wanted);

  // Empty names: all.
  base::Result<std::vector<Definition>> List(const Caller& caller, const std::string& environment,
                                             const std::string& name);
  base::Result<std::optional<Definition>> Find(Primitive primitive, const std::string& environment,
                                               const std::string& team, const std::string& name);

  // Schedules and continuous jobs whose time has come.
  base::Result<std::vector<Definition>> Due(int64_t now, int32_t limit);
  // What the keeper of schedules learned: next_at, run_id, deployed, runs, failures. False: it was changed or
  // deleted meanwhile.
  base::Result<bool> SaveProgress(const Definition& definition);

  // It makes no more runs, until a change is applied or it is resumed. True: it is suspended now.
  base::Result<bool> Suspend(const Definition& definition, int64_t now, const std::string& reason);
  // Lets what is suspended under this name go on, and writes a row of the audit log. Gives all that is
  // declared under the name. Errors: kNoSuchElement when nothing is. An empty team: the caller's, or any.
  base::Result<std::vector<Definition>> Resume(const Caller& caller, const std::string& environment,
                                               const std::string& team, const std::string& name);
  base::Result<int64_t> CountSuspended();

 private:
  Database& database_;
  const base::Clock& clock_;
};

}  // namespace hearth::runner
