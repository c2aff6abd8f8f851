// SET and RESET.
#include "base/time_zone.h"
#include "session/commands/handlers.h"
#include "session/commands/rows.h"
#include "session/settings_table.h"

namespace hearth::session::commands {
namespace {

constexpr const char* kUndefined = "<undefined>";

Rows KeyValueRows() { return Rows({{"key"}, {"value"}}); }

// SET -v: every public setting with its default and, in Spark, a description; ours says where to read about
// it.
plan::RelationPtr AllPublicSettings(Session& session) {
  Rows rows({{"key"}, {"value"}, {"meaning"}, {"Since version"}});
  for (const Setting& setting : AllSettings()) {
    if (!setting.is_public) continue;
    const bool is_set = session.configuration().IsSet(setting.key);
    rows.Add({std::string(setting.key),
              is_set ? session.configuration().Text(setting.key) : std::string(setting.shown_default),
              std::string("See Spark's documentation of this setting."), std::string(setting.since)});
  }
  return rows.Build();
}

}  // namespace

Answer Run(Session& session, const unresolved::SetConfiguration& command, const CommandContext&) {
  if (!command.key) {
    if (command.verbose) return AllPublicSettings(session);
    Rows rows = KeyValueRows();
    for (auto& [key, value] : session.configuration().GetAll()) rows.Add({key, value});
    return rows.Build();
  }
  Rows rows = KeyValueRows();
  if (command.is_local_time_zone) {
    const std::string zone = base::SystemTimeZone();
    HEARTH_RETURN_IF_ERROR(session.SetSetting(*command.key, zone));
    rows.Add({*command.key, zone});
    return rows.Build();
  }
  if (!command.value) {
    rows.Add({*command.key, session.configuration().Find(*command.key).value_or(kUndefined)});
    return rows.Build();
  }
  // Hive's name for the number of partitions, still accepted.
  const std::string key =
      *command.key == "mapred.reduce.tasks" ? "spark.sql.shuffle.partitions" : *command.key;
  HEARTH_RETURN_IF_ERROR(session.SetSetting(key, *command.value));
  rows.Add({key, *command.value});
  return rows.Build();
}

Answer Run(Session& session, const unresolved::ResetConfiguration& command, const CommandContext&) {
  if (command.key) {
    HEARTH_RETURN_IF_ERROR(session.UnsetSetting(*command.key));
  } else {
    session.ResetSettings();
  }
  return Rows::None();
}

}  // namespace hearth::session::commands
