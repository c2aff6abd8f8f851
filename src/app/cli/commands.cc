#include "app/cli/commands.h"

#include "app/cli/airflow.h"
#include "app/cli/apply.h"
#include "app/cli/job.h"
#include "app/cli/manifest.h"
#include "app/cli/run.h"
#include "app/cli/serve.h"
#include "app/cli/supervise.h"
#include "app/cli/version.h"

namespace hearth::app {
namespace {

// One row per sub-command, in the order of the help text.
constexpr Command kCommands[] = {
    kServeCommand,  kJobCommand,     kManifestCommand, kPlanCommand,      kApplyCommand,
    kDeleteCommand, kAirflowCommand, kRunCommand,      kSuperviseCommand, kVersionCommand,
};

}  // namespace

std::span<const Command> Commands() { return kCommands; }

}  // namespace hearth::app
