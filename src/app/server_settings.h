// The settings of `hearth serve`: one row each, read from flags, the environment and a YAML file, in this
// order of precedence.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/door_settings.h"
#include "base/result.h"

namespace hearth::app {

struct ServerSettings {
  std::string listen = "127.0.0.1:15002";
  std::string warehouse = "spark-warehouse";  // made absolute when the server starts
  int threads = 0;                            // 0: one for each core
  std::string memory_limit;                   // empty: four fifths of the machine's memory
  std::string spill_directory;                // empty: below the system's temporary directory
  std::map<std::string, std::string> spark;   // initial values of Spark's settings, static ones included
  int64_t session_idle_seconds = 3600;
  int64_t stop_seconds = 10;        // how long running queries may go on after a request to stop
  bool until_stdin_closes = false;  // end when standard input does: with the program that started us
  DoorSettings doors;
};

// What one setting is called in each place. The flag is "--memory-limit", the variable HEARTH_MEMORY_LIMIT,
// the key memory_limit.
struct SettingRow {
  const char* name;   // lower case with '-'
  const char* value;  // what stands for the value in the help text; empty for a switch
  const char* meaning;
  // Reads the text into the settings; the error says what was expected.
  base::Status (*apply)(const std::string& text, ServerSettings* settings);
  // A variable of a standard that says the same, weaker than ours; null: there is none.
  const char* standard_variable = nullptr;
};
std::span<const SettingRow> SettingRows();

// "api-key=abc,x=y%20z" as pairs, values decoded; none when it is something else.
std::optional<std::vector<std::pair<std::string, std::string>>> ReadOtlpHeaders(std::string_view text);

// `flags`: by row name, as given on the command line. `environment`: a variable's value, or none. `file`:
// path of the YAML file, empty for none. Errors (kIllegalArgument) name the setting, its value and what was
// expected.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
base::Result<ServerSettings> ReadServerSettings(const std::map<std::string, std::string>& flags,
                                                const Environment& environment, const std::string& file);

}  // namespace hearth::app
