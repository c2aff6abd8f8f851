// `hearth job run --sandbox`: a job on the embedded engine that reads what is there and writes only into a
// folder of its own, which is then shown.
#pragma once

namespace CLI {
class App;
}

namespace hearth::app {

// Exit codes: 0 it ran, 1 it failed, 2 called wrongly or a wrong manifest, 7 it tried to write elsewhere.
void InstallJobRun(CLI::App& parser, int& exit_code);

}  // namespace hearth::app
