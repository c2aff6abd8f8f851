#include "app/cli/apply.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "app/cli/input.h"
#include "app/cli/job_client.h"

namespace hearth::app {
namespace {

using Json = nlohmann::ordered_json;

// What scripts can tell apart.
constexpr int kFailed = 1;
constexpr int kCalledWrongly = 2;
constexpr int kDiffers = 3;

struct ApplyOptions {
  JobServer server;
  std::string file;
  std::string environment;
  std::string output = "table";
  bool is_removal = false;
  bool is_checked = false;
};

void AddOptions(CLI::App& parser, const std::shared_ptr<ApplyOptions>& options) {
  parser.add_option("file", options->file, "Manifests (YAML)")->required()->type_name("FILE");
  parser.add_option("--environment", options->environment, "Which overlay (default: the server's own)");
  parser
      .add_option("--server", options->server.address,
                  "Address of the REST door (default http://127.0.0.1:15080)")
      ->envname("HEARTH_SERVER")
      ->type_name("URL");
  parser.add_option("--token", options->server.token, "Bearer token; better in the variable HEARTH_TOKEN")
      ->envname("HEARTH_TOKEN");
  parser.add_option("--ca-file", options->server.ca_file, "Certificates (PEM) that vouch for the server")
      ->envname("HEARTH_CA_FILE")
      ->type_name("FILE");
  parser.add_option("--output", options->output, "table or json")->check(CLI::IsMember({"table", "json"}));
}

std::string TextOf(const Json& record, const char* key) { return record.value(key, std::string("-")); }

void PrintActions(const Json& answer) {
  const Json actions = answer.value("actions", Json::array());
  if (actions.empty()) fmt::print("Nothing differs.\n");
  for (const Json& action : actions) {
    fmt::print("{} {} {} (team {}, {})\n", TextOf(action, "action"), TextOf(action, "primitive"),
               TextOf(action, "name"), TextOf(action, "team"), TextOf(action, "environment"));
    for (const Json& difference : action.value("differences", Json::array())) {
      fmt::print("    {}: {} -> {}\n", TextOf(difference, "path"), TextOf(difference, "old"),
                 TextOf(difference, "new"));
    }
  }
}

int Call(const ApplyOptions& options, const std::string& path) {
  const auto text = ReadInput(options.file);
  if (!text.ok()) {
    fmt::print(stderr, "hearth: {}\n", text.error()->message);
    return kCalledWrongly;
  }
  Json body = {{"manifest", *text}, {"environment", options.environment}};
  if (options.is_removal) body["delete"] = true;
  const auto answer = JobClient(options.server).Call("POST", path, body.dump());
  if (!answer.ok()) {
    fmt::print(stderr, "hearth: {}\n", answer.error()->message);
    return answer.error()->kind == base::ErrorKind::kIllegalArgument ? kCalledWrongly : kFailed;
  }
  if (options.output == "json") {
    fmt::print("{}\n", answer->dump(2));
  } else {
    PrintActions(*answer);
  }
  return options.is_checked && !answer->value("actions", Json::array()).empty() ? kDiffers : 0;
}

}  // namespace

void InstallPlan(CLI::App& parser, int& exit_code) {
  const auto options = std::make_shared<ApplyOptions>();
  AddOptions(parser, options);
  parser.add_flag("--delete", options->is_removal, "Plan the removal");
  parser.add_flag("--check", options->is_checked, "End with exit code 3 when anything differs");
  parser.callback([options, &exit_code] { exit_code = Call(*options, "/api/v1/manifests/plan"); });
}

void InstallApply(CLI::App& parser, int& exit_code) {
  const auto options = std::make_shared<ApplyOptions>();
  AddOptions(parser, options);
  parser.callback([options, &exit_code] { exit_code = Call(*options, "/api/v1/manifests"); });
}

void InstallDelete(CLI::App& parser, int& exit_code) {
  const auto options = std::make_shared<ApplyOptions>();
  AddOptions(parser, options);
  parser.callback([options, &exit_code] { exit_code = Call(*options, "/api/v1/manifests/delete"); });
}

}  // namespace hearth::app
