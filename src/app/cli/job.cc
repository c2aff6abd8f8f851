#include "app/cli/job.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>
#include <utility>

#include "app/cli/input.h"
#include "app/cli/job_check.h"
#include "app/cli/job_client.h"
#include "app/cli/job_sandbox.h"
#include "app/cli/job_text.h"
#include "front/web/target.h"

namespace hearth::app {
namespace {

using Json = nlohmann::ordered_json;
using front::web::PercentEncode;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPollPeriod{500};
constexpr std::chrono::seconds kPatience{60};  // with a server that does not answer while we wait

// Exit codes beside those of ExitCodeOf, which say how a job ended.
constexpr int kWrongRequest = 2;
constexpr int kNotFound = 6;
constexpr int kRefused = 7;
constexpr int kConflict = 8;
constexpr int kUnavailable = 9;

struct JobOptions {
  JobServer server;
  std::string output = "table";
  std::string id;
  // submit
  std::string file;
  std::string name;
  std::string team;
  std::string environment;
  std::string key;
  std::vector<std::string> parameters;
  int priority = 0;
  bool wait = false;
  // list
  std::string status;
  int limit = 50;
  // logs
  int64_t tail = 0;
  int attempt = 0;
  bool follow = false;
  // cancel
  std::string reason;

  bool is_json() const { return output == "json"; }
};

int CodeOf(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::kNoSuchElement:
      return kNotFound;
    case base::ErrorKind::kUnauthenticated:
    case base::ErrorKind::kPermissionDenied:
      return kRefused;
    case base::ErrorKind::kConflict:
      return kConflict;
    case base::ErrorKind::kUnavailable:
    case base::ErrorKind::kResourceExhausted:
    case base::ErrorKind::kDeadlineExceeded:
    case base::ErrorKind::kCancelled:
    case base::ErrorKind::kUnknownOutcome:
    case base::ErrorKind::kInternal:
    case base::ErrorKind::kRuntime:
      return kUnavailable;
    case base::ErrorKind::kParse:
    case base::ErrorKind::kAnalysis:
    case base::ErrorKind::kArithmetic:
    case base::ErrorKind::kArrayIndex:
    case base::ErrorKind::kDateTime:
    case base::ErrorKind::kNumberFormat:
    case base::ErrorKind::kIllegalArgument:
    case base::ErrorKind::kUnsupported:
    case base::ErrorKind::kSpark:
      return kWrongRequest;
  }
  return kWrongRequest;
}

int Fail(const base::Error& error) {
  fmt::print(stderr, "hearth job: {}\n", error.message);
  return CodeOf(error.kind);
}

base::Error Wrong(std::string message) {
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = std::move(message);
  return error;
}

void Print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}
void Print(const Json& json) { Print(json.dump(2) + "\n"); }

std::string JobPath(const JobOptions& options, const std::string& rest = "") {
  return "/api/v1/jobs/" + PercentEncode(options.id) + rest;
}

std::string Query(const std::vector<std::pair<const char*, std::string>>& values) {
  std::string query;
  for (const auto& [name, value] : values)
    if (!value.empty())
      query += fmt::format("{}{}={}", query.empty() ? "?" : "&", name, PercentEncode(value));
  return query;
}

// ---- submit

std::string ProcessUser() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry == nullptr ? std::to_string(::geteuid()) : entry->pw_name;
}

// A request (JSON), a manifest (YAML), statements (.sql) or a program (.py), by the file's name.
base::Result<Json> RequestOf(const JobOptions& options) {
  HEARTH_ASSIGN(const std::string text, ReadInput(options.file));
  const std::filesystem::path path(options.file);
  const std::string extension = path.extension().string();
  Json request = Json::object();
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (extension == ".json" || (options.file == "-" && first != std::string::npos && text[first] == '{')) {
    request = Json::parse(text, nullptr, false);
    if (!request.is_object()) return Wrong(fmt::format("{}: this is no JSON object", options.file));
  } else if (extension == ".sql") {
    request["name"] = path.stem().string();
    request["config"]["sql"]["query"] = text;
  } else if (extension == ".py") {
    request["name"] = path.stem().string();
    request["config"]["pyspark"]["file"] = std::filesystem::absolute(path).string();
  } else {
    request["manifest"] = text;
  }
  // A token says better who asks; without one the server takes our word.
  if (!request.contains("user")) request["user"] = ProcessUser();
  if (!options.name.empty()) request["name"] = options.name;
  if (!options.team.empty()) request["team"] = options.team;
  if (!options.environment.empty()) request["environment"] = options.environment;
  if (!options.key.empty()) request["idempotency_key"] = options.key;
  if (options.priority != 0) request["priority"] = options.priority;
  HEARTH_ASSIGN(const auto parameters, ReadNamedValues("--parameter", options.parameters));
  for (const auto& [name, value] : parameters) request["parameters"][name] = value;
  return request;
}

// How a job is doing: one line that changes on a terminal, a line for each change elsewhere.
class Progress {
 public:
  void Show(const Json& job) {
    const std::string status = job.value("status", "");
    const std::string message = job.value("message", "");
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - begin_).count();
    if (is_terminal_) {
      std::string line = fmt::format("{} {:>4} s  {:<10} {}", "|/-\\"[turn_++ % 4], seconds, status, message);
      fmt::print(stderr, "\r\x1b[K{}", line.substr(0, 110));
    } else if (status + message != last_) {
      fmt::print(stderr, "{} {}\n", status, message);
    }
    last_ = status + message;
    std::fflush(stderr);
  }
  void End() const {
    if (is_terminal_) fmt::print(stderr, "\r\x1b[K");
  }

 private:
  const bool is_terminal_ = ::isatty(STDOUT_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
  const steady_clock::time_point begin_ = steady_clock::now();
  size_t turn_ = 0;
  std::string last_;
};

base::Result<Json> AwaitEnd(const JobClient& client, const JobOptions& options) {
  Progress progress;
  auto answered = steady_clock::now();
  while (true) {
    auto job = client.Call("GET", JobPath(options, "?brief=true"));
    if (job.ok()) {
      answered = steady_clock::now();
      progress.Show(*job);
      if (IsFinalStatus(job->value("status", ""))) break;
    } else if (job.error()->kind != base::ErrorKind::kUnavailable ||
               steady_clock::now() - answered > kPatience) {
      progress.End();
      return job;
    }
    std::this_thread::sleep_for(kPollPeriod);
  }
  progress.End();
  return client.Call("GET", JobPath(options));
}

int Wait(const JobClient& client, const JobOptions& options) {
  const auto job = AwaitEnd(client, options);
  if (!job.ok()) return Fail(*job.error());
  if (options.is_json()) {
    Print(*job);
  } else {
    Print(JobExplanation(*job));
  }
  return ExitCodeOf(job->value("status", ""));
}

int Submit(const JobClient& client, JobOptions& options) {
  auto request = RequestOf(options);
  if (!request.ok()) return Fail(*request.error());
  const auto answer = client.Call("POST", "/api/v1/jobs",
                                  request->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  if (!answer.ok()) return Fail(*answer.error());
  options.id = answer->value("job_id", "");
  if (!options.wait) {
    if (options.is_json()) {
      Print(*answer);
    } else {
      Print(options.id + "\n");
    }
    return 0;
  }
  if (!options.is_json()) Print(options.id + "\n");
  return Wait(client, options);
}

// ---- The others

int List(const JobClient& client, JobOptions& options) {
  const auto answer = client.Call("GET", "/api/v1/jobs" + Query({{"team", options.team},
                                                                 {"name", options.name},
                                                                 {"environment", options.environment},
                                                                 {"status", options.status},
                                                                 {"limit", std::to_string(options.limit)}}));
  if (!answer.ok()) return Fail(*answer.error());
  if (options.is_json()) {
    Print(*answer);
  } else {
    Print(JobTable((*answer)["jobs"]));
  }
  return 0;
}

int Show(const JobClient& client, JobOptions& options) {
  const auto job = client.Call("GET", JobPath(options));
  if (!job.ok()) return Fail(*job.error());
  const auto events = client.Call("GET", JobPath(options, "/events"));
  if (!events.ok()) return Fail(*events.error());
  if (options.is_json()) {
    Json whole = *job;
    whole["events"] = (*events)["events"];
    Print(whole);
  } else {
    Print(JobPage(*job, (*events)["events"]));
  }
  return 0;
}

int Why(const JobClient& client, JobOptions& options) {
  const auto job = client.Call("GET", JobPath(options));
  if (!job.ok()) return Fail(*job.error());
  if (options.is_json()) {
    Print(Json{{"job_id", options.id}, {"status", (*job)["status"]}, {"explanation", JobExplanation(*job)}});
  } else {
    Print(JobExplanation(*job));
  }
  return 0;
}

int Logs(const JobClient& client, JobOptions& options) {
  const std::string query = Query({{"tail_lines", options.tail > 0 ? std::to_string(options.tail) : ""},
                                   {"attempt", options.attempt > 0 ? std::to_string(options.attempt) : ""},
                                   {"follow", options.follow ? "true" : ""}});
  if (options.is_json()) {
    const auto answer = client.Call("GET", JobPath(options, "/logs") + query);
    if (!answer.ok()) return Fail(*answer.error());
    Print(*answer);
    return 0;
  }
  const base::Status status = client.Stream(JobPath(options, "/logs") + query, [](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  });
  return status.ok() ? 0 : Fail(*status.error());
}

int Cancel(const JobClient& client, JobOptions& options) {
  const auto answer =
      client.Call("DELETE", JobPath(options) + Query({{"reason", options.reason}, {"team", options.team}}));
  if (!answer.ok()) return Fail(*answer.error());
  if (options.is_json()) {
    Print(*answer);
  } else {
    Print(answer->value("message", "") + "\n");
  }
  return answer->value("success", false) ? 0 : 1;
}

int PrintDeclared(const JobOptions& options, const base::Result<Json>& answer) {
  if (!answer.ok()) return Fail(*answer.error());
  if (options.is_json()) {
    Print(*answer);
  } else {
    Print(DeclaredTable(answer->value("declarations", Json::array())));
  }
  return 0;
}

int Declared(const JobClient& client, JobOptions& options) {
  return PrintDeclared(
      options, client.Call("GET", "/api/v1/manifests" +
                                      Query({{"name", options.name}, {"environment", options.environment}})));
}

int Resume(const JobClient& client, JobOptions& options) {
  const Json request = {{"name", options.name}, {"environment", options.environment}, {"team", options.team}};
  return PrintDeclared(options, client.Call("POST", "/api/v1/manifests/resume", request.dump()));
}

using Action = int (*)(const JobClient& client, JobOptions& options);

CLI::App* Add(CLI::App& parser, const char* name, const char* summary,
              const std::shared_ptr<JobOptions>& options, Action action, int& exit_code) {
  CLI::App* command = parser.add_subcommand(name, summary);
  command
      ->add_option("--server", options->server.address,
                   "Address of the REST door (default http://127.0.0.1:15080)")
      ->envname("HEARTH_SERVER")
      ->type_name("URL");
  command->add_option("--token", options->server.token, "Bearer token; better in the variable HEARTH_TOKEN")
      ->envname("HEARTH_TOKEN")
      ->type_name("TEXT");
  command->add_option("--ca-file", options->server.ca_file, "Certificates (PEM) that vouch for the server")
      ->envname("HEARTH_CA_FILE")
      ->type_name("FILE");
  command->add_option("--output", options->output, "table or json")->check(CLI::IsMember({"table", "json"}));
  command->callback([options, action, &exit_code] {
    std::string& address = options->server.address;
    while (address.ends_with('/')) address.pop_back();
    exit_code = action(JobClient(options->server), *options);
  });
  return command;
}

void AddId(CLI::App* command, const std::shared_ptr<JobOptions>& options) {
  command->add_option("job", options->id, "The job's id")->required()->type_name("ID");
}

}  // namespace

void InstallJob(CLI::App& parser, int& exit_code) {
  const auto options = std::make_shared<JobOptions>();
  parser.require_subcommand(1);
  parser.footer(
      "Exit codes: 0 done or succeeded, 1 failed (or nothing left to cancel), 2 wrong request, 3 cancelled, "
      "4 timed out, 5 lost, "
      "6 no such job, 7 refused, 8 key used for another request, 9 server not available, above 100 wrong "
      "options");

  CLI::App* submit = Add(parser, "submit", "Submit a manifest (YAML), a request (JSON), a .sql or a .py file",
                         options, Submit, exit_code);
  submit->add_option("file", options->file, "The file; - reads standard input")
      ->required()
      ->type_name("FILE");
  submit->add_option("--name", options->name, "Name of the job (default: the file's)");
  submit->add_option("--team", options->team, "Team (default: the token's)");
  submit->add_option("--environment", options->environment, "local, test, staging, prod or an own name");
  submit->add_option("--parameter", options->parameters, "NAME=VALUE for {{ NAME }} in the manifest")
      ->take_all();
  submit->add_option("--key", options->key, "Idempotency key: the same key and request is the same job");
  submit->add_option("--priority", options->priority, "Higher goes first within the team");
  submit->add_flag("--wait", options->wait, "Wait for the end; the exit code says how it ended");

  CLI::App* list = Add(parser, "list", "Jobs, newest first", options, List, exit_code);
  list->add_option("--team", options->team, "Only this team's");
  list->add_option("--name", options->name, "Only jobs of this name");
  list->add_option("--environment", options->environment, "Only of this environment");
  list->add_option("--status", options->status, "Only in this status: RUNNING, FAILED, …");
  list->add_option("--limit", options->limit, "How many, at most 1000 (default 50)")
      ->check(CLI::Range(1, 1000));

  AddId(Add(parser, "show", "All that is known of a job", options, Show, exit_code), options);
  AddId(Add(parser, "why", "What happened, and what to do", options, Why, exit_code), options);
  AddId(Add(
            parser, "wait", "Wait for the end; the exit code says how it ended", options,
            [](const JobClient& client, JobOptions& given) { return Wait(client, given); }, exit_code),
        options);

  CLI::App* logs = Add(parser, "logs", "The driver's log", options, Logs, exit_code);
  AddId(logs, options);
  logs->add_option("--tail", options->tail, "Only the last lines")->check(CLI::NonNegativeNumber);
  logs->add_option("--attempt", options->attempt, "Of this attempt (default: the newest)");
  logs->add_flag("--follow", options->follow, "Go on until the job has ended");

  CLI::App* cancel = Add(parser, "cancel", "Cancel a job", options, Cancel, exit_code);
  AddId(cancel, options);
  cancel->add_option("--reason", options->reason, "Why, for its history");
  cancel->add_option("--team", options->team, "The team that must own it");

  CLI::App* declared =
      Add(parser, "declared", "What is declared, and whether it is suspended", options, Declared, exit_code);
  declared->add_option("--name", options->name, "Only what has this name");
  declared->add_option("--environment", options->environment, "Only of this environment");

  CLI::App* resume =
      Add(parser, "resume", "Let a suspended schedule or continuous job go on", options, Resume, exit_code);
  resume->add_option("name", options->name, "Its name")->required()->type_name("NAME");
  resume->add_option("--environment", options->environment, "Its environment (default: the server's)");
  resume->add_option("--team", options->team, "Its team");

  InstallJobRun(*parser.add_subcommand("run", "Run a job here, in a sandbox, and show what it writes"),
                exit_code);
  InstallJobTest(*parser.add_subcommand("test", "What can be known about a job without running it"),
                 exit_code);
}

}  // namespace hearth::app
