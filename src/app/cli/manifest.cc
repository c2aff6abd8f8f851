#include "app/cli/manifest.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/input.h"
#include "manifest/manifest.h"

namespace hearth::app {
namespace {

using manifest::Checked;
using manifest::Document;
using manifest::FieldError;
using manifest::ResolvedDocument;
using nlohmann::ordered_json;

// What scripts can rely on.
enum ExitCode { kFine = 0, kFound = 1, kCannot = 2 };

struct ManifestOptions {
  std::vector<std::string> files;
  std::vector<std::string> environments;
  std::vector<std::string> parameters;
  std::string platform_file;
  std::string output = "text";
};

int Cannot(std::string_view message) {
  fmt::print(stderr, "hearth manifest: {}\n", message);
  return kCannot;
}

ordered_json ErrorsAsJson(const std::vector<FieldError>& errors) {
  ordered_json list = ordered_json::array();
  for (const FieldError& error : errors)
    list.push_back({{"file", error.file},
                    {"line", error.line},
                    {"path", error.path},
                    {"value", error.value},
                    {"expected", error.expected}});
  return list;
}

void PrintJson(const ordered_json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, ordered_json::error_handler_t::replace));
}

// What the options of all sub-commands come to.
class Request {
 public:
  explicit Request(const ManifestOptions& options) : options_(options) {}

  // None: fine; else the exit code, told already.
  std::optional<int> Prepare() {
    auto parameters = ReadNamedValues("--param", options_.parameters);
    if (!parameters.ok()) return Cannot(parameters.error()->message);
    names_.parameters = std::move(*parameters);
    for (const char* name : {"execution_date", "ds"})
      if (const auto found = names_.parameters.find(name); found != names_.parameters.end() && !names_.date)
        names_.date = found->second;
    if (options_.platform_file.empty()) return std::nullopt;
    const auto text = ReadInput(options_.platform_file);
    if (!text.ok()) return Cannot(text.error()->message);
    Checked<manifest::Platform> platform = manifest::ReadPlatform(*text, options_.platform_file);
    if (!platform) {
      fmt::print(stderr, "{}", manifest::Render(platform.error()));
      return kCannot;
    }
    platform_ = std::move(*platform);
    return std::nullopt;
  }

  manifest::Target For(const std::string& environment) const {
    return {environment, names_, platform_ ? &*platform_ : nullptr};
  }
  // The environment asked for first or second; the last one given holds for all.
  std::string Environment(size_t index) const {
    const auto& names = options_.environments;
    return names.empty() ? "" : names[std::min(index, names.size() - 1)];
  }

 private:
  const ManifestOptions& options_;
  manifest::TemplateNames names_;
  std::optional<manifest::Platform> platform_;
};

int Lint(const ManifestOptions& options) {
  Request request(options);
  if (const auto code = request.Prepare()) return *code;
  std::vector<FieldError> errors;
  for (const std::string& file : options.files) {
    const auto text = ReadInput(file);
    if (!text.ok()) return Cannot(text.error()->message);
    for (FieldError& error : manifest::Lint(*text, file, request.For(request.Environment(0))))
      errors.push_back(std::move(error));
  }
  if (options.output == "json") {
    PrintJson({{"valid", errors.empty()}, {"errors", ErrorsAsJson(errors)}});
  } else {
    fmt::print("{}", manifest::Render(errors));
  }
  return errors.empty() ? kFine : kFound;
}

// The documents of a file for one environment; none: told already, with the exit code.
std::optional<std::vector<ResolvedDocument>> ResolveFile(const std::string& file,
                                                         const manifest::Target& target, int& exit_code) {
  const auto text = ReadInput(file);
  if (!text.ok()) {
    exit_code = Cannot(text.error()->message);
    return std::nullopt;
  }
  const manifest::ManifestFile read = manifest::ReadManifests(*text, file);
  std::vector<FieldError> errors = read.errors;
  std::vector<ResolvedDocument> resolved;
  for (const Document& document : read.documents) {
    Checked<ResolvedDocument> one = manifest::Resolve(document, target);
    if (one) {
      resolved.push_back(std::move(*one));
    } else {
      errors.insert(errors.end(), one.error().begin(), one.error().end());
    }
  }
  if (errors.empty()) return resolved;
  fmt::print(stderr, "{}", manifest::Render(errors));
  exit_code = kCannot;
  return std::nullopt;
}

int Show(const ManifestOptions& options) {
  Request request(options);
  if (const auto code = request.Prepare()) return *code;
  int exit_code = kFine;
  std::vector<ResolvedDocument> documents;
  for (const std::string& file : options.files) {
    auto resolved = ResolveFile(file, request.For(request.Environment(0)), exit_code);
    // Wrong manifests are what was asked about here; only a file that cannot be read is another thing.
    if (!resolved) return exit_code;
    for (ResolvedDocument& document : *resolved) documents.push_back(std::move(document));
  }
  if (options.output == "json") {
    ordered_json list = ordered_json::array();
    for (const ResolvedDocument& document : documents)
      list.push_back(ordered_json::parse(manifest::ToJsonText(document.root)));
    PrintJson(list);
    return kFine;
  }
  for (size_t index = 0; index < documents.size(); ++index)
    fmt::print("{}{}", index == 0 ? "" : "---\n", manifest::ToYaml(documents[index].root));
  return kFine;
}

struct DocumentDifference {
  std::string document;  // "SparkJob daily-orders"
  manifest::Difference difference;
};

std::string TitleOf(const ResolvedDocument& document) {
  const manifest::Node* name = document.root.At("metadata.name");
  return fmt::format("{} {}", manifest::KindName(document.kind), name == nullptr ? "" : name->text);
}

const ResolvedDocument* Titled(const std::vector<ResolvedDocument>& documents, const std::string& title) {
  for (const ResolvedDocument& document : documents)
    if (TitleOf(document) == title) return &document;
  return nullptr;
}

std::vector<DocumentDifference> CompareFiles(const std::vector<ResolvedDocument>& old_documents,
                                             const std::vector<ResolvedDocument>& new_documents) {
  std::vector<DocumentDifference> differences;
  for (const ResolvedDocument& document : old_documents) {
    const std::string title = TitleOf(document);
    const ResolvedDocument* other = Titled(new_documents, title);
    if (other == nullptr) {
      differences.push_back({title, {"", manifest::ToJsonText(document.root), std::nullopt}});
      continue;
    }
    for (manifest::Difference& difference : manifest::Compare(document.kind, document.root, other->root))
      differences.push_back({title, std::move(difference)});
  }
  for (const ResolvedDocument& document : new_documents)
    if (const std::string title = TitleOf(document); Titled(old_documents, title) == nullptr)
      differences.push_back({title, {"", std::nullopt, manifest::ToJsonText(document.root)}});
  return differences;
}

void PrintDifference(const DocumentDifference& row) {
  const auto& [path, old, now] = row.difference;
  if (path.empty())
    return fmt::print("{}: {}\n", row.document, old ? "only in the first" : "only in the second");
  const auto side = [](const std::optional<std::string>& value) {
    return value ? "'" + *value + "'" : "nothing";
  };
  fmt::print("{}: {}: {} -> {}\n", row.document, path, side(old), side(now));
}

int Diff(const ManifestOptions& options) {
  if (options.files.size() == 1 && options.environments.size() != 2)
    return Cannot("diff: one file needs two environments: --environment A --environment B");
  Request request(options);
  if (const auto code = request.Prepare()) return *code;
  int exit_code = kFine;
  const auto old_documents =
      ResolveFile(options.files.front(), request.For(request.Environment(0)), exit_code);
  if (!old_documents) return exit_code;
  const auto new_documents =
      ResolveFile(options.files.back(), request.For(request.Environment(1)), exit_code);
  if (!new_documents) return exit_code;
  const std::vector<DocumentDifference> differences = CompareFiles(*old_documents, *new_documents);
  if (options.output == "json") {
    ordered_json list = ordered_json::array();
    const auto side = [](const std::optional<std::string>& value) {
      return value ? ordered_json(*value) : nullptr;
    };
    for (const auto& [document, difference] : differences)
      list.push_back({{"document", document},
                      {"path", difference.path},
                      {"old", side(difference.old)},
                      {"new", side(difference.now)}});
    PrintJson(list);
  } else {
    for (const DocumentDifference& row : differences) PrintDifference(row);
  }
  return differences.empty() ? kFine : kFound;
}

struct ManifestCommand {
  const char* name;
  const char* summary;
  size_t fewest_files;
  size_t most_files;
  size_t most_environments;
  const char* text_output;  // what --output says for the form that is no JSON
  int (*run)(const ManifestOptions& options);
};
constexpr size_t kManyFiles = 1000;
constexpr ManifestCommand kSubCommands[] = {
    {"lint", "Tell everything that is wrong; exit code 1 when something is", 1, kManyFiles, 1, "text", Lint},
    {"show", "Print the canonical form, resolved for an environment", 1, kManyFiles, 1, "yaml", Show},
    {"diff", "Compare two files, or one file in two environments; exit code 1 when they differ", 1, 2, 2,
     "text", Diff},
};

void Install(CLI::App& parser, const ManifestCommand& command, int& exit_code) {
  CLI::App& own = *parser.add_subcommand(command.name, command.summary);
  const auto options = std::make_shared<ManifestOptions>();
  own.add_option("FILE", options->files, "YAML files; - is standard input")
      ->required()
      ->expected(static_cast<int>(command.fewest_files), static_cast<int>(command.most_files));
  own.add_option("--environment,-e", options->environments,
                 "Lay the overlay of this environment: local, test, staging, prod or an own name")
      ->type_name("NAME")
      ->expected(1)
      ->take_all();
  own.add_option("--param,-p", options->parameters,
                 "A value for {{ NAME }}; ds=2026-01-31 is the date of the run")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
  own.add_option("--platform", options->platform_file, "The platform team's file: images, releases, defaults")
      ->type_name("FILE");
  own.add_option("--output,-o", options->output, "How to print")
      ->check(CLI::IsMember({command.text_output, "json"}))
      ->default_str(command.text_output);
  own.callback([options, &command, &exit_code] {
    exit_code = options->environments.size() > command.most_environments
                    ? Cannot(fmt::format("{}: --environment may be given {} times", command.name,
                                         command.most_environments))
                    : command.run(*options);
  });
}

}  // namespace

void InstallManifest(CLI::App& parser, int& exit_code) {
  parser.require_subcommand(1);
  for (const ManifestCommand& command : kSubCommands) Install(parser, command, exit_code);
  CLI::App& schema = *parser.add_subcommand("schema", "Print the JSON Schema of manifests, for editors");
  schema.callback([&exit_code] {
    fmt::print("{}", manifest::JsonSchema());
    exit_code = kFine;
  });
}

}  // namespace hearth::app
