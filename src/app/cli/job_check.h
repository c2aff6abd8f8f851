// `hearth job test`: everything about a job that can be known without running it.
#pragma once

namespace CLI {
class App;
}

namespace hearth::app {

// Exit codes: 0 nothing wrong, 1 something wrong (told with file and line), 2 called wrongly.
void InstallJobTest(CLI::App& parser, int& exit_code);

}  // namespace hearth::app
