#include "app/cli/run.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "app/cli/python_program.h"
#include "app/server.h"
#include "app/server_settings.h"
#include "base/uuid.h"
#include "session/core_etl.h"
#include "session/found_tables.h"
#include "session/script.h"
#include "session/write_notes.h"

namespace hearth::app {
namespace {

// What scripts can tell apart.
constexpr int kProgramFailed = 1;
constexpr int kCalledWrongly = 2;

struct RunOptions {
  std::string file;
  std::vector<std::string> arguments;
  std::string sql;
  std::string core_etl;
  std::string python = "python3";
  std::string warehouse;
  std::string memory_limit;
  std::string written;
  int threads = 0;
  std::vector<std::string> settings;
};

int Complain(const std::string& message) {
  fmt::print(stderr, "hearth run: {}\n", message);
  return kCalledWrongly;
}

std::string Describe(const base::Error& error) {
  std::string text =
      error.condition.empty() ? error.message : fmt::format("[{}] {}", error.condition, error.message);
  if (!error.sql_state.empty()) text += fmt::format(" SQLSTATE: {}", error.sql_state);
  return text;
}

int RunInSession(session::Session& session, const RunOptions& options, const std::string& script) {
  const auto print = [](const std::string& text) {
    std::fputs(text.c_str(), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
  };
  const base::Status status = options.core_etl.empty()
                                  ? session::RunScript(session, script, print, {})
                                  : session::RunCoreEtl(session, options.core_etl, print, {});
  if (status.ok()) return 0;
  fmt::print(stderr, "{}\n", Describe(*status.error()));
  return kProgramFailed;
}

int RunPython(const RunOptions& options, const std::string& address) {
  std::vector<std::string> words = {options.python, options.file};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  const auto code = RunPythonProgram(std::move(words), address, false);
  return code.ok() ? *code : Complain(code.error()->message);
}

base::Result<ServerSettings> SettingsOf(const RunOptions& options) {
  std::map<std::string, std::string> flags = {{"listen", "127.0.0.1:0"}, {"http", "off"}, {"control", "off"}};
  if (options.threads > 0) flags["threads"] = fmt::format("{}", options.threads);
  if (!options.memory_limit.empty()) flags["memory-limit"] = options.memory_limit;
  if (!options.warehouse.empty()) flags["warehouse"] = options.warehouse;
  const auto variable = [](const std::string& name) -> std::optional<std::string> {
    // A program of its own: what other settings a server has are not its own.
    const char* value = name == "HEARTH_WAREHOUSE" ? std::getenv(name.c_str()) : nullptr;
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  HEARTH_ASSIGN(ServerSettings settings, ReadServerSettings(flags, variable, ""));
  for (const std::string& setting : options.settings) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos) {
      base::Error error;
      error.message = fmt::format("--conf: '{}' is not KEY=VALUE", setting);
      return error;
    }
    settings.spark[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  return settings;
}

int Run(const RunOptions& options) {
  const bool is_python = options.file.ends_with(".py");
  std::string script = options.sql;
  const int programs =
      (options.file.empty() ? 0 : 1) + (options.sql.empty() ? 0 : 1) + (options.core_etl.empty() ? 0 : 1);
  if (programs != 1) return Complain("name one program: a file, --sql TEXT or --core-etl JSON");
  if (!options.file.empty()) {
    std::ifstream file(options.file, std::ios::binary);
    if (!file) return Complain(fmt::format("{}: the file cannot be read", options.file));
    if (!is_python && !options.file.ends_with(".sql")) {
      return Complain(fmt::format("{}: expected a file that ends in .py or .sql", options.file));
    }
    std::ostringstream text;
    text << file.rdbuf();
    if (!is_python) script = text.str();
  }
  const auto settings = SettingsOf(options);
  if (!settings.ok()) return Complain(settings.error()->message);
  session::WriteNotes notes(options.written);
  auto process = StartServerProcess(*settings, nullptr, options.written.empty() ? nullptr : &notes);
  if (!process.ok()) return Complain(process.error()->message);
  auto session = (*process)->sessions().GetOrCreate({"hearth", session::SessionId(base::RandomUuid())}, "");
  if (!session.ok()) return Complain(session.error()->message);
  // What earlier runs left in the warehouse: this process's catalogue is new.
  session::FindTables(**session, settings->warehouse);
  const int code =
      is_python ? RunPython(options, (*process)->address()) : RunInSession(**session, options, script);
  session->reset();
  (*process)->Stop();
  return code;
}

}  // namespace

void InstallRun(CLI::App& parser, int& exit_code) {
  const auto options = std::make_shared<RunOptions>();
  parser.add_option("file", options->file, "A PySpark program (.py) or SQL statements (.sql)");
  parser.add_option("--sql", options->sql, "SQL statements, instead of a file")->type_name("TEXT");
  parser
      .add_option("--core-etl", options->core_etl, "Sources, SQL steps and sinks as JSON, instead of a file")
      ->type_name("JSON");
  parser.add_option("--python", options->python, "The Python that has a PySpark client (default python3)");
  parser.add_option("--warehouse", options->warehouse, "Where managed tables live (default spark-warehouse)");
  parser.add_option("--written", options->written,
                    "A file that gets a line of JSON for each place and table that was written to");
  parser.add_option("--memory-limit", options->memory_limit, "Memory of the engine");
  parser.add_option("--threads", options->threads, "Threads of the engine (default: one for each core)");
  parser.add_option("--conf", options->settings, "A Spark setting; may be given again")
      ->type_name("KEY=VALUE");
  parser.prefix_command();
  // Whatever follows the file is the program's own.
  parser.callback([options, &parser, &exit_code] {
    options->arguments = parser.remaining();
    exit_code = Run(*options);
  });
}

}  // namespace hearth::app
