#include "app/cli/airflow.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/cli/airflow_dag.h"
#include "app/cli/input.h"
#include "manifest/manifest.h"

namespace hearth::app {
namespace {

using manifest::Checked;
using manifest::ResolvedDocument;

// What scripts can rely on.
enum ExitCode { kFine = 0, kRefused = 1, kCannot = 2 };

constexpr int kManyFiles = 1000;

struct ExportOptions {
  std::vector<std::string> files;
  std::string environment = "local";
  std::vector<std::string> parameters;
  std::string platform_file;
  std::string folder = ".";
};

int Cannot(std::string_view message) {
  fmt::print(stderr, "hearth airflow: {}\n", message);
  return kCannot;
}

// One call of the program: everything is read before anything is written.
class Export {
 public:
  explicit Export(const ExportOptions& options) : options_(options) {}

  int Run() {
    if (const auto code = Prepare()) return *code;
    for (const std::string& file : options_.files)
      if (const auto code = Read(file)) return *code;
    for (const AirflowDag& dag : dags_)
      if (const auto code = Write(dag)) return *code;
    return is_refused_ ? kRefused : kFine;
  }

 private:
  // All of these: none when it is fine, else the exit code, told already.
  std::optional<int> Prepare() {
    auto parameters = ReadNamedValues("--param", options_.parameters);
    if (!parameters.ok()) return Cannot(parameters.error()->message);
    parameters_ = std::move(*parameters);
    if (options_.platform_file.empty()) return std::nullopt;
    const auto text = ReadInput(options_.platform_file);
    if (!text.ok()) return Cannot(text.error()->message);
    Checked<manifest::Platform> platform = manifest::ReadPlatform(*text, options_.platform_file);
    if (!platform) return Wrong(platform.error());
    platform_ = std::move(*platform);
    return std::nullopt;
  }

  static int Wrong(const std::vector<manifest::FieldError>& errors) {
    fmt::print(stderr, "{}", manifest::Render(errors));
    return kCannot;
  }

  std::optional<int> Read(const std::string& file) {
    const auto text = ReadInput(file);
    if (!text.ok()) return Cannot(text.error()->message);
    const manifest::ManifestFile read = manifest::ReadManifests(*text, file);
    std::vector<manifest::FieldError> errors = read.errors;
    manifest::Target target{options_.environment, {parameters_, std::nullopt}, nullptr};
    if (platform_) target.platform = &*platform_;
    for (const manifest::Document& document : read.documents) {
      if (document.kind != manifest::Kind::kSparkJob) continue;  // there is nothing to run
      const Checked<ResolvedDocument> resolved = manifest::Resolve(document, target);
      const Checked<ResolvedDocument> written = manifest::Resolve(document, {});
      if (!resolved || !written) {
        const auto& found = !resolved ? resolved.error() : written.error();
        errors.insert(errors.end(), found.begin(), found.end());
        continue;
      }
      Take(file, *written, *resolved);
    }
    if (!errors.empty()) return Wrong(errors);
    return std::nullopt;
  }

  void Take(const std::string& file, const ResolvedDocument& written, const ResolvedDocument& resolved) {
    const std::string source = std::filesystem::path(file).filename().string();
    auto dag = ToAirflowDag(written, resolved, source, parameters_);
    const manifest::Node* name = resolved.root.At("metadata.name");
    std::string obstacle = dag ? "" : dag.error();
    if (dag && !ids_.insert(dag->id).second) obstacle = "another document declares the same job";
    if (obstacle.empty()) return dags_.push_back(std::move(*dag));
    fmt::print(stderr, "hearth airflow: {}: {}: {}\n", file, name == nullptr ? "" : name->text, obstacle);
    is_refused_ = true;
  }

  // Airflow reads the folder at any time: a file is there whole or not at all.
  std::optional<int> Write(const AirflowDag& dag) const {
    const std::filesystem::path folder(options_.folder);
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    const std::filesystem::path path = folder / (dag.id + ".py");
    if (const auto there = ReadInput(path.string()); there.ok() && !there->starts_with(kAirflowMark))
      return Cannot(path.string() + ": somebody else wrote this file; it stays as it is");
    const std::filesystem::path fresh = folder / (dag.id + ".py.new");
    std::ofstream stream(fresh, std::ios::binary | std::ios::trunc);
    stream << dag.text;
    stream.close();
    if (stream.good()) std::filesystem::rename(fresh, path, error);
    if (!stream.good() || error) return Cannot(path.string() + ": the file cannot be written");
    fmt::print("{}\n", path.string());
    return std::nullopt;
  }

  const ExportOptions& options_;
  std::map<std::string, std::string> parameters_;
  std::optional<manifest::Platform> platform_;
  std::vector<AirflowDag> dags_;
  std::set<std::string> ids_;
  bool is_refused_ = false;
};

}  // namespace

void InstallAirflow(CLI::App& parser, int& exit_code) {
  parser.require_subcommand(1);
  CLI::App& own = *parser.add_subcommand(
      "export", "Write one DAG for each declared job; exit code 1 when Airflow cannot run one of them");
  const auto options = std::make_shared<ExportOptions>();
  own.add_option("MANIFEST", options->files, "YAML files")->required()->expected(1, kManyFiles);
  own.add_option("--environment,-e", options->environment, "The environment that the DAGs submit to")
      ->type_name("NAME")
      ->capture_default_str();
  own.add_option("--output,-o", options->folder, "Folder for the files, TEAM.NAME.ENVIRONMENT.py")
      ->type_name("DIR")
      ->capture_default_str();
  own.add_option("--param,-p", options->parameters, "A value for {{ NAME }}; may be a template of Airflow's")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
  own.add_option("--platform", options->platform_file, "The platform team's file: images, releases, defaults")
      ->type_name("FILE");
  own.callback([options, &exit_code] { exit_code = Export(*options).Run(); });
}

}  // namespace hearth::app
