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

Document Parse(const std::string& spec) {
  ManifestFile file = ReadManifests(
      "apiVersion: hearth.dev/v1\nkind: SparkJob\nmetadata: {name: a, team: t}\nspec:\n" + spec, "job.yaml");
  EXPECT_EQ(Render(file.errors), "");
  return file.documents.at(0);
}

std::string Told(const std::string& spec, const Target& target) {
  const auto job = ResolveJob(Parse(spec), target);
  return job ? "" : Render(job.error());
}

TEST(Resolve, OverlaysDeleteReplaceAndAppend) {
  const Document document = Parse(R"(
  pyspark: {file: a.py, args: [one, two]}
  env: {A: "1", B: "2"}
  secrets: [{name: S, secret: s, key: k}]
  environments:
    own-name:
      pyspark: null
      sql: {query: SELECT 1}
      env: {B: null, C: "3"}
      secrets: [{name: S, key: other}, {name: T, secret: t, key: k}]
)");
  const auto job = ResolveJob(document, {"own-name", {}, nullptr});
  ASSERT_TRUE(job) << Render(job.error());
  EXPECT_EQ(job->application.sql, "SELECT 1");
  EXPECT_EQ(job->environment_variables, (std::map<std::string, std::string>{{"A", "1"}, {"C", "3"}}));
  ASSERT_EQ(job->secrets.size(), 2U);
  EXPECT_EQ(job->secrets[0].secret + job->secrets[0].key, "sother");
  EXPECT_EQ(job->secrets[1].variable, "T");
}

TEST(Resolve, TemplatesAreFilledOnceAndUnknownNamesTold) {
  const std::string spec = R"(
  parameters: {table: orders, more: "{{ table }}"}
  sql: {query: "{{ table }} {{params.more}} {{ ds }} {{ ds_nodash }} {{ execution_date }}"}
)";
  const Document document = Parse(spec);
  const auto job = ResolveJob(document, {"prod", {{{"table", "views"}}, "2026-01-31T10:00:00Z"}, nullptr});
  ASSERT_TRUE(job) << Render(job.error());
  EXPECT_EQ(job->application.sql, "views {{ table }} 2026-01-31 20260131 2026-01-31T10:00:00Z");
  EXPECT_EQ(Told(spec, {"prod", {}, nullptr}).substr(0, 38), "job.yaml:7: spec.sql.query: 'orders {{");
  EXPECT_EQ(Told("  sql: {query: '{{ tabel }}'}\n  parameters: {table: x}", {"prod", {}, nullptr}),
            "job.yaml:5: spec.sql.query: '{{ tabel }}': no parameter is called tabel; expected it in "
            "spec.parameters or "
            "from the caller; did you mean table?\n");
  EXPECT_EQ(Told("  sql: {query: a}", {"prod", {{}, "2026-02-30"}, nullptr}),
            "job.yaml: ds: '2026-02-30': expected a day such as 2026-01-31\n");
}

TEST(Resolve, WhatWouldMeanTwoThings) {
  EXPECT_EQ(Told("  sql: {query: a}\n  parameters: {ds: x, a-b: y}", {"prod", {}, nullptr}),
            "job.yaml:6: spec.parameters.a-b: expected a name of letters, digits and '_', not starting with "
            "a digit\n"
            "job.yaml:6: spec.parameters.ds: 'x': expected another name: this one is the date of the run\n");
  EXPECT_EQ(Told("  sql: {query: a}", {}), "job.yaml: environment: must be given: jobs run in one\n");
  const std::string one =
      "apiVersion: a/v1\nkind: SparkCluster\nmetadata: {name: a, team: t}\nspec: {}\n---\n";
  EXPECT_EQ(Render(ReadManifests(one + one, "two.yaml").errors),
            "two.yaml:8: metadata.name: 'a': expected a name of its own; line 3 has it too\n");
}

TEST(Resolve, NumbersMayBeTemplates) {
  const Document document = Parse("  sql: {query: a}\n  resources: {driver: {cores: '{{ cores }}'}}");
  const auto job = ResolveJob(document, {"prod", {{{"cores", "6"}}, {}}, nullptr});
  ASSERT_TRUE(job) << Render(job.error());
  EXPECT_EQ(job->resources.driver.cores, 6);
  EXPECT_EQ(Told("  sql: {query: a}\n  resources: {driver: {cores: '{{ cores }}'}}",
                 {"prod", {{{"cores", "x"}}, {}}, nullptr}),
            "job.yaml:6: spec.resources.driver.cores: 'x': expected a whole number from 1 to 1024\n");
}

TEST(Resolve, BoundsTurnDynamicAllocationOn) {
  const auto resources = [](const std::string& executor) {
    const auto job = ResolveJob(Parse("  sql: {query: a}\n  resources: {executor: " + executor + "}"),
                                {"prod", {}, nullptr});
    return job ? job->resources : Resources();
  };
  EXPECT_EQ(resources("{maxInstances: 5}").minimum_instances, 0);
  EXPECT_EQ(resources("{minInstances: 3, maxInstances: 5}").executor_instances, 3);
  EXPECT_EQ(Told("  sql: {query: a}\n  resources: {executor: {minInstances: 3}}", {"prod", {}, nullptr}),
            "job.yaml:6: spec.resources.executor.maxInstances: must be given with minInstances\n");
}

TEST(Resolve, ASchedule) {
  const auto document =
      Resolve(Parse("  sql: {query: a}\n  orchestration: {schedule: '@daily', catchUp: true}"),
              {"prod", {}, nullptr});
  ASSERT_TRUE(document) << Render(document.error());
  const std::optional<Schedule> schedule = ScheduleOf(*document);
  ASSERT_TRUE(schedule);
  EXPECT_EQ(schedule->cron + " " + schedule->time_zone + " " + schedule->catch_up + " " + schedule->overlap,
            "@daily UTC all forbid");
}

TEST(Compare, NamedElementsAndTheirOrder) {
  const auto steps = [](const std::string& list) {
    return Resolve(Parse("  coreEtl:\n    jobSpec:\n      sources: [{name: s, type: csv, path: /a}]\n      "
                         "sinks: [{name: o, "
                         "type: parquet, path: /b, from: s}]\n      transformations: " +
                         list),
                   {})
        ->root;
  };
  const Node old = steps("[{name: a, query: 1}, {name: b, query: 2}, {name: c, query: 3}]");
  const Node now = steps("[{name: b, query: 2}, {name: a, query: 9}, {name: d, query: 4}]");
  const std::string path = "spec.coreEtl.jobSpec.transformations";
  EXPECT_EQ(Compare(Kind::kSparkJob, old, now),
            (std::vector<Difference>{{path + "[a].query", "1", "9"},
                                     {path + "[c]", R"({"name":"c","query":"3"})", std::nullopt},
                                     {path + "[d]", std::nullopt, R"({"name":"d","query":"4"})"},
                                     {path + ".order", "a, b, c", "b, a, d"}}));
  EXPECT_TRUE(Compare(Kind::kSparkJob, old, old).empty());
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
