#include "manifest/manifest.h"

#include <fmt/format.h>

#include <algorithm>

#include "manifest/spelling.h"
#include "manifest/values.h"
#include "manifest/yaml.h"

namespace hearth::manifest {
namespace {

constexpr std::string_view kApiVersion = "hearth.dev/v1";

std::optional<Kind> KindOf(const Node& root) {
  const Node* kind = root.Find("kind");
  for (const Kind known : {Kind::kSparkJob, Kind::kSparkCluster})
    if (kind != nullptr && kind->text == KindName(known)) return known;
  return std::nullopt;
}

std::vector<std::string> EnvironmentNames(const Document& document, const Platform& platform) {
  std::vector<std::string> names;
  names.reserve(platform.environments.size());
  for (const auto& [name, part] : platform.environments) names.push_back(name);
  if (const Node* overlays = document.root.At("spec.environments"))
    for (const Node& overlay : overlays->children)
      if (std::find(names.begin(), names.end(), overlay.key) == names.end()) names.push_back(overlay.key);
  return names;
}

// The scalars under resources that somebody wrote: "resources.executor.memory".
void CollectGiven(const Node& node, const std::string& path, std::set<std::string>& given) {
  if (node.is_scalar()) given.insert(path);
  for (const Node& child : node.children) CollectGiven(child, path + "." + child.key, given);
}

// The manifest with the overlay of its environment laid over it.
Node WithOverlay(const Document& document, const std::string& environment) {
  Node root = document.root;
  Node* spec = root.Find("spec");
  if (spec == nullptr || !spec->is_map() || environment.empty()) return root;
  const Node* overlays = document.root.At("spec.environments");
  const Node* overlay = overlays == nullptr ? nullptr : overlays->Find(environment);
  if (overlay != nullptr && overlay->is_map()) {
    Node part = *overlay;
    part.key = "spec";
    Lay(*DocumentFields(document.kind).Child("spec"), *spec, part);
  }
  spec->Erase("environments");
  return root;
}

// Lays the tree over the platform's defaults for its environment.
void LayOverPlatform(Kind kind, const Platform& platform, const std::string& environment, Node& root) {
  const auto found = platform.environments.find(environment);
  Node* spec = root.Find("spec");
  if (found == platform.environments.end() || spec == nullptr || !spec->is_map()) return;
  Node below = found->second;
  below.key = "spec";
  const Field& fields = *DocumentFields(kind).Child("spec");
  // Defaults are for jobs; a cluster takes what it has a field for.
  std::erase_if(below.children, [&](const Node& child) { return fields.Child(child.key) == nullptr; });
  below.line = spec->line;
  below.written = spec->written;
  Lay(fields, below, *spec);
  *spec = std::move(below);
}

TemplateNames WithOwnParameters(const Node& root, const TemplateNames& asked) {
  TemplateNames names = asked;
  if (const Node* own = root.At("spec.parameters"))
    for (const Node& parameter : own->children) names.parameters.emplace(parameter.key, parameter.text);
  return names;
}

bool IsDateOfRun(const std::string& date) {
  Field day;
  day.type = FieldType::kDate;
  const bool shaped = date.size() == 10 || (date.size() >= 19 && date.size() <= 40 && date[10] == 'T' &&
                                            date.find_first_not_of("0123456789-:.+TZ") == std::string::npos);
  return shaped && CheckValue(day, date.substr(0, 10)).canonical.has_value();
}

void CheckTarget(const Document& document, const Platform& platform, const std::string& environment,
                 const Target& target, Findings& findings) {
  const std::vector<std::string> known = EnvironmentNames(document, platform);
  if (!environment.empty() && std::find(known.begin(), known.end(), environment) == known.end())
    findings.AddAt(0, document.spelling == Spelling::kRequest ? "environment" : "spec.environments",
                   environment,
                   fmt::format("expected an environment that is known: {}{}", fmt::join(known, ", "),
                               Suggestion(environment, known)));
  if (target.names.date && !IsDateOfRun(*target.names.date))
    findings.AddAt(0, "ds", *target.names.date, "expected a day such as 2026-01-31");
}

// A text with a template in it stays as it is.
void KeepTemplates(Node& node) {
  if (node.is_scalar() && node.text.find("{{") != std::string::npos) node.resolved_later = true;
  for (Node& child : node.children) KeepTemplates(child);
}

// Templates fill the whole document but its overlays, which are filled where they are laid.
void Fill(const TemplateNames& names, Node& root, Findings& findings) {
  for (Node& part : root.children) {
    if (part.key != "spec") {
      FillTemplates(names, part, findings);
      continue;
    }
    for (Node& child : part.children)
      if (child.key != "environments" && child.key != "parameters") FillTemplates(names, child, findings);
  }
}

// Two documents of one kind, team and name would be one thing with two meanings.
void RefuseTwins(const std::vector<Document>& documents, Findings& findings) {
  std::map<std::string, int> seen;
  for (const Document& document : documents) {
    const Node* name = document.root.At("metadata.name");
    const Node* team = document.root.At("metadata.team");
    if (name == nullptr || !name->is_scalar()) continue;
    const auto [place, fresh] = seen.emplace(
        fmt::format("{} {} {}", KindName(document.kind), team == nullptr ? "" : team->text, name->text),
        name->line);
    if (!fresh)
      findings.Add(*name, fmt::format("expected a name of its own; line {} has it too", place->second));
  }
}

}  // namespace

ManifestFile ReadManifests(std::string_view text, const std::string& file) {
  ManifestFile result;
  Findings findings(file);
  std::vector<Node> roots = ReadYaml(text, findings);
  if (roots.empty() && findings.empty()) findings.AddAt(1, "", "", "expected at least one document");
  for (Node& root : roots) {
    const std::optional<Kind> kind = root.is_map() ? KindOf(root) : std::nullopt;
    if (!kind) {
      const Node* written = root.Find("kind");
      const char* expected = "expected SparkJob or SparkCluster";
      if (written != nullptr) findings.Add(*written, expected);
      if (written == nullptr) findings.AddAt(root.line, "kind", "", expected);
      continue;
    }
    Findings own(file);
    Document document{
        *kind, file, Spelling::kManifest, ToCanonical(DocumentFields(*kind), root, Extent::kWhole, own), {}};
    document.errors = own.Take();
    // Whatever group it was written for: this is the form that is printed.
    if (Node* version = document.root.Find("apiVersion"); version != nullptr && version->is_scalar())
      if (Matches(*FindPattern("api-version"), version->text)) version->text = kApiVersion;
    result.documents.push_back(std::move(document));
  }
  RefuseTwins(result.documents, findings);
  result.errors = findings.Take();
  return result;
}

Checked<ResolvedDocument> Resolve(const Document& document, const Target& target) {
  const Platform& platform = target.platform != nullptr ? *target.platform : DefaultPlatform();
  Findings findings(document.file);
  ResolvedDocument resolved{document.kind, document.file, CanonicalEnvironment(target.environment), {}, {}};
  CheckTarget(document, platform, resolved.environment, target, findings);
  resolved.root = WithOverlay(document, resolved.environment);
  if (const Node* resources = resolved.root.At("spec.resources"))
    CollectGiven(*resources, "resources", resolved.given);
  const TemplateNames names = WithOwnParameters(resolved.root, target.names);
  Node whole = resolved.root;
  if (!resolved.environment.empty()) LayOverPlatform(document.kind, platform, resolved.environment, whole);
  AddDefaults(DocumentFields(document.kind), whole);
  Fill(names, whole, findings);
  CheckDocument(document.kind, document.spelling, whole, findings);
  if (resolved.environment.empty()) {
    // Only what was written; it was checked together with what it leads to.
    Findings told(document.file);
    KeepTemplates(resolved.root);
    CheckValues(document.kind, document.spelling, resolved.root, told);
  } else {
    resolved.root = std::move(whole);
    if (Node* own = resolved.root.At("spec.parameters"))
      for (Node& parameter : own->children) parameter.text = names.parameters.at(parameter.key);
  }
  for (const FieldError& error : document.errors)
    findings.AddAt(error.line, error.path, error.value, error.expected);
  if (!findings.empty()) return tl::unexpected(findings.Take());
  return resolved;
}

std::vector<FieldError> Lint(std::string_view text, const std::string& file, const Target& target) {
  const ManifestFile read = ReadManifests(text, file);
  Findings findings(file);
  const auto take = [&](const std::vector<FieldError>& errors) {
    for (const FieldError& error : errors)
      findings.AddAt(error.line, error.path, error.value, error.expected);
  };
  take(read.errors);
  for (const Document& document : read.documents) {
    std::vector<std::string> environments = {target.environment};
    if (target.environment.empty()) {
      if (const Node* overlays = document.root.At("spec.environments"))
        for (const Node& overlay : overlays->children) environments.push_back(overlay.key);
    }
    for (const std::string& environment : environments) {
      Target one = target;
      one.environment = environment;
      const Checked<ResolvedDocument> resolved = Resolve(document, one);
      if (!resolved) take(resolved.error());
    }
  }
  return findings.Take();
}

std::optional<Schedule> ScheduleOf(const ResolvedDocument& document) {
  const Node* record = document.root.At("spec.orchestration");
  if (record == nullptr || record->Find("schedule") == nullptr) return std::nullopt;
  const auto text = [&](std::string_view key) {
    const Node* node = record->Find(key);
    return node == nullptr ? std::string() : node->text;
  };
  return Schedule{text("schedule"), text("timezone"), text("startDate"),
                  text("endDate"),  text("catchUp"),  text("overlap")};
}

std::string ToYaml(const Node& root) { return WriteYaml(root); }

}  // namespace hearth::manifest
