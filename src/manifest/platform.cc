#include "manifest/platform.h"

#include <algorithm>
#include <cstdlib>

#include "manifest/check.h"
#include "manifest/fields.h"
#include "manifest/spelling.h"
#include "manifest/yaml.h"

namespace hearth::manifest {
namespace {

constexpr std::string_view kBuiltIn = R"(
images:
  - {type: spark-oss, version: "*", image: "spark-platform:{version}-latest"}
environments:
  local: {sparkConfig: {spark.sql.shuffle.partitions: "4"}}
  test: {sparkConfig: {spark.sql.shuffle.partitions: "10"}}
  staging: {sparkConfig: {spark.sql.shuffle.partitions: "100"}}
  prod: {sparkConfig: {spark.sql.shuffle.partitions: "200"}}
)";

std::string Text(const Node& record, std::string_view key) {
  const Node* node = record.Find(key);
  return node == nullptr || !node->is_scalar() || node->text == "*" ? "" : node->text;
}

void RefuseStrangers(const Node& record, const std::vector<std::string>& known, Findings& findings) {
  for (const Node& child : record.children)
    if (std::find(known.begin(), known.end(), child.key) == known.end())
      findings.AddHidden(child, "no such field" + Suggestion(child.key, known));
}

void ReadImages(const Node& list, Platform& platform, Findings& findings) {
  if (!list.is_list()) return findings.Add(list, "expected a list");
  for (const Node& row : list.children) {
    RefuseStrangers(row, {"version", "environment", "type", "image"}, findings);
    ImageRow image{Text(row, "version"), CanonicalEnvironment(Text(row, "environment")), Text(row, "type"),
                   Text(row, "image")};
    if (image.image.empty()) findings.Add(row, "expected fields: version, environment, type, image");
    platform.images.push_back(std::move(image));
  }
}

void ForgetLines(Node& node) {
  node.line = 0;
  for (Node& child : node.children) ForgetLines(child);
}

void ReadEnvironments(const Node& map, Platform& platform, Findings& findings) {
  if (!map.is_map()) return findings.Add(map, "expected names of environments with a part of spec each");
  const Field& spec = *DocumentFields(Kind::kSparkJob).Child("spec");
  for (const Node& child : map.children) {
    Node part = child.is_null() ? MakeMap(child.key) : ToCanonical(spec, child, Extent::kPart, findings);
    CheckPart(Kind::kSparkJob, part, findings);
    ForgetLines(part);  // they are lines of another file than the manifest's
    SetWrittenPaths(part, "spec");
    platform.environments[CanonicalEnvironment(child.key)] = std::move(part);
  }
}

// "3.5" fits "3.5" and "3.5.1", not "3.50".
bool Fits(std::string_view row, std::string_view asked) {
  return row.empty() || row == asked || (asked.starts_with(row) && asked[row.size()] == '.');
}

}  // namespace

namespace {

Checked<Platform> ReadSections(std::string_view text, std::string file) {
  Findings findings(std::move(file));
  const std::vector<Node> documents = ReadYaml(text, findings);
  Platform platform;
  if (findings.empty() && (documents.size() != 1 || !documents[0].is_map())) {
    findings.AddAt(1, "", "", "expected one document with images, coreEtl and environments");
  } else if (findings.empty()) {
    const Node& root = documents[0];
    // The other ones are the runner's (app/platform.h).
    RefuseStrangers(root,
                    {"images", "coreEtl", "environments", "keep", "teams", "backends", "queue", "watch",
                     "audit", "prices", "breakers", "alerts", "callbacks", "kubernetes"},
                    findings);
    if (const Node* images = root.Find("images")) ReadImages(*images, platform, findings);
    if (const Node* environments = root.Find("environments"))
      ReadEnvironments(*environments, platform, findings);
    if (const Node* jars = root.Find("coreEtl"))
      for (const Node& jar : jars->children) platform.core_etl_jars[jar.key] = jar.text;
  }
  if (!findings.empty()) return tl::unexpected(findings.Take());
  return platform;
}

}  // namespace

Checked<Platform> ReadPlatform(std::string_view text, std::string file) {
  Checked<Platform> platform = ReadSections(text, std::move(file));
  if (!platform) return platform;
  if (platform->images.empty()) platform->images = DefaultPlatform().images;
  if (platform->environments.empty()) platform->environments = DefaultPlatform().environments;
  return platform;
}

const Platform& DefaultPlatform() {
  static const Platform kPlatform = [] {
    Checked<Platform> platform = ReadSections(kBuiltIn, "built-in platform");
    if (!platform) std::abort();  // a mistake in the text above; platform_test reads it
    return std::move(*platform);
  }();
  return kPlatform;
}

std::optional<std::string> ImageFor(const Platform& platform, std::string_view version,
                                    std::string_view environment, std::string_view type) {
  for (const ImageRow& row : platform.images) {
    if (!Fits(row.version, version) || (!row.environment.empty() && row.environment != environment) ||
        (!row.type.empty() && row.type != type))
      continue;
    std::string image = row.image;
    constexpr std::string_view kPlaceholder = "{version}";
    if (const size_t place = image.find(kPlaceholder); place != std::string::npos)
      image.replace(place, kPlaceholder.size(), version);
    return image;
  }
  return std::nullopt;
}

}  // namespace hearth::manifest
