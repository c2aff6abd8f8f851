// One sub-command of the `hearth` program: one file, and one row in commands.cc.
#pragma once

namespace CLI {
class App;
}

namespace hearth::app {

struct Command {
  const char* name;
  const char* summary;
  // Adds the command's options to its own parser and sets a callback that fills `exit_code`. Called once.
  void (*install)(CLI::App& parser, int& exit_code);
};

}  // namespace hearth::app
