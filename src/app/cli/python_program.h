// Python programs, started and waited for.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace hearth::app {

// Runs `words`, the interpreter first, with the Connect server at `address` as its Spark. Its exit code; 128
// and the signal when one ended it. `to_error`: its standard output goes to standard error. Errors:
// kIllegalArgument when it cannot be started.
base::Result<int> RunPythonProgram(std::vector<std::string> words, const std::string& address, bool to_error);

struct PythonMistake {
  int line = 0;  // from 1; 0: of the file as a whole
  std::string message;
};
// What Python's own parser says about a file, which is not run; none: nothing is wrong. Errors:
// kIllegalArgument when there is no such Python, kDeadlineExceeded.
base::Result<std::optional<PythonMistake>> CheckPythonFile(const std::string& python, const std::string& file,
                                                           std::chrono::milliseconds limit);

}  // namespace hearth::app
