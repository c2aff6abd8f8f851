#include "runner/definitions.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "runner/store/store.h"

namespace hearth::runner {
namespace {

constexpr const char* kColumns =
    "kind, environment, team, name, content, document, revision, applied_by, applied_at, next_at, run_id, "
    "deployed, runs, "
    "failures, suspended, suspended_at, resumed_at";

constexpr Primitive kPrimitives[] = {Primitive::kJob, Primitive::kSchedule, Primitive::kContinuous,
                                     Primitive::kCluster};

Definition ReadDefinition(const SqlRow& row) {
  Definition definition;
  for (const Primitive primitive : kPrimitives) {
    if (manifest::PrimitiveName(primitive) == Text(row[0])) definition.primitive = primitive;
  }
  definition.environment = Text(row[1]);
  definition.team = Text(row[2]);
  definition.name = Text(row[3]);
  definition.content = Text(row[4]);
  definition.document = Text(row[5]);
  definition.revision = Number(row[6]);
  definition.applied_by = Text(row[7]);
  definition.applied_at = Number(row[8]);
  definition.next_at = Number(row[9]);
  definition.run_id = Text(row[10]);
  definition.deployed = Number(row[11]);
  definition.runs = Number(row[12]);
  definition.failures = Number(row[13]);
  definition.suspended = Text(row[14]);
  definition.suspended_at = Number(row[15]);
  definition.resumed_at = Number(row[16]);
  return definition;
}

base::Result<std::vector<Definition>> Select(SqlConnection& connection, const std::string& condition,
                                             SqlValue first, SqlValue second, SqlValue third) {
  HEARTH_ASSIGN(const auto rows,
                connection.Query(fmt::format("SELECT {} FROM definitions {}", kColumns, condition),
                                 std::move(first), std::move(second), std::move(third)));
  std::vector<Definition> definitions;
  for (const SqlRow& row : rows) definitions.push_back(ReadDefinition(row));
  return definitions;
}

// The primitives that one document declares for one environment.
base::Status AddPrimitives(const manifest::Document& document, const std::string& environment,
                           std::vector<Definition>* all) {
  manifest::Target target;
  target.environment = environment;
  auto resolved = manifest::Resolve(document, target);
  if (!resolved) return manifest::ToError(resolved.error());
  // Kept as written, not as resolved: each run is resolved for its own date.
  auto canonical = manifest::Resolve(document, manifest::Target());
  if (!canonical) return manifest::ToError(canonical.error());
  for (const manifest::Primitive& primitive : manifest::PrimitivesOf(*resolved)) {
    Definition definition;
    definition.primitive = primitive.kind;
    definition.environment = primitive.environment;
    definition.team = primitive.team;
    definition.name = primitive.name;
    definition.content = primitive.canonical;
    if (primitive.kind == Primitive::kJob) definition.document = manifest::ToYaml(canonical->root);
    all->push_back(std::move(definition));
  }
  return {};
}

base::Result<std::vector<Definition>> Declared(const Caller& caller, const std::string& manifests,
                                               const std::string& environment) {
  const manifest::ManifestFile file = manifest::ReadManifests(manifests, "manifest");
  if (!file.errors.empty()) return manifest::ToError(file.errors);
  std::vector<Definition> all;
  for (const manifest::Document& document : file.documents) {
    HEARTH_RETURN_IF_ERROR(AddPrimitives(document, environment, &all));
  }
  for (const Definition& definition : all) {
    if (caller.team.empty() || caller.team == definition.team) continue;
    base::Error error;
    error.kind = base::ErrorKind::kPermissionDenied;
    error.message = fmt::format("metadata.team: team '{}' may not declare jobs of team '{}'", caller.team,
                                definition.team);
    return error;
  }
  return all;
}

std::vector<manifest::Difference> Differences(const Definition& old, const Definition& now) {
  auto differences = manifest::CompareCanonical(now.primitive, old.content, now.content);
  return differences ? std::move(*differences) : std::vector<manifest::Difference>();
}

struct Step {
  Action action;
  Definition definition;
  // Only the kept document differs, because a schedule does: nothing to tell about.
  bool is_silent = false;
};

Action ActionFor(ActionKind kind, const Definition& definition) {
  return {kind, definition.primitive, definition.name, definition.team, definition.environment, {}};
}

// One step for each primitive that differs.
base::Result<std::vector<Step>> Steps(SqlConnection& connection, const std::vector<Definition>& declared,
                                      Wanted wanted) {
  std::vector<Step> steps;
  for (const Definition& job : declared) {
    // The first primitive of a document stands for all of it.
    if (job.primitive != Primitive::kJob && job.primitive != Primitive::kCluster) continue;
    HEARTH_ASSIGN(std::vector<Definition> kept,
                  Select(connection, "WHERE environment = $1 AND team = $2 AND name = $3", job.environment,
                         job.team, job.name));
    std::erase_if(kept, [&](const Definition& d) {
      return (d.primitive == Primitive::kCluster) != (job.primitive == Primitive::kCluster);
    });
    for (const Definition& now : declared) {
      if (now.name != job.name || now.team != job.team || now.environment != job.environment) continue;
      if ((now.primitive == Primitive::kCluster) != (job.primitive == Primitive::kCluster)) continue;
      const auto old = std::ranges::find(kept, now.primitive, &Definition::primitive);
      if (wanted == Wanted::kAbsent) continue;
      if (old == kept.end()) {
        steps.push_back({ActionFor(ActionKind::kCreate, now), now, false});
        continue;
      }
      if (old->content != now.content || old->document != now.document) {
        Step step{ActionFor(ActionKind::kUpdate, now), now, false};
        step.is_silent = old->content == now.content;
        if (!step.is_silent) step.action.differences = Differences(*old, now);
        step.definition.revision = old->revision + (step.is_silent ? 0 : 1);
        steps.push_back(std::move(step));
      }
      kept.erase(old);
    }
    // What is kept and no longer declared, the job itself last.
    std::ranges::sort(kept, std::greater(), &Definition::primitive);
    for (const Definition& gone : kept) steps.push_back({ActionFor(ActionKind::kDelete, gone), gone, false});
  }
  return steps;
}

base::Status Carry(SqlConnection& connection, const Step& step, const std::string& user, int64_t now) {
  const Definition& definition = step.definition;
  const std::string kind(manifest::PrimitiveName(definition.primitive));
  if (step.action.kind == ActionKind::kDelete) {
    HEARTH_RETURN_IF_ERROR(connection.Query(
        "DELETE FROM definitions WHERE environment = $1 AND team = $2 AND kind = $3 AND name = $4",
        definition.environment, definition.team, kind, definition.name));
    return {};
  }
  // A schedule that changes is computed anew; a continuous job whose job changed is looked at now.
  HEARTH_RETURN_IF_ERROR(connection.Query(
      "INSERT INTO definitions (kind, environment, team, name, content, document, revision, applied_by, "
      "applied_at, "
      "next_at, run_id, deployed, runs, failures) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '', 0, 0, "
      "0) "
      "ON CONFLICT (environment, team, kind, name) DO UPDATE SET content = $5, document = $6, revision = $7, "
      "applied_by = $8, applied_at = $9, next_at = 0, suspended = '', resumed_at = $9",
      kind, definition.environment, definition.team, definition.name, definition.content, definition.document,
      std::max<int64_t>(definition.revision, 1), user, now));
  if (definition.primitive == Primitive::kJob) {
    HEARTH_RETURN_IF_ERROR(connection.Query(
        "UPDATE definitions SET next_at = 0 WHERE environment = $1 AND team = $2 AND kind = $3 AND name = $4",
        definition.environment, definition.team, std::string(manifest::PrimitiveName(Primitive::kContinuous)),
        definition.name));
    // Whoever changes the job wants to see it run.
    HEARTH_RETURN_IF_ERROR(connection.Query(
        "UPDATE definitions SET next_at = 0, suspended = '', resumed_at = $4 WHERE environment = $1 AND team "
        "= $2 AND name = $3 AND suspended <> ''",
        definition.environment, definition.team, definition.name, now));
  }
  return {};
}

std::vector<Action> ActionsOf(std::vector<Step> steps) {
  std::vector<Action> actions;
  for (Step& step : steps) {
    if (!step.is_silent) actions.push_back(std::move(step.action));
  }
  return actions;
}

std::string Summary(const std::vector<Action>& actions) {
  std::map<std::string, int> counts;
  for (const Action& action : actions) {
    ++counts[fmt::format("{} {}", ActionName(action.kind), manifest::PrimitiveName(action.primitive))];
  }
  std::string text;
  for (const auto& [what, count] : counts)
    text += fmt::format("{}{} x{}", text.empty() ? "" : ", ", what, count);
  return text.empty() ? "nothing to do" : text;
}

}  // namespace

std::string_view ActionName(ActionKind kind) {
  switch (kind) {
    case ActionKind::kCreate:
      return "create";
    case ActionKind::kUpdate:
      return "update";
    case ActionKind::kDelete:
      return "delete";
  }
  return "";
}

base::Result<std::vector<Action>> Definitions::Plan(const Caller& caller, const std::string& manifests,
                                                    const std::string& environment, Wanted wanted) {
  HEARTH_ASSIGN(const std::vector<Definition> declared, Declared(caller, manifests, environment));
  std::vector<Step> steps;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(steps, Steps(connection, declared, wanted));
    return {};
  }));
  return ActionsOf(std::move(steps));
}

base::Result<std::vector<Action>> Definitions::Apply(const Caller& caller, const std::string& manifests,
                                                     const std::string& environment, Wanted wanted) {
  HEARTH_ASSIGN(const std::vector<Definition> declared, Declared(caller, manifests, environment));
  std::vector<Action> actions;
  HEARTH_RETURN_IF_ERROR(database_.Write([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(std::vector<Step> steps, Steps(connection, declared, wanted));
    const int64_t now = clock_.NowMicroseconds();
    for (const Step& step : steps) HEARTH_RETURN_IF_ERROR(Carry(connection, step, caller.user, now));
    actions = ActionsOf(std::move(steps));
    AuditRow row;
    row.at = now;
    row.user = caller.user;
    row.team = caller.team;
    row.call = wanted == Wanted::kPresent ? "Apply" : "Delete";
    row.subject = declared.empty() ? std::string() : declared.front().name;
    row.outcome = Summary(actions);
    row.address = caller.address;
    return InsertAudit(connection, row);
  }));
  return actions;
}

base::Result<std::vector<Definition>> Definitions::List(const Caller& caller, const std::string& environment,
                                                        const std::string& name) {
  std::vector<Definition> found;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(
        found,
        Select(connection,
               "WHERE ($1 = '' OR environment = $1) AND ($2 = '' OR team = $2) AND ($3 = '' OR name = $3) "
               "ORDER BY environment, team, name, kind LIMIT 1000",
               environment, caller.team, name));
    return {};
  }));
  return found;
}

base::Result<std::optional<Definition>> Definitions::Find(Primitive primitive, const std::string& environment,
                                                          const std::string& team, const std::string& name) {
  std::vector<Definition> found;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(found, Select(connection, "WHERE environment = $1 AND team = $2 AND name = $3", environment,
                                team, name));
    return {};
  }));
  const auto one = std::ranges::find(found, primitive, &Definition::primitive);
  return one == found.end() ? std::nullopt : std::optional<Definition>(std::move(*one));
}

base::Result<std::vector<Definition>> Definitions::Due(int64_t now, int32_t limit) {
  std::vector<Definition> found;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(found,
                  Select(connection,
                         "WHERE kind IN ('schedule', 'continuous-job') AND next_at <= $1 AND suspended = $3 "
                         "ORDER BY next_at LIMIT $2",
                         now, int64_t{limit}, std::string()));
    return {};
  }));
  return found;
}

base::Result<bool> Definitions::SaveProgress(const Definition& definition) {
  bool is_saved = false;
  HEARTH_RETURN_IF_ERROR(database_.Write([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(const auto rows,
                  connection.Query(
                      "UPDATE definitions SET next_at = $6, run_id = $7, deployed = $8, runs = $9, "
                      "failures = $10 WHERE environment = $1 AND team = $2 AND kind = $3 AND name = $4 AND "
                      "applied_at = $5 RETURNING name",
                      definition.environment, definition.team,
                      std::string(manifest::PrimitiveName(definition.primitive)), definition.name,
                      definition.applied_at, definition.next_at, definition.run_id, definition.deployed,
                      definition.runs, definition.failures));
    is_saved = !rows.empty();
    return {};
  }));
  return is_saved;
}

base::Result<bool> Definitions::Suspend(const Definition& definition, int64_t now,
                                        const std::string& reason) {
  bool is_suspended = false;
  HEARTH_RETURN_IF_ERROR(database_.Write([&](SqlConnection& connection) -> base::Status {
    // Somebody may have resumed or changed it after it was judged.
    HEARTH_ASSIGN(
        const auto rows,
        connection.Query("UPDATE definitions SET suspended = $5, suspended_at = $6 WHERE environment = "
                         "$1 AND team = $2 AND kind = $3 AND name = $4 AND resumed_at = $7 AND "
                         "applied_at = $8 RETURNING name",
                         definition.environment, definition.team,
                         std::string(manifest::PrimitiveName(definition.primitive)), definition.name, reason,
                         now, definition.resumed_at, definition.applied_at));
    is_suspended = !rows.empty();
    return {};
  }));
  return is_suspended;
}

base::Result<std::vector<Definition>> Definitions::Resume(const Caller& caller,
                                                          const std::string& environment,
                                                          const std::string& team, const std::string& name) {
  const std::string own = caller.team.empty() ? team : caller.team;
  std::vector<Definition> resumed;
  HEARTH_RETURN_IF_ERROR(database_.Write([&](SqlConnection& connection) -> base::Status {
    const int64_t now = clock_.NowMicroseconds();
    HEARTH_ASSIGN(
        const auto rows,
        connection.Query("UPDATE definitions SET suspended = '', resumed_at = $4, next_at = 0, failures "
                         "= 0 WHERE environment = $1 AND ($2 = '' OR team = $2) AND name = $3 AND "
                         "suspended <> '' RETURNING name",
                         environment, own, name, now));
    HEARTH_ASSIGN(resumed,
                  Select(connection, "WHERE environment = $1 AND ($2 = '' OR team = $2) AND name = $3",
                         environment, own, name));
    AuditRow row;
    row.at = now;
    row.user = caller.user;
    row.team = caller.team;
    row.call = "Resume";
    row.subject = name;
    row.outcome = rows.empty() ? "nothing to do" : fmt::format("resumed {}", rows.size());
    row.address = caller.address;
    return resumed.empty() ? base::Status() : InsertAudit(connection, row);
  }));
  if (!resumed.empty()) return resumed;
  base::Error error;
  error.kind = base::ErrorKind::kNoSuchElement;
  error.message = fmt::format("nothing named '{}' is declared in {}", name, environment);
  return error;
}

base::Result<int64_t> Definitions::CountSuspended() {
  int64_t count = 0;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    HEARTH_ASSIGN(const auto rows,
                  connection.Query("SELECT COUNT(*) FROM definitions WHERE suspended <> ''"));
    count = Number(rows[0][0]);
    return {};
  }));
  return count;
}

}  // namespace hearth::runner
