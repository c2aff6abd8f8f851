#include "app/cli/job_check.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/job_requests.h"
#include "app/server.h"
#include "base/uuid.h"
#include "manifest/manifest.h"
#include "session/core_etl.h"

namespace hearth::app {
namespace {

using nlohmann::ordered_json;

constexpr int kWrong = 1;
constexpr int kCalledWrongly = 2;
constexpr const char* kDefaultEnvironment = "local";

struct TestOptions {
  std::string file;
  std::string environment = kDefaultEnvironment;
  std::string platform_file;
  std::string date;
  std::string output = "text";
  std::vector<std::string> parameters;
};

struct Finding {
  std::string subject;  // "transformation clean"
  std::string text;     // what is wrong, why it was not checked, or the schema
  std::string verdict;  // "ok", "wrong", "not checked"
  int line = 0;         // of the manifest
};

// The engine without doors, and a folder of its own that is gone afterwards.
class Engine {
 public:
  base::Status Start() {
    ServerSettings settings;
    settings.listen = "127.0.0.1:0";
    settings.doors.http = settings.doors.control = kNoDoor;
    folder_ = std::filesystem::temp_directory_path() / ("hearth-test-" + base::RandomUuid());
    settings.warehouse = folder_.string();
    HEARTH_ASSIGN(process_, StartServerProcess(settings));
    HEARTH_ASSIGN(session_,
                  process_->sessions().GetOrCreate({"hearth", session::SessionId(base::RandomUuid())}, ""));
    return {};
  }
  ~Engine() {
    session_.reset();
    if (process_) process_->Stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  session::Session& session() { return *session_; }

 private:
  std::filesystem::path folder_;
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

base::Result<std::vector<Finding>> CheckPipeline(const manifest::Document& document,
                                                 const std::string& core_etl) {
  Engine engine;
  HEARTH_RETURN_IF_ERROR(engine.Start());
  HEARTH_ASSIGN(const auto checks, session::CheckCoreEtl(engine.session(), core_etl, {}));
  std::vector<Finding> findings;
  for (const session::CoreEtlCheck& check : checks) {
    Finding finding{fmt::format("{} {}", check.kind, check.name), check.schema, "ok",
                    LineIn(document, check)};
    if (!check.not_checked.empty()) {
      finding.verdict = "not checked";
      finding.text = check.not_checked;
    } else if (check.error) {
      finding.verdict = "wrong";
      finding.text = check.error->condition.empty()
                         ? check.error->message
                         : fmt::format("[{}] {}", check.error->condition, check.error->message);
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

void Print(const TestOptions& options, const std::vector<Finding>& findings) {
  if (options.output == "json") {
    ordered_json list = ordered_json::array();
    for (const Finding& finding : findings) {
      list.push_back({{"line", finding.line},
                      {"subject", finding.subject},
                      {"verdict", finding.verdict},
                      {"text", finding.text}});
    }
    fmt::print("{}\n", list.dump(2, ' ', false, ordered_json::error_handler_t::replace));
    return;
  }
  for (const Finding& finding : findings) {
    fmt::print("{}:{}: {}: {}{}{}\n", options.file, finding.line, finding.subject, finding.verdict,
               finding.text.empty() ? "" : ": ", finding.text);
  }
}

int Complain(const std::string& message, int code) {
  fmt::print(stderr, "hearth job test: {}\n", message);
  return code;
}

std::string Today() {
  const absl::Time now = absl::Now();
  return absl::FormatTime("%Y-%m-%d", now, absl::UTCTimeZone());
}

int TestJob(const TestOptions& options) {
  std::ifstream file(options.file, std::ios::binary);
  if (!file) return Complain(fmt::format("{}: the file cannot be read", options.file), kCalledWrongly);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto platform = ReadManifestPlatform(options.platform_file);
  if (!platform.ok()) return Complain(platform.error()->message, kCalledWrongly);
  manifest::Target target;
  target.environment = options.environment;
  target.platform = &*platform;
  target.names.date = options.date.empty() ? Today() : options.date;
  for (const std::string& parameter : options.parameters) {
    const size_t equals = parameter.find('=');
    if (equals == std::string::npos)
      return Complain(fmt::format("--param: '{}' is not NAME=VALUE", parameter), kCalledWrongly);
    target.names.parameters[parameter.substr(0, equals)] = parameter.substr(equals + 1);
  }
  const manifest::ManifestFile read = manifest::ReadManifests(text, options.file);
  if (!read.errors.empty()) {
    fmt::print("{}", manifest::Render(read.errors));
    return kWrong;
  }
  std::vector<Finding> findings;
  bool is_wrong = false;
  for (const manifest::Document& document : read.documents) {
    if (document.kind != manifest::Kind::kSparkJob) continue;
    const auto job = manifest::ResolveJob(document, target);
    if (!job) {
      fmt::print("{}", manifest::Render(job.error()));
      is_wrong = true;
      continue;
    }
    const std::string& name = job->name;
    if (job->application.kind != manifest::ApplicationKind::kCoreEtl || !job->application.main_file.empty()) {
      findings.push_back({"job " + name, "its manifest is; a program of its own is not run", "ok", 1});
      continue;
    }
    auto checked = CheckPipeline(document, job->application.core_etl);
    if (!checked.ok()) return Complain(checked.error()->message, kWrong);
    for (Finding& finding : *checked) findings.push_back(std::move(finding));
  }
  Print(options, findings);
  is_wrong = is_wrong || std::ranges::count(findings, "wrong", &Finding::verdict) > 0;
  return is_wrong ? kWrong : 0;
}

}  // namespace

void InstallJobTest(CLI::App& parser, int& exit_code) {
  const auto options = std::make_shared<TestOptions>();
  parser.add_option("file", options->file, "Manifests (YAML)")->required()->type_name("FILE");
  parser.add_option("--environment", options->environment, "Which overlay (default local)");
  parser.add_option("--date", options->date, "The date of the run, for {{ ds }} (default today)");
  parser.add_option("--param", options->parameters, "NAME=VALUE for {{ NAME }}")->take_all();
  parser.add_option("--platform", options->platform_file, "What the platform team owns (YAML)");
  parser.add_option("--output", options->output, "text or json")->check(CLI::IsMember({"text", "json"}));
  parser.footer("Exit codes: 0 nothing is wrong, 1 something is, 2 called wrongly");
  parser.callback([options, &exit_code] { exit_code = TestJob(*options); });
}

}  // namespace hearth::app
