#include "app/cli/job_sandbox.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/cli/input.h"
#include "app/cli/manifest_jobs.h"
#include "app/cli/python_program.h"
#include "app/server.h"
#include "base/uuid.h"
#include "session/core_etl.h"
#include "session/found_tables.h"
#include "session/preview.h"
#include "session/script.h"
#include "session/write_guard.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;
using manifest::ApplicationKind;
using nlohmann::ordered_json;

constexpr int kFailed = 1;
constexpr int kCalledWrongly = 2;
constexpr int kRefused = 7;

struct SandboxOptions {
  ManifestOptions manifest;
  bool sandbox = false;
  std::string directory;
  std::string job;
  std::string output = "text";

  bool is_json() const { return output == "json"; }
};

// What was written into the sandbox, and where it would have gone.
struct Place {
  std::string name;
  std::string target;
  plan::FileSink files;
  session::Preview preview;
};

base::Error Wrong(std::string message) {
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = std::move(message);
  return error;
}

std::string Describe(const base::Error& error) {
  return error.condition.empty() ? error.message : fmt::format("[{}] {}", error.condition, error.message);
}

// The folder of this run, new or empty: nothing of an earlier one is shown as if this one had written it.
base::Result<fs::path> MakeFolder(const SandboxOptions& options, const std::string& job) {
  fs::path folder = options.directory;
  if (folder.empty()) {
    const std::string now = absl::FormatTime("%Y%m%d-%H%M%S", absl::Now(), absl::UTCTimeZone());
    folder = fs::path("hearth-sandbox") / fmt::format("{}-{}-{}", job, now, base::RandomUuid().substr(0, 4));
  }
  std::error_code code;
  folder = fs::absolute(folder, code).lexically_normal();
  if (!code) fs::create_directories(folder, code);
  if (code) return Wrong(fmt::format("{}: {}", folder.string(), code.message()));
  if (!fs::is_empty(folder, code))
    return Wrong(fmt::format("{}: the sandbox must be empty", folder.string()));
  return folder;
}

class Sandbox {
 public:
  Sandbox(const SandboxOptions& options, const ManifestJob& job, fs::path folder)
      : options_(options),
        job_(job),
        folder_(std::move(folder)),
        guard_(session::WriteGuard::Mode::kSandbox, folder_) {}
  ~Sandbox() {
    session_.reset();
    if (process_) process_->Stop();
  }
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  base::Status Start() {
    ServerSettings settings;
    settings.listen = "127.0.0.1:0";
    settings.doors.http = settings.doors.control = kNoDoor;
    settings.warehouse = (folder_ / "warehouse").string();
    for (const auto& [key, value] : job_.spec.spark_config) settings.spark[key] = value;
    HEARTH_ASSIGN(process_, StartServerProcess(settings, &guard_));
    HEARTH_ASSIGN(session_,
                  process_->sessions().GetOrCreate({"hearth", session::SessionId(base::RandomUuid())}, ""));
    session::FindTables(*session_, options_.manifest.warehouse);
    return {};
  }

  base::Status Run() {
    const manifest::Application& program = job_.spec.application;
    switch (program.kind) {
      case ApplicationKind::kCoreEtl:
        if (!program.main_file.empty()) return base::NotImplemented("a CoreETL jar on the embedded engine");
        return session::RunCoreEtl(*session_, program.core_etl, Printer(), {}, SinksFolder().string());
      case ApplicationKind::kSql:
        return RunSql(program);
      case ApplicationKind::kPySpark:
        return RunProgram(program);
      case ApplicationKind::kJar:
        return base::NotImplemented("a jar on the embedded engine");
    }
    return {};
  }

  base::Result<std::vector<Place>> Places() {
    std::vector<Place> places = job_.spec.application.kind == ApplicationKind::kCoreEtl ? Sinks() : Written();
    std::erase_if(places, [](const Place& place) {
      std::error_code code;
      return !fs::exists(place.files.path, code);
    });
    for (Place& place : places) {
      HEARTH_ASSIGN(place.preview, session::PreviewFiles(*session_, place.files, {}));
    }
    return places;
  }

  std::vector<std::string> refused() const { return guard_.refused(); }

 private:
  fs::path SinksFolder() const { return folder_ / "sinks"; }

  // With --output json, standard output is one document: what the job prints goes to standard error.
  session::Printer Printer() const {
    std::FILE* const stream = options_.is_json() ? stderr : stdout;
    return [stream](const std::string& text) {
      std::fputs(text.c_str(), stream);
      std::fputc('\n', stream);
      std::fflush(stream);
    };
  }

  base::Status RunSql(const manifest::Application& program) {
    std::string script = program.sql;
    if (!program.main_file.empty()) {
      HEARTH_ASSIGN(script, ReadInput(FileOfJob(options_.manifest, program.main_file)));
    }
    return session::RunScript(*session_, script, Printer(), {});
  }

  base::Status RunProgram(const manifest::Application& program) {
    std::vector<std::string> words = {options_.manifest.python,
                                      FileOfJob(options_.manifest, program.main_file)};
    words.insert(words.end(), program.arguments.begin(), program.arguments.end());
    for (const auto& [name, value] : job_.spec.environment_variables)
      ::setenv(name.c_str(), value.c_str(), 1);
    HEARTH_ASSIGN(const int code, RunPythonProgram(words, process_->address(), options_.is_json()));
    if (code == 0) return {};
    return Wrong(fmt::format("the program ended with exit code {}", code));
  }

  std::vector<Place> Sinks() const {
    std::vector<Place> places;
    const ordered_json specification = ordered_json::parse(job_.spec.application.core_etl, nullptr, false);
    for (const ordered_json& sink : specification.value("sinks", ordered_json::array())) {
      Place place;
      place.name = sink.value("name", "");
      const std::string type = sink.value("type", "");
      place.files.format = type == "table" ? "parquet" : type;
      place.files.path = (SinksFolder() / place.name).string();
      const ordered_json options = sink.value("options", ordered_json::object());
      for (const auto& [key, value] : options.items()) {
        place.files.options[key] = value.is_string() ? value.get<std::string>() : value.dump();
      }
      place.target = sink.value("path", "");
      for (const char* part : {"catalog", "database", "table"}) {
        if (sink.contains(part)) place.target += (place.target.empty() ? "" : ".") + sink.value(part, "");
      }
      places.push_back(std::move(place));
    }
    return places;
  }

  std::vector<Place> Written() const {
    std::vector<Place> places;
    for (const plan::FileSink& sink : guard_.written()) {
      const fs::path path(sink.path);
      places.push_back({path.filename().string(), "", sink, {}});
    }
    return places;
  }

  const SandboxOptions& options_;
  const ManifestJob& job_;
  const fs::path folder_;
  session::WriteGuard guard_;
  std::unique_ptr<ServerProcess> process_;
  std::shared_ptr<session::Session> session_;
};

void PrintText(const fs::path& folder, const std::vector<Place>& places) {
  for (const Place& place : places) {
    fmt::print("\n{}{}: {} {} in {}\n", place.name,
               place.target.empty() ? "" : fmt::format(" (would go to {})", place.target), place.preview.rows,
               place.preview.rows == 1 ? "row" : "rows", place.files.path);
    if (!place.preview.schema.empty()) fmt::print("{}\n{}", place.preview.schema, place.preview.table);
  }
  fmt::print("\nsandbox: {}\n", folder.string());
}

void PrintJson(const ManifestJob& job, const fs::path& folder, const std::vector<Place>& places,
               const std::vector<std::string>& refused, const std::string& error) {
  ordered_json answer = {{"job", job.spec.name},
                         {"ok", error.empty() && refused.empty()},
                         {"sandbox", folder.string()},
                         {"written", ordered_json::array()},
                         {"refused", refused}};
  if (!error.empty()) answer["error"] = error;
  for (const Place& place : places) {
    ordered_json rows = ordered_json::array();
    for (const std::string& row : place.preview.json_rows) {
      rows.push_back(ordered_json::parse(row, nullptr, false));
    }
    answer["written"].push_back({{"name", place.name},
                                 {"target", place.target},
                                 {"path", place.files.path},
                                 {"format", place.files.format},
                                 {"rows", place.preview.rows},
                                 {"schema", place.preview.schema},
                                 {"preview", rows}});
  }
  fmt::print("{}\n", answer.dump(2, ' ', false, ordered_json::error_handler_t::replace));
}

int Complain(const std::string& message, int code) {
  fmt::print(stderr, "hearth job run: {}\n", message);
  return code;
}

base::Result<const ManifestJob*> Choose(const SandboxOptions& options, const ManifestJobs& jobs) {
  const ManifestJob* chosen = nullptr;
  for (const ManifestJob& job : jobs.jobs) {
    if (!options.job.empty() && job.spec.name != options.job) continue;
    if (chosen != nullptr) return Wrong("the manifest has several jobs: name one with --job");
    chosen = &job;
  }
  if (chosen == nullptr) return Wrong(fmt::format("{}: there is no such job", options.manifest.file));
  const manifest::Node* allowed = chosen->document.root.At("spec.testingMode.sandboxEnabled");
  if (allowed != nullptr && allowed->text == "false") {
    return Wrong(fmt::format("{}:{}: testingMode.sandboxEnabled says that this job runs in no sandbox",
                             options.manifest.file, allowed->line));
  }
  return chosen;
}

int RunInSandbox(const SandboxOptions& options) {
  if (!options.sandbox) {
    return Complain("--sandbox must be given; `hearth job submit` runs a job for real", kCalledWrongly);
  }
  const auto jobs = ReadManifestJobs(options.manifest);
  if (!jobs.ok()) return Complain(jobs.error()->message, kCalledWrongly);
  if (!jobs->errors.empty()) {
    fmt::print(stderr, "{}", manifest::Render(jobs->errors));
    return kCalledWrongly;
  }
  const auto job = Choose(options, *jobs);
  if (!job.ok()) return Complain(job.error()->message, kCalledWrongly);
  const auto folder = MakeFolder(options, (*job)->spec.name);
  if (!folder.ok()) return Complain(folder.error()->message, kCalledWrongly);
  Sandbox sandbox(options, **job, *folder);
  if (const base::Status started = sandbox.Start(); !started.ok()) {
    return Complain(started.error()->message, kFailed);
  }
  const base::Status ran = sandbox.Run();
  std::string error = ran.ok() ? "" : Describe(*ran.error());
  auto places = sandbox.Places();
  if (!places.ok()) {
    if (error.empty()) error = Describe(*places.error());
    places = std::vector<Place>();
  }
  const std::vector<std::string> refused = sandbox.refused();
  if (options.is_json()) {
    PrintJson(**job, *folder, *places, refused, error);
  } else {
    PrintText(*folder, *places);
  }
  for (const std::string& place : refused) Complain(fmt::format("refused: a write to {}", place), kRefused);
  if (!error.empty()) Complain(error, kFailed);
  return !refused.empty() ? kRefused : error.empty() ? 0 : kFailed;
}

}  // namespace

void InstallJobRun(CLI::App& parser, int& exit_code) {
  const auto options = std::make_shared<SandboxOptions>();
  AddManifestOptions(parser, &options->manifest);
  parser.add_flag("--sandbox", options->sandbox, "Write only into a folder of the run's own, and show it");
  parser.add_option("--sandbox-dir", options->directory,
                    "That folder, new or empty (default hearth-sandbox/JOB-TIME)");
  parser.add_option("--job", options->job, "Which job, when the manifest has several");
  parser.add_option("--output", options->output, "text or json")->check(CLI::IsMember({"text", "json"}));
  parser.footer(
      "Exit codes: 0 it ran, 1 it failed, 2 called wrongly or a wrong manifest, 7 it tried to write "
      "elsewhere");
  parser.callback([options, &exit_code] { exit_code = RunInSandbox(*options); });
}

}  // namespace hearth::app
