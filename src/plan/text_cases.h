// Behaviour as text, for tests: files of cases, each an input, a line "----" and what comes out.
//
//   # a comment
//   @time_zone Europe/Berlin        settings for the cases below
//   SELECT 1
//   ----
//   Project [1]
//     OneRow
//                                   an empty line ends a case; inputs and results hold none
//
// With HEARTH_WRITE_EXPECTED set, the results are written into the files instead of compared.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/result.h"

namespace hearth::plan {

struct TextCase {
  std::string input;  // lines joined by line breaks
  std::string expected;
  std::map<std::string, std::string> settings;
  int line = 0;

  std::string Setting(const std::string& name) const {
    const auto found = settings.find(name);
    return found == settings.end() ? "" : found->second;
  }
};

// What a case that fails prints: condition, SQLSTATE, parameters and place.
inline std::string Describe(const base::Error& error) {
  std::string text = "error " + error.condition + " " + error.sql_state;
  for (const auto& [name, value] : error.parameters) text += " " + name + "=" + value;
  for (const auto& context : error.contexts) {
    text += " at " + std::to_string(context.start_index) + "-" + std::to_string(context.stop_index) + " '" +
            context.fragment.substr(0, 60) + "'";
  }
  return text;
}

class TextCases {
 public:
  using Run = std::function<std::string(const TextCase&)>;

  // Runs every *.txt below the folder; `differ` hears of each result that is not as expected.
  static int RunAll(const std::string& folder, const Run& run,
                    const std::function<void(const std::string& place, const std::string& actual,
                                             const TextCase&)>& differ) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".txt") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    int count = 0;
    for (const auto& file : files) count += RunFile(file, run, differ);
    return count;
  }

 private:
  template <typename Differ>
  static int RunFile(const std::filesystem::path& file, const Run& run, const Differ& differ) {
    const bool write = std::getenv("HEARTH_WRITE_EXPECTED") != nullptr;
    std::ifstream stream(file);
    std::string rewritten;
    std::map<std::string, std::string> settings;
    TextCase current;
    int number = 0;
    int count = 0;
    bool after_mark = false;
    const auto finish = [&] {
      if (current.input.empty()) return;
      ++count;
      current.settings = settings;
      std::string actual = run(current);
      while (actual.ends_with('\n')) actual.pop_back();
      if (write)
        rewritten += current.input + "\n----\n" + actual + "\n";
      else if (actual != current.expected)
        differ(file.string() + ":" + std::to_string(current.line), actual, current);
      current = {};
      after_mark = false;
    };
    for (std::string line; std::getline(stream, line);) {
      ++number;
      if (line.empty()) {
        finish();
        rewritten += "\n";
      } else if (current.input.empty() && (line[0] == '#' || line[0] == '@')) {
        rewritten += line + "\n";
        const auto blank = line.find(' ');
        if (line[0] == '@')
          settings[line.substr(1, blank - 1)] = blank == std::string::npos ? "on" : line.substr(blank + 1);
      } else if (line == "----") {
        after_mark = true;
      } else {
        auto& target = after_mark ? current.expected : current.input;
        if (target.empty() && !after_mark) current.line = number;
        target += (target.empty() ? "" : "\n") + line;
      }
    }
    finish();
    if (write) std::ofstream(file) << rewritten;
    return count;
  }
};

}  // namespace hearth::plan
