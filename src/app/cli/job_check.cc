#include "app/cli/job_check.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/cli/input.h"
#include "app/cli/manifest_jobs.h"
#include "app/cli/python_program.h"
#include "app/platform.h"
#include "app/server.h"
#include "base/uuid.h"
#include "manifest/manifest.h"
#include "runner/admission.h"
#include "session/core_etl.h"
#include "session/found_tables.h"
#include "session/script.h"
#include "session/write_guard.h"

namespace hearth::app {
namespace {

using nlohmann::ordered_json;

constexpr int kWrong = 1;
constexpr int kCalledWrongly = 2;

constexpr std::chrono::milliseconds kPythonTime{3000};
// For all jobs of a file: people wait for the answer with a finger on the key.
constexpr std::chrono::milliseconds kCheckTime{4000};

struct TestOptions {
  ManifestOptions manifest;
  std::string output = "text";
};

// Where one test works, gone after it.
class Folder {
 public:
  Folder() { std::filesystem::create_directories(path_); }
  ~Folder() { Remove(); }
  void Remove() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("hearth-test-" + base::RandomUuid());
};

struct Finding {
  std::string subject;  // "transformation clean"
  std::string text;     // what is wrong, why it was not checked, or the schema
  std::string verdict;  // "ok", "wrong", "not checked"
  int line = 0;
  std::string file = {};  // empty: the manifest
};

// The engine without doors, which writes into its folder alone.
class Engine {
 public:
  // `warehouse`: tables that are known.
  base::Status Start(const std::string& warehouse, const std::filesystem::path& folder) {
    ServerSettings settings;
    settings.listen = "127.0.0.1:0";
    settings.doors.http = settings.doors.control = kNoDoor;
    const std::filesystem::path own = folder / base::RandomUuid();
    settings.warehouse = own.string();
    std::filesystem::create_directories(own);
    guard_ = std::make_unique<session::WriteGuard>(session::WriteGuard::Mode::kDry, own);
    HEARTH_ASSIGN(process_, StartServerProcess(settings, guard_.get()));
    HEARTH_ASSIGN(session_,
                  process_->sessions().GetOrCreate({"hearth", session::SessionId(base::RandomUuid())}, ""));
    session::FindTables(*session_, warehouse);
    return {};
  }
  ~Engine() {
    session_.reset();
    if (process_) process_->Stop();
  }
  session::Session& session() { return *session_; }

 private:
  std::unique_ptr<session::WriteGuard> guard_;
  std::unique_ptr<ServerProcess> process_;
  std::shared_ptr<session::Session> session_;
};

// Where the text of a source, step or sink stands in the manifest.
int LineIn(const manifest::Document& document, const session::CoreEtlCheck& check) {
  const std::string list = check.kind == "source" ? "sources"
                           : check.kind == "sink" ? "sinks"
                                                  : "transformations";
  const manifest::Node* records = document.root.At("spec.coreEtl.jobSpec." + list);
  if (records == nullptr) return 0;
  for (const manifest::Node& record : records->children) {
    const manifest::Node* name = record.Find("name");
    if (name == nullptr || name->text != check.name) continue;
    const manifest::Node* text = record.Find(check.kind == "source" ? "filter" : "query");
    if (text == nullptr || check.line == 0) return record.line;
    // The text of a block begins on the line after its key.
    const bool is_block = text->text.find('\n') != std::string::npos;
    return text->line + (is_block ? 1 : 0) + check.line - 1;
  }
  return 0;
}

std::string Describe(const base::Error& error) {
  return error.condition.empty() ? error.message : fmt::format("[{}] {}", error.condition, error.message);
}

Finding Verdict(std::string subject, int line, const std::string& schema, const std::string& not_checked,
                const std::optional<base::Error>& error) {
  Finding finding{std::move(subject), schema, "ok", line};
  if (!not_checked.empty()) {
    finding.verdict = "not checked";
    finding.text = not_checked;
  } else if (error) {
    finding.verdict = "wrong";
    finding.text = Describe(*error);
  }
  return finding;
}

using Findings = std::vector<Finding>;

base::Result<Findings> CheckPipeline(const TestOptions& options, const ManifestJob& job,
                                     const Folder& folder) {
  Engine engine;
  HEARTH_RETURN_IF_ERROR(engine.Start(options.manifest.warehouse, folder.path()));
  HEARTH_ASSIGN(const auto checks,
                session::CheckCoreEtl(engine.session(), job.spec.application.core_etl, {}));
  Findings findings;
  for (const session::CoreEtlCheck& check : checks) {
    findings.push_back(Verdict(fmt::format("{} {}", check.kind, check.name), LineIn(job.document, check),
                               check.schema, check.not_checked, check.error));
  }
  return findings;
}

// The line of a text's first line in the manifest: that of a block begins after its key.
int FirstLineOf(const ManifestJob& job, std::string_view path) {
  const manifest::Node* node = job.document.root.At(path);
  if (node == nullptr) return 1;
  return node->line + (node->text.find('\n') != std::string::npos ? 1 : 0);
}

int LineOf(const ManifestJob& job, std::string_view path) {
  const manifest::Node* node = job.document.root.At(path);
  return node == nullptr ? job.document.root.line : node->line;
}

// A file of another machine's or of a store is not looked for here.
bool IsElsewhere(const std::string& path) {
  return path.find("://") != std::string::npos && !path.starts_with("file://");
}

base::Result<Findings> CheckStatements(const TestOptions& options, const ManifestJob& job,
                                       const Folder& folder) {
  const manifest::Application& program = job.spec.application;
  std::string script = program.sql;
  std::string path;
  int first = FirstLineOf(job, "spec.sql.query");
  if (!program.main_file.empty()) {
    const int line = LineOf(job, "spec.sql.file");
    if (IsElsewhere(program.main_file)) {
      return Findings{{"statements", program.main_file + " is not on this machine", "not checked", line}};
    }
    path = FileOfJob(options.manifest, program.main_file);
    auto text = ReadInput(path);
    if (!text.ok()) return Findings{{"statements", path + " cannot be read", "wrong", line}};
    script = std::move(*text);
    first = 1;
  }
  Engine engine;
  HEARTH_RETURN_IF_ERROR(engine.Start(options.manifest.warehouse, folder.path()));
  const auto checks = session::CheckScript(engine.session(), script, {});
  if (!checks.ok()) return Findings{{"statements", Describe(*checks.error()), "wrong", first, path}};
  Findings findings;
  for (const session::StatementCheck& check : *checks) {
    findings.push_back(Verdict(fmt::format("statement {}", findings.size() + 1), first + check.line - 1,
                               check.schema, check.not_checked, check.error));
    findings.back().file = path;
  }
  return findings;
}

base::Result<Findings> CheckProgram(const TestOptions& options, const ManifestJob& job) {
  const manifest::Application& program = job.spec.application;
  std::vector<std::string> files = {program.main_file};
  files.insert(files.end(), program.py_files.begin(), program.py_files.end());
  Findings findings;
  for (const std::string& name : files) {
    const std::string subject = "program " + name;
    const int line = LineOf(job, "spec.pyspark");
    if (IsElsewhere(name) || !name.ends_with(".py")) {
      findings.push_back({subject, "it is no Python file on this machine", "not checked", line});
      continue;
    }
    const std::string path = FileOfJob(options.manifest, name);
    if (!std::ifstream(path)) {
      findings.push_back({subject, path + " cannot be read", "wrong", line});
      continue;
    }
    const auto mistake = CheckPythonFile(options.manifest.python, path, kPythonTime);
    if (!mistake.ok()) {
      findings.push_back({subject, mistake.error()->message, "not checked", line});
    } else if (*mistake) {
      findings.push_back({subject, (*mistake)->message, "wrong", (*mistake)->line, path});
    } else {
      findings.push_back({subject, "its syntax is; it is not run", "ok", 1, path});
    }
  }
  return findings;
}

// Limits that this job alone is beyond.
Findings CheckPolicy(const TestOptions& options, const ManifestJob& job) {
  if (options.manifest.platform_file.empty()) return {};
  const auto platform = ReadPlatform(options.manifest.platform_file);
  const int line = LineOf(job, "spec.resources");
  if (!platform.ok()) return {{"platform", platform.error()->message, "wrong", line}};
  const runner::Policy& policy = platform->policy;
  manifest::JobSpec spec = job.spec;
  const std::string backend =
      spec.backend.empty() ? policy.Environment(spec.environment).backend : spec.backend;
  // As the local backend has it: executors only for jobs that ask for them.
  if (backend == "local" && !spec.given.contains("resources.executor.instances")) {
    spec.resources.executor_instances = 0;
  }
  const std::string forbidden =
      runner::Ledger(policy, {})
          .WhatForbids(spec.team, backend, runner::TotalCores(spec), runner::TotalMemoryMib(spec));
  if (forbidden.empty()) return {};
  return {{"resources", "it would never start: " + forbidden, "wrong", line}};
}

base::Result<Findings> CheckJob(const TestOptions& options, const ManifestJob& job, const Folder& folder) {
  switch (job.spec.application.kind) {
    case manifest::ApplicationKind::kCoreEtl:
      if (job.spec.application.main_file.empty()) return CheckPipeline(options, job, folder);
      break;
    case manifest::ApplicationKind::kSql:
      return CheckStatements(options, job, folder);
    case manifest::ApplicationKind::kPySpark:
      return CheckProgram(options, job);
    case manifest::ApplicationKind::kJar:
      break;
  }
  return Findings{{"job " + job.spec.name, "its manifest is; a jar is not looked into", "ok", 1}};
}

// None when it did not end in time: it goes on until the process ends, with what it was given.
std::optional<base::Result<Findings>> ByThen(std::chrono::steady_clock::time_point end,
                                             std::function<base::Result<Findings>()> check) {
  std::packaged_task<base::Result<Findings>()> task(std::move(check));
  std::future<base::Result<Findings>> answer = task.get_future();
  std::thread(std::move(task)).detach();
  if (answer.wait_until(end) != std::future_status::ready) return std::nullopt;
  return answer.get();
}

void Print(const TestOptions& options, const std::vector<Finding>& findings) {
  if (options.output == "json") {
    ordered_json list = ordered_json::array();
    for (const Finding& finding : findings) {
      list.push_back({{"file", finding.file.empty() ? options.manifest.file : finding.file},
                      {"line", finding.line},
                      {"subject", finding.subject},
                      {"verdict", finding.verdict},
                      {"text", finding.text}});
    }
    fmt::print("{}\n", list.dump(2, ' ', false, ordered_json::error_handler_t::replace));
    return;
  }
  for (const Finding& finding : findings) {
    fmt::print("{}:{}: {}: {}{}{}\n", finding.file.empty() ? options.manifest.file : finding.file,
               finding.line, finding.subject, finding.verdict, finding.text.empty() ? "" : ": ",
               finding.text);
  }
}

int Complain(const std::string& message, int code) {
  fmt::print(stderr, "hearth job test: {}\n", message);
  return code;
}

int TestJob(const TestOptions& options) {
  const auto jobs = ReadManifestJobs(options.manifest);
  if (!jobs.ok()) return Complain(jobs.error()->message, kCalledWrongly);
  if (!jobs->errors.empty()) fmt::print("{}", manifest::Render(jobs->errors));
  Findings findings;
  Folder folder;
  bool is_late = false;
  const auto end = std::chrono::steady_clock::now() + kCheckTime;
  for (const ManifestJob& job : jobs->jobs) {
    auto checked = ByThen(end, [&] { return CheckJob(options, job, folder); });
    if (!checked) {
      is_late = true;
      findings.push_back(
          {"job " + job.spec.name,
           fmt::format("there was no answer within {} s; reading the types of a large file takes "
                       "long, a source with a schema does not",
                       kCheckTime.count() / 1000),
           "not checked", job.document.root.line});
    } else if (!checked->ok()) {
      findings.push_back(
          {"job " + job.spec.name, Describe(*checked->error()), "wrong", job.document.root.line});
    } else {
      std::ranges::move(**checked, std::back_inserter(findings));
    }
    std::ranges::move(CheckPolicy(options, job), std::back_inserter(findings));
  }
  if (!findings.empty() || jobs->errors.empty()) Print(options, findings);
  const bool is_wrong = !jobs->errors.empty() || std::ranges::count(findings, "wrong", &Finding::verdict) > 0;
  const int code = is_wrong ? kWrong : 0;
  if (is_late) {
    // The check that still runs uses what an orderly end would take from it.
    (void)std::fflush(stdout);
    folder.Remove();
    std::_Exit(code);
  }
  return code;
}

}  // namespace

void InstallJobTest(CLI::App& parser, int& exit_code) {
  const auto options = std::make_shared<TestOptions>();
  AddManifestOptions(parser, &options->manifest);
  parser.add_option("--output", options->output, "text or json")->check(CLI::IsMember({"text", "json"}));
  parser.footer("Exit codes: 0 nothing is wrong, 1 something is, 2 called wrongly");
  parser.callback([options, &exit_code] { exit_code = TestJob(*options); });
}

}  // namespace hearth::app
