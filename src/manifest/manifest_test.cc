#include "manifest/manifest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace hearth::manifest {
namespace {

constexpr std::string_view kJob = R"(
apiVersion: example.org/v1
kind: SparkJob
metadata: {name: orders, team: sales}
spec:
  engine: {version: 3.5}
  sql: {query: "SELECT '{{ ds }}'"}
  resources:
    executors: {instances: 5, memory: 4096m}
  orchestration:
    schedule: 0 6 * * *
    retryPolicy: {maxRetries: 2, retryDelayMinutes: 5}
  environments:
    local:
      resources: {executor: {instances: 2}}
)";

TEST(Resolve, LaysTheOverlayDeeply) {
  const ManifestFile file = ReadManifests(kJob, "job.yaml");
  ASSERT_EQ(Render(file.errors), "");
  const auto spec = ResolveJob(file.documents.at(0), {"dev", {{}, "2026-01-31"}, nullptr});
  ASSERT_TRUE(spec) << Render(spec.error());
  EXPECT_EQ(spec->environment, "local");
  EXPECT_EQ(spec->resources.executor_instances, 2);
  EXPECT_EQ(spec->resources.executor.memory_mib, 4096);
  EXPECT_EQ(spec->application.sql, "SELECT '2026-01-31'");
  EXPECT_EQ(spec->engine_version, "3.5");
  EXPECT_EQ(spec->image, "spark-platform:3.5-latest");
  EXPECT_EQ(spec->retry.delay_seconds, 300);
  EXPECT_EQ(spec->given,
            (std::set<std::string>{"resources.executor.instances", "resources.executor.memory"}));
  EXPECT_EQ(spec->spark_config.at("spark.sql.shuffle.partitions"), "4");
}

// tests/manifest: NAME.yaml beside what is said about it: NAME.errors (every finding of lint) and
// NAME.ENVIRONMENT.shown (canonical, resolved; "as-written" for no environment).
std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::filesystem::path> CasesWith(std::string_view extension) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator("tests/manifest"))
    if (entry.path().extension() == extension) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

// With HEARTH_WRITE_EXPECTED set, the file is written instead.
void ExpectText(const std::filesystem::path& path, const std::string& text) {
  if (std::getenv("HEARTH_WRITE_EXPECTED") != nullptr) {
    std::ofstream(path) << text;
  } else {
    EXPECT_EQ(text, ReadFile(path)) << path;
  }
}

TEST(ManifestCases, Errors) {
  const auto cases = CasesWith(".errors");
  ASSERT_FALSE(cases.empty());
  for (const auto& path : cases) {
    const std::string name = path.stem().string() + ".yaml";
    ExpectText(path, Render(Lint(ReadFile(path.parent_path() / name), name, {})));
  }
}

TEST(ManifestCases, Shown) {
  const auto cases = CasesWith(".shown");
  ASSERT_FALSE(cases.empty());
  for (const auto& path : cases) {
    const std::filesystem::path stem = path.stem();  // NAME.ENVIRONMENT
    const std::string name = stem.stem().string() + ".yaml";
    const std::string environment = stem.extension().string().substr(1);
    const ManifestFile file = ReadManifests(ReadFile(path.parent_path() / name), name);
    EXPECT_EQ(Render(file.errors), "") << path;
    std::string shown;
    for (const Document& document : file.documents) {
      const auto resolved = Resolve(document, {environment == "as-written" ? "" : environment, {}, nullptr});
      ASSERT_TRUE(resolved) << path << Render(resolved.error());
      const std::string text = ToYaml(resolved->root);
      shown += "---\n" + text;
      if (environment != "as-written") continue;
      // What is printed reads as the same document.
      const ManifestFile again = ReadManifests(text, name);
      ASSERT_EQ(again.documents.size(), 1U) << Render(again.errors);
      const auto twice = Resolve(again.documents[0], {});
      ASSERT_TRUE(twice) << Render(twice.error());
      EXPECT_EQ(Compare(document.kind, resolved->root, twice->root), std::vector<Difference>());
      EXPECT_EQ(ToYaml(twice->root), text);
    }
    ExpectText(path, shown);
  }
}

}  // namespace
}  // namespace hearth::manifest
